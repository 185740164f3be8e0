"""Reports and incidents as JSON: the shapes that scripts rely on."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from pipeline_health.core.model.incident import Incident, Naming
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.report import (
    ChangeLine,
    CycleReport,
    FindingLine,
    ProjectLine,
    Usage,
)

# Valid in JSON as they are, but obeyed by terminals; the last is a command to Actions' runner.
_STEERS = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|(?<=##)\\[")

JsonValue: TypeAlias = "str | int | bool | list[JsonValue] | Mapping[str, JsonValue] | None"


def as_line(told: object) -> str:
    """Give *told* as one line of JSON; what would steer who shows it is written as an escape."""
    text = json.dumps(told, ensure_ascii=False)
    return _STEERS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def report_as_json(report: CycleReport) -> Mapping[str, JsonValue]:
    """Give the object that `run-once --json` prints."""
    return {
        "cycle": report.cycle,
        "started_at": written(report.started_at),
        "finished_at": written(report.finished_at),
        "sentence": report.sentence,
        "dry_run": report.dry_run,
        "failed": report.failed,
        "projects": [project_as_json(project) for project in report.projects],
        "changes": [_change(change) for change in report.changes],
        "waiting": list(report.waiting),
        "orphans": orphans_as_json(report),
        "requests": {
            "github": {
                "requests": report.github.requests,
                "points": report.github.points,
                "remaining": report.github.remaining,
            },
            "railway": _requests(report.railway),
        },
    }


def orphans_as_json(report: CycleReport) -> list[JsonValue]:
    """Give the open issues of repositories that are not configured any more."""
    return [
        {"repo": line.repo, "issue": line.issue, "title": line.title, "url": line.url}
        for line in report.orphans
    ]


def project_as_json(project: ProjectLine) -> Mapping[str, JsonValue]:
    """Give one project of a report."""
    return {
        "name": project.name,
        "repo": project.repo,
        "findings": [_finding(finding) for finding in project.findings],
        "blind": [{"source": line.source, "why": line.why} for line in project.blind],
        "unsettled": list(project.unsettled),
        "healthy": list(project.healthy),
        "unproved": list(project.unproved),
        "unwatched": [
            {"what": line.what, "why": line.why, "advice": line.advice}
            for line in project.unwatched
        ],
        "transients": [
            {"url": line.url, "hour": line.hour, "count": line.count} for line in project.transients
        ],
    }


def incident_as_json(
    incident: Incident, *, silent: MaintenanceWindow | None = None
) -> Mapping[str, JsonValue]:
    """Give one incident as `incidents --json` and `why --json` print it."""
    filing = incident.filing
    return {
        "fingerprint": incident.fingerprint,
        "kind": incident.kind,
        "title": incident.title,
        "project": incident.project,
        "repo": incident.repo,
        "phase": incident.phase,
        "owner": incident.cause.owner,
        "cause": {
            "class": incident.cause.of,
            "key": incident.cause.key,
            "why": incident.cause.why,
        },
        "commit": incident.commit,
        "first_failed_at": written(incident.first_failed_at),
        "failed_at": written(incident.failed_at),
        "resolved_at": None if incident.resolved_at is None else written(incident.resolved_at),
        "occurrences": incident.count,
        "attempts": incident.attempts,
        "hidden_behind": incident.hidden_behind,
        "duplicate_of": incident.duplicate_of,
        "silenced_until": None if silent is None else written(silent.until),
        "issue": None if filing is None else {"number": filing.number, "url": filing.url},
        "part_of": incident.part_of,
        "named": named_as_json(incident.named),
        "held_since": None if incident.held_since is None else written(incident.held_since),
    }


def named_as_json(naming: Naming | None) -> Mapping[str, JsonValue] | None:
    """Give the issue of a portfolio incident that named an incident first, null where none did."""
    if naming is None:
        return None
    return {
        "repo": naming.repo,
        "number": naming.number,
        "url": naming.url,
        "at": written(naming.at),
    }


def written(at: datetime) -> str:
    """Give a time as JSON has it: RFC 3339, UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _requests(usage: Usage) -> Mapping[str, JsonValue]:
    return {"requests": usage.requests}


def _finding(finding: FindingLine) -> Mapping[str, JsonValue]:
    return {
        "fingerprint": finding.fingerprint,
        "kind": finding.symptom.kind,
        "subject": finding.symptom.subject.name,
        "since": written(finding.since),
        "commit": finding.commit,
        "cause": finding.cause,
        "owner": finding.owner,
        "incident": finding.incident,
        "hidden_behind": finding.hidden_behind,
        "named": None
        if finding.named is None
        else {"repo": finding.named.repo, "issue": finding.named.number},
    }


def _change(change: ChangeLine) -> Mapping[str, JsonValue]:
    return {
        "change": change.change,
        "repo": change.repo,
        "issue": change.issue,
        "fingerprint": change.fingerprint,
        "reason": change.reason,
        "applied": change.applied,
        "why": change.why,
    }
