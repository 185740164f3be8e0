"""What an answer of the live URL lacks of what a check wants, and which commit it tells.

Who answers is not trusted: of what came no more is repeated than a short stretch, made harmless and
redacted. Three answers, as everywhere: it holds, it does not, and nobody can tell.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final, NoReturn, TypeAlias

from pipeline_health.clients.visit import Page
from pipeline_health.core.inert import plain, visible
from pipeline_health.core.model.gate_policy import (
    HeaderCheck,
    JsonCheck,
    Scalar,
    SmokeCheck,
    VersionCheck,
)
from pipeline_health.core.model.ids import Sha, as_sha

Redact: TypeAlias = Callable[[str], str]

LARGEST: Final = 1024 * 1024
"""How much of a body is looked at."""

_QUOTED: Final = 80
_PLAIN: Final = ("", "identity")
_SERVES: Final = range(200, 300)


class _UnreadableError(Exception):
    """A body that cannot be judged; the message ends a sentence that begins with «answered 200»."""


class _NoJsonError(Exception):
    """What is there is no JSON, or has nothing below a key; the message says which."""


def body_wanted(check: SmokeCheck) -> int:
    """Give how much of the body has to be read to judge it by *check*."""
    return LARGEST if check.contains is not None or check.json is not None else 0


def judge(
    page: Page, check: SmokeCheck, *, took: timedelta, redact: Redact
) -> tuple[bool | None, str]:
    """Tell whether *page*, which took so long, is as *check* wants it, and what is wrong if not."""
    if page.status is None:
        return False, page.says
    wrong = [*_wrong_around(page, check, took, redact)]
    try:
        wrong += _wrong_body(page, check, redact) if page.status in check.status else ()
    except _UnreadableError as exc:
        if not wrong:
            return None, f"{page.says}, {exc}"
    return not wrong, f"{page.says}, {', '.join(wrong)}" if wrong else page.says


def commit_of(page: Page, check: VersionCheck, *, redact: Redact) -> tuple[Sha | None, str]:
    """Give the commit that *page* tells, None when it tells none, and what to say of it."""
    if page.status not in _SERVES:
        return None, f"{page.says}, where a version was expected"
    try:
        told = _below(page, check.key)
    except _UnreadableError as exc:
        return None, f"{page.says}, {exc}"
    except _NoJsonError as exc:
        return None, f"{page.says}, but {exc}"
    sha = as_sha(told) if isinstance(told, str) else None
    if sha is not None:
        return sha, f"tells that it serves {sha}"
    return None, (
        f"tells {_shown(told, redact)} as {plain(check.key)}; expected the full commit id, all 40 "
        "digits of it"
    )


def _wrong_around(page: Page, check: SmokeCheck, took: timedelta, redact: Redact) -> Iterator[str]:
    if page.status not in check.status:
        yield f"not {' or '.join(map(str, check.status))}"
    if check.header is not None:
        yield from _wrong_header(page, check.header, redact)
    if check.within is not None and took > check.within:
        seconds = check.within.total_seconds()
        yield f"but after {took.total_seconds():.2f} s, not within {seconds:g} s"


def _wrong_body(page: Page, check: SmokeCheck, redact: Redact) -> Iterator[str]:
    if check.contains is not None and check.contains not in _text(page):
        yield f"but its body does not contain {_quoted(check.contains)}{_as_far_as(page)}"
    if check.json is not None:
        yield from _wrong_json(page, check.json, redact)


def _wrong_json(page: Page, check: JsonCheck, redact: Redact) -> Iterator[str]:
    try:
        found = _below(page, check.key)
    except _NoJsonError as exc:
        yield f"but {exc}"
        return
    if not _is_same(found, check.value):
        yield f"but its {plain(check.key)} is {_shown(found, redact)}, not {_wanted(check.value)}"


def _wrong_header(page: Page, check: HeaderCheck, redact: Redact) -> Iterator[str]:
    found = page.headers.get(check.name.lower())
    if found is None:
        yield f"but without the header {plain(check.name)}"
    elif check.contains not in found:
        yield (
            f"but its header {plain(check.name)} is {_shown(found, redact)}, which does not "
            f"contain {_quoted(check.contains)}"
        )


def _text(page: Page) -> str:
    if page.packing.strip().lower() not in _PLAIN:
        says = "with a packed body, although none was asked for; it was not read"
        raise _UnreadableError(says)
    return page.body.decode("utf-8", "replace")


def _as_far_as(page: Page) -> str:
    return ", as far as it was read (1 MiB)" if page.cut else ""


def _below(page: Page, key: str) -> Any:
    """Give the value below *key* in the JSON of *page*."""
    text = _text(page)
    if page.cut:
        says = "with more than 1 MiB of JSON; it was not read"
        raise _UnreadableError(says)
    try:
        here = json.loads(text.removeprefix("\ufeff"), parse_constant=_refuse)
    except (ValueError, RecursionError) as exc:
        says = "its body is no JSON"
        raise _NoJsonError(says) from exc
    for part in key.split("."):
        if not isinstance(here, dict) or part not in here:
            says = f"its JSON has no {plain(key)}"
            raise _NoJsonError(says)
        here = here[part]
    return here


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # Python would read NaN, which is no JSON


def _is_same(found: Any, wanted: Scalar) -> bool:
    """Compare as JSON does: 1 and 1.0 are one number, and true is none."""
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    return bool(found == wanted)


def _shown(found: Any, redact: Redact) -> str:
    match found:
        case str():
            return _quoted(redact(visible(found[: 100 * _QUOTED])))
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return plain(json.dumps(found), characters=_QUOTED)


def _wanted(value: Scalar) -> str:
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _quoted(text: str) -> str:
    return f'"{plain(text, characters=_QUOTED)}"'
