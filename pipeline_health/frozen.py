"""`dataclass` as the standard library has it, at a tenth of its price where a class is frozen.

The standard one writes six methods a class as text and compiles each: 0.7 ms of CPU, and a cold
start has more than two hundred classes. Here five of them are shared, and `__init__` is compiled
when there are some instances: a quiet run makes none or a few of most classes. Whoever uses a class
sees no difference: neither in `fields`, `replace`, a signature, nor in what equals what.
"""

import dataclasses
import sys
from collections.abc import Callable, Sequence
from functools import partial
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

T = TypeVar("T")

_FEW: Final = 8
"""So many instances do without a compiled `__init__`, which takes as long as thirty of them."""
_NO_WORDS: Final = "A frozen dataclass."  # without any the standard library would make a signature


def _thrifty(
    *, frozen: bool = False, slots: bool = False, kw_only: bool = False, **others: bool
) -> Callable[[type[T]], type[T]]:
    """Give what makes a dataclass of a class; where it is not frozen the standard one does it."""
    if not (frozen and slots) or others.keys() - {"repr"}:
        return dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only, **others)

    def made(cls: type[T]) -> type[T]:
        if any(map(dataclasses.is_dataclass, cls.__bases__)):  # none of ours is made of another
            return dataclasses.dataclass(frozen=True, slots=True, kw_only=kw_only, **others)(cls)
        return _frozen(cls, kw_only=kw_only, shown=others.get("repr", True))

    return made


def _frozen(cls: type[T], *, kw_only: bool, shown: bool) -> type[T]:
    own = {name for name, value in cls.__dict__.items() if value is not None}
    cls.__doc__ = cls.__doc__ or _NO_WORDS
    bare = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)
    made: Any = bare(cls)
    made.__dataclass_params__.frozen = True
    fields = dataclasses.fields(made)
    compared = _picked([it.name for it in fields if it.compare])
    hashed = _picked([it.name for it in fields if (it.compare if it.hash is None else it.hash)])
    methods = {
        "__init__": _Init(made),
        "__eq__": _equality(compared),
        "__hash__": lambda self: hash(hashed(self)),
        "__repr__": _shown if shown else made.__repr__,
        "__setattr__": _refuse_to_assign,
        "__delattr__": _refuse_to_delete,
        "__getstate__": _state,
        "__setstate__": _restore,
    }
    for name in methods.keys() - own:
        setattr(made, name, methods[name])
    return made  # type: ignore[no-any-return] # it is the class that was given, with slots


class _Factory:
    """Stands in a signature for what a factory makes."""

    def __repr__(self) -> str:
        return "<factory>"


_FACTORY: Final = _Factory()


class _Init:
    """Stands for an `__init__` until it is worth compiling, or somebody looks at it."""

    def __init__(self, cls: type) -> None:
        self._cls = cls
        self._left = _FEW
        self._fields: tuple[dataclasses.Field[Any], ...] | None = None
        self._known: set[str] = set()
        self._asked: set[str] = set()

    def __get__(self, instance: object, owner: type) -> Any:
        # `inspect` of Python 3.13 puts the class in the place of the instance.
        if isinstance(instance, self._cls) and self._left > 0:
            self._left -= 1
            return partial(self._fill, instance)
        made = self._cls.__init__ = _compiled_init(self._cls)  # type: ignore[misc] # in its place
        return made if instance is None else made.__get__(instance, owner)

    def _fill(self, instance: Any, /, *free: object, **named: object) -> None:
        """Do what the compiled one does; what that one has to refuse is left to it."""
        fields = self._look() if self._fields is None else self._fields
        if free or not self._asked <= named.keys() <= self._known:
            self._left = 0
            self.__get__(instance, type(instance))(*free, **named)
            return
        for it in fields:
            value = named[it.name] if it.name in named else _default(it)
            object.__setattr__(instance, it.name, value)
        if hasattr(instance, "__post_init__"):
            instance.__post_init__()

    def _look(self) -> "tuple[dataclasses.Field[Any], ...]":
        fields = dataclasses.fields(self._cls)
        self._known = {it.name for it in fields if it.init}
        self._asked = {it.name for it in fields if it.init and _is_required(it)}
        self._fields = fields  # last: another thread asks for these
        return fields


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is field.default_factory  # neither is there


def _default(field: "dataclasses.Field[Any]") -> object:
    factory = field.default_factory
    return field.default if factory is dataclasses.MISSING else factory()


def _compiled_init(cls: Any) -> Any:
    """Compile the `__init__` of *cls*; its names are those of fields, which are identifiers."""
    fields = dataclasses.fields(cls)
    given = [it for it in fields if it.init]
    free = [_parameter(it) for it in given if not it.kw_only]
    named = [_parameter(it) for it in given if it.kw_only]
    lines = [f"_object.__setattr__(self, {it.name!r}, {_value(it)})" for it in fields]
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    parameters = ", ".join(["self", *free, *(["*", *named] if named else [])])
    text = "\n  ".join([f" def __init__({parameters}):", *(lines or ["pass"])])
    outer = {"_object": object, "_made": _FACTORY}
    for it in fields:
        outer[f"_default_{it.name}"] = it.default
        outer[f"_make_{it.name}"] = it.default_factory
    scope: dict[str, Any] = {}
    whole = f"def compiled({', '.join(outer)}):\n{text}\n return __init__"
    exec(whole, sys.modules[cls.__module__].__dict__, scope)  # noqa: S102 - as dataclasses does
    init = scope["compiled"](**outer)
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__annotations__ = {**{it.name: it.type for it in given}, "return": None}
    return init


def _parameter(field: "dataclasses.Field[Any]") -> str:
    if field.default is not dataclasses.MISSING:
        return f"{field.name}=_default_{field.name}"
    if field.default_factory is not dataclasses.MISSING:
        return f"{field.name}=_made"
    return field.name


def _value(field: "dataclasses.Field[Any]") -> str:
    name = field.name
    if field.default_factory is dataclasses.MISSING:
        return name if field.init else f"_default_{name}"
    return f"_make_{name}() if {name} is _made else {name}" if field.init else f"_make_{name}()"


def _picked(names: Sequence[str]) -> Callable[[object], tuple[object, ...]]:
    """Give what reads *names* of an instance, as a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda self: tuple(getattr(self, name) for name in names)


def _equality(compared: Callable[[object], tuple[object, ...]]) -> Callable[[Any, object], Any]:
    def equals(self: object, other: object) -> Any:
        if other.__class__ is not self.__class__:
            return NotImplemented
        return compared(self) == compared(other)

    return equals


@recursive_repr()
def _shown(self: Any) -> str:
    shown = (it.name for it in dataclasses.fields(self) if it.repr)
    return f"{type(self).__qualname__}({', '.join(f'{it}={getattr(self, it)!r}' for it in shown)})"


def _refuse_to_assign(_: object, name: str, __: object) -> NoReturn:
    msg = f"cannot assign to field {name!r}"
    raise dataclasses.FrozenInstanceError(msg)


def _refuse_to_delete(_: object, name: str) -> NoReturn:
    msg = f"cannot delete field {name!r}"
    raise dataclasses.FrozenInstanceError(msg)


def _state(self: Any) -> list[object]:
    return [getattr(self, it.name) for it in dataclasses.fields(self)]


def _restore(self: Any, state: Sequence[object]) -> None:
    for it, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, it.name, value)


if TYPE_CHECKING:  # to a reader of types it is the standard one, and behaves as that does
    from dataclasses import dataclass
else:
    dataclass = _thrifty

__all__ = ["dataclass"]
