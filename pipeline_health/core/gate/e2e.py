"""Criterion `e2e`: the operator's own tests passed, as a command of ours or as a check run."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from pipeline_health.core.gate import runs
from pipeline_health.core.gate.ci import pushed_at
from pipeline_health.core.gate.deploy import Deployed
from pipeline_health.core.gate.live import MOVED, has_moved
from pipeline_health.core.gate.words import criterion, short
from pipeline_health.core.model.commit import NamedCheck
from pipeline_health.core.model.gate_policy import Waivable
from pipeline_health.core.model.live import Tested
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.questions import BranchRun, Job, JobsOf
from pipeline_health.core.model.readings import CheckConclusion, CheckStatus, Seen
from pipeline_health.core.model.verdict import Criterion, CriterionName, CriterionState

_NAME = CriterionName.E2E
COMES_WITHIN = timedelta(minutes=30)
"""How long after its push a commit may be without the named check run."""


def e2e(matter: Matter, deployed: Deployed, others: Iterable[CriterionState]) -> Criterion:
    """Judge the tests; a command that was not run says why: *others* are what stood in its way."""
    gate = matter.gate
    if matter.waives(Waivable.E2E):
        return _put(matter, CriterionState.WAIVED, "waived: no end-to-end test is asked for")
    if gate.e2e:
        ran = matter.tests.e2e
        return _not_run(matter, others) if ran is None else _by_command(matter, deployed, ran)
    if gate.e2e_check is not None:
        return _by_check(matter, gate.e2e_check)
    hint = (
        f"set e2e or e2e_check in [projects.gate] for {matter.policy.name}, or do without:"
        ' waive = ["e2e"]'
    )
    says = "nothing is configured: e2e and e2e_check are missing"
    return _put(matter, CriterionState.FAIL, says, hint=hint)


def _put(matter: Matter, state: CriterionState, says: str, *, hint: str = "") -> Criterion:
    return criterion(matter, _NAME, state, says, hint=hint)


# -- a command -------------------------------------------------------------------------------


def _not_run(matter: Matter, others: Iterable[CriterionState]) -> Criterion:
    """Say why the command was not run; what another criterion lacks is not this one's failure."""
    states = set(others)
    if CriterionState.FAIL in states:
        return _put(matter, CriterionState.PENDING, "not run: another criterion failed")
    if CriterionState.UNKNOWN in states:
        return _put(matter, CriterionState.UNKNOWN, "not run: another criterion is unknown")
    return _put(matter, CriterionState.PENDING, "not run yet")


def _by_command(matter: Matter, deployed: Deployed, ran: Tested) -> Criterion:
    states = {
        True: CriterionState.PASS,
        False: CriterionState.FAIL,
        None: CriterionState.UNKNOWN,
    }
    state, says, hint = states[ran.passed], f"{ran.what} {ran.says}", ""
    if state is CriterionState.PASS and has_moved(matter, deployed):
        state, says = CriterionState.PENDING, MOVED
    if state is CriterionState.FAIL:
        hint = "mend what it says, or e2e in [projects.gate]"
        if ran.tail:
            hint = "read the end of its output below; its fix is another commit"
    tail = "" if state is CriterionState.PASS else ran.tail
    return criterion(matter, _NAME, state, says, at=ran.at, hint=hint, url=ran.url, tail=tail)


# -- a check run -----------------------------------------------------------------------------

_SUCCESS = CheckConclusion.SUCCESS


def questions(matter: Matter) -> Iterator[JobsOf]:
    """Ask for the jobs of the runs that name the commit: one of them may be the check."""
    if matter.gate.e2e_check is None:
        return
    for run in runs.runs_about(matter)[: runs.MOST_RUNS]:
        question = JobsOf(runs.trace_of(matter, run))
        if question not in matter.view.answers.jobs:
            yield question


def _by_check(matter: Matter, name: str) -> Criterion:
    """Judge by every newest check run of that name that is about the commit: all must pass."""
    sight = matter.sight
    if sight is None or not isinstance(sight.named, Seen):
        return _put(matter, CriterionState.UNKNOWN, f"check {name} could not be read")
    if any(not isinstance(answer, Seen) for answer in _answers(matter)):
        return _put(matter, CriterionState.UNKNOWN, f"check {name} could not be read everywhere")
    states = [*_of_check_runs(matter), *_of_jobs(matter, name)]
    at = short(matter.commit)
    if not states:
        young = matter.now - pushed_at(sight) < COMES_WITHIN
        state = CriterionState.PENDING if young else CriterionState.FAIL
        hint = (
            "" if young else f"let {name} run at this commit, or mend e2e_check in [projects.gate]"
        )
        return _put(matter, state, f"no check run {name} is about {at}", hint=hint)
    for state in (CriterionState.FAIL, CriterionState.UNKNOWN, CriterionState.PENDING):
        if state in states:
            hint = "see the check run" if state is CriterionState.FAIL else ""
            return _put(matter, state, f"check {name} {_WORDS[state]} at {at}", hint=hint)
    return _put(matter, CriterionState.PASS, f"check {name} passed at {at}")


_WORDS = {
    CriterionState.FAIL: "did not succeed",
    CriterionState.UNKNOWN: "is in a state that we do not know",
    CriterionState.PENDING: "has not ended",
}


def _answers(matter: Matter) -> Iterator[object]:
    for run in runs.runs_about(matter)[: runs.MOST_RUNS]:
        yield matter.view.answers.jobs.get(JobsOf(runs.trace_of(matter, run)))


def _of_check_runs(matter: Matter) -> Iterator[CriterionState]:
    """Give the states of the newest check run of every workflow and app."""
    sight = matter.sight
    assert sight is not None  # noqa: S101 - asked before
    named = sight.named.value if isinstance(sight.named, Seen) else ()
    newest: dict[tuple[str, int], NamedCheck] = {}
    for check in sorted(named, key=lambda check: check.id):
        if _is_about(matter, check):
            run = check.suite.run
            newest[check.suite.app, 0 if run is None else run.workflow_id] = check
    for check in newest.values():
        yield _state_of(check.status, check.conclusion)


def _is_about(matter: Matter, check: NamedCheck) -> bool:
    """Tell whether *check* is about the commit that it is attached to."""
    run = check.suite.run
    if run is None or run.event in runs.AT_THEIR_COMMIT or runs.is_live(matter):
        return True
    return run.id in {one.run.id for one in runs.runs_about(matter)}


def _of_jobs(matter: Matter, name: str) -> Iterator[CriterionState]:
    """Give the states of the jobs of that name in the newest run that names the commit."""
    for run in runs.runs_about(matter)[: runs.MOST_RUNS]:
        if run.sha == matter.commit:
            continue  # its check runs are among the named ones
        answer = matter.view.answers.jobs.get(JobsOf(runs.trace_of(matter, run)))
        jobs = answer.value if isinstance(answer, Seen) else ()
        found = [job for job in jobs if job.name == name]
        yield from (_state_of_job(job) for job in found)
        if not found and _may_still_make_it(matter, run):
            yield CriterionState.PENDING
            return
        if found:
            return


def _may_still_make_it(matter: Matter, run: BranchRun) -> bool:
    """Tell whether the job may still come in *run*; not in the one that waits for this verdict."""
    is_own = run.run.id == matter.asked.own_run
    return run.suite.status is not CheckStatus.COMPLETED and not is_own


def _state_of_job(job: Job) -> CriterionState:
    status = CheckStatus.IN_PROGRESS if job.conclusion is None else CheckStatus.COMPLETED
    return _state_of(status, job.conclusion)


def _state_of(status: object, conclusion: object) -> CriterionState:
    """Judge one check run: nothing but SUCCESS passes, and what we do not know is unknown."""
    if not isinstance(status, CheckStatus):
        return CriterionState.UNKNOWN
    if status is not CheckStatus.COMPLETED:
        return CriterionState.PENDING
    if not isinstance(conclusion, CheckConclusion):
        return CriterionState.UNKNOWN
    return CriterionState.PASS if conclusion is _SUCCESS else CriterionState.FAIL
