"""GitHub's REST lists of the repositories that a token can see."""

from typing import Final
from urllib.parse import parse_qsl

from pipeline_health.simulator.rest import RefusedError, Reply, page_of
from pipeline_health.simulator.rest_shapes import listed_repo_shape
from pipeline_health.simulator.world import World

LISTS: Final = {"/user/repos": None, "/installation/repositories": "repositories"}
"""The list of a person's token, and that of an installation's, which wraps it."""


def list_repositories(world: World, login: str, *, base: str, target: str) -> Reply:
    """List what *login* sees, the last pushed first; each kind of token has a list of its own."""
    path, _, query = target.partition("?")
    if (LISTS[path] is not None) != login.endswith("[bot]"):
        raise RefusedError(403, "Resource not accessible by this token")
    seen = [] if login in world.shut_out else world.registry.all()
    return page_of(
        [listed_repo_shape(base, repo) for repo in reversed(seen)],
        dict(parse_qsl(query, keep_blank_values=True)),
        url=f"{base}{path}",
        wrap=LISTS[path],
    )
