"""Labels, comments and edits; a write is sent once, whatever becomes of it."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from pipeline_health.clients.errors import ClientError, NothingThereError, RefusedError
from pipeline_health.clients.github_wire import PAGE, Wire, require_made
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import Login, RepoName, as_login
from pipeline_health.core.model.issue import IssueRef

MOST_PAGES = 10
_GREY = "ededed"
_EXISTS = 422
_NO_ISSUE = "not found"


class GitHubEdits:
    """Changes issues that exist; every method raises ClientError when it could not.

    *lost* on the error says that the change may have been made all the same.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._labels: dict[RepoName, set[str]] = {}

    def ensure_labels(self, repo: RepoName, labels: Sequence[str]) -> None:
        """Create what *repo* lacks of *labels*; what it has is asked once and remembered."""
        if not labels:
            return
        if repo not in self._labels:
            self._labels[repo] = set(self._labels_of(repo))
        for label in labels:
            if label.lower() not in self._labels[repo]:
                self._create_label(repo, label)
                self._labels[repo].add(label.lower())

    def add_labels(self, ref: IssueRef, labels: Sequence[str]) -> None:
        """Add *labels* to an issue; what it has already is no matter."""
        if labels:
            self._wire.change("POST", f"{_path(ref)}/labels", {"labels": list(labels)})

    def remove_label(self, ref: IssueRef, label: str) -> None:
        """Remove *label* from an issue; what it does not have is no matter.

        NothingThereError when it is the issue that is not there, or not for this token.
        """
        try:
            self._wire.change("DELETE", f"{_path(ref)}/labels/{quote(label, safe='')}")
        except NothingThereError as exc:
            if _NO_ISSUE in str(exc).lower():  # of the label GitHub says that it does not exist
                raise

    def edit_body(self, ref: IssueRef, body: str) -> None:
        """Replace the body of an issue."""
        self._edit(ref, {"body": body})

    def close(self, ref: IssueRef, *, reason: str) -> None:
        """Close an issue as `completed` or as a `duplicate`."""
        self._edit(ref, {"state": "closed", "state_reason": reason})

    def reopen(self, ref: IssueRef) -> None:
        """Open an issue again."""
        self._edit(ref, {"state": "open"})

    def comments(self, ref: IssueRef, *, by: frozenset[Login]) -> tuple[str, ...]:
        """Give the comments of the accounts *by*, oldest first; raises for more than 1,000."""
        return tuple(
            comment.maybe_text("body") or ""
            for comment in self._comments(ref)
            if as_login(comment.maybe_text("user", "login") or "") in by
        )

    def comment(self, ref: IssueRef, body: str) -> None:
        """Comment on an issue; the request is sent once."""
        made = self._wire.create(f"{_path(ref)}/comments", {"body": body})
        require_made(made, "id")

    def _comments(self, ref: IssueRef) -> Iterator[Json]:
        for page in range(1, MOST_PAGES + 1):
            found = self._wire.get(f"{_path(ref)}/comments", per_page=PAGE, page=page)
            comments = list(found.items())
            yield from comments
            if len(comments) < PAGE:
                return
        msg = f"there are more than {MOST_PAGES * PAGE} comments, and not all of them were read"
        raise ClientError(msg)

    def _labels_of(self, repo: RepoName) -> Iterator[str]:
        """Give the labels of *repo* in small letters; what is beyond the pages can be created."""
        for page in range(1, MOST_PAGES + 1):
            found = self._wire.get(f"/repos/{repo}/labels", per_page=PAGE, page=page)
            labels = [label.text("name").lower() for label in found.items()]
            yield from labels
            if len(labels) < PAGE:
                return

    def _create_label(self, repo: RepoName, label: str) -> None:
        """Create a label; that somebody else was faster is as good."""
        try:
            self._wire.create(f"/repos/{repo}/labels", {"name": label, "color": _GREY})
        except RefusedError as exc:
            if exc.status != _EXISTS or "already_exists" not in str(exc):
                raise

    def _edit(self, ref: IssueRef, fields: Mapping[str, object]) -> None:
        require_made(self._wire.change("PATCH", _path(ref), fields), "number")


def _path(ref: IssueRef) -> str:
    return f"/repos/{ref.repo}/issues/{ref.number}"
