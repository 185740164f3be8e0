"""A commit that may go to production, and the one thing about it that a test makes different."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from builders import (
    HEAD,
    NOW,
    PROJECT,
    RAILWAY_PROJECT,
    REPO,
    a_deployment,
    a_record,
    a_service,
    a_suite,
    ago,
    an_environment,
    checks,
    github,
    seen,
)
from pipeline_health.core.gate import judge
from pipeline_health.core.model.audit import Audit, Committed, Compared
from pipeline_health.core.model.commit import CommitSight
from pipeline_health.core.model.gate_policy import GatePolicy, SmokeCheck, VersionCheck, Waivable
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.live import Served, Tested
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.promotion import Asked, Facts, Matter, Tests
from pipeline_health.core.model.questions import (
    Answers,
    BranchRun,
    Contains,
    Job,
    JobsOf,
    Relation,
    RunsOf,
    RunTrace,
)
from pipeline_health.core.model.railway import Deployment, Service
from pipeline_health.core.model.readings import DeploymentRecord, Reading, Suite
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.model.verdict import Criterion, CriterionName, Verdict

SMOKE = (SmokeCheck(path="/healthz"),)
E2E = ("npm", "run", "test:smoke")
CONFIG = "c" * 64
Change = Callable[[Matter], Matter]


def a_policy(**changed: Any) -> ProjectPolicy:
    """Give a project with everything that the check needs."""
    gate = GatePolicy(smoke=SMOKE, e2e=E2E)
    policy = ProjectPolicy(
        name=PROJECT,
        repo=REPO,
        railway_project=RAILWAY_PROJECT,
        staging_url="https://staging.example",
        ci_workflows=("CI",),
        gate=gate,
    )
    return replace(policy, **changed)


def served(*deployments: Deployment, **changed: Any) -> Service:
    """Give a service that serves the first of *deployments*."""
    return replace(a_service(*deployments), serving=deployments[:1], repo=REPO, **changed)


def a_tested(
    what: str = "GET /healthz", *, passed: bool | None = True, at: datetime = NOW
) -> Tested:
    """Give a test that passed."""
    return Tested(what=what, passed=passed, says="answered 200", at=at, url="https://x.example")


def a_sight(
    *suites: Suite,
    records: Iterable[DeploymentRecord] | None = None,
    relation: Reading[Relation] | None = None,
    runs: Iterable[BranchRun] = (),
) -> CommitSight:
    """Give what GitHub shows of the head: CI green, one successful deployment."""
    return CommitSight(
        sha=HEAD,
        committed_at=ago(hours=1),
        relation=relation or seen(Relation.IDENTICAL),
        checks=seen(checks(*(suites or (a_suite(),)))),
        deployments=seen(tuple((a_record(),) if records is None else records)),
        runs=seen(tuple(runs)),
        named=seen(()),
    )


def an_audit() -> Audit:
    """Give an audit that found nothing."""
    return Audit(
        at=NOW, variables=seen(Compared(clean=("SESSION_SECRET",))), files=seen(Committed())
    )


def a_matter(policy: ProjectPolicy | None = None) -> Matter:
    """Give a commit that may go to production."""
    deployment = a_deployment()
    staging = seen(an_environment(served(deployment)))
    view = ProjectView(policy=policy or a_policy(), now=NOW, github=github(), staging=staging)
    return Matter(
        asked=Asked(commit=HEAD, config_hash=CONFIG),
        facts=Facts(
            at=NOW,
            view=view,
            commit=seen(a_sight()),
            staging=staging,
            audit=an_audit(),
            incidents=seen(()),
        ),
        tests=Tests(
            of=frozenset({deployment.id}),
            reach=a_tested("the live URL"),
            smoke=(a_tested(),),
            e2e=a_tested("the end-to-end command"),
        ),
        now=NOW,
    )


# -- what a test changes ---------------------------------------------------------------------


def with_facts(matter: Matter, **changed: Any) -> Matter:
    """Change what the providers show."""
    return replace(matter, facts=replace(matter.facts, **changed))


def with_view(matter: Matter, **changed: Any) -> Matter:
    """Change what the look saw."""
    return with_facts(matter, view=replace(matter.facts.view, **changed))


def with_gate(matter: Matter, **changed: Any) -> Matter:
    """Change what the operator wants proved."""
    policy = matter.policy
    return with_view(matter, policy=replace(policy, gate=replace(policy.gate, **changed)))


def with_policy(matter: Matter, **changed: Any) -> Matter:
    """Change what the operator said of the project."""
    return with_view(matter, policy=replace(matter.policy, **changed))


def with_sight(matter: Matter, **changed: Any) -> Matter:
    """Change what GitHub shows of the commit, where it was seen."""
    sight = matter.sight
    if sight is None:
        return matter
    return with_facts(matter, commit=seen(replace(sight, **changed)))


def with_services(matter: Matter, *services: Service) -> Matter:
    """Change what runs in staging; the tests were about what is served now."""
    environment = seen(an_environment(*services))
    changed = with_view(with_facts(matter, staging=environment), staging=environment)
    of = frozenset(one.id for service in services for one in service.serving)
    return with_tests(changed, of=of)


def with_tests(matter: Matter, **changed: Any) -> Matter:
    """Change what the live URL showed."""
    return replace(matter, tests=replace(matter.tests, **changed))


def with_answers(
    matter: Matter,
    *,
    contains: Mapping[Contains, Reading[Relation]] | None = None,
    jobs: Mapping[JobsOf, Reading[tuple[Job, ...]]] | None = None,
    runs: Mapping[RunsOf, Reading[tuple[BranchRun, ...]]] | None = None,
) -> Matter:
    """Change what was found out beside the look."""
    answers = Answers(contains=contains or {}, jobs=jobs or {}, runs=runs or {})
    return with_view(matter, answers=answers)


def with_version(matter: Matter, before: Sha | None = HEAD, after: Sha | None = HEAD) -> Matter:
    """Let the live URL tell which commit it serves."""
    wanted = with_gate(matter, version=VersionCheck(path="/version", key="commit"))
    return with_tests(
        wanted,
        before=Served(commit=before, says="answered 200", at=NOW),
        after=Served(commit=after, says="answered 200", at=NOW),
    )


def jobs_of(run: BranchRun) -> JobsOf:
    """Give the question for the jobs of *run*."""
    return JobsOf(
        RunTrace(repo=REPO, run_id=run.run.id, updated_at=run.suite.updated_at, url=run.run.url)
    )


def waiving(*what: Waivable) -> Change:
    """Let the operator do without."""
    return lambda matter: with_gate(matter, waive=frozenset(what))


def later(matter: Matter, by: timedelta) -> Matter:
    """Let the verdict be given later than everything was seen."""
    return replace(matter, now=matter.now + by)


def criterion(matter: Matter, name: CriterionName) -> Criterion:
    """Give how one criterion stands."""
    return next(one for one in judge(matter).criteria if one.name is name)


def verdict(matter: Matter) -> Verdict:
    """Give the verdict."""
    return judge(matter)
