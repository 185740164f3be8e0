"""Reading a recording of our own: whole, cut, or refused with the line."""

import pytest

from builders import NOW, PARENT
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.recording import RecordedProject
from pipeline_health.core.model.shown import Heading, LookedAt, Shown
from pipeline_health.core.retold import STANDING
from pipeline_health.history.lines import SCHEMA, written
from pipeline_health.history.reading import read_recording
from pipeline_health.ports import HistoryError
from shown_samples import A_PUSH, short

SHOP = ProjectName("shop")
PRODUCT = RecordedProject(name=SHOP, repo=RepoName("acme/shop"))
HEADING = written(Heading(schema=SCHEMA, version="1", began_at=NOW))
SEEN = written(
    Shown(project=SHOP, at=NOW, whole=True, described=PRODUCT, head=PARENT, pushes=(A_PUSH,))
)
LOOKED = written(LookedAt(looked_at=NOW, projects=(SHOP,)))


def test_a_recording_is_read_as_a_history() -> None:
    """Its name says since when."""
    history = read_recording(HEADING + SEEN + LOOKED)

    assert history is not None
    assert (history.name, history.projects, history.facts) == (
        "recorded from 2026-03-02 12:00 on",
        (PRODUCT,),
        (A_PUSH,),
    )
    assert (history.began_at, history.ended_at, history.lacks) == (NOW, NOW, STANDING)


@pytest.mark.parametrize("cut", [1, 20])
def test_a_last_line_that_was_cut_is_left_out_and_that_is_said(cut: int) -> None:
    """What stands before it is whole."""
    history = read_recording(HEADING + SEEN + LOOKED + SEEN[:-cut])

    assert history is not None
    assert history.facts == (A_PUSH,)
    assert history.lacks[len(STANDING) :] == (
        "The last line was not written to its end, and is left out.",
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (HEADING.replace(b"/1", b"/2"), "pipeline-health-recording/2"),
        (b'{"schema":"pipeline-health-recording/1"}\n', "line 1: version: Field required"),
        (HEADING + LOOKED + b"\n" + LOOKED, "line 3: is no JSON; expected one object a line"),
        (HEADING + SEEN[:-1] + LOOKED, "line 2: is no JSON"),
        (HEADING + LOOKED + HEADING, "line 3: is a second heading"),
        (
            b'{"schema":"pipeline-health-recording/1","x":' + b"[" * 99_999 + b"\n",
            "line 1: the line: Invalid JSON",
        ),
    ],
    ids=short,
)
def test_what_cannot_be_read_is_refused_with_its_line(content: bytes, says: str) -> None:
    """Before anything is replayed of it."""
    with pytest.raises(HistoryError, match=says):
        read_recording(content)


@pytest.mark.parametrize("content", [b"", HEADING[:-1], b"mine\n", LOOKED])
def test_what_does_not_begin_as_ours_is_left_to_another_reader(content: bytes) -> None:
    """A first line that was not written to its end says nothing either."""
    assert read_recording(content) is None
