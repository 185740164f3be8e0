"""The end of what is said: how much is kept, and that no line is kept in half where it matters."""

import os
from collections.abc import Iterator

import pytest

from pipeline_health.e2e.tail import KEPT, Tail


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Make a pipe, to read from and to write to."""
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def said(pipe: tuple[int, int], *pieces: bytes) -> bytes:
    """Say *pieces* one after the other, each less than a pipe holds, and give what was kept."""
    tail = Tail(pipe[0])
    for piece in pieces:
        os.write(pipe[1], piece)
        while tail.read(0):
            pass
    return tail.text()


def test_little_is_kept_whole(pipe: tuple[int, int]) -> None:
    """Up to the last byte of the room there is."""
    half = b"x" * (KEPT // 2)

    assert said(pipe, b"a\n", b"b") == b"a\nb"
    assert said(pipe, half, half) == half + half


def test_much_is_kept_from_the_beginning_of_a_line(pipe: tuple[int, int]) -> None:
    """Half a secret could not be redacted."""
    half = b"y" * (KEPT // 2)

    assert said(pipe, b"secret: abc", b"def\n" + half, half[:-4]) == half + half[:-4]


def test_one_long_line_is_kept_by_half(pipe: tuple[int, int]) -> None:
    """Also when the only line end is the last byte."""
    half = b"y" * (KEPT // 2)

    assert said(pipe, half, half, half[:-1] + b"\n") == half[:-1] + b"\n"


def test_nothing_to_read_is_no_reading(pipe: tuple[int, int]) -> None:
    """It is waited for no longer than asked."""
    assert not Tail(pipe[0]).read(0)
