"""Marker lines as somebody could write them, and the fields of a good one."""

import json

from incident_builders import BAD

FIELDS = {
    "fingerprint": "f",
    "nonce": "n",
    "kind": "main-ci-red",
    "project": "shop",
    "owner": "agent",
    "cause": "unknown",
    "commit": BAD,
    "first_seen": "2026-11-22T10:05:00Z",
    "failed_at": "2026-11-22T10:05:00.5Z",
    "attempts": 0,
    "subjects": [{"kind": "main-ci-red", "scope": "s", "thing": "workflow", "name": "CI"}],
}


def line_of(fields: object) -> str:
    """Give a marker line that holds *fields*, whatever they are."""
    return f"<!-- pipeline-health v1 {json.dumps(fields)} -->"
