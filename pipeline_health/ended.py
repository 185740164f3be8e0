"""How a cycle ends: with one sentence and a stored report, also when it failed."""

import traceback
from dataclasses import replace

import structlog

from pipeline_health.agent import Cycle
from pipeline_health.core.model.report import CycleReport
from pipeline_health.ports import Clock, Lease, Ledger, PipelineHealthError
from pipeline_health.telemetry import Redaction


def failed(cycle: Cycle, exc: Exception, *, redaction: Redaction) -> CycleReport:
    """Give the report of a cycle that *exc* ended; the traceback of a defect of ours is logged."""
    known = isinstance(exc, PipelineHealthError)
    why = redaction(str(exc) if known else f"{type(exc).__name__}: {exc}")
    if not known:
        trace = redaction("".join(traceback.format_exception(exc)))
        structlog.get_logger().error("cycle_defect", traceback=trace)
    return unfinished(cycle, why)


def unfinished(cycle: Cycle, why: str) -> CycleReport:
    """Give the report of a cycle that came to no end of its own."""
    return CycleReport(
        cycle=cycle.id,
        started_at=cycle.now,
        finished_at=cycle.now,
        sentence=f"The cycle failed: {why}; nothing is concluded from it.",
        dry_run=cycle.dry,
        failed=why,
    )


def finish(report: CycleReport, ledger: Ledger, lease: Lease, clock: Clock) -> CycleReport:
    """Keep *report*, which ends *lease*, and tell its sentence; gives it with its end."""
    ended = replace(
        report,
        sentence=_whole_sentence(report),
        finished_at=max(clock.now(), report.started_at),
    )
    ledger.record(ended, ending=lease)
    _log(ended)
    return ended


def _whole_sentence(report: CycleReport) -> str:
    """Give the sentence with what people were not told of, which the cycle could not know yet."""
    untold = sum(line.notices for line in report.untold)
    if not untold:
        return report.sentence
    notices = "1 notice" if untold == 1 else f"{untold} notices"
    told = f"{notices} could not be delivered and will be tried again"
    return f"{report.sentence.removesuffix('.')}; {told}."


def _log(report: CycleReport) -> None:
    log = structlog.get_logger().bind(cycle=report.cycle)
    for project in report.projects:
        for blind in project.blind:
            log.warning("blind", project=project.name, source=blind.source, why=blind.why)
    for change in report.changes:
        log.info(
            "change",
            change=change.change,
            repo=change.repo,
            issue=change.issue,
            applied=change.applied,
            reason=change.reason,
            why=change.why,
        )
    for line in report.untold:
        log.warning("not_told", receiver=line.receiver, notices=line.notices, why=line.why)
    log.info("cycle", sentence=report.sentence)
