"""Ways in which a gate says yes when it must not, tried one by one; and what must still pass."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import (
    GRANDPARENT,
    HEAD,
    PARENT,
    a_deployment,
    a_run,
    a_suite,
    ago,
    an_environment,
    checks,
    seen,
    sha,
)
from gate_matters import (
    a_matter,
    criterion,
    later,
    served,
    verdict,
    waiving,
    with_facts,
    with_policy,
    with_services,
    with_sight,
    with_tests,
    with_view,
)
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.gate_policy import Waivable
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.promotion import Asked, Matter, OpenIncident
from pipeline_health.core.model.railway import Deployment, Environment, RailwayStatus, Service
from pipeline_health.core.model.readings import CheckConclusion, Suite, Unrecognised
from pipeline_health.core.model.verdict import Answer, Criterion, CriterionName, CriterionState

SKIP = "No changes to watched files"


def found(matter: Matter, name: CriterionName) -> Criterion:
    """Give how one criterion stands; nothing but a pass may promote."""
    one = criterion(matter, name)
    assert (one.state is CriterionState.PASS) == (verdict(matter).answer is Answer.PROMOTE)
    return one


# -- the run that we are a step of -----------------------------------------------------------


def inside(run: int, *suites: Suite, required: tuple[str, ...] = ("Lint",)) -> Matter:
    """Give a check that says it is a step of *run*."""
    matter = with_policy(a_matter(), ci_workflows=required)
    matter = with_sight(
        matter, checks=seen(checks(a_suite(run=a_run(1, workflow="Lint")), *suites))
    )
    return replace(matter, asked=Asked(commit=HEAD, config_hash="c", own_run=run))


@pytest.mark.parametrize(
    "conclusion",
    [CheckConclusion.FAILURE, CheckConclusion.CANCELLED, CheckConclusion.TIMED_OUT],
)
def test_a_run_that_has_failed_is_not_the_one_that_we_are_a_step_of(
    conclusion: CheckConclusion,
) -> None:
    """Else GITHUB_RUN_ID, set to that of a red CI, would take it out of the judgement."""
    red = a_suite(conclusion, run=a_run(77))
    assert found(inside(77, red), CriterionName.MAIN_CI).state is CriterionState.FAIL


def test_the_run_that_we_are_a_step_of_is_left_out_while_it_runs() -> None:
    """It cannot wait for itself."""
    own = a_suite(None, run=a_run(77, workflow="Promote"))
    assert found(inside(77, own), CriterionName.MAIN_CI).state is CriterionState.PASS


def test_a_pending_ci_that_is_left_out_is_missed_where_it_is_required() -> None:
    """Who claims to be CI takes it away, and does not make it green."""
    pending = a_suite(None, run=a_run(77))
    matter = inside(77, pending, required=("CI", "Lint"))
    assert found(matter, CriterionName.MAIN_CI).state is CriterionState.FAIL


# -- CI that ran, and proved nothing ---------------------------------------------------------


@pytest.mark.parametrize("conclusion", [CheckConclusion.SKIPPED, CheckConclusion.NEUTRAL])
def test_a_configured_workflow_that_was_skipped_proves_nothing(conclusion: CheckConclusion) -> None:
    """Another one that passed does not stand for it."""
    skipped = a_suite(conclusion, run=a_run(2))
    matter = with_sight(
        a_matter(), checks=seen(checks(a_suite(run=a_run(1, workflow="Lint")), skipped))
    )
    one = found(matter, CriterionName.MAIN_CI)
    assert (one.state, "CI: was skipped" in one.says) == (CriterionState.FAIL, True)


def test_a_configured_workflow_that_passed_for_any_of_its_events_is_proved() -> None:
    """What a merge queue has tested may be skipped at the push."""
    skipped = a_suite(CheckConclusion.SKIPPED, run=a_run(2))
    queued = a_suite(run=a_run(1, event="merge_group"))
    matter = with_sight(a_matter(), checks=seen(checks(queued, skipped)))
    assert found(matter, CriterionName.MAIN_CI).state is CriterionState.PASS


def test_a_pass_says_what_the_token_cannot_see() -> None:
    """A token without the permission for checks shows Actions alone."""
    matter = with_sight(a_matter(), checks=seen(replace(checks(a_suite()), other_apps=False)))
    one = found(matter, CriterionName.MAIN_CI)
    assert (one.state, "not visible" in one.says) == (CriterionState.PASS, True)


# -- one environment under two names ---------------------------------------------------------


def production(environment: Environment) -> Matter:
    """Let *environment* be production."""
    return with_view(a_matter(), production=seen(environment))


def test_an_environment_that_is_both_shares_everything() -> None:
    """Its name and its id in the configuration look like two; there is nothing to compare."""
    one = found(production(an_environment()), CriterionName.CREDENTIAL_ISOLATION)
    assert (one.state, "one environment" in one.says) == (CriterionState.FAIL, True)
    other = production(replace(an_environment(), id="environment-2", name="Staging"))
    assert found(other, CriterionName.CREDENTIAL_ISOLATION).state is CriterionState.PASS


def test_doing_without_railway_does_not_close_an_issue_of_sharing() -> None:
    """What was proved to be shared is shared, whoever looks."""
    issue = OpenIncident(
        number=7,
        url="https://x.example/7",
        title="Shared credential: STRIPE_KEY (shop)",
        kind=Kind.CREDENTIAL_SHARED,
        commits=(),
        over=False,
    )
    matter = with_facts(waiving(Waivable.RAILWAY)(a_matter()), incidents=seen((issue,)))
    one = criterion(matter, CriterionName.CREDENTIAL_ISOLATION)
    assert (one.state, "issue 7" in one.says) == (CriterionState.FAIL, True)


def test_a_test_of_production_proves_nothing_of_staging() -> None:
    """The same URL for both is a slip of the pen that would pass for ever."""
    both = with_policy(a_matter(), production_url="https://staging.example")
    assert found(both, CriterionName.STAGING_REACHABLE).state is CriterionState.FAIL
    other = with_policy(a_matter(), production_url="https://shop.example")
    assert found(other, CriterionName.STAGING_REACHABLE).state is CriterionState.PASS


# -- what staging serves ---------------------------------------------------------------------


def test_a_deployment_in_an_unknown_state_among_the_active_ones_is_unknown() -> None:
    """It may be what answers."""
    odd = a_deployment(Unrecognised("PAUSED"), name="d2", commit=PARENT)
    service = served(a_deployment())
    both = replace(service, serving=(*service.serving, odd))
    one = found(with_services(a_matter(), both), CriterionName.STAGING_DEPLOY)
    assert one.state is CriterionState.UNKNOWN


@pytest.mark.parametrize("cron", [False, True])
def test_what_sleeps_under_something_that_crashed_is_not_served(cron: bool) -> None:  # noqa: FBT001
    """The newer one has run, and took its place."""
    crashed = a_deployment(
        RailwayStatus.CRASHED, name="d2", commit=PARENT, changed_at=ago(minutes=5)
    )
    status = RailwayStatus.SUCCESS if cron else RailwayStatus.SLEEPING
    asleep = a_deployment(status, changed_at=ago(minutes=25))
    service = replace(served(crashed, asleep), serving=(), cron=cron)
    matter = with_services(a_matter(), service)
    assert found(matter, CriterionName.STAGING_DEPLOY).state is CriterionState.FAIL


def test_what_sleeps_under_something_that_never_started_is_served() -> None:
    """A deployment that failed leaves the one before it."""
    failed = a_deployment(
        RailwayStatus.FAILED, name="d2", commit=sha(101), changed_at=ago(minutes=5)
    )
    asleep = a_deployment(RailwayStatus.SLEEPING)
    service = replace(served(failed, asleep), serving=())
    matter = with_tests(with_services(a_matter(), service), of=frozenset({asleep.id}))
    assert found(matter, CriterionName.STAGING_DEPLOY).state is CriterionState.PASS


def deployed(
    name: str,
    commit: Sha | None,
    minutes: float,
    status: RailwayStatus = RailwayStatus.REMOVED,
) -> Deployment:
    """Give a deployment by its name, its commit and its age."""
    return a_deployment(status, name=name, commit=commit, changed_at=ago(minutes=minutes))


def rolled_back(*between: Deployment) -> Service:
    """Give a service that was rolled back, and to which the commit then means nothing."""
    skip = replace(deployed("skip", HEAD, 5, RailwayStatus.SKIPPED), skipped_reason=SKIP)
    again = deployed("again", GRANDPARENT, 20, RailwayStatus.SUCCESS)
    first = deployed("first", GRANDPARENT, 90)
    return replace(served(skip, again, *between, first), serving=(again,))


@pytest.mark.parametrize("status", [RailwayStatus.REMOVED, RailwayStatus.FAILED])
def test_a_skip_over_a_rollback_lacks_what_was_rolled_back(status: RailwayStatus) -> None:
    """The redeploy of the old commit is newer than what it took away, which the commit has."""
    matter = with_services(a_matter(), rolled_back(deployed("gone", PARENT, 60, status)))
    assert found(matter, CriterionName.STAGING_DEPLOY).state is CriterionState.FAIL


def test_a_skip_after_a_redeploy_that_took_nothing_away_passes() -> None:
    """A redeploy of the same commit, and whatever had no commit before it, change nothing."""
    matter = with_services(a_matter(), rolled_back(deployed("upload", None, 60)))
    assert found(matter, CriterionName.STAGING_DEPLOY).state is CriterionState.PASS


def an_image(image: str, commit: Sha | None = PARENT) -> Matter:
    """Give a staging with a second service, which is deployed as an image."""
    tagged = replace(a_deployment(name="image", commit=commit), repo=None, image=image)
    service = replace(served(tagged, name="api"), repo=None)
    return with_services(a_matter(), served(a_deployment()), service)


def test_an_image_of_ours_must_be_tagged_with_the_commit() -> None:
    """It is built from this repository as much as what Railway builds."""
    old = an_image(f"ghcr.io/Acme/shop/api:{PARENT}")
    assert found(old, CriterionName.STAGING_DEPLOY).state is CriterionState.FAIL
    new = an_image(f"ghcr.io/acme/shop:{HEAD}@sha256:abc", HEAD)
    assert found(new, CriterionName.STAGING_DEPLOY).state is CriterionState.PASS


@pytest.mark.parametrize(
    ("image", "commit"),
    [
        (f"ghcr.io/other/shop:{PARENT}", PARENT),
        ("ghcr.io/acme/shop:latest", None),
        ("postgres:16", None),
    ],
)
def test_an_image_of_others_or_without_a_commit_is_not_gated(
    image: str, commit: Sha | None
) -> None:
    """Nobody could ever prove it; who wants it proved names the services."""
    matter = with_tests(an_image(image, commit), of=frozenset({"d1"}))
    assert found(matter, CriterionName.STAGING_DEPLOY).state is CriterionState.PASS


# -- the clock -------------------------------------------------------------------------------


def test_a_clock_that_was_set_back_makes_no_evidence_fresh() -> None:
    """Nobody knows how old what was seen «in the future» is."""
    back = later(a_matter(), -timedelta(minutes=30))
    assert verdict(back).answer is Answer.UNKNOWN
    assert "clock" in verdict(back).reason
    drifted = later(a_matter(), -timedelta(seconds=2))
    assert verdict(drifted).answer is Answer.PROMOTE


def test_a_clock_that_is_far_ahead_makes_no_old_deployment_young() -> None:
    """What was never deployed does not get more time by it."""
    matter = with_services(a_matter(), served(a_deployment(commit=PARENT)))
    ahead = later(matter, timedelta(days=400))
    assert verdict(ahead).answer is not Answer.PROMOTE
