"""The marker: the first line of an issue of ours, by which it is found without a ledger.

What it says of an incident is read back when the ledger does not know better.
"""

from collections.abc import Iterable

from pipeline_health.core.issue_text.envelope import (
    MalformedError,
    class_of,
    enveloped,
    fields_of,
    listed,
    text_at,
    time_at,
    unwrapped,
    worded,
    written,
)
from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName, Sha, as_sha
from pipeline_health.core.model.incident import Incident, Owner
from pipeline_health.core.model.issue import Marker

LONGEST = 8_192
JOBS = 10


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
    fields = unwrapped(body, longest=LONGEST)
    try:
        return None if fields is None else _marker(fields)
    except ValueError:
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
        "first_seen": written(marker.first_seen),
        "failed_at": written(marker.failed_at),
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
    return enveloped(fields)


def _marker(fields: object) -> Marker:
    subjects = listed(fields_of(fields).get("subjects"))
    return Marker(
        fingerprint=Fingerprint(text_at(fields, "fingerprint")),
        nonce=Nonce(text_at(fields, "nonce")),
        kind=Kind(text_at(fields, "kind")),
        project=ProjectName(text_at(fields, "project")),
        owner=Owner(text_at(fields, "owner")),
        cause=class_of(fields_of(fields).get("cause")),
        commit=_commit(fields_of(fields).get("commit")),
        first_seen=time_at(fields, "first_seen"),
        failed_at=time_at(fields, "failed_at"),
        attempts=_count(fields, "attempts"),
        symptoms=tuple(_symptom(subject) for subject in subjects),
        jobs=_known(_jobs(subject) for subject in subjects),
    )


def _symptom(fields: object) -> Symptom:
    return Symptom(
        kind=Kind(text_at(fields, "kind")),
        scope=Scope(text_at(fields, "scope")),
        subject=Subject(Thing(text_at(fields, "thing")), text_at(fields, "name")),
    )


def _jobs(fields: object) -> tuple[str, ...]:
    jobs = listed(fields_of(fields).get("jobs", []))
    return tuple(map(worded, jobs))


def _known(jobs: Iterable[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Give *jobs* symptom by symptom, nothing at all where none is known."""
    each = tuple(jobs)
    return each if any(each) else ()


def _commit(value: object) -> Sha | None:
    if value is None:
        return None
    sha = as_sha(value) if isinstance(value, str) else None
    if sha is None:
        raise MalformedError
    return sha


def _count(fields: object, key: str) -> int:
    value = fields_of(fields).get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise MalformedError
    return value
