"""Logs that are made to be slow, and what reads them: every pattern, in time that grows with them.

A line is a seed, a piece repeated very often, and an end at which a match must fail: the way in
which a pattern that can match the same in two ways is made to try them all.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hostile import hostile
from incident_builders import CI, EVIDENCE, PROJECT, T0, run
from pipeline_health.core.diagnose import SIGNATURES, diagnose
from pipeline_health.core.diagnose.keys import PROVIDERS
from pipeline_health.core.diagnose.passages import passages_of
from pipeline_health.core.inert import inert, inline, prose
from pipeline_health.core.issue_text import comment_key, posted, read_marker
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.incident import Cause, CauseClass
from pipeline_health.core.model.plan import Comment
from pipeline_health.core.model.questions import Evidence
from signatures import EXAMPLES

FINDING = Finding(
    symptom=CI, project=PROJECT, since=T0, commit=None, trace=run(), says="Workflow CI failed."
)
LONG = 6_000
AT_MOST = 0.5
"""Seconds of our own time: a pattern whose time grows with the square needs more for one line."""

UNITS = (
    *(
        " ",
        "\t",
        "a",
        "A",
        "A_",
        "A1_",
        "0",
        "1 ",
        "=",
        "-",
        "_",
        ".",
        "/",
        ":",
        "#",
        "@",
        "`",
        "'",
    ),
    *(
        '"',
        "'",
        "(",
        "[",
        "<",
        "\\",
        "\x1b",
        "\x1b[",
        "\x1b]",
        "\x9b0;",
        "&#",
        "!-",
        "--",
        "<!--",
        "$",
    ),
    *("https://", "http://a/issues/", "@a.", "a@", "GH-", "sweep:", "##[error]", "npm ERR! "),
    *("KEY_", "TOKEN_", "A_TOKEN", "missing ", "Missing ", "error ", "FAILED ", "a/", "a.go:1:"),
    *("remote: Permission to ", "lock file ", "errors ", "1 failed", "é", "… 1 earlier lines\n"),
    *("-----BEGIN ", "eyJ", "Bearer ", "password=", "token: ", "a\n", "\n", "\r", "&", "|", "*"),
)
READERS: Mapping[str, Callable[[str], object]] = {
    "inert": inert,
    "inline": inline,
    "prose": prose,
    "read_marker": lambda text: read_marker(f"<!-- pipeline-health v1 {{{text}}} -->"),
    "comment_key": lambda text: comment_key(f"<!-- pipeline-health comment {text} -->"),
    "passages": lambda text: passages_of(replace(EVIDENCE, tail=text, first_error=text[:99])),
    "diagnose": lambda text: diagnose(FINDING, replace(EVIDENCE, tail=text, steps=(text[:200],))),
}


def long_lines(length: int) -> Iterator[str]:
    """Give every unit, very often, before an end that spoils the match."""
    return (f"{unit * (length // len(unit))}\x00" for unit in UNITS)


def patterns() -> dict[str, Callable[[str], object]]:
    """Give what searches the lines of a log."""
    return {
        **{row.name: row.line.search for row in SIGNATURES if row.line is not None},
        **{f"step of {row.name}": row.step.search for row in SIGNATURES if row.step is not None},
        **{f"provider {one.name}": one.line.search for one in PROVIDERS},
    }


def beginnings() -> list[str]:
    """Give real lines without their last word: what brings a pattern to its middle."""
    lines = {one.line for each in EXAMPLES.values() for one in each if one.line}
    return sorted({line.rpartition(" ")[0] for line in lines})


@pytest.mark.parametrize("name", READERS)
def test_no_line_makes_a_reader_slow(name: str) -> None:
    """A log of one endless line is read in time that grows with its length."""
    for line in long_lines(LONG // 2):
        began = time.process_time()
        READERS[name](line)
        assert time.process_time() - began < AT_MOST, line[:40]


def test_no_line_makes_a_signature_slow() -> None:
    """Neither alone, nor behind the beginning of a real line, does any row try for ever."""
    lines = [*long_lines(LONG), *(f"{start}{' a' * 500}" for start in beginnings())]
    for name, search in patterns().items():
        for line in lines:
            began = time.process_time()
            search(line)
            assert time.process_time() - began < AT_MOST, (name, line[:40])


@settings(max_examples=40, deadline=None)
@given(log=st.lists(hostile, max_size=4).map("\n".join), steps=st.lists(hostile, max_size=2))
def test_any_log_has_a_cause(log: str, steps: list[str]) -> None:
    """Whatever stands in a log, it has a cause that a row names, or none that is known."""
    seen = Evidence(at=T0, complete=True, steps=tuple(steps), first_error=log[:50], tail=log)
    cause = diagnose(FINDING, seen)

    assert isinstance(cause, Cause)
    assert cause.owner is cause.of.owner
    assert cause.of is CauseClass.UNKNOWN or cause.why.endswith(
        tuple(f" says so: {row.name}." for row in SIGNATURES)
    )


@settings(max_examples=40, deadline=None)
@given(text=hostile)
def test_any_comment_has_a_key_or_none(text: str) -> None:
    """A key is read from the last line of our own form alone, and gives a text back."""
    assert isinstance(comment_key(text), str | None)
    assert comment_key(f"{posted(Comment(key=text, body=text))}\nmore") is None
