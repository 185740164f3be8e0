"""What is said of staging as Railway shows it."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from builders import (
    HEAD,
    PARENT,
    PROJECT,
    a_deployment,
    a_policy,
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
    sha,
)
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
from pipeline_health.core.model.questions import DeployTrace
from pipeline_health.core.model.railway import Deployment, RailwayStatus, Service
from pipeline_health.core.model.readings import (
    CheckConclusion,
    Checks,
    GitHubReading,
    NotAsked,
    Unrecognised,
)
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.rules.staging import railway_deploys

SHORT = HEAD[:7]
FAILED = a_deployment(RailwayStatus.FAILED)
TRACE = DeployTrace(
    project=PROJECT,
    deployment_id="d1",
    changed_at=ago(minutes=25),
    url="https://railway.com/project/railway-project/service/service-web"
    "?environmentId=environment-1&id=d1",
)


def symptom(name: str = "web") -> Symptom:
    """Give the symptom of a failed deploy of one service."""
    return Symptom(
        kind=Kind.STAGING_DEPLOY_FAILED,
        scope=Scope("railway:railway-project:staging"),
        subject=Subject(Thing.SERVICE, name),
    )


def said(*services: Service, watched: Iterable[str] = ()) -> list[Observation]:
    """Give what the rule says of a staging with *services*."""
    policy = a_policy(services=tuple(watched))
    return list(railway_deploys(a_view(policy=policy, staging=an_environment(*services))))


def test_a_failed_deployment_is_a_finding() -> None:
    """A failed service is broken since the status changed, at its commit, and can be read."""
    expected = Finding(
        symptom=symptom(),
        project=PROJECT,
        since=ago(minutes=25),
        commit=HEAD,
        trace=TRACE,
        says=f"In staging at {SHORT}, service web failed to deploy.",
    )
    assert [expected] == said(a_service(FAILED))


def test_a_working_deployment_is_a_proof() -> None:
    """A deployed service is proved to work since the status changed, at its commit."""
    expected = Proof(
        symptom=symptom(),
        project=PROJECT,
        at=ago(minutes=25),
        commit=HEAD,
        trace=TRACE,
        says=f"In staging at {SHORT}, service web is deployed.",
    )
    whole = replace(
        expected,
        symptom=Symptom(
            kind=Kind.STAGING_DEPLOY_FAILED,
            scope=Scope("railway:railway-project:staging:github:4711"),
            subject=Subject(Thing.ENVIRONMENT, "staging"),
        ),
        says=f"In staging at {SHORT}, every service works.",
    )
    assert [expected, whole] == said(a_service(a_deployment()))


OLDER = a_deployment(commit=PARENT, name="d2")
ELSEWHERE = a_deployment(commit=sha(7), name="d2")


def test_services_at_two_commits_prove_the_environment_at_the_older_one() -> None:
    """What the older commit contains, the newer one contains too."""
    services = (a_service(a_deployment()), a_service(OLDER, name="api"))

    *_, whole = said(*services)

    assert isinstance(whole, Proof)
    assert (Thing.ENVIRONMENT, PARENT) == (whole.symptom.subject.thing, whole.commit)


@pytest.mark.parametrize(
    "services",
    [
        (a_service(a_deployment()), a_service(FAILED, name="api")),
        (a_service(a_deployment()), a_service(ELSEWHERE, name="api")),
        (a_service(replace(a_deployment(), commit=None), name="db"),),
    ],
    ids=["one failed", "unknown order", "no commit"],
)
def test_the_environment_is_proved_only_when_every_service_works(
    services: tuple[Service, ...],
) -> None:
    """Anything less proves the services that work, and not the whole."""
    environments = [
        each for each in said(*services) if each.symptom.subject.thing is Thing.ENVIRONMENT
    ]
    assert [] == environments


WAYS = {
    "crashed": (a_deployment(RailwayStatus.CRASHED), "crashed"),
    "stopped": (a_deployment(stopped=True), "stopped, though it is no cron job"),
    "skipped": (
        a_deployment(RailwayStatus.SKIPPED),
        "was not deployed: Railway skipped it",
    ),
}


@pytest.mark.parametrize(("deployment", "words"), WAYS.values(), ids=WAYS)
def test_a_finding_says_how_it_failed(deployment: Deployment, words: str) -> None:
    """The sentence tells the ways of failing apart."""
    (finding,) = said(a_service(deployment))
    assert isinstance(finding, Finding)
    assert f"In staging at {SHORT}, service web {words}." == finding.says


UNSETTLED = {
    "building": (RailwayStatus.BUILDING, "is being deployed", True),
    "waiting for CI": (RailwayStatus.WAITING, "waits for CI before it is deployed", True),
    "approval": (RailwayStatus.NEEDS_APPROVAL, "waits for somebody's approval", False),
    "unknown": (Unrecognised("WOBBLY"), "is in a state that we do not know", False),
}


@pytest.mark.parametrize(("status", "words", "in_flight"), UNSETTLED.values(), ids=UNSETTLED)
def test_what_is_neither_failed_nor_working_is_unsettled(
    status: RailwayStatus | Unrecognised, words: str, *, in_flight: bool
) -> None:
    """Nothing opens and nothing closes while a deployment is under way or not understood."""
    expected = Unsettled(
        symptom=symptom(),
        project=PROJECT,
        why=f"In staging at {SHORT}, service web {words}.",
        in_flight=in_flight,
    )
    assert [expected] == said(a_service(a_deployment(status)))


def test_a_service_with_nothing_that_counts_is_unsettled() -> None:
    """Where everything was removed there is neither failure nor proof."""
    why = "In staging, service web has no deployment that counts."
    expected = Unsettled(symptom=symptom(), project=PROJECT, why=why)
    assert [expected] == said(a_service(a_deployment(RailwayStatus.REMOVED)))


def test_a_failure_stands_through_a_watched_path_skip() -> None:
    """A commit that touches nothing of the service does not mend it."""
    skip = a_deployment(
        RailwayStatus.SKIPPED,
        name="later",
        changed_at=ago(minutes=1),
        skipped_reason="No changes to watched files",
    )
    assert [Finding] == [type(word) for word in said(a_service(skip, FAILED))]


def test_a_deployment_without_a_commit_is_judged_all_the_same() -> None:
    """An image has no commit, and fails like anything else."""
    (finding,) = said(a_service(replace(FAILED, commit=None)))
    assert isinstance(finding, Finding)
    assert (None, "In staging, service web failed to deploy.") == (finding.commit, finding.says)


def test_a_commit_of_another_repository_is_not_named() -> None:
    """A service that is built from another repository has no commit on our branch."""
    (finding,) = said(a_service(replace(FAILED, repo=RepoName("acme/other"))))
    assert isinstance(finding, Finding)
    assert finding.commit is None


def test_every_deployed_service_is_watched_by_default() -> None:
    """Without a choice, each service that was ever deployed is judged, and no other."""
    words = said(a_service(FAILED), a_service(a_deployment(), name="api"), a_service(name="idle"))
    assert ["web", "api"] == [word.symptom.subject.name for word in words]
    assert ["Finding", "Proof"] == [type(word).__name__ for word in words]


def test_chosen_services_alone_are_watched() -> None:
    """A service that was not chosen is not judged; a chosen one that is not there is told."""
    words = said(a_service(FAILED), a_service(a_deployment(), name="api"), watched=["api", "gone"])
    missing = Unsettled(
        symptom=symptom("gone"), project=PROJECT, why="There is no service gone in staging."
    )
    assert [Proof, missing] == [type(words[0]), words[1]]


BROKEN = an_environment(a_service(FAILED))
SILENT = {
    "blind": a_view(staging=blind()),
    "not asked": a_view(staging=NotAsked()),
    "archived": a_view(staging=BROKEN, read=github(repository=a_repository(archived=True))),
    "no identity": a_view(
        policy=a_policy(railway_project=None),
        staging=BROKEN,
        read=replace(github(), repository=blind()),
    ),
}


@pytest.mark.parametrize("view", SILENT.values(), ids=SILENT)
def test_what_is_not_seen_is_not_judged(view: ProjectView) -> None:
    """Blindness says nothing about health, and an archived repository has none."""
    assert [] == list(railway_deploys(view))


# -- a commit that Railway skipped because CI failed -----------------------------------------


def skipped(commit: Sha | None) -> Deployment:
    """Give a deployment that Railway skipped for its CI."""
    return a_deployment(
        RailwayStatus.SKIPPED, commit=commit, skipped_reason="CI check suite failed"
    )


def at(commit: Sha, conclusion: CheckConclusion | Unrecognised | None) -> Checks:
    """Give the checks of *commit*, with one workflow."""
    return checks(a_suite(conclusion, run=a_run()), commit=commit)


RED = CheckConclusion.FAILURE
GREEN = CheckConclusion.SUCCESS
SAW_HEAD = a_deployment(
    RailwayStatus.SKIPPED,
    name="docs",
    changed_at=ago(minutes=5),
    skipped_reason="No changes to watched files",
)
CI_SKIPS: dict[str, tuple[GitHubReading, tuple[Deployment, ...], type, bool | None]] = {
    "CI red": (github(at_head=at(HEAD, RED)), (skipped(HEAD),), Unsettled, False),
    "CI runs again": (github(at_head=at(HEAD, None)), (skipped(HEAD),), Unsettled, True),
    "CI not understood": (
        github(at_head=at(HEAD, Unrecognised("WOBBLY"))),
        (skipped(HEAD),),
        Unsettled,
        False,
    ),
    "CI green by now": (github(at_head=at(HEAD, GREEN)), (skipped(HEAD),), Finding, None),
    "no commit": (github(at_head=at(HEAD, RED)), (skipped(None),), Finding, None),
    "red at an earlier commit": (
        github(at_head=at(HEAD, GREEN), earlier=[at(PARENT, RED)]),
        (skipped(PARENT),),
        Unsettled,
        False,
    ),
    "green at an earlier commit": (
        github(at_head=at(HEAD, GREEN), earlier=[at(PARENT, GREEN)]),
        (skipped(PARENT),),
        Finding,
        None,
    ),
    "earlier commit not read": (
        github(at_head=at(HEAD, GREEN), earlier=[at(sha(1), GREEN)]),
        (skipped(PARENT),),
        Unsettled,
        False,
    ),
    "checks blind": (
        replace(github(), checks=blind(), branch=blind()),
        (skipped(HEAD),),
        Unsettled,
        False,
    ),
    "earlier commit not read, head skipped too": (
        github(at_head=at(HEAD, GREEN)),
        (SAW_HEAD, skipped(PARENT)),
        Finding,
        None,
    ),
}


@pytest.mark.parametrize(
    ("read", "deployments", "expected", "in_flight"), CI_SKIPS.values(), ids=CI_SKIPS
)
def test_a_skip_for_ci_is_a_finding_of_staging_only_where_ci_is_not_red(
    read: GitHubReading,
    deployments: tuple[Deployment, ...],
    expected: type,
    *,
    in_flight: bool | None,
) -> None:
    """One red CI is one issue; what Railway did not deploy for it is no second one."""
    view = a_view(read=read, staging=an_environment(a_service(*deployments)))
    (word,) = railway_deploys(view)
    assert (expected, in_flight) == (type(word), getattr(word, "in_flight", None))


def test_a_skip_for_ci_says_so() -> None:
    """The sentence names Railway's reason in our own words."""
    view = a_view(staging=an_environment(a_service(skipped(HEAD))))
    (finding,) = railway_deploys(view)
    assert isinstance(finding, Finding)
    expected = f"In staging at {SHORT}, service web was not deployed: Railway says that CI failed."
    assert expected == finding.says
