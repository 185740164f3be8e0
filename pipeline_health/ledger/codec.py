"""Incidents, reports and notices as JSON text, and back; what is read is validated, never trusted.

A field that is missing takes its default and one that is not known is dropped, so that a field with
a default needs no migration; any other change of shape does.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import TypeVar

from pydantic_core import (
    PydanticSerializationError,
    ValidationError,
    to_json,
    to_jsonable_python,
)

from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.notice import Notice, Told
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.report import CycleReport, ProjectLine
from pipeline_health.ports import LedgerError
from pipeline_health.shapes import Shape

ModelT = TypeVar("ModelT")

_LARGE = ("projects", "changes", "waiting", "orphans", "untold")
"""What a report tells at length: only of the newest ones is it kept."""


@cache
def _incidents() -> Shape[Incident]:
    return Shape(Incident)


@cache
def _parents() -> Shape[Parent]:
    return Shape(Parent)


@cache
def _reports() -> Shape[CycleReport]:
    return Shape(CycleReport)


@cache
def _lines() -> Shape[tuple[ProjectLine, ...]]:
    return Shape(tuple[ProjectLine, ...])


@cache
def _told() -> Shape[Told]:
    return Shape(Told)


@cache
def _notices() -> Shape[Notice]:
    return Shape(Notice)


def as_unicode(text: str) -> str:
    """Give *text* with a question mark for every half of a surrogate pair.

    JSON may escape such halves into a log that we read; neither UTF-8 nor SQLite can hold them.
    """
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")


def incident_as_text(incident: Incident) -> str:
    """Give *incident* as JSON."""
    return _encode(incident)


def incident_of(text: str, *, fingerprint: str) -> Incident:
    """Give the incident that *text* holds; raises LedgerError naming the fingerprint."""
    return _decode(_incidents(), text, what=f"the incident {fingerprint}")


def parent_as_text(parent: Parent) -> str:
    """Give *parent* as JSON."""
    return _encode(parent)


def parent_of(text: str, *, fingerprint: str) -> Parent:
    """Give the portfolio incident that *text* holds; raises LedgerError naming the fingerprint."""
    return _decode(_parents(), text, what=f"the portfolio incident {fingerprint}")


def report_as_text(report: CycleReport) -> str:
    """Give *report* as JSON."""
    return _encode(report)


def report_of(text: str, *, cycle: str) -> CycleReport:
    """Give the report that *text* holds; raises LedgerError naming the cycle."""
    return _decode(_reports(), text, what=f"the report of cycle {cycle}")


def head_of(text: str) -> str:
    """Give the report that *text* holds without what it tells at length, as JSON again.

    Only names are looked at, so that a report of any version can be cut; what is none stays.
    """
    try:
        whole = json.loads(text)
    except ValueError:
        return text
    if not isinstance(whole, dict):
        return text
    head = {name: said for name, said in whole.items() if name not in _LARGE}
    return json.dumps(head, separators=(",", ":"))


def line_as_text(line: ProjectLine) -> str:
    """Give what a report says of one project as JSON."""
    return _encode(line)


def lines_of(texts: Sequence[str]) -> tuple[ProjectLine, ...]:
    """Give what *texts* say of projects; raises LedgerError."""
    return _decode(_lines(), f"[{','.join(texts)}]", what="what the last looks saw")


def told_as_text(told: Told) -> str:
    """Give what people know as JSON."""
    return _encode(told)


def told_of(text: str) -> Told:
    """Give what people know by *text*; raises LedgerError."""
    return _decode(_told(), text, what="what people were told")


def notice_as_text(notice: Notice) -> str:
    """Give *notice* as JSON."""
    return _encode(notice)


def notice_of(text: str, *, number: int) -> Notice:
    """Give the notice that *text* holds; raises LedgerError naming its letter."""
    return _decode(_notices(), text, what=f"the letter {number}")


def _encode(model: object) -> str:
    """Write without a schema, which takes longer to build than all reports of a day to write."""
    try:
        return to_json(model).decode()
    except (PydanticSerializationError, UnicodeEncodeError):
        plain: object = to_jsonable_python(model)
        return as_unicode(json.dumps(plain, ensure_ascii=False))


def _decode(shape: Shape[ModelT], text: str, *, what: str) -> ModelT:
    try:
        return shape.of_json(text)
    except ValidationError as exc:
        msg = (
            f"{what} in the ledger cannot be read: {exc.error_count()} places are not of this "
            "version; run the version that wrote it, or move the ledger away: open issues are "
            "found again by their markers"
        )
        raise LedgerError(msg) from exc
