"""The marker survives whatever is in it, and nothing but a marker is read as one."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from incident_builders import BAD, CI, REPO, T0, WEB, ailment, incident
from marker_lines import FIELDS, line_of
from pipeline_health.core.issue_text import marker_of, read_marker, write_marker
from pipeline_health.core.issue_text.marker import LONGEST
from pipeline_health.core.model.findings import Kind, Scope, Subject, Thing
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName
from pipeline_health.core.model.incident import CauseClass, Owner
from pipeline_health.core.model.issue import Marker

MARKER = marker_of(incident(ailment(CI), ailment(WEB)))
LINE = write_marker(MARKER)


def test_a_marker_tells_what_an_incident_is() -> None:
    """The marker holds the identity, the owner, the newest failure and every symptom."""
    expected = Marker(
        fingerprint=Fingerprint("5f2c0d"),
        nonce=Nonce("n0nce"),
        kind=Kind.MAIN_CI_RED,
        project=ProjectName("shop"),
        owner=Owner.AGENT,
        commit=BAD,
        first_seen=datetime(2026, 11, 22, 10, 7, tzinfo=UTC),
        failed_at=T0,
        attempts=0,
        symptoms=(CI, WEB),
        cause=CauseClass.UNKNOWN,
    )

    assert expected == MARKER


def test_a_marker_is_written_as_documented() -> None:
    """The line is what scripts grep for: one comment, version 1, JSON with these keys."""
    start, _, rest = LINE.partition("{")
    text, end = rest[:-4], rest[-4:]

    assert ("<!-- pipeline-health v1 ", " -->") == (start, end)
    assert list(FIELDS) == list(json.loads("{" + text))
    assert '"first_seen":"2026-11-22T10:07:00Z"' in LINE
    assert LINE == write_marker(MARKER)
    assert "jobs" not in LINE


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(LINE, id="alone"),
        pytest.param(f"{LINE}\r\nrest\r\n", id="CRLF"),
        pytest.param(f"{LINE} \t \nrest", id="trailing blanks"),
    ],
)
def test_the_first_line_is_read(body: str) -> None:
    """Line ends and trailing blanks that an editor leaves do not matter."""
    assert MARKER == read_marker(body)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="empty"),
        pytest.param(f"\n{LINE}", id="second line"),
        pytest.param(f"> {LINE}", id="quoted"),
        pytest.param(f" {LINE}", id="indented"),
        pytest.param(f"{LINE} words", id="words behind"),
        pytest.param(f"{LINE}X", id="a letter behind"),
        pytest.param(f"{LINE}\f", id="another blank behind"),
        pytest.param(f"{LINE} {LINE}", id="two"),
        pytest.param(LINE.replace(" v1 ", " v2 "), id="other version"),
        pytest.param("<!-- pipeline-health v1 {'a': 1} -->", id="no JSON"),
        pytest.param("<!-- pipeline-health v1 {} -->", id="nothing in it"),
        pytest.param("<!-- pipeline-health v1 {" + "[" * 8_000 + "} -->", id="deep and malformed"),
        pytest.param(
            '<!-- pipeline-health v1 {"a":' + "[" * 4_000 + "]" * 4_000 + "} -->", id="deep"
        ),
        pytest.param(
            LINE.replace('"attempts":0', '"attempts":' + "9" * 5_000), id="endless number"
        ),
        pytest.param(line_of({**FIELDS, "more": "x" * LONGEST}), id="huge"),
    ],
)
def test_nothing_else_is_a_marker(body: str) -> None:
    """What is not exactly a marker on the first line is none, and raises nothing."""
    assert read_marker(body) is None


@pytest.mark.parametrize("key", [key for key in FIELDS if key not in ("commit", "cause")])
def test_every_field_is_needed(key: str) -> None:
    """A marker that lacks a field is none."""
    assert read_marker(line_of({name: FIELDS[name] for name in FIELDS if name != key})) is None


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"fingerprint": ""}, id="empty fingerprint"),
        pytest.param({"nonce": 7}, id="number for a nonce"),
        pytest.param({"project": "\ud800"}, id="lone surrogate"),
        pytest.param({"project": "shop \ud800"}, id="lone surrogate at the end"),
        pytest.param({"kind": "main-ci-blue"}, id="unknown kind"),
        pytest.param({"owner": "nobody"}, id="unknown owner"),
        pytest.param({"owner": ["agent"]}, id="list for an owner"),
        pytest.param({"commit": "1a2b3c4"}, id="short commit"),
        pytest.param({"commit": 1}, id="number for a commit"),
        pytest.param({"first_seen": "2026-11-22T10:05:00"}, id="naive time"),
        pytest.param({"first_seen": "2026-11-22T10:05:00+01:00"}, id="local time"),
        pytest.param({"failed_at": "soonZ"}, id="no time"),
        pytest.param({"failed_at": 1.5}, id="number for a time"),
        pytest.param({"attempts": True}, id="boolean for a count"),
        pytest.param({"attempts": -1}, id="negative count"),
        pytest.param({"attempts": 1.0}, id="fraction for a count"),
        pytest.param({"attempts": float("nan")}, id="NaN"),
        pytest.param({"more": float("inf")}, id="infinity anywhere"),
        pytest.param({"subjects": {}}, id="object for subjects"),
        pytest.param({"subjects": ["CI"]}, id="text for a subject"),
        pytest.param({"subjects": [{"kind": "main-ci-red"}]}, id="half a subject"),
        pytest.param(
            {"subjects": [{**FIELDS["subjects"][0], "jobs": "test"}]},  # type: ignore[index]
            id="text for jobs",
        ),
        pytest.param(
            {"subjects": [{**FIELDS["subjects"][0], "jobs": [1]}]},  # type: ignore[index]
            id="number for a job",
        ),
        pytest.param(
            {"subjects": [{**FIELDS["subjects"][0], "thing": "moon"}]},  # type: ignore[index]
            id="unknown thing",
        ),
    ],
)
def test_a_wrong_value_is_no_marker(wrong: dict[str, object]) -> None:
    """One value of a wrong type, or beyond its table, makes the whole line no marker."""
    assert read_marker(line_of({**FIELDS, **wrong})) is None


def test_what_a_later_version_adds_is_ignored() -> None:
    """Unknown keys do not keep an older version from reading its issue; a commit may be missing."""
    found = read_marker(line_of({**FIELDS, "commit": None, "mood": "grim"}))
    lacking = read_marker(line_of({key: FIELDS[key] for key in FIELDS if key != "commit"}))

    assert found is not None
    assert found.commit is None
    assert found == lacking


def test_a_marker_is_never_too_long_to_be_read() -> None:
    """Of very many symptoms only as many are written as can be read back."""
    many = tuple(
        replace(CI, subject=Subject(Thing.WORKFLOW, f"workflow {number} {'é' * 50}"))
        for number in range(100)
    )
    line = write_marker(replace(MARKER, symptoms=many))
    found = read_marker(line)

    assert found is not None
    count = len(found.symptoms)
    assert many[:count] == found.symptoms
    assert 10 < count < 100
    for more in range(1, 20):
        assert line == write_marker(replace(MARKER, symptoms=many[: count + more]))


def test_a_marker_may_be_as_long_as_it_is_read() -> None:
    """To the letter: one more, and its symptom is left out, or the whole line is none."""
    room = 8_192 - len(write_marker(replace(MARKER, symptoms=(CI,))))
    long, longer = (
        replace(CI, subject=Subject(Thing.WORKFLOW, f"CI{'x' * more}")) for more in (room, room + 1)
    )

    fits = write_marker(replace(MARKER, symptoms=(long,)))

    assert (8_192, replace(MARKER, symptoms=(long,))) == (len(fits), read_marker(fits))
    assert '"subjects":[]' in write_marker(replace(MARKER, symptoms=(longer,)))
    assert read_marker(fits.replace("CIx", "CIxx")) is None


def test_the_jobs_that_are_known_are_written_ten_of_each() -> None:
    """Where none is known of a symptom, another one's are not taken for its own."""
    many = tuple(f"job {number}" for number in range(11))
    of = incident(ailment(jobs=many), ailment(WEB))

    assert (many[:10], ()) == marker_of(of).jobs


def test_one_endless_name_is_left_out() -> None:
    """A symptom that alone would make the marker unreadable is not written."""
    endless = replace(CI, scope=Scope(REPO * 1_000))
    found = read_marker(write_marker(replace(MARKER, symptoms=(endless,))))

    assert found is not None
    assert () == found.symptoms


@pytest.mark.parametrize("word", [None, "", "weather", 3, ["code"]], ids=repr)
def test_a_class_that_another_version_wrote_is_none(word: object) -> None:
    """An issue of ours stays ours whatever the next version calls its cause."""
    read = read_marker(line_of(FIELDS | {"cause": word}))

    assert read is not None
    assert read.cause is None


def test_a_marker_without_jobs_has_none_for_each_symptom() -> None:
    """An older version wrote none at all."""
    marker = replace(marker_of(incident(ailment(), ailment(WEB))), jobs=())

    assert ((CI, ()), (WEB, ())) == marker.failures
