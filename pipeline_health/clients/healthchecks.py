"""The dead man's switch: the pinging protocol of Healthchecks, which others speak as well.

One try each, and bounded: whoever watches us must not be what stops us. The URL is a secret, and is
in no message.
"""

from datetime import timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit

from pipeline_health.clients.ending import Ending
from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.http import Http
from pipeline_health.ports import Clock
from pipeline_health.secret import Secret

WITHIN: Final = timedelta(seconds=10)
_LARGEST: Final = 10_000
_REFUSES: Final = 300


class Healthchecks:
    """Pings one check about one run, which *rid* names; *http* is its own, and closed by it."""

    def __init__(self, url: Secret, *, rid: str, http: Http, clock: Clock) -> None:
        self._url = url
        self._rid = rid
        self._http = http
        self._clock = clock

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def start(self) -> None:
        """Say that the run begins; raises ClientError when that did not arrive."""
        self._ping("/start", "")

    def success(self, text: str) -> None:
        """Say that the run is finished, and in *text* what it did; raises ClientError."""
        self._ping("", text)

    def fail(self, text: str) -> None:
        """Say that the run failed, and in *text* why; raises ClientError."""
        self._ping("/fail", text)

    def note(self, text: str) -> None:
        """Leave a line in its log, which changes no state; raises ClientError."""
        self._ping("/log", text)

    def _ping(self, what: str, text: str) -> None:
        ending = Ending(self._clock, within=self._http.ending)
        ending.end_within(WITHIN)
        url = ping_url(self._url.reveal(), what, rid=self._rid)
        body = text.encode("utf-8", "replace")[:_LARGEST]
        answer = self._http.ending_by(ending).write("POST", url, headers={}, body=body)
        if answer.status >= _REFUSES:
            msg = f"the heartbeat was answered {answer.status}"
            raise ClientError(msg)


def ping_url(base: str, what: str, *, rid: str) -> str:
    """Give the URL that tells *what* of the run *rid*; what *base* asks for besides stays."""
    parts = urlsplit(base)
    query = "&".join(filter(None, (parts.query, urlencode({"rid": rid}))))
    return parts._replace(path=parts.path.rstrip("/") + what, query=query).geturl()
