"""`run-once --record FILE` as an operator meets it: exit codes, refusals, and what is kept."""

from collections.abc import Callable
from pathlib import Path

import pytest

from desk import Desk
from pipeline_health import recordings
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run


def test_a_recorded_look_ends_as_any_other(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """And what it showed can be read."""
    path = desk.home / "history.jsonl"

    assert run(["run-once", "--record", str(path)]) == Exit.DONE
    assert run(["run-once", "--dry-run", "--record", str(path)]) == Exit.DONE

    out = capsys.readouterr().out
    assert out == "Looked at 1 project; nothing that was seen is broken.\n" * 2
    assert [project.name for project in recordings.read(path).projects] == ["shop"]
    assert [line[:14] for line in path.read_text().splitlines()] == [
        '{"schema":"pip',
        '{"project":"sh',
        '{"looked_at":"',
        '{"looked_at":"',
    ]


def somebodys(path: Path) -> None:
    """Put somebody's file there."""
    path.write_text("dear diary\n")
    path.chmod(0o600)


def no_place(path: Path) -> None:
    """Put a folder there."""
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "says"),
    [(somebodys, "is no recording of ours"), (no_place, "Is a directory")],
)
def test_a_file_that_cannot_be_a_recording_is_exit_2_before_anything_is_asked(
    desk: Desk, capsys: pytest.CaptureFixture[str], make: Callable[[Path], None], says: str
) -> None:
    """Whoever set up the timer is told at once."""
    path = desk.home / "history.jsonl"
    make(path)

    assert run(["run-once", "--record", str(path)]) == Exit.WRONG

    err = capsys.readouterr().err
    assert err.startswith(f"pipeline-health: {path}: ")
    assert says in err
    assert (desk.world.requests, desk.ledger.exists()) == ([], False)


def test_what_could_not_be_recorded_is_exit_3_and_is_told(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full recording stops nothing: the look is made, and one sentence says how to go on."""
    path = desk.home / "history.jsonl"
    assert run(["run-once", "--record", str(path)]) == Exit.DONE
    with path.open("ab") as file:
        file.write((b'{"looked_at":"2026-03-02T12:05:00Z"' + b" " * 1_000_000 + b"}\n") * 68)
    size = path.stat().st_size
    capsys.readouterr()

    assert run(["run-once", "--record", str(path)]) == Exit.BLIND

    out, err = capsys.readouterr()
    assert out == "Looked at 1 project; nothing that was seen is broken.\n"
    (told,) = [line for line in err.splitlines() if line.startswith("pipeline-health: ")]
    assert told.startswith(f"pipeline-health: not recorded: {path}: is full (64 MiB)")
    assert told.endswith("go on with --record and the name of another file")
    assert '"event": "not_recorded"' in err
    assert path.stat().st_size == size
