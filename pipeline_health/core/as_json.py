"""Incidents as JSON: the shapes that scripts and machines rely on, whoever shows them."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from pipeline_health.core.inert import plain
from pipeline_health.core.model.incident import Incident, Naming
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.parent import Member, Parent

# Valid in JSON as they are, but obeyed by terminals, or half a character that nothing can write;
# the last is a command to Actions' runner.
_STEERS = re.compile(
    "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|(?<=##)\\["
)

JsonValue: TypeAlias = "str | int | bool | list[JsonValue] | Mapping[str, JsonValue] | None"


def as_line(told: object) -> str:
    """Give *told* as one line of JSON; what would steer who shows it is written as an escape."""
    text = json.dumps(told, ensure_ascii=False)
    return _STEERS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def written(at: datetime) -> str:
    """Give a time as JSON has it: RFC 3339, UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def redacted(value: JsonValue, redact: Callable[[str], str]) -> JsonValue:
    """Give *value* with every text in it redacted."""
    match value:
        case str():
            return redact(value)
        case Mapping():
            return {key: redacted(inner, redact) for key, inner in value.items()}
        case list():
            return [redacted(inner, redact) for inner in value]
        case _:
            return value


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


def parent_as_json(parent: Parent) -> Mapping[str, JsonValue]:
    """Give one portfolio incident as `status --json`, `why --json` and `feed` print it."""
    filing, cause = parent.filing, parent.cause
    return {
        "fingerprint": parent.fingerprint,
        "title": parent.title,
        "phase": parent.phase,
        "owner": "human",
        "cause": None
        if cause is None
        else {"class": cause.of, "key": plain(cause.key), "why": plain(cause.why)},
        "since": written(parent.since),
        "resolved_at": None if parent.resolved_at is None else written(parent.resolved_at),
        "issue": None
        if filing is None
        else {"repo": filing.repo, "number": filing.number, "url": filing.url},
        "members": [_member(member) for member in parent.members],
    }


def _member(member: Member) -> Mapping[str, JsonValue]:
    return {
        "fingerprint": member.fingerprint,
        "project": member.project,
        "title": member.title,
        "since": written(member.since),
        "goes_on": member.goes_on,
        "named_at": None if member.named_at is None else written(member.named_at),
        "over_at": None if member.over_at is None else written(member.over_at),
        "left": member.left or None,
        "url": member.url or None,
    }
