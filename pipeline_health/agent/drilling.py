"""A fire drill through the real path: file, tell, wait for the pickup, close; each hop timed.

The lease is held while something is written and not while it waits: cycles go on meanwhile.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from pipeline_health.core import drill as drills
from pipeline_health.core.attempts import Patience
from pipeline_health.core.calling import NUMBER
from pipeline_health.core.drill import Drill, Hop
from pipeline_health.core.model.issue import IssueRef, TrackedIssue
from pipeline_health.core.model.readings import Seen
from pipeline_health.frozen import dataclass
from pipeline_health.ports import (
    Clock,
    Lease,
    LeaseHeldError,
    Ledger,
    PipelineHealthError,
    Tracker,
    TrackerError,
)

EVERY = timedelta(seconds=15)
_LOOK_AGAIN = timedelta(seconds=5)
_AWAITED = (Hop.LISTED, Hop.PICKED_UP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One more hop: *act* sends something to a receiver, and raises when that did not say yes."""

    hop: Hop
    to: str
    act: Callable[[Drill], None]


@dataclass(slots=True)
class _Going:
    """A drill on its way, and who is told how far it has come."""

    drill: Drill
    tell: Callable[[Drill], None]

    def comes_to(self, drill: Drill) -> None:
        """Note how far it has come; whoever listens hears of each hop once."""
        if drill != self.drill:
            self.drill = drill
            self.tell(drill)


class Drilling:
    """Makes drills of one portfolio. *begin_round* gives the requests that follow their time."""

    def __init__(
        self,
        patience: Patience,
        *,
        tracker: Tracker,
        ledger: Ledger,
        clock: Clock,
        errands: Sequence[Errand],
        begin_round: Callable[[], None],
    ) -> None:
        self._patience = patience
        self._tracker = tracker
        self._ledger = ledger
        self._clock = clock
        self._errands = errands
        self._begin_round = begin_round

    def run(self, drill: Drill, *, lasting: timedelta, tell: Callable[[Drill], None]) -> Drill:
        """Let *tell* know of *drill* after every hop; gives it when its issue is closed.

        Raises TrackerError when it could not be filed and LeaseHeldError while a cycle runs. Once
        it is filed it is closed, whatever else ends the drill: an interrupt, a ledger that fails,
        *tell* itself.
        """
        going = _Going(drill, tell)
        try:
            self._file(going, lasting=lasting)
            going.comes_to(self._called(going.drill))
            for errand in self._errands:
                going.comes_to(self._sent(going.drill, errand))
            self._watch(going, lasting=lasting)
        finally:
            if going.drill.ref is not None:
                going.comes_to(self._closed(going.drill))
        return going.drill

    def _file(self, going: _Going, *, lasting: timedelta) -> None:
        routing, drill = self._patience.routing, going.drill
        labels = (*routing.base, *routing.agent)
        with self._writing() as lease:
            self._clear_away(drill)
            self._tracker.prepare(drill.repo, labels)
            lease.renew(now=self._clock.now())
            text = drills.body(drill, until=drill.began_at + lasting)
            try:
                issue = self._created(drill, text, labels)
                going.comes_to(self._filed(drill, issue, labels))
            except KeyboardInterrupt:
                if going.drill.ref is None:  # the request may arrive all the same
                    self._clock.sleep(_LOOK_AGAIN.total_seconds())
                    going.drill = self._found(drill)
                raise

    def _filed(self, drill: Drill, issue: TrackedIssue, labels: Sequence[str]) -> Drill:
        dropped = sorted(set(labels) - issue.labels)
        filed = replace(drill, ref=issue.ref, url=issue.url)
        if dropped:
            says = f"GitHub dropped the labels {', '.join(dropped)}: the token needs push access"
            return filed.with_hop(Hop.FILED, says, at=None)
        return filed.with_hop(Hop.FILED, issue.url, at=self._clock.now())

    def _found(self, drill: Drill) -> Drill:
        """Give the drill with its issue, if there is one after all."""
        self._begin_round()
        try:
            issue = self._looked_for(drill)
        except TrackerError:  # the next drill looks again
            return drill
        return drill if issue is None else replace(drill, ref=issue.ref, url=issue.url)

    def _called(self, drill: Drill) -> Drill:
        """Call the agent by a comment, where the configuration wants it called."""
        comment, ref = self._patience.routing.comment, _ref_of(drill)
        if not comment:
            return drill
        try:
            with self._writing(waiting=True):
                self._tracker.comment(ref, body=comment.replace(NUMBER, str(ref.number)))
        except PipelineHealthError as exc:
            return drill.with_hop(Hop.CALLED, str(exc), at=None)
        return drill.with_hop(Hop.CALLED, "by a comment", at=self._clock.now())

    def _created(self, drill: Drill, text: str, labels: Sequence[str]) -> TrackedIssue:
        """File it, once; one whose answer was lost is looked for."""
        try:
            return self._tracker.create(
                drill.repo, title=drills.title(drill), body=text, labels=labels
            )
        except TrackerError as exc:
            issue = self._looked_for(drill) if exc.unknown else None
            if issue is None:
                raise
            return issue

    def _looked_for(self, drill: Drill) -> TrackedIssue | None:
        ours = self._tracker.ours(drill.repo)
        return next((it for it in ours if drills.nonce_of(it.body) == drill.nonce), None)

    def _clear_away(self, drill: Drill) -> None:
        """Close what drills before this one left open, because their process died."""
        for issue in self._tracker.ours(drill.repo):
            if issue.open and drills.nonce_of(issue.body) is not None:
                self._tracker.close(issue.ref)

    def _sent(self, drill: Drill, errand: Errand) -> Drill:
        self._begin_round()
        try:
            errand.act(drill)
        except PipelineHealthError as exc:
            return drill.with_hop(errand.hop, str(exc), at=None, to=errand.to)
        return drill.with_hop(errand.hop, "delivered", at=self._clock.now(), to=errand.to)

    def _watch(self, going: "_Going", *, lasting: timedelta) -> None:
        """Look until the list shows it and somebody has it, or the time is over."""
        until = self._clock.monotonic() + lasting.total_seconds()
        while True:
            self._begin_round()
            going.comes_to(self._looked(going.drill))
            left = until - self._clock.monotonic()
            missing = [hop for hop in _AWAITED if not going.drill.has(hop)]
            if not missing:
                return
            if left <= 0:
                for hop in missing:
                    late = f"not within {drills.exactly(lasting)}"
                    going.comes_to(going.drill.with_hop(hop, late, at=None))
                return
            self._clock.sleep(min(EVERY.total_seconds(), left))

    def _looked(self, drill: Drill) -> Drill:
        if not drill.has(Hop.LISTED) and self._is_listed(drill):
            drill = drill.with_hop(Hop.LISTED, "the list of issues has it", at=self._clock.now())
        ref = _ref_of(drill)
        reading = self._tracker.read([ref], now=self._clock.now())[ref]
        if drill.has(Hop.PICKED_UP) or not isinstance(reading, Seen):
            return drill
        if not isinstance(reading.value, TrackedIssue):
            return drill
        says = drills.pickup_of(reading.value, self._patience)
        if says is None:
            return drill
        return drill.with_hop(Hop.PICKED_UP, says, at=self._clock.now())

    def _is_listed(self, drill: Drill) -> bool:
        try:
            listed = self._tracker.ours(drill.repo)
        except TrackerError:  # the next look tells
            return False
        return any(issue.ref == drill.ref for issue in listed)

    def _closed(self, drill: Drill) -> Drill:
        ref = _ref_of(drill)
        try:
            with self._writing(waiting=True):
                try:
                    self._tracker.comment(ref, body=drills.result(drill))
                finally:  # a drill without its times is better than one that stays open
                    self._tracker.close(ref)
        except PipelineHealthError as exc:
            says = f"{exc}; if it is still open, the next drill closes it"
            return drill.with_hop(Hop.CLOSED, says, at=None)
        return drill.with_hop(Hop.CLOSED, "with the times, in a comment", at=self._clock.now())

    @contextmanager
    def _writing(self, *, waiting: bool = False) -> Iterator[Lease]:
        """Hold the lease; *waiting* for the cycle that has it, as long as one may take."""
        lasting = self._patience.limits.cycle_deadline
        until = self._clock.monotonic() + (lasting.total_seconds() if waiting else 0)
        while True:
            self._begin_round()
            try:
                with self._ledger.lease(now=self._clock.now(), lasting=lasting) as lease:
                    yield lease
                    return
            except LeaseHeldError:
                if self._clock.monotonic() >= until:
                    raise
                self._clock.sleep(_LOOK_AGAIN.total_seconds())


def _ref_of(drill: Drill) -> IssueRef:
    assert drill.ref is not None, "every hop but the first is of a drill that is filed"  # noqa: S101
    return drill.ref
