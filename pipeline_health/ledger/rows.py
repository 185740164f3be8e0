"""The rows of the ledger's tables as values of ours, and back."""

from typing import Literal

from pipeline_health.core.model.ids import Fingerprint, RepoName
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.journal import Intent, TrailLine
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.report import Looked
from pipeline_health.ledger.codec import (
    incident_as_text,
    incident_of,
    parent_as_text,
    parent_of,
)
from pipeline_health.ledger.store import Value
from pipeline_health.ledger.times import as_text, as_time


def columns_of(incident: Incident) -> tuple[Value, ...]:
    """Give the columns in which *incident* is kept."""
    resolved_at = None if incident.resolved_at is None else as_text(incident.resolved_at)
    return (
        incident.fingerprint,
        incident.nonce,
        incident.project,
        incident.phase,
        as_text(incident.first_seen),
        resolved_at,
        incident_as_text(incident),
    )


def incident_in(document: str, fingerprint: str) -> Incident:
    """Give the incident of a row."""
    return incident_of(document, fingerprint=fingerprint)


def look_in(started_at: str, finished_at: str | None, failed: int | None) -> Looked:
    """Give when a cycle looked; one that an older version kept ended when it began."""
    return Looked(
        started_at=as_time(started_at),
        finished_at=as_time(finished_at or started_at),
        failed=failed == 1,
    )


def trail_line_in(at: str, says: str) -> TrailLine:
    """Give the line of a trail of a row."""
    return TrailLine(at=as_time(at), says=says)


def intent_in(
    key: str,
    of: Literal["issue", "comment", "rerun"],
    fingerprint: Fingerprint,
    repo: RepoName,
    at: str,
    highest: int,
) -> Intent:
    """Give the intent of a row."""
    return Intent(
        key=key, of=of, fingerprint=fingerprint, repo=repo, at=as_time(at), highest=highest
    )


def columns_of_parent(parent: Parent) -> tuple[Value, ...]:
    """Give the columns in which *parent* is kept."""
    over = None if parent.resolved_at is None else as_text(parent.resolved_at)
    identity = (parent.fingerprint, parent.nonce, parent.phase, as_text(parent.first_seen))
    return (*identity, over, parent_as_text(parent))


def parent_in(document: str, fingerprint: str) -> Parent:
    """Give the portfolio incident of a row."""
    return parent_of(document, fingerprint=fingerprint)
