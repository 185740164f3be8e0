"""What people should know now: everything that waits for them, whoever told them of it before.

An incident is of concern while it is open and a person's, whether it could be filed or not, while
the promise of the SLA is broken by it, or while no issue can be filed for it at all. Hidden behind
another one, a duplicate, muted or in a maintenance window it is of none. Our own refused token, and
more incidents than the caps let file, are concerns of their own; and so is a portfolio incident,
instead of each of its members that has no issue.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from pipeline_health.core.inert import plain
from pipeline_health.core.issue_text.wording import duration
from pipeline_health.core.maintenance import window_over
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName, RepoName
from pipeline_health.core.model.incident import LIVE, Incident, Owner, Phase
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.notice import Concern, Topic
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.service_level import Hops, hops_of
from pipeline_health.frozen import dataclass

CROWD = "crowd"
_NEWS = timedelta(days=1)
_WHY_CROWD = "There are more than may be filed at once, or their repositories take no issues."


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a cycle left behind: *incidents* are all that it judged, as they are after it.

    *seen* are those whose failures it saw, *shut* says which repositories take no issues and why,
    *crowded* are the titles of what the caps do not let file. *refused* is our GitHub token if it
    is, and *read* says that GitHub was read with it. *others* are projects not looked at this time.
    *parents* are the portfolio incidents, and *waits* says why one of them has no issue yet.
    """

    now: datetime
    sla: timedelta
    projects: frozenset[ProjectName]
    incidents: Sequence[Incident] = ()
    seen: frozenset[tuple[Fingerprint, Nonce]] = frozenset()
    shut: Mapping[RepoName, str] = field(default_factory=dict)
    crowded: tuple[str, ...] = ()
    refused: str | None = None
    read: bool = True
    others: frozenset[ProjectName] = frozenset()
    windows: Sequence[MaintenanceWindow] = ()
    first_looks: Mapping[ProjectName, datetime] = field(default_factory=dict)
    parents: Sequence[Parent] = ()
    waits: Mapping[Fingerprint, str] = field(default_factory=dict)


def concerns_of(scene: Scene) -> tuple[Concern, ...]:
    """Give every concern of *scene*, each once: our token first, then the oldest failure first."""
    return (*_of_token(scene), *_of_crowd(scene), *_of_parents(scene), *_of_incidents(scene))


def key_of(incident: Incident) -> str:
    """Give the key of what is told of *incident*."""
    return f"incident {incident.fingerprint} {incident.nonce}"


def key_of_parent(parent: Parent) -> str:
    """Give the key of what is told of *parent*."""
    return f"parent {parent.fingerprint} {parent.nonce}"


def is_live(incident: Incident) -> bool:
    """Tell whether *incident* goes on, and is no other one's duplicate."""
    return incident.phase in LIVE and incident.duplicate_of is None


def is_seen(incident: Incident, scene: Scene) -> bool:
    """Tell whether a failure of *incident* was seen just now."""
    return (incident.fingerprint, incident.nonce) in scene.seen


def is_quiet(incident: Incident, scene: Scene) -> bool:
    """Tell whether *incident* is told by another one, or somebody wants it silent now."""
    silent = window_over(incident, scene.windows, now=scene.now) is not None
    return silent or incident.hidden_behind is not None or is_member(incident, scene)


def is_member(incident: Incident, scene: Scene) -> bool:
    """Tell whether *incident*, which has no issue, is told of with many others."""
    return incident.filing is None and any(
        member.fingerprint == incident.fingerprint
        for parent in scene.parents
        if _speaks(parent)
        for member in parent.going_on
    )


def is_filed_crowd(parent: Parent) -> bool:
    """Tell whether *parent* is an issue for what has none of its own, and lives."""
    return parent.cause is None and parent.filing is not None and parent.phase in LIVE


def _speaks(parent: Parent) -> bool:
    """Tell whether *parent* stands for its members; a crowd does so with an issue alone."""
    going = parent.phase is not Phase.RESOLVED
    return going and (parent.cause is not None or parent.filing is not None)


def owner_of(incident: Incident) -> Owner:
    """Give who has *incident*: whom its issue names, else who can mend its cause."""
    return incident.cause.owner if incident.filing is None else incident.filing.owner


def _of_token(scene: Scene) -> Iterator[Concern]:
    if scene.refused is not None:
        yield Concern(
            key=f"token {scene.refused}",
            topic=Topic.TOKEN,
            project=None,
            says=f"GitHub refuses {scene.refused}",
            why="Nothing is seen on GitHub, and no issue can be filed or closed.",
            since=scene.now,
            no_issue=f"replace {scene.refused} in secrets.env; the next cycle goes on by itself",
        )


def _of_crowd(scene: Scene) -> Iterator[Concern]:
    told = {each.title for each in scene.incidents if is_member(each, scene)}
    crowded = [title for title in scene.crowded if title not in told]
    if crowded:
        named = "; ".join(plain(title, characters=80) for title in crowded[:5])
        yield Concern(
            key=CROWD,
            topic=Topic.CROWD,
            project=None,
            says=f"More is broken than [limits] lets file: {len(crowded)} more",
            why=f"They are filed as the caps allow, oldest first: {named}",
            since=scene.now,
            no_issue="look for one cause that they share; `pipeline-health status` lists them all",
        )


def _of_parents(scene: Scene) -> Iterator[Concern]:
    for parent in sorted(scene.parents, key=lambda each: each.since):
        if not _speaks(parent) or parent.phase not in LIVE:
            continue
        late, lately = _late_members(parent, scene)
        no_issue = _no_parent_issue(parent, scene)
        if parent.filing is not None or no_issue or late:
            yield Concern(
                key=key_of_parent(parent),
                topic=Topic.PARENT,
                project=None,
                says=parent.title,
                why=_WHY_CROWD if parent.cause is None else parent.cause.why,
                since=parent.since,
                url="" if parent.filing is None else parent.filing.url,
                no_issue=no_issue,
                late=late,
                lately=lately,
                names=tuple(dict.fromkeys(member.project for member in parent.going_on)),
            )


def _no_parent_issue(parent: Parent, scene: Scene) -> str:
    """Say why a person must know of *parent* without an issue; nothing while one is to come."""
    if parent.filing is not None:
        return ""
    if parent.repo is None:
        return "no ops_repo is configured, so each of them gets its own as the caps allow"
    if parent.first_seen >= scene.now:
        return ""
    return scene.waits.get(parent.fingerprint) or _not_yet(scene)


def _late_members(parent: Parent, scene: Scene) -> tuple[str, bool]:
    """Say by how much the promise is broken for a member, and whether that is news."""
    members = {member.fingerprint for member in parent.going_on}
    hops = [
        _hops(each, scene)
        for each in scene.incidents
        if each.fingerprint in members and each.filing is None and _late(each, scene)
    ]
    if not hops:
        return "", False
    took = duration(max(each.taken(now=scene.now) for each in hops))
    last = max(each.filed_at or scene.now for each in hops)
    says = "until it was named" if parent.filing is not None else "and there is no issue yet"
    return f"{took} {says}; {duration(scene.sla)} were promised.", scene.now - last <= _NEWS


def _of_incidents(scene: Scene) -> Iterator[Concern]:
    for incident in sorted(scene.incidents, key=lambda each: each.first_failed_at):
        if _is_told(incident, scene):
            late = _late(incident, scene)
            no_issue = _no_issue(incident, scene)
            if late or (no_issue if incident.filing is None else owner_of(incident) is Owner.HUMAN):
                yield _of_incident(incident, scene, late=late, no_issue=no_issue)


def _is_told(incident: Incident, scene: Scene) -> bool:
    """Tell whether *incident* speaks for itself, and nobody wants it silent."""
    ours = incident.cause.ours and incident.cause.key == scene.refused
    confirmed = incident.filing is not None or is_seen(incident, scene)
    return is_live(incident) and confirmed and not (ours or is_quiet(incident, scene))


def _of_incident(incident: Incident, scene: Scene, *, late: str, no_issue: str) -> Concern:
    filing = incident.filing
    filed_at = scene.now if filing is None else filing.opened_at
    return Concern(
        key=key_of(incident),
        topic=Topic.INCIDENT,
        project=incident.project,
        says=incident.title,
        why=incident.escalated or incident.cause.why,
        since=incident.first_failed_at,
        url="" if filing is None else filing.url,
        no_issue=no_issue,
        owner=Owner.HUMAN if filing is None and no_issue else owner_of(incident),
        late=late,
        lately=filed_at is not None and scene.now - filed_at <= _NEWS,
        moved=bool(incident.escalated) or (filing is not None and filing.moves > 0),
        blind=incident.kind is Kind.SOURCE_BLIND,
        back=bool(incident.turns),
    )


def _late(incident: Incident, scene: Scene) -> str:
    """Say by how much the promise is broken; nothing where it holds, or another monitor told."""
    hops = _hops(incident, scene)
    if incident.beside is not None or not hops.is_late(scene.sla, now=scene.now):
        return ""
    took = duration(hops.taken(now=scene.now))
    promised = f"{duration(scene.sla)} were promised"
    if hops.filed_at is None and incident.filing is None:
        return f"{took} after the failure there is no issue yet; {promised}."
    return "" if hops.filed_at is None else f"Its issue came after {took}; {promised}."


def _hops(incident: Incident, scene: Scene) -> Hops:
    first_look = scene.first_looks.get(incident.project)
    return hops_of(incident, first_look=first_look, windows=scene.windows)


def _no_issue(incident: Incident, scene: Scene) -> str:
    """Say why a person must know of *incident* without an issue; nothing while one is to come."""
    if incident.filing is not None:
        return ""
    if (shut := scene.shut.get(incident.repo)) is not None:
        return shut
    waits = incident.beside is not None or bool(incident.remedies)
    waits = waits or incident.title in scene.crowded or incident.first_seen >= scene.now
    if waits or incident.cause.owner is Owner.AGENT:
        return ""
    return _not_yet(scene)


def _not_yet(scene: Scene) -> str:
    if scene.refused is not None:
        return f"GitHub refuses {scene.refused}, so none can be filed"
    return "it could not be filed yet, which each cycle tries again"
