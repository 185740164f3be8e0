"""The life of a portfolio incident: what its members and its issue make of it.

`pending` (nobody was told of it yet) → `open` → `recovering` (nothing of it goes on, and that did
not last yet) → `resolved`; `muted` once a person closes its issue as not planned, or deletes it,
until it is over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.core.incidents import GONE_AFTER, is_muting, proof_of
from pipeline_health.core.issue_text.doing import rerun_commands
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.incident import LIVE, Incident, Phase
from pipeline_health.core.model.issue import Gone, TrackedIssue
from pipeline_health.core.model.parent import LEAST_PROJECTS, Member, Parent, ParentCase
from pipeline_health.core.model.readings import Seen
from pipeline_health.core.terms import Terms

MANY = LEAST_PROJECTS
"""So many projects with one signature are one story."""
JOINS = timedelta(hours=1)
"""What fails for the same reason so soon after the newest of them is a part of it, too."""
SETTLING = timedelta(minutes=8)
"""How long nothing of it must go on before it is over: an outage comes and goes.

That is the third look of a cycle each five minutes, whose timer may be a little early."""


def takes_more(parent: Parent) -> bool:
    """Tell whether what fails next is a part of *parent*: nobody decided about it, and it lives."""
    return parent.phase in LIVE and not is_decided(parent)


def is_decided(parent: Parent) -> bool:
    """Tell whether a person muted the issue of *parent*, or has deleted it as it seems."""
    gone = parent.gone_since is not None and parent.phase is not Phase.RESOLVED
    return gone or parent.phase is Phase.MUTED


def as_named(parent: Parent) -> Parent:
    """Give *parent*, without those that its issue never named once a person decided about it."""
    if not is_decided(parent):
        return parent
    return replace(parent, members=tuple(it for it in parent.members if it.named_at is not None))


def standing(parent: Parent, *, now: datetime) -> Parent:
    """Give *parent* in the phase that its members put it in."""
    muted = parent.phase is Phase.MUTED
    if parent.going_on:
        phase = Phase.MUTED if muted else Phase.PENDING if parent.filing is None else Phase.OPEN
        return replace(parent, phase=phase, over_since=None)
    since = parent.over_since or now
    if now - since < SETTLING and parent.filing is not None:
        return replace(parent, phase=Phase.MUTED if muted else Phase.RECOVERING, over_since=since)
    return replace(parent, phase=Phase.RESOLVED, over_since=since, resolved_at=now)


def merged(parents: Iterable[Parent], *, now: datetime) -> tuple[Parent, ...]:
    """Give *parents*, those of one reason that live being one: the one whose issue is the oldest.

    A person may open the issue again that another one has taken the place of.
    """
    kept: dict[Fingerprint, Parent] = {}
    gone: list[Parent] = []
    for parent in sorted(parents, key=_age):
        older = kept.get(parent.fingerprint)
        if not takes_more(parent):
            gone.append(parent)
        elif older is None:
            kept[parent.fingerprint] = parent
        else:
            here = {member.fingerprint for member in older.members}
            came = (each for each in parent.members if each.fingerprint not in here)
            kept[parent.fingerprint] = replace(older, members=(*older.members, *came))
            gone.append(ended(parent, now=now))
    return (*kept.values(), *gone)


def _age(parent: Parent) -> tuple[bool, int, datetime]:
    filing = parent.filing
    return filing is None, 0 if filing is None else filing.number, parent.first_seen


def ended(parent: Parent, *, now: datetime) -> Parent:
    """Give *parent* once nothing is to be done for it any more, its issue being left to others."""
    filing = parent.filing
    if filing is not None and filing.closed_at is None:
        filing = replace(filing, closed_at=now)
    return replace(parent, phase=Phase.RESOLVED, resolved_at=now, filing=filing)


def may_be_back(parent: Parent, terms: Terms) -> bool:
    """Tell whether *parent* is over so lately that its issue, which is there, is opened again."""
    over = parent.resolved_at
    lately = over is not None and terms.now - over <= terms.limits.reopen_within
    there = parent.filing is not None and parent.gone_since is None
    return parent.phase is Phase.RESOLVED and there and lately


def back(parent: Parent) -> Parent:
    """Give *parent*, alive again, without a member yet."""
    return replace(parent, phase=Phase.OPEN, members=(), over_since=None, resolved_at=None)


def member_of(incident: Incident) -> Member:
    """Give *incident* as a parent lists it while it goes on."""
    return Member(
        fingerprint=incident.fingerprint,
        nonce=incident.nonce,
        project=incident.project,
        repo=incident.repo,
        title=incident.title,
        since=incident.first_failed_at,
        symptoms=tuple(ailment.symptom for ailment in incident.broken),
        where=incident.newest.trace.url,
        rerun="\n".join(rerun_commands(incident)),
        url=incident.filing.url if incident.filing is not None and has_own(incident) else "",
    )


def has_own(incident: Incident) -> bool:
    """Tell whether *incident* is filed, and its issue was not closed by a proof before it came."""
    return incident.filing is not None and incident.filing.closed_at is None


def by_identity(incidents: Iterable[Incident]) -> Mapping[Fingerprint, Incident]:
    """Give the incident of each fingerprint: the one that lives, else the newest."""
    ordered = sorted(incidents, key=lambda it: (it.phase is not Phase.RESOLVED, it.first_seen))
    return {incident.fingerprint: incident for incident in ordered}


def over_or_gone(member: Member, incident: Incident | None, terms: Terms) -> Member | None:
    """Give *member* as it is where its incident does not go on, or None where it does.

    One that was not looked at this time stays as it was.
    """
    if incident is None:
        unwatched = member.goes_on and member.project not in terms.portfolio.watched
        return replace(member, left="its project is not watched any more") if unwatched else member
    if incident.duplicate_of is not None:
        return replace(member, left="it is told of in another issue")
    if incident.phase is Phase.RESOLVED:
        return _proved(member, incident, terms)
    return None


def _proved(member: Member, incident: Incident, terms: Terms) -> Member:
    proof = proof_of(incident)
    return replace(
        member,
        over_at=incident.resolved_at or terms.now,
        proof="" if proof is None else proof.trace.url,
        left="",
    )


def as_tracked(case: ParentCase, terms: Terms) -> Parent:
    """Give the parent of *case* with what people did to its issue."""
    parent = case.parent
    if not isinstance(case.issue, Seen):
        return parent
    issue = case.issue.value
    if isinstance(issue, Gone):
        return _gone(parent, now=terms.now)
    seen = replace(parent, gone_since=None)
    if parent.phase is Phase.RESOLVED:
        return _seen_closed(seen, issue)
    if issue.open:
        return _opened_by_somebody(seen)
    logins = frozenset(terms.routing.agent_logins)
    muting = is_muting(issue, logins) and not _closed_by_us(parent)
    return replace(seen, phase=Phase.MUTED) if muting else seen


def _closed_by_us(parent: Parent) -> bool:
    """Tell whether the issue of *parent* was closed when it was over, and not opened since."""
    return parent.filing is not None and parent.filing.closed_at is not None


def _gone(parent: Parent, *, now: datetime) -> Parent:
    """Believe that an issue was deleted when two looks an hour apart say so.

    One that we closed named nothing of what is back now: who deletes it decides nothing about that,
    which waits for no second look and gets a new one.
    """
    if parent.phase is not Phase.RESOLVED and _closed_by_us(parent):
        return replace(parent, phase=Phase.PENDING, filing=None, tried=0, gone_since=None)
    if parent.gone_since is None:
        return replace(parent, gone_since=now)
    if now - parent.gone_since < GONE_AFTER:
        return parent
    if parent.phase is Phase.RESOLVED:
        return replace(parent, filing=None)
    return replace(parent, phase=Phase.MUTED)


def _seen_closed(parent: Parent, issue: TrackedIssue) -> Parent:
    """Note that the issue of what is over is closed: it need not be looked at any more."""
    filing = parent.filing
    if issue.open or filing is None or filing.closed_at is not None:
        return parent
    return replace(parent, filing=replace(filing, closed_at=issue.closed_at))


def _opened_by_somebody(parent: Parent) -> Parent:
    """Give *parent*, whose issue is open, no longer muted and no longer closed by us."""
    filing = None if parent.filing is None else replace(parent.filing, closed_at=None)
    phase = Phase.OPEN if parent.phase is Phase.MUTED else parent.phase
    return replace(parent, phase=phase, filing=filing)
