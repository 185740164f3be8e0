from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from github_stage import MINUTE, OWN, PLANTED, SHOP, Stage, on_stage
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.questions import Contains, Evidence, Job, Relation, RunTrace
from pipeline_health.core.model.readings import Blind, CheckConclusion, Seen
from pipeline_health.simulator.github_records import Run
from pipeline_health.sources.github.job_log import BYTES

LOG = f"""\
##[group]Run pytest
pytest -q --token {PLANTED}
##[endgroup]
E   ImportError: no module named basket
##[error]tests/test_basket.py:3 no module named basket
##[error]Process completed with exit code 1.
Post job cleanup.
"""

TOLD = """\
pytest -q --token ***
E   ImportError: no module named basket
##[error]tests/test_basket.py:3 no module named basket
##[error]Process completed with exit code 1."""


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a world with one repository, and our clients in front of it."""
    with on_stage() as stage:
        stage.world.repo(SHOP).push("Add a basket")
        yield stage


def trace_of(run: Run, repo: RepoName = SHOP) -> RunTrace:
    """Give the trace of a run as it is now."""
    return RunTrace(repo=repo, run_id=run.id, updated_at=run.updated_at, url="")


def evidence(stage: Stage, run: Run) -> Evidence:
    """Ask for the evidence of a run, as a new process would."""
    found = stage.source().evidence(trace_of(run), now=stage.world.now())
    assert isinstance(found, Seen)
    return found.value


def jobs(stage: Stage, run: Run) -> tuple[Job, ...]:
    """Ask for the jobs of a run, as a new process would."""
    found = stage.source().jobs(trace_of(run), now=stage.world.now())
    assert isinstance(found, Seen)
    return found.value


def test_a_failing_run_tells_its_job_its_step_and_its_first_error(stage: Stage) -> None:
    """Secrets are gone, times and tidying up too; what passed is not named."""
    run = stage.world.repo(SHOP).run(
        "CI", "failure", jobs={"build": "success", "test": "failure"}, step="pytest", log=LOG
    )

    expected = Evidence(
        at=stage.world.now(),
        complete=True,
        jobs=("test",),
        steps=("test / pytest",),
        first_error="tests/test_basket.py:3 no module named basket",
        tail=TOLD,
    )
    assert expected == evidence(stage, run)


def test_complete_evidence_is_asked_for_once(stage: Stage) -> None:
    """A failure that stands for days costs nothing, in a new process neither."""
    run = stage.world.repo(SHOP).run("CI", "failure", log=LOG)
    first = evidence(stage, run)
    asked = len(stage.world.requests)

    assert first == evidence(stage, run)
    assert asked == len(stage.world.requests)
    assert not any(PLANTED in fact for fact in stage.memory.facts.values())


@pytest.mark.parametrize(
    ("sort", "each"), [pytest.param("no log", 3, id="no-log"), pytest.param("gone", 1, id="gone")]
)
def test_what_is_not_whole_is_asked_for_after_as_long_again(
    stage: Stage, sort: str, each: int
) -> None:
    """Ten minutes after a failure, then after twenty, and an hour later at most."""
    run = stage.world.repo(SHOP).run("CI", "failure", log="")
    trace = trace_of(run)
    if sort == "gone":
        trace = replace(trace, run_id=1)
    asked = []
    for minutes in (10, 5, 4, 1, 15, 10, 600, 30, 29, 1):
        stage.world.advance(minutes * MINUTE)
        stage.world.requests.clear()
        found = stage.source().evidence(trace, now=stage.world.now())
        asked.append(len(stage.world.requests))
        if sort == "gone":
            assert isinstance(found, Blind)
            assert "GitHub shows no such thing" in found.why
        else:
            assert isinstance(found, Seen)
            assert not found.value.complete

    assert [each, 0, 0, each - (sort != "gone"), 0] == asked[:5]
    assert [1, 0, 0, 1] == [min(number, 1) for number in asked[6:]]


def test_evidence_before_the_log_is_there_is_asked_for_again(stage: Stage) -> None:
    """A first look often comes before the log; the next one reads it."""
    run = stage.world.repo(SHOP).run("CI", "failure", log="")
    early = evidence(stage, run)
    run.jobs[0].log = "boom: error"
    late = evidence(stage, run)

    assert (False, "") == (early.complete, early.tail)
    assert (True, "boom: error") == (late.complete, late.first_error)


def test_a_log_that_never_comes_is_given_up_after_a_day(stage: Stage) -> None:
    """An expired log must not be asked for in every cycle for ever."""
    run = stage.world.repo(SHOP).run("CI", "failure", log="")
    stage.world.advance(timedelta(days=1))
    assert evidence(stage, run).complete
    asked = len(stage.world.requests)

    evidence(stage, run)

    assert asked == len(stage.world.requests)


@pytest.mark.parametrize(
    ("minutes", "complete"), [pytest.param(1, False, id="young"), pytest.param(5, True, id="old")]
)
def test_a_run_without_jobs_may_still_get_some(
    stage: Stage, minutes: int, *, complete: bool
) -> None:
    """A workflow that could not even start never has any."""
    run = stage.world.repo(SHOP).run("CI", "startup_failure")
    stage.world.advance(minutes * MINUTE)

    found = evidence(stage, run)

    assert (complete, (), None) == (found.complete, found.jobs, found.first_error)
    assert complete is found.jobless


def test_a_run_without_jobs_is_told_by_how_it_ended(stage: Stage) -> None:
    """One waits for an approval, another behind a run that is not over: neither could not start."""
    shop = stage.world.repo(SHOP)
    runs = (shop.run("CI", "action_required", jobs={}), shop.run("CI", None, jobs={}))
    stage.world.advance(6 * MINUTE)

    waits, queued = (evidence(stage, run) for run in runs)

    assert (False, True) == (waits.jobless, waits.approval)
    assert (False, False) == (queued.jobless, queued.approval)


def test_evidence_of_a_run_that_still_goes_on_is_not_complete(stage: Stage) -> None:
    """One job failed, another one may."""
    run = stage.world.repo(SHOP).run("CI", None, jobs={"lint": "failure", "test": None}, log="bad")

    found = evidence(stage, run)

    assert (False, ("lint",)) == (found.complete, found.jobs)


def test_another_attempt_has_evidence_of_its_own(stage: Stage) -> None:
    """A re-run keeps the run's id; its time tells the attempts apart."""
    shop = stage.world.repo(SHOP)
    run = shop.run("CI", "failure", log="first error")
    evidence(stage, run)
    stage.world.advance(MINUTE)
    shop.rerun(run)
    stage.world.advance(MINUTE)
    shop.finish(run, "failure", log="second error")

    assert "second error" == evidence(stage, run).first_error


BILLING = (
    "The job was not started because recent account payments have failed or your spending limit "
    "needs to be increased. Please check the 'Billing & plans' section in your settings"
)


def test_a_job_that_was_never_begun_is_told_by_what_was_noted_at_it(stage: Stage) -> None:
    """It has no step and no log, and there will be none; a note is redacted like a log."""
    run = stage.world.repo(SHOP).unstarted("CI", f"{BILLING}\n\n{PLANTED}")

    found = evidence(stage, run)

    assert (True, ("test",), ("test",)) == (found.complete, found.jobs, found.steps)
    assert found.first_error == BILLING
    assert found.tail == f"##[error]{BILLING}\n##[error]***"
    assert found == evidence(stage, run)
    assert 1 == stage.asked("/annotations")


@pytest.mark.parametrize(
    ("minutes", "complete"), [pytest.param(1, False, id="young"), pytest.param(5, True, id="old")]
)
def test_notes_that_are_hidden_from_the_token_are_gone_without(
    stage: Stage, minutes: int, *, complete: bool
) -> None:
    """A fine-grained token may not read checks; a job without a step gets no log either."""
    run = stage.world.repo(SHOP).unstarted("CI", BILLING)
    stage.world.no_checks.add(OWN)
    stage.world.advance(minutes * MINUTE)

    found = evidence(stage, run)

    assert (complete, ("test",), None) == (found.complete, found.jobs, found.first_error)


def test_notes_that_cannot_be_read_at_all_are_blind(stage: Stage) -> None:
    """A token that is refused altogether is no word on the notes."""
    run = stage.world.repo(SHOP).unstarted("CI", BILLING)
    stage.world.faults.add(host="github", mode="status", match="/annotations", status=401)

    assert isinstance(stage.source().evidence(trace_of(run), now=stage.world.now()), Blind)


def test_a_job_that_lost_its_runner_is_told_by_a_note_until_its_log_comes(stage: Stage) -> None:
    """A note beside a log that may come is no end of the story; warnings are no failures."""
    run = stage.world.repo(SHOP).run("CI", "failure", log="")
    run.jobs[0].annotations.append("The hosted runner lost communication with the server.")
    early = evidence(stage, run)
    run.jobs[0].log = "boom: error"
    late = evidence(stage, run)

    assert (False, "The hosted runner lost communication with the server.") == (
        early.complete,
        early.first_error,
    )
    assert (True, "boom: error") == (late.complete, late.first_error)


def test_a_job_that_passed_in_an_earlier_attempt_is_named(stage: Stage) -> None:
    """Only a re-run is asked for its attempts, once; names are redacted on both sides."""
    shop = stage.world.repo(SHOP)
    name = f"test ({PLANTED})"
    run = shop.run("CI", "failure", jobs={"lint": "failure", name: "success"}, log=LOG)
    assert () == evidence(stage, run).passed_before
    assert 0 == stage.asked("filter=all")
    stage.world.advance(MINUTE)
    shop.rerun(run)
    shop.finish(run, "failure", log=LOG)

    found = evidence(stage, run)

    assert ("lint", "test (***)") == found.jobs
    assert ("test (***)",) == found.passed_before
    assert found == evidence(stage, run)
    assert 1 == stage.asked("filter=all")


@pytest.mark.parametrize(
    ("status", "blind"),
    [pytest.param(404, False, id="not kept"), pytest.param(500, True, id="ill")],
)
def test_attempts_that_cannot_be_read(stage: Stage, status: int, *, blind: bool) -> None:
    """Without them nothing is called flaky; when GitHub is ill, it is asked again."""
    shop = stage.world.repo(SHOP)
    run = shop.run("CI", "success")
    shop.rerun(run)
    shop.finish(run, "failure", log=LOG)
    stage.world.faults.add(host="github", mode="status", match="filter=all", status=status, times=9)

    found = stage.source().evidence(trace_of(run), now=stage.world.now())

    assert blind is isinstance(found, Blind)
    if isinstance(found, Seen):
        assert () == found.value.passed_before


def test_the_logs_of_three_failing_jobs_are_read(stage: Stage) -> None:
    """All failing jobs are named; the tail tells whose line is whose."""
    run = stage.world.repo(SHOP).run(
        "CI", "failure", jobs={f"test ({at})": "failure" for at in range(5)}, log="one\nerror two"
    )

    found = evidence(stage, run)

    assert 5 == len(found.jobs)
    assert 3 == stage.asked("/logs")
    assert [f"--- test ({at}) / Run tests ---" for at in range(3)] == [
        line for line in found.tail.splitlines() if line.startswith("---")
    ]


def test_only_the_end_of_a_long_log_is_kept(stage: Stage) -> None:
    """What a cut leaves of a line could be the half of a secret, and is dropped."""
    noise = "\n".join(f"{PLANTED} line {at}" for at in range(6000))
    run = stage.world.repo(SHOP).run("CI", "failure", log=f"{noise}\nlast error")

    found = evidence(stage, run)

    assert len(found.tail) < BYTES
    assert 120 == len(found.tail.splitlines())
    assert found.tail.endswith("last error")
    assert all(line.startswith("*** line") for line in found.tail.splitlines()[:-1])


def test_evidence_that_cannot_be_read_is_blind(stage: Stage) -> None:
    """The reason is given, and nothing is remembered."""
    run = stage.world.repo(SHOP).run("CI", "failure", log=LOG)
    stage.world.faults.add(host="github", mode="status", match="/jobs", times=9)

    found = stage.source().evidence(trace_of(run), now=stage.world.now())

    assert isinstance(found, Blind)
    assert "GitHub answered 502" in found.why
    assert not any(topic == "evidence" for topic, _ in stage.memory.facts)


@pytest.mark.parametrize("status", [403, 500])
def test_a_log_that_is_refused_is_not_a_log_that_is_not_there(stage: Stage, status: int) -> None:
    """Only a 404 says that there is none yet."""
    run = stage.world.repo(SHOP).run("CI", "failure", log=LOG)
    stage.world.faults.add(host="github", mode="status", match="/logs", status=status)

    found = stage.source().evidence(trace_of(run), now=stage.world.now())

    assert isinstance(found, Blind)
    assert f"GitHub answered {status} for the log" in found.why


def test_the_jobs_of_a_run_are_told_with_how_each_ended(stage: Stage) -> None:
    """Names are redacted too, because a matrix puts values into them."""
    run = stage.world.repo(SHOP).run(
        "CI", "failure", jobs={"build": "success", f"test ({PLANTED})": "failure"}, log=LOG
    )

    assert [
        ("build", CheckConclusion.SUCCESS, None),
        ("test (***)", CheckConclusion.FAILURE, "Run tests"),
    ] == [(job.name, job.conclusion, job.step) for job in jobs(stage, run)]


def test_jobs_that_are_over_are_asked_for_once(stage: Stage) -> None:
    """By the jobs' question and by the evidence's together."""
    run = stage.world.repo(SHOP).run("CI", "success", jobs={"a": "success", "b": "skipped"})
    first = jobs(stage, run)

    assert first == jobs(stage, run)
    evidence(stage, run)
    assert 1 == stage.asked("/jobs")


def test_jobs_that_go_on_are_asked_for_again(stage: Stage) -> None:
    """An answer that can change is not kept."""
    shop = stage.world.repo(SHOP)
    run = shop.run("CI", None)
    assert [None] == [job.conclusion for job in jobs(stage, run)]
    shop.finish(run, "success")

    assert [CheckConclusion.SUCCESS] == [job.conclusion for job in jobs(stage, run)]


def test_more_than_one_page_of_jobs_is_read(stage: Stage) -> None:
    """A large matrix has more than a hundred."""
    run = stage.world.repo(SHOP).run(
        "CI", "success", jobs={f"test ({at})": "success" for at in range(130)}
    )

    assert 130 == len(jobs(stage, run))


def test_jobs_that_cannot_be_read_are_blind(stage: Stage) -> None:
    """A run that is not there has no jobs that anybody could tell."""
    trace = RunTrace(repo=SHOP, run_id=1, updated_at=stage.world.now(), url="")

    found = stage.source().jobs(trace, now=stage.world.now())

    assert isinstance(found, Blind)
    assert "GitHub shows no such thing" in found.why


@pytest.mark.parametrize(
    "fact",
    [
        "",
        "{",
        "[1]",
        '{"at": 3}',
        '[{"id": "x"}]',
        '{"at":"2026-03-02T10:00:00","jobs":[1]}',
        "null",
    ],
)
def test_a_spoiled_memory_is_no_memory(stage: Stage, fact: str) -> None:
    """What cannot be read back is asked again."""
    run = stage.world.repo(SHOP).run("CI", "failure", log=LOG)
    first = evidence(stage, run)
    stage.memory.facts = dict.fromkeys(stage.memory.facts, fact)

    assert first == evidence(stage, run)


@pytest.mark.parametrize(
    ("older", "newer", "expected"),
    [
        pytest.param(0, 1, Relation.AHEAD, id="contains"),
        pytest.param(1, 0, Relation.BEHIND, id="is-contained"),
        pytest.param(1, 1, Relation.IDENTICAL, id="same"),
        pytest.param(1, 2, Relation.DIVERGED, id="beside"),
    ],
)
def test_how_two_commits_stand_is_asked_once(
    stage: Stage, older: int, newer: int, expected: Relation
) -> None:
    """It never changes."""
    shop = stage.world.repo(SHOP)
    first = shop.head
    second = shop.push("Next")
    shop.force_push(first)
    commits = (first, second, shop.push("Other"))
    question = Contains(repo=SHOP, newer=commits[newer], older=commits[older])

    for _ in range(2):
        found = stage.source().relation(question, now=stage.world.now())
        assert Seen(at=stage.world.now(), value=expected) == found

    assert 1 == stage.asked("/compare/")


def test_a_commit_that_is_missing_may_come(stage: Stage) -> None:
    """A fresh push can be late on the server that was asked."""
    question = Contains(repo=SHOP, newer=Sha("b" * 40), older=stage.world.repo(SHOP).head)

    for _ in range(2):
        found = stage.source().relation(question, now=stage.world.now())
        assert Seen(at=stage.world.now(), value=Relation.MISSING) == found

    assert 2 == stage.asked("/compare/")


def test_a_spoiled_relation_is_asked_again(stage: Stage) -> None:
    """What somebody else wrote into the memory decides nothing."""
    head = stage.world.repo(SHOP).head
    question = Contains(repo=SHOP, newer=head, older=head)
    stage.memory.facts["contains", f"{SHOP} {head}...{head}"] = "sideways"

    found = stage.source().relation(question, now=stage.world.now())

    assert Seen(at=stage.world.now(), value=Relation.IDENTICAL) == found


def test_a_comparison_that_failed_is_blind(stage: Stage) -> None:
    """It is not «missing»."""
    head = stage.world.repo(SHOP).head
    stage.world.faults.add(host="github", mode="html", match="/compare/", times=9)

    found = stage.source().relation(
        Contains(repo=SHOP, newer=head, older=head), now=stage.world.now()
    )

    assert isinstance(found, Blind)
