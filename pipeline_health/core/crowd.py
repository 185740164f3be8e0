"""The crowd: failures that cannot have an issue of their own yet, named together in one.

There are more than may be filed at once, or a repository takes no issues. While what waits gets its
own issue well within the promise of the SLA, nothing is said of it; else one issue in the
operator's repository names every one that waits, so that the promise is kept for each.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline_health.core.correlate import nonce_of
from pipeline_health.core.issue_text.parents import parent_title
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.core.model.parent import Member, Parent
from pipeline_health.core.parent_life import (
    as_named,
    back,
    may_be_back,
    member_of,
    over_or_gone,
    standing,
)
from pipeline_health.core.parents import fingerprint_of
from pipeline_health.core.terms import Terms
from pipeline_health.frozen import dataclass

CROWD = fingerprint_of(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a plan has no place for: an issue that waits, for the *incidents* that it would tell of.

    *many* says that it tells of many projects, *shut* that their repository takes no issue at all.
    """

    incidents: tuple[Incident, ...]
    many: bool = False
    shut: bool = False


def untold(left: Iterable[Left], decided: Iterable[Parent]) -> tuple[Left, ...]:
    """Give what is *left*, but for what is named by the crowds that a person *decided* about."""
    silent = {member.fingerprint for crowd in decided for member in crowd.going_on}
    kept = (
        replace(each, incidents=tuple(it for it in each.incidents if it.fingerprint not in silent))
        for each in left
    )
    return tuple(each for each in kept if each.incidents)


def left_alone(decided: Parent, incidents: Mapping[Fingerprint, Incident], terms: Terms) -> Parent:
    """Give a crowd that a person *decided* about: it names whom it did, while that goes on."""
    named = as_named(decided)
    members = tuple(
        _member_now(each, incidents.get(each.fingerprint), {}, terms) for each in named.members
    )
    return standing(replace(named, members=members), now=terms.now)


def is_pressing(left: Sequence[Left], terms: Terms, *, hour: int, kept: int) -> bool:
    """Tell whether something of what is *left* cannot have its issue in time, oldest first.

    *hour* is how many issues may be filed in this hour after this cycle, all but *kept* of them for
    single failures. Half of the SLA is for seeing a failure at all.
    """
    waiting = [each for each in left if not each.shut]
    per_cycle = max(terms.limits.issues_per_cycle, 1)
    return len(waiting) < len(left) or any(
        place >= hour - (0 if each.many else kept)
        or terms.now + (place // per_cycle + 1) * terms.poll
        > min(incident.first_seen for incident in each.incidents) + terms.sla / 2
        for place, each in enumerate(waiting)
    )


def crowd_of(
    known: Parent | None,
    left: Sequence[Left],
    incidents: Mapping[Fingerprint, Incident],
    terms: Terms,
) -> Parent | None:
    """Give the crowd as it is now, which names all that is *left*; None while nothing ever was.

    *incidents* are those of this cycle, which tell what became of the members that it had.
    """
    waiting = {each.fingerprint: each for one in left for each in one.incidents}
    if known is None or (known.phase is Phase.RESOLVED and waiting):
        known = _begun(known, terms) if waiting else None
    if known is None or known.phase is Phase.RESOLVED:
        return known
    before = {member.fingerprint: member for member in known.members}
    stayed = [
        _member_now(each, incidents.get(each.fingerprint), waiting, terms) for each in known.members
    ]
    came = [member_of(each) for each in waiting.values() if each.fingerprint not in before]
    return standing(replace(known, members=(*stayed, *came)), now=terms.now)


def _begun(earlier: Parent | None, terms: Terms) -> Parent:
    if earlier is not None and may_be_back(earlier, terms):
        return back(earlier)
    return Parent(
        fingerprint=CROWD,
        nonce=nonce_of(terms.portfolio.seed, CROWD),
        repo=terms.portfolio.repo,
        title=parent_title(None),
        cause=None,
        phase=Phase.PENDING,
        first_seen=terms.now,
        members=(),
    )


def _member_now(
    member: Member,
    incident: Incident | None,
    waiting: Mapping[Fingerprint, Incident],
    terms: Terms,
) -> Member:
    """Give *member* as it is now; one of which nothing was seen in this cycle stays as it was."""
    ended = over_or_gone(member, incident, terms)
    if ended is not None or incident is None:
        return ended or member
    if incident.fingerprint in waiting:
        return replace(member_of(incident), named_at=member.named_at)
    if incident.filing is not None:
        return replace(member, url=incident.filing.url, left="it has an issue of its own")
    if terms.is_told_elsewhere(incident):
        return replace(member, left="it is told of with others of its kind")
    return member
