"""What a document costs by the formula that GitHub publishes, and its rules for paging.

Source: docs.github.com/graphql/overview/rate-limits-and-query-limits: one request for each
connection, as often as its parents may be there; their sum divided by 100, rounded, at least 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)


@dataclass(slots=True, kw_only=True)
class Count:
    """How many requests GitHub makes inside itself, and how many nodes it may give."""

    requests: int = 0
    nodes: int = 0

    @property
    def points(self) -> int:
        """Tell the price."""
        return max(1, (self.requests + 50) // 100)


def count(tree: DocumentNode, variables: Mapping[str, Any]) -> Count:
    """Count what *tree* asks for, as if every page were full."""
    walk = _Walk(tree, variables)
    for definition in tree.definitions:
        if isinstance(definition, OperationDefinitionNode):
            walk.through(definition.selection_set, 1)
    return walk.counted


class _Walk:
    def __init__(self, tree: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.counted = Count()
        self._variables = variables
        self._fragments = {
            definition.name.value: definition.selection_set
            for definition in tree.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }

    def through(self, selections: SelectionSetNode | None, parents: int) -> None:
        for selection in selections.selections if selections else ():
            if self._included(selection):
                self._one(selection, parents)

    def _one(self, selection: SelectionNode, parents: int) -> None:
        if isinstance(selection, FragmentSpreadNode):
            self.through(self._fragments[selection.name.value], parents)
        elif isinstance(selection, FieldNode):
            self._field(selection, parents)
        else:
            self.through(getattr(selection, "selection_set", None), parents)

    def _field(self, field: FieldNode, parents: int) -> None:
        given = {argument.name.value: argument.value for argument in field.arguments or ()}
        page = given.get("first") or given.get("last")
        if page is not None:
            self.counted.requests += parents
            parents *= int(self._plain(page) or 0)
            self.counted.nodes += parents
        elif "ids" in given:
            parents *= max(len(self._plain(given["ids"]) or ()), 1)
        self.through(field.selection_set, parents)

    def _included(self, selection: SelectionNode) -> bool:
        return all(
            bool(self._plain(directive.arguments[0].value)) == (directive.name.value == "include")
            for directive in selection.directives or ()
            if directive.arguments
        )

    def _plain(self, value: ValueNode) -> Any:
        if isinstance(value, VariableNode):
            return self._variables.get(value.name.value)
        if isinstance(value, ListValueNode):
            return value.values
        if isinstance(value, IntValueNode):
            return int(value.value)
        return getattr(value, "value", None)
