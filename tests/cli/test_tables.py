"""Tables for people: aligned, and folded where a terminal would break them."""

from pipeline_health.cli.tables import screen, table

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
