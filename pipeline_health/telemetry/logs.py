"""Log lines: JSON for machines, aligned text for a terminal, a priority for the journal.

The vendors' libraries log by the standard library; their warnings take the same way out.
"""

import logging
import os
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Literal, TextIO, TypeAlias

import structlog
from structlog.typing import Processor

from pipeline_health.telemetry.redaction import Redaction

LogFormat: TypeAlias = Literal["json", "console"]

_PRIORITIES: Mapping[str, int] = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}
"""Syslog's priorities, as the journal reads them from `<N>` before a line (sd-daemon(3))."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# The runner of Actions obeys `##[command]` anywhere in a line, whoever wrote it.
_COMMAND = re.compile(r"(?<=##)\[")


def configure(
    *,
    format: LogFormat | None,  # noqa: A002 - the word of --log-format
    stream: TextIO,
    journal_stream: str | None,
    redaction: Redaction,
    color: bool,
) -> None:
    """Send all logs to *stream*, redacted: as *format* says, else JSON unless it is a terminal.

    *journal_stream* is `$JOURNAL_STREAM`; lines get a priority when it names *stream*. Colour is
    for the console only.
    """
    renderer = _renderer(format or ("console" if stream.isatty() else "json"), color=color)
    to_journal = journal_stream is not None and journal_stream == _identity(stream)
    processors = [*_facts(redaction), _with_priority(renderer) if to_journal else renderer]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    _take_in_libraries(stream, processors)


def configure_here(
    environment: Mapping[str, str],
    *,
    format: LogFormat | None,  # noqa: A002 - as above
    redaction: Redaction,
) -> None:
    """Send all logs to standard error, as it is in a process with this *environment*."""
    configure(
        format=format,
        stream=sys.stderr,
        journal_stream=environment.get("JOURNAL_STREAM"),
        redaction=redaction,
        color=sys.stderr.isatty() and not environment.get("NO_COLOR"),
    )


@contextmanager
def muted() -> Iterator[None]:
    """Log nothing meanwhile: what a replayed agent would have logged never happened here."""
    before, was_configured = structlog.get_config(), structlog.is_configured()
    silent = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(processors=[_drop], wrapper_class=silent, cache_logger_on_first_use=False)
    try:
        yield
    finally:
        if was_configured:
            structlog.configure(**before)
        else:
            structlog.reset_defaults()


def _drop(_: object, __: str, ___: MutableMapping[str, object]) -> str:
    raise structlog.DropEvent


def tell_of_defect(exc: Exception) -> None:
    """Log *exc* with its traceback, redacted; before anything was configured, by formats alone."""
    if not structlog.is_configured():
        configure(
            format=None,
            stream=sys.stderr,
            journal_stream=None,
            redaction=Redaction(()),
            color=False,
        )
    structlog.get_logger().error("defect", exc_info=exc)


def _facts(redaction: Redaction) -> list[Processor]:
    """Give what happens before a line is rendered; redaction comes last, when all is text."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redaction.event,
    ]


def _renderer(chosen: LogFormat, *, color: bool) -> Processor:
    if chosen == "json":
        return _without_commands(structlog.processors.JSONRenderer(sort_keys=True))
    console = structlog.dev.ConsoleRenderer(
        colors=color, exception_formatter=structlog.dev.plain_traceback
    )

    def render(logger: object, method: str, event: MutableMapping[str, object]) -> str:
        return console(logger, method, {key: _printable(fact) for key, fact in event.items()})

    return render


def _without_commands(renderer: Processor) -> Processor:
    """Write as an escape of JSON what the runner of Actions would take for a command."""

    def render(logger: object, method: str, event: MutableMapping[str, object]) -> str:
        return _COMMAND.sub(r"\\u005b", str(renderer(logger, method, event)))

    return render


def _printable(fact: object) -> object:
    """Give a text that cannot steer a terminal: an escape sequence is shown, not obeyed."""
    if not isinstance(fact, str):
        return fact
    shown = _CONTROL.sub(lambda control: f"\\x{ord(control[0]):02x}", fact)
    return _COMMAND.sub(" [", shown)


def _with_priority(renderer: Processor) -> Processor:
    """Put the journal's priority before each line that *renderer* makes of an event."""

    def render(logger: object, method: str, event: MutableMapping[str, object]) -> str:
        prefix = f"<{_PRIORITIES.get(str(event.get('level')), _PRIORITIES['info'])}>"
        rendered = str(renderer(logger, method, event))
        return "\n".join(prefix + line for line in rendered.splitlines())

    return render


def _identity(stream: TextIO) -> str | None:
    """Name the open file behind *stream* as `$JOURNAL_STREAM` does (systemd.exec(5))."""
    try:
        opened = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return None
    return f"{opened.st_dev}:{opened.st_ino}"


class _LibraryHandler(logging.StreamHandler[TextIO]):
    """Our own handler, so that a second `configure` replaces it and nobody else's."""


def _take_in_libraries(stream: TextIO, processors: list[Processor]) -> None:
    root = logging.getLogger()
    for handler in [it for it in root.handlers if isinstance(it, _LibraryHandler)]:
        root.removeHandler(handler)
    ours = _LibraryHandler(stream)
    ours.setLevel(logging.WARNING)
    ours.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *processors],
        )
    )
    root.addHandler(ours)
