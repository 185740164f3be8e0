"""Incidents as a cycle leaves them, for the tests of what people are told."""

from dataclasses import replace
from datetime import timedelta

from incident_builders import MINUTE, PROJECT, REJECTED, REPO, T0, incident, proof
from pipeline_health.core.concerns import Scene
from pipeline_health.core.model.ids import Fingerprint, Nonce, RepoName
from pipeline_health.core.model.incident import Cause, Filing, Incident, Owner, Phase
from pipeline_health.core.model.notice import Concern, Topic
from pipeline_health.core.model.parent import Member, Parent

NOW = T0 + 30 * MINUTE
SLA = timedelta(minutes=30)
URL = "https://github.com/acme/shop/issues/7"


def filed(
    owner: Owner = Owner.HUMAN,
    *,
    name: str = "one",
    after: int = 5,
    title: str = "CI is red (shop)",
) -> Incident:
    """Give an open incident whose issue came some minutes after its failure."""
    filing = Filing(repo=REPO, number=7, url=URL, owner=owner, opened_at=T0 + after * MINUTE)
    return replace(unfiled(name=name, title=title), phase=Phase.OPEN, filing=filing)


def unfiled(*, name: str = "one", title: str = "CI is red (shop)") -> Incident:
    """Give an incident for people that has no issue yet."""
    return replace(
        incident(cause=REJECTED), fingerprint=Fingerprint(name), title=title, phase=Phase.PENDING
    )


def over(of: Incident) -> Incident:
    """Give an incident when it is proved to be over."""
    healed = tuple(replace(each, healed=proof(each.symptom)) for each in of.ailments)
    return replace(of, phase=Phase.RESOLVED, resolved_at=NOW, ailments=healed)


def scene(*incidents: Incident, minutes: int = 0) -> Scene:
    """Give the scene after a cycle that saw all of them fail."""
    return Scene(
        now=NOW + minutes * MINUTE,
        sla=SLA,
        projects=frozenset({PROJECT}),
        incidents=incidents,
        seen=frozenset((each.fingerprint, each.nonce) for each in incidents),
        first_looks={PROJECT: T0 - timedelta(days=9)},
    )


OPS = RepoName("acme/operations")
OPS_URL = "https://github.com/acme/operations/issues/12"


def parent(*incidents: Incident, filed: bool = True, cause: Cause | None = REJECTED) -> Parent:
    """Give a portfolio incident that names *incidents*, one project each."""
    filing = Filing(repo=OPS, number=12, url=OPS_URL, owner=Owner.HUMAN, opened_at=T0 + 5 * MINUTE)
    return Parent(
        fingerprint=Fingerprint("parent"),
        nonce=Nonce("p0nce"),
        repo=OPS,
        title="Many projects at once: RAILWAY_TOKEN is rejected",
        cause=cause,
        phase=Phase.OPEN if filed else Phase.PENDING,
        first_seen=T0 + 2 * MINUTE,
        members=tuple(member(each) for each in incidents),
        filing=filing if filed else None,
    )


def member(of: Incident) -> Member:
    """Give an incident as its parent lists it."""
    return Member(
        fingerprint=of.fingerprint,
        nonce=of.nonce,
        project=of.project,
        repo=of.repo,
        title=of.title,
        since=of.first_failed_at,
        symptoms=(),
    )


def concern(number: int = 0) -> Concern:
    """Give a concern of its own for each number."""
    return Concern(
        key=f"incident {number} n",
        topic=Topic.INCIDENT,
        project=PROJECT,
        says=f"CI is red, number {number} (shop)",
        since=T0,
        why="The log says so.",
        url=URL,
    )
