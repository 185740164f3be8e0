"""What a promotion is decided by: everything that was seen for one commit, and what was asked."""

from datetime import datetime

from pipeline_health.core.model.audit import Audit
from pipeline_health.core.model.commit import AtCommit, CommitSight
from pipeline_health.core.model.findings import Kind, Scope
from pipeline_health.core.model.gate_policy import GatePolicy, Waivable
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.live import Served, Tested
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import Part, Reading, Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked: this commit, under this configuration.

    *own_run* is the Actions run that we are part of: it is never CI. *rollback* allows a commit
    that production has already left behind.
    """

    commit: Sha
    config_hash: str
    own_run: int | None = None
    rollback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIncident:
    """An open issue of ours. *commits* are those at which it is known to have failed.

    Without a *number* nobody was told of it yet, for one because a window of maintenance is open:
    for a promotion that is all the same.

    *over* says that the facts just read prove it to be over: the next cycle will close it.
    *of_tests* says that all that it rests on is what our own tests said before a promotion, so that
    nothing but these tests can end it. *again* says that what failed is being tested anew.
    *scopes* are where it is broken, empty where nobody knows. *named_in* is what people call the
    issue for many projects that tells of it instead of one of its own.
    """

    number: int | None
    url: str
    title: str
    kind: Kind
    commits: tuple[Sha, ...]
    over: bool
    of_tests: bool = False
    again: bool = False
    scopes: tuple[Scope, ...] = ()
    named_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that the providers show, read after *at* by our clock.

    *staging* is the environment with the whole history of its services.
    """

    at: datetime
    view: ProjectView
    commit: Reading[AtCommit]
    staging: Part[Environment]
    audit: Audit
    incidents: Reading[tuple[OpenIncident, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tests:
    """What the live staging URL showed; a part is None where it was not made.

    *of* are the deployments that were served when the tests began: their proof is about these and
    no others. *before* and *after* are what the URL itself says that it serves.
    """

    of: frozenset[str]
    reach: Tested | None = None
    before: Served | None = None
    smoke: tuple[Tested, ...] = ()
    e2e: Tested | None = None
    after: Served | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One commit: what was asked of it, what was seen, and when the verdict is given."""

    asked: Asked
    facts: Facts
    tests: Tests
    now: datetime

    @property
    def commit(self) -> Sha:
        """The commit that is to go to production."""
        return self.asked.commit

    @property
    def view(self) -> ProjectView:
        """The look at the project."""
        return self.facts.view

    @property
    def policy(self) -> ProjectPolicy:
        """What the operator wants of the project."""
        return self.facts.view.policy

    @property
    def gate(self) -> GatePolicy:
        """What must be proved."""
        return self.facts.view.policy.gate

    @property
    def sight(self) -> CommitSight | None:
        """What GitHub shows of the commit, None where it was not seen or does not exist."""
        seen = self.facts.commit
        return (
            seen.value if isinstance(seen, Seen) and isinstance(seen.value, CommitSight) else None
        )

    def waives(self, what: Waivable) -> bool:
        """Tell whether the operator does without *what*."""
        return what in self.gate.waive
