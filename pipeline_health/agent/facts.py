"""What whoever only looks reads of the ledger, in a few reads and nothing else."""

from datetime import datetime

from pipeline_health.agent.first_looks import first_looks
from pipeline_health.core.board import REPORTS, thinned
from pipeline_health.core.model.board import Facts, Past
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.service_level import is_back
from pipeline_health.ports import Ledger

_REOPENED = "ReopenIssue: "


def facts_of(ledger: Ledger) -> Facts:
    """Give what is kept of the portfolio as it is now."""
    return Facts(
        reports=thinned(ledger.reports(limit=REPORTS)),
        incidents=ledger.incidents(),
        parents=ledger.parents(),
        windows=ledger.windows(),
    )


def past_of(ledger: Ledger, facts: Facts) -> Past:
    """Give what is kept of earlier that *facts* do not hold."""
    back = [each.fingerprint for each in facts.incidents if is_back(each)]
    reopened = {each: at for each in back if (at := _reopened_at(ledger, each)) is not None}
    return Past(
        looks=ledger.looks(),
        first_looks=first_looks(ledger, facts.incidents),
        reopened=reopened,
    )


def _reopened_at(ledger: Ledger, fingerprint: Fingerprint) -> datetime | None:
    """Give when the trail says that we last opened the issue again."""
    lines = ledger.trail(fingerprint)
    return max((line.at for line in lines if line.says.startswith(_REOPENED)), default=None)
