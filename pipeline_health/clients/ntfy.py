"""The ntfy protocol: one POST to a topic, the text as its body, all else in headers.

Headers are ASCII here: ntfy decodes a title that is written as RFC 2047 says. A body of more than
4,096 bytes would become an attachment, so it is cut before that.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from pipeline_health.clients.ending import Ending
from pipeline_health.clients.errors import RateLimitedError, RefusedError, UnreachableError
from pipeline_health.clients.http import Answer, Http, retry_time
from pipeline_health.core.model.notice import Letter, Notice
from pipeline_health.ports import Clock
from pipeline_health.secret import Secret

SERVER: Final = "https://ntfy.sh"
LARGEST: Final = 4096
_SERVER_ERRORS: Final = 500
_ONE_LINE: Final = 10_000
_SEQUENCE: Final = 32
_ENCODED: Final = "=?"
"""How an encoded word begins, which ntfy would read as something else than what it says."""
_COMES_BACK: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY})


class Ntfy:
    """Publishes to one *topic*: its name on ntfy.sh, or its whole URL."""

    def __init__(self, http: Http, *, topic: Secret, clock: Clock) -> None:
        self._http = http
        self._topic = topic
        self._clock = clock

    def publish(self, letter: Letter, *, now: datetime, within: timedelta) -> None:
        """Publish once, and return when the server said yes; raises a ClientError otherwise."""
        ending = Ending(self._clock, within=self._http.ending)
        ending.end_within(within)
        answer = self._http.ending_by(ending).write(
            "POST",
            self._url(),
            headers=headers_of(letter),
            body=body_of(letter.notice),
        )
        _require_yes(answer, now=now)

    def _url(self) -> str:
        topic = self._topic.reveal()
        return topic if "/" in topic else f"{SERVER}/{topic}"


def headers_of(letter: Letter) -> dict[str, str]:
    """Give the headers of a letter.

    With the same `X-Sequence-ID` a second copy replaces the first (ntfy 2.16); older servers know
    nothing of it and show both.
    """
    notice = letter.notice
    told = f"{letter.at.isoformat()} {notice.title} {notice.body}"
    headers = {
        "Title": _ascii(notice.title),
        "Priority": str(notice.priority),
        "Tags": ",".join(notice.tags),
        "X-Sequence-ID": sha256(told.encode()).hexdigest()[:_SEQUENCE],
    }
    return {**headers, "Click": notice.url} if notice.url.isascii() and notice.url else headers


def body_of(notice: Notice) -> bytes:
    """Give the text in UTF-8, cut between two characters where it is too long."""
    text = notice.body.encode("utf-8", "replace")
    if len(text) <= LARGEST:
        return text
    end = "…".encode()
    return text[: LARGEST - len(end)].decode("utf-8", "ignore").encode() + end


def _ascii(text: str) -> str:
    line = " ".join(text.split())
    if line.isascii() and line.isprintable() and _ENCODED not in line:
        return line
    from email.header import Header  # noqa: PLC0415 - most titles are plain

    return Header(line, "utf-8", maxlinelen=_ONE_LINE).encode()


def _require_yes(answer: Answer, *, now: datetime) -> None:
    status = answer.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    says = f"ntfy answered {status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise RateLimitedError(says, retry_at=retry_time(answer.headers, now=now))
    if status >= _SERVER_ERRORS or status in _COMES_BACK:
        raise UnreachableError(says)
    raise RefusedError(says, status=status)
