"""Green commits that never reach staging."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pipeline_health.core.at_head import Head, head_of
from pipeline_health.core.deploy_runs import DeployRun, deploy_runs, trace_of
from pipeline_health.core.deploy_verdict import (
    DeployState,
    JobVerdict,
    judge_job,
    judge_service,
)
from pipeline_health.core.model.findings import (
    Finding,
    Kind,
    Observation,
    Proof,
    Symptom,
    Unsettled,
)
from pipeline_health.core.model.questions import JobsOf, Question, Trace
from pipeline_health.core.model.railway import Deployment
from pipeline_health.core.model.readings import Blind, Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import commit_page, is_ours, staging_symptom
from pipeline_health.core.watched import Watched, watched
from pipeline_health.frozen import dataclass

MISSING_AFTER = timedelta(minutes=20)
_NOT_YET = "The jobs of the deploy workflow are not read yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What should get the head, beside the head."""

    view: ProjectView
    symptom: Symptom
    head: Head
    name: str

    def unsettled(self, why: str, *, asks: Question | None = None) -> Unsettled:
        """Say that it may still come, and why."""
        return Unsettled(
            symptom=self.symptom,
            project=self.view.policy.name,
            why=f"{why} at {self.head.sha[:7]}.",
            in_flight=asks is None,
            asks=asks,
        )

    def proof(self, at: datetime, trace: Trace) -> Proof:
        """Say that the head came."""
        return Proof(
            symptom=self.symptom,
            project=self.view.policy.name,
            at=at,
            commit=self.head.sha,
            trace=trace,
            says=f"{self.name} was deployed at {self.head.sha[:7]}.",
        )

    def absence(self) -> Observation | None:
        """Say that the head never came, once it has been green for long enough."""
        green_at = self.head.green_at
        if green_at is None:
            return None
        since = green_at + MISSING_AFTER
        if self.head.seen_at <= since:
            return self.unsettled(f"{self.name} may still be deployed")
        return Finding(
            symptom=self.symptom,
            project=self.view.policy.name,
            since=since,
            commit=self.head.sha,
            trace=commit_page(self.view, self.head.sha),
            says=f"{self.name} was never deployed at {self.head.sha[:7]}, which is green.",
        )


def never_deployed(view: ProjectView) -> Iterator[Observation]:
    """Say of whatever should get the head whether it got it.

    Silent wherever something else is in the way that has a kind of its own: a head that is not
    green, a deployment that failed or does not end.
    """
    head = head_of(view)
    if head is None:
        return
    for each in watched(view):
        observation = _of_service(each, head)
        if observation is not None:
            yield observation
    observation = _of_workflow(view, head)
    if observation is not None:
        yield observation


# -- what Railway deploys by itself ----------------------------------------------------------


def _of_service(each: Watched, head: Head) -> Observation | None:
    place = _Place(
        view=each.view,
        symptom=each.symptom(Kind.STAGING_DEPLOY_MISSING),
        head=head,
        name=f"Service {each.service.name}",
    )
    verdict = judge_service(each.service)
    newest = verdict.deployment
    if newest is None or verdict.state is not DeployState.HEALTHY:
        return None
    if each.commit(newest) == head.sha:
        return place.proof(newest.changed_at, each.trace(newest))
    if not _follows_the_branch(each, newest, head) or _was_dealt_with(each, head):
        return None
    return place.absence()


def _follows_the_branch(each: Watched, newest: Deployment, head: Head) -> bool:
    """Tell whether Railway deploys the service from our branch, and says which commits."""
    repo = each.service.repo
    return (
        repo is not None
        and is_ours(each.view, repo)
        and each.commit(newest) is not None
        and newest.branch in (None, head.branch)
    )


def _was_dealt_with(each: Watched, head: Head) -> bool:
    """Tell whether the head has a deployment, were it skipped, or may have one unseen."""
    deployments = each.service.deployments
    if any(each.commit(deployment) == head.sha for deployment in deployments):
        return True
    goes_back = any(deployment.created_at < head.pushed_at for deployment in deployments)
    return not (each.service.complete or goes_back)


# -- what a workflow deploys -----------------------------------------------------------------


def _of_workflow(view: ProjectView, head: Head) -> Observation | None:
    symptom = staging_symptom(view, kind=Kind.STAGING_DEPLOY_MISSING)
    job = view.policy.staging_job
    if view.policy.railway_project is not None or symptom is None or job is None:
        return None
    if view.policy.deploy_workflow is None or isinstance(view.github.earlier, Blind):
        return None
    runs = sorted(deploy_runs(view), key=lambda each: each.run.id, reverse=True)
    name = f"Environment {symptom.subject.name}"
    place = _Place(view=view, symptom=symptom, head=head, name=name)
    for each in (run for run in runs if run.sha == head.sha):
        found = _job_of(view, each, job)
        if not isinstance(found, JobVerdict):
            return None if found is None else place.unsettled(_NOT_YET, asks=found)
        if found.state is not DeployState.NOTHING_DEPLOYED:
            return _deployed(place, each, found)
    return place.absence() if _runs_always(view, runs) else None


def _job_of(view: ProjectView, run: DeployRun, name: str) -> JobVerdict | JobsOf | None:
    """Give what became of the job *name*, or the question; None where nobody can tell."""
    if not run.ended:
        return JobVerdict(state=DeployState.IN_FLIGHT)
    question = JobsOf(trace_of(view, run))
    answer = view.answers.jobs.get(question)
    if answer is None:
        return question
    if isinstance(answer, Blind) or not answer.value:
        return None
    return judge_job(answer.value, name)


def _deployed(place: _Place, run: DeployRun, verdict: JobVerdict) -> Observation | None:
    if verdict.state is DeployState.HEALTHY:
        return place.proof(verdict.at or run.suite.updated_at, trace_of(place.view, run))
    if verdict.state is DeployState.IN_FLIGHT:
        return place.unsettled(f"{place.name} is being deployed")
    return None


def _runs_always(view: ProjectView, runs: list[DeployRun]) -> bool:
    """Tell whether the workflow is meant to run on every commit; a push may be filtered by path."""
    if not runs or any(run.run.event != "push" for run in runs):
        return True
    learned = view.github.required
    return isinstance(learned, Seen) and view.policy.deploy_workflow in learned.value
