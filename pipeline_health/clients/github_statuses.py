"""Commit statuses over REST: one is made, and the request for it is sent once."""

from pipeline_health.clients.github_wire import Wire
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.readings import StatusState

LONGEST = 140


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
        self._wire.send("POST", f"/repos/{repo}/statuses/{sha}", body)


def cut(text: str, most: int) -> str:
    """Give *text* on one line and in at most *most* characters, cut after a word."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    words, _, _ = line[:most].rpartition(" ")
    return f"{words or line[: most - 1]}…"
