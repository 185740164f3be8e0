"""What is ours in a body and what is people's, and how long it may become."""

from dataclasses import replace

import pytest

from incident_builders import (
    EVIDENCE,
    MINUTE,
    PROJECT,
    REPO,
    T0,
    WEB,
    ailment,
    incident,
)
from pipeline_health.core.issue_text import body, digest, notes_of
from pipeline_health.core.model.findings import Subject, Thing
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.policy import EvidenceMode, ProjectPolicy, Routing

SHOP = ProjectPolicy(name=PROJECT, repo=REPO, branch="main")


def text_of(told: Incident, *, notes: str = "") -> str:
    """Give the body as it is filed with the default routing."""
    return body(
        told, routing=Routing(), evidence_shown=EvidenceMode.FULL, notes=notes, project=SHOP
    )


def test_notes_are_kept_as_they_are() -> None:
    """What people wrote below the line is the end of the body, and is found there again."""
    notes = "\r\nI *looked* at this.\r\n<!-- notes -->\r\n@me #12"
    text = text_of(incident(), notes=notes)

    assert text.endswith(f"\n\n<!-- notes -->\n{notes}")
    assert notes == notes_of(text)
    assert notes == notes_of(text_of(incident(), notes=notes_of(text)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("ours", "", id="none"),
        pytest.param("ours\n<!-- notes -->", "", id="empty"),
        pytest.param("ours\r\n<!-- notes -->\r\nmine\r\n", "mine\r\n", id="CRLF"),
        pytest.param("ours\n<!-- notes --> \nmine", "mine", id="trailing blank"),
        pytest.param("ours\n> <!-- notes -->\nmine", "", id="quoted"),
        pytest.param("ours\n<!-- notes -->X\nmine", "", id="more on the line"),
        pytest.param("ours\n<!-- notes -->\f\nmine", "", id="a sign that is no blank"),
    ],
)
def test_notes_begin_below_their_line(text: str, expected: str) -> None:
    """Only a line that is exactly the notes line begins them, whatever the line ends."""
    assert expected == notes_of(text)


def test_the_digest_is_of_our_part_only() -> None:
    """Notes, line ends and trailing blanks change no digest; a changed fact does."""
    text = text_of(incident())

    assert 16 == len(digest(text))
    assert digest(text) == digest(text.replace("\n", "\r\n") + "\r\n")
    assert digest(text) == digest(text_of(incident(), notes="mine"))
    assert digest(text) != digest(text_of(replace(incident(), attempts=1)))


@pytest.mark.parametrize(
    ("room", "lines"),
    [
        pytest.param(50_000, 51, id="all that is ever shown fits"),
        pytest.param(3_700, 51, id="it just fits"),
        pytest.param(3_000, 21, id="some fits"),
        pytest.param(1_000, 5, id="a little fits"),
        pytest.param(100, 0, id="nothing fits"),
    ],
)
def test_only_the_log_is_cut_to_fit(room: int, lines: int) -> None:
    """However long the notes are, everything but the end of the log stays, up to the bound."""
    without_log = replace(incident(), evidence=replace(EVIDENCE, tail=""))
    notes = "n" * (60_000 - len(text_of(without_log, notes="n")) - room)
    log = f"a line of a log {'x' * 50}\n" * 400
    text = text_of(replace(incident(), evidence=replace(EVIDENCE, tail=log)), notes=notes)

    assert len(text) <= 60_000
    assert notes == notes_of(text)
    assert "````text\nE AssertionError: assert 3 == 4\n````" in text
    assert lines == text.count("a line of a log")


def test_notes_beyond_the_bound_are_kept() -> None:
    """People's words are never cut, were there no room for them."""
    notes = "n" * 60_000

    assert notes == notes_of(text_of(incident(), notes=notes))


def test_very_many_symptoms_stay_within_the_bound() -> None:
    """A hundred broken services are counted, ten of them named in each place."""
    many = tuple(
        ailment(
            replace(WEB, subject=Subject(Thing.SERVICE, f"service-{number}")),
            failed_at=T0 + number * MINUTE,
            jobs=tuple(f"job {each}" for each in range(30)),
        )
        for number in range(100)
    )
    text = text_of(incident(*many))

    assert "; 99 other things failed for the same reason." in text
    assert "| failed too | 89 more |" in text
    assert "- and likewise for 90 more." in text
    assert "`job 9` and 20 more" in text
    assert len(text) < 30_000


def test_a_body_has_no_empty_paragraph() -> None:
    """What is not known leaves no gap behind."""
    unknown = replace(incident(), count=0, occurrences=(), evidence=None)

    assert "\n\n\n" not in text_of(unknown)


def test_notes_that_leave_no_room_cost_the_whole_log() -> None:
    """The end of a log that nobody can read is left out, and its heading with it."""
    shown = text_of(incident(), notes="x" * 60_000)

    assert "The first error:" in shown
    assert "The end of the log:" not in shown
