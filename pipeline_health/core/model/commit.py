"""Everything that GitHub shows of exactly one commit: what the promotion check is decided by."""

from datetime import datetime
from typing import TypeAlias

from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.questions import BranchRun, Relation
from pipeline_health.core.model.readings import (
    CheckConclusion,
    Checks,
    CheckStatus,
    DeploymentRecord,
    Part,
    Reading,
    Suite,
    Unrecognised,
)
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCheck:
    """A check run of one name, with the suite that it is in; the greater *id* is the newer one."""

    id: int
    name: str
    suite: Suite
    status: CheckStatus | Unrecognised
    conclusion: CheckConclusion | Unrecognised | None
    completed_at: datetime | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitSight:
    """One commit, each part seen or not on its own.

    *relation* is how the head of the branch stands to it: AHEAD and IDENTICAL are on the branch.
    *deployments* are GitHub's records of this commit in staging, newest first. *runs* are the
    newest runs of the deploy workflow, whatever commit they are attached to, and all of those that
    are attached to this one, newest first; they are asked for only where one is configured. *named*
    are the check runs of this commit that have the name that was asked for.
    """

    sha: Sha
    committed_at: datetime
    relation: Reading[Relation]
    checks: Reading[Checks]
    deployments: Reading[tuple[DeploymentRecord, ...]]
    runs: Part[tuple[BranchRun, ...]]
    named: Part[tuple[NamedCheck, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSuchCommit:
    """The repository has no such commit."""

    sha: Sha


AtCommit: TypeAlias = CommitSight | NoSuchCommit
