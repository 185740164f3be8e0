"""Workflows that run by the clock: told to people, and never part of the verdict on a commit."""

from collections.abc import Iterator, Sequence

from pipeline_health.core.at_head import Head, head_of
from pipeline_health.core.deploy_verdict import DeployState, judge_conclusion
from pipeline_health.core.model.findings import (
    Finding,
    Kind,
    Observation,
    Proof,
    Subject,
    Symptom,
    Thing,
    Unsettled,
)
from pipeline_health.core.model.questions import BranchRun, RunsOf, RunTrace
from pipeline_health.core.model.readings import CheckStatus, Seen
from pipeline_health.core.model.snapshot import ProjectView

SCHEDULE = "schedule"
_TWICE = 2


def scheduled_workflows(view: ProjectView) -> Iterator[Observation]:
    """Say of each scheduled workflow with a run at the head whether it failed twice in a row.

    The run before is asked for only where the newest one failed.
    """
    head = head_of(view)
    if head is None:
        return
    for name, newest in _newest(head, view).items():
        symptom = Symptom(
            kind=Kind.SCHEDULED_WORKFLOW_RED,
            scope=head.scope,
            subject=Subject(Thing.WORKFLOW, name),
        )
        observation = _observation(view, symptom, head, newest)
        if observation is not None:
            yield observation


def _newest(head: Head, view: ProjectView) -> dict[str, BranchRun]:
    found: dict[str, BranchRun] = {}
    for suite in sorted(head.suites, key=lambda suite: suite.id):
        run = suite.run
        if run is not None and run.event == SCHEDULE:
            found[run.workflow] = BranchRun(sha=head.sha, suite=suite, run=run)
    found.pop(view.policy.deploy_workflow or "", None)
    return found


def _observation(
    view: ProjectView, symptom: Symptom, head: Head, newest: BranchRun
) -> Observation | None:
    name = symptom.subject.name
    if newest.suite.status is not CheckStatus.COMPLETED:
        why = f"Scheduled workflow {name} has not ended."
        return Unsettled(symptom=symptom, project=view.policy.name, why=why, in_flight=True)
    match judge_conclusion(newest.suite.conclusion):
        case DeployState.HEALTHY:
            return Proof(
                symptom=symptom,
                project=view.policy.name,
                at=newest.suite.updated_at,
                commit=newest.sha,
                trace=_trace(view, newest),
                says=f"Scheduled workflow {name} passed at {newest.sha[:7]}.",
            )
        case DeployState.FAILED:
            return _failure(view, symptom, head, newest)
        case _:
            return None


def _failure(
    view: ProjectView, symptom: Symptom, head: Head, newest: BranchRun
) -> Observation | None:
    question = RunsOf(repo=view.policy.repo, branch=head.branch, event=SCHEDULE)
    answer = view.answers.runs.get(question)
    name = symptom.subject.name
    if answer is None:
        why = f"The runs of scheduled workflow {name} before the newest one are not read yet."
        return Unsettled(symptom=symptom, project=view.policy.name, why=why, asks=question)
    if not isinstance(answer, Seen):
        return None
    streak = _streak(answer.value, newest)
    if len(streak) < _TWICE:
        why = f"Scheduled workflow {name} failed once."
        return Unsettled(symptom=symptom, project=view.policy.name, why=why)
    return Finding(
        symptom=symptom,
        project=view.policy.name,
        since=streak[1].suite.updated_at,
        commit=newest.sha,
        trace=_trace(view, newest),
        says=f"Scheduled workflow {name} failed twice in a row, last at {newest.sha[:7]}.",
        for_people=True,
    )


def _streak(runs: Sequence[BranchRun], newest: BranchRun) -> list[BranchRun]:
    """Give the failures since the last success, oldest first; what was cancelled says nothing."""
    streak = {newest.run.id: newest}
    for each in sorted(runs, key=lambda each: each.run.id, reverse=True):
        if each.run.workflow_id != newest.run.workflow_id:
            continue
        state = judge_conclusion(each.suite.conclusion)
        if state is DeployState.HEALTHY:
            break
        if state is DeployState.FAILED:
            streak.setdefault(each.run.id, each)
    return [streak[number] for number in sorted(streak)]


def _trace(view: ProjectView, each: BranchRun) -> RunTrace:
    return RunTrace(
        repo=view.policy.repo,
        run_id=each.run.id,
        updated_at=each.suite.updated_at,
        url=each.run.url,
    )
