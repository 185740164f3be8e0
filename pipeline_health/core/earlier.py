"""Proof that a look at the head cannot show: a workflow that passed at a commit since.

A fix may be followed by a commit on which the workflow does not run (filtered by path, `[skip ci]`,
a schedule that comes once a week), or passes and skips the job that had failed. The head then tells
nothing of it, so that the newest runs of the branch are asked for; a list of runs decides nothing
but this, and never what is broken.
"""

from collections.abc import Container, Iterator, Sequence
from itertools import islice, takewhile

from pipeline_health.core.at_head import Head, head_of
from pipeline_health.core.deploy_verdict import DeployState, judge_conclusion
from pipeline_health.core.incidents import descent, is_newer, same_jobs
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
_MOST = 5
"""So many runs may hold a proof: the jobs of each are another request."""


def told_by_head(
    incident: Incident, view: ProjectView, *, said: Container[Symptom], proofs: Sequence[Proof]
) -> frozenset[Symptom]:
    """Give what of *incident* the head tells of: all that is *said*, but for what it passed by.

    A run that passed at the head and skipped the jobs that had failed is none of its *proofs*.
    """
    return frozenset(
        ailment.symptom
        for ailment in incident.broken
        if ailment.symptom in said and not _is_passed_by(ailment, proofs, view)
    )


def _is_passed_by(ailment: Ailment, proofs: Sequence[Proof], view: ProjectView) -> bool:
    own = [each for each in proofs if each.symptom == ailment.symptom and is_newer(ailment, each)]
    return any(
        descent(ailment, each, view) is True and same_jobs(ailment, each, view) is False
        for each in own
    )


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
            for run in _passing(ailment, answer.value):
                yield _proof(ailment, run, view)


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


def _passing(ailment: Ailment, runs: Sequence[BranchRun]) -> Sequence[BranchRun]:
    """Give the newest runs of the workflow, newest first, back to one that did not pass.

    Names need not be unique: of several workflows all must have passed in their newest run, and
    the one that ended last stands for them.
    """
    named = [each for each in runs if each.run.workflow == ailment.symptom.subject.name]
    named.sort(key=lambda each: each.run.id, reverse=True)
    newest = {each.run.workflow_id: each for each in reversed(named)}
    if len(newest) > 1:
        all_passed = all(_passed(each) for each in newest.values())
        return [max(newest.values(), key=lambda each: each.suite.updated_at)] if all_passed else []
    return list(islice(takewhile(_passed, named), _MOST))


def _passed(each: BranchRun) -> bool:
    ended = each.suite.status is CheckStatus.COMPLETED
    return ended and judge_conclusion(each.suite.conclusion) is DeployState.HEALTHY


def _proof(ailment: Ailment, run: BranchRun, view: ProjectView) -> Proof:
    return Proof(
        symptom=ailment.symptom,
        project=view.policy.name,
        at=run.suite.updated_at,
        commit=run.sha,
        trace=RunTrace(
            repo=view.policy.repo,
            run_id=run.run.id,
            updated_at=run.suite.updated_at,
            url=run.run.url,
        ),
        says=f"Workflow {run.run.workflow} passed at {run.sha[:7]}.",
    )
