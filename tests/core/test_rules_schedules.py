"""What is said of workflows that run by the clock."""

from dataclasses import replace

import pytest

from builders import (
    HEAD,
    PROJECT,
    REPO,
    a_branch_run,
    a_policy,
    a_run,
    a_suite,
    a_view,
    ago,
    blind,
    checks,
    github,
    seen,
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
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import Answers, BranchRun, RunsOf, RunTrace
from pipeline_health.core.model.readings import Blind, CheckConclusion, Suite
from pipeline_health.core.rules.schedules import scheduled_workflows

RED = CheckConclusion.FAILURE
GREEN = CheckConclusion.SUCCESS
SYMPTOM = Symptom(
    kind=Kind.SCHEDULED_WORKFLOW_RED,
    scope=Scope("github:4711:main"),
    subject=Subject(Thing.WORKFLOW, "Nightly"),
)
QUESTION = RunsOf(repo=REPO, branch="main", event="schedule")
NIGHTLY = a_run(9, workflow="Nightly", event="schedule")
TRACE = RunTrace(repo=REPO, run_id=9, updated_at=ago(minutes=30), url=NIGHTLY.url)


def before(
    conclusion: CheckConclusion | None, number: int, *, workflow: str = "Nightly"
) -> BranchRun:
    """Give a run before the newest one, so many hours old as its number is below 10."""
    return a_branch_run(
        conclusion, number=number, workflow=workflow, updated_at=ago(hours=10 - number)
    )


def said(
    suite: Suite,
    *runs: BranchRun,
    answer: Blind | None = None,
    policy: ProjectPolicy | None = None,
) -> list[Observation]:
    """Give what the rule says of the newest run, with *runs* before it."""
    answers = Answers(runs={QUESTION: answer or seen(runs)})
    read = github(at_head=checks(a_suite(), suite))
    return list(scheduled_workflows(a_view(read=read, answers=answers, policy=policy)))


def test_two_failures_in_a_row_are_a_finding_for_people() -> None:
    """It is broken since the second failure; the newest run can be read."""
    expected = Finding(
        symptom=SYMPTOM,
        project=PROJECT,
        since=ago(hours=3),
        commit=HEAD,
        trace=TRACE,
        says=f"Scheduled workflow Nightly failed twice in a row, last at {HEAD[:7]}.",
        for_people=True,
    )
    runs = [
        before(RED, 4),
        before(GREEN, 5),
        before(RED, 6),
        before(RED, 7),
        before(CheckConclusion.CANCELLED, 8),
        a_branch_run(RED, number=9, workflow="Nightly", commit=HEAD),
    ]
    assert [expected] == said(a_suite(RED, run=NIGHTLY), *runs)


@pytest.mark.parametrize(
    "runs",
    [
        pytest.param((), id="no other"),
        pytest.param((before(GREEN, 8), before(RED, 7)), id="green before"),
        pytest.param((before(CheckConclusion.CANCELLED, 8),), id="cancelled before"),
        pytest.param((before(RED, 8, workflow="Weekly"),), id="another workflow before"),
    ],
)
def test_one_failure_is_told_to_nobody(runs: tuple[BranchRun, ...]) -> None:
    """The next run may pass by itself."""
    (word,) = said(a_suite(RED, run=NIGHTLY), *runs)
    assert isinstance(word, Unsettled)
    assert (False, "Scheduled workflow Nightly failed once.") == (word.in_flight, word.why)


def test_a_run_that_passed_is_a_proof() -> None:
    """Nothing has to be asked for."""
    expected = Proof(
        symptom=SYMPTOM,
        project=PROJECT,
        at=ago(minutes=30),
        commit=HEAD,
        trace=TRACE,
        says=f"Scheduled workflow Nightly passed at {HEAD[:7]}.",
    )
    older = a_suite(RED, run=a_run(8, workflow="Nightly", event="schedule"))
    read = github(at_head=checks(a_suite(run=NIGHTLY), older))
    assert [expected] == list(scheduled_workflows(a_view(read=read)))


def test_a_run_under_way_is_unsettled() -> None:
    """It may be the one that passes."""
    (word,) = said(a_suite(None, run=NIGHTLY), before(RED, 8), before(RED, 7))
    assert isinstance(word, Unsettled)
    assert (True, "Scheduled workflow Nightly has not ended.") == (word.in_flight, word.why)


def test_the_run_before_is_asked_for_only_after_a_failure() -> None:
    """One list of runs settles it."""
    read = github(at_head=checks(a_suite(RED, run=NIGHTLY)))
    (word,) = scheduled_workflows(a_view(read=read))
    assert isinstance(word, Unsettled)
    assert QUESTION == word.asks


@pytest.mark.parametrize(
    ("suite", "policy"),
    [
        pytest.param(a_suite(CheckConclusion.CANCELLED, run=NIGHTLY), None, id="cancelled"),
        pytest.param(a_suite(RED), None, id="a push"),
        pytest.param(a_suite(RED, run=NIGHTLY), a_policy(deploy_workflow="Nightly"), id="deploys"),
    ],
)
def test_nothing_is_said_of_what_is_no_scheduled_verdict(
    suite: Suite, policy: ProjectPolicy | None
) -> None:
    """A cancelled run says nothing, a push is CI, and a deploy counts once."""
    assert [] == said(suite, before(RED, 8), policy=policy)


def test_blindness_says_nothing() -> None:
    """Neither a list nor a head that could not be read opens or closes anything."""
    assert [] == said(a_suite(RED, run=NIGHTLY), answer=blind())
    unread = replace(github(), checks=blind())
    assert [] == list(scheduled_workflows(a_view(read=unread)))
