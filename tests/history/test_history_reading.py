"""Reading a recording of our own: whole, cut, or refused with the line."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from builders import NOW, PARENT
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.recording import RecordedProject
from pipeline_health.core.model.shown import Heading, LookedAt, Shown
from pipeline_health.core.retold import STANDING
from pipeline_health.history.file import LARGEST
from pipeline_health.history.lines import SCHEMA, written
from pipeline_health.history.reading import read_file
from pipeline_health.ports import HistoryError
from shown_samples import A_PUSH, short

SHOP = ProjectName("shop")
PRODUCT = RecordedProject(name=SHOP, repo=RepoName("acme/shop"))
HEADING = written(Heading(schema=SCHEMA, version="1", began_at=NOW))
SEEN = written(
    Shown(project=SHOP, at=NOW, whole=True, described=PRODUCT, head=PARENT, pushes=(A_PUSH,))
)
LOOKED = written(LookedAt(looked_at=NOW, projects=(SHOP,)))


def kept(tmp_path: Path, content: bytes) -> Path:
    """Write a recording."""
    path = tmp_path / "history.jsonl"
    path.write_bytes(content)
    return path


def test_a_recording_is_read_as_a_history(tmp_path: Path) -> None:
    """Its name says since when."""
    history = read_file(kept(tmp_path, HEADING + SEEN + LOOKED))

    assert (history.name, history.projects, history.facts) == (
        "recorded from 2026-03-02 12:00 on",
        (PRODUCT,),
        (A_PUSH,),
    )
    assert (history.began_at, history.ended_at, history.lacks) == (NOW, NOW, STANDING)


@pytest.mark.parametrize("cut", [1, 20])
def test_a_last_line_that_was_cut_is_left_out_and_that_is_said(tmp_path: Path, cut: int) -> None:
    """What stands before it is whole."""
    history = read_file(kept(tmp_path, HEADING + SEEN + LOOKED + SEEN[:-cut]))

    assert history.facts == (A_PUSH,)
    assert history.lacks[len(STANDING) :] == (
        "The last line was not written to its end, and is left out.",
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is no recording of ours; expected one that `run-once --record` made"),
        (HEADING[:-1], "is no recording of ours; expected one that `run-once --record` made"),
        (b"mine\n", "is no recording of ours"),
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
def test_what_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, content: bytes, says: str
) -> None:
    """Before anything is replayed of it."""
    path = kept(tmp_path, content)

    with pytest.raises(HistoryError, match=says) as refused:
        read_file(path)

    assert str(refused.value).startswith(f"{path}: ")


def nothing(path: Path) -> None:
    """Leave it away."""


def a_folder(path: Path) -> None:
    """Put a folder there."""
    path.mkdir()


def a_fifo(path: Path) -> None:
    """Put something there that never ends."""
    os.mkfifo(path)


def an_endless_file(path: Path) -> None:
    """Make it larger than any recording of ours."""
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (nothing, "could not be read .No such file or directory.; expected a recording"),
        (a_folder, "could not be read .Is a directory.; expected a recording"),
        (a_fifo, "is no regular file; expected a recording"),
        (an_endless_file, "is too large; expected at most 64 MiB"),
    ],
)
def test_what_is_no_file_of_a_fair_size_is_refused(
    tmp_path: Path, make: Callable[[Path], None], says: str
) -> None:
    """It is not read to its end."""
    path = tmp_path / "history.jsonl"
    make(path)

    with pytest.raises(HistoryError, match=says):
        read_file(path)
