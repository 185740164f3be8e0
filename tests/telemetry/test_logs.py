"""What a log line looks like, and where it goes."""

import io
import json
import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from pipeline_health.secret import Secret
from pipeline_health.telemetry import Redaction, configure

PLANTED = "planted-value-1"
REDACTION = Redaction([Secret(PLANTED)])


class Terminal(io.StringIO):
    """A stream that a person reads."""

    def isatty(self) -> bool:
        """Tell that it is a terminal."""
        return True


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the two logging systems as they were found."""
    handlers = logging.getLogger().handlers[:]
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers


def _configure(stream: Any, **more: Any) -> None:
    defaults = {"format": None, "journal_stream": None, "color": False}
    configure(stream=stream, redaction=REDACTION, **{**defaults, **more})


def test_a_line_is_json_where_nobody_watches() -> None:
    """One object a line, with its time in UTC and its level."""
    stream = io.StringIO()
    _configure(stream)

    structlog.get_logger().info("cycle finished", changes=2, share=0.5, first=True, last=None)

    line = json.loads(stream.getvalue())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", line.pop("timestamp"))
    assert {
        "event": "cycle finished",
        "level": "info",
        "changes": 2,
        "share": 0.5,
        "first": True,
        "last": None,
    } == line


def test_a_terminal_gets_text() -> None:
    """Aligned for the eye, with colour only when that is wanted."""
    plain, colored = Terminal(), Terminal()
    _configure(plain)
    structlog.get_logger().warning("source blind", source="github")
    _configure(colored, color=True)
    structlog.get_logger().warning("source blind", source="github")

    assert "source blind" in plain.getvalue()
    assert "source=github" in plain.getvalue()
    assert "\x1b[" not in plain.getvalue()
    assert "\x1b[" in colored.getvalue()


@pytest.mark.parametrize(
    ("stream", "format_", "is_json"),
    [(Terminal(), "json", True), (io.StringIO(), "console", False)],
    ids=["json on a terminal", "text in a file"],
)
def test_the_format_that_was_asked_for_wins(
    stream: io.StringIO, format_: str, *, is_json: bool
) -> None:
    """`--log-format` is obeyed on every stream."""
    _configure(stream, format=format_)

    structlog.get_logger().info("cycle finished")

    assert is_json == stream.getvalue().startswith("{")


def test_what_is_said_for_debugging_is_not_shown() -> None:
    """There is one level of detail."""
    stream = io.StringIO()
    _configure(stream)

    structlog.get_logger().debug("noise")

    assert "" == stream.getvalue()


@pytest.mark.parametrize("format_", ["json", "console"])
def test_no_secret_leaves_by_any_part_of_an_event(format_: str) -> None:
    """Not by the event, a key, something nested, an object, the context or a traceback."""
    stream = io.StringIO()
    _configure(stream, format=format_)
    log = structlog.get_logger()

    with structlog.contextvars.bound_contextvars(context=PLANTED):
        log.info(
            PLANTED, **{PLANTED: 1}, nested={PLANTED: [PLANTED, (PLANTED,)]}, path=Path(PLANTED)
        )
    try:
        _fail()
    except ValueError:
        log.exception("failed")

    assert PLANTED not in stream.getvalue()
    assert "ValueError: no *** here" in stream.getvalue()


def _fail() -> None:
    msg = f"no {PLANTED} here"
    raise ValueError(msg)


def test_untrusted_text_cannot_steer_a_terminal() -> None:
    """An escape sequence is shown and not obeyed; lines and tabs stay."""
    stream = io.StringIO()
    _configure(stream, format="console")

    structlog.get_logger().info("x", branch="\x1b[2Jmain", sides="a\tb")

    assert "\\x1b[2Jmain" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("format_", ["json", "console"])
def test_untrusted_text_cannot_command_a_runner(format_: str) -> None:
    """The runner of Actions obeys `##[command]` wherever it stands; JSON says the same without."""
    stream = io.StringIO()
    _configure(stream, format=format_)

    structlog.get_logger().info("x", job="a ##[stop-commands]b")

    assert "##[" not in stream.getvalue()
    assert "stop-commands]b" in stream.getvalue()
    if format_ == "json":
        assert "a ##[stop-commands]b" == json.loads(stream.getvalue())["job"]


@pytest.mark.parametrize("format_", ["json", "console"])
def test_the_journal_gets_a_priority_before_every_line(tmp_path: Path, format_: str) -> None:
    """So that `journalctl -p` works, for our lines and for those of a library."""
    with (tmp_path / "journal").open("w+") as stream:
        _configure(stream, format=format_, journal_stream=_identity(stream.fileno()))
        structlog.get_logger().info("one")
        structlog.get_logger().critical("two", exception="first\nsecond")
        logging.getLogger("library").error("three")
        stream.seek(0)
        lines = stream.read().splitlines()

    priorities = [line[:3] for line in lines]
    middle = ["<2>"] * (len(lines) - 2)
    assert ["<6>", *middle, "<3>"] == priorities
    assert [] == [line for line in lines if line[3:].startswith("<")]


def _identity(descriptor: int) -> str:
    opened = os.fstat(descriptor)
    return f"{opened.st_dev}:{opened.st_ino}"


@pytest.mark.parametrize("journal", [None, "1:2", ""])
def test_another_stream_gets_no_priority(tmp_path: Path, journal: str | None) -> None:
    """The variable is inherited by whoever redirects us into a file."""
    with (tmp_path / "file").open("w+") as stream:
        _configure(stream, journal_stream=journal)
        structlog.get_logger().info("one")
        stream.seek(0)

        assert stream.read().startswith("{")


def test_a_stream_without_a_file_is_no_journal() -> None:
    """What is captured in memory has no descriptor to compare."""
    stream = io.StringIO()
    _configure(stream, journal_stream="1:2")

    structlog.get_logger().info("one")

    assert stream.getvalue().startswith("{")


def test_the_warnings_of_libraries_take_the_same_way_out() -> None:
    """They are redacted, each once, also when we were set up twice."""
    stream = io.StringIO()
    _configure(io.StringIO())
    _configure(stream)

    logging.getLogger("library").warning("sent %s", PLANTED)
    logging.getLogger("library").info("noise")

    line = json.loads(stream.getvalue())
    assert ("sent ***", "library", "warning") == (line["event"], line["logger"], line["level"])


def test_a_traceback_of_a_library_is_redacted() -> None:
    """The standard library would print it by itself, after our line."""
    stream = io.StringIO()
    _configure(stream)
    try:
        _fail()
    except ValueError:
        logging.getLogger("library").exception("failed")

    assert "ValueError: no *** here" in json.loads(stream.getvalue())["exception"]
