"""Run failed jobs again exactly once: note the intent, send one request, and never another.

A re-run whose answer was lost counts as tried, and so does one that a crash cut off after its
intent was noted. The intent is settled by whoever has saved the remedy.
"""

from datetime import datetime

from pipeline_health.core.model.journal import Intent
from pipeline_health.core.model.plan import Outcome, RerunJobs
from pipeline_health.ports import Lease, Ledger, Runner, RunnerError


class Reruns:
    """Sends re-runs for one cycle, under its lease."""

    def __init__(self, *, runner: Runner, ledger: Ledger, lease: Lease, now: datetime) -> None:
        self._runner = runner
        self._ledger = ledger
        self._lease = lease
        self._now = now

    def rerun(self, change: RerunJobs) -> Outcome:
        """Run the failed jobs again, unless that was tried; a refusal is not *applied*."""
        if any(intent.key == change.key for intent in self._ledger.intents()):
            return Outcome(change=change, applied=True, why="it was sent before, or nearly")
        self._ledger.intend(_intent(change, now=self._now), lease=self._lease)
        try:
            self._runner.rerun_failed_jobs(change.repo, change.run_id)
        except RunnerError as exc:
            return Outcome(change=change, applied=exc.unknown, why=str(exc))
        return Outcome(change=change, applied=True)


def _intent(change: RerunJobs, *, now: datetime) -> Intent:
    return Intent(
        key=change.key, of="rerun", fingerprint=change.fingerprint, repo=change.repo, at=now
    )
