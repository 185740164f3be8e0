"""The tables of a configuration as the tests look at them: keys, kinds and defaults."""

from collections.abc import Iterator
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from typing import Any, get_args, get_type_hints

from pipeline_health.settings.configuration import Configuration
from pipeline_health.shapes import Shape, key_of


@dataclass(frozen=True)
class KeyOfTable:
    """A key of a table: the *field* that holds it, and what it may be."""

    field: Field[Any]
    hint: object

    @property
    def default(self) -> Any:
        """Give what it is when it is left out."""
        return self.field.default

    @property
    def is_required(self) -> bool:
        """Tell whether it has no default."""
        return self.default is MISSING


def configuration_from(document: object) -> Configuration:
    """Give the configuration that the *document* of a TOML file says."""
    return Shape(Configuration, closed=True).of(document)


def keys_of(table: type) -> dict[str, KeyOfTable]:
    """Give the keys of *table* as they are written."""
    hints = get_type_hints(table, include_extras=True)
    return {
        key_of(hints[it.name]) or it.name: KeyOfTable(it, hints[it.name]) for it in fields(table)
    }


def tables_in(hint: object) -> Iterator[type]:
    """Give the tables that an annotation holds."""
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for argument in get_args(hint):
        yield from tables_in(argument)
