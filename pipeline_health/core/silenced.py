"""An alarm that was taken away instead of mended: the check is gone, and that is no proof.

An agent under pressure deletes the check. *Gone* is the file of the workflow at a head that
contains the failing commit, or a job that failed from two runs of its workflow that passed since.
What was skipped, or did not run, is neither proof nor silence. A workflow that only shows another
name in the same file is the same workflow, and heals by what it proves under that name.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pipeline_health.core.at_head import head_of
from pipeline_health.core.attempts import escalated
from pipeline_health.core.incidents import descent, failed_jobs, without_matrix
from pipeline_health.core.model.findings import Finding, Kind, Observation, Proof
from pipeline_health.core.model.ids import Login, Sha
from pipeline_health.core.model.incident import Ailment, Incident, Silence
from pipeline_health.core.model.issue import TrackedIssue
from pipeline_health.core.model.questions import (
    Contains,
    JobsOf,
    Question,
    RunTrace,
    WorkflowFile,
    WorkflowFileOf,
)
from pipeline_health.core.model.readings import Blind, Reading, Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import contains, of_repository, staging_scope

QUIET_LOOKS = 2
RUNS_WITHOUT = 2
_EXPRESSION = "${{"


def silence_questions(
    incident: Incident, observations: Sequence[Observation], view: ProjectView
) -> Iterator[Question]:
    """Name what would tell whether an alarm of *incident* was taken away."""
    for ailment in incident.broken:
        silence = _heard(ailment, observations, view)
        if silence.at is None and _is_suspect(silence):
            needed = _file_of(ailment, view)
            if isinstance(needed, WorkflowFileOf | Contains):
                yield needed


def under_other_names(
    incident: Incident, observations: Sequence[Observation], view: ProjectView
) -> Iterator[Proof]:
    """Give the proofs of a workflow that was renamed in its file, as proofs of what it was."""
    for ailment in incident.broken:
        heard = any(each.symptom == ailment.symptom for each in observations)
        if ailment.symptom.kind is not Kind.MAIN_CI_RED or heard:
            continue
        file = _file_of(ailment, view)
        workflow = file.value.workflow_id if isinstance(file, Seen) else None
        for proof in observations:
            if (
                isinstance(proof, Proof)
                and (proof.symptom.kind, proof.symptom.scope)
                == (ailment.symptom.kind, ailment.symptom.scope)
                and workflow is not None
                and _workflow_of(proof, view) == workflow
            ):
                yield replace(proof, symptom=ailment.symptom)


def reason_to_reopen_silenced(
    incident: Incident, issue: TrackedIssue, agents: frozenset[Login]
) -> str | None:
    """Say why a closed issue must be open again although nothing speaks of its failure any more.

    Whoever closed it may have thought that it was fixed. A person who closes it after we said that
    the alarm was silenced has decided, and an agent has not.
    """
    by_agent = issue.closed_by in agents or issue.closed_by_bot
    for silence in incident.silenced:
        if by_agent or issue.closed_at is None or silence.is_newer_than(issue.closed_at):
            return silence.says
    return None


def with_silence(
    incident: Incident, observations: Sequence[Observation], view: ProjectView
) -> Incident:
    """Give *incident* with what was heard of its alarms; one that was taken away is a person's."""
    heard = {
        ailment.symptom: _decided(ailment, _heard(ailment, observations, view), view)
        for ailment in incident.broken
    }
    told = [
        heard[ailment.symptom].says
        for ailment in incident.broken
        if heard[ailment.symptom].at not in (None, ailment.silence.at)
    ]
    grown = replace(
        incident,
        ailments=tuple(
            replace(ailment, silence=heard.get(ailment.symptom, Silence()))
            for ailment in incident.ailments
        ),
    )
    return escalated(grown, told[0]) if told else grown


def _heard(ailment: Ailment, observations: Sequence[Observation], view: ProjectView) -> Silence:
    """Give what is known of the silence of *ailment* after this look, before anything is asked."""
    silence = ailment.silence
    if not _is_seen(ailment, view):
        return silence
    own = [each for each in observations if each.symptom == ailment.symptom]
    if any(isinstance(each, Finding) for each in own):
        return Silence()
    if not own:
        return replace(silence, looks=min(silence.looks + 1, QUIET_LOOKS))
    heard = replace(silence, looks=0)
    for each in own:
        if isinstance(each, Proof) and isinstance(each.trace, RunTrace):
            gone, run = _jobs_gone(ailment, each, each.trace, view), each.trace.run_id
            runs = heard.runs if run in heard.runs else (*heard.runs, run)
            heard = replace(heard, runs=runs, jobs=gone) if gone else heard
    return heard


def _is_seen(ailment: Ailment, view: ProjectView) -> bool:
    """Tell whether the look would have shown the check of *ailment*, were it there."""
    head = head_of(view)
    staging = of_repository(view, staging_scope(view))
    return head is not None and ailment.symptom.scope in (head.scope, staging)


def _jobs_gone(
    ailment: Ailment, proof: Proof, trace: RunTrace, view: ProjectView
) -> tuple[str, ...]:
    """Give the jobs that failed and that the run of *proof* does not even list as skipped."""
    if proof.at <= ailment.failed_at or descent(ailment, proof, view) is not True:
        return ()
    failed, answer = failed_jobs(ailment, view), view.answers.jobs.get(JobsOf(trace))
    if not isinstance(failed, tuple) or not isinstance(answer, Seen) or not answer.value:
        return ()
    there = {without_matrix(job.name) for job in answer.value}
    return tuple(name for name in failed if not _is_listed(without_matrix(name), there))


def _is_listed(name: str, there: Iterable[str]) -> bool:
    """Tell whether a job may be among those that are *there*, skipped under a shorter name.

    A skipped caller of a reusable workflow is listed without the jobs that it calls, and a skipped
    matrix with its expression as it is written.
    """
    return any(
        name == each
        or name.startswith(f"{each} / ")
        or (_EXPRESSION in each and name.startswith(each.partition(_EXPRESSION)[0]))
        for each in there
    )


def _is_suspect(silence: Silence) -> bool:
    return silence.looks >= QUIET_LOOKS or len(silence.runs) >= RUNS_WITHOUT


def _decided(ailment: Ailment, silence: Silence, view: ProjectView) -> Silence:
    """Give *silence* with the commit that took the alarm away, once that is certain."""
    if silence.at is not None or not _is_suspect(silence):
        return silence
    answer = _file_of(ailment, view)
    if not isinstance(answer, Seen | Blind):
        return silence
    file = answer.value if isinstance(answer, Seen) else None
    gone = _what_is_gone(silence, file)
    if gone is None:
        return silence
    by = _taken_away_by(ailment, file, view)
    return replace(silence, says=f"The alarm was silenced by {by[:7]}: {gone}", at=view.now)


def _what_is_gone(silence: Silence, file: WorkflowFile | None) -> str | None:
    if file is not None and file.was_there and not file.is_there:
        return f"the file of the workflow that failed, {file.path}, is gone."
    if len(silence.runs) < RUNS_WITHOUT:
        return None
    jobs = ", ".join(silence.jobs)
    return f"what failed ({jobs}) is gone from {RUNS_WITHOUT} runs of its workflow since."


def _taken_away_by(ailment: Ailment, file: WorkflowFile | None, view: ProjectView) -> Sha:
    """Give the newest commit that touched the file since the failure, else the head."""
    touched = None if file is None else file.touched
    failed, head = ailment.commit, head_of(view)
    assert failed is not None and head is not None, "both were asked about"  # noqa: S101, PT018
    is_older = touched is not None and contains(view, newer=failed, older=touched) is True
    return head.sha if touched is None or is_older else touched


def _file_of(
    ailment: Ailment, view: ProjectView
) -> Reading[WorkflowFile] | WorkflowFileOf | Contains | None:
    """Give what became of the workflow's file, or ask; None where the head is not its successor."""
    head, trace, failed = head_of(view), ailment.trace, ailment.commit
    if head is None or failed is None or not isinstance(trace, RunTrace):
        return None
    contained = contains(view, newer=head.sha, older=failed)
    if isinstance(contained, Contains):
        return contained
    question = WorkflowFileOf(trace=trace, older=failed, newer=head.sha)
    return view.answers.files.get(question, question) if contained else None


def _workflow_of(proof: Proof, view: ProjectView) -> int | None:
    """Give the id of the workflow whose run at the head *proof* tells of."""
    head, trace = head_of(view), proof.trace
    if head is None or not isinstance(trace, RunTrace):
        return None
    runs = (suite.run for suite in head.suites if suite.run is not None)
    return next((run.workflow_id for run in runs if run.id == trace.run_id), None)
