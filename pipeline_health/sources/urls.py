"""Asks the URLs of staging and production, side by side, and remembers the looks that failed.

What is kept of a URL is only what a verdict needs: the row of failed looks while it lasts, and when
it failed for a moment and answered again.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pipeline_health.clients.errors import ClientError, UnexpectedShapeError
from pipeline_health.clients.json import Json
from pipeline_health.clients.web import Web
from pipeline_health.core.model.readings import Blind, Reading, Seen
from pipeline_health.core.model.urls import Doubt, Miss, Probe, Row, Target, UrlSight, UrlSights
from pipeline_health.core.outage import (
    Failure,
    confirmed,
    is_answer,
    is_shared,
    row_after,
    transient,
)
from pipeline_health.ports import Clock, Memory

AT_ONCE = 8
TIME = timedelta(seconds=60)
"""No further URL is asked when the probes of a cycle took this long together."""

WAKING = timedelta(seconds=5)
"""How long a service may take to wake up after the request that failed."""

TRANSIENTS_KEPT = 100
TRANSIENTS_FOR = timedelta(days=30)
_ROW, _TRANSIENTS = "url-row", "url-transients"


class ProbingSource:
    """The URLs of every project; no probe begins later than *time* after the first."""

    def __init__(self, web: Web, *, memory: Memory, clock: Clock, time: timedelta = TIME) -> None:
        self._web = web
        self._memory = memory
        self._clock = clock
        self._time = time

    def look(self, targets: Sequence[Target], *, gap: timedelta, now: datetime) -> UrlSights:
        """Ask each of *targets* once, and once more what may only have to wake up.

        Looks more than *gap* apart are not in a row. What could not be asked is Blind.
        """
        rows = {target: self._recalled_row(target) for target in targets}
        probes = self._probes(rows)
        failing = [
            target.url
            for target, probe in probes.items()
            if isinstance(probe, Probe) and not is_answer(probe) and _is_suspect(target, rows)
        ]
        seen: dict[Target, Reading[UrlSight]] = {}
        for target, probe in probes.items():
            if isinstance(probe, ClientError):
                seen[target] = Blind(at=now, why=str(probe))
                continue
            shared = is_shared(target.url, failing)
            failure = Failure(at=now, says=probe.says, shared=shared, doubt=target.doubt)
            row = None if is_answer(probe) else row_after(rows[target], failure, gap=gap)
            sight = self._remembered(target, rows[target], row, probe, now)
            seen[target] = Seen(at=now, value=sight)
        return seen

    # -- asking ------------------------------------------------------------------------------

    def _probes(self, rows: Mapping[Target, Row | None]) -> Mapping[Target, Probe | ClientError]:
        """Ask side by side, those first that failed before: their looks must be in a row."""
        # Imported here: a cycle without URLs needs no threads.
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        ends = self._clock.monotonic() + self._time.total_seconds()
        ordered = sorted(rows, key=lambda target: rows[target] is None)
        with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(ordered))) as pool:
            probes = pool.map(
                lambda target: self._probe(
                    target, wake=target.asleep or rows[target] is None, ends=ends
                ),
                ordered,
            )
            return dict(zip(ordered, probes, strict=True))

    def _probe(self, target: Target, *, wake: bool, ends: float) -> Probe | ClientError:
        if self._clock.monotonic() > ends:
            return ClientError(f"no time was left in this cycle to ask {target.url}")
        try:
            probe = self._web.probe(target.url)
            if is_answer(probe) or not wake:
                return probe
            self._clock.sleep(WAKING.total_seconds())
            return self._web.probe(target.url)
        except ClientError as exc:
            return exc

    # -- remembering -------------------------------------------------------------------------

    def _remembered(
        self, target: Target, before: Row | None, row: Row | None, probe: Probe, now: datetime
    ) -> UrlSight:
        key = _key(target)
        blinked = transient(before) if row is None else None
        if row is not None:
            self._memory.remember(_ROW, key, _row_to_text(row), now=now)
        elif before is not None:
            self._memory.forget(_ROW, key)
        return UrlSight(
            url=target.url,
            answers=row is None,
            says=probe.says,
            doubt=target.doubt,
            misses=() if row is None else row.misses,
            transients=self._transients(key, blinked, now=now),
        )

    def _transients(
        self, key: str, blinked: datetime | None, *, now: datetime
    ) -> tuple[datetime, ...]:
        known = _times_from_text(self._memory.recall(_TRANSIENTS, key))
        added = known if blinked is None else (*known, blinked)
        kept = tuple(at for at in added if now - at <= TRANSIENTS_FOR)[-TRANSIENTS_KEPT:]
        if kept != known:
            text = json.dumps([at.isoformat() for at in kept])
            self._memory.remember(_TRANSIENTS, key, text, now=now)
        return kept

    def _recalled_row(self, target: Target) -> Row | None:
        return _row_from_text(self._memory.recall(_ROW, _key(target)))


def _key(target: Target) -> str:
    return f"{target.project}/{target.place}/{target.url}"


def _is_suspect(target: Target, rows: Mapping[Target, Row | None]) -> bool:
    """Tell whether nothing explains that *target* fails, and it was not known to be down."""
    row = rows[target]
    is_down = row is not None and confirmed(row.misses) is not None
    return not is_down and target.doubt is not Doubt.DEPLOYING


def _row_to_text(row: Row) -> str:
    misses = [
        {"at": miss.at.isoformat(), "says": miss.says, "shared": miss.shared} for miss in row.misses
    ]
    return json.dumps({"last": row.last.isoformat(), "misses": misses})


def _row_from_text(text: str | None) -> Row | None:
    if text is None:
        return None
    try:
        node = Json(json.loads(text), "remembered looks")
        misses = tuple(
            Miss(at=each.time("at"), says=each.text("says"), shared=each.flag("shared"))
            for each in node.items("misses")
        )
        return Row(last=node.time("last"), misses=misses)
    except (ValueError, UnexpectedShapeError):
        return None


def _times_from_text(text: str | None) -> tuple[datetime, ...]:
    if text is None:
        return ()
    try:
        return tuple(each.time() for each in Json(json.loads(text), "remembered times").items())
    except (ValueError, UnexpectedShapeError):
        return ()
