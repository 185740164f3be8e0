"""Staging as GitHub shows it: the workflow that deploys, and the deployment records."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pipeline_health.core.deploy_runs import DeployRun, newest_deploy_run, trace_of
from pipeline_health.core.deploy_verdict import (
    DeployState,
    judge_conclusion,
    judge_job,
    judge_record,
    judge_service,
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
from pipeline_health.core.observe import (
    commit_of,
    commit_page,
    contains,
    is_archived,
    staging_symptom,
)

_RECORD_WORDS = {
    DeployState.IN_FLIGHT: "is under way",
    DeployState.UNKNOWN: "is in a state that we do not know",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The staging environment, one commit of it, and where that can be read."""

    view: ProjectView
    symptom: Symptom
    commit: Sha
    trace: Trace

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


def deploy_workflow(view: ProjectView) -> Iterator[Observation]:
    """Say whether the newest run of the deploy workflow brought staging up.

    Only the staging job counts where one is configured; what fails after it is no failed deploy.
    """
    observation = _workflow_word(view)
    if observation is not None:
        yield observation


def _workflow_word(view: ProjectView) -> Observation | None:
    symptom = None if is_archived(view) else staging_symptom(view)
    newest = newest_deploy_run(view)
    if newest is None or symptom is None:
        return None
    trace = trace_of(view, newest)
    place = _Place(view=view, symptom=symptom, commit=newest.sha, trace=trace)
    if isinstance(newest.suite.status, Unrecognised):
        return place.unsettled(f"{_name(newest)} is in a state that we do not know")
    if newest.suite.status is not CheckStatus.COMPLETED:
        return place.unsettled(f"{_name(newest)} is under way", in_flight=True)
    job = view.policy.staging_job
    if job is None or newest.suite.conclusion is CheckConclusion.STARTUP_FAILURE:
        return _by_conclusion(place, newest)
    return _by_jobs(place, newest, job, JobsOf(trace))


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
            if _failed(run)
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


def deployment_records(view: ProjectView) -> Iterator[Observation]:
    """Say what the newest deployment record of staging says, unless another source says more.

    A failed record is silent where Railway or the deploy workflow shows the same failure, and where
    either shows a success at a commit that contains the record's.
    """
    records, symptom = view.github.deployments, staging_symptom(view)
    if not isinstance(records, Seen) or symptom is None or is_archived(view):
        return
    newest = max(records.value, key=lambda record: (record.created_at, record.id), default=None)
    if newest is None:
        return
    trace = commit_page(view, newest.sha) if newest.url is None else LinkTrace(url=newest.url)
    place = _Place(view=view, symptom=symptom, commit=newest.sha, trace=trace)
    yield from _record_words(place, newest)


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
    railway, workflow = _railway_at(place), _workflow_word(place.view)
    if DeployState.FAILED in railway or _is_told_by(workflow, record):
        return
    if DeployState.IN_FLIGHT in railway:
        yield place.unsettled(f"{says} is under way at Railway", in_flight=True)
        return
    cures = [
        contains(place.view, newer=sha, older=record.sha)
        for sha in _cures(place.view, workflow, record)
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


def _railway(view: ProjectView) -> Iterator[tuple[DeployState, Sha]]:
    """Give what Railway says of every service, watched or not, and at which commit of ours."""
    services = view.staging.value.services if isinstance(view.staging, Seen) else ()
    for verdict in map(judge_service, services):
        commit = None if verdict.deployment is None else commit_of(view, verdict.deployment)
        if commit is not None:
            yield verdict.state, commit


def _railway_at(place: _Place) -> frozenset[DeployState]:
    return frozenset(state for state, sha in _railway(place.view) if sha == place.commit)


def _is_told_by(workflow: Observation | None, record: DeploymentRecord) -> bool:
    """Tell whether the deploy workflow shows the same failure, or will once its jobs are read."""
    if isinstance(workflow, Finding):
        return workflow.commit == record.sha
    return isinstance(workflow, Unsettled) and workflow.asks is not None


def _cures(
    view: ProjectView, workflow: Observation | None, record: DeploymentRecord
) -> Iterator[Sha]:
    """Give the commits at which another source shows that staging works.

    Railway shows how it is now, whatever its age; the workflow must have ended after the record.
    """
    yield from (sha for state, sha in _railway(view) if state is DeployState.HEALTHY)
    if isinstance(workflow, Proof) and workflow.commit and workflow.at >= record.created_at:
        yield workflow.commit
