"""What is too old goes, in each table; what only that needed goes with it."""

from datetime import datetime

from pipeline_health.ledger import queries
from pipeline_health.ledger.report_table import sweep
from pipeline_health.ledger.store import Transaction
from pipeline_health.ledger.times import as_text


def prune(transaction: Transaction, *, before: datetime) -> None:
    """Drop in this order: a trail goes only when its incident has gone."""
    for sql in (
        queries.PRUNE_REPORTS,
        queries.PRUNE_INCIDENTS,
        queries.PRUNE_PARENTS,
        queries.PRUNE_TRAILS,
        queries.PRUNE_MEMORY,
        queries.PRUNE_WINDOWS,
        queries.PRUNE_INTENTS,
        queries.PRUNE_LETTERS,
    ):
        transaction.run(sql, as_text(before))
    sweep(transaction)
