"""What the newest runs of the branch prove, where the head says nothing of a workflow."""

from dataclasses import replace

import pytest

from builders import (
    PARENT,
    PROJECT,
    REPO,
    a_branch,
    a_branch_run,
    a_job,
    a_view,
    ago,
    github,
    seen,
    sha,
)
from incident_builders import BAD, CI, FIXED, GOOD, T0, WEB, ailment, incident, proof, run
from pipeline_health.core.earlier import earlier_proofs, earlier_questions, told_by_head
from pipeline_health.core.model.findings import Kind, Proof, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.questions import Answers, BranchRun, Job, JobsOf, RunsOf, RunTrace
from pipeline_health.core.model.readings import Blind, CheckConclusion, Reading
from pipeline_health.core.model.snapshot import ProjectView

GREEN, RED = CheckConclusion.SUCCESS, CheckConclusion.FAILURE
ASKED = RunsOf(repo=REPO, branch="main", event="push")


def broken(**changes: object) -> Symptom:
    """Give a workflow of the branch that the head says nothing of."""
    symptom = Symptom(
        kind=Kind.MAIN_CI_RED,
        scope=Scope("github:4711:main"),
        subject=Subject(Thing.WORKFLOW, "Docs"),
    )
    return replace(symptom, **changes)  # type: ignore[arg-type]


def view(answer: Reading[tuple[BranchRun, ...]]) -> ProjectView:
    """Give a view in which the runs of the branch were asked for."""
    return a_view(answers=Answers(runs={ASKED: answer}))


def passed_at(runs: tuple[BranchRun, ...], symptom: Symptom | None = None) -> list[str | None]:
    """Give the commits at which the runs prove the workflow."""
    of = incident(ailment(symptom or broken()))
    return [proof.commit for proof in earlier_proofs(of, view(seen(runs)), told=())]


def test_the_newest_run_decides() -> None:
    """Whatever order the list has, and whatever older runs say."""
    old, new = (
        replace(a_branch_run(conclusion, number=number, workflow="Docs"), sha=sha(number))
        for conclusion, number in ((RED, 3), (GREEN, 4))
    )

    assert [sha(4)] == passed_at((old, new)) == passed_at((new, old))
    assert [] == passed_at((replace(old, run=replace(old.run, id=9)), new))


def test_every_run_back_to_one_that_did_not_pass_may_hold_the_proof() -> None:
    """The newest may have skipped what failed; what lies behind a failure is no proof."""
    runs = tuple(
        replace(a_branch_run(conclusion, number=number, workflow="Docs"), sha=sha(number))
        for number, conclusion in enumerate((GREEN, RED, GREEN, GREEN, GREEN), start=1)
    )

    assert [sha(5), sha(4), sha(3)] == passed_at(runs)


def test_only_the_newest_runs_are_looked_into() -> None:
    """Each costs a request for its jobs."""
    runs = tuple(a_branch_run(GREEN, number=number, workflow="Docs") for number in range(1, 9))

    assert len(passed_at(runs)) == 5


def test_every_workflow_of_the_name_must_have_passed() -> None:
    """Names need not be unique, and one of two proves half of it."""
    one = a_branch_run(GREEN, number=3, workflow="Docs")
    other = a_branch_run(RED, number=4, workflow="Docs")
    apart = replace(other, run=replace(other.run, workflow_id=one.run.workflow_id + 1))

    assert [] == passed_at((one, apart))
    later = replace(apart, sha=sha(4), suite=replace(one.suite, updated_at=ago(minutes=1)))
    assert [sha(4)] == passed_at((one, later)) == passed_at((later, one))


@pytest.mark.parametrize("conclusion", [None, CheckConclusion.SKIPPED, CheckConclusion.CANCELLED])
def test_what_did_not_pass_proves_nothing(conclusion: CheckConclusion | None) -> None:
    """Under way, skipped and cancelled are no verdict."""
    assert [] == passed_at((a_branch_run(conclusion, number=3, workflow="Docs"),))


@pytest.mark.parametrize(
    ("conclusion", "proved"),
    [(GREEN, [sha(4)]), (RED, []), (CheckConclusion.STALE, []), (None, [])],
)
def test_a_run_that_did_not_end_is_proved_by_one_that_passed(
    conclusion: CheckConclusion | None, proved: list[str]
) -> None:
    """Of one that ended red behind the head nothing else would tell."""
    last = replace(a_branch_run(conclusion, number=4, workflow="Docs"), sha=sha(4))
    stuck = broken(kind=Kind.MAIN_CI_STUCK)

    assert [ASKED] == list(earlier_questions(incident(ailment(stuck)), a_view(), told=()))
    assert proved == passed_at((last,), stuck)


def test_of_two_workflows_of_the_name_the_one_that_passed_last_is_the_proof() -> None:
    """It was broken until then."""
    last = a_branch_run(GREEN, number=3, workflow="Docs", updated_at=ago(minutes=1))
    first = a_branch_run(GREEN, number=4, workflow="Docs", updated_at=ago(minutes=9))
    first = replace(first, sha=sha(4), run=replace(first.run, workflow_id=1))

    assert [PARENT] == passed_at((last, first)) == passed_at((first, last))


def test_each_workflow_is_proved_by_itself() -> None:
    """What has no runs keeps no other from being proved; what the clock starts has its own."""
    nightly = broken(kind=Kind.SCHEDULED_WORKFLOW_RED, subject=Subject(Thing.WORKFLOW, "Nightly"))
    told = broken(kind=Kind.MAIN_CI_MISSING)
    of = incident(ailment(told), ailment(broken()), ailment(nightly))
    by_the_clock = replace(ASKED, event="schedule")
    answers = Answers(
        runs={
            ASKED: seen((a_branch_run(GREEN, number=3, workflow="Docs"),)),
            by_the_clock: seen((a_branch_run(GREEN, number=4, workflow="Nightly"),)),
        }
    )

    proofs = earlier_proofs(of, a_view(answers=answers), told=())

    assert [ASKED, by_the_clock] == list(earlier_questions(of, a_view(), told=()))
    assert ["Docs", "Nightly"] == [proof.symptom.subject.name for proof in proofs]


def test_another_workflow_proves_nothing() -> None:
    """The same check must pass."""
    assert [] == passed_at((a_branch_run(GREEN, number=3, workflow="Lint"),))


@pytest.mark.parametrize(
    "symptom",
    [
        broken(scope=Scope("github:4712:main")),
        broken(subject=Subject(Thing.STATUS, "Docs")),
        broken(kind=Kind.MAIN_CI_MISSING),
    ],
    ids=["another branch", "no workflow", "another kind"],
)
def test_of_what_has_no_runs_none_are_asked(symptom: Symptom) -> None:
    """A question that could prove nothing costs nothing."""
    of = incident(ailment(symptom))

    assert [] == list(earlier_questions(of, a_view(), told=()))
    assert [] == passed_at((a_branch_run(GREEN, number=3, workflow="Docs"),), symptom)


def test_runs_are_asked_only_where_the_head_says_nothing() -> None:
    """What the head shows is newer than any list."""
    of = incident(ailment(broken()))

    assert [ASKED] == list(earlier_questions(of, a_view(), told=()))
    assert [] == list(earlier_questions(of, a_view(), told=(broken(),)))


SKIPPED = a_job("test", CheckConclusion.SKIPPED)
PASSED = a_job("test", CheckConclusion.SUCCESS)


@pytest.mark.parametrize(
    ("head", "jobs", "said", "told"),
    [
        pytest.param([proof()], (PASSED,), {CI}, {CI}, id="it passed"),
        pytest.param([proof()], (SKIPPED,), {CI}, set(), id="it passed, and skipped the job"),
        pytest.param([proof()], (SKIPPED,), set(), set(), id="nothing is said of it"),
        pytest.param([proof()], None, {CI}, {CI}, id="its jobs are not read yet"),
        pytest.param([], (SKIPPED,), {CI}, {CI}, id="it failed"),
        pytest.param([proof(at=T0)], (SKIPPED,), {CI}, {CI}, id="it passed before that"),
        pytest.param([replace(proof(), commit=GOOD)], (SKIPPED,), {CI}, {CI}, id="without it"),
        pytest.param([proof(WEB)], (SKIPPED,), {CI}, {CI}, id="another thing passed"),
    ],
)
def test_the_head_tells_of_what_it_does_not_pass_by(
    head: list[Proof], jobs: tuple[Job, ...] | None, said: set[Symptom], told: set[Symptom]
) -> None:
    """A run that passed and skipped what had failed leaves it to the runs before."""
    answers = {} if jobs is None else {JobsOf(run(202)): seen(jobs)}
    look = a_view(
        read=github(branch=a_branch(head=FIXED, history=(FIXED, BAD, GOOD))),
        answers=Answers(jobs=answers),
    )

    assert told_by_head(incident(), look, said=said, proofs=head) == told


def test_runs_that_cannot_be_read_prove_nothing() -> None:
    """Blind is not healthy."""
    blind = Blind(at=ago(), why="502")

    assert [] == list(earlier_proofs(incident(ailment(broken())), view(blind), told=()))


def test_the_proof_says_all_of_it() -> None:
    """What passed, when, at which commit, and where it can be read."""
    last = replace(a_branch_run(GREEN, number=4, workflow="Docs", event="push"), sha=sha(4))
    (proof,) = earlier_proofs(incident(ailment(broken())), view(seen((last,))), told=())
    assert proof == Proof(
        symptom=broken(),
        project=PROJECT,
        at=last.suite.updated_at,
        commit=sha(4),
        trace=RunTrace(repo=REPO, run_id=4, updated_at=last.suite.updated_at, url=last.run.url),
        says="Workflow Docs passed at 0000004.",
    )
