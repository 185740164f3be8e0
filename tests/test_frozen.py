"""A frozen dataclass made cheaply is, to whoever uses it, one that the standard library makes."""

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import field
from functools import partial
from typing import Any, Generic, TypeVar

import pytest

from pipeline_health.frozen import dataclass

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours(Generic[T_co]):
    """An order."""

    put: str
    made: T_co
    count: int = 1
    parts: list[str] = field(default_factory=list)
    kept: list[int] = field(default_factory=list, init=False, repr=False, compare=False)
    fixed: int = field(default=7, init=False)

    def __post_init__(self) -> None:
        if self.count < 0:
            msg = "less than none"
            raise ValueError(msg)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Theirs(Generic[T_co]):
    """An order."""

    put: str
    made: T_co
    count: int = 1
    parts: list[str] = field(default_factory=list)
    kept: list[int] = field(default_factory=list, init=False, repr=False, compare=False)
    fixed: int = field(default=7, init=False)

    def __post_init__(self) -> None:
        if self.count < 0:
            msg = "less than none"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class OurPlace:
    """A place."""

    x: int
    y: int = 0
    name: str = field(default="", kw_only=True)

    def __hash__(self) -> int:
        return self.x


@dataclasses.dataclass(frozen=True, slots=True)
class TheirPlace:
    """A place."""

    x: int
    y: int = 0
    name: str = field(default="", kw_only=True)

    def __hash__(self) -> int:
        return self.x


@dataclass(frozen=True, slots=True, kw_only=True)
class OurNothing:
    """Nothing."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TheirNothing:
    """Nothing."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class OurQuiet:
    """Something hidden."""

    hidden: str = "a"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class TheirQuiet:
    """Something hidden."""

    hidden: str = "a"


@dataclass(frozen=True, slots=True, kw_only=True)
class OurLarger(OurQuiet):
    """Something more."""

    words: list[str] = field(default_factory=list, hash=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TheirLarger(TheirQuiet):
    """Something more."""

    words: list[str] = field(default_factory=list, hash=False)


@dataclass(frozen=True, slots=True)
class OurListed:
    """Something listed."""

    x: int
    words: list[str] = field(default_factory=list, hash=False)


@dataclasses.dataclass(frozen=True, slots=True)
class TheirListed:
    """Something listed."""

    x: int
    words: list[str] = field(default_factory=list, hash=False)


GIVEN = ({"put": "a", "made": (1,), "parts": ["b"]}, {"x": 3}, {"x": 3, "name": "c"})
PAIRS = [
    *((Ours, Theirs), (OurPlace, TheirPlace), (OurNothing, TheirNothing), (OurQuiet, TheirQuiet)),
    *((OurLarger, TheirLarger), (OurListed, TheirListed)),
]


def _outcome(act: Callable[[], object]) -> str:
    """Give in words what became of it, in those of the standard library's class."""
    try:
        said = repr(act())
    except Exception as exc:  # noqa: BLE001 - whichever it is
        said = f"{type(exc).__name__}: {exc}"
    return said.replace("Our", "Their").partition(" object at ")[0]


@pytest.mark.parametrize(
    "says",
    [
        lambda ours, _: inspect.signature(ours),
        lambda ours, _: ours.__init__.__qualname__,
        lambda ours, _: (ours.__match_args__, ours.__slots__, ours.__dataclass_params__.frozen),
        lambda ours, _: [(it.name, it.type, it.kw_only) for it in dataclasses.fields(ours)],
        lambda ours, _: ours(),
        lambda ours, _: ours(1),
        lambda ours, _: ours(1, 2, 3),
        lambda ours, _: ours(x=1, z=2),
        lambda ours, _: ours(put="a", made=2, nowhere=3),
        lambda ours, _: ours(put="a", count=2),
        lambda ours, _: ours(put="a", made=2, count=-1),
        lambda ours, given: ours(**given),
        lambda ours, given: ours(**given) == ours(**given),
        lambda ours, given: ours(**given).__eq__(3),
        lambda ours, given: dataclasses.replace(ours(**given)) == ours(**given),
        lambda ours, given: dataclasses.replace(ours(**given), fixed=3),
        lambda ours, given: dataclasses.asdict(ours(**given)),
        lambda ours, given: hash(ours(**given)),
        lambda ours, given: setattr(ours(**given), next(iter(given)), 3),
        lambda ours, given: delattr(ours(**given), next(iter(given))),
        lambda ours, given: pickle.loads(pickle.dumps(ours(**given))) == ours(**given),  # noqa: S301
        lambda ours, given: copy.deepcopy(ours(**given)),
        lambda ours, given: vars(ours(**given)),
    ],
)
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[1].__name__)
def test_it_does_what_the_standard_one_does(
    pair: tuple[type, type], says: Callable[[Any, Any], object]
) -> None:
    """One line for all that is done with a class; what it refuses it refuses in the same words."""
    for given in (*GIVEN, {}):
        ours, theirs = (_outcome(partial(says, kind, given)) for kind in pair)
        assert ours == theirs


def test_it_is_compiled_when_there_are_some_instances() -> None:
    """A class of which there are few costs nothing but its name and its fields."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Late:
        a: int
        b: list[int] = field(default_factory=list)

    few = [Late(a=1) for _ in range(8)]
    before = inspect.getattr_static(Late, "__init__")
    many = [Late(a=1) for _ in range(8)]

    assert not inspect.isfunction(before)
    assert inspect.isfunction(inspect.getattr_static(Late, "__init__"))
    assert few == many
    assert len({id(it.b) for it in few + many}) == 16


def test_what_is_after_the_fields_is_done_each_time() -> None:
    """Before and after it is compiled."""
    for _ in range(20):
        with pytest.raises(ValueError, match="less than none"):
            Ours(put="a", made=1, count=-1)


def test_each_instance_has_parts_of_its_own() -> None:
    """A factory is asked for each; what equals another hashes as it does."""
    one, other = OurPlace(1), Ours(put="a", made=1)
    other.parts.append("b")

    assert Ours(put="a", made=1).parts == []
    assert {one, OurPlace(1)} == {one}
    assert one != TheirPlace(1)  # type: ignore[comparison-overlap]
    assert Ours(put="a", made=1) != other


def test_what_holds_itself_can_be_shown() -> None:
    """Three dots, and not an endless text."""
    parts: list[Any] = []
    whole = Ours(put="a", made=parts)
    parts.append(whole)

    assert "made=[...]" in repr(whole)


def test_what_is_not_frozen_or_has_an_order_is_made_by_the_standard_library() -> None:
    """Only the one kind that we have hundreds of is made here."""

    @dataclass(slots=True)
    class Open:
        a: int

    @dataclass(frozen=True, slots=True, order=True)
    class Ordered:
        a: int

    opened = Open(1)
    opened.a = 2

    assert opened == Open(2)
    assert Ordered(1) < Ordered(2)
