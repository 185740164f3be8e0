"""Checks what comes from outside against a dataclass, with the validator that pydantic stands on.

The dataclass says the shape, and a `Marker` in `Annotated` what its type does not say. pydantic's
models and adapters would do the same, and cost a cold start 150 ms of CPU to import and to build.
`tests/test_shapes.py` sees that both understand our dataclasses alike.
"""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Generic,
    Literal,
    TypeAlias,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

from pydantic_core import CoreSchema, SchemaValidator, core_schema

T = TypeVar("T")

Marker: TypeAlias = Callable[[CoreSchema], CoreSchema]
"""Says in `Annotated` what is asked beside the type."""
Beside: TypeAlias = core_schema.ValidationInfo
"""Where a check finds what stands beside: *data* has the fields before this one."""


@dataclasses.dataclass(frozen=True)
class Key:
    """Says in `Annotated` that a field has another name outside."""

    name: str


def after(check: Callable[[Any], object]) -> Marker:
    """Let *check* see what has the right type; it gives what is to be used instead, or raises."""
    return lambda schema: core_schema.no_info_after_validator_function(check, schema)


def after_others(check: Callable[[Any, Beside], object]) -> Marker:
    """Let *check* see what has the right type, and the fields before it."""
    return lambda schema: core_schema.with_info_after_validator_function(check, schema)


def before(check: Callable[[object], object]) -> Marker:
    """Let *check* see whatever was given; what it gives must have the right type."""
    return lambda schema: core_schema.no_info_before_validator_function(check, schema)


def alone(check: Callable[[object], object]) -> Marker:
    """Let *check* decide: no type is asked for beside."""
    return lambda _: core_schema.no_info_plain_validator_function(check)


def bounded(**bounds: int) -> Marker:
    """Ask for a number within *bounds* (`gt`, `ge`, `le`), or for a text of a `min_length`."""
    return lambda schema: cast("CoreSchema", {**schema, **bounds})


class Shape(Generic[T]):
    """What is of *kind*: a dataclass that is made of dataclasses.

    What has no place in it is left out, or refused where it is *closed*: then defaults are checked
    like all else, and no error shows what was given.
    """

    def __init__(self, kind: type[T], *, closed: bool = False) -> None:
        self._validator = SchemaValidator(
            schema_of(kind, closed=closed),
            core_schema.CoreConfig(hide_input_in_errors=closed),
        )

    def of(self, given: object) -> T:
        """Give what *given* holds; raises pydantic_core.ValidationError."""
        return cast("T", self._validator.validate_python(given))

    def of_json(self, text: str | bytes) -> T:
        """Give what *text* holds; raises pydantic_core.ValidationError."""
        return cast("T", self._validator.validate_json(text, strict=True))


def schema_of(kind: type, *, closed: bool = False) -> CoreSchema:
    """Give the schema by which what is of *kind* is checked."""
    return _Builder(closed=closed).schema(kind)


_SIMPLE: Final[Mapping[object, CoreSchema]] = {
    NoneType: core_schema.none_schema(),
    bool: core_schema.bool_schema(strict=True),
    datetime: core_schema.datetime_schema(strict=True),
    float: core_schema.float_schema(strict=True),
    int: core_schema.int_schema(strict=True),
    str: core_schema.str_schema(strict=True),
    timedelta: core_schema.timedelta_schema(strict=True),
}


class _Builder:
    """Builds the schema of a dataclass from its annotations; what they may be is all here."""

    def __init__(self, *, closed: bool) -> None:
        self._closed = closed

    def schema(self, kind: Any, meant: Mapping[object, object] | None = None) -> CoreSchema:
        """Give the schema of *kind*, in which type variables are what is *meant* by them."""
        kind = (meant or {}).get(kind, kind) if isinstance(kind, TypeVar) else kind
        while hasattr(kind, "__supertype__"):
            kind = kind.__supertype__
        if kind in _SIMPLE:
            return _SIMPLE[kind]
        if isinstance(kind, type) and issubclass(kind, Enum):
            return core_schema.enum_schema(kind, list(kind), sub_type="str")
        origin = get_origin(kind) or kind
        if dataclasses.is_dataclass(origin):
            variables = getattr(origin, "__parameters__", ())
            return self._dataclass(origin, dict(zip(variables, get_args(kind), strict=True)))
        return self._made_of(origin, [*get_args(kind)], meant or {})

    def _made_of(
        self, origin: object, parts: list[Any], meant: Mapping[object, object]
    ) -> CoreSchema:
        if origin is Literal:
            return core_schema.literal_schema(parts)
        if origin is Annotated:
            schema = self.schema(parts[0], meant)
            for marker in parts[1:]:
                schema = schema if isinstance(marker, Key) else marker(schema)
            return schema
        if origin in (Union, UnionType):
            return self._choice(parts, meant)
        schemas = [self.schema(part, meant) for part in parts if part is not ...]
        if origin is tuple:
            last = len(schemas) - 1 if ... in parts else None
            return core_schema.tuple_schema(schemas, variadic_item_index=last)
        if origin is frozenset:
            return core_schema.frozenset_schema(*schemas)
        if origin is Mapping:
            return core_schema.dict_schema(*schemas)
        msg = f"{origin} has no shape here"
        raise TypeError(msg)

    def _choice(self, parts: list[Any], meant: Mapping[object, object]) -> CoreSchema:
        schemas = [self.schema(part, meant) for part in parts if part is not NoneType]
        one = schemas[0] if len(schemas) == 1 else core_schema.union_schema([*schemas])
        return core_schema.nullable_schema(one) if NoneType in parts else one

    def _dataclass(self, kind: Any, meant: Mapping[object, object]) -> CoreSchema:
        fields = dataclasses.fields(kind)
        asked = [self._field(it, meant) for it in fields]
        return core_schema.dataclass_schema(
            kind,
            core_schema.dataclass_args_schema(
                kind.__name__, asked, extra_behavior="forbid" if self._closed else "ignore"
            ),
            [it.name for it in fields],
            slots=True,
        )

    def _field(
        self, field: "dataclasses.Field[Any]", meant: Mapping[object, object]
    ) -> core_schema.DataclassField:
        schema = self.schema(field.type, meant)
        if field.default is not dataclasses.MISSING:
            schema = core_schema.with_default_schema(
                schema, default=field.default, validate_default=self._closed
            )
        elif field.default_factory is not dataclasses.MISSING:
            schema = core_schema.with_default_schema(schema, default_factory=field.default_factory)
        return core_schema.dataclass_field(
            field.name, schema, kw_only=bool(field.kw_only), validation_alias=key_of(field.type)
        )


def key_of(hint: object) -> str | None:
    """Give the name outside that a field with this annotation has, if it is another one."""
    return next((it.name for it in getattr(hint, "__metadata__", ()) if isinstance(it, Key)), None)
