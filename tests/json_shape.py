"""A check of JSON against as much of JSON Schema as docs/feed.schema.json uses, and no more."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "null": type(None),
    "object": dict,
    "string": str,
}
_KNOWN = frozenset(
    {"$schema", "$id", "title", "description", "type", "const", "enum", "pattern", "minimum"}
    | {"maxLength", "items", "properties", "required", "additionalProperties"}
)


def faults(value: Any, schema: Mapping[str, Any], *, at: str = "$") -> Iterator[str]:
    """Say where *value* is not as *schema* has it."""
    assert schema.keys() <= _KNOWN, f"{at}: this check knows no {schema.keys() - _KNOWN}"
    types = schema.get("type", [])
    wanted = [types] if isinstance(types, str) else types
    if wanted and not any(_is(value, each) for each in wanted):
        yield f"{at}: {value!r} is no {wanted}"
        return
    if value not in schema.get("enum", [schema.get("const", value)]):
        yield f"{at}: {value!r} is not one of the values"
    if isinstance(value, int) and value < schema.get("minimum", value):
        yield f"{at}: {value} is too small"
    if isinstance(value, str):
        yield from _of_text(value, schema, at)
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from faults(item, schema["items"], at=f"{at}[{number}]")
    if isinstance(value, dict):
        yield from _of_object(value, schema, at)


def _is(value: Any, name: str) -> bool:
    return isinstance(value, _TYPES[name]) and not (name == "integer" and isinstance(value, bool))


def _of_text(value: str, schema: Mapping[str, Any], at: str) -> Iterator[str]:
    if re.search(schema.get("pattern", ""), value) is None:
        yield f"{at}: {value!r} does not match {schema['pattern']}"
    if len(value) > schema.get("maxLength", len(value)):
        yield f"{at}: {len(value)} characters are too many"


def _of_object(value: Mapping[str, Any], schema: Mapping[str, Any], at: str) -> Iterator[str]:
    properties = schema["properties"]
    for name in schema["required"]:
        if name not in value:
            yield f"{at}: {name} is missing"
    for name, inner in value.items():
        if name in properties:
            yield from faults(inner, properties[name], at=f"{at}.{name}")
        else:
            yield f"{at}: {name} is not in the schema"
