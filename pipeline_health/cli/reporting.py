"""Reports as JSON: the shapes that scripts rely on."""

from collections.abc import Mapping, Sequence

from pipeline_health.core.as_json import JsonValue, written
from pipeline_health.core.model.report import (
    ChangeLine,
    CycleReport,
    FindingLine,
    Light,
    ProjectLine,
    Usage,
)


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
        "lights": lights_as_json(project.lights),
    }


def lights_as_json(lights: Sequence[Light]) -> Mapping[str, JsonValue]:
    """Give how each station of a project is, and since when."""
    return {
        light.of: {
            "state": light.glow,
            "since": None if light.since is None else written(light.since),
        }
        for light in lights
    }


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
