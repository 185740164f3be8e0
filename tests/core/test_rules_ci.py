"""What is said of CI at the head."""

from dataclasses import replace

import pytest

from builders import (
    HEAD,
    PARENT,
    PROJECT,
    REPO,
    a_policy,
    a_repository,
    a_run,
    a_status,
    a_suite,
    a_view,
    ago,
    an_app_suite,
    blind,
    checks,
    github,
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
from pipeline_health.core.model.questions import LinkTrace, RunTrace
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CommitStatus,
    GitHubReading,
    StatusState,
    Suite,
    Unrecognised,
)
from pipeline_health.core.rules.ci import main_ci

RUN_URL = f"https://github.com/{REPO}/actions/runs/1"
RED = a_suite(CheckConclusion.FAILURE)
SHORT = HEAD[:7]


def symptom(name: str = "CI", thing: Thing = Thing.WORKFLOW) -> Symptom:
    """Give the symptom of red CI on `main`."""
    return Symptom(
        kind=Kind.MAIN_CI_RED, scope=Scope("github:4711:main"), subject=Subject(thing, name)
    )


def said(*suites: Suite, statuses: tuple[CommitStatus, ...] = ()) -> list[Observation]:
    """Give what the rule says of a head with these checks."""
    read = github(at_head=checks(*suites, statuses=statuses))
    return list(main_ci(a_view(read=read)))


def test_a_red_workflow_is_a_finding() -> None:
    """A failed workflow is broken since its suite ended, at the head, and its run can be read."""
    expected = Finding(
        symptom=symptom(),
        project=PROJECT,
        since=ago(minutes=30),
        commit=HEAD,
        trace=RunTrace(repo=REPO, run_id=1, updated_at=ago(minutes=30), url=RUN_URL),
        says=f"Workflow CI failed at {SHORT}.",
    )
    assert [expected] == said(RED)


@pytest.mark.parametrize(
    ("conclusion", "words"),
    [
        (CheckConclusion.TIMED_OUT, "timed out"),
        (CheckConclusion.STARTUP_FAILURE, "could not start"),
        (CheckConclusion.ACTION_REQUIRED, "waits for somebody's action"),
    ],
    ids=str,
)
def test_a_finding_says_how_it_failed(conclusion: CheckConclusion, words: str) -> None:
    """The sentence tells the ways of failing apart."""
    (finding,) = said(a_suite(conclusion))
    assert isinstance(finding, Finding)
    assert f"Workflow CI {words} at {SHORT}." == finding.says


def test_a_red_status_links_to_its_own_page() -> None:
    """Of another system's failure there is only a page to look at."""
    (finding,) = said(statuses=(a_status(StatusState.ERROR),))
    assert isinstance(finding, Finding)
    assert symptom("ci/external", Thing.STATUS) == finding.symptom
    assert LinkTrace(url="https://ci.example/1") == finding.trace
    assert f"Status ci/external failed at {SHORT}." == finding.says


def test_a_red_app_links_to_the_commit() -> None:
    """A suite of another app names no page, so that the commit's is given."""
    (finding,) = said(an_app_suite(RED))
    assert isinstance(finding, Finding)
    assert symptom("codecov", Thing.STATUS) == finding.symptom
    assert LinkTrace(url=f"https://github.com/{REPO}/commit/{HEAD}") == finding.trace


def test_a_green_workflow_is_a_proof() -> None:
    """A workflow that passed is proved to work at the head."""
    expected = Proof(
        symptom=symptom(),
        project=PROJECT,
        at=ago(minutes=30),
        commit=HEAD,
        trace=RunTrace(repo=REPO, run_id=1, updated_at=ago(minutes=30), url=RUN_URL),
        says=f"Workflow CI passed at {SHORT}.",
    )
    assert [expected] == said(a_suite())


UNSETTLED = {
    "in progress": (a_suite(None), "is under way", True),
    "green for ten seconds": (a_suite(updated_at=ago(seconds=10)), "passed only seconds ago", True),
    "cancelled": (a_suite(CheckConclusion.CANCELLED), "was cancelled", False),
    "skipped": (a_suite(CheckConclusion.SKIPPED), "was skipped", False),
    "neutral": (a_suite(CheckConclusion.NEUTRAL), "ended without a verdict", False),
    "stuck": (a_suite(None, updated_at=ago(hours=4)), "has not ended for hours", False),
    "unknown": (a_suite(Unrecognised("WOBBLY")), "is in a state that we do not know", False),
}


@pytest.mark.parametrize(("suite", "words", "in_flight"), UNSETTLED.values(), ids=UNSETTLED)
def test_what_is_neither_red_nor_green_is_unsettled(
    suite: Suite, words: str, *, in_flight: bool
) -> None:
    """Nothing opens and nothing closes by a run that has no verdict, or has one only just now."""
    expected = Unsettled(
        symptom=symptom(),
        project=PROJECT,
        why=f"Workflow CI {words} at {SHORT}.",
        in_flight=in_flight,
    )
    assert [expected] == said(suite)


def test_a_second_run_after_a_red_one_is_unsettled() -> None:
    """While a red workflow runs again its incident neither opens anew nor closes."""
    (unsettled,) = said(RED, a_suite(None, run=a_run(2)))
    assert isinstance(unsettled, Unsettled)
    assert (True, f"Workflow CI failed and runs again at {SHORT}.") == (
        unsettled.in_flight,
        unsettled.why,
    )


TWIN = a_run(2, workflow_id=77)


@pytest.mark.parametrize(
    ("twin", "expected"),
    [
        (a_suite(run=TWIN), Finding),
        (a_suite(None, run=TWIN), Finding),
    ],
    ids=["green", "in progress"],
)
def test_of_two_workflows_of_one_name_one_red_is_red(twin: Suite, expected: type) -> None:
    """A green workflow does not hide a red one that has the same name."""
    assert [expected] == [type(observation) for observation in said(RED, twin)]


def test_the_newest_of_two_failures_is_the_one_that_is_told() -> None:
    """Of two red workflows of one name, the one that failed last is traced."""
    later = a_suite(CheckConclusion.FAILURE, run=TWIN, updated_at=ago(minutes=5))
    (finding,) = said(RED, later)
    assert isinstance(finding, Finding)
    assert ago(minutes=5) == finding.since


@pytest.mark.parametrize(
    ("twin", "expected", "in_flight"),
    [
        (a_suite(run=TWIN), Proof, None),
        (a_suite(CheckConclusion.SKIPPED, run=TWIN), Unsettled, False),
        (a_suite(None, run=TWIN), Unsettled, True),
    ],
    ids=["green", "skipped", "in progress"],
)
def test_two_workflows_of_one_name_are_proved_together(
    twin: Suite, expected: type, *, in_flight: bool | None
) -> None:
    """Both must pass before either is proved."""
    (observation,) = said(a_suite(), twin)
    assert (expected, in_flight) == (type(observation), getattr(observation, "in_flight", None))


def test_what_is_under_way_is_told_before_what_was_skipped() -> None:
    """Of several doubts the one that will pass by itself is named."""
    skipped = a_suite(CheckConclusion.SKIPPED, run=TWIN, updated_at=ago(minutes=1))
    (unsettled,) = said(a_suite(None), skipped)
    assert isinstance(unsettled, Unsettled)
    assert f"Workflow CI is under way at {SHORT}." == unsettled.why


def test_each_workflow_is_judged_on_its_own() -> None:
    """A green workflow does not hide a red one, nor an unknown app."""
    strange = an_app_suite(a_suite(Unrecognised("WOBBLY")))
    lint = a_suite(run=a_run(2, workflow="Lint"))
    kinds = {
        observation.symptom.subject.name: type(observation)
        for observation in said(RED, lint, strange)
    }
    assert {"CI": Finding, "Lint": Proof, "codecov": Unsettled} == kinds


def test_a_workflow_that_did_not_run_is_not_mentioned() -> None:
    """What is required and missing stays as it was."""
    view = a_view(policy=a_policy(ci_workflows=("Build",)), read=github())
    assert ["CI"] == [observation.symptom.subject.name for observation in main_ci(view)]


def test_the_deploy_workflow_is_not_ci() -> None:
    """What deploys is judged as a deploy."""
    view = a_view(policy=a_policy(deploy_workflow="CI"), read=github(at_head=checks(RED)))
    assert [] == list(main_ci(view))


SILENT = {
    "repository blind": replace(github(at_head=checks(RED)), repository=blind()),
    "branch blind": replace(github(at_head=checks(RED)), branch=blind()),
    "checks blind": replace(github(), checks=blind()),
    "archived": github(at_head=checks(RED), repository=a_repository(archived=True)),
    "checks of another commit": github(at_head=checks(RED, commit=PARENT)),
}


@pytest.mark.parametrize("read", SILENT.values(), ids=SILENT)
def test_what_is_not_seen_in_full_is_not_judged(read: GitHubReading) -> None:
    """Blindness says nothing about health, and an archived repository has none."""
    assert [] == list(main_ci(a_view(read=read)))
