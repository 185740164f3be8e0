"""What failing runs left behind and how commits stand to each other: asked once, then known."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_rest import LoggedJob
from pipeline_health.clients.so_far import SoFar
from pipeline_health.core.deploy_verdict import is_promotion_check
from pipeline_health.core.model.questions import (
    BranchRun,
    Contains,
    Evidence,
    Job,
    Relation,
    RunsOf,
    RunTrace,
    WorkflowFile,
    WorkflowFileOf,
)
from pipeline_health.core.model.readings import Blind, CheckConclusion, Reading, Seen, Unrecognised
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Memory
from pipeline_health.sources.github import remembered
from pipeline_health.sources.github.job_log import (
    BYTES,
    first_error_of,
    lines_of,
    lines_of_annotations,
    tail_of,
)

MOST_LOGS = 3
JOBS_MAY_COME = timedelta(minutes=5)
LOG_MAY_COME = timedelta(days=1)
_FAILED = frozenset(
    {CheckConclusion.FAILURE, CheckConclusion.TIMED_OUT, CheckConclusion.STARTUP_FAILURE}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What a failing job says; *whole* is False while more may come."""

    place: str
    lines: tuple[str, ...]
    whole: bool


class Answers:
    """Answers about runs and commits. *redact* sees every text before anything else does."""

    def __init__(self, client: GitHub, memory: Memory, *, redact: Callable[[str], str]) -> None:
        self._client = client
        self._memory = memory
        self._so_far = SoFar(memory, ages=[JOBS_MAY_COME, LOG_MAY_COME])
        self._redact = redact

    def evidence(self, trace: RunTrace, *, now: datetime) -> Reading[Evidence]:
        """Read the jobs of a failing run and the ends of their logs."""
        key = _key(trace)
        known = self._known(key, now=now)
        if known is not None:
            return known
        try:
            found = self._evidence(trace, now)
        except ClientError as exc:
            if not exc.retryable:
                self._so_far.keep(key, self._redact(str(exc)), since=trace.updated_at, now=now)
            return Blind(at=now, why=str(exc))
        text = remembered.evidence_to_text(found)
        if found.complete:
            self._memory.remember("evidence", key, text, now=now)
            self._so_far.drop(key)
        else:
            self._so_far.keep(key, text, since=trace.updated_at, now=now)
        return Seen(at=now, value=found)

    def _known(self, key: str, *, now: datetime) -> Reading[Evidence] | None:
        """Give what is remembered, None when it is time to ask.

        What is still asked for is repeated: it outlives the log, which GitHub drops one day.
        """
        kept = self._memory.recall("evidence", key)
        whole = remembered.evidence_from_text(kept)
        if kept is not None and whole is not None:
            self._memory.remember("evidence", key, kept, now=now)
            return Seen(at=now, value=whole)
        text = self._so_far.recall(key, now=now)
        if text is None:
            return None
        part = remembered.evidence_from_text(text)
        if part is None:
            return Blind(at=now, why=text)
        return Seen(at=now, value=replace(part, complete=False))

    def jobs(self, trace: RunTrace, *, now: datetime) -> Reading[tuple[Job, ...]]:
        """Read the jobs of a run."""
        try:
            return Seen(at=now, value=tuple(each.job for each in self._jobs(trace, now)))
        except ClientError as exc:
            return Blind(at=now, why=str(exc))

    def relation(self, question: Contains, *, now: datetime) -> Reading[Relation]:
        """Compare two commits; what is missing may come, and any other answer is for ever."""
        key = f"{question.repo} {question.older}...{question.newer}"
        known = self._memory.recall("contains", key)
        if known is not None and known in {relation.value for relation in Relation}:
            return Seen(at=now, value=Relation(known))
        try:
            found = self._client.compare(question.repo, question.older, question.newer)
        except ClientError as exc:
            return Blind(at=now, why=str(exc))
        if found is not Relation.MISSING:
            self._memory.remember("contains", key, found.value, now=now)
        return Seen(at=now, value=found)

    def runs(self, question: RunsOf, *, now: datetime) -> Reading[tuple[BranchRun, ...]]:
        """List the newest runs of a branch that one event began."""
        try:
            found = self._client.runs_on(question.repo, question.branch, event=question.event)
        except ClientError as exc:
            return Blind(at=now, why=str(exc))
        return Seen(
            at=now,
            value=tuple(
                BranchRun(
                    sha=each.sha,
                    suite=each.suite,
                    run=each.suite.run,
                    title=self._redact(each.title),
                )
                for each in found
                if each.suite.run is not None
            ),
        )

    def workflow_file(self, question: WorkflowFileOf, *, now: datetime) -> Reading[WorkflowFile]:
        """Tell what became of a workflow's file; commits do not change, so it is asked once."""
        key = f"{question.trace.repo} {question.trace.run_id} {question.older}...{question.newer}"
        known = remembered.file_from_text(self._memory.recall("workflow-file", key))
        if known is not None:
            return Seen(at=now, value=known)
        try:
            found = self._file(question)
        except ClientError as exc:
            return Blind(at=now, why=str(exc))
        self._memory.remember("workflow-file", key, remembered.file_to_text(found), now=now)
        return Seen(at=now, value=found)

    def _file(self, question: WorkflowFileOf) -> WorkflowFile:
        repo = question.trace.repo
        path, workflow_id = self._client.workflow_of(repo, question.trace.run_id)
        before, after, touched = self._client.workflow_file(
            repo, path, older=question.older, newer=question.newer
        )
        return WorkflowFile(
            path=path,
            workflow_id=workflow_id,
            was_there=before,
            is_there=after,
            touched=touched,
        )

    def _jobs(self, trace: RunTrace, now: datetime) -> tuple[LoggedJob, ...]:
        known = remembered.jobs_from_text(self._memory.recall("jobs", _key(trace)))
        if known is not None:
            return known
        found = tuple(self._redacted(job) for job in self._client.jobs(trace.repo, trace.run_id))
        if found and all(each.job.conclusion is not None for each in found):
            self._memory.remember("jobs", _key(trace), remembered.jobs_to_text(found), now=now)
        return found

    def _redacted(self, logged: LoggedJob) -> LoggedJob:
        """Redact the names too: a matrix puts values of the workflow into them."""
        job = logged.job
        step = None if job.step is None else self._redact(job.step)
        return replace(logged, job=replace(job, name=self._redact(job.name), step=step))

    def _evidence(self, trace: RunTrace, now: datetime) -> Evidence:
        jobs = self._jobs(trace, now)
        failing = _failing(jobs)
        age = now - trace.updated_at
        told = [self._told(trace, each, age=age) for each in failing[:MOST_LOGS]]
        errors = (first_error_of(each.lines) for each in told)
        ended = all(each.job.conclusion is not None for each in jobs)
        jobs_are_in = ended if jobs else age >= JOBS_MAY_COME
        ending = self._ending(trace) if jobs_are_in and not jobs else None
        return Evidence(
            at=now,
            complete=jobs_are_in and (age >= LOG_MAY_COME or all(each.whole for each in told)),
            jobs=tuple(each.job.name for each in failing),
            steps=tuple(_place(each.job) for each in failing),
            first_error=next((error for error in errors if error is not None), None),
            tail=tail_of([(each.place, each.lines) for each in told]),
            passed_before=self._passed_before(trace, failing),
            jobless=ending in _FAILED,
            approval=ending is CheckConclusion.ACTION_REQUIRED,
        )

    def _ending(self, trace: RunTrace) -> CheckConclusion | Unrecognised | None:
        """Tell how a run without a job ended: some only wait, behind another or for a person."""
        return self._client.failures.run(trace.repo, trace.run_id).suite.conclusion

    def _told(self, trace: RunTrace, logged: LoggedJob, *, age: timedelta) -> _Told:
        """Read the end of a job's log, or while GitHub has none what was noted at the job.

        A job that could not begin has a note only, and that may be hidden from this token.
        """
        place = _place(logged.job)
        log = self._client.job_log(trace.repo, logged.id, keep=BYTES)
        if log is not None:
            lines = lines_of(log, redact=self._redact)
            return _Told(place=place, lines=lines, whole=bool(lines))
        said = self._client.failures.annotations(trace.repo, logged.id)
        lines = lines_of_annotations(said, redact=self._redact)
        whole = not logged.began and (bool(lines) or age >= JOBS_MAY_COME)
        return _Told(place=place, lines=lines, whole=whole)

    def _passed_before(self, trace: RunTrace, failing: Sequence[LoggedJob]) -> tuple[str, ...]:
        """Name the failing jobs that passed in an earlier attempt; asked of re-runs only."""
        if all(each.attempt == 1 for each in failing):
            return ()
        try:
            attempts = self._client.failures.jobs_of_all_attempts(trace.repo, trace.run_id)
        except ClientError as exc:
            if exc.retryable:
                raise
            return ()
        passed = {
            self._redact(each.job.name)
            for each in attempts
            if each.job.conclusion is CheckConclusion.SUCCESS
        }
        return tuple(each.job.name for each in failing if each.job.name in passed)


def _failing(jobs: Sequence[LoggedJob]) -> list[LoggedJob]:
    """Give the jobs that failed; one that only asked us is named when there is no other."""
    failed = [each for each in jobs if each.job.conclusion in _FAILED]
    return [each for each in failed if not is_promotion_check(each.job)] or failed


def _key(trace: RunTrace) -> str:
    """Tell one attempt from the next: a re-run keeps the id of a run, and changes its time."""
    return f"{trace.repo} {trace.run_id} {trace.updated_at.isoformat()}"


def _place(job: Job) -> str:
    return job.name if job.step is None else f"{job.name} / {job.step}"
