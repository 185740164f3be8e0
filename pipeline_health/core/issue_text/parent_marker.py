"""The marker of a portfolio incident: by it the issue, and what it was about, is found again.

It has the envelope and the keys of every marker of ours, and a kind that is no kind of failure, so
that nothing takes it for the issue of one project. Members are written as short as can be: there
may be hundreds.
"""

from collections.abc import Iterable
from datetime import datetime

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
from pipeline_health.core.issue_text.marker import read_marker
from pipeline_health.core.model.findings import Kind, Subject, Thing
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName
from pipeline_health.core.model.incident import CauseClass
from pipeline_health.core.model.parent import Parent
from pipeline_health.frozen import dataclass

KIND = "many-projects"
LONGEST = 14_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberMark:
    """One symptom of one member; where it lives is found by its project."""

    project: ProjectName
    kind: Kind
    subject: Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class ParentMarker:
    """What the first line of a portfolio incident says; *cause* and *key* are those it shares.

    *cause* is None where its members share none.
    """

    fingerprint: Fingerprint
    nonce: Nonce
    cause: CauseClass | None
    key: str
    first_seen: datetime
    members: tuple[MemberMark, ...]


def marker_of_parent(parent: Parent) -> ParentMarker:
    """Give the marker of *parent*."""
    return ParentMarker(
        fingerprint=parent.fingerprint,
        nonce=(parent.filing and parent.filing.nonce) or parent.nonce,
        cause=None if parent.cause is None else parent.cause.of,
        key="" if parent.cause is None else parent.cause.key,
        first_seen=parent.first_seen,
        members=tuple(
            MemberMark(project=member.project, kind=symptom.kind, subject=symptom.subject)
            for member in parent.going_on
            for symptom in member.symptoms
        ),
    )


def write_parent_marker(marker: ParentMarker) -> str:
    """Give *marker* as one line; members beyond its room are left out, the last ones first."""
    fits, most = 0, len(marker.members)
    while fits < most:
        middle = (fits + most + 1) // 2
        if len(_line(marker, marker.members[:middle])) <= LONGEST:
            fits = middle
        else:
            most = middle - 1
    return _line(marker, marker.members[:fits])


def read_parent_marker(body: str) -> ParentMarker | None:
    """Read the marker of an issue; None when its first line is not one of a portfolio incident."""
    fields = unwrapped(body, longest=LONGEST)
    if fields is None:
        return None
    try:
        return _marker(fields)
    except ValueError:
        return None


def _line(marker: ParentMarker, members: Iterable[MemberMark]) -> str:
    return enveloped(
        {
            "fingerprint": marker.fingerprint,
            "nonce": marker.nonce,
            "kind": KIND,
            "project": "",
            "owner": "human",
            "commit": None,
            "attempts": 0,
            "cause": marker.cause,
            "key": marker.key,
            "first_seen": written(marker.first_seen),
            "members": [
                [each.project, each.kind, each.subject.thing, each.subject.name] for each in members
            ],
        }
    )


def _marker(fields: object) -> ParentMarker:
    if text_at(fields, "kind") != KIND:
        raise MalformedError
    cause, key = class_of(fields_of(fields).get("cause")), fields_of(fields).get("key")
    return ParentMarker(
        fingerprint=Fingerprint(text_at(fields, "fingerprint")),
        nonce=Nonce(text_at(fields, "nonce")),
        cause=cause,
        key="" if cause is None else worded(key),
        first_seen=time_at(fields, "first_seen"),
        members=tuple(_member(each) for each in listed(fields_of(fields).get("members"))),
    )


def _member(fields: object) -> MemberMark:
    project, kind, thing, name = map(worded, listed(fields))
    return MemberMark(
        project=ProjectName(project), kind=Kind(kind), subject=Subject(Thing(thing), name)
    )


def identity_of(body: str) -> tuple[Fingerprint, Nonce] | None:
    """Give what the marker of an issue of ours is found by, whatever sort of incident it tells of.

    None where its first line is no marker.
    """
    marker = read_marker(body) or read_parent_marker(body)
    return None if marker is None else (marker.fingerprint, marker.nonce)
