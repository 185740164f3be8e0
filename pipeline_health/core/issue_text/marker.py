"""The marker: the first line of an issue of ours, by which it is found without a ledger.

It is an HTML comment of one line of ASCII. What could end the comment, mention somebody or refer to
something is written as a JSON escape, because agents and bots match the raw text.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName, Sha, as_sha
from pipeline_health.core.model.incident import CauseClass, Incident, Owner
from pipeline_health.core.model.issue import Marker

LONGEST = 8_192
JOBS = 10

_LINE = re.compile(r"<!-- pipeline-health v1 (\{.*\}) -->")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ALIVE = re.compile(r"[<>&@#`]|(?<=-)-")


class _MalformedError(ValueError):
    """What looks like a marker is none. Nobody is told why: anybody may have written it."""


def marker_of(incident: Incident) -> Marker:
    """Give the marker of *incident*."""
    return Marker(
        fingerprint=incident.fingerprint,
        nonce=(incident.filing and incident.filing.nonce) or incident.nonce,
        kind=incident.kind,
        project=incident.project,
        owner=incident.cause.owner,
        cause=incident.cause.of,
        commit=incident.commit,
        first_seen=incident.first_seen,
        failed_at=incident.failed_at,
        attempts=incident.attempts,
        symptoms=tuple(ailment.symptom for ailment in incident.ailments),
        jobs=_known(ailment.jobs[:JOBS] for ailment in incident.ailments),
    )


def write_marker(marker: Marker) -> str:
    """Give *marker* as one line; what would make it too long to be read is left out at the end."""
    failures = marker.failures
    fits, most = 0, len(failures)
    while fits < most:  # halving: hundreds of long names would take minutes one by one
        middle = (fits + most + 1) // 2
        if len(_line(marker, failures[:middle])) <= LONGEST:
            fits = middle
        else:
            most = middle - 1
    return _line(marker, failures[:fits])


def read_marker(body: str) -> Marker | None:
    """Read the marker of an issue; None when its first line is none, or is not as we write it."""
    line = body.partition("\n")[0].rstrip(" \t\r")
    found = _LINE.fullmatch(line) if len(line) <= LONGEST else None
    if found is None:
        return None
    try:
        fields: object = json.loads(found[1], parse_constant=_refuse)
        return _marker(fields)
    except (ValueError, RecursionError):
        return None


def _line(marker: Marker, failures: tuple[tuple[Symptom, tuple[str, ...]], ...]) -> str:
    fields = {
        "fingerprint": marker.fingerprint,
        "nonce": marker.nonce,
        "kind": marker.kind,
        "project": marker.project,
        "owner": marker.owner,
        "cause": marker.cause,
        "commit": marker.commit,
        "first_seen": _written(marker.first_seen),
        "failed_at": _written(marker.failed_at),
        "attempts": marker.attempts,
        "subjects": [
            {
                "kind": symptom.kind,
                "scope": symptom.scope,
                "thing": symptom.subject.thing,
                "name": symptom.subject.name,
                **({"jobs": list(jobs)} if jobs else {}),
            }
            for symptom, jobs in failures
        ],
    }
    text = json.dumps(fields, ensure_ascii=True, separators=(",", ":"))
    return f"<!-- pipeline-health v1 {_ALIVE.sub(_escape, text)} -->"


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _refuse(_: str) -> None:
    """Take no number that JSON does not have."""
    raise _MalformedError


def _marker(fields: object) -> Marker:
    subjects = _list(_fields(fields).get("subjects"))
    return Marker(
        fingerprint=Fingerprint(_text(fields, "fingerprint")),
        nonce=Nonce(_text(fields, "nonce")),
        kind=Kind(_text(fields, "kind")),
        project=ProjectName(_text(fields, "project")),
        owner=Owner(_text(fields, "owner")),
        cause=_class(_fields(fields).get("cause")),
        commit=_commit(_fields(fields).get("commit")),
        first_seen=_time(fields, "first_seen"),
        failed_at=_time(fields, "failed_at"),
        attempts=_count(fields, "attempts"),
        symptoms=tuple(_symptom(subject) for subject in subjects),
        jobs=_known(_jobs(subject) for subject in subjects),
    )


def _symptom(fields: object) -> Symptom:
    return Symptom(
        kind=Kind(_text(fields, "kind")),
        scope=Scope(_text(fields, "scope")),
        subject=Subject(Thing(_text(fields, "thing")), _text(fields, "name")),
    )


def _jobs(fields: object) -> tuple[str, ...]:
    jobs = _list(_fields(fields).get("jobs", []))
    return tuple(map(_worded, jobs))


def _known(jobs: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Give *jobs* symptom by symptom, nothing at all where none is known."""
    each = tuple(jobs)
    return each if any(each) else ()


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise _MalformedError
    return value


def _fields(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _MalformedError
    return value


def _text(fields: object, key: str) -> str:
    return _worded(_fields(fields).get(key))


def _worded(value: object) -> str:
    """Give a text that is not empty and can be written in UTF-8 (a lone surrogate cannot)."""
    if not isinstance(value, str) or not value or _SURROGATE.search(value):
        raise _MalformedError
    return value


def _class(value: object) -> CauseClass | None:
    """Read the class of a cause; another version's word for it is none, and no broken marker."""
    known = {of.value: of for of in CauseClass}
    return known.get(value) if isinstance(value, str) else None


def _commit(value: object) -> Sha | None:
    if value is None:
        return None
    sha = as_sha(value) if isinstance(value, str) else None
    if sha is None:
        raise _MalformedError
    return sha


def _time(fields: object, key: str) -> datetime:
    text = _text(fields, key)
    if not text.endswith("Z"):
        raise _MalformedError
    return datetime.fromisoformat(text)


def _count(fields: object, key: str) -> int:
    value = _fields(fields).get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _MalformedError
    return value
