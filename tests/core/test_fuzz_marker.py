"""Any marker is read back, and nothing that stands in its place raises."""

from dataclasses import replace
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st

from marker_lines import FIELDS, line_of
from pipeline_health.core.issue_text import read_marker, write_marker
from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName, Sha
from pipeline_health.core.model.incident import CauseClass, Owner
from pipeline_health.core.model.issue import Marker

words = st.text(min_size=1, max_size=40).filter(lambda text: text.isascii() or text.isprintable())
times = st.datetimes(timezones=st.just(UTC))
symptoms = st.builds(
    Symptom,
    kind=st.sampled_from(Kind),
    scope=words.map(Scope),
    subject=st.builds(Subject, st.sampled_from(Thing), words | st.just('--> <!-- @archon #1 "')),
)
markers = st.builds(
    Marker,
    fingerprint=words.map(Fingerprint),
    nonce=words.map(Nonce),
    kind=st.sampled_from(Kind),
    project=words.map(ProjectName),
    owner=st.sampled_from(Owner),
    cause=st.none() | st.sampled_from(CauseClass),
    commit=st.none() | st.text("0123456789abcdef", min_size=40, max_size=40).map(Sha),
    first_seen=times,
    failed_at=times,
    attempts=st.integers(0, 10_000),
    symptoms=st.lists(symptoms, max_size=4).map(tuple),
)
jobs = st.lists(words | st.just("test (3.12) --> @archon"), min_size=1, max_size=3).map(tuple)


@given(marker=markers, failed=st.none() | jobs)
def test_what_is_written_is_read_back(marker: Marker, failed: tuple[str, ...] | None) -> None:
    """Any marker is one ASCII line that cannot end early or mention, and is read back whole."""
    if failed is not None:
        others = ((),) * (len(marker.symptoms) - 1)
        marker = replace(marker, jobs=(failed, *others) if marker.symptoms else ())
    line = write_marker(marker)
    inside = line.removeprefix("<!-- ").removesuffix(" -->")

    assert marker == read_marker(f"{line}\nrest")
    assert line.isascii()
    assert "\n" not in line
    assert not [alive for alive in ("--", "<", ">", "&", "@", "#", "`") if alive in inside]


@given(fields=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([*FIELDS]), inner, max_size=10),
))  # fmt: skip
def test_arbitrary_json_raises_nothing(fields: object) -> None:
    """Whatever JSON stands in the place of a marker, reading it gives None or a marker."""
    found = read_marker(line_of({**FIELDS, "subjects": fields}))

    assert found is None or all(isinstance(each, Symptom) for each in found.symptoms)
    assert read_marker(line_of(fields)) is None


@given(text=st.text(max_size=200))
def test_arbitrary_text_raises_nothing(text: str) -> None:
    """Whatever text somebody writes into the place of a marker, it is none."""
    assert read_marker(f"<!-- pipeline-health v1 {text} -->") is None
