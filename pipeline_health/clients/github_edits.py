"""Labels, comments and edits, by way of PyGithub; a write is sent once, whatever becomes of it.

PyGithub's own retry repeats a POST after every lost answer, which made two to four issues out of
one when it was measured. Here it may repeat GET and HEAD only. It is not thread-safe: one
`GitHubEdits` is for one thread.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from pipeline_health.clients.errors import ClientError, NothingThereError, UnreachableError
from pipeline_health.clients.github_wire import API_VERSION, PAGE, Meter, meaning_of
from pipeline_health.clients.http import REQUEST, TRIES, USER_AGENT, Answer
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import Login, RepoName, as_login
from pipeline_health.core.model.issue import IssueRef
from pipeline_health.ports import Clock

if TYPE_CHECKING:
    from github import Github, GithubException
    from github.Issue import Issue
    from github.Repository import Repository

# docs.github.com, "Best practices": at least a second between two writes.
BETWEEN_WRITES = timedelta(seconds=1)
MOST_PAGES = 10
_GREY = "ededed"
_EXISTS = 422


class GitHubEdits:
    """Changes issues that exist; every method raises ClientError when it could not.

    *lost* on the error says that the change may have been made all the same.
    """

    def __init__(
        self,
        *,
        api: str,
        token: Callable[[], str],
        clock: Clock,
        meter: Meter | None = None,
        between_writes: timedelta = BETWEEN_WRITES,
    ) -> None:
        self._api = api.rstrip("/")
        self._token = token
        self._clock = clock
        self._meter = meter or Meter()
        self._between_writes = between_writes
        self._connected: tuple[str, Github] | None = None
        self._labels: dict[RepoName, set[str]] = {}

    def close_connections(self) -> None:
        """Let go of the connections."""
        if self._connected is not None:
            self._connected[1].close()
            self._connected = None

    def ensure_labels(self, repo: RepoName, labels: Sequence[str]) -> None:
        """Create what *repo* lacks of *labels*; what it has is asked once and remembered."""
        if not labels:
            return
        with self._edit():
            there = self._repository(repo)
            if repo not in self._labels:
                self._meter.count()
                self._labels[repo] = {label.name.lower() for label in there.get_labels()}
            for label in labels:
                if label.lower() not in self._labels[repo]:
                    self._create_label(there, label)
                    self._labels[repo].add(label.lower())

    def add_labels(self, ref: IssueRef, labels: Sequence[str]) -> None:
        """Add *labels* to an issue; what it has already is no matter."""
        if not labels:
            return
        with self._edit():
            self._meter.count()
            self._issue(ref).add_to_labels(*labels)

    def remove_label(self, ref: IssueRef, label: str) -> None:
        """Remove *label* from an issue; what it does not have is no matter."""
        try:
            with self._edit():
                self._meter.count()
                issue = self._issue(ref)
                # PyGithub's own way leaves a slash in a label as it is.
                path = f"{issue.url}/labels/{quote(label, safe='')}"
                issue.requester.requestJsonAndCheck("DELETE", path)
        except NothingThereError:
            return

    def edit_body(self, ref: IssueRef, body: str) -> None:
        """Replace the body of an issue."""
        self._change(ref, lambda issue: issue.edit(body=body))

    def close(self, ref: IssueRef, *, reason: str) -> None:
        """Close an issue as `completed` or as a `duplicate`."""
        self._change(ref, lambda issue: issue.edit(state="closed", state_reason=reason))

    def reopen(self, ref: IssueRef) -> None:
        """Open an issue again."""
        self._change(ref, lambda issue: issue.edit(state="open"))

    def comments(self, ref: IssueRef, *, by: frozenset[Login]) -> tuple[str, ...]:
        """Give the comments of the accounts *by*, oldest first; raises for more than 1,000."""
        return tuple(
            comment.maybe_text("body") or ""
            for comment in self._comments(ref)
            if as_login(comment.maybe_text("user", "login") or "") in by
        )

    def _comments(self, ref: IssueRef) -> Iterator[Json]:
        """Read page by page: PyGithub's own list takes an empty answer for an empty list."""
        for page in range(1, MOST_PAGES + 1):
            with self._edit():
                self._meter.count()
                issue = self._issue(ref)
                _, found = issue.requester.requestJsonAndCheck(
                    "GET", f"{issue.url}/comments", parameters={"per_page": PAGE, "page": page}
                )
            comments = list(Json(found, "comments").items())
            yield from comments
            if len(comments) < PAGE:
                return
        msg = f"there are more than {MOST_PAGES * PAGE} comments, and not all of them were read"
        raise ClientError(msg)

    def comment(self, ref: IssueRef, body: str) -> None:
        """Comment on an issue; the request is sent once."""
        with self._edit():
            self._meter.count()
            made = self._issue(ref).create_comment(body)
            _refuse_redirect(made.id, ref)

    def _change(self, ref: IssueRef, edit: Callable[["Issue"], None]) -> None:
        with self._edit():
            self._meter.count()
            issue = self._issue(ref)
            edit(issue)
            _refuse_redirect(issue.number, ref)

    def _create_label(self, there: "Repository", label: str) -> None:
        from github import GithubException  # noqa: PLC0415 - see _connect

        try:
            self._meter.count()
            there.create_label(label, _GREY)
        except GithubException as exc:
            if exc.status != _EXISTS or "already_exists" not in json.dumps(exc.data):
                raise

    def _repository(self, repo: RepoName) -> "Repository":
        """Give a repository without reading it."""
        return self._github().get_repo(repo)

    def _issue(self, ref: IssueRef) -> "Issue":
        """Give an issue without reading it."""
        return self._repository(ref.repo).get_issue(ref.number)

    def _github(self) -> "Github":
        """Connect as the token of now: that of an App is another one every hour."""
        token = self._token()
        if self._connected is None or self._connected[0] != token:
            self._connected = (token, self._connect(token))
        return self._connected[1]

    def _connect(self, token: str) -> "Github":
        # Imported here, because it takes a quarter of a second and most cycles change nothing.
        from github import Auth, Github  # noqa: PLC0415
        from urllib3 import Retry  # noqa: PLC0415

        # Not PyGithub's GithubRetry: whatever it is told, it repeats a 403 too (2.10), at once or
        # after sleeping for as long as GitHub says. Here a rate limit is told, not waited out.
        retry = Retry(
            total=TRIES - 1,
            other=0,
            allowed_methods={"GET", "HEAD"},
            status_forcelist=[500, 502, 503, 504],
            respect_retry_after_header=False,
            raise_on_status=False,
            backoff_factor=0.25,
            backoff_jitter=0.5,
        )
        return Github(
            auth=Auth.Token(token),
            base_url=self._api,
            timeout=int(REQUEST.total_seconds()),
            user_agent=USER_AGENT,
            per_page=PAGE,
            retry=retry,
            seconds_between_requests=None,
            seconds_between_writes=self._between_writes.total_seconds(),
            lazy=True,
            api_version=API_VERSION,
        )

    @contextmanager
    def _edit(self) -> Iterator[None]:
        """Turn whatever PyGithub, requests or urllib3 raise into a ClientError."""
        from github import BadAttributeException, GithubException  # noqa: PLC0415 - see _connect

        try:
            yield
        except GithubException as exc:
            raise self._meaning_of(exc) from exc
        except OSError as exc:  # what requests raises is an OSError
            msg = f"GitHub gave no whole answer: {type(exc).__name__}"
            raise UnreachableError(msg) from exc
        except (*_ODDITIES, BadAttributeException) as exc:
            msg = f"GitHub's answer made no sense: {type(exc).__name__}"
            raise UnreachableError(msg) from exc

    def _meaning_of(self, exc: "GithubException") -> ClientError:
        """Read a refusal exactly as one that came over httpx is read."""
        now = self._clock.now()
        body = json.dumps(exc.data, default=str).encode()
        answer = Answer(status=exc.status, headers=exc.headers or {}, body=body, at=now)
        return meaning_of(answer, now=now) or UnreachableError(f"PyGithub says {exc.status}")


# PyGithub asserts and indexes its way through an answer (2.10, Requester.py), and says RuntimeError
# for a redirect that it does not follow.
_ODDITIES = (AssertionError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)


def _name_of(ref: IssueRef) -> str:
    return f"issue {ref.number} of {ref.repo}"


def _refuse_redirect(proof: object, ref: IssueRef) -> None:
    """Raise when an answer has not the one field that every made thing has.

    GitHub answers a write to a renamed repository with 307, which PyGithub takes for success.
    """
    if proof is None:
        msg = f"GitHub did not change {_name_of(ref)}: is {ref.repo} called something else now?"
        raise ClientError(msg)
