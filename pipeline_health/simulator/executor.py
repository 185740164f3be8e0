"""What the two GraphQL services share: strict validation, execution over plain values, and paging.

A value is a dict whose entries are values, or functions of the field's arguments that give one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInt,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSyntaxError,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from pipeline_health.frozen import dataclass

T = TypeVar("T")
Value: TypeAlias = dict[str, Any]
Arguments: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A document, parsed, or what is wrong with it."""

    tree: DocumentNode | None
    problems: tuple[GraphQLError, ...]


class Executor:
    """Validates documents against a schema, each once, and executes them."""

    def __init__(self, sdl: str) -> None:
        self.schema = build_schema(sdl)
        for type_ in self.schema.type_map.values():
            if isinstance(type_, GraphQLEnumType) and not type_.name.startswith("__"):
                _open_up(type_)
        _open_up(GraphQLInt)  # GitHub's ids have outgrown 32 bits, and are written all the same
        self._checked: dict[str, Checked] = {}

    def check(self, document: str) -> Checked:
        """Parse and validate *document*, or remember what came of it."""
        if document not in self._checked:
            self._checked[document] = self._check(document)
        return self._checked[document]

    def execute(self, tree: DocumentNode, variables: Arguments, root: Value) -> ExecutionResult:
        """Execute a valid document over *root*."""
        return execute_sync(
            self.schema,
            tree,
            root_value=root,
            variable_values=dict(variables),
            field_resolver=_resolve,
        )

    def _check(self, document: str) -> Checked:
        try:
            tree = parse(document)
        except GraphQLSyntaxError as exc:
            return Checked(tree=None, problems=(exc,))
        return Checked(tree=tree, problems=tuple(validate(self.schema, tree)))


def _open_up(kind: GraphQLEnumType | GraphQLScalarType) -> None:
    """Let a value through that is newer than the schema: providers do not wait for theirs."""
    for hook in ("serialize", "coerce_output_value"):  # its name until graphql-core 3.2, and since
        setattr(kind, hook, _as_it_is)


def _as_it_is(value: object) -> object:
    return value


def _resolve(source: Value, info: "GraphQLResolveInfo[Any]", **arguments: Any) -> Any:
    found = source[info.field_name]
    return found(arguments) if callable(found) else found


def window(items: Sequence[T], arguments: Arguments, *, limit: int) -> tuple[Sequence[T], Value]:
    """Cut the page out of *items* that `first`, `last` and `after` ask for, with its pageInfo.

    A cursor is the position of the item before the page.
    """
    start = int(arguments.get("after") or 0)
    last = arguments.get("last")
    if last is not None:
        start = max(len(items) - min(last, limit), 0)
        stop = len(items)
    else:
        first = arguments.get("first")
        stop = min(start + min(limit if first is None else first, limit), len(items))
    page = {"hasNextPage": stop < len(items), "endCursor": str(stop) if stop > start else None}
    return items[start:stop], page


def edges(items: Sequence[T], make: Callable[[T], Value], arguments: Arguments) -> Value:
    """Give a connection as Railway has it: edges, pages of at most 500."""
    page, about = window(items, arguments, limit=500)
    return {"edges": [{"node": make(item)} for item in page], "pageInfo": about}
