"""What is printed: tables that are aligned and folded, and lines that steer nobody."""

import json

import pytest
from hypothesis import given

from hostile import hostile
from pipeline_health.cli.tables import disarmed, screen, table
from pipeline_health.core.as_json import as_line

HEADINGS = ("WHO", "WHAT")
ROWS = [("a-long-name", "one two three four five six seven"), ("b", "")]


def test_a_pipe_gets_every_row_on_one_line() -> None:
    """Whoever searches a log wants the whole of it."""
    assert list(table(HEADINGS, ROWS)) == [
        "WHO          WHAT",
        "a-long-name  one two three four five six seven",
        "b",
    ]


def test_a_terminal_gets_the_last_cell_folded_below_itself() -> None:
    """The columns before it stay readable."""
    assert list(table(HEADINGS, ROWS, screen=40)) == [
        "WHO          WHAT",
        "a-long-name  one two three four five six",
        "             seven",
        "b",
    ]


def test_a_very_narrow_terminal_breaks_the_lines_itself() -> None:
    """A column of single words would be worse."""
    assert list(table(HEADINGS, ROWS, screen=10))[1:3] == [
        "a-long-name  one two three four five",
        "             six seven",
    ]


def test_what_is_no_terminal_has_no_width() -> None:
    """The tests' own output is captured."""
    assert screen() is None


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("  phase  open", "  phase  open"),
        ("job \x1b]0;owned\x07\x1b[2J\x9bA red", "job  red"),
        ("a\nshop: healthy\r\nb", "a shop: healthy b"),
        ("  ::add-mask::e", "  : :add-mask::e"),
        ("::stop-commands::x", ": :stop-commands::x"),
        ("web ##[set-output name=verdict]promote", "web # #[set-output name=verdict]promote"),
        ("tests/test_cart.py::test_total ## [x]", "tests/test_cart.py::test_total ## [x]"),
    ],
)
def test_a_line_commands_neither_a_terminal_nor_a_runner(said: str, shown: str) -> None:
    """What a job is called, or a test prints, is shown; it is not obeyed, and forges no line."""
    assert disarmed(said) == shown


@given(said=hostile)
def test_json_says_the_same_and_steers_nobody(said: str) -> None:
    """Whoever reads it gets the very text; on a terminal and in Actions it is only seen."""
    line = as_line({"says": f"##[error]{said}\x9b"})

    assert json.loads(line) == {"says": f"##[error]{said}\x9b"}
    assert "##[" not in line
    assert not set(line) & set(map(chr, (*range(32), *range(0x7F, 0xA0), *range(0x202A, 0x202F))))
