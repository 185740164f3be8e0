"""Criterion `main-ci`: green at exactly this commit, and the commit is on the branch."""

from dataclasses import replace

import pytest

from builders import (
    HEAD,
    NOW,
    REPO,
    a_run,
    a_status,
    a_suite,
    ago,
    an_app_suite,
    blind,
    checks,
    github,
    seen,
)
from gate_matters import (
    a_matter,
    criterion,
    verdict,
    with_answers,
    with_facts,
    with_policy,
    with_sight,
    with_view,
)
from pipeline_health.core.model.commit import NoSuchCommit
from pipeline_health.core.model.promotion import Asked, Matter
from pipeline_health.core.model.questions import Relation, RunsOf
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    NotAsked,
    StatusState,
    Suite,
    Unrecognised,
)
from pipeline_health.core.model.verdict import Answer, Criterion, CriterionName, CriterionState

PUSHES = RunsOf(repo=REPO, branch="main", event="push")


def main_ci(matter: Matter) -> Criterion:
    """Give how CI stands; nothing but a pass may promote."""
    found = criterion(matter, CriterionName.MAIN_CI)
    assert (found.state is CriterionState.PASS) == (verdict(matter).answer is Answer.PROMOTE)
    return found


def with_suites(*suites: Suite) -> Matter:
    """Give a commit with these check suites."""
    return with_sight(a_matter(), checks=seen(checks(*suites)))


def test_a_commit_whose_ci_is_green_passes() -> None:
    """One workflow that succeeded at the commit is enough."""
    assert main_ci(a_matter()).state is CriterionState.PASS


@pytest.mark.parametrize(
    ("conclusion", "state"),
    [
        (CheckConclusion.FAILURE, CriterionState.FAIL),
        (CheckConclusion.TIMED_OUT, CriterionState.FAIL),
        (CheckConclusion.STARTUP_FAILURE, CriterionState.FAIL),
        (CheckConclusion.ACTION_REQUIRED, CriterionState.FAIL),
        (CheckConclusion.CANCELLED, CriterionState.FAIL),
        (CheckConclusion.STALE, CriterionState.FAIL),
        (CheckConclusion.SKIPPED, CriterionState.FAIL),
        (CheckConclusion.NEUTRAL, CriterionState.FAIL),
        (Unrecognised("BRAND_NEW"), CriterionState.UNKNOWN),
    ],
)
def test_nothing_but_success_counts(
    conclusion: CheckConclusion | Unrecognised, state: CriterionState
) -> None:
    """A check that errored, was killed, cancelled or skipped is no success, alone or at all."""
    assert main_ci(with_suites(a_suite(conclusion))).state is state


def test_an_older_green_does_not_hide_a_newer_cancelled_run() -> None:
    """The newest run of a workflow decides."""
    older, newer = a_run(1), a_run(2)
    cancelled = a_suite(CheckConclusion.CANCELLED, run=newer)
    assert main_ci(with_suites(a_suite(run=older), cancelled)).state is CriterionState.FAIL


def test_a_run_that_is_made_again_is_waited_for() -> None:
    """While a failed run runs again, nothing is promoted, and waiting may help."""
    older, again = a_run(1), a_run(2)
    matter = with_suites(a_suite(CheckConclusion.FAILURE, run=older), a_suite(None, run=again))
    found = main_ci(matter)
    assert found.state is CriterionState.PENDING
    assert "--wait" in found.next


def test_a_required_workflow_without_a_run_is_missed() -> None:
    """Everything that ran may be green while the one that matters made no run at all."""
    docs = a_suite(run=a_run(workflow="Docs"))
    found = main_ci(with_suites(docs))
    assert (found.state, "CI: no run" in found.says) == (CriterionState.FAIL, True)


def test_a_path_filtered_workflow_is_not_missed() -> None:
    """What is not required need not run at every commit."""
    matter = with_answers(with_policy(a_matter(), ci_workflows=()), runs={PUSHES: seen(())})
    learned = replace(github(), required=seen(frozenset({"CI"})))
    assert main_ci(with_view(matter, github=learned)).state is CriterionState.PASS


@pytest.mark.parametrize("required", [blind("the runs could not be listed"), NotAsked()])
def test_without_knowing_what_must_run_nothing_is_green(required: NotAsked) -> None:
    """Green checks prove nothing while it is unknown which are missing."""
    matter = with_answers(with_policy(a_matter(), ci_workflows=()), runs={PUSHES: seen(())})
    unlearned = with_view(matter, github=replace(github(), required=required))
    assert main_ci(unlearned).state is CriterionState.UNKNOWN


def test_our_own_status_is_not_ci() -> None:
    """Else the verdict would wait for itself, or a failure of yesterday would block for ever."""
    own = a_status(StatusState.FAILURE, context="pipeline-health/promotion")
    matter = with_sight(a_matter(), checks=seen(checks(a_suite(), statuses=[own])))
    assert main_ci(matter).state is CriterionState.PASS


def test_our_own_status_alone_is_no_success() -> None:
    """A green verdict of ours is no CI either."""
    own = a_status(StatusState.SUCCESS, context="pipeline-health/promotion")
    matter = with_sight(a_matter(), checks=seen(checks(statuses=[own])))
    assert main_ci(with_policy(matter, ci_workflows=("CI",))).state is CriterionState.FAIL


def test_the_run_that_we_are_a_step_of_is_not_ci() -> None:
    """It is in progress by definition; and it cannot stand for the CI that is required."""
    own = a_suite(None, run=a_run(77, workflow="Promote"))
    matter = with_suites(a_suite(), own)
    assert main_ci(matter).state is CriterionState.PENDING
    inside = replace(matter, asked=Asked(commit=HEAD, config_hash="c", own_run=77))
    assert main_ci(inside).state is CriterionState.PASS
    only = with_suites(a_suite(run=a_run(78)))
    alone = replace(only, asked=Asked(commit=HEAD, config_hash="c", own_run=78))
    assert main_ci(alone).state is CriterionState.FAIL


def test_a_waiting_job_of_the_deploy_workflow_is_not_ci() -> None:
    """The job that waits for this very verdict would be waited for."""
    waiting = a_suite(None, run=a_run(5, workflow="Pipeline"), status=CheckStatus.WAITING)
    matter = with_policy(with_suites(a_suite(), waiting), deploy_workflow="Pipeline")
    assert main_ci(matter).state is CriterionState.PASS


@pytest.mark.parametrize("event", ["workflow_run", "schedule", "workflow_dispatch"])
def test_a_run_that_only_hangs_on_to_the_head_is_not_ci(event: str) -> None:
    """GitHub attaches it to whatever the head was: a green one proves nothing of the commit."""
    run = a_run(3, workflow="CI", event=event)
    assert main_ci(with_suites(a_suite(run=run))).state is CriterionState.FAIL


def test_a_failing_app_or_status_counts() -> None:
    """CI is everything that judges the commit, not Actions alone."""
    by_app = with_suites(a_suite(), an_app_suite(a_suite(CheckConclusion.FAILURE)))
    assert main_ci(by_app).state is CriterionState.FAIL
    status = a_status(StatusState.ERROR)
    by_status = with_sight(a_matter(), checks=seen(checks(a_suite(), statuses=[status])))
    found = main_ci(by_status)
    assert (found.state, found.url) == (CriterionState.FAIL, status.url)


def test_what_ended_a_moment_ago_is_waited_for() -> None:
    """GitHub may not show yet what came with it."""
    fresh = a_suite(updated_at=ago(seconds=5))
    assert main_ci(with_suites(fresh)).state is CriterionState.PENDING


def test_what_runs_for_hours_is_no_verdict() -> None:
    """A stuck run blocks, and says what to do."""
    found = main_ci(with_suites(a_suite(None, updated_at=ago(hours=4))))
    assert (found.state, "run it again" in found.next) == (CriterionState.FAIL, True)


@pytest.mark.parametrize("relation", [Relation.BEHIND, Relation.DIVERGED, Relation.MISSING])
def test_a_commit_off_the_branch_is_refused(relation: Relation) -> None:
    """Only what is on the branch goes to production."""
    found = main_ci(with_sight(a_matter(), relation=seen(relation)))
    assert (found.state, "is not on main" in found.says) == (CriterionState.FAIL, True)


def test_a_commit_before_the_head_may_be_promoted() -> None:
    """It is on the branch, and a run that was cancelled there was superseded: no proof."""
    behind = with_sight(a_matter(), relation=seen(Relation.AHEAD))
    assert main_ci(behind).state is CriterionState.PASS
    cancelled = seen(checks(a_suite(CheckConclusion.CANCELLED, updated_at=ago(minutes=1))))
    assert main_ci(with_sight(behind, checks=cancelled)).state is CriterionState.FAIL


def test_a_commit_that_is_not_there_is_refused() -> None:
    """A question about nothing has a plain answer."""
    found = main_ci(with_facts(a_matter(), commit=seen(NoSuchCommit(sha=HEAD))))
    assert (found.state, "has no commit" in found.says) == (CriterionState.FAIL, True)


@pytest.mark.parametrize("part", ["commit", "relation", "checks"])
def test_what_could_not_be_read_is_unknown(part: str) -> None:
    """Not seeing is not health."""
    if part == "commit":
        matter = with_facts(a_matter(), commit=blind())
    else:
        matter = with_sight(a_matter(), **{part: blind()})
    found = main_ci(matter)
    assert found.state is CriterionState.UNKNOWN
    assert "the connection was refused" in found.says
    assert found.next


def test_the_branch_is_named_where_it_was_seen() -> None:
    """Without it the sentence stands all the same."""
    matter = with_sight(a_matter(), relation=seen(Relation.DIVERGED))
    unseen = with_view(matter, github=replace(github(), branch=blind()))
    assert "is not on the branch" in main_ci(unseen).says


def test_a_commit_without_any_suite_is_dated_by_itself() -> None:
    """A required workflow may still come for some minutes after the push."""
    young = with_sight(a_matter(), checks=seen(checks()), committed_at=NOW)
    assert main_ci(young).state is CriterionState.PENDING


def test_a_commit_at_which_nothing_ran_yet_is_waited_for() -> None:
    """Also where it is not known yet what must run: later it is a commit without CI."""
    fresh = with_policy(with_sight(a_matter(), checks=seen(checks())), ci_workflows=())
    view = replace(github(), required=seen(frozenset[str]()))
    fresh = with_answers(with_view(fresh, github=view), runs={PUSHES: seen(())})
    young = main_ci(with_sight(fresh, committed_at=ago(minutes=2)))
    assert (young.state, "--wait" in young.next) == (CriterionState.PENDING, True)
    old = main_ci(with_sight(fresh, committed_at=ago(minutes=11)))
    assert (old.state, "[skip ci]" in old.next) == (CriterionState.FAIL, True)


def test_the_page_is_that_of_what_decided() -> None:
    """Not of a workflow that passed beside a status that hangs and has no page."""
    hangs = replace(a_status(StatusState.PENDING), created_at=ago(hours=4), url=None)
    matter = with_sight(a_matter(), checks=seen(checks(a_suite(), statuses=[hangs])))
    assert (main_ci(matter).state, main_ci(matter).url) == (CriterionState.FAIL, None)
    assert main_ci(a_matter()).url is not None
