"""An environment as GitHub shows it: the workflow that deploys, and the deployment records."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pipeline_health.core.deploy_runs import DeployRun, deploy_runs, trace_of
from pipeline_health.core.deploy_verdict import (
    DeployState,
    judge_conclusion,
    judge_job,
    judge_record,
)
from pipeline_health.core.model.findings import Finding, Observation, Proof, Symptom, Unsettled
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.questions import (
    Contains,
    Job,
    JobsOf,
    LinkTrace,
    Question,
    Trace,
)
from pipeline_health.core.model.readings import (
    Blind,
    CheckConclusion,
    CheckStatus,
    DeploymentRecord,
    Seen,
    Unrecognised,
)
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import commit_page, contains, is_archived
from pipeline_health.core.railway_commits import states_at, working_commits
from pipeline_health.core.stages import Stage
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The environment, one commit of it, and where that can be read."""

    stage: Stage
    symptom: Symptom
    commit: Sha
    trace: Trace

    @property
    def view(self) -> ProjectView:
        """What the look saw of the project."""
        return self.stage.view

    def finding(self, since: datetime, says: str) -> Finding:
        """Say that it failed."""
        return Finding(
            symptom=self.symptom,
            project=self.view.policy.name,
            since=since,
            commit=self.commit,
            trace=self.trace,
            says=f"{says} at {self.commit[:7]}.",
        )

    def proof(self, at: datetime, says: str) -> Proof:
        """Say that it works."""
        return Proof(
            symptom=self.symptom,
            project=self.view.policy.name,
            at=at,
            commit=self.commit,
            trace=self.trace,
            says=f"{says} at {self.commit[:7]}.",
        )

    def unsettled(
        self, why: str, *, in_flight: bool = False, asks: Question | None = None
    ) -> Unsettled:
        """Say that nobody can tell yet, and why."""
        return Unsettled(
            symptom=self.symptom,
            project=self.view.policy.name,
            why=f"{why} at {self.commit[:7]}.",
            in_flight=in_flight,
            asks=asks,
        )


# -- the workflow that deploys ---------------------------------------------------------------


def workflow_word(stage: Stage) -> Observation | None:
    """Say whether the newest run of the deploy workflow brought the environment up.

    Only its job counts where one is configured; what fails after it is no failed deploy. Production
    is judged by its job alone, in the newest run that got so far.
    """
    symptom = None if is_archived(stage.view) else stage.symptom()
    if symptom is None or (stage.is_production and stage.job is None):
        return None
    for run in sorted(deploy_runs(stage.view), key=lambda run: run.run.id, reverse=True):
        trace = trace_of(stage.view, run)
        place = _Place(stage=stage, symptom=symptom, commit=run.sha, trace=trace)
        word = _word_of(place, run, JobsOf(trace))
        if word is not None or not stage.is_production:
            return word
    return None


def _word_of(place: _Place, run: DeployRun, jobs: JobsOf) -> Observation | None:
    """Say what one run says, None where it did not deploy to the environment."""
    if isinstance(run.suite.status, Unrecognised):
        return place.unsettled(f"{_name(run)} is in a state that we do not know")
    if run.suite.status is not CheckStatus.COMPLETED:
        return place.unsettled(f"{_name(run)} is under way", in_flight=True)
    if run.suite.conclusion is CheckConclusion.STARTUP_FAILURE:
        return None if place.stage.is_production else _by_conclusion(place, run)
    if place.stage.job is not None:
        return _by_jobs(place, run, place.stage.job, jobs)
    return _unless_of_production(place, run, jobs)


def _unless_of_production(place: _Place, run: DeployRun, jobs: JobsOf) -> Observation | None:
    """Judge the whole run, but for one that failed in production: that has a kind of its own."""
    later = place.view.policy.production_job
    if later is None or not _failed(run):
        return _by_conclusion(place, run)
    answer = place.view.answers.jobs.get(jobs)
    if answer is None:
        return place.unsettled(f"The jobs of {_name(run)} are not read yet", asks=jobs)
    if isinstance(answer, Seen) and judge_job(answer.value, later).state is DeployState.FAILED:
        return None
    return _by_conclusion(place, run)


def _name(run: DeployRun) -> str:
    return f"Workflow {run.run.workflow}"


def _by_conclusion(place: _Place, run: DeployRun) -> Observation:
    match judge_conclusion(run.suite.conclusion):
        case DeployState.FAILED:
            return place.finding(run.suite.updated_at, f"{_name(run)} failed")
        case DeployState.HEALTHY:
            return place.proof(run.suite.updated_at, f"{_name(run)} passed")
        case _:
            return place.unsettled(f"{_name(run)} ended without a verdict")


def _by_jobs(place: _Place, run: DeployRun, name: str, question: JobsOf) -> Observation | None:
    answer = place.view.answers.jobs.get(question)
    if answer is None:
        return place.unsettled(f"The jobs of {_name(run)} are not read yet", asks=question)
    if isinstance(answer, Blind):
        return place.unsettled(f"The jobs of {_name(run)} could not be read ({answer.why})")
    if not answer.value:
        return (
            _by_conclusion(place, run)
            if _failed(run) and not place.stage.is_production
            else place.unsettled(f"{_name(run)} shows no job")
        )
    return _by_job(place, run, name, answer.value)


def _failed(run: DeployRun) -> bool:
    return judge_conclusion(run.suite.conclusion) is DeployState.FAILED


def _by_job(place: _Place, run: DeployRun, name: str, jobs: tuple[Job, ...]) -> Observation | None:
    verdict = judge_job(jobs, name)
    at = verdict.at or run.suite.updated_at
    says = f"Job {name} of {_name(run)}"
    match verdict.state:
        case DeployState.FAILED:
            return place.finding(at, f"{says} failed")
        case DeployState.HEALTHY:
            return place.proof(at, f"{says} passed")
        case DeployState.NOTHING_DEPLOYED:
            return None
        case _:
            return place.unsettled(f"{says} gave no verdict")


# -- deployment records ----------------------------------------------------------------------


def record_words(stage: Stage) -> Iterator[Observation]:
    """Say what the newest deployment record says, unless another source says more.

    A failed record is silent where Railway or the deploy workflow shows the same failure, and where
    either shows a success at a commit that contains the record's.
    """
    symptom, newest = stage.symptom(), newest_record(stage)
    if newest is None or symptom is None or is_archived(stage.view):
        return
    page = commit_page(stage.view, newest.sha)
    trace = page if newest.url is None else LinkTrace(url=newest.url)
    place = _Place(stage=stage, symptom=symptom, commit=newest.sha, trace=trace)
    yield from _record_words(place, newest)


def newest_record(stage: Stage, *states: DeployState) -> DeploymentRecord | None:
    """Give the newest deployment record, of those in *states* where any are named."""
    records = stage.records.value if isinstance(stage.records, Seen) else ()
    counted = (one for one in records if not states or judge_record(one.state) in states)
    return max(counted, key=lambda record: (record.created_at, record.id), default=None)


def _record_words(place: _Place, record: DeploymentRecord) -> Iterator[Observation]:
    state, says = judge_record(record.state), f"The deployment to {record.environment}"
    if state is DeployState.HEALTHY:
        yield place.proof(record.changed_at, f"{says} succeeded")
    elif state is not DeployState.SUPERSEDED:
        yield from _unproved_words(place, record, state, says)


def _unproved_words(
    place: _Place, record: DeploymentRecord, state: DeployState, says: str
) -> Iterator[Observation]:
    """Say of a record that is no success what no better source says."""
    railway, workflow = states_at(place.stage, place.commit), workflow_word(place.stage)
    if DeployState.FAILED in railway or _is_told_by(workflow, record):
        return
    if DeployState.IN_FLIGHT in railway:
        yield place.unsettled(f"{says} is under way at Railway", in_flight=True)
        return
    cures = [
        contains(place.view, newer=sha, older=record.sha)
        for sha in _cures(place.stage, workflow, record)
    ]
    if any(cure is True for cure in cures):
        return
    question = next((cure for cure in cures if isinstance(cure, Contains)), None)
    yield (
        _plain_word(place, record, state, says)
        if question is None
        else place.unsettled(f"{says} may be superseded", asks=question)
    )


def _plain_word(
    place: _Place, record: DeploymentRecord, state: DeployState, says: str
) -> Observation:
    if state is DeployState.FAILED:
        return place.finding(record.changed_at, f"{says} failed")
    if state is DeployState.IN_FLIGHT:
        return place.unsettled(f"{says} is under way", in_flight=True)
    return place.unsettled(f"{says} is in a state that we do not know")


def _is_told_by(workflow: Observation | None, record: DeploymentRecord) -> bool:
    """Tell whether the deploy workflow shows the same failure, or will once its jobs are read."""
    if isinstance(workflow, Finding):
        return workflow.commit == record.sha
    return isinstance(workflow, Unsettled) and workflow.asks is not None


def _cures(stage: Stage, workflow: Observation | None, record: DeploymentRecord) -> Iterator[Sha]:
    """Give the commits at which another source shows that the environment works.

    Railway shows how it is now, whatever its age; the workflow must have ended after the record, as
    must what Railway showed last where it cannot be seen now. GitHub tells whole seconds.
    """
    yield from working_commits(stage)
    if isinstance(stage.environment, Blind) and not stage.is_production:
        last = max(stage.view.passages, key=lambda passage: passage.proved_at, default=None)
        if last is not None and last.proved_at - record.changed_at >= timedelta(seconds=1):
            yield last.commit
    if isinstance(workflow, Proof) and workflow.commit and workflow.at >= record.created_at:
        yield workflow.commit
