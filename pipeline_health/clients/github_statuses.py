"""Commit statuses over REST: one is made, and the request for it is sent once."""

from urllib.parse import urljoin, urlsplit

from pipeline_health.clients.errors import UnreachableError
from pipeline_health.clients.github_wire import Wire
from pipeline_health.clients.http import Answer
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.readings import StatusState

LONGEST = 140
_CREATED = 201
_MOVED = 307


class Statuses:
    """Makes commit statuses; the token needs to be allowed to."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def create(
        self,
        repo: RepoName,
        sha: Sha,
        *,
        context: str,
        state: StatusState,
        description: str,
        url: str | None,
    ) -> None:
        """Make a status; what is too long for GitHub is cut at a word.

        docs.github.com, REST "Create a commit status", 2026-11: 201. An error's *lost* says that it
        may have been made all the same.
        """
        body = {
            "state": state.value.lower(),
            "context": context,
            "description": cut(description, LONGEST),
            **({} if url is None else {"target_url": url}),
        }
        at = f"{self._wire.api}/repos/{repo}/statuses/{sha}"
        answer = self._post(at, body)
        elsewhere = self._elsewhere(at, answer)
        if elsewhere is not None:
            self._wire.meter.count()
            answer = self._post(elsewhere, body)
        self._wire.check(answer)
        if answer.status != _CREATED:
            msg = f"GitHub answered {answer.status} instead of making a status in {repo}"
            raise UnreachableError(msg)

    def _post(self, url: str, body: object) -> Answer:
        return self._wire.http.write("POST", url, headers=self._wire.headers(), body=body)

    def _elsewhere(self, asked: str, answer: Answer) -> str | None:
        """Give where a renamed repository takes the request; a 307 says that nothing was done.

        The token goes to nobody but GitHub, whatever the answer says.
        """
        location = answer.headers.get("location")
        if answer.status != _MOVED or location is None:
            return None
        there = urljoin(asked, location)
        return there if _origin(there) == _origin(asked) else None


def cut(text: str, most: int) -> str:
    """Give *text* on one line and in at most *most* characters, cut after a word."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    words, _, _ = line[:most].rpartition(" ")
    return f"{words or line[: most - 1]}…"


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
