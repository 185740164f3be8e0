"""How answers that never change are written down: compact JSON of our own, read back with care."""

import json
from datetime import datetime

from pipeline_health.clients.errors import UnexpectedShapeError
from pipeline_health.clients.github_rest import LoggedJob
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import as_sha
from pipeline_health.core.model.questions import Evidence, Job, WorkflowFile
from pipeline_health.core.model.readings import CheckConclusion, Unrecognised


def jobs_to_text(jobs: tuple[LoggedJob, ...]) -> str:
    """Write jobs down."""
    return _compact(
        [
            {
                "id": logged.id,
                "name": logged.job.name,
                "conclusion": _word(logged.job.conclusion),
                "started_at": _time(logged.job.started_at),
                "completed_at": _time(logged.job.completed_at),
                "step": logged.job.step,
                "url": logged.job.url,
                "attempt": logged.attempt,
                "began": logged.began,
            }
            for logged in jobs
        ]
    )


def jobs_from_text(text: str | None) -> tuple[LoggedJob, ...] | None:
    """Read jobs back; None when there is nothing, or nothing that makes sense."""
    if text is None:
        return None
    try:
        return tuple(_job(node) for node in Json(json.loads(text), "remembered jobs").items())
    except (ValueError, UnexpectedShapeError):
        return None


def evidence_to_text(evidence: Evidence) -> str:
    """Write complete evidence down."""
    return _compact(
        {
            "at": _time(evidence.at),
            "jobs": evidence.jobs,
            "steps": evidence.steps,
            "first_error": evidence.first_error,
            "tail": evidence.tail,
            "passed_before": evidence.passed_before,
            "jobless": evidence.jobless,
            "approval": evidence.approval,
        }
    )


def evidence_from_text(text: str | None) -> Evidence | None:
    """Read evidence back; None when there is nothing, or nothing that makes sense."""
    if text is None:
        return None
    try:
        node = Json(json.loads(text), "remembered evidence")
        return Evidence(
            at=node.time("at"),
            complete=True,
            jobs=tuple(each.text() for each in node.items("jobs")),
            steps=tuple(each.text() for each in node.items("steps")),
            first_error=node.maybe_text("first_error"),
            tail=node.text("tail"),
            passed_before=tuple(each.text() for each in node.items("passed_before")),
            jobless=node.flag("jobless"),
            approval=node.flag("approval"),
        )
    except (ValueError, UnexpectedShapeError):
        return None


def file_to_text(file: WorkflowFile) -> str:
    """Write down what became of a workflow's file."""
    return _compact(
        {
            "path": file.path,
            "workflow_id": file.workflow_id,
            "was_there": file.was_there,
            "is_there": file.is_there,
            "touched": file.touched,
        }
    )


def file_from_text(text: str | None) -> WorkflowFile | None:
    """Read back what became of a workflow's file; None when there is nothing that makes sense."""
    if text is None:
        return None
    try:
        node = Json(json.loads(text), "a remembered file")
        return WorkflowFile(
            path=node.text("path"),
            workflow_id=node.number("workflow_id"),
            was_there=node.flag("was_there"),
            is_there=node.flag("is_there"),
            touched=as_sha(node.maybe_text("touched")),
        )
    except (ValueError, UnexpectedShapeError):
        return None


def _job(node: Json) -> LoggedJob:
    """Read one job; only jobs that have ended are ever written down."""
    job = Job(
        name=node.text("name"),
        conclusion=node.one_of(CheckConclusion, "conclusion"),
        started_at=node.maybe_time("started_at"),
        completed_at=node.maybe_time("completed_at"),
        step=node.maybe_text("step"),
        url=node.maybe_text("url"),
    )
    return LoggedJob(
        id=node.number("id"), job=job, attempt=node.number("attempt"), began=node.flag("began")
    )


def _word(conclusion: CheckConclusion | Unrecognised | None) -> str | None:
    return conclusion.text if isinstance(conclusion, Unrecognised) else conclusion


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
