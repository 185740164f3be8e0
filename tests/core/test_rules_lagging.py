"""When production stays behind what staging proved, and when that cannot be told."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from builders import (
    GRANDPARENT,
    HEAD,
    MINUTE,
    NOW,
    PARENT,
    PROJECT,
    REPO,
    a_branch,
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
from pipeline_health.core.deploy_runs import newest_deploy_run, trace_of
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
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.questions import Answers, Contains, JobsOf, LinkTrace, Relation
from pipeline_health.core.model.railway import Deployment, RailwayStatus, Service
from pipeline_health.core.model.readings import CheckConclusion, DeploymentState, NotAsked, Suite
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.rules.lagging import production_lagging

HOUR = 60 * MINUTE
SYMPTOM = Symptom(
    kind=Kind.PRODUCTION_LAGGING,
    scope=Scope("railway:railway-project:production:github:4711"),
    subject=Subject(Thing.PROJECT, "production"),
)
WATCHED = "No changes to watched files"


def deployed(
    commit: Sha | None, *, age: timedelta = 3 * HOUR, status: RailwayStatus = RailwayStatus.SUCCESS
) -> Deployment:
    """Give a deployment that became so *age* ago."""
    name = f"d-{commit}-{age}"
    return a_deployment(status, name=name, commit=commit, changed_at=NOW - age)


def passed(
    commit: Sha, *, age: timedelta, lane: str = "web", took: timedelta | None = None
) -> Passage:
    """Give the passage of a commit that staging proved *age* ago, *took* after its push."""
    proved_at = NOW - age
    pushed_at = None if took is None else proved_at - took
    return Passage(lane=lane, commit=commit, pushed_at=pushed_at, proved_at=proved_at)


def a_lag(
    *,
    staging: Iterable[Deployment] = (deployed(HEAD),),
    production: Iterable[Deployment] = (deployed(PARENT, age=30 * HOUR),),
    passages: Iterable[Passage] = (),
    suites: Iterable[Suite] = (),
    pushed: timedelta = 4 * HOUR,
) -> ProjectView:
    """Give a view whose production stayed at the parent; staging proved the head 3 h ago."""
    read = github(
        branch=a_branch(committed_at=NOW - pushed),
        at_head=checks(a_suite(updated_at=NOW - pushed), *suites),
    )
    view = a_view(
        read=replace(read, production=seen(())),
        staging=an_environment(a_service(*staging)),
    )
    return replace(
        view,
        production=seen(an_environment(a_service(*production))),
        passages=tuple(passages),
    )


def verdict(view: ProjectView) -> type[Observation] | None:
    """Give what sort of thing is said, None for nothing."""
    said = list(production_lagging(view))
    return type(said[0]) if said else None


def test_production_that_stays_behind_is_a_finding_for_people() -> None:
    """It lags since two hours after the proof while the project's own times are not known."""
    expected = Finding(
        symptom=SYMPTOM,
        project=PROJECT,
        since=ago(hours=1),
        commit=HEAD,
        trace=LinkTrace(url=f"https://github.com/{REPO}/compare/{PARENT}...{HEAD}"),
        says=f"Production serves {PARENT[:7]} and not {HEAD[:7]}, which staging proved more than "
        "120 min before, and nothing is under way that would bring it there.",
        for_people=True,
    )
    assert [expected] == list(production_lagging(a_lag()))


def test_production_that_has_it_all_is_a_proof() -> None:
    """As of the look, at what it serves."""
    (proof,) = production_lagging(a_lag(production=[deployed(HEAD, age=HOUR)]))
    assert isinstance(proof, Proof)
    assert (SYMPTOM, HEAD, NOW) == (proof.symptom, proof.commit, proof.at)


@pytest.mark.parametrize(
    ("age", "expected"),
    [(MINUTE, Proof), (2 * HOUR, Proof), (2 * HOUR + MINUTE / 60, Finding)],
)
def test_two_hours_are_allowed_while_little_is_known(
    age: timedelta, expected: type[Observation]
) -> None:
    """Longer ago than, not as long ago as."""
    assert expected is verdict(a_lag(staging=[deployed(HEAD, age=age)]))


HISTORY = [passed(sha(at), age=(30 + at) * HOUR, took=45 * MINUTE) for at in range(5)]


@pytest.mark.parametrize(("minutes", "expected"), [(45, Proof), (46, Finding)])
def test_the_projects_own_times_decide_once_five_are_known(
    minutes: int, expected: type[Observation]
) -> None:
    """Each of its commits took 45 minutes to pass, and so may production."""
    age = MINUTE * minutes
    view = a_lag(staging=[deployed(HEAD, age=age)], passages=HISTORY, pushed=age + 45 * MINUTE)
    contained = {
        Contains(repo=REPO, newer=PARENT, older=one.commit): seen(Relation.AHEAD) for one in HISTORY
    }
    assert expected is verdict(replace(view, answers=Answers(contains=contained)))


def test_what_is_allowed_does_not_change_afterwards() -> None:
    """A slow commit that comes later makes no lag of an earlier one shorter or longer."""
    slow = passed(HEAD, age=MINUTE, took=9 * HOUR)
    staging = [deployed(HEAD, age=MINUTE)]
    missed = passed(PARENT, age=HOUR, took=45 * MINUTE)
    view = a_lag(
        staging=staging,
        production=[deployed(GRANDPARENT, age=40 * HOUR)],
        passages=[*HISTORY, missed, slow],
    )
    contained = {
        Contains(repo=REPO, newer=GRANDPARENT, older=one.commit): seen(Relation.AHEAD)
        for one in HISTORY
    }
    (finding,) = production_lagging(replace(view, answers=Answers(contains=contained)))
    assert isinstance(finding, Finding)
    assert (PARENT, ago(minutes=15)) == (finding.commit, finding.since)


def test_the_first_commit_that_is_missed_is_named_whatever_comes_later() -> None:
    """Fifty merges later it is still the same lag."""
    view = a_lag(
        production=[deployed(GRANDPARENT, age=40 * HOUR)],
        passages=[passed(GRANDPARENT, age=41 * HOUR), passed(PARENT, age=20 * HOUR)],
    )
    (finding,) = production_lagging(view)
    assert isinstance(finding, Finding)
    assert (PARENT, ago(hours=18)) == (finding.commit, finding.since)


def test_staging_that_was_rolled_back_promotes_nothing() -> None:
    """What staging does not serve any more is not missed in production."""
    view = a_lag(
        staging=[deployed(PARENT, age=HOUR)],
        passages=[passed(PARENT, age=9 * HOUR), passed(HEAD, age=4 * HOUR)],
    )
    (word,) = production_lagging(view)
    assert isinstance(word, Unsettled)
    assert "Staging does not show now that it works at what it once proved." == word.why


BUILDING = deployed(HEAD, age=MINUTE, status=RailwayStatus.BUILDING)
NOT_NOW: dict[str, tuple[ProjectView, type[Observation] | None]] = {
    "staging fails now": (
        a_lag(
            staging=[deployed(HEAD, status=RailwayStatus.FAILED)],
            passages=[passed(HEAD, age=4 * HOUR)],
        ),
        Unsettled,
    ),
    "staging proved nothing": (a_lag(staging=[deployed(None)]), None),
    "production is of no known commit": (a_lag(production=[deployed(None)]), None),
    "production was never deployed": (a_lag(production=[]), None),
    "production failed": (
        a_lag(production=[deployed(PARENT), deployed(HEAD, age=HOUR, status=RailwayStatus.FAILED)]),
        None,
    ),
    "production is being deployed": (a_lag(production=[deployed(PARENT), BUILDING]), Unsettled),
    "it has not ended for hours": (
        a_lag(production=[deployed(PARENT), replace(BUILDING, changed_at=ago(hours=3.1))]),
        Finding,
    ),
    "it waits for approval": (
        a_lag(
            production=[deployed(PARENT), replace(BUILDING, status=RailwayStatus.NEEDS_APPROVAL)]
        ),
        Finding,
    ),
    "its newest is stopped, and so is production": (
        a_lag(production=[replace(deployed(PARENT), stopped=True)]),
        None,
    ),
    "CI is under way": (a_lag(suites=[a_suite(None, run=a_run(2, workflow="E2E"))]), Unsettled),
    "CI is stuck": (
        a_lag(suites=[a_suite(None, run=a_run(2, workflow="E2E"), updated_at=ago(hours=4))]),
        Finding,
    ),
}


@pytest.mark.parametrize("case", NOT_NOW)
def test_a_lag_is_none_while_something_else_explains_it(case: str) -> None:
    """Under way, broken in a way that has a kind of its own, or not known at all."""
    view, expected = NOT_NOW[case]
    assert expected is verdict(view)


@pytest.mark.parametrize("part", ["staging", "production"])
def test_a_blind_environment_shows_no_lag(part: str) -> None:
    """Nobody can tell what is where."""
    view = a_lag()
    unseen = replace(view, **{part: blind()})  # type: ignore[arg-type]
    assert verdict(unseen) is None


@pytest.mark.parametrize("part", ["repository", "branch", "checks", "earlier", "production"])
def test_a_blind_part_of_github_shows_no_lag(part: str) -> None:
    """Any of them could show that nothing lags."""
    view = a_lag()
    unseen = replace(view, github=replace(view.github, **{part: blind()}))
    assert verdict(unseen) is None


def test_an_archived_repository_lags_behind_nothing() -> None:
    """Nothing is promoted there any more."""
    view = a_lag()
    archived = replace(view.github, repository=seen(a_repository(archived=True)))
    assert verdict(replace(view, github=archived)) is None


def test_a_commit_that_touches_nothing_of_a_service_is_served() -> None:
    """Railway skips it in production, and what was built before is up to date."""
    skip = replace(deployed(HEAD, age=HOUR), status=RailwayStatus.SKIPPED, skipped_reason=WATCHED)
    assert Proof is verdict(a_lag(production=[deployed(PARENT), skip]))


@pytest.mark.parametrize(
    ("relation", "expected"),
    [(Relation.AHEAD, Proof), (Relation.BEHIND, Finding), (None, Unsettled)],
)
def test_how_the_two_commits_stand_is_asked_where_the_branch_does_not_show_it(
    relation: Relation | None, expected: type[Observation]
) -> None:
    """A deployment of a commit that is not among the newest ones."""
    question = Contains(repo=REPO, newer=sha(7), older=HEAD)
    view = a_lag(production=[deployed(sha(7))])
    if relation is not None:
        view = replace(view, answers=Answers(contains={question: seen(relation)}))
    (word,) = production_lagging(view)
    assert expected is type(word)
    assert not isinstance(word, Unsettled) or question == word.asks


def test_an_unasked_ancestor_does_not_hide_what_is_known_to_be_missed() -> None:
    """The lag is named by the oldest commit that is known to be missed."""
    view = a_lag(passages=[passed(sha(5), age=20 * HOUR)])
    (finding,) = production_lagging(view)
    assert isinstance(finding, Finding)
    assert HEAD == finding.commit


def test_whether_staging_still_has_it_is_asked_too() -> None:
    """Staging serves a commit that is not among the newest ones."""
    view = a_lag(
        staging=[deployed(sha(7), age=MINUTE)],
        passages=[passed(HEAD, age=4 * HOUR)],
    )
    (word,) = production_lagging(view)
    assert isinstance(word, Unsettled)
    assert Contains(repo=REPO, newer=sha(7), older=HEAD) == word.asks


# -- several services, and what only GitHub tells --------------------------------------------


def two(web: Deployment, api: Deployment) -> tuple[Service, Service]:
    """Give two services."""
    return a_service(web), a_service(api, name="api")


def test_the_service_that_lags_longest_is_told() -> None:
    """One lag a project, whichever of its services are behind."""
    view = replace(
        a_lag(),
        staging=seen(an_environment(*two(deployed(HEAD), deployed(HEAD, age=9 * HOUR)))),
        production=seen(an_environment(*two(deployed(PARENT), deployed(PARENT)))),
    )
    (finding,) = production_lagging(view)
    assert isinstance(finding, Finding)
    assert ago(hours=7) == finding.since


def test_a_service_that_is_only_on_staging_is_not_missed() -> None:
    """There is nothing that it could be compared with."""
    view = replace(
        a_lag(production=[deployed(HEAD)]),
        staging=seen(an_environment(*two(deployed(HEAD), deployed(HEAD, age=9 * HOUR)))),
    )
    assert Proof is verdict(view)


def test_a_service_that_staging_lost_is_not_missed() -> None:
    """It was renamed or given up; what it once passed holds nothing up."""
    old = deployed(PARENT, age=30 * HOUR)
    view = replace(
        a_lag(production=[deployed(HEAD)], passages=[passed(HEAD, age=9 * HOUR, lane="api")]),
        production=seen(an_environment(*two(deployed(HEAD), old))),
    )
    assert Proof is verdict(view)


def test_a_record_of_production_that_has_it_ends_the_matter() -> None:
    """Production is known to serve it, whatever Railway's own list says."""
    record = replace(a_record(commit=HEAD), environment="production")
    view = a_lag()
    told = replace(view, github=replace(view.github, production=seen((record,))))
    assert Proof is verdict(told)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (DeploymentState.SUCCESS, Finding),
        (DeploymentState.IN_PROGRESS, Unsettled),
        (DeploymentState.FAILURE, None),
    ],
)
def test_records_alone_show_a_lag(
    state: DeploymentState, expected: type[Observation] | None
) -> None:
    """Without Railway both stages are known by GitHub's deployment records."""
    old = replace(a_record(commit=PARENT, changed_at=ago(hours=30)), environment="production")
    new = replace(
        a_record(state, commit=HEAD if state is not DeploymentState.SUCCESS else PARENT, number=2),
        environment="production",
    )
    read = github(
        branch=a_branch(committed_at=ago(hours=4)),
        records=[a_record(changed_at=ago(hours=3))],
    )
    view = a_view(
        policy=a_policy(railway_project=None),
        read=replace(read, production=seen((old, new))),
        staging=NotAsked(),
    )
    staged = replace(view, passages=(passed(HEAD, age=3 * HOUR, lane=""),))
    assert expected is verdict(staged)


# -- the workflow that deploys ---------------------------------------------------------------

BY_JOBS = replace(
    a_policy(deploy_workflow="Pipeline", staging_job="Deploy to staging"),
    production_job="Deploy to production",
)


def with_run(
    conclusion: CheckConclusion | None,
    production: CheckConclusion = CheckConclusion.SUCCESS,
    *,
    age: timedelta = HOUR,
) -> ProjectView:
    """Give the lag beside a run of the deploy workflow at the head."""
    suite = a_suite(conclusion, run=a_run(9, workflow="Pipeline"), updated_at=NOW - age)
    view = replace(a_lag(suites=[suite]), policy=BY_JOBS)
    run = newest_deploy_run(view)
    assert run is not None
    jobs = (a_job(), a_job("Deploy to production", production))
    answers = Answers(jobs={JobsOf(trace_of(view, run)): seen(jobs)})
    return replace(view, answers=answers)


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        pytest.param(with_run(CheckConclusion.SUCCESS), Proof, id="deployed by the workflow"),
        pytest.param(with_run(CheckConclusion.FAILURE), None, id="the workflow failed"),
        pytest.param(with_run(None), Unsettled, id="the workflow is under way"),
        pytest.param(
            with_run(None, age=4 * HOUR), Finding, id="the workflow waits for hours, for approval"
        ),
        pytest.param(
            with_run(CheckConclusion.SUCCESS, CheckConclusion.SKIPPED),
            Finding,
            id="the workflow left production out",
        ),
    ],
)
def test_a_run_of_the_deploy_workflow_speaks_of_production(
    view: ProjectView, expected: type[Observation] | None
) -> None:
    """Its job for production tells what is there, and its failure has a kind of its own."""
    assert expected is verdict(view)
