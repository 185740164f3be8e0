"""One due project a cycle is audited; every cycle judges what the newest audit of each found.

What is remembered has names only. It is of the configuration by which it was made: when that
changes, the project is audited anew.
"""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from pydantic_core import ValidationError, to_json

from pipeline_health.core.audited import continued, is_due
from pipeline_health.core.model.audit import Audit, Committed, Compared
from pipeline_health.core.model.deployed import Deployed
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.readings import Blind, NotAsked, Seen
from pipeline_health.core.model.snapshot import ProjectView, Snapshot
from pipeline_health.core.observe import is_archived
from pipeline_health.frozen import dataclass
from pipeline_health.ports import AuditSource, Memory
from pipeline_health.shapes import Shape

_TOPIC = "audit"
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An audit as it is written down: each part is in the field of what became of it."""

    about: str
    at: datetime
    first: Mapping[str, datetime] = field(default_factory=dict)
    compared: Seen[Compared] | None = None
    committed: Seen[Committed] | None = None
    variables_blind: Blind | None = None
    files_blind: Blind | None = None
    variables_unasked: str = ""
    files_unasked: str = ""


FRESH = timedelta(minutes=1)


class Audits:
    """Lets *source* audit what is due, and remembers each audit in *memory*.

    With *every_time* all of it is due whenever this one has not audited it just now: a promotion
    rests on no audit of yesterday.
    """

    def __init__(self, source: AuditSource, memory: Memory, *, every_time: bool = False) -> None:
        self._source = source
        self._memory = memory
        self._every_time = every_time
        self._made: dict[str, datetime] = {}

    def with_audits(self, snapshot: Snapshot, *, now: datetime) -> Snapshot:
        """Give *snapshot* with the newest audit of every project, one of them made now at most."""
        kept = {view.policy.name: self._recalled(view.policy) for view in snapshot.projects}
        before = {
            name: audit if audit is not None and is_current else None
            for name, (audit, is_current) in kept.items()
        }
        due = [
            view
            for view in snapshot.projects
            if (self._every_time or not is_archived(view))
            and self._is_due(view.policy, before[view.policy.name], now)
        ]
        due.sort(key=lambda view: _tried_at(kept[view.policy.name][0]))
        for view in due if self._every_time else due[:1]:
            name = view.policy.name
            before[name] = self._audited(view, kept[name][0], now=now)
        return replace(
            snapshot,
            projects=tuple(
                _with_audit(view, before[view.policy.name]) for view in snapshot.projects
            ),
        )

    def _is_due(self, policy: ProjectPolicy, before: Audit | None, now: datetime) -> bool:
        if not self._every_time:
            return is_due(before, interval=policy.audit.interval, now=now)
        made = self._made.get(policy.name)
        return made is None or now - made > FRESH

    def _audited(self, view: ProjectView, before: Audit | None, *, now: datetime) -> Audit:
        seen = view.github.repository
        today = seen.value.name if isinstance(seen, Seen) else view.policy.repo
        made = self._source.audit(
            replace(view.policy, repo=today),
            Deployed(staging=view.staging, production=view.production),
            view.github.head,
            now=now,
        )
        self._made[view.policy.name] = now
        audit = continued(made, before)
        text = to_json(_kept(audit, view.policy)).decode()
        self._memory.remember(_TOPIC, view.policy.name, text, now=now)
        return audit

    def _recalled(self, policy: ProjectPolicy) -> tuple[Audit | None, bool]:
        """Give what is remembered, and whether it is of what is configured now."""
        text = self._memory.recall(_TOPIC, policy.name)
        try:
            kept = None if text is None else _shape().of_json(text)
        except ValidationError:  # another version wrote it
            kept = None
        if kept is None:
            return None, False
        return _audit(kept), kept.about == _about(policy)


def _tried_at(audit: Audit | None) -> datetime:
    return _NEVER if audit is None else audit.at


def _with_audit(view: ProjectView, audit: Audit | None) -> ProjectView:
    if audit is None:
        return view
    return replace(view, audit=Seen(at=audit.at, value=audit))


def _about(policy: ProjectPolicy) -> str:
    """Write down what an audit depends on beside the world."""
    environments = (policy.staging_environment, policy.production_environment)
    return repr((policy.repo, policy.branch, policy.railway_project, environments, policy.audit))


@cache
def _shape() -> Shape[Kept]:
    return Shape(Kept)


def _kept(audit: Audit, policy: ProjectPolicy) -> Kept:
    variables, files = audit.variables, audit.files
    return Kept(
        about=_about(policy),
        at=audit.at,
        first=audit.first,
        compared=variables if isinstance(variables, Seen) else None,
        committed=files if isinstance(files, Seen) else None,
        variables_blind=variables if isinstance(variables, Blind) else None,
        files_blind=files if isinstance(files, Blind) else None,
        variables_unasked=variables.why if isinstance(variables, NotAsked) else "",
        files_unasked=files.why if isinstance(files, NotAsked) else "",
    )


def _audit(kept: Kept) -> Audit:
    return Audit(
        at=kept.at,
        variables=kept.compared or kept.variables_blind or NotAsked(kept.variables_unasked),
        files=kept.committed or kept.files_blind or NotAsked(kept.files_unasked),
        first=kept.first,
    )
