"""Incidents, reports and holders for the tests of the ledger, and strategies that make any."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from pipeline_health.core.model.findings import Kind, Proof, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName, RepoName, Sha
from pipeline_health.core.model.incident import (
    Ailment,
    Cause,
    CauseClass,
    Filing,
    Incident,
    Occurrence,
    Owner,
    Phase,
)
from pipeline_health.core.model.journal import Intent
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.questions import DeployTrace, Evidence, LinkTrace, RunTrace
from pipeline_health.core.model.report import BlindLine, CycleReport, ProjectLine, Usage
from pipeline_health.ledger import Holder

T0 = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LASTING = 5 * MINUTE
SHOP = Fingerprint("shop-ci")
REPO = RepoName("acme/shop")

_HEAD = Sha("a" * 40)
_SYMPTOM = Symptom(
    kind=Kind.MAIN_CI_RED,
    scope=Scope("acme/shop@main"),
    subject=Subject(Thing.WORKFLOW, "CI"),
)
_TRACE = RunTrace(repo=REPO, run_id=7, updated_at=T0, url="https://example.test/run/7")
_PROOF = Proof(
    symptom=_SYMPTOM,
    project=ProjectName("shop"),
    at=T0 + MINUTE,
    commit=_HEAD,
    trace=DeployTrace(
        project=ProjectName("shop"), deployment_id="d1", changed_at=T0, url="https://example.test/d"
    ),
    says="CI passed",
)


def an_incident(
    fingerprint: str = SHOP,
    nonce: str = "n1",
    *,
    first_seen: datetime = T0,
    resolved_at: datetime | None = None,
) -> Incident:
    """Give an incident with something in each of its parts."""
    return Incident(
        fingerprint=Fingerprint(fingerprint),
        nonce=Nonce(nonce),
        kind=Kind.MAIN_CI_RED,
        project=ProjectName("shop"),
        repo=REPO,
        scope=_SYMPTOM.scope,
        phase=Phase.OPEN if resolved_at is None else Phase.RESOLVED,
        cause=Cause(of=CauseClass.UNKNOWN, key="CI", owner=Owner.AGENT, why="no signature fits"),
        first_seen=first_seen,
        first_failed_at=first_seen,
        ailments=(_an_ailment(), replace(_an_ailment(), trace=LinkTrace(url="https://x.test"))),
        title="Main CI red: CI (shop)",
        evidence=Evidence(at=T0, complete=True, jobs=("test",), tail="boom\n\x00ünïcode"),
        last_green=Sha("b" * 40),
        occurrences=(Occurrence(at=T0, commit=None, url="https://example.test/o"),),
        count=1,
        resolved_at=resolved_at,
        filing=Filing(repo=REPO, number=12, url="https://example.test/12", owner=Owner.HUMAN),
    )


def _an_ailment() -> Ailment:
    return Ailment(
        symptom=_SYMPTOM,
        failed_at=T0,
        commit=_HEAD,
        trace=_TRACE,
        says="CI failed",
        jobs=("test",),
        healed=_PROOF,
    )


def a_parent(fingerprint: str = "many", *, at: datetime = T0) -> Parent:
    """Give a portfolio incident that was over at once."""
    return Parent(
        fingerprint=Fingerprint(fingerprint),
        nonce=Nonce("p1"),
        repo=REPO,
        title="Many projects at once",
        cause=None,
        phase=Phase.RESOLVED,
        first_seen=at,
        members=(),
        resolved_at=at,
    )


def a_report(
    cycle: str = "c1", *, at: datetime = T0, sentence: str = "All is well."
) -> CycleReport:
    """Give the report of a cycle that took one minute."""
    blind = (BlindLine(source="railway", why="refused"),)
    return CycleReport(
        cycle=cycle,
        started_at=at,
        finished_at=at + MINUTE,
        sentence=sentence,
        projects=(ProjectLine(name=ProjectName("shop"), repo=REPO, blind=blind),),
        github=Usage(requests=3, points=2, remaining=4998),
    )


def an_intent(key: str = "n1", *, at: datetime = T0, highest: int = 41) -> Intent:
    """Give an intent to file an issue."""
    return Intent(key=key, of="issue", fingerprint=SHOP, repo=REPO, at=at, highest=highest)


def a_holder(nonce: str = "me") -> Holder:
    """Describe this process under *nonce*."""
    return Holder.current(nonce)


_TIMES = st.datetimes(timezones=st.just(UTC))
st.register_type_strategy(datetime, _TIMES)

ANY_INCIDENT = st.from_type(Incident)
ANY_REPORT = st.from_type(CycleReport)
