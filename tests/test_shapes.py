"""Our shapes are what pydantic itself makes of the same dataclasses, and refuse what it refuses."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from pydantic import TypeAdapter
from pydantic_core import ValidationError

from ledger_samples import ANY_INCIDENT, ANY_REPORT
from pipeline_health.agent.auditing import Kept
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.notice import Notice, Told
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.report import CycleReport
from pipeline_health.frozen import dataclass
from pipeline_health.ledger.codec import incident_as_text, report_as_text
from pipeline_health.shapes import Key, Shape, after, bounded, schema_of

_INCIDENTS, _REPORTS = TypeAdapter(Incident), TypeAdapter(CycleReport)
_OF_NO_WEIGHT = {
    *("collect_init_only", "computed_fields", "config", "default_factory_takes_data", "frozen"),
    *("extra_behavior", "generic_origin", "init", "kw_only", "metadata", "post_init", "ref"),
    *("microseconds_precision", "serialization", "strict", "validate_default"),
}
"""What does not say which JSON is taken: names, ways to write, and how strict we are."""


def essence(schema: Any, defined: Mapping[str, Any]) -> Any:
    """Give what a schema takes, with each definition in its place."""
    if isinstance(schema, list | tuple):
        return [essence(each, defined) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "definitions":
        return essence(schema["schema"], {each["ref"]: each for each in schema["definitions"]})
    if schema.get("type") == "definition-ref":
        return essence(defined[schema["schema_ref"]], defined)
    return {
        key: essence(value, defined)
        for key, value in schema.items()
        if key not in _OF_NO_WEIGHT and value is not None
    }


@pytest.mark.parametrize("kind", [Incident, Parent, CycleReport, Told, Notice, Kept])
def test_a_shape_takes_what_pydantic_takes(kind: type) -> None:
    """Of all that is kept: types, defaults, choices and their order."""
    assert essence(schema_of(kind), {}) == essence(TypeAdapter(kind).core_schema, {})


@settings(max_examples=15)
@given(ANY_INCIDENT, ANY_REPORT)
def test_it_is_written_as_pydantic_writes_it(incident: Incident, report: CycleReport) -> None:
    """Byte for byte: a ledger is read by the version before and the one after."""
    assert incident_as_text(incident) == _INCIDENTS.dump_json(incident).decode()
    assert report_as_text(report) == _REPORTS.dump_json(report).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is sent."""

    name: Annotated[str, Key("label"), bounded(min_length=1), after(str.upper)]
    sides: tuple[int, int] = (1, 1)
    words: frozenset[str] = frozenset()
    at: datetime | None = None


def test_what_stands_in_annotated_counts() -> None:
    """Another name outside, bounds, and a check of ours."""
    text = '{"label": "shop", "sides": [2, 3], "words": ["a"], "at": "2026-03-02T10:00:00Z"}'

    assert Shape(Parcel).of_json(text) == Parcel(
        name="SHOP",
        sides=(2, 3),
        words=frozenset("a"),
        at=datetime(2026, 3, 2, 10, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, "missing"),
        ({"label": ""}, "string_too_short"),
        ({"label": 3}, "string_type"),
        ({"label": "a", "sides": ["1", 2]}, "int_type"),
        ({"label": "a", "sides": [1]}, "missing"),
        ({"label": "a", "weight": 1}, "unexpected_keyword_argument"),
        ([], "dataclass_type"),
    ],
)
def test_what_has_another_shape_is_refused(given: object, kind: str) -> None:
    """No conversion that nobody asked for, and nothing that has no place."""
    with pytest.raises(ValidationError) as refused:
        Shape(Parcel, closed=True).of(given)

    assert [error["type"] for error in refused.value.errors()] == [kind]


def test_a_closed_shape_shows_nothing_of_what_was_given() -> None:
    """It could be a token in the wrong place."""
    with pytest.raises(ValidationError) as refused:
        Shape(Parcel, closed=True).of({"label": "a", "at": "planted-value"})

    assert "planted-value" not in str(refused.value)


def test_what_has_no_place_is_left_out_of_an_open_shape() -> None:
    """A later version may have kept more."""
    assert Shape(Parcel).of({"label": "a", "weight": 1}) == Parcel(name="A")


def test_a_type_without_a_shape_is_a_defect_of_ours() -> None:
    """It shows when the shape is made, and names the type."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Odd:
        many: list[int]

    with pytest.raises(TypeError, match="list"):
        Shape(Odd)
