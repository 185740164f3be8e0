"""The file of a recording: whose it must be, what is appended to it, and what never breaks it."""

import fcntl
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from builders import HEAD, NOW, PARENT
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.shown import LookedAt, Shown
from pipeline_health.history.file import HistoryFile
from pipeline_health.history.lines import LONGEST_LINE, read
from pipeline_health.history.tail import MOST_LINES
from pipeline_health.ports import HistoryError
from shown_samples import A_DEPLOYMENT, A_PUSH, A_RUN

SHOP, FILM = ProjectName("shop"), ProjectName("film")
FIVE = timedelta(minutes=5)
ALL = Shown(project=SHOP, at=NOW, whole=True, head=PARENT, pushes=(A_PUSH,))


def look(
    path: Path,
    *seen: Shown,
    after: timedelta = timedelta(0),
    write: Callable[[int, bytes], int] = os.write,
    largest: int = 64 * 1024 * 1024,
) -> list[bytes]:
    """Let a process of its own append what was *seen*, and give the lines of the file."""
    at = NOW + after
    looked = LookedAt(looked_at=at, projects=tuple(each.project for each in seen))
    with HistoryFile.open(path, write=write, largest=largest) as file:
        file.append([replace(each, at=at) for each in seen], looked, version="1")
    return path.read_bytes().splitlines()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give where the recording is to be."""
    return tmp_path / "history.jsonl"


# -- what is written -------------------------------------------------------------------------


@pytest.mark.parametrize("mask", [0, 0o377])
def test_the_first_look_makes_the_file_for_our_eyes_only(path: Path, mask: int) -> None:
    """With a heading, what was seen, and that somebody looked; whatever the umask is."""
    before = os.umask(mask)
    try:
        lines = look(path, ALL)
    finally:
        os.umask(before)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [line[:13] for line in lines] == [b'{"schema":"pi', b'{"project":"s', b'{"looked_at":']
    assert read(lines[1]) == ALL


def test_a_quiet_look_writes_one_short_line(path: Path) -> None:
    """It says that somebody looked, and at what only when that changed."""
    look(path, ALL)

    lines = look(path, ALL, after=FIVE)
    more = look(path, ALL, replace(ALL, project=FILM), after=2 * FIVE)

    assert lines[3:] == [b'{"looked_at":"2026-03-02T12:05:00Z"}']
    assert [line[:17] for line in more[4:]] == [b'{"project":"film"', b'{"looked_at":"202']
    assert more[-1].endswith(b'"projects":["shop","film"]}')


def test_what_is_new_is_written_alone(path: Path) -> None:
    """And again as little when nothing of it changed since."""
    look(path, ALL, replace(ALL, project=FILM))
    changed = replace(ALL, head=HEAD, pushes=(A_PUSH, replace(A_PUSH, sha=HEAD)))

    lines = look(path, changed, replace(ALL, project=FILM), after=FIVE)
    again = look(path, changed, replace(ALL, project=FILM), after=2 * FIVE)

    assert read(lines[4]) == Shown(
        project=SHOP, at=NOW + FIVE, head=HEAD, pushes=(replace(A_PUSH, sha=HEAD),)
    )
    assert len(lines) == 6
    assert len(again) == 7


def test_after_many_lines_all_is_told_anew(path: Path) -> None:
    """So that nobody has to read far back to go on."""
    look(path, ALL)
    for number in range(MOST_LINES):
        look(path, replace(ALL, runs=(replace(A_RUN, run_id=number),)), after=(number + 1) * FIVE)

    lines = look(path, replace(ALL, runs=(replace(A_RUN, run_id=1_000),)), after=timedelta(days=1))

    whole = [number for number, line in enumerate(lines) if b'"whole":true' in line]
    assert whole == [1, len(lines) - 2]


def test_a_silence_that_is_far_back_is_ended_by_all(path: Path) -> None:
    """What others wrote since is not read for ever."""
    look(path, ALL)
    with path.open("ab") as file:
        file.write((b'{"looked_at":"2026-03-02T12:05:00Z"' + b" " * 10_000 + b"}\n") * 450)
    look(path, replace(ALL, project=FILM), after=FIVE)

    lines = look(path, ALL, replace(ALL, project=FILM), after=2 * FIVE)

    told = [(b'"whole":true' in line, b'"shop"' in line) for line in lines[-4:]]
    assert told == [(True, False), (False, False), (True, True), (False, True)]


def test_a_line_that_cannot_be_read_is_told_again(path: Path) -> None:
    """Somebody edited it; the file goes on."""
    look(path, ALL)
    path.write_bytes(path.read_bytes().replace(PARENT.encode(), b"main"))

    lines = look(path, ALL, after=FIVE)

    assert read(lines[-2]) == replace(ALL, at=NOW + FIVE)


@pytest.mark.parametrize("kept", [1, 40, -1, -10, -45])
def test_half_a_line_is_cut_off_by_the_next_look(path: Path, kept: int) -> None:
    """A crash or a full disk left it; also where it is the heading. Nothing that was whole goes."""
    whole = look(path, ALL)
    path.write_bytes(path.read_bytes()[:kept])

    lines = look(path, ALL, after=FIVE)

    assert [read(line) for line in lines]
    assert [line for line in lines if b"12:05" not in line][:1] in (whole[:1], [])
    assert lines[0].startswith(b'{"schema":"pipeline-health-recording/1"')
    assert read(lines[1]) in (ALL, replace(ALL, at=NOW + FIVE))


def test_a_line_that_is_too_long_goes_without_its_logs(path: Path) -> None:
    """And where that is not enough, it is not written: whoever reads holds a line in memory."""
    logs = tuple(replace(A_DEPLOYMENT, id=str(at), log="x" * 3_000) for at in range(600))
    endless = tuple(replace(A_PUSH, message=f"{at}{'x' * 2_000}") for at in range(600))

    line = look(path, replace(ALL, deployments=logs, runs=(A_RUN,)))[1]

    assert len(line) < LONGEST_LINE
    assert b"xxx" not in line
    with pytest.raises(HistoryError, match=r"what was seen of shop is too much for a line$"):
        look(path, replace(ALL, pushes=endless), after=FIVE)


# -- what goes wrong -------------------------------------------------------------------------


def half(file: int, text: bytes) -> int:
    """Write half of *text*, as a disk does that is full then."""
    return os.write(file, text[: len(text) // 2])


def full(file: int, text: bytes) -> int:
    """Write some of it, and say that the disk is full."""
    os.write(file, text[:10])
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("write", "says"), [(half, "is the disk full?"), (full, "No space left on device")]
)
def test_a_write_that_fails_leaves_the_file_as_it_was(
    path: Path, write: Callable[[int, bytes], int], says: str
) -> None:
    """The next look tells what this one could not."""
    look(path, ALL)
    before = path.read_bytes()
    changed = replace(ALL, head=HEAD)

    with pytest.raises(HistoryError, match=says.replace("?", r"\?")):
        look(path, changed, after=FIVE, write=write)

    assert path.read_bytes() == before
    assert b"12:10" in look(path, changed, after=2 * FIVE)[-2]


def test_a_full_recording_says_how_to_go_on(path: Path) -> None:
    """It stays as it is."""
    look(path, ALL)
    before = path.read_bytes()

    with pytest.raises(HistoryError, match=r"is full \(0 MiB\).*the name of another file$"):
        look(path, replace(ALL, head=HEAD), after=FIVE, largest=len(before) + 10)

    assert path.read_bytes() == before


def test_two_runs_do_not_write_at_once(path: Path) -> None:
    """The second one says so, and does not wait."""
    look(path, ALL)
    with path.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(HistoryError, match=r"another run is writing to it$"):
            look(path, ALL, after=FIVE)

    assert len(look(path, ALL, after=FIVE)) == 4


# -- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"important\n", "is no recording of ours, and was left as it is"),
        (b"no line of ours", "is no recording of ours"),
        (b'{"schema":"replay/1"}\n', "is no recording of ours"),
        (b'{"schema":"pipeline-health-recording/2"}\n', "of the form pipeline-health-recording/2"),
        (b'{"schema": "pipeline-health-recording/1"}\n', "is no recording of ours"),
        (b"x" * 9_000, "is no recording of ours"),
    ],
)
def test_what_is_no_recording_of_ours_is_left_as_it_is(
    path: Path, content: bytes, says: str
) -> None:
    """Somebody's file is never written to."""
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(HistoryError, match=says):
        HistoryFile.open(path)

    assert path.read_bytes() == content


def a_folder(path: Path) -> None:
    """Put a folder there."""
    path.mkdir()


def no_folder(path: Path) -> None:
    """Take away what it is to be in."""
    path.parent.rmdir()


def a_fifo(path: Path) -> None:
    """Put something there that never ends."""
    os.mkfifo(path, 0o600)


def a_link_to_nothing(path: Path) -> None:
    """Put a link there by which a file would be made elsewhere."""
    path.symlink_to(path.with_name("elsewhere"))


def an_open_file(path: Path) -> None:
    """Put a recording there that others may read."""
    look(path, ALL)
    path.chmod(0o644)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (a_folder, "Is a directory"),
        (no_folder, "No such file or directory"),
        (a_fifo, "is no regular file"),
        (a_link_to_nothing, "could not be opened"),
        (an_open_file, r"is open to others \(mode 0644\); run: chmod 600 "),
    ],
)
def test_what_cannot_be_a_recording_is_refused(
    path: Path, make: Callable[[Path], None], says: str
) -> None:
    """With the path, and nothing is made of it or beside it."""
    make(path)

    with pytest.raises(HistoryError, match=rf"{path.name}: .*{says}"):
        HistoryFile.open(path)

    assert not path.with_name("elsewhere").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("link", [False, True])
def test_what_belongs_to_others_is_refused(path: Path, *, link: bool) -> None:
    """Also a link of theirs to a recording of ours."""
    real = path.with_name("real")
    look(real, ALL)
    path.symlink_to(real)
    os.chown(path, 12_345, -1, follow_symlinks=not link)

    with pytest.raises(HistoryError, match=r"belongs to user .*, and not to us"):
        HistoryFile.open(path)


def test_a_link_of_ours_to_a_recording_of_ours_is_followed(path: Path) -> None:
    """Where it is kept is the operator's choice."""
    real = path.with_name("real")
    look(real, ALL)
    path.symlink_to(real)

    assert len(look(path, ALL, after=FIVE)) == 4
