"""A portfolio to be looked at: thirty days of it, at one fixed moment, for the page and its pictures.

`A_DAY` is what a reader should find beautiful; `hostile_facts` is what should do no harm.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from incident_builders import BAD, GOOD, REJECTED, UNKNOWN, ailment, run
from incident_builders import incident as an_incident
from ledger_samples import LASTING, a_holder
from pipeline_health.core.model.board import Wishes
from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName, RepoName
from pipeline_health.core.model.incident import Cause, CauseClass, Filing, Incident, Owner, Phase
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.parent import Member, Parent
from pipeline_health.core.model.policy import EvidenceMode, Policy, ProjectPolicy
from pipeline_health.core.model.questions import Evidence
from pipeline_health.core.model.report import (
    BlindLine,
    CycleReport,
    FindingLine,
    Glow,
    Light,
    OrphanLine,
    ProjectLine,
    Station,
    UnwatchedLine,
    Usage,
)
from pipeline_health.ledger import SqlLedger

NOW = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
NAMES = (
    *("atlas", "beacon", "cargo", "dune", "ember", "film", "grove", "harbor", "iris", "juniper"),
    *("kiln", "lumen", "reli", "shop"),
)
CODE = Cause(
    of=CauseClass.CODE, key="CI", owner=Owner.AGENT, why="The log says so: a test failed."
)
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
    return Wishes(policy=Policy(projects=projects, poll_interval=timedelta(hours=2)))


# -- incidents ----------------------------------------------------------------------------------


def broken(
    project: str,
    kind: Kind,
    subject: Subject,
    title: str,
    *,
    failed: datetime,
    cause: Cause = CODE,
    filed: int | None = None,
    over: datetime | None = None,
    took: float = 4,
) -> Incident:
    """Give an incident of a project of the gallery, filed *took* minutes after its failure."""
    repo = RepoName(f"acme/{project}")
    symptom = Symptom(kind=kind, scope=Scope(f"{repo} {kind}"), subject=subject)
    trace = replace(run(), repo=repo)
    made = an_incident(ailment(symptom, failed_at=failed, trace=trace), cause=cause)
    opened = failed + timedelta(minutes=took)
    return replace(
        made,
        fingerprint=Fingerprint(f"{project}{filed or 0:04d}c0ffee"),
        nonce=Nonce(f"n-{project}-{filed}"),
        project=ProjectName(project),
        repo=repo,
        title=title,
        phase=Phase.RESOLVED if over else Phase.PENDING if filed is None else Phase.OPEN,
        first_seen=failed + timedelta(minutes=took * 0.9),
        resolved_at=over,
        evidence=None,
        filing=None
        if filed is None
        else Filing(
            repo=repo,
            number=filed,
            url=f"https://github.com/{repo}/issues/{filed}",
            opened_at=opened,
            owner=cause.owner,
        ),
    )


CI = Subject(Thing.WORKFLOW, "CI")
WEB = Subject(Thing.SERVICE, "web")
TAIL = """\
tests/test_cart.py::test_empty PASSED
tests/test_cart.py::test_total FAILED
    def test_total():
>       assert cart([3, 4]).total == 7
E       AssertionError: assert 34 == 7
1 failed, 211 passed in 9.81s"""


def open_incidents() -> tuple[Incident, ...]:
    """Give what is broken now."""
    red = broken(
        "shop", Kind.MAIN_CI_RED, CI, "Main CI red: CI (shop)", failed=ago(hours=3), filed=214
    )
    evidence = Evidence(
        at=ago(hours=3),
        complete=True,
        jobs=("test",),
        steps=("test / Run pytest",),
        first_error="E       AssertionError: assert 34 == 7",
        tail=TAIL,
    )
    token = broken(
        "film",
        Kind.STAGING_DEPLOY_FAILED,
        WEB,
        "RAILWAY_TOKEN rejected: staging cannot deploy (film)",
        failed=ago(hours=26),
        cause=REJECTED,
        filed=31,
    )
    lagging = broken(
        "reli",
        Kind.PRODUCTION_LAGGING,
        Subject(Thing.PROJECT, "reli"),
        "Prod deploy lagging main (reli)",
        failed=ago(minutes=50),
        cause=UNKNOWN,
    )
    return (
        replace(token, kind=Kind.CREDENTIAL_REJECTED),
        replace(red, evidence=evidence, attempts=1, count=3, last_green=GOOD),
        replace(lagging, hidden_behind=red.fingerprint),
    )


def past_incidents() -> Iterator[Incident]:
    """Give what was broken within the last month and is over."""
    told = (
        ("shop", 27.5, 5, 4.0, CODE),
        ("reli", 26.1, 30, 6.5, REJECTED),
        ("shop", 22.3, 2, 3.5, CODE),
        ("cargo", 21.0, 11, 12.0, CODE),
        ("film", 17.4, 3, 5.0, CODE),
        ("ember", 16.9, 50, 47.0, REJECTED),
        ("reli", 12.2, 4, 2.5, CODE),
        ("shop", 9.6, 7, 8.0, CODE),
        ("cargo", 6.4, 2, 4.5, CODE),
        ("kiln", 4.1, 20, 21.0, CODE),
        ("film", 3.0, 1.5, 3.0, CODE),
    )
    for number, (project, days, hours, took, cause) in enumerate(told, 101):
        failed = ago(days=days)
        kind, subject = (Kind.MAIN_CI_RED, CI) if cause is CODE else (Kind.STAGING_DEPLOY_FAILED, WEB)
        title = f"Main CI red: CI ({project})" if cause is CODE else f"RAILWAY_TOKEN rejected ({project})"
        yield broken(
            project,
            kind,
            subject,
            title,
            failed=failed,
            cause=cause,
            filed=number,
            over=failed + timedelta(hours=hours),
            took=took,
        )


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


# -- the last look -------------------------------------------------------------------------------


def a_line(name: str, *glows: Glow, since: Sequence[datetime | None] = ()) -> ProjectLine:
    """Give what was seen of a project; what is not named is healthy."""
    at = NAMES.index(name)
    proved = (ago(minutes=40 + 13 * at), ago(minutes=31 + 13 * at), ago(hours=2 + at))
    shown = [*glows, *[Glow.HEALTHY] * (3 - len(glows))]
    times = [*since, *proved[len(since) :]]
    lights = tuple(
        Light(of=station, glow=glow, since=when)
        for station, glow, when in zip(Station, shown, times, strict=True)
    )
    return ProjectLine(
        name=ProjectName(name),
        repo=RepoName(f"acme/{name}"),
        healthy=("CI succeeded.",),
        lights=lights,
    )


def found(incident: Incident) -> FindingLine:
    """Give the line of a report that tells of *incident*."""
    filing = incident.filing
    return FindingLine(
        fingerprint=incident.fingerprint,
        symptom=incident.newest.symptom,
        since=incident.failed_at,
        commit=BAD,
        cause=incident.cause.of,
        owner=incident.cause.owner,
        incident=None if filing is None else filing.number,
        hidden_behind=incident.hidden_behind,
    )


def the_look() -> CycleReport:
    """Give the report of the newest cycle."""
    token, red, lagging = open_incidents()
    lines = {name: a_line(name) for name in NAMES}
    lines["shop"] = replace(
        a_line("shop", Glow.BROKEN, since=[ago(hours=3)]), findings=(found(red),)
    )
    lines["film"] = replace(
        a_line("film", Glow.HEALTHY, Glow.BROKEN, since=[ago(hours=28), ago(hours=26)]),
        findings=(found(token),),
    )
    lines["reli"] = replace(
        a_line("reli", Glow.HEALTHY, Glow.HEALTHY, Glow.BROKEN), findings=(found(lagging),)
    )
    lines["dune"] = replace(
        a_line("dune", Glow.HEALTHY, Glow.BLIND, Glow.BLIND, since=[ago(hours=1), ago(minutes=25), None]),
        blind=(BlindLine(source="railway", why="Railway answered 502"),),
    )
    lines["iris"] = replace(
        a_line("iris", Glow.UNDECIDED, since=[None]), unsettled=("CI runs since 14:01.",)
    )
    lines["lumen"] = replace(
        a_line("lumen", Glow.HEALTHY, Glow.HEALTHY, Glow.UNWATCHED, since=[ago(hours=5), ago(hours=4), None]),
        unwatched=(
            UnwatchedLine(
                what="environment production",
                why="no token reads it",
                advice="give pipeline-health a token that reads it",
            ),
        ),
    )
    return CycleReport(
        cycle="20260302T140201",
        started_at=ago(minutes=4),
        finished_at=ago(minutes=3),
        sentence="Looked at 14 projects; broken: film, reli, shop; blind to railway of dune, of "
        "which nothing is concluded.",
        projects=tuple(lines.values()),
        waiting=("Prod deploy lagging main (reli): it follows from shop0214c0ffee",),
        orphans=(
            OrphanLine(
                repo=RepoName("acme/old"),
                issue=3,
                title="Main CI red: CI (old)",
                url="https://github.com/acme/old/issues/3",
            ),
        ),
        github=Usage(requests=9, points=9, remaining=4873),
        railway=Usage(requests=3),
    )


def looks() -> Iterator[CycleReport]:
    """Give a look every six hours of the month, but for a day on which nobody looked."""
    for at in range(30 * 4, 0, -1):
        when = ago(hours=6 * at)
        if not ago(days=14.5) < when < ago(days=13.2):
            yield replace(
                the_look(),
                cycle=f"{when:%Y%m%dT%H%M%S}",
                started_at=when,
                finished_at=when,
                projects=(),
            )
    yield the_look()


def filled(path: Path) -> Path:
    """Fill the ledger at *path* with the whole gallery."""
    now, parent = open_incidents(), a_parent()
    window = MaintenanceWindow(
        project=ProjectName("harbor"),
        kind=None,
        since=ago(hours=1),
        until=ago(hours=-1),
        reason="a new database",
    )
    with SqlLedger.open(path, holder=a_holder()) as ledger:
        with ledger.lease(now=NOW, lasting=LASTING) as lease:
            ledger.save([*past_incidents(), *now], [parent], lease=lease)
        ledger.silence(window)
        for at, says in enumerate(
            (
                "OpenIssue: Workflow CI failed at 1b1b1b1.",
                "CommentIssue: A fix did not work: attempt 1.",
                "UpdateIssue: The facts in it changed.",
            )
        ):
            line = TrailLine(at=ago(hours=3 - at, minutes=-4), says=says)
            ledger.note(now[1].fingerprint, line)
        for report in looks():
            ledger.record(report)
    return path
