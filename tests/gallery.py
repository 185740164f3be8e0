"""A portfolio to be looked at: thirty days of it, at one fixed moment."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from incident_builders import GOOD, REJECTED, UNKNOWN, ailment, run
from incident_builders import incident as an_incident
from pipeline_health.core.model.board import Wishes
from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName, RepoName
from pipeline_health.core.model.incident import Cause, CauseClass, Filing, Incident, Owner, Phase
from pipeline_health.core.model.parent import Member, Parent
from pipeline_health.core.model.policy import EvidenceMode, Policy, ProjectPolicy
from pipeline_health.core.model.questions import Evidence

NOW = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
NAMES = (
    *("atlas", "beacon", "cargo", "dune", "ember", "film", "grove", "harbor", "iris", "juniper"),
    *("kiln", "lumen", "reli", "shop"),
)
CODE = Cause(of=CauseClass.CODE, key="CI", owner=Owner.AGENT, why="The log says so: a test failed.")
RAILWAY = "5f3c9a10-7b1e-4c52-9c7f-2f6a1f0b7d11"


def ago(*, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
    """Give the moment that was so long before `NOW`."""
    return NOW - timedelta(days=days, hours=hours, minutes=minutes)


def wishes() -> Wishes:
    """Give what the operator of the gallery wants: to look seldom, so that a month is few looks."""
    projects = tuple(
        ProjectPolicy(
            name=ProjectName(name),
            repo=RepoName(f"acme/{name}"),
            railway_project=RAILWAY,
            evidence=EvidenceMode.FULL,
        )
        for name in NAMES
    )
    return Wishes(policy=Policy(projects=projects, poll_interval=timedelta(hours=6)))


# -- incidents ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class What:
    """What can be broken in the gallery, and why."""

    kind: Kind
    subject: Subject
    says: str
    cause: Cause


CI = Subject(Thing.WORKFLOW, "CI")
WEB = Subject(Thing.SERVICE, "web")
RED = What(kind=Kind.MAIN_CI_RED, subject=CI, says="Main CI red: CI", cause=CODE)
TOKEN = What(
    kind=Kind.STAGING_DEPLOY_FAILED,
    subject=WEB,
    says="RAILWAY_TOKEN rejected: staging cannot deploy",
    cause=REJECTED,
)
LAGGING = What(
    kind=Kind.PRODUCTION_LAGGING,
    subject=Subject(Thing.PROJECT, "reli"),
    says="Prod deploy lagging main",
    cause=UNKNOWN,
)


def broken(
    project: str,
    what: What,
    *,
    failed: datetime,
    filed: int | None = None,
    over: datetime | None = None,
    took: float = 4,
) -> Incident:
    """Give an incident of a project of the gallery, filed *took* minutes after its failure."""
    repo = RepoName(f"acme/{project}")
    symptom = Symptom(kind=what.kind, scope=Scope(f"{repo} {what.kind}"), subject=what.subject)
    trace = replace(run(), repo=repo)
    made = an_incident(ailment(symptom, failed_at=failed, trace=trace), cause=what.cause)
    opened = failed + timedelta(minutes=took)
    url = f"https://github.com/{repo}/issues/{filed}"
    filing = Filing(repo=repo, number=filed or 0, url=url, opened_at=opened, owner=what.cause.owner)
    return replace(
        made,
        kind=Kind.CREDENTIAL_REJECTED if what is TOKEN else what.kind,
        fingerprint=Fingerprint(f"{project}{filed or 0:04d}c0ffee"),
        nonce=Nonce(f"n-{project}-{filed}"),
        project=ProjectName(project),
        repo=repo,
        title=f"{what.says} ({project})",
        phase=Phase.RESOLVED if over else Phase.PENDING if filed is None else Phase.OPEN,
        first_seen=failed + timedelta(minutes=took * 0.9),
        resolved_at=over,
        evidence=None,
        filing=None if filed is None else filing,
    )


TAIL = """\
tests/test_cart.py::test_empty PASSED
tests/test_cart.py::test_total FAILED
    def test_total():
>       assert cart([3, 4]).total == 7
E       AssertionError: assert 34 == 7
1 failed, 211 passed in 9.81s"""


def open_incidents() -> tuple[Incident, ...]:
    """Give what is broken now."""
    red = broken("shop", RED, failed=ago(hours=3), filed=214)
    evidence = Evidence(
        at=ago(hours=3),
        complete=True,
        jobs=("test",),
        steps=("test / Run pytest",),
        first_error="E       AssertionError: assert 34 == 7",
        tail=TAIL,
    )
    return (
        broken("film", TOKEN, failed=ago(hours=26), filed=31),
        replace(red, evidence=evidence, attempts=1, count=3, last_green=GOOD),
        replace(broken("reli", LAGGING, failed=ago(minutes=50)), hidden_behind=red.fingerprint),
    )


PAST = (
    ("shop", 27.5, 5, 4.0, RED),
    ("reli", 26.1, 30, 6.5, TOKEN),
    ("shop", 22.3, 2, 3.5, RED),
    ("cargo", 21.0, 11, 12.0, RED),
    ("film", 17.4, 3, 5.0, RED),
    ("ember", 16.9, 50, 47.0, TOKEN),
    ("reli", 12.2, 4, 2.5, RED),
    ("shop", 9.6, 7, 8.0, RED),
    ("cargo", 6.4, 2, 4.5, RED),
    ("kiln", 4.1, 20, 21.0, RED),
    ("film", 3.0, 1.5, 3.0, RED),
)
"""What was broken so many days ago, for so many hours, and filed after so many minutes."""


def past_incidents() -> Iterator[Incident]:
    """Give what was broken within the last month and is over."""
    for number, (project, days, hours, took, what) in enumerate(PAST, 101):
        failed = ago(days=days)
        over = failed + timedelta(hours=hours)
        yield broken(project, what, failed=failed, filed=number, over=over, took=took)


def a_parent() -> Parent:
    """Give one story of three projects."""
    members = tuple(
        Member(
            fingerprint=Fingerprint(f"{name}-npm"),
            nonce=Nonce(f"n-{name}"),
            project=ProjectName(name),
            repo=RepoName(f"acme/{name}"),
            title=f"Main CI red: CI ({name})",
            since=ago(hours=2, minutes=10 - at),
            symptoms=(),
            over_at=ago(minutes=20) if at else None,
        )
        for at, name in enumerate(("grove", "iris", "kiln"))
    )
    ops = RepoName("acme/operations")
    return Parent(
        fingerprint=Fingerprint("npm00c0ffee"),
        nonce=Nonce("n-npm"),
        repo=ops,
        title="npm cannot fetch packages: 3 projects",
        cause=Cause(
            of=CauseClass.PLATFORM,
            key="npm",
            owner=Owner.HUMAN,
            why="The log says so: npm cannot fetch packages.",
        ),
        phase=Phase.RECOVERING,
        first_seen=ago(hours=2),
        members=members,
        filing=Filing(repo=ops, number=9, url=f"https://github.com/{ops}/issues/9"),
    )
