"""Secrets that nobody told us of, recognised by how they look.

A CI log is full of words about tokens, and an issue is useless without them: a sentence such as
«RAILWAY_TOKEN is invalid or expired: Not Authorized» must come through as it is. Every expression
here takes time proportional to the text: runs are possessive or begin at a boundary.
"""

import re
from typing import Final

from pipeline_health.telemetry.planted import MASK

_TOKEN: Final = re.compile(
    r"gh[pousr]_[A-Za-z0-9_]{20,}(?:\.[A-Za-z0-9_-]+){0,2}"  # GitHub; installation tokens have dots
    r"|github_pat_[A-Za-z0-9_]{20,}"
    r"|glpat-[A-Za-z0-9_-]{20,}"  # GitLab
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}"  # AWS
    r"|(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}"  # Slack
    r"|(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9]{20,}"  # Stripe
    r"|AIza[A-Za-z0-9_-]{30,}"  # Google
    r"|npm_[A-Za-z0-9]{30,}"
    r"|(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{20,}"  # OpenAI, Anthropic
)
_PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----"
    r"(?:(?:[^-]|-(?!----))*+-----END [A-Z ]{0,40}PRIVATE KEY-----"
    r"|(?:(?:\s|\\[nr])*+[A-Za-z0-9+/=]{12,}+)*+)"  # cut off: whatever could be its lines
)
_DOTTED: Final = re.compile(
    r"[A-Za-z0-9_-]{8,}+(\.eyJ[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]{8,}+)?)?"
)
_URL_PASSWORD: Final = re.compile(r"(://[^\s/:@]*+:)(?!\*\*\*@)[^\s/\"]+@")
_HEADER: Final = re.compile(
    r"(?i:(authorization\\{0,3}[\"']?[ \t]{0,8}[:=][ \t]{0,8}\\{0,3}[\"']?)"
    r"((?:bearer|basic|token|digest)[ \t]{1,8})?)([A-Za-z0-9._~+/=-]{8,})"
)
_SCHEME: Final = re.compile(r"((?i:bearer|basic)(?:[ \t]{1,8}|%20|\+))([A-Za-z0-9._~+/=-]{8,})")

_MIDDLE: Final = r"(?:\\{0,3}[\"'])?\]?[ \t]{0,20}(?P<sign>:=|=>|={1,2}|:(?!:))[ \t]{0,20}"
_VALUE: Final = (
    r"(?:(?P<open>\\{0,3}[\"'`])(?P<quoted>(?:(?!(?P=open))(?:\\.|[^\r\n\\]))*+)"
    r"|(?P<bare>[^\s\"'`]\S{7,}+))"
)
_ASSIGNMENT: Final = re.compile(
    r"(?<![A-Za-z0-9_-])(?P<before>"
    r"(?=[A-Za-z0-9_-]*?(?:KEY|SECRET|TOKEN|PASSWORD|CREDENTIAL|PRIVATE))[A-Za-z0-9_-]++"
    rf"{_MIDDLE}){_VALUE}"
)
_SMALL_ASSIGNMENT: Final = re.compile(
    r"(?P<before>(?i:token|secret|passw(?:or)?d|(?:api|private|access)[_-]?key|credentials?)"
    rf"{_MIDDLE})(?=[^\d\s]{{0,200}}\d){_VALUE}"
)
"""In small letters these are words of a sentence too: a value has a digit in its first word."""

_SENTENCE: Final = re.compile(r"[A-Z][a-z']*[,.;!]?(?:[ \t]+[A-Za-z_('-]+[,.;!)]*)+")
_WORD: Final = re.compile(r"[A-Z]?[a-z]+[,.;:!)]?")
_STATES: Final = frozenset(
    {
        *("expected", "forbidden", "mismatch", "provided", "redacted", "rejected", "required"),
        *("undefined", "unauthorized"),
    }
)
_SHORTEST, _LONGEST_WORD = 8, 20


def masked(text: str) -> str:
    """Give *text* without anything that has the form of a secret."""
    text = _PRIVATE_KEY.sub(MASK, text)
    text = _TOKEN.sub(MASK, text)
    text = _DOTTED.sub(_without_web_token, text)
    text = _URL_PASSWORD.sub(rf"\1{MASK}@", text)
    text = _HEADER.sub(_without_header, text)
    text = _SCHEME.sub(_without_credential, text)
    text = _ASSIGNMENT.sub(_without_value, text)
    return _SMALL_ASSIGNMENT.sub(_without_value, text)


def _without_web_token(match: re.Match[str]) -> str:
    """Mask a JSON Web Token: two base64 objects and a signature, or as much as was not cut off."""
    run = match[0]
    start = run.find("eyJ")
    return run[:start] + MASK if match[1] and start < match.start(1) - match.start() else run


def _without_header(match: re.Match[str]) -> str:
    """Mask the value of an Authorization header, but for a word: «Authorization: required»."""
    if match[2] is None and _is_word(match[3]):
        return match[0]
    return match[1] + (match[2] or "") + MASK


def _without_credential(match: re.Match[str]) -> str:
    """Mask what follows `Bearer` or `Basic`, but for a word: «Basic authentication failed»."""
    return match[0] if _is_word(match[2]) else match[1] + MASK


def _without_value(match: re.Match[str]) -> str:
    value = match["bare"] or match["quoted"] or ""
    if len("".join(value.split())) < _SHORTEST:
        return match[0]
    if match["sign"] == ":" and _is_remark(value, match):
        return match[0]
    return f"{match['before']}{match['open'] or ''}{MASK}"


def _is_remark(value: str, match: re.Match[str]) -> bool:
    """Tell whether what follows a colon is prose about the name and not its value."""
    if match["open"]:
        return bool(_SENTENCE.fullmatch(value))
    if not _is_word(value):
        return False
    following = match.string[match.end() : match.end() + 2]
    goes_on = len(following) > 1 and following[0] == " " and following[1].isalpha()
    return goes_on or value[0].isupper() or value.rstrip(",.;:!)") in _STATES


def _is_word(text: str) -> bool:
    return len(text) <= _LONGEST_WORD and bool(_WORD.fullmatch(text))
