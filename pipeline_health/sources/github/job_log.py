"""What the log of a failing job says: untrusted text, redacted before anything else reads it."""

import re
from collections.abc import Callable, Iterable, Sequence

BYTES = 64 * 1024
LINES = 120

# Actions writes the time before every line, and a byte-order mark before the first one.
_TIME = re.compile(r"^\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z ?", re.MULTILINE)
_ERROR = "##[error]"
_NOISE = ("##[group]", "##[endgroup]", "##[debug]")
_EXIT_CODE = re.compile(r"^Process completed with exit code \d+\.?$")
_SOUNDS_BAD = re.compile(r"error|failed|exception", re.IGNORECASE)
_SOUNDS_GOOD = re.compile(
    r"^(?!.*\b[1-9]\d* (?:errors?|failed|failures)\b).*\b(?:0|no) (?:errors?|failed|failures)\b"
    r"|^\s*(?:\[?[\w-]*\]?\s*)?warn(?:ing)?\b",
    re.IGNORECASE,
)
_TERMINAL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


def lines_of(log: bytes, *, redact: Callable[[str], str]) -> tuple[str, ...]:
    """Give the lines of a log without their times, with secrets removed.

    A log of BYTES has lost its beginning, and so its first line, which may be half a secret.
    Times and colours go first: they could stand in the middle of what must be recognised.
    """
    text = log.decode("utf-8", "replace")
    if len(log) >= BYTES:
        text = text.partition("\n")[2]
    bare = _TERMINAL.sub("", _TIME.sub("", text.replace("\r\n", "\n")))
    return tuple(line.rstrip() for line in redact(bare).split("\n") if not _is_noise(line))


def lines_of_annotations(said: Iterable[str], *, redact: Callable[[str], str]) -> tuple[str, ...]:
    """Give annotations as the lines that the runner would have written of them."""
    return tuple(
        f"{_ERROR}{line.rstrip()}"
        for each in said
        for line in redact(each).splitlines()
        if line.strip()
    )


def first_error_of(lines: Iterable[str]) -> str | None:
    """Give the line that most likely says what went wrong.

    That is the first one that the runner marks as an error, but for «exit code N», which says
    nothing; else the first one that sounds like an error, and like no warning.
    """
    kept = tuple(lines)
    marked = (line.partition(_ERROR)[2].strip() for line in kept if _ERROR in line)
    for line in marked:
        if line and not _EXIT_CODE.match(line):
            return line
    unmarked = (line.strip() for line in kept if _ERROR not in line)
    return next(
        (line for line in unmarked if _SOUNDS_BAD.search(line) and not _SOUNDS_GOOD.search(line)),
        None,
    )


def tail_of(logs: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Give the ends of *logs*, named by their jobs, LINES lines in all.

    What follows a job's last error is the runner tidying up, and is left out.
    """
    told = [(name, _up_to_last_error(lines)) for name, lines in logs if lines]
    if len(logs) == 1 and told:
        return "\n".join(told[0][1][-LINES:])
    return "\n".join(
        line
        for name, lines in told
        for line in (f"--- {name} ---", *lines[-(LINES // len(told) - 1) :])
    )


def _up_to_last_error(lines: Sequence[str]) -> Sequence[str]:
    marked = [at for at, line in enumerate(lines) if _ERROR in line]
    return lines[: marked[-1] + 1] if marked else lines


def _is_noise(line: str) -> bool:
    return not line.strip() or line.startswith(_NOISE)
