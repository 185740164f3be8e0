"""Runs of the workflow that deploys which do not get to the end of staging."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.core.at_head import head_of
from pipeline_health.core.deploy_runs import DeployRun, newest_deploy_run, trace_of
from pipeline_health.core.deploy_verdict import is_part_of
from pipeline_health.core.model.findings import (
    Finding,
    Kind,
    Observation,
    Proof,
    Symptom,
    Unsettled,
)
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import Job, JobsOf, Question
from pipeline_health.core.model.readings import CheckStatus, Seen, Unrecognised
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import staging_symptom
from pipeline_health.core.recorded_deploys import workflow_word
from pipeline_health.core.stages import staging_of
from pipeline_health.frozen import dataclass

STUCK_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The newest run of the deploy workflow, beside the view that it was seen in, and when."""

    view: ProjectView
    symptom: Symptom
    run: DeployRun
    seen_at: datetime

    def finding(self, *, waits: bool) -> Finding:
        """Say that it hangs, or that it waits for somebody."""
        words = "waits for somebody's approval" if waits else "has not ended"
        return Finding(
            symptom=self.symptom,
            project=self.view.policy.name,
            since=self.run.suite.updated_at + (timedelta(0) if waits else STUCK_AFTER),
            commit=self.run.sha,
            trace=trace_of(self.view, self.run),
            says=f"{self._name} {words} before staging is done at {self.run.sha[:7]}.",
            for_people=waits,
            approval=waits,
        )

    def unsettled(
        self, words: str, *, in_flight: bool = False, asks: Question | None = None
    ) -> Unsettled:
        """Say that nobody can tell yet, and why."""
        return Unsettled(
            symptom=self.symptom,
            project=self.view.policy.name,
            why=f"{self._name} {words} at {self.run.sha[:7]}.",
            in_flight=in_flight,
            asks=asks,
        )

    @property
    def _name(self) -> str:
        return f"Workflow {self.run.run.workflow}"


def stuck_runs(view: ProjectView) -> Iterator[Observation]:
    """Say whether the newest run of the deploy workflow hangs, or waits, before staging is done.

    Of one that failed nothing is said: that has a kind of its own. What comes after `staging_job`
    is not staging's.
    """
    head, newest = head_of(view), newest_deploy_run(view)
    symptom = staging_symptom(view, kind=Kind.STAGING_DEPLOY_STUCK)
    if head is None or symptom is None or newest is None:
        return
    place = _Place(view=view, symptom=symptom, run=newest, seen_at=head.seen_at)
    word = _proof(place) if newest.ended else _under_way(place)
    if word is not None:
        yield word


def _proof(place: _Place) -> Proof | None:
    word = workflow_word(staging_of(place.view))
    return replace(word, symptom=place.symptom) if isinstance(word, Proof) else None


def _under_way(place: _Place) -> Observation | None:
    suite = place.run.suite
    waits = suite.status is CheckStatus.WAITING
    if isinstance(suite.status, Unrecognised):
        return None
    if not waits and place.seen_at <= suite.updated_at + STUCK_AFTER:
        return place.unsettled("may still end", in_flight=True)
    question = JobsOf(trace_of(place.view, place.run))
    answer = place.view.answers.jobs.get(question)
    if answer is None:
        return place.unsettled("has jobs that are not read yet", asks=question)
    if not isinstance(answer, Seen):
        return place.unsettled(f"has jobs that could not be read ({answer.why})")
    over = _is_over(answer.value, place.view.policy)
    return None if over else place.finding(waits=waits)


def _is_over(jobs: tuple[Job, ...], policy: ProjectPolicy) -> bool:
    """Tell whether staging's part of a run is over; jobs that are not there yet are to come.

    Without a `staging_job` that is every job but `production_job`.
    """
    parts = [job for job in jobs if _is_stagings(job, policy)]
    return bool(parts) and all(job.conclusion is not None for job in parts)


def _is_stagings(job: Job, policy: ProjectPolicy) -> bool:
    if policy.staging_job is not None:
        return is_part_of(job, policy.staging_job)
    return policy.production_job is None or not is_part_of(job, policy.production_job)
