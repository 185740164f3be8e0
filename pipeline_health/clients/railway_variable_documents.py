"""The documents that read variables: as few requests as can be, each value asked for by an alias.

No value is ever pasted into a document, so that a document can be shown.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import assert_never


class View(StrEnum):
    """How variables are read.

    NAMES has no values, and says which are sealed; RENDERED is a service as its deployment sees it,
    UNRENDERED with its references as they are written; SHARED are those of the environment.
    """

    NAMES = "names"
    RENDERED = "rendered"
    UNRENDERED = "unrendered"
    SHARED = "shared"


_NAMES = "edges { node { name isSealed serviceId } } pageInfo { hasNextPage endCursor }"


def railway_variables(views: Sequence[View]) -> str:
    """Build the read of *views*, `v<i>` each, of the environment `e<i>` and the service `s<i>`."""
    variables = ["$project: String!"] if set(views) - {View.NAMES} else []
    for at, view in enumerate(views):
        variables.append(f"$e{at}: String!")
        variables += [f"$s{at}: String!"] if view in (View.RENDERED, View.UNRENDERED) else []
    fields = [f"v{at}: {_field(view, at)}" for at, view in enumerate(views)]
    return "\n".join([f"query Variables({', '.join(variables)}) {{", *fields, "}"])


def _field(view: View, at: int) -> str:
    place = f"projectId: $project, environmentId: $e{at}"
    match view:
        case View.NAMES:
            return f"environment(id: $e{at}) {{ variables(first: 500) {{ {_NAMES} }} }}"
        case View.RENDERED:
            return f"variablesForServiceDeployment({place}, serviceId: $s{at})"
        case View.UNRENDERED:
            return f"variables({place}, serviceId: $s{at}, unrendered: true)"
        case View.SHARED:
            return f"variables({place}, unrendered: true)"
        case unreachable:
            assert_never(unreachable)


RAILWAY_NAMES_PAGE = f"""
query NamesPage($id: String!, $after: String) {{
  environment(id: $id) {{ variables(first: 500, after: $after) {{ {_NAMES} }} }}
}}
"""
