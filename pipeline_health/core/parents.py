"""Portfolio incidents: which incidents are one story, and who that story names.

Three or more projects that fail within fifteen minutes for one reason of the sort that no single
project can mend are one issue in the operator's own repository. Their incidents stay what they are,
each with its own proofs: those that are filed stay and link to it, those that are not wait for it,
and one whose cause turns out to be another gets its own. Everything here follows from the incidents
of this cycle and the parents of before, so that a missed cycle changes nothing but the time.
"""

import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeAlias

from pipeline_health.core.belonging import root_of
from pipeline_health.core.correlate import nonce_of
from pipeline_health.core.issue_text.parents import UNREAD, parent_title
from pipeline_health.core.maintenance import window_over
from pipeline_health.core.model.case import Case
from pipeline_health.core.model.findings import Kind, Thing
from pipeline_health.core.model.ids import Fingerprint, ProjectName
from pipeline_health.core.model.incident import (
    LIVE,
    Cause,
    CauseClass,
    Incident,
    Naming,
    Owner,
    Phase,
)
from pipeline_health.core.model.issue import IssueRef
from pipeline_health.core.model.parent import Member, Parent
from pipeline_health.core.model.sight import Source
from pipeline_health.core.parent_life import (
    JOINS,
    MANY,
    as_named,
    back,
    by_identity,
    is_decided,
    may_be_back,
    member_of,
    over_or_gone,
    standing,
    takes_more,
)
from pipeline_health.core.terms import Terms

AT_ONCE = timedelta(minutes=15)

Signature: TypeAlias = tuple[CauseClass, str]
Group: TypeAlias = tuple[Incident, ...]


def gathered(
    cases: Sequence[Case], parents: Sequence[Parent], terms: Terms
) -> tuple[tuple[Case, ...], tuple[Parent, ...]]:
    """Give *cases*, each saying of which parent it is a part now, and the parents as they are now.

    Those that nobody was told of and of which nothing goes on are forgotten.
    """
    parents = tuple(map(as_named, parents))
    decided = {
        member.fingerprint for parent in parents if is_decided(parent) for member in parent.going_on
    }
    going = [
        case.incident
        for case in cases
        if case.incident.fingerprint not in decided and _may_join(case, terms)
    ]
    known = by_identity(case.incident for case in cases)
    lived = [_lived(parent, known, going, terms) for parent in parents]
    taken = {each.fingerprint for parent in lived for each in _goes_on_in(parent)}
    alone = [incident for incident in going if incident.fingerprint not in taken]
    now = _with_new(lived, dict(_groups(alone)), terms)
    kept = tuple(parent for parent in now if parent.filing is not None or parent.going_on)
    of = _parts(kept)
    return tuple(_joined(case, of) for case in cases), kept


def signature_of(incident: Incident) -> Signature | None:
    """Give what all failures of one reason share, None where that is a matter of one project.

    A source that many projects cannot be read from is its provider's trouble, whatever it says.
    """
    if incident.kind is Kind.SOURCE_BLIND:
        return CauseClass.PLATFORM, f"{_provider_of(incident)}: {UNREAD}"
    return root_of(incident.cause)


def signature_in(parent: Parent) -> Signature | None:
    """Give the signature that the members of *parent* share, None for a crowd."""
    return None if parent.cause is None else root_of(parent.cause)


def fingerprint_of(signature: Signature | None) -> Fingerprint:
    """Give the identity of the parent of *signature*, None being the crowd."""
    of, key = signature or ("crowd", "")
    return Fingerprint(hashlib.sha256(f"portfolio\n{of}\n{key}".encode()).hexdigest()[:16])


def _provider_of(incident: Incident) -> str:
    """Name the provider of the source that *incident* is blind to."""
    subjects = (ailment.symptom.subject for ailment in incident.ailments)
    names = {subject.name for subject in subjects if subject.thing is Thing.SOURCE}
    if names & {Source.RAILWAY.value, Source.PRODUCTION.value}:
        return "Railway"
    return "Network" if names <= {Source.URLS.value} else "GitHub"


def _may_join(case: Case, terms: Terms) -> bool:
    """Tell whether *case* is broken now, confirmed, and nobody wants it silent."""
    incident = case.incident
    if incident.phase not in LIVE or incident.duplicate_of is not None or not incident.broken:
        return False
    if signature_of(incident) is None or not (case.findings or incident.filing is not None):
        return False
    return window_over(incident, terms.windows, now=terms.now) is None


def _lived(
    parent: Parent,
    known: Mapping[Fingerprint, Incident],
    going: Sequence[Incident],
    terms: Terms,
) -> Parent:
    """Let the life of *parent* go on: what of it is over, what left, and what came."""
    if parent.phase is Phase.RESOLVED or parent.cause is None:
        return parent
    signature = signature_in(parent)
    stayed = tuple(
        each
        if is_decided(parent) and not each.goes_on  # what fails anew is no part of that
        else _member_now(each, known.get(each.fingerprint), signature, terms)
        for each in parent.members
    )
    grown = replace(parent, members=stayed)
    came = tuple(_coming(grown, going)) if takes_more(parent) else ()
    return standing(replace(grown, members=(*stayed, *came)), now=terms.now)


def _coming(parent: Parent, going: Sequence[Incident]) -> Iterator[Member]:
    """Give what fails for the reason of *parent* soon after the others.

    What fails long after them, nobody who read of them knows of: it is a story of its own.
    """
    signature, here = signature_in(parent), {member.fingerprint for member in parent.members}
    newest = max((member.since for member in parent.going_on), default=parent.since)
    for incident in going:
        soon = incident.first_failed_at - newest <= JOINS
        if soon and signature_of(incident) == signature and incident.fingerprint not in here:
            yield member_of(incident)


def _member_now(
    member: Member, incident: Incident | None, signature: Signature | None, terms: Terms
) -> Member:
    ended = over_or_gone(member, incident, terms)
    if ended is not None or incident is None:
        return ended or member
    if signature_of(incident) != signature:
        return replace(member, left=f"its cause is another one now: {incident.cause.of}")
    return replace(member_of(incident), named_at=member.named_at)


def _groups(going: Sequence[Incident]) -> Iterator[tuple[Fingerprint, Group]]:
    """Give the incidents of each signature that came at once in many projects, oldest first."""
    by_signature: dict[Fingerprint, list[Incident]] = defaultdict(list)
    for incident in going:
        by_signature[fingerprint_of(signature_of(incident))].append(incident)
    for fingerprint, incidents in by_signature.items():
        ordered = sorted(incidents, key=lambda each: (each.first_failed_at, each.project))
        if came_at_once([(each.first_failed_at, each.project) for each in ordered]):
            yield fingerprint, tuple(ordered)


def came_at_once(failures: Iterable[tuple[datetime, ProjectName]]) -> bool:
    """Tell whether *failures*, oldest first, are of many projects within a quarter of an hour."""
    window = deque[tuple[datetime, ProjectName]]()
    projects = Counter[ProjectName]()
    for at, project in failures:
        window.append((at, project))
        projects[project] += 1
        while at - window[0][0] > AT_ONCE:
            _, gone = window.popleft()
            projects[gone] -= 1
        if sum(count > 0 for count in projects.values()) >= MANY:
            return True
    return False


def _with_new(
    parents: Sequence[Parent], groups: Mapping[Fingerprint, Group], terms: Terms
) -> Iterator[Parent]:
    """Give *parents*, and one for each group, unless one of its signature lives, or did lately.

    What a person muted stays as it is: who decided about those, knew nothing of these.
    """
    fresh = dict(groups)
    for parent in sorted(parents, key=takes_more, reverse=True):
        lives = takes_more(parent)
        if parent.fingerprint in fresh and (lives or may_be_back(parent, terms)):
            members = tuple(map(member_of, fresh.pop(parent.fingerprint)))
            before = parent if lives else back(parent)
            yield standing(replace(before, members=(*before.members, *members)), now=terms.now)
        elif parent.filing is None:
            yield replace(parent, repo=terms.portfolio.repo)
        else:
            yield parent
    for fingerprint, incidents in fresh.items():
        yield _opened(fingerprint, incidents, terms)


def _opened(fingerprint: Fingerprint, incidents: Group, terms: Terms) -> Parent:
    cause = _cause_of(incidents[0])
    return Parent(
        fingerprint=fingerprint,
        nonce=nonce_of(terms.portfolio.seed, fingerprint),
        repo=terms.portfolio.repo,
        title=parent_title(cause),
        cause=cause,
        phase=Phase.PENDING,
        first_seen=terms.now,
        members=tuple(map(member_of, incidents)),
    )


def _cause_of(incident: Incident) -> Cause:
    """Give the cause that a parent shares with *incident*: a person's, whatever it was there."""
    if incident.kind is not Kind.SOURCE_BLIND:
        return replace(incident.cause, owner=Owner.HUMAN)
    key = f"{_provider_of(incident)}: {UNREAD}"
    return replace(incident.cause, of=CauseClass.PLATFORM, key=key, owner=Owner.HUMAN)


def _parts(parents: Iterable[Parent]) -> Mapping[Fingerprint, Fingerprint]:
    """Give the parent of each incident that goes on in one."""
    return {
        member.fingerprint: parent.fingerprint
        for parent in parents
        for member in _goes_on_in(parent)
    }


def _goes_on_in(parent: Parent) -> tuple[Member, ...]:
    """Give what goes on in *parent*, where it has a root cause and lives."""
    over = parent.cause is None or parent.phase is Phase.RESOLVED
    return () if over else parent.going_on


def _joined(case: Case, of: Mapping[Fingerprint, Fingerprint]) -> Case:
    """Give *case*, saying of which parent it is a part; what is over is of none."""
    incident = case.incident
    live = incident.phase is not Phase.RESOLVED
    part_of = of.get(incident.fingerprint) if live else None
    return replace(case, incident=replace(incident, part_of=part_of))


def with_names(cases: Sequence[Case], parents: Iterable[Parent]) -> tuple[Case, ...]:
    """Give *cases*, each noting the issue of a parent that first told of it, if one did."""
    namings = {
        member.fingerprint: Naming(
            by=parent.fingerprint,
            repo=parent.filing.repo,
            number=parent.filing.number,
            url=parent.filing.url,
            at=member.named_at,
        )
        for parent in parents
        if parent.filing is not None
        for member in parent.going_on
        if member.named_at is not None
    }
    return tuple(_noted(case, namings.get(case.incident.fingerprint)) for case in cases)


def named_in(incident: Incident) -> IssueRef | None:
    """Give the issue of a parent that first told of *incident*, if one did."""
    named = incident.named
    return None if named is None else IssueRef(named.repo, named.number)


def _noted(case: Case, naming: Naming | None) -> Case:
    incident = case.incident
    if naming is None or incident.named is not None or incident.phase is Phase.RESOLVED:
        return case
    return replace(case, incident=replace(incident, named=naming))
