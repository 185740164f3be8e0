"""Tables of what is silence: the file is gone, or the job is, and what was skipped is neither."""

from dataclasses import replace
from datetime import datetime

import pytest

from builders import (
    HEAD,
    HISTORY,
    NOW,
    PARENT,
    PROJECT,
    REPO,
    REPOSITORY_ID,
    a_branch,
    a_job,
    a_run,
    a_suite,
    a_view,
    ago,
    an_app_suite,
    blind,
    checks,
    github,
    seen,
    sha,
)
from incident_builders import ailment, incident, page
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
from pipeline_health.core.model.ids import Login, Sha
from pipeline_health.core.model.incident import Ailment, Incident, Owner, Silence
from pipeline_health.core.model.issue import IssueRef, TrackedIssue
from pipeline_health.core.model.questions import (
    Answers,
    Contains,
    Job,
    JobsOf,
    Relation,
    RunTrace,
    WorkflowFile,
    WorkflowFileOf,
)
from pipeline_health.core.model.readings import CheckConclusion, Reading
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.silenced import (
    reason_to_reopen_silenced,
    silence_questions,
    under_other_names,
    with_silence,
)

FAILED_AT = ago(hours=2)
SCOPE = Scope(f"github:{REPOSITORY_ID}:main")
CI = Symptom(kind=Kind.MAIN_CI_RED, scope=SCOPE, subject=Subject(Thing.WORKFLOW, "CI"))
RENAMED = replace(CI, subject=Subject(Thing.WORKFLOW, "Main CI"))
RED = RunTrace(repo=REPO, run_id=50, updated_at=FAILED_AT, url="https://github.com/r/50")
ASKED = WorkflowFileOf(trace=RED, older=PARENT, newer=HEAD)
FILE = WorkflowFile(
    path=".github/workflows/ci.yml",
    workflow_id=sum(b"CI"),
    was_there=True,
    is_there=True,
    touched=HEAD,
)
GONE = replace(FILE, is_there=False)
QUIET = Silence(looks=1)
WITHOUT = Silence(runs=(60,), jobs=("test",))


def broken(silence: Silence = QUIET, *, commit: Sha | None = PARENT) -> Ailment:
    """Give CI that failed in the job `test` two hours ago."""
    failed = ailment(CI, trace=RED, commit=commit, failed_at=FAILED_AT, jobs=("test",))
    return replace(failed, silence=silence)


def look(
    file: Reading[WorkflowFile] | None = None,
    *jobs: Job,
    run: int = 1,
    workflow: str = "CI",
    history: tuple[Sha, ...] = HISTORY,
    relation: Relation | None = None,
) -> ProjectView:
    """Give a look at which *file* is known, and the *jobs* of the green run at the head."""
    view = a_view(
        read=github(at_head=checks(a_suite(run=a_run(run, workflow=workflow)))),
        answers=Answers(
            files={} if file is None else {ASKED: file},
            jobs={JobsOf(green(run)): seen(jobs)} if jobs else {},
            contains={}
            if relation is None
            else {Contains(repo=REPO, newer=HEAD, older=PARENT): seen(relation)},
        ),
    )
    return replace(view, github=replace(view.github, branch=seen(a_branch(history=history))))


def green(run: int = 1) -> RunTrace:
    """Give the trace of a green run."""
    return RunTrace(repo=REPO, run_id=run, updated_at=NOW, url="")


def a_proof(symptom: Symptom = CI, *, run: int = 1, at: datetime = NOW) -> Proof:
    """Give a proof at the head."""
    return Proof(
        symptom=symptom, project=PROJECT, at=at, commit=HEAD, trace=green(run), says="It passed."
    )


def heard(of: Ailment, said: tuple[Observation, ...], view: ProjectView) -> Incident:
    """Give the incident of *of* after one look."""
    return with_silence(incident(of), said, view)


FINDING = Finding(
    symptom=CI, project=PROJECT, since=NOW, commit=HEAD, trace=green(), says="It failed."
)
WAITING = Unsettled(symptom=CI, project=PROJECT, why="It runs.")


def test_a_file_that_is_gone_from_the_head_silences_for_good() -> None:
    """The second quiet look knows: the sentence names the commit, and a person has it."""
    told = heard(broken(), (), look(seen(GONE)))

    assert Owner.HUMAN is told.cause.owner
    assert told.escalated == (
        f"The alarm was silenced by {HEAD[:7]}: the file of the workflow that failed, "
        ".github/workflows/ci.yml, is gone."
    )
    assert [NOW] == [silence.at for silence in told.silenced]
    assert told == with_silence(told, (), look(seen(GONE)))


@pytest.mark.parametrize(
    ("of", "said", "view"),
    [
        pytest.param(broken(Silence()), (), look(seen(GONE)), id="the first quiet look"),
        pytest.param(broken(), (WAITING,), look(seen(GONE)), id="something runs"),
        pytest.param(broken(), (), look(seen(FILE)), id="the file is there"),
        pytest.param(
            broken(), (), look(seen(replace(GONE, was_there=False))), id="it was never there"
        ),
        pytest.param(broken(), (), look(blind()), id="the file cannot be seen"),
        pytest.param(broken(), (), look(), id="nobody was asked yet"),
        pytest.param(broken(commit=None), (), look(seen(GONE)), id="no commit"),
        pytest.param(replace(broken(), trace=page()), (), look(seen(GONE)), id="no run"),
        pytest.param(
            replace(broken(), symptom=replace(CI, scope=Scope("another"))),
            (),
            look(seen(GONE)),
            id="the look is not about it",
        ),
        pytest.param(
            broken(),
            (),
            look(seen(GONE), history=(HEAD,), relation=Relation.BEHIND),
            id="the head is older",
        ),
        pytest.param(broken(), (), look(seen(GONE), history=(HEAD,)), id="ancestry not known"),
        pytest.param(
            broken(),
            (),
            replace(look(seen(GONE)), github=replace(look().github, checks=blind())),
            id="the checks were not seen",
        ),
    ],
)
def test_it_is_no_silence(of: Ailment, said: tuple[Observation, ...], view: ProjectView) -> None:
    """Not knowing, waiting and being left out say nothing."""
    told = heard(of, said, view)

    assert ("", ()) == (told.escalated, told.silenced)


def test_a_job_that_is_gone_from_a_second_run_silences() -> None:
    """The newest commit that touched the file is named; the matrix part does not count."""
    view = look(seen(FILE), a_job("build"), run=61)

    told = heard(broken(WITHOUT), (a_proof(run=61),), view)

    assert told.escalated == (
        f"The alarm was silenced by {HEAD[:7]}: what failed (test) is gone from 2 runs of its "
        "workflow since."
    )


def test_what_is_heard_of_an_alarm_begins_its_silence_anew() -> None:
    """Quiet looks count in a row; what is said of another alarm is no word on this one."""
    other = replace(FINDING, symptom=RENAMED)

    assert Silence() == heard(broken(), (WAITING,), look()).ailments[0].silence
    assert Silence(looks=2) == heard(broken(), (other,), look()).ailments[0].silence


def test_the_jobs_that_are_gone_are_noted_with_the_runs_that_lack_them() -> None:
    """All of them are told when it is certain."""
    of = replace(broken(Silence(runs=(60,))), jobs=("test", "lint"))

    once = heard(of, (a_proof(),), look(None, a_job("build")))

    assert Silence(runs=(60, 1), jobs=("test", "lint")) == once.ailments[0].silence
    assert "" == once.escalated
    told = heard(once.ailments[0], (), look(seen(FILE)))
    assert "what failed (test, lint) is gone from 2 runs" in told.escalated


def test_of_several_alarms_the_one_that_was_taken_away_is_told() -> None:
    """Another one is only quiet, and a third was proved to be over."""
    quiet = replace(broken(Silence()), symptom=replace(CI, subject=RENAMED.subject))
    lint = replace(CI, subject=Subject(Thing.WORKFLOW, "Lint"))
    over = replace(broken(), symptom=lint, healed=a_proof(lint))

    told = with_silence(incident(quiet, broken(), over), (), look(seen(GONE)))

    gone = f"The alarm was silenced by {HEAD[:7]}: the file of the workflow that failed, "
    assert told.escalated == f"{gone}.github/workflows/ci.yml, is gone."
    assert [each.silence for each in told.ailments] == [
        Silence(looks=1),
        Silence(looks=2, says=told.escalated, at=NOW),
        Silence(),
    ]


def test_an_alarm_of_staging_is_silent_where_the_head_is_seen() -> None:
    """The workflow that deploys is one of the branch too."""
    scope = Scope(f"railway:railway-project:staging:github:{REPOSITORY_ID}")
    pipeline = Symptom(
        kind=Kind.STAGING_DEPLOY_FAILED, scope=scope, subject=Subject(Thing.ENVIRONMENT, "staging")
    )

    told = heard(replace(broken(), symptom=pipeline), (), look(seen(GONE)))

    assert [NOW] == [silence.at for silence in told.silenced]


def test_a_job_that_is_gone_is_told_only_once_the_file_was_asked_for() -> None:
    """Whose commit it was is not known before."""
    told = heard(broken(WITHOUT), (a_proof(run=61),), look(None, a_job("build"), run=61))

    assert ("", (60, 61)) == (told.escalated, told.ailments[0].silence.runs)


@pytest.mark.parametrize(
    ("said", "view", "runs"),
    [
        pytest.param(a_proof(), look(None, a_job("build")), (60, 1), id="gone"),
        pytest.param(a_proof(run=60), look(None, a_job("build"), run=60), (60,), id="the same run"),
        pytest.param(a_proof(), look(None, a_job("test (3.12)")), (60,), id="there"),
        pytest.param(
            a_proof(), look(None, a_job("test", CheckConclusion.SKIPPED)), (60,), id="skipped"
        ),
        pytest.param(a_proof(), look(), (60,), id="jobs not known"),
        pytest.param(
            a_proof(at=FAILED_AT), look(None, a_job("build")), (60,), id="older than the failure"
        ),
        pytest.param(
            replace(a_proof(), trace=page()), look(None, a_job("build")), (60,), id="no run"
        ),
        pytest.param(WAITING, look(), (60,), id="under way"),
        pytest.param(FINDING, look(), (), id="it failed again"),
    ],
)
def test_runs_without_the_job_are_counted_once_each(
    said: Observation, view: ProjectView, runs: tuple[int, ...]
) -> None:
    """Only a run that passed and does not list the job at all counts; a failure forgets them."""
    told = heard(broken(WITHOUT), (said,), view)

    assert runs == told.ailments[0].silence.runs


@pytest.mark.parametrize(
    ("failed", "listed", "gone"),
    [
        ("checks / test (3.12)", "checks", False),
        ("checks / test", "lint", True),
        ("checks (linux) / test", "checks", False),
        ("checks (linux) / test", "checks (linux) / lint", True),
        ("checks-all", "checks", True),
        ("Test on ubuntu", "Test on ${{ matrix.os }}", False),
        ("Lint on ubuntu", "Test on ${{ matrix.os }}", True),
        ("Test on ubuntu with 3.12", "Test on ${{ matrix.os }} with ${{ matrix.python }}", False),
    ],
)
def test_a_skipped_job_may_be_listed_under_a_shorter_name(
    failed: str, listed: str, *, gone: bool
) -> None:
    """A caller is skipped with all that it calls, and a matrix before it has any legs."""
    of = replace(broken(Silence()), jobs=(failed,))
    view = look(None, a_job("build"), a_job(listed, CheckConclusion.SKIPPED))

    told = heard(of, (a_proof(),), view)

    assert ((1,) if gone else ()) == told.ailments[0].silence.runs


def test_jobs_that_failed_and_are_not_known_make_no_silence() -> None:
    """Which job is gone cannot be told while nobody knows which failed."""
    told = heard(replace(broken(WITHOUT), jobs=()), (a_proof(),), look(None, a_job("build")))

    assert (60,) == told.ailments[0].silence.runs


@pytest.mark.parametrize(
    ("file", "named"),
    [
        (blind(), HEAD),
        (seen(replace(FILE, touched=None)), HEAD),
        (seen(replace(FILE, touched=sha(98))), HEAD),
        (seen(replace(FILE, touched=sha(7))), sha(7)),
    ],
    ids=["unreadable", "not told", "touched before the failure only", "off the short history"],
)
def test_the_head_is_named_where_no_commit_since_the_failure_touched_the_file(
    file: Reading[WorkflowFile], named: Sha
) -> None:
    """A job may go with a workflow that is called from elsewhere."""
    told = heard(broken(WITHOUT), (a_proof(run=61),), look(file, a_job("build"), run=61))

    assert told.escalated.startswith(f"The alarm was silenced by {named[:7]}: what failed (test)")


@pytest.mark.parametrize(
    ("of", "view", "asked"),
    [
        (broken(Silence()), look(), []),
        (broken(), look(), [ASKED]),
        (broken(), look(history=(HEAD,)), [Contains(repo=REPO, newer=HEAD, older=PARENT)]),
        (broken(), look(seen(FILE)), []),
        (broken(Silence(looks=2, at=NOW)), look(), []),
        (replace(broken(), trace=page()), look(), []),
    ],
    ids=["first look", "second look", "ancestry first", "known", "decided", "no run"],
)
def test_the_file_is_asked_about_after_two_quiet_looks(
    of: Ailment, view: ProjectView, asked: list[object]
) -> None:
    """A quiet cycle after a push asks nothing yet."""
    assert asked == list(silence_questions(incident(of), (), view))


def test_a_workflow_under_another_name_proves_what_it_was() -> None:
    """The id of a workflow goes with its file; others of the branch prove nothing for it."""
    view = look(seen(replace(FILE, workflow_id=sum(b"Main CI"))), workflow="Main CI")
    suites = (an_app_suite(), a_suite(run=a_run(9)), a_suite(run=a_run(workflow="Main CI")))
    view = replace(view, github=replace(view.github, checks=seen(checks(*suites))))
    stuck = replace(broken(), symptom=replace(CI, kind=Kind.MAIN_CI_STUCK))

    proofs = under_other_names(incident(stuck, broken()), (a_proof(RENAMED),), view)

    assert [a_proof()] == list(proofs)


@pytest.mark.parametrize(
    ("of", "said", "file"),
    [
        pytest.param(broken(), (a_proof(RENAMED),), seen(FILE), id="another workflow"),
        pytest.param(broken(), (a_proof(RENAMED),), None, id="the file is not known"),
        pytest.param(broken(), (replace(WAITING, symptom=RENAMED),), seen(FILE), id="under way"),
        pytest.param(
            broken(),
            (a_proof(replace(RENAMED, kind=Kind.MAIN_CI_STUCK)),),
            seen(replace(FILE, workflow_id=sum(b"Main CI"))),
            id="another kind",
        ),
        pytest.param(
            broken(),
            (replace(a_proof(RENAMED), trace=page()),),
            seen(replace(FILE, workflow_id=sum(b"Main CI"))),
            id="no run",
        ),
        pytest.param(
            broken(),
            (a_proof(), a_proof(RENAMED)),
            seen(replace(FILE, workflow_id=sum(b"Main CI"))),
            id="it speaks for itself",
        ),
        pytest.param(
            replace(broken(), symptom=replace(CI, kind=Kind.SCHEDULED_WORKFLOW_RED)),
            (a_proof(RENAMED),),
            seen(replace(FILE, workflow_id=sum(b"Main CI"))),
            id="not CI",
        ),
    ],
)
def test_other_names_prove_nothing_else(
    of: Ailment, said: tuple[Observation, ...], file: Reading[WorkflowFile] | None
) -> None:
    """Continuity needs the same file, of the same branch."""
    view = look(file, workflow="Main CI")

    assert [] == list(under_other_names(incident(of), said, view))


def test_a_proof_by_name_alone_needs_the_checks_of_the_head() -> None:
    """Where the head was not seen, no run can be told from another."""
    view = look(seen(FILE))
    unseen = replace(view, github=replace(view.github, checks=blind()))

    assert [] == list(under_other_names(incident(broken()), (a_proof(RENAMED),), unseen))


def closed(*, at: datetime | None, by: str = "dev", bot: bool = False) -> TrackedIssue:
    """Give the closed issue."""
    return TrackedIssue(
        ref=IssueRef(REPO, 7),
        open=False,
        not_planned=False,
        title="",
        body="",
        labels=frozenset(),
        ours=True,
        created_at=FAILED_AT,
        updated_at=NOW,
        closed_at=at,
        url="",
        closed_by=Login(by),
        closed_by_bot=bot,
    )


@pytest.mark.parametrize(
    ("issue", "reopened"),
    [
        (closed(at=ago(hours=1)), True),
        (closed(at=None), True),
        (closed(at=NOW), False),
        (closed(at=ago(minutes=30)), False),
        (closed(at=NOW, by="archon"), True),
        (closed(at=NOW, bot=True), True),
    ],
    ids=[
        "before we knew",
        "at an unknown time",
        "by a person",
        "by a person at that moment",
        "by the agent",
        "by a bot",
    ],
)
def test_who_closes_a_silenced_issue_decides_or_not(issue: TrackedIssue, *, reopened: bool) -> None:
    """A person who knew may leave it closed; whoever did not know, and an agent, may not."""
    told = incident(broken(Silence(looks=2, says="It was silenced.", at=ago(minutes=30))))

    reason = reason_to_reopen_silenced(told, issue, frozenset({Login("archon")}))

    assert ("It was silenced." if reopened else None) == reason


def test_nothing_silenced_is_no_reason_to_reopen() -> None:
    """An alarm that may still speak reopens by what it says."""
    told = incident(broken())

    assert reason_to_reopen_silenced(told, closed(at=NOW), frozenset()) is None
    assert not Silence().is_newer_than(NOW)
