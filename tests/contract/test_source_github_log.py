import pytest

from pipeline_health.sources.github.job_log import BYTES, LINES, first_error_of, lines_of, tail_of


def redact(text: str) -> str:
    """Replace a secret of two lines, as a key in PEM form is."""
    return text.replace("BEGIN\nEND", "***")


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        pytest.param(b"", (), id="empty"),
        pytest.param(
            "\ufeff2026-03-02T10:00:00.1234567Z one\n2026-03-02T10:00:01Z two\n".encode(),
            ("one", "two"),
            id="times-and-mark",
        ),
        pytest.param(b"a\r\nb\r\n", ("a", "b"), id="carriage-returns"),
        pytest.param(b"\x1b[31mred\x1b[0m", ("red",), id="colours"),
        pytest.param(b"##[group]Run\n##[endgroup]\n##[debug]x\nkept", ("kept",), id="noise"),
        pytest.param(b"bad \xff byte", ("bad \ufffd byte",), id="no-utf-8"),
        pytest.param(
            b"2026-03-02T10:00:00.1Z BEG\x1b[1mIN\n2026-03-02T10:00:00.1Z END",
            ("***",),
            id="secret",
        ),
        pytest.param(b"half\n" + b"x" * BYTES, ("x" * BYTES,), id="cut"),
    ],
)
def test_a_log_becomes_plain_lines(log: bytes, expected: tuple[str, ...]) -> None:
    """Whatever stands in the middle of a secret is gone before the secret is looked for."""
    assert expected == lines_of(log, redact=redact)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([], None, id="nothing"),
        pytest.param(["all is well"], None, id="nothing-bad"),
        pytest.param(["Error: one", "##[error]two"], "two", id="the-runners-word-first"),
        pytest.param(["x ##[error] two "], "two", id="in-a-line"),
        pytest.param(["##[error]", "it Failed"], "it Failed", id="empty-mark"),
        pytest.param(
            ["  an Exception  ", "##[error]Process completed with exit code 1."],
            "an Exception",
            id="exit-code-says-nothing",
        ),
        pytest.param(["##[error]Process completed with exit code 1."], None, id="exit-code-only"),
        pytest.param(
            [
                "npm warn error in a comment",
                "Warning: 3 failed",
                "found 0 errors",
                "1 failed, 0 errors",
            ],
            "1 failed, 0 errors",
            id="what-sounds-bad-and-is-not",
        ),
        pytest.param(["npm warn deprecated: an error"], None, id="a-warning-only"),
    ],
)
def test_the_first_error_is_the_line_that_says_most(lines: list[str], expected: str | None) -> None:
    """The runner's own mark is better than a word."""
    assert expected == first_error_of(lines)


def test_what_follows_the_last_error_is_left_out() -> None:
    """It is the runner tidying up."""
    assert "a\n##[error]b" == tail_of([("test", ["a", "##[error]b", "Post job cleanup."])])


def test_a_tail_without_a_mark_is_the_end() -> None:
    """Of a single log all lines are kept that there is room for."""
    lines = [str(at) for at in range(LINES + 5)]

    assert lines[5:] == tail_of([("test", lines)]).splitlines()


def test_one_log_of_several_failing_jobs_is_named() -> None:
    """Whose lines they are must be told where more than one job failed."""
    assert "--- b ---\nlast" == tail_of([("a", []), ("b", ["last"])])


def test_several_tails_share_the_room_and_are_named() -> None:
    """A job without a log takes none."""
    lines = [f"line {at}" for at in range(LINES)]

    told = tail_of([("a", lines), ("none", []), ("b", ["last"])]).splitlines()

    assert "--- a ---" == told[0]
    assert ["--- b ---", "last"] == told[-2:]
    assert LINES // 2 + 2 == len(told)


def test_no_log_at_all_is_an_empty_tail() -> None:
    """There is nothing to tell."""
    assert "" == tail_of([("a", [])])
