"""Files of an installation that cannot be what was meant: exit 2, and nobody is asked."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from desk import Desk
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run


def _a_gigabyte(path: Path) -> None:
    os.truncate(path, 1 << 30)


def _instead(make: Callable[[Path], None]) -> Callable[[Path], None]:
    def replace(path: Path) -> None:
        path.unlink()
        make(path)

    return replace


SECRETS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a gigabyte": (_a_gigabyte, "is too large; expected at most 64 KiB"),
    "a directory": (_instead(Path.mkdir), "is no regular file; expected a file with one NAME="),
    "a pipe": (_instead(os.mkfifo), "is no regular file"),
    "a device": (_instead(lambda path: path.symlink_to("/dev/zero")), "is no regular file"),
    "a link to nothing": (
        _instead(lambda path: path.symlink_to("absent")),
        "is a link that leads to no file; remove it, or make a file",
    ),
    "no text": (lambda path: path.write_bytes(b"GITHUB_TOKEN=gh\xff"), "is not UTF-8 text"),
    "open to others": (lambda path: path.chmod(0o640), "is open to others (mode 0640); run: chmod"),
}
REPOS = ("../..", "acme/shop/../../till", "acme/shop?x=1", "https://github.com/acme/shop")


def test_a_secrets_file_that_cannot_be_one_is_exit_2(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is wrong, where, and what to do is said; no token is guessed, and no request made."""
    path = desk.configuration.with_name("secrets.env")
    for spoil, says in SECRETS.values():
        spoil(path)
        assert run(["run-once"]) == Exit.WRONG
        told = capsys.readouterr().err
        assert f"{path}: {says}" in told
        assert "gh-good" not in told
        path.rmdir() if path.is_dir() else path.unlink()
        path.touch(mode=0o600)
    assert desk.world.requests == []
    assert not desk.ledger.exists()


def test_a_repository_that_is_none_is_exit_2(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """A path or an address could lead a request elsewhere than where it is meant to go."""
    usual = desk.configuration.read_text()
    for odd in REPOS:
        desk.configuration.write_text(usual.replace("acme/shop", odd))
        assert run(["run-once"]) == Exit.WRONG
        assert "projects[shop].repo: is no repository; expected" in capsys.readouterr().err
    assert desk.world.requests == []
