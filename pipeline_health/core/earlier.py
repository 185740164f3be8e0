"""Proof that a look at the head cannot show: a workflow that passed at a commit since.

A fix may be followed by a commit on which the workflow does not run (filtered by path, `[skip ci]`,
a schedule that comes once a week). The head then says nothing of it, so that the newest runs of the
branch are asked for; a list of runs decides nothing but this, and never what is broken.
"""

from collections.abc import Container, Iterator, Sequence

from pipeline_health.core.at_head import Head, head_of
from pipeline_health.core.deploy_verdict import DeployState, judge_conclusion
from pipeline_health.core.model.findings import Kind, Proof, Symptom, Thing
from pipeline_health.core.model.incident import Ailment, Incident
from pipeline_health.core.model.questions import BranchRun, RunsOf, RunTrace
from pipeline_health.core.model.readings import CheckStatus, Seen
from pipeline_health.core.model.snapshot import ProjectView

# Where a run did not end, one must have passed too: what failed behind the head nothing else tells.
_EVENTS = {
    Kind.MAIN_CI_RED: "push",
    Kind.MAIN_CI_STUCK: "push",
    Kind.SCHEDULED_WORKFLOW_RED: "schedule",
}


def earlier_questions(
    incident: Incident, view: ProjectView, *, told: Container[Symptom]
) -> Iterator[RunsOf]:
    """Name the runs that may prove what is broken in *incident* and not *told* by the head."""
    head = head_of(view)
    for ailment in incident.broken:
        if head is not None and _may_be_proved(ailment, head, told):
            yield _question(ailment, head, view)


def earlier_proofs(
    incident: Incident, view: ProjectView, *, told: Container[Symptom]
) -> Iterator[Proof]:
    """Give the proofs that those runs hold."""
    head = head_of(view)
    for ailment in incident.broken:
        if head is None or not _may_be_proved(ailment, head, told):
            continue
        answer = view.answers.runs.get(_question(ailment, head, view))
        if isinstance(answer, Seen):
            newest = _newest(answer.value, ailment.symptom.subject.name)
            yield from _proof(ailment, newest, view)


def _may_be_proved(ailment: Ailment, head: Head, told: Container[Symptom]) -> bool:
    symptom = ailment.symptom
    return (
        symptom.kind in _EVENTS
        and symptom.subject.thing is Thing.WORKFLOW
        and symptom.scope == head.scope
        and ailment.commit != head.sha
        and symptom not in told
    )


def _question(ailment: Ailment, head: Head, view: ProjectView) -> RunsOf:
    event = _EVENTS[ailment.symptom.kind]
    return RunsOf(repo=view.policy.repo, branch=head.branch, event=event)


def _newest(runs: Sequence[BranchRun], workflow: str) -> list[BranchRun]:
    """Give the newest run of each workflow of that name; names need not be unique."""
    newest: dict[int, BranchRun] = {}
    for each in sorted(runs, key=lambda each: each.run.id):
        if each.run.workflow == workflow:
            newest[each.run.workflow_id] = each
    return list(newest.values())


def _proof(ailment: Ailment, newest: Sequence[BranchRun], view: ProjectView) -> Iterator[Proof]:
    """Prove it when every workflow of the name passed in its newest run."""
    if not newest or not all(_passed(each) for each in newest):
        return
    last = max(newest, key=lambda each: each.suite.updated_at)
    yield Proof(
        symptom=ailment.symptom,
        project=view.policy.name,
        at=last.suite.updated_at,
        commit=last.sha,
        trace=RunTrace(
            repo=view.policy.repo,
            run_id=last.run.id,
            updated_at=last.suite.updated_at,
            url=last.run.url,
        ),
        says=f"Workflow {last.run.workflow} passed at {last.sha[:7]}.",
    )


def _passed(each: BranchRun) -> bool:
    ended = each.suite.status is CheckStatus.COMPLETED
    return ended and judge_conclusion(each.suite.conclusion) is DeployState.HEALTHY
