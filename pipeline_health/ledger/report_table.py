"""The reports of cycles as rows: what they have in common is kept once.

A line is what was seen of one project, a roll the lines of one look, in their order. A quiet look
has the roll of the look before it. Only the newest reports have one; of the others the head is
kept, so that it is known when each cycle looked and how it ended.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline_health.core.model.report import CycleReport, Looked, ProjectLine
from pipeline_health.ledger import queries
from pipeline_health.ledger.codec import (
    head_of,
    line_as_text,
    lines_of,
    report_as_text,
    report_of,
)
from pipeline_health.ledger.faults import MOVE_AWAY
from pipeline_health.ledger.retention import SHORTENED_AT_ONCE, WHOLE_REPORTS
from pipeline_health.ledger.rows import look_in
from pipeline_health.ledger.store import Store, Transaction
from pipeline_health.ledger.times import as_text
from pipeline_health.ports import LedgerError


class ReportTable:
    """Keeps the reports of one ledger."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, report: CycleReport, transaction: Transaction) -> None:
        """Keep *report* in *transaction*, and cut those that are not among the newest any more."""
        roll = _roll(report.projects, transaction)
        head = report_as_text(replace(report, projects=()))
        ending = (as_text(report.finished_at), int(report.failed is not None), roll)
        transaction.run(queries.RECORD, report.cycle, as_text(report.started_at), head, *ending)
        lengthy = (WHOLE_REPORTS, SHORTENED_AT_ONCE)
        for number, document in transaction.read(_numbered, queries.LENGTHY, *lengthy):
            transaction.run(queries.SHORTEN, head_of(document), number)

    def newest(self, limit: int) -> tuple[CycleReport, ...]:
        """Give the newest reports, newest first."""

        def ask(moment: Transaction) -> tuple[CycleReport, ...]:
            found = moment.read(_listed, queries.REPORTS, limit)
            known = _known({line: None for _, roll in found for line in roll}.keys(), moment)
            return tuple(_whole(report, roll, known) for report, roll in found)

        return self._store.at_once(ask)

    def looks(self) -> tuple[Looked, ...]:
        """Give when each cycle of which a report is kept looked, oldest first."""
        return tuple(self._store.read(look_in, queries.LOOKS))


def sweep(transaction: Transaction) -> None:
    """Drop the rolls that no report has, and the lines that no roll has."""
    if transaction.run(queries.DROP_ROLLS) == 0:
        return
    rolls = transaction.read(str, queries.ROLLS)
    used = {line for roll in rolls for line in roll.split()}
    for number in transaction.read(str, queries.LINE_NUMBERS):
        if number not in used:
            transaction.run(queries.DROP_LINE, number)


def _roll(projects: Iterable[ProjectLine], transaction: Transaction) -> int:
    """Give the number of the roll of *projects*; what is new of it is kept."""
    numbers = {text: number for number, text in transaction.read(_numbered, queries.LINES)}
    texts = [line_as_text(project) for project in projects]
    for text in texts:
        if text not in numbers:
            (numbers[text],) = transaction.read(int, queries.KEEP_LINE, text)
    lines = " ".join(str(numbers[text]) for text in texts)
    known = transaction.read(int, queries.ROLL, lines)
    (number,) = known or transaction.read(int, queries.KEEP_ROLL, lines)
    return number


def _known(numbers: Collection[str], moment: Transaction) -> Mapping[str, ProjectLine]:
    """Read each line once, in however many reports it is."""
    texts = [text for number in numbers for text in moment.read(str, queries.LINE, number)]
    if len(texts) < len(numbers):
        raise _lost()
    return dict(zip(numbers, lines_of(texts), strict=True)) if texts else {}


def _whole(
    report: CycleReport, roll: Sequence[str], known: Mapping[str, ProjectLine]
) -> CycleReport:
    """Put a report together; one that an older version wrote is whole already."""
    return replace(report, projects=tuple(known[line] for line in roll)) if roll else report


def _listed(
    document: str, cycle: str, roll: int | None, lines: str | None
) -> tuple[CycleReport, Sequence[str]]:
    if roll and lines is None:  # who saw nothing has a roll of nothing
        raise _lost()
    return report_of(document, cycle=cycle), (lines or "").split()


def _lost() -> LedgerError:
    return LedgerError(f"the ledger has lost lines of its reports; {MOVE_AWAY}")


def _numbered(number: int, text: str) -> tuple[int, str]:
    return number, text
