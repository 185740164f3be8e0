"""The issues, pull requests and labels of a simulated repository."""

import itertools
import re
from collections.abc import Iterable

from pipeline_health.simulator.github_records import Closing, Issue, IssueComment, Label
from pipeline_health.simulator.timeline import Timeline


class IssueBook:
    """Everything that has a number in a repository, and its labels.

    *strangers* are the logins that are nobody in the repository. *drops_labels* is what GitHub does
    for a writer without push access: labels vanish, unsaid.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._numbers = itertools.count(1)
        self.issues: dict[int, Issue] = {}
        self.pulls: dict[int, Issue] = {}
        self.deleted: set[int] = set()
        self.labels: dict[str, Label] = {}
        self.strangers: set[str] = set()
        self.has_issues = True
        self.drops_labels = False

    @property
    def open_titles(self) -> list[str]:
        """List the titles of the open issues, oldest first."""
        return [issue.title for issue in self.issues.values() if issue.state == "open"]

    def open_issue(
        self, title: str, body: str = "", *, labels: Iterable[str] = (), user: str = "dev"
    ) -> Issue:
        """File an issue; labels that the repository lacks are made."""
        issue = self._numbered(title, body, user=user)
        issue.labels = self.make_labels(labels)
        self.issues[issue.number] = issue
        return issue

    def pull(self, title: str, body: str = "", *, user: str = "dev") -> Issue:
        """Open a pull request, which takes the next number."""
        pull = self._numbered(title, body, user=user)
        pull.is_pull = True
        self.pulls[pull.number] = pull
        return pull

    def merge_pull(self, number: int, *, user: str = "dev") -> None:
        """Merge a pull request; what it says that it fixes is closed with it."""
        pull = self.pulls[number]
        pull.state = "closed"
        pull.merged_at = pull.closed_at = pull.updated_at = self._timeline.now()
        for fixed in re.findall(r"(?i)\b(?:fixes|closes|resolves) #(\d+)\b", pull.body):
            self.close_issue(int(fixed), user=user)

    def find(self, number: int) -> Issue | None:
        """Find an issue or pull request by its number."""
        return self.issues.get(number) or self.pulls.get(number)

    def close_issue(self, number: int, *, user: str = "dev", reason: str = "completed") -> None:
        """Close an issue; one that is closed stays as it is."""
        issue = self._must(number)
        if issue.state == "closed":
            return
        issue.state, issue.state_reason, issue.closed_by = "closed", reason, user
        issue.closed_at = issue.updated_at = now = self._timeline.now()
        issue.closings.append(Closing(at=now, by=user))

    def reopen_issue(self, number: int) -> None:
        """Open an issue again; one that is open stays as it is."""
        issue = self._must(number)
        if issue.state == "open":
            return
        issue.state, issue.state_reason = "open", "reopened"
        issue.closed_at = issue.closed_by = None
        issue.updated_at = self._timeline.now()

    def edit_issue(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        """Replace the title or the body."""
        issue = self._must(number)
        issue.title = issue.title if title is None else title
        issue.body = issue.body if body is None else body
        issue.updated_at = self._timeline.now()

    def label_issue(self, number: int, labels: Iterable[str]) -> None:
        """Replace the labels of an issue; those that the repository lacks are made."""
        issue = self._must(number)
        issue.labels = self.make_labels(labels)
        issue.updated_at = self._timeline.now()

    def comment(self, number: int, body: str, user: str = "dev") -> IssueComment:
        """Comment on an issue."""
        issue = self._must(number)
        now = self._timeline.now()
        comment = IssueComment(id=self._timeline.number(), body=body, user=user, created_at=now)
        issue.comments.append(comment)
        issue.updated_at = now
        return comment

    def delete_issue(self, number: int) -> None:
        """Remove an issue for ever; its number is not used again."""
        del self.issues[number]
        self.deleted.add(number)

    def make_label(
        self, name: str, *, color: str = "ededed", description: str | None = None
    ) -> Label:
        """Give the label of this name, whatever its case; it is made when there is none."""
        new = Label(id=self._timeline.number(), name=name, color=color, description=description)
        return self.labels.setdefault(name.lower(), new)

    def make_labels(self, names: Iterable[str]) -> list[str]:
        """Give *names* once each, as the repository spells them; those that it lacks are made."""
        return list(dict.fromkeys(self.make_label(name).name for name in names))

    def _numbered(self, title: str, body: str, *, user: str) -> Issue:
        now = self._timeline.now()
        return Issue(
            id=self._timeline.number(),
            number=next(self._numbers),
            title=title,
            body=body,
            user=user,
            created_at=now,
            updated_at=now,
        )

    def _must(self, number: int) -> Issue:
        found = self.find(number)
        if found is None:
            msg = f"no issue {number} in this repository: open it before changing it"
            raise KeyError(msg)
        return found
