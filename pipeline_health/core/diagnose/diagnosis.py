"""The decision itself: approval, then the table in its order, then a flake, then unknown."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline_health.core.diagnose import code, people, settings
from pipeline_health.core.diagnose.keys import key_of
from pipeline_health.core.diagnose.passages import Passage, passages_of
from pipeline_health.core.diagnose.signature import Signature
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.incident import Cause, CauseClass
from pipeline_health.core.model.questions import Evidence
from pipeline_health.frozen import dataclass

SIGNATURES: tuple[Signature, ...] = (*people.ROWS, *settings.ROWS, *code.ROWS)
APPROVAL = "it waits for somebody's approval"
FLAKY = "the same job passed in another attempt at the same commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A row that matched, where, and by which line; a step alone has none."""

    signature: Signature
    match: re.Match[str] | None = None
    lines: tuple[str, ...] = ()


def diagnose(
    finding: Finding, evidence: Evidence | None, *, signatures: Sequence[Signature] = SIGNATURES
) -> Cause:
    """Name the cause of *finding* as far as *evidence* tells; without any it is unknown."""
    if finding.approval or (evidence is not None and evidence.approval):
        return _cause(CauseClass.APPROVAL, finding.symptom.subject.name, finding.says)
    if evidence is None:
        return _unknown(finding, evidence)
    found = _found(signatures, evidence)
    if _is_flaky(evidence) and (found is None or found.signature.of is CauseClass.CODE):
        key = f"{finding.symptom.subject.name}: {evidence.jobs[0]}"
        return _cause(CauseClass.FLAKY, key, f"Its attempts say so: {FLAKY}.")
    if found is None:
        return _unknown(finding, evidence)
    row = found.signature
    key = key_of(row, finding, match=found.match, passage=found.lines)
    witness = "log" if found.match is not None else "run" if row.jobless else "failed step"
    return _cause(row.of, key, f"The {witness} says so: {row.name}.")


def _cause(of: CauseClass, key: str, why: str) -> Cause:
    return Cause(of=of, key=key, owner=of.owner, why=why)


def _unknown(finding: Finding, evidence: Evidence | None) -> Cause:
    symptom = finding.symptom
    key = f"{symptom.kind}:{symptom.subject.name}"
    return _cause(CauseClass.UNKNOWN, key, _why_unknown(finding, evidence))


def _why_unknown(finding: Finding, evidence: Evidence | None) -> str:
    """Say what was read in vain; where nothing was left to read, what the provider shows."""
    if evidence is None or not evidence.complete:
        return "There is no log to judge by yet."
    if not evidence.is_telling:
        return finding.says
    return "No known signature matches the evidence."


def _is_flaky(evidence: Evidence) -> bool:
    return bool(evidence.jobs) and set(evidence.jobs) <= set(evidence.passed_before)


def _found(signatures: Sequence[Signature], evidence: Evidence) -> _Found | None:
    """Ask the errors before the other lines, and what is vague after all that is not."""
    passages = passages_of(evidence)
    plain = [row for row in signatures if not row.vague]
    vague = [row for row in signatures if row.vague]
    asked = (
        _by_lines(plain, passages, errors=True),
        _by_lines(plain, passages, errors=False),
        _by_lines(vague, passages, errors=False),
        _by_steps(signatures, evidence),
        _by_the_run(signatures, evidence),
    )
    return next((found for each in asked for found in each), None)


def _by_lines(
    rows: Iterable[Signature], passages: Sequence[Passage], *, errors: bool
) -> Iterator[_Found]:
    for row in rows:
        for passage in passages:
            match = _match(row, passage, passage.errors if errors else passage.lines)
            if match is not None:
                yield _Found(signature=row, match=match, lines=passage.lines)


def _match(row: Signature, passage: Passage, lines: Iterable[str]) -> re.Match[str] | None:
    if row.line is None or (row.outside_tests and passage.is_of_tests):
        return None
    if row.step is not None and not any(map(row.step.search, passage.places)):
        return None
    return next(filter(None, map(row.line.search, lines)), None)


def _by_steps(rows: Iterable[Signature], evidence: Evidence) -> Iterator[_Found]:
    for row in rows:
        if row.line is None and row.step is not None and any(map(row.step.search, evidence.steps)):
            yield _Found(signature=row)


def _by_the_run(rows: Iterable[Signature], evidence: Evidence) -> Iterator[_Found]:
    if evidence.jobless:
        yield from (_Found(signature=row) for row in rows if row.jobless)
