"""Apply a plan: every change on its own, under the lease, and nothing is decided any more.

A comment comes before the change that it tells of: when the process dies between the two, the next
cycle finds the comment by its key and makes the change alone.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TypeAlias, assert_never

from pipeline_health.agent.filing import Filer
from pipeline_health.agent.rerunning import Reruns
from pipeline_health.core.issue_text import digest
from pipeline_health.core.model.issue import IssueRef
from pipeline_health.core.model.plan import (
    Change,
    CloseIssue,
    CommentIssue,
    HandOver,
    OpenIssue,
    Outcome,
    Plan,
    ReopenIssue,
    Requeue,
    RerunJobs,
    UpdateIssue,
)
from pipeline_health.ports import (
    Lease,
    LeaseLostError,
    Ledger,
    PipelineHealthError,
    Runner,
    Tracker,
    TrackerError,
)

_OfAnIssue: TypeAlias = UpdateIssue | CommentIssue | CloseIssue | ReopenIssue | HandOver | Requeue


class Hands:
    """Writes to the tracker and starts re-runs; it cannot be made without a lease."""

    def __init__(
        self, *, tracker: Tracker, runner: Runner, ledger: Ledger, lease: Lease, now: datetime
    ) -> None:
        self._tracker = tracker
        self._lease = lease
        self._now = now
        self._filer = Filer(tracker=tracker, ledger=ledger, lease=lease, now=now)
        self._reruns = Reruns(runner=runner, ledger=ledger, lease=lease, now=now)

    def apply(self, plan: Plan) -> Iterator[Outcome]:
        """Apply change after change; one that fails is told and does not stop the others.

        Raises LeaseLostError: without the lease nothing more is written.
        """
        for change in plan.changes:
            self._lease.renew(now=self._now)
            try:
                yield self._outcome(change)
            except LeaseLostError:
                raise
            except Exception as exc:  # noqa: BLE001 - one change must not cost the others
                known = isinstance(exc, PipelineHealthError)
                why = str(exc) if known else f"a defect of ours: {type(exc).__name__}: {exc}"
                yield Outcome(change=change, applied=False, why=why)

    def _outcome(self, change: Change) -> Outcome:
        match change:
            case OpenIssue():
                return self._filer.open_issue(change)
            case RerunJobs():
                return self._reruns.rerun(change)
            case _:
                return Outcome(change=change, applied=True, told=self._changed(change))

    def _changed(self, change: _OfAnIssue) -> str:
        """Change an issue that exists; gives the digest of its new body, empty without one."""
        match change:
            case UpdateIssue():
                return self._edit(change.ref, change.body)
            case CommentIssue():
                self._filer.comment(change.ref, change.comment, change.fingerprint)
                return ""
            case CloseIssue():
                return self._close(change)
            case ReopenIssue():
                return self._reopen(change)
            case HandOver():
                return self._hand_over(change)
            case Requeue():
                self._tracker.relabel(change.ref, add=change.add, remove=change.remove)
                return ""
            case _:
                assert_never(change)

    def _close(self, change: CloseIssue) -> str:
        self._filer.comment(change.ref, change.comment, change.fingerprint)
        told = self._edit(change.ref, change.body)
        self._tracker.close(change.ref, duplicate_of=change.duplicate_of)
        return told

    def _reopen(self, change: ReopenIssue) -> str:
        elsewhere = self._filer.told_unlisted(change.ref.repo, change.body)
        if elsewhere is not None:
            raise TrackerError(elsewhere, retryable=True)
        if change.comment is not None:
            self._filer.comment(change.ref, change.comment, change.fingerprint)
        # What is open tells of its newest failure: a ledger of before believes it.
        told = self._edit(change.ref, change.body)
        self._tracker.reopen(change.ref)
        return told

    def _hand_over(self, change: HandOver) -> str:
        self._filer.comment(change.ref, change.comment, change.fingerprint)
        told = self._edit(change.ref, change.body)  # facts are told also where labels are refused
        self._tracker.relabel(change.ref, add=change.add, remove=change.remove)
        return told

    def _edit(self, ref: IssueRef, body: str | None) -> str:
        if body is None:
            return ""
        self._tracker.edit(ref, body=body)
        return digest(body)
