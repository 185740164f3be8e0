"""What is said of staging by GitHub's deployment records."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from builders import (
    HEAD,
    NOW,
    PARENT,
    PROJECT,
    REPO,
    a_deployment,
    a_job,
    a_policy,
    a_record,
    a_repository,
    a_run,
    a_service,
    a_suite,
    a_view,
    ago,
    an_environment,
    blind,
    checks,
    github,
    seen,
    sha,
)
from pipeline_health.core.model.deployed import Passage
from pipeline_health.core.model.findings import (
    Finding,
    Kind,
    Observation,
    Proof,
    Scope,
    Subject,
    Symptom,
    Thing,
    Unsettled,
)
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import (
    Answers,
    Contains,
    JobsOf,
    LinkTrace,
    Relation,
    RunTrace,
)
from pipeline_health.core.model.railway import Deployment, Environment, RailwayStatus
from pipeline_health.core.model.readings import (
    Blind,
    CheckConclusion,
    DeploymentRecord,
    DeploymentState,
    GitHubReading,
    NotAsked,
    Unrecognised,
)
from pipeline_health.core.rules.production import production_records
from pipeline_health.core.rules.staging_records import deployment_records

SYMPTOM = Symptom(
    kind=Kind.STAGING_DEPLOY_FAILED,
    scope=Scope("railway:railway-project:staging:github:4711"),
    subject=Subject(Thing.ENVIRONMENT, "staging"),
)
SHORT = HEAD[:7]
FAILURE = DeploymentState.FAILURE
FAILED = a_record(FAILURE)
LINK = LinkTrace(url="https://railway.com/project/p")
BROKEN = Finding(
    symptom=SYMPTOM,
    project=PROJECT,
    since=ago(minutes=20),
    commit=HEAD,
    trace=LINK,
    says=f"The deployment to shop / staging failed at {SHORT}.",
)


def said(
    *records: DeploymentRecord,
    staging: Environment | Blind | NotAsked | None = None,
    answers: Answers | None = None,
) -> list[Observation]:
    """Give what the rule says of *records*; Railway is not asked unless *staging* is given."""
    view = a_view(read=github(records=records), staging=staging or NotAsked(), answers=answers)
    return list(deployment_records(view))


@pytest.mark.parametrize("state", [FAILURE, DeploymentState.ERROR], ids=str)
def test_a_failed_record_is_a_finding(state: DeploymentState) -> None:
    """Where nothing else shows it, a failed record says that staging is broken."""
    assert [BROKEN] == said(a_record(state))


def test_a_successful_record_is_a_proof() -> None:
    """A record that succeeded proves the environment at its commit."""
    expected = Proof(
        symptom=SYMPTOM,
        project=PROJECT,
        at=ago(minutes=20),
        commit=HEAD,
        trace=LINK,
        says=f"The deployment to shop / staging succeeded at {SHORT}.",
    )
    assert [expected] == said(a_record())


@pytest.mark.parametrize(
    ("state", "words", "in_flight"),
    [
        (DeploymentState.IN_PROGRESS, "is under way", True),
        (None, "is under way", True),
        (Unrecognised("WOBBLY"), "is in a state that we do not know", False),
    ],
    ids=["in progress", "no status", "unknown"],
)
def test_a_record_without_a_verdict_is_unsettled(
    state: DeploymentState | Unrecognised | None, words: str, *, in_flight: bool
) -> None:
    """Nothing opens and nothing closes by a record that is under way or not understood."""
    why = f"The deployment to shop / staging {words} at {SHORT}."
    expected = Unsettled(symptom=SYMPTOM, project=PROJECT, why=why, in_flight=in_flight)
    assert [expected] == said(a_record(state))


def test_an_inactive_record_says_nothing() -> None:
    """What was good and has been replaced is neither."""
    assert [] == said(a_record(DeploymentState.INACTIVE))


def test_the_newest_record_decides() -> None:
    """An older failure is over when a newer record succeeded, whatever the order."""
    older = a_record(FAILURE, number=9, changed_at=ago(hours=2))
    assert [Proof] == [type(word) for word in said(older, a_record(number=2))]


def test_a_record_without_a_page_links_to_the_commit() -> None:
    """There is always somewhere for a person to look."""
    (finding,) = said(replace(FAILED, url=None))
    assert isinstance(finding, Finding)
    assert LinkTrace(url=f"https://github.com/{REPO}/commit/{HEAD}") == finding.trace


def railway(status: RailwayStatus, commit: Sha | None) -> Environment:
    """Give staging with one service."""
    return an_environment(a_service(a_deployment(status, commit=commit)), a_service(name="idle"))


CHILD = sha(101)
ASKED = Contains(repo=REPO, newer=CHILD, older=HEAD)
UNDER_WAY = f"The deployment to shop / staging is under way at Railway at {SHORT}."
SUPERSEDED = f"The deployment to shop / staging may be superseded at {SHORT}."
BESIDE_RAILWAY: dict[str, tuple[Environment | Blind, list[Observation]]] = {
    "Railway shows the failure": (railway(RailwayStatus.FAILED, HEAD), []),
    "Railway shows another failure": (railway(RailwayStatus.FAILED, PARENT), [BROKEN]),
    "Railway deploys it": (
        railway(RailwayStatus.BUILDING, HEAD),
        [Unsettled(symptom=SYMPTOM, project=PROJECT, why=UNDER_WAY, in_flight=True)],
    ),
    "Railway deploys another": (railway(RailwayStatus.BUILDING, CHILD), [BROKEN]),
    "Railway shows it working": (railway(RailwayStatus.SUCCESS, HEAD), []),
    "Railway shows an older one working": (railway(RailwayStatus.SUCCESS, PARENT), [BROKEN]),
    "Railway shows one working that may contain it": (
        railway(RailwayStatus.SUCCESS, CHILD),
        [Unsettled(symptom=SYMPTOM, project=PROJECT, why=SUPERSEDED, asks=ASKED)],
    ),
    "Railway knows no commit": (railway(RailwayStatus.SUCCESS, None), [BROKEN]),
    "Railway is blind": (blind(), [BROKEN]),
}


@pytest.mark.parametrize(("staging", "expected"), BESIDE_RAILWAY.values(), ids=BESIDE_RAILWAY)
def test_railway_knows_better(staging: Environment | Blind, expected: list[Observation]) -> None:
    """A failed record is silent where Railway's own word on the same commit is told."""
    assert expected == said(FAILED, staging=staging)


@pytest.mark.parametrize(
    ("relation", "expected"),
    [(Relation.AHEAD, []), (Relation.DIVERGED, [BROKEN])],
    ids=str,
)
def test_a_success_at_a_later_commit_supersedes(
    relation: Relation, expected: list[Observation]
) -> None:
    """Once it is known whether the working commit contains the record's, the record is settled."""
    answers = Answers(contains={ASKED: seen(relation)})
    staging = railway(RailwayStatus.SUCCESS, CHILD)
    assert expected == said(FAILED, staging=staging, answers=answers)


NEXT: dict[str, Deployment] = {
    "a commit that was skipped for its CI": a_deployment(
        RailwayStatus.SKIPPED, name="next", commit=CHILD, skipped_reason="CI check suite failed"
    ),
    "a commit that failed to deploy": a_deployment(RailwayStatus.FAILED, name="next", commit=CHILD),
    "a commit that is being deployed": a_deployment(
        RailwayStatus.BUILDING, name="next", commit=CHILD
    ),
}
BEFORE = replace(a_deployment(name="before"), created_at=ago(hours=1))
"""What Railway deployed well at the head, or at an older commit, before the next one came."""


def behind(later: Deployment, before: Deployment, *serving: Deployment) -> Environment:
    """Give staging with one service, which got *later* after *before*."""
    return an_environment(replace(a_service(later, before), serving=serving))


@pytest.mark.parametrize("later", NEXT.values(), ids=NEXT)
def test_what_is_served_goes_on_working_behind_the_next_deployment(later: Deployment) -> None:
    """A commit that did not get there brings no failed record back; who serves nothing cures none.

    What sleeps is served, though Railway does not list it as active.
    """
    older = replace(BEFORE, commit=PARENT)
    asleep = replace(BEFORE, status=RailwayStatus.SLEEPING)

    assert [] == said(FAILED, staging=behind(later, BEFORE, BEFORE))
    assert [] == said(FAILED, staging=behind(later, asleep))
    assert [BROKEN] == said(FAILED, staging=behind(later, older, older))
    assert [BROKEN] == said(FAILED, staging=behind(later, BEFORE))


FORMER, FORK = RepoName("acme/boutique"), RepoName("mallory/shop")
NAMED_OTHERWISE: dict[str, tuple[RepoName, RepoName | None, Sha, list[Observation]]] = {
    "as it was called then": (FORMER, REPO, HEAD, []),
    "a commit that is not on our branch": (FORMER, REPO, CHILD, [BROKEN]),
    "an older commit": (FORMER, REPO, PARENT, [BROKEN]),
    "by a service of a fork": (FORK, FORK, HEAD, [BROKEN]),
    "by a service of nobody knows what": (FORMER, None, HEAD, [BROKEN]),
}


def otherwise(deployed: RepoName, built_from: RepoName | None, commit: Sha) -> Environment:
    """Give staging with one service that works, deployed from what was called *deployed*."""
    deployment = replace(a_deployment(commit=commit), repo=deployed)
    return an_environment(replace(a_service(deployment), repo=built_from))


@pytest.mark.parametrize(
    ("deployed", "built_from", "commit", "expected"), NAMED_OTHERWISE.values(), ids=NAMED_OTHERWISE
)
def test_a_new_name_of_the_repository_brings_no_failure_back(
    deployed: RepoName, built_from: RepoName | None, commit: Sha, expected: list[Observation]
) -> None:
    """Railway goes on to name it as it was called; a fork may hold the very same commit."""
    assert expected == said(FAILED, staging=otherwise(deployed, built_from, commit))


def test_an_earlier_name_tells_nothing_while_the_branch_is_not_seen() -> None:
    """Nobody can say then whose commit it is."""
    read = replace(github(records=[FAILED]), branch=blind())
    view = a_view(read=read, staging=otherwise(FORMER, REPO, HEAD))
    assert [BROKEN] == list(deployment_records(view))


ENDED = FAILED.changed_at
SECOND = timedelta(seconds=1)


def passed(commit: Sha, *, at: datetime) -> Passage:
    """Give what an earlier look saw of a service in staging."""
    return Passage(lane="web", commit=commit, pushed_at=None, proved_at=at)


REMEMBERED: dict[str, tuple[Sequence[Passage], list[Observation]]] = {
    "it worked since": ([passed(HEAD, at=ENDED + SECOND)], []),
    "it worked in that second": ([passed(HEAD, at=ENDED + SECOND / 2)], [BROKEN]),
    "an older commit worked since": ([passed(PARENT, at=ENDED + SECOND)], [BROKEN]),
    "it went back since": (
        [passed(HEAD, at=ENDED + SECOND), passed(PARENT, at=ENDED + 2 * SECOND)],
        [BROKEN],
    ),
}


@pytest.mark.parametrize(("passages", "expected"), REMEMBERED.values(), ids=REMEMBERED)
def test_what_railway_made_good_does_not_come_back_while_it_is_blind(
    passages: Sequence[Passage], expected: list[Observation]
) -> None:
    """The record fails for good; not to see the cure again is no failure."""
    view = a_view(read=github(records=[FAILED]), staging=blind())
    assert expected == list(deployment_records(replace(view, passages=tuple(passages))))


def test_what_worked_in_staging_makes_no_record_of_production_good() -> None:
    """What was seen of one stage tells nothing of the other."""
    record = replace(FAILED, environment="production")
    read = replace(github(), production=seen((record,)))
    view = replace(
        a_view(read=read), production=blind(), passages=(passed(HEAD, at=ENDED + SECOND),)
    )
    assert [Finding] == [type(word) for word in production_records(view)]


def test_what_railway_shows_wins_over_what_it_showed() -> None:
    """What is deployed now may be older than what worked."""
    view = a_view(read=github(records=[FAILED]), staging=railway(RailwayStatus.SUCCESS, PARENT))
    passages = (passed(HEAD, at=ENDED + SECOND),)
    assert [BROKEN] == list(deployment_records(replace(view, passages=passages)))


# -- beside the deploy workflow --------------------------------------------------------------

BY_JOB = a_policy(deploy_workflow="Deploy", staging_job="Deploy to staging")
RUN = a_run(3, workflow="Deploy", event="push")
QUESTION = JobsOf(RunTrace(repo=REPO, run_id=3, updated_at=ago(minutes=30), url=RUN.url))


def beside_workflow(record: DeploymentRecord, *, answers: Answers) -> list[Observation]:
    """Give what the rule says of *record* beside a failed deploy run at the head."""
    suite = a_suite(CheckConclusion.FAILURE, run=RUN)
    read = github(at_head=checks(suite), records=[record])
    view = a_view(policy=BY_JOB, read=read, staging=NotAsked(), answers=answers)
    return list(deployment_records(view))


def jobs(conclusion: CheckConclusion) -> Answers:
    """Answer how the staging job ended, 35 minutes ago."""
    return Answers(jobs={QUESTION: seen((a_job("Deploy to staging", conclusion),))})


RED = CheckConclusion.FAILURE
GREEN = CheckConclusion.SUCCESS
EARLY = replace(FAILED, created_at=ago(minutes=40))
LATE = replace(FAILED, created_at=ago(minutes=30))
OF_PARENT = replace(EARLY, sha=PARENT)
BESIDE_WORKFLOW: dict[str, tuple[DeploymentRecord, Answers, type | None]] = {
    "the job failed too": (FAILED, jobs(RED), None),
    "the job failed at another commit": (OF_PARENT, jobs(RED), Finding),
    "the jobs are being asked for": (FAILED, Answers(), None),
    "the jobs cannot be read": (FAILED, Answers(jobs={QUESTION: blind()}), Finding),
    "the job passed after the record": (EARLY, jobs(GREEN), None),
    "the job passed in that moment": (
        replace(FAILED, created_at=ago(minutes=35)),
        jobs(GREEN),
        None,
    ),
    "the job passed at a later commit": (OF_PARENT, jobs(GREEN), None),
    "the job passed before the record": (LATE, jobs(GREEN), Finding),
}


@pytest.mark.parametrize(
    ("record", "answers", "expected"), BESIDE_WORKFLOW.values(), ids=BESIDE_WORKFLOW
)
def test_a_run_counts_once(
    record: DeploymentRecord, answers: Answers, expected: type | None
) -> None:
    """What the deploy workflow says of the same deploy is not said again by its record."""
    words = beside_workflow(record, answers=answers)
    assert ([] if expected is None else [expected]) == [type(word) for word in words]


SILENT: dict[str, tuple[ProjectPolicy, GitHubReading]] = {
    "no record": (a_policy(), github()),
    "records blind": (a_policy(), replace(github(), deployments=Blind(at=NOW, why="403"))),
    "archived": (
        a_policy(),
        github(records=[FAILED], repository=a_repository(archived=True)),
    ),
    "no identity": (
        a_policy(railway_project=None),
        replace(github(records=[FAILED]), repository=blind()),
    ),
}


@pytest.mark.parametrize(("policy", "read"), SILENT.values(), ids=SILENT)
def test_what_is_not_seen_is_not_judged(policy: ProjectPolicy, read: GitHubReading) -> None:
    """Blindness says nothing about health, and neither does the absence of records."""
    view = a_view(policy=policy, read=read, staging=NotAsked())
    assert [] == list(deployment_records(view))
