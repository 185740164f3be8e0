"""What happens when the lease is lost, or something of our own breaks, while a plan is applied."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from incident_builders import REPO, T0, incident
from pipeline_health.agent.applying import Hands
from pipeline_health.core.issue_text import body
from pipeline_health.core.model.ids import Fingerprint, Nonce, RepoName
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.issue import IssueRef, OtherIssue, Tracked, TrackedIssue
from pipeline_health.core.model.plan import (
    Change,
    CloseIssue,
    Comment,
    OpenIssue,
    Plan,
    UpdateIssue,
)
from pipeline_health.core.model.policy import EvidenceMode, Routing
from pipeline_health.core.model.readings import Reading, Repository
from pipeline_health.ledger import MemoryLedger
from pipeline_health.ports import Lease, LeaseLostError, TrackerError

REF = IssueRef(REPO, 7)
LOST = TrackerError("the answer was lost", retryable=True, unknown=True)
REFUSED = TrackerError("GitHub said no")


class Idle:
    """A runner that runs nothing."""

    def rerun_failed_jobs(self, repo: RepoName, run_id: int) -> None:
        """Do nothing."""


class Board:
    """A tracker of its own: keeps what is written, and fails as it is told to."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.filed: list[TrackedIssue] = []
        self.written: list[str] = []
        self.spoken: list[str] = []

    def _write(self, what: str) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.written.append(what)

    def read(
        self, refs: Sequence[IssueRef], *, now: datetime
    ) -> Mapping[IssueRef, Reading[Tracked]]:
        """Show nothing."""
        return {}

    def ours(self, repo: RepoName) -> tuple[TrackedIssue, ...]:
        """List nothing."""
        return ()

    def others(self, repo: RepoName) -> tuple[OtherIssue, ...]:
        """List nothing."""
        return ()

    def place(self, repo: RepoName) -> Repository:
        """Be a repository that takes issues."""
        raise NotImplementedError

    def highest(self, repo: RepoName) -> int:
        """Know of six issues."""
        return 6

    def after(self, repo: RepoName, number: int) -> tuple[TrackedIssue, ...]:
        """Find what was filed."""
        return tuple(self.filed)

    def prepare(self, repo: RepoName, labels: Sequence[str]) -> None:
        """Have every label."""

    def create(
        self, repo: RepoName, *, title: str, body: str, labels: Sequence[str]
    ) -> TrackedIssue:
        """File it, unless told to fail."""
        self._write("create")
        self.filed.append(
            TrackedIssue(
                ref=REF,
                open=True,
                not_planned=False,
                title=title,
                body=body,
                labels=frozenset(labels),
                ours=True,
                created_at=T0,
                updated_at=T0,
                closed_at=None,
                url="u",
            )
        )
        return self.filed[-1]

    def edit(self, ref: IssueRef, *, body: str) -> None:
        """Write the body."""
        self._write("edit")

    def relabel(self, ref: IssueRef, *, add: Sequence[str], remove: Sequence[str]) -> None:
        """Exchange labels."""
        self._write("relabel")

    def close(self, ref: IssueRef, *, duplicate_of: int | None = None) -> None:
        """Close."""
        self._write("close")

    def reopen(self, ref: IssueRef) -> None:
        """Open again."""
        self._write("reopen")

    def comments(self, ref: IssueRef) -> tuple[str, ...]:
        """Give what was said."""
        return tuple(self.spoken)

    def comment(self, ref: IssueRef, *, body: str) -> None:
        """Say it."""
        self._write("comment")
        self.spoken.append(body)


class BorrowedLease:
    """A lease that is good for so many renewals."""

    def __init__(self, renewals: int) -> None:
        self.renewals = renewals

    def renew(self, *, now: datetime) -> None:
        """Prolong it while it lasts."""
        self.renewals -= 1
        if self.renewals < 0:
            msg = "another run has the lease now"
            raise LeaseLostError(msg)


class TakenMeanwhile(Board):
    """A tracker that is so slow to list that another run takes the lease of *ledger*."""

    def __init__(self, ledger: MemoryLedger) -> None:
        super().__init__()
        self._ledger = ledger

    def ours(self, repo: RepoName) -> tuple[TrackedIssue, ...]:
        """List nothing, five minutes later."""
        with self._ledger.lease(now=T0 + timedelta(minutes=5), lasting=timedelta(minutes=4)):
            return ()


def opening() -> OpenIssue:
    """Give a filing."""
    return OpenIssue(
        fingerprint=Fingerprint("f"),
        nonce=Nonce("n"),
        repo=REPO,
        title="t",
        body="b",
        labels=(),
        owner=Owner.AGENT,
        reason="r",
    )


def update(body: str = "b") -> UpdateIssue:
    """Give an edit."""
    return UpdateIssue(
        fingerprint=Fingerprint("f"), nonce=Nonce("n"), ref=REF, body=body, reason="r"
    )


def closing() -> CloseIssue:
    """Give a closing with its comment."""
    return CloseIssue(
        fingerprint=Fingerprint("f"),
        nonce=Nonce("n"),
        ref=REF,
        body=None,
        comment=Comment(key="k", body="done"),
        reason="r",
    )


@pytest.fixture
def ledger() -> MemoryLedger:
    """Give a ledger that forgets."""
    return MemoryLedger()


@pytest.fixture
def lease(ledger: MemoryLedger) -> Iterator[Lease]:
    """Give its lease."""
    with ledger.lease(now=T0, lasting=timedelta(minutes=4)) as held:
        yield held


def outcomes(
    board: Board, ledger: MemoryLedger, lease: Lease, *changes: Change, now: datetime = T0
) -> list[tuple[bool, str]]:
    """Apply *changes* and give what became of each."""
    hands = Hands(tracker=board, runner=Idle(), ledger=ledger, lease=lease, now=now)
    return [(done.applied, done.why) for done in hands.apply(Plan(changes=changes))]


def test_without_the_lease_nothing_more_is_written(ledger: MemoryLedger) -> None:
    """No lease, no writes: the change before the loss stands, the one after it is not made."""
    board = Board()
    hands = Hands(tracker=board, runner=Idle(), ledger=ledger, lease=BorrowedLease(1), now=T0)
    applied = hands.apply(Plan(changes=(update(), update())))

    next(applied)
    with pytest.raises(LeaseLostError):
        next(applied)

    assert board.written == ["edit"]


def test_a_lease_lost_while_an_issue_is_looked_for_stops_its_filing(ledger: MemoryLedger) -> None:
    """The look may take long; what comes after it asks again whether it may write."""
    board = TakenMeanwhile(ledger)
    with ledger.lease(now=T0, lasting=timedelta(minutes=4)) as held:
        hands = Hands(tracker=board, runner=Idle(), ledger=ledger, lease=held, now=T0)
        with pytest.raises(LeaseLostError):
            list(hands.apply(Plan(changes=(opening(),))))

    assert board.written == []


def test_a_lease_lost_within_a_change_ends_the_plan(ledger: MemoryLedger, lease: Lease) -> None:
    """Whoever notices it, the others are not tried."""
    board = Board(LeaseLostError("gone"))

    with pytest.raises(LeaseLostError):
        outcomes(board, ledger, lease, update(), update())

    assert board.written == []


class Slow(Board):
    """A tracker whose labels take so long that another run gets the lease meanwhile."""

    def __init__(self, ledger: MemoryLedger) -> None:
        super().__init__()
        self.ledger = ledger

    def prepare(self, repo: RepoName, labels: Sequence[str]) -> None:
        """Let an hour go by, and another run come and go."""
        with self.ledger.lease(now=T0 + timedelta(hours=1), lasting=timedelta(minutes=4)):
            super().prepare(repo, labels)


def test_nothing_comes_between_the_lease_and_the_filing(ledger: MemoryLedger, lease: Lease) -> None:
    """Labels are made before the lease is asked once more: it may be lost meanwhile."""
    board = Slow(ledger)
    opening = OpenIssue(
        fingerprint=Fingerprint("f"),
        nonce=Nonce("n"),
        repo=REPO,
        title="t",
        body="b",
        labels=("bug",),
        owner=Owner.AGENT,
        reason="r",
    )

    with pytest.raises(LeaseLostError):
        outcomes(board, ledger, lease, opening)

    assert board.written == []


def test_one_failed_change_does_not_cost_the_others(ledger: MemoryLedger, lease: Lease) -> None:
    """A refusal is told in its own words, a defect of ours is called one."""
    board = Board(REFUSED, KeyError("x"))

    assert outcomes(board, ledger, lease, update(), update(), update()) == [
        (False, "GitHub said no"),
        (False, "a defect of ours: KeyError: 'x'"),
        (True, ""),
    ]


def test_a_comment_whose_answer_was_lost_is_looked_for_before_it_is_sent_again(
    ledger: MemoryLedger, lease: Lease
) -> None:
    """It waits ten minutes, and then it is sent once more."""
    board = Board(LOST)
    assert outcomes(board, ledger, lease, closing()) == [(False, "the answer was lost")]

    soon = outcomes(board, ledger, lease, closing(), now=T0 + timedelta(minutes=9))
    assert soon == [(False, "GitHub lost its answer to an earlier comment on acme/shop#7")]
    assert board.written == []

    later = outcomes(board, ledger, lease, closing(), now=T0 + timedelta(minutes=10))
    assert later == [(True, "")]
    assert board.written == ["comment", "close"]
    assert ledger.intents() == ()


@pytest.mark.parametrize("what", [opening(), closing()], ids=["an issue", "a comment"])
def test_a_clock_that_is_set_back_makes_nobody_wait_for_longer(
    ledger: MemoryLedger, lease: Lease, what: Change
) -> None:
    """Ten minutes, from when it was noticed: what was noted is of a time that is yet to come."""
    board = Board(LOST)
    outcomes(board, ledger, lease, what)
    back = T0 - timedelta(minutes=90)

    (waits, _), *_ = outcomes(board, ledger, lease, what, now=back)
    (still, _), *_ = outcomes(board, ledger, lease, what, now=back + timedelta(minutes=9))
    assert (waits, still, board.written) == (False, False, [])

    (done, _), *_ = outcomes(board, ledger, lease, what, now=back + timedelta(minutes=10))
    assert done


def test_a_refused_comment_leaves_no_intent(ledger: MemoryLedger, lease: Lease) -> None:
    """It was certainly not made, so there is nothing to wait for."""
    outcomes(Board(REFUSED), ledger, lease, closing())

    assert ledger.intents() == ()


@pytest.mark.parametrize(("failure", "left"), [(REFUSED, 0), (LOST, 1)], ids=["refused", "lost"])
def test_only_a_lost_filing_leaves_an_intent(
    ledger: MemoryLedger, lease: Lease, failure: Exception, left: int
) -> None:
    """What was refused may be sent again at once; what was lost may exist."""
    assert outcomes(Board(failure), ledger, lease, opening()) == [(False, str(failure))]
    assert len(ledger.intents()) == left


def test_a_crash_after_filing_makes_no_second_issue(ledger: MemoryLedger, lease: Lease) -> None:
    """The list lags and the number was never saved: the intent still tells where to look."""
    known = incident()
    text = body(known, routing=Routing(), evidence_shown=EvidenceMode.FULL)
    opening = OpenIssue(
        fingerprint=known.fingerprint,
        nonce=known.nonce,
        repo=REPO,
        title=known.title,
        body=text,
        labels=("bug",),
        owner=Owner.AGENT,
        reason="r",
    )
    board = Board()
    assert outcomes(board, ledger, lease, opening) == [(True, "")]

    again = replace(opening, nonce=Nonce("of another cycle"))
    assert outcomes(board, ledger, lease, again) == [(True, "it was filed before")]

    assert board.written == ["create"]
