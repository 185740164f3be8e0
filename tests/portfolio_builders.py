"""A portfolio for the tests of portfolio incidents: projects that fail for one reason, or another.

The signature of a failure is a cause; everything else of it is its project's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from incident_builders import EVIDENCE, MINUTE, T0, ailment, incident, run
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Finding, Kind, Proof, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName, RepoName
from pipeline_health.core.model.incident import Cause, CauseClass, Filing, Incident, Owner, Phase
from pipeline_health.core.model.issue import IssueRef, Tracked, TrackedIssue
from pipeline_health.core.model.parent import Member, Parent
from pipeline_health.core.model.policy import EvidenceMode, Limits, ProjectPolicy, Routing
from pipeline_health.core.model.readings import NotAsked, Part, Seen
from pipeline_health.core.terms import Desk, Portfolio, Terms

OPS = RepoName("acme/operations")
NOW = T0 + 5 * MINUTE
NPM = Cause(
    of=CauseClass.PLATFORM,
    key="npm: npm cannot fetch packages",
    owner=Owner.HUMAN,
    why="The log says so: npm cannot fetch packages.",
)
TOKEN = Cause(
    of=CauseClass.CREDENTIAL,
    key="RAILWAY_TOKEN",
    owner=Owner.HUMAN,
    why="The log says so: a named secret is rejected.",
)
BILLING = Cause(
    of=CauseClass.QUOTA,
    key="GitHub Actions: no minutes are left",
    owner=Owner.HUMAN,
    why="The log says so: no minutes are left.",
)
PLAIN = Cause(
    of=CauseClass.CODE, key="CI", owner=Owner.AGENT, why="The log says so: a test failed."
)


def repo_of(project: str) -> RepoName:
    """Give the repository of a project."""
    return RepoName(f"acme/{project}")


def red(project: str) -> Symptom:
    """Give the red CI of a project."""
    return Symptom(
        kind=Kind.MAIN_CI_RED,
        scope=Scope(f"{repo_of(project)} main"),
        subject=Subject(Thing.WORKFLOW, "CI"),
    )


def failing(
    project: str,
    cause: Cause = NPM,
    *,
    at: datetime = T0,
    filed: int | None = None,
    phase: Phase | None = None,
) -> Incident:
    """Give the incident of a project that fails since *at*, with its own issue when *filed*."""
    repo = repo_of(project)
    trace = replace(run(), repo=repo, url=f"https://github.com/{repo}/actions/runs/101")
    of = incident(ailment(red(project), failed_at=at, trace=trace), cause=cause)
    url = f"https://github.com/{repo}/issues/{filed}"
    return replace(
        of,
        fingerprint=Fingerprint(f"f-{project}"),
        nonce=Nonce(f"n-{project}"),
        project=ProjectName(project),
        repo=repo,
        title=f"Main CI red: CI ({project})",
        phase=phase or (Phase.PENDING if filed is None else Phase.OPEN),
        filing=None if filed is None else Filing(repo=repo, number=filed, url=url),
    )


def over(of: Incident, *, at: datetime = NOW) -> Incident:
    """Give *of* as it is once it was proved to be over."""
    healed = tuple(
        replace(
            each,
            healed=Proof(
                symptom=each.symptom,
                project=of.project,
                at=at,
                commit=each.commit,
                trace=run(202),
                says="It passed.",
            ),
        )
        for each in of.ailments
    )
    return replace(of, ailments=healed, phase=Phase.RESOLVED, resolved_at=at)


def case_of(of: Incident, *, seen: bool = True, issue: Part[Tracked] | None = None) -> Case:
    """Give *of* in a cycle that saw its failure, or did not."""
    standing = Diagnosed(
        finding=Finding(
            symptom=of.ailments[0].symptom,
            project=of.project,
            since=of.failed_at,
            commit=of.commit,
            trace=of.newest.trace,
            says="CI failed.",
        ),
        cause=of.cause,
        evidence=EVIDENCE,
    )
    return Case(
        incident=of,
        findings=(standing,) if seen and of.broken else (),
        issue=NotAsked() if issue is None else issue,
        project=ProjectPolicy(name=of.project, repo=of.repo),
        shows=EvidenceMode.FULL,
    )


def cases_of(incidents: Iterable[Incident]) -> tuple[Case, ...]:
    """Give every incident in a cycle that saw it."""
    return tuple(case_of(each) for each in incidents)


def many(
    number: int, cause: Cause = NPM, *, at: datetime = T0, start: int = 0
) -> tuple[Incident, ...]:
    """Give so many projects that fail for one reason, a second apart."""
    return tuple(
        failing(f"p{each}", cause, at=at + timedelta(seconds=each))
        for each in range(start, start + number)
    )


def terms_of(
    projects: Iterable[str] = (),
    *,
    desk: Desk | None = Desk(),  # noqa: B008 - a frozen value
    ops: RepoName | None = OPS,
    **changes: object,
) -> Terms:
    """Give the terms of a portfolio of *projects*, each of whose repositories takes issues."""
    names = tuple(projects)
    given = Terms(
        routing=Routing(),
        limits=Limits(),
        sla=30 * MINUTE,
        desks={repo_of(name): Desk() for name in names},
        opened_lately=0,
        now=NOW,
        portfolio=Portfolio(
            watched=frozenset(map(ProjectName, names)), repo=ops, desk=desk, seed="seed"
        ),
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def terms_for(incidents: Iterable[Incident], **changes: object) -> Terms:
    """Give the terms of a portfolio of just the projects of *incidents*."""
    return terms_of([each.project for each in incidents], **changes)  # type: ignore[arg-type]


def filed_at(parent: Parent, number: int = 1, *, told: str = "", **changes: object) -> Parent:
    """Give *parent* once its issue is filed and named everything that goes on in it."""
    filing = Filing(
        repo=OPS,
        number=number,
        url=f"https://github.com/{OPS}/issues/{number}",
        told=told,
        owner=Owner.HUMAN,
        opened_at=NOW,
    )
    members = tuple(replace(each, named_at=each.named_at or NOW) for each in parent.members)
    filed = replace(parent, filing=filing, phase=Phase.OPEN, members=members)
    return replace(filed, **changes)  # type: ignore[arg-type]


def ops_issue(number: int = 1, **changes: object) -> TrackedIssue:
    """Give the open issue of a parent, as our own account wrote it."""
    given = TrackedIssue(
        ref=IssueRef(OPS, number),
        open=True,
        not_planned=False,
        title="Many projects at once",
        body="",
        labels=frozenset({"pipeline-health", "human-needed"}),
        ours=True,
        created_at=NOW,
        updated_at=NOW,
        closed_at=None,
        url=f"https://github.com/{OPS}/issues/{number}",
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def shown(issue: TrackedIssue) -> Part[Tracked]:
    """Give *issue* as the tracker shows it."""
    return Seen(at=NOW, value=issue)


def projects_in(members: Sequence[Member]) -> list[str]:
    """Name the projects of *members*."""
    return [member.project for member in members]
