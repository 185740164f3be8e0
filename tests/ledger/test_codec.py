import json
from contextlib import suppress
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from github_samples import JUNK, places, spoiled
from ledger_samples import ANY_INCIDENT, ANY_REPORT, T0, a_report, an_incident
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.report import CycleReport
from pipeline_health.ledger.codec import (
    as_unicode,
    head_of,
    incident_as_text,
    incident_of,
    report_as_text,
    report_of,
)
from pipeline_health.ledger.times import as_text, as_time
from pipeline_health.ports import LedgerError


@given(ANY_INCIDENT)
def test_every_incident_survives_the_ledger(incident: Incident) -> None:
    """What is read is what was written, to the microsecond and the type of each trace."""
    assert incident == incident_of(incident_as_text(incident), fingerprint="any")


@given(ANY_REPORT)
def test_every_report_survives_the_ledger(report: CycleReport) -> None:
    """What is read is what was written."""
    assert report == report_of(report_as_text(report), cycle="any")


@settings(max_examples=10, deadline=None)
@given(ANY_REPORT)
def test_a_head_is_the_report_without_what_it_tells_at_length(report: CycleReport) -> None:
    """Cutting the text and cutting the value are one thing."""
    head = replace(report, projects=(), changes=(), waiting=(), orphans=(), untold=())

    assert head == report_of(head_of(report_as_text(report)), cycle="any")


def test_a_trace_comes_back_as_what_it_was() -> None:
    """A run, a deployment and a link are told apart by their own word for it."""
    incident = incident_of(incident_as_text(an_incident()), fingerprint="shop-ci")

    first, second = incident.ailments
    assert ("RunTrace", "LinkTrace") == (type(first.trace).__name__, type(second.trace).__name__)


def test_half_a_surrogate_pair_becomes_a_question_mark() -> None:
    """A log that no encoding can hold costs one character, not the cycle."""
    report = report_of(report_as_text(a_report(sentence="bad \ud800 text")), cycle="c1")

    assert a_report(sentence="bad ? text") == report
    assert "bad ? key" == as_unicode("bad \udfff key")


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 9**9), junk=JUNK)
def test_junk_anywhere_is_an_incident_or_an_error_of_ours(seed: int, junk: object) -> None:
    """Somebody may have edited the file: what cannot be read is named, and no other error comes."""
    document = json.loads(incident_as_text(an_incident()))
    place = Random(seed).choice(places(document))  # noqa: S311 - nothing secret

    with suppress(LedgerError):
        incident_of(json.dumps(spoiled(document, place, junk)), fingerprint="shop-ci")


def test_a_missing_field_with_a_default_takes_it() -> None:
    """A report that was written before a field existed is still read."""
    document = json.loads(report_as_text(a_report()))
    del document["dry_run"]

    assert a_report() == report_of(json.dumps(document), cycle="c1")


@pytest.mark.parametrize(
    "change",
    [{"phase": "asleep"}, {"count": "1"}, {"first_seen": None}, {"ailments": [{}]}],
    ids=["unknown phase", "text for a number", "no time", "empty ailment"],
)
def test_an_incident_of_another_shape_is_named(change: dict[str, object]) -> None:
    """The error says which incident it is and what to do, and shows none of its text."""
    document = json.loads(incident_as_text(an_incident())) | change

    with pytest.raises(LedgerError, match=r"incident shop-ci .* move the ledger away") as refused:
        incident_of(json.dumps(document), fingerprint="shop-ci")

    assert "boom" not in str(refused.value)


def test_a_report_that_is_no_json_is_named() -> None:
    """The error says which cycle it was."""
    with pytest.raises(LedgerError, match="report of cycle c7"):
        report_of("{", cycle="c7")


def test_a_stored_time_is_utc_with_microseconds() -> None:
    """Texts of one length sort as their moments do."""
    assert "2026-03-01T12:00:00.250000+00:00" == as_text(T0)
    assert T0 == as_time(as_text(T0))


def test_a_time_without_a_zone_is_refused() -> None:
    """Nothing is taken for local time."""
    with pytest.raises(ValueError, match="no time zone"):
        as_text(T0.replace(tzinfo=None))
