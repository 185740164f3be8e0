from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline_health.clients.errors import ClientError, UnexpectedShapeError
from pipeline_health.clients.json import Json
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import Unrecognised


def test_going_down_finds_what_is_there() -> None:
    """A value is reached by the names that lead to it, and a list is walked in its order."""
    document = Json({"a": {"b": [{"c": 1}, {"c": 2}]}})

    assert [1, 2] == [item.number("c") for item in document.items("a", "b")]
    assert ["b"] == document.at("a").keys()


def test_a_null_on_the_way_is_missing() -> None:
    """What lies below a null, or below a field that is not there, is missing and no error."""
    document = Json({"a": None})

    assert document.at("a", "b", "c").missing
    assert document.at("x").missing
    assert document.maybe_text("a", "b") is None
    assert document.maybe_number("a", "b") is None
    assert document.maybe_time("a", "b") is None


@pytest.mark.parametrize(
    ("read", "value", "complaint"),
    [
        pytest.param(lambda j: j.at("a", "b"), {"a": 1}, "an object at $.a, found a int", id="at"),
        pytest.param(lambda j: list(j.items("a")), {"a": {}}, "a list at $.a", id="items"),
        pytest.param(lambda j: j.steps("a"), {"a": 1}, "a list at $.a", id="steps"),
        pytest.param(lambda j: j.keys(), [], "an object at $, found a list", id="keys"),
        pytest.param(lambda j: j.text("a"), {}, "a text at $.a, found nothing", id="text"),
        pytest.param(lambda j: j.maybe_text("a"), {"a": 1}, "a text at $.a", id="maybe-text"),
        pytest.param(lambda j: j.number("a"), {"a": True}, "a whole number at $.a", id="number"),
        pytest.param(lambda j: j.number("a"), {"a": 1.5}, "a whole number at $.a", id="fraction"),
        pytest.param(lambda j: j.number("a"), {"a": 2**63}, "at most 63 bits at $.a", id="huge"),
        pytest.param(lambda j: j.flag("a"), {"a": 1}, "true or false at $.a", id="flag"),
        pytest.param(lambda j: j.time("a"), {"a": "noon"}, "a time at $.a", id="time"),
        pytest.param(
            lambda j: j.time("a"), {"a": "0001-01-01T00:00:00+23:59"}, "a time at", id="year-0"
        ),
        pytest.param(
            lambda j: [item.text() for item in j.items("a")],
            {"a": ["x", 2]},
            "a text at $.a[1], found a int",
            id="position",
        ),
    ],
)
def test_another_shape_is_refused_with_its_place(
    read: Callable[[Json], object], value: Any, complaint: str
) -> None:
    """What is not of the promised type raises, and the message says where and what was found."""
    with pytest.raises(UnexpectedShapeError) as refused:
        read(Json(value))

    assert complaint in str(refused.value)
    assert not refused.value.retryable


def test_texts_numbers_and_flags_are_given_as_they_are() -> None:
    """A value of the promised type comes out unchanged."""
    document = Json({"t": "é", "n": 3, "f": False, "s": ["a", 0, None]})

    assert "é" == document.text("t")
    assert "é" == document.maybe_text("t")
    assert 3 == document.maybe_number("n")
    assert document.flag("f") is False
    assert ["a", 0] == document.steps("s")


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    """A text that no file or database could hold is mended on the way in."""
    assert "a?b" == Json({"t": "a\ud800b"}).text("t")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-27T18:02:21.021Z", datetime(2026, 7, 27, 18, 2, 21, 21000, tzinfo=UTC)),
        ("2026-07-27T18:02:21.123456789Z", datetime(2026, 7, 27, 18, 2, 21, 123456, tzinfo=UTC)),
        ("2026-07-27T20:02:21+02:00", datetime(2026, 7, 27, 18, 2, 21, tzinfo=UTC)),
        ("2026-07-27T18:02:21", datetime(2026, 7, 27, 18, 2, 21, tzinfo=UTC)),
    ],
    ids=["milliseconds", "nine-digits", "offset", "naive"],
)
def test_a_time_is_aware_and_in_utc(text: str, expected: datetime) -> None:
    """Every way in which the providers write a time gives the same moment, in UTC."""
    assert expected == Json({"at": text}).time("at")
    assert expected == Json({"at": text}).maybe_time("at")


def test_an_enum_is_read_whatever_its_case() -> None:
    """A known value is a member; one that no table of ours holds is Unrecognised, as it was."""
    assert RailwayStatus.FAILED == Json({"s": "failed"}).one_of(RailwayStatus, "s")
    assert Unrecognised("Melted") == Json({"s": "Melted"}).one_of(RailwayStatus, "s")


def test_a_field_may_be_there_and_null() -> None:
    """`has` asks for the name, not for a value; what is no object has no fields."""
    assert Json({"a": None}).has("a")
    assert not Json({}).has("a")
    assert not Json(["a"]).has("a")


def test_an_unexpected_shape_is_a_client_error() -> None:
    """Whoever catches what clients raise catches a wrong shape too."""
    assert issubclass(UnexpectedShapeError, ClientError)
