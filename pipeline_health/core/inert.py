"""Untrusted text made harmless: what a log, a commit or a workflow's name may do to its readers.

An issue is read by people, by GitHub (mentions, references, closing keywords) and by agents that
match the raw text, fences and comments included. So text is disarmed before it is quoted: `inert`
for a log, `plain` and `inline` for a name, `prose` for a sentence. All of them are pure, and the
first two give the same text again when they are applied twice.
"""

import re
import unicodedata
from collections.abc import Callable

from pipeline_health.patterns import later

LINES = 80
CHARACTERS = 6_000
UNNAMED = "(unnamed)"

_ROOM_FOR_NOTICE = 60
_LONGEST_URL = 300

# ECMA-48: control strings (OSC, DCS, SOS, PM, APC) up to their terminator, control sequences, and
# the two-character escapes. No pattern crosses a line or scans a stretch twice.
_SEQUENCES = later(
    r"(?:\x1b[\]P^_X]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|\x1b[ -/]*[0-Z\\^-~]"
)
_LINE_ENDS = later("\r+\n|[\r\v\f\x85\u2028\u2029]")
# Nothing to see, though Unicode does not call them formats: joiners, Hangul fillers, selectors, and
# what is kept free for more of them (Default_Ignorable_Code_Point).
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2065\u3164\uffa0") | {
    chr(code)
    for span in (range(0xFE00, 0xFE10), range(0xFFF0, 0xFFF9), range(0xE0000, 0xE1000))
    for code in span
}
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs"})

# GitHub notes a reference on the other thread, and agents follow it; other links are left alone.
_THREAD_URL = later(
    rf"http(s?)://(?=\S{{1,{_LONGEST_URL}}}?"
    r"/(?:issues|pulls?|commits?|discussions)/[0-9a-f])",
    re.IGNORECASE,
)
_NUMBER_SIGN = later(r"(?P<word>(?<=[A-Za-z0-9_]))?#(?=[0-9]+(?![A-Za-z0-9_]))(?!(?<=&#)[0-9]+;)")
_GH_NUMBER = later(r"(?<![A-Za-z0-9_])GH-(?=[0-9]+(?![A-Za-z0-9_]))", re.IGNORECASE)
_COMMENT_END = later(r"--(!?)>")
_SWEEP = later(r"^([^\S\n]*sweep):", re.IGNORECASE | re.MULTILINE)
# Kept: a version, a domain or a commit behind a word (`pkg@1.2`, `a@b.dev`), which mention nobody.
# Not kept even there: agents that match their handle anywhere (Archon 0.9: `/@Archon[\s,:;]/i`).
_MENTION = later(
    r"@(?=\w)(?!(?<=[A-Za-z0-9_]@)"
    r"(?!(?:archon|claude|openhands|copilot|codex|gemini|sweep|jules|cursor|devin)\b)"
    r"(?:v?[0-9]|[a-z0-9-]{1,63}\.[a-z0-9]|[0-9a-f]{40}\b))",
    re.IGNORECASE,
)
_NOTICE = later(r"… ([0-9]{1,3}(?:,[0-9]{3}){0,4}) earlier lines? left out")
_MARKDOWN = later(r"[\\`*\[<&|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_ANY_URL = later(r"(?:http(?=s?://)|ftp(?=://))", re.IGNORECASE)
# GitHub makes a link of it (GFM, "Autolinks"), also where the sign is escaped.
_ANY_MAIL = later(r"(?<=[A-Za-z0-9.+_-])@(?=[A-Za-z0-9_-]+\.)")
_BARE_HOST = later(r"\bwww\.", re.IGNORECASE)


def visible(text: str) -> str:
    """Give *text* without terminal sequences, control and invisible characters.

    Redact what this gives, and not what it got: a secret can be hidden by what is taken out here.
    """
    if text.isascii() and text.isprintable():  # nearly all names
        return text
    unbroken = _LINE_ENDS.sub("\n", _SEQUENCES.sub("", text))
    return "".join(character for character in unbroken if _is_visible(character))


def inert(text: str, *, lines: int = LINES, characters: int = CHARACTERS) -> str:
    """Give the end of *text*, at most *lines* and *characters* of it, with nothing alive in it.

    Terminal sequences, control and invisible characters are gone; mentions, references to issues
    and commits, HTML comments and commands to agents are broken. What was cut is said in the first
    line, which counts as one of *lines*.
    """
    return _settled(text, lambda now: _end_of(_disarmed(visible(now)), lines, characters))


def fence(text: str) -> str:
    """Give *text* as a fenced block that it cannot close, to stand on lines of its own."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    ticks = "`" * max(4, longest + 1)
    ending = "" if text.endswith("\n") else "\n"
    return f"{ticks}text\n{text}{ending}{ticks}"


def plain(text: str, *, characters: int = 100) -> str:
    """Give *text* as one line of at most *characters*, as inert as a log, its end cut."""
    return _settled(
        text, lambda now: _start_of(_disarmed(" ".join(visible(now).split())), characters)
    )


def inline(text: str, *, characters: int = 100) -> str:
    """Give *text* as a code span that it cannot leave, in a table cell neither.

    A backtick becomes an apostrophe and a bar a broken bar, because no escape holds for both in
    every place. Nameless text is called `(unnamed)`.
    """
    name = plain(text, characters=characters - 2).replace("`", "'").replace("|", "¦")
    return f"`{name or UNNAMED}`"


def prose(text: str, *, characters: int = 300) -> str:
    """Give *text* as Markdown that shows it as it is, without links, behind words of ours."""
    unlinked = _ANY_URL.sub("hxxp", plain(text, characters=characters))
    unlinked = _ANY_MAIL.sub("(at)", unlinked)
    return _BARE_HOST.sub(r"www\.", _MARKDOWN.sub(r"\\\g<0>", unlinked))


def _settled(text: str, step: Callable[[str], str]) -> str:
    """Apply *step* until nothing changes: a cut can make live what was harmless in its place.

    It ends, because no step adds what another one disarms.
    """
    while (after := step(text)) != text:
        text = after
    return text


def _is_visible(character: str) -> bool:
    if character in "\n\t":
        return True
    return unicodedata.category(character) not in _UNSEEN_CATEGORIES and character not in _UNSEEN


def _disarmed(text: str) -> str:
    """Break what is alive; mentions last, because a broken reference could make one."""
    text = _THREAD_URL.sub(r"hxxp\1://", text)
    text = _NUMBER_SIGN.sub(lambda found: "no. " if found["word"] is None else " no. ", text)
    text = _GH_NUMBER.sub("no. ", text)
    text = _COMMENT_END.sub(r"--\1 >", text.replace("<!--", "<! --"))
    text = _SWEEP.sub(r"\1 :", text)
    return _MENTION.sub("(at)", text)


def _start_of(line: str, characters: int) -> str:
    return line if len(line) <= characters else line[: characters - 1].rstrip() + "…"


def _end_of(text: str, lines: int, characters: int) -> str:
    text = text.strip("\n")
    rows = text.split("\n")
    if len(rows) <= lines and len(text) <= characters:
        return text
    noticed = _NOTICE.fullmatch(rows[0])
    earlier = 0 if noticed is None else int(noticed[1].replace(",", ""))
    rows = rows if noticed is None else rows[1:]
    kept = _last_rows(rows[-max(1, lines - 1) :], max(2, characters - _ROOM_FOR_NOTICE))
    earlier += len(rows) - len(kept)
    return "\n".join((_notice(earlier), *kept) if earlier else kept)


def _last_rows(rows: list[str], characters: int) -> list[str]:
    """Give as many of the last *rows* as fit, and of the very last one at least the end."""
    room = characters
    for at in range(len(rows) - 1, -1, -1):
        room -= len(rows[at]) + 1
        if room < -1:
            return rows[at + 1 :] or ["…" + rows[at][1 - characters :]]
    return rows


def _notice(earlier: int) -> str:
    return f"… {earlier:,} earlier {'line' if earlier == 1 else 'lines'} left out"
