"""Incidents for the tests of the words: one red CI, one rejected credential, and their parts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline_health.core.model.findings import Kind, Proof, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName, RepoName, Sha
from pipeline_health.core.model.incident import (
    Ailment,
    Cause,
    CauseClass,
    Incident,
    Occurrence,
    Owner,
    Phase,
)
from pipeline_health.core.model.questions import (
    DeployTrace,
    Evidence,
    LinkTrace,
    RunTrace,
    Trace,
)

T0 = datetime(2026, 11, 22, 10, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
REPO = RepoName("acme/shop")
PROJECT = ProjectName("shop")
GOOD = Sha("0a" * 20)
BAD = Sha("1b" * 20)
FIXED = Sha("2c" * 20)

CI = Symptom(
    kind=Kind.MAIN_CI_RED,
    scope=Scope("acme/shop main"),
    subject=Subject(Thing.WORKFLOW, "CI"),
)
STATUS = replace(CI, subject=Subject(Thing.STATUS, "ci/circle"))
WEB = Symptom(
    kind=Kind.STAGING_DEPLOY_FAILED,
    scope=Scope("staging-id"),
    subject=Subject(Thing.SERVICE, "web"),
)
STAGING = replace(
    WEB,
    scope=Scope("staging-id:github:4711"),
    subject=Subject(Thing.ENVIRONMENT, "shop / staging"),
)
PIPELINE = replace(WEB, subject=Subject(Thing.WORKFLOW, "Staging Pipeline"))

UNKNOWN = Cause(
    of=CauseClass.UNKNOWN,
    key="main-ci-red:CI",
    owner=Owner.AGENT,
    why="No known signature matches the evidence.",
)
REJECTED = Cause(
    of=CauseClass.CREDENTIAL,
    key="RAILWAY_TOKEN",
    owner=Owner.HUMAN,
    why="The log says so: a named secret is rejected.",
)
EVIDENCE = Evidence(
    at=T0,
    complete=True,
    jobs=("test",),
    steps=("test / Run pytest",),
    first_error="E   AssertionError: assert 3 == 4",
    tail="collected 12 items\nE   AssertionError: assert 3 == 4\n1 failed, 11 passed",
)


def run(number: int = 101) -> RunTrace:
    """Give the trace of an Actions run."""
    return RunTrace(
        repo=REPO,
        run_id=number,
        updated_at=T0,
        url=f"https://github.com/{REPO}/actions/runs/{number}",
    )


def deployment() -> DeployTrace:
    """Give the trace of a Railway deployment."""
    return DeployTrace(
        project=PROJECT,
        deployment_id="d-1",
        changed_at=T0,
        url="https://railway.com/project/p1/service/s1?id=d-1",
    )


def page(url: str = "https://circle.example/jobs/7") -> LinkTrace:
    """Give the trace of another system's page."""
    return LinkTrace(url=url)


def ailment(
    symptom: Symptom = CI,
    *,
    trace: Trace | None = None,
    commit: Sha | None = BAD,
    failed_at: datetime = T0,
    jobs: tuple[str, ...] = (),
) -> Ailment:
    """Give one failure of *symptom*."""
    return Ailment(
        symptom=symptom,
        failed_at=failed_at,
        commit=commit,
        trace=run() if trace is None else trace,
        says=f"{symptom.subject.name} failed.",
        jobs=jobs,
    )


def incident(*ailments: Ailment, cause: Cause = UNKNOWN) -> Incident:
    """Give an open incident with *ailments*, else with a workflow that failed once."""
    held = ailments or (ailment(jobs=("test",)),)
    first = min(each.failed_at for each in held)
    return Incident(
        fingerprint=Fingerprint("5f2c0d"),
        nonce=Nonce("n0nce"),
        kind=Kind.CREDENTIAL_REJECTED
        if cause.of is CauseClass.CREDENTIAL
        else held[0].symptom.kind,
        project=PROJECT,
        repo=REPO,
        scope=held[0].symptom.scope,
        phase=Phase.OPEN,
        cause=cause,
        first_seen=first + 2 * MINUTE,
        first_failed_at=first,
        ailments=held,
        title="Main CI red: CI (shop)",
        evidence=EVIDENCE,
        last_green=GOOD,
        occurrences=tuple(
            Occurrence(at=each.failed_at, commit=each.commit, url=each.trace.url) for each in held
        ),
        count=len(held),
    )


def proof(symptom: Symptom = CI, *, at: datetime = T0 + 125 * MINUTE) -> Proof:
    """Give the proof that *symptom* is over."""
    return Proof(
        symptom=symptom,
        project=PROJECT,
        at=at,
        commit=FIXED,
        trace=run(202),
        says=f"{symptom.subject.name} succeeded.",
    )
