"""The head of the branch with the verdict of CI on it, for every rule that depends on one."""

from datetime import datetime

from pipeline_health.core.ci_verdict import CommitVerdict, Standing, State, judge
from pipeline_health.core.model.findings import Scope
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.readings import Checks, Commit, Seen, Suite
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.frozen import dataclass

_HEAD = "head"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest commit of the branch, what CI says of it, and what must have run there.

    *message* is the whole one of the commit, untrusted text; *pushed_at* is when it came, as far as
    that can be told, *seen_at* when its checks were read.
    """

    commit: Commit
    message: str
    branch: str
    scope: Scope
    verdict: CommitVerdict
    required: frozenset[str]
    suites: tuple[Suite, ...]
    pushed_at: datetime
    seen_at: datetime

    @property
    def sha(self) -> Sha:
        """The commit's id."""
        return self.commit.sha

    @property
    def green_at(self) -> datetime | None:
        """When the last check passed, None while the head is not green."""
        if self.verdict.state is not State.GREEN:
            return None
        return max(entry.since for entry in self.verdict.entries)


def head_of(view: ProjectView) -> Head | None:
    """Give the head, None while it is unseen, its checks are another's, or nothing runs there."""
    if _HEAD not in view.judged:
        view.judged[_HEAD] = _head_of(view)
    known = view.judged[_HEAD]
    return known if isinstance(known, Head) else None


def _head_of(view: ProjectView) -> Head | None:
    repository, branch, checks = view.github.repository, view.github.branch, view.github.checks
    if not (isinstance(repository, Seen) and isinstance(branch, Seen) and isinstance(checks, Seen)):
        return None
    commit = branch.value.head
    if repository.value.archived or checks.value.sha != commit.sha:
        return None
    required, pushed_at = required_of(view), _pushed_at(commit, checks.value)
    standing = Standing(
        committed_at=pushed_at,
        required=required,
        deploy_workflow=view.policy.deploy_workflow,
    )
    return Head(
        commit=commit,
        message=f"{commit.subject}\n{branch.value.message}",
        branch=branch.value.name,
        scope=Scope(f"github:{repository.value.id}:{branch.value.name}"),
        verdict=judge(checks, standing),
        required=required,
        suites=checks.value.suites,
        pushed_at=pushed_at,
        seen_at=checks.at,
    )


def required_of(view: ProjectView) -> frozenset[str]:
    """Give the workflows that must run at the head: the configured ones, else the learned ones."""
    if view.policy.ci_workflows:
        return frozenset(view.policy.ci_workflows)
    learned = view.github.required
    known = learned.value if isinstance(learned, Seen) else frozenset[str]()
    return known - {view.policy.deploy_workflow}


def _pushed_at(commit: Commit, checks: Checks) -> datetime:
    """Give when *commit* was pushed: GitHub makes suites then, and its date may be much older."""
    made = min((suite.created_at for suite in checks.suites), default=commit.committed_at)
    return max(commit.committed_at, made)
