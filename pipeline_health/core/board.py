"""The portfolio at a glance: the one view that commands, feed and page show.

It puts side by side what the ledger keeps, and finds out nothing that a cycle did not see.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.core.gate.incidents import blocks
from pipeline_health.core.issue_text.wording import counted, duration, moment
from pipeline_health.core.lights import station_of
from pipeline_health.core.maintenance import open_windows, told, window_over
from pipeline_health.core.model.board import (
    Board,
    Facts,
    Gate,
    Newest,
    Shown,
    Tile,
    Wishes,
)
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import Fingerprint, ProjectName
from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.report import CycleReport, Glow, Light, ProjectLine, Station
from pipeline_health.core.service_level import LOOKS_MISSED

REPORTS = 50
"""So many reports are read: a cycle may look at some projects only."""

_NAMED = 10
_OVER = frozenset({Phase.RESOLVED, Phase.MUTED})
_GATED = (Station.CI, Station.STAGING)


class Silent:
    """Tells of each incident which window keeps it silent now, as the next cycle will find."""

    def __init__(
        self,
        windows: Sequence[MaintenanceWindow],
        reports: Sequence[CycleReport],
        *,
        now: datetime,
    ) -> None:
        self._windows = windows
        self._now = now
        self._speaking = _speaking(reports[:1])

    def of(
        self, incident: Incident, *, without: MaintenanceWindow | None = None
    ) -> MaintenanceWindow | None:
        """Give the window that is the first to end, as if *without* one, None where none is."""
        if incident.phase in _OVER:
            return None
        windows = tuple(window for window in self._windows if window != without)
        speaking = self._speaking.get(incident.fingerprint, frozenset())
        return window_over(incident, windows, speaking=speaking, now=self._now)


def _speaking(reports: Sequence[CycleReport]) -> Mapping[Fingerprint, frozenset[ProjectName]]:
    """Give the projects that spoke of each incident: several may share a repository."""
    found: dict[Fingerprint, frozenset[ProjectName]] = {}
    for report in reports:
        for project in report.projects:
            for line in project.findings:
                found[line.fingerprint] = found.get(line.fingerprint, frozenset()) | {project.name}
    return found


def live(parents: Sequence[Parent]) -> tuple[Parent, ...]:
    """Give the *parents* that are not over."""
    return tuple(parent for parent in parents if parent.phase is not Phase.RESOLVED)


def newest_of(reports: Sequence[CycleReport]) -> tuple[Newest, ...]:
    """Give the newest word on every project; a cycle may have looked at some of them only."""
    newest: dict[str, Newest] = {}
    for report in reports:
        for project in report.projects:
            newest.setdefault(project.name, Newest(project=project, at=report.finished_at))
    return tuple(newest[name] for name in sorted(newest))


def thinned(reports: Iterable[CycleReport]) -> tuple[CycleReport, ...]:
    """Give *reports*, the newest first, each without the projects that a newer one tells of.

    Fifty looks at a thousand projects are the same thing fifty times.
    """
    told: set[ProjectName] = set()
    kept: list[CycleReport] = []
    for report in reports:
        lines = tuple(line for line in report.projects if line.name not in told)
        told |= {line.name for line in lines}
        kept.append(replace(report, projects=lines))
    return tuple(kept)


def board_of(facts: Facts, wishes: Wishes, *, now: datetime) -> Board:
    """Give the portfolio as *facts* tell of it at *now*."""
    silent = Silent(facts.windows, facts.reports, now=now)
    every = tuple(_shown(it, silent.of(it), now=now) for it in facts.incidents)
    bare = Board(
        now=now,
        wishes=wishes,
        facts=facts,
        stale_after=wishes.policy.poll_interval * LOOKS_MISSED,
        last=next((report for report in facts.reports if report.failed is None), None),
        tiles=(),
        every=every,
        parents=live(facts.parents),
    )
    return replace(bare, tiles=tuple(_tiles(bare)))


def _shown(incident: Incident, silent: MaintenanceWindow | None, *, now: datetime) -> Shown:
    wait = None if silent is None else told(silent, now=now)
    return Shown(incident=incident, silent=silent, wait=wait or _reason_to_wait(incident))


def _reason_to_wait(incident: Incident) -> str | None:
    """Say why nobody is to act on *incident* itself, or None where somebody is."""
    if incident.hidden_behind is not None:
        return f"it follows from {incident.hidden_behind}"
    if incident.part_of is not None:
        return f"it is mended with all of {incident.part_of}"
    return None


def _tiles(board: Board) -> Iterator[Tile]:
    """Give what is known of each project; what nobody configures any more is left out once old."""
    windows = open_windows(board.facts.windows, now=board.now)
    policies = {project.name: project for project in board.wishes.policy.projects}
    ours: dict[ProjectName, list[Shown]] = {}
    for shown in board.open:
        ours.setdefault(shown.incident.project, []).append(shown)
    for newest in newest_of(board.facts.reports):
        line, name = newest.project, newest.project.name
        stale = board.is_stale(newest.at)
        if stale and policies and name not in policies:
            continue
        lights = line.lights or tuple(_dim(station, line) for station in Station)
        still = tuple(ours.get(name, ()))
        gate = gate_of(lights, still)
        yield Tile(
            newest=newest,
            stale=stale,
            lights=lights,
            gate=_aged(gate, board.now - newest.at) if stale else gate,
            policy=policies.get(name),
            open=still,
            windows=tuple(window for window in windows if window.project == name),
        )


def _dim(station: Station, line: ProjectLine) -> Light:
    """Give the light of a report of an older version: what it does not say, nobody can tell."""
    broken = [it.since for it in line.findings if station_of(it.symptom.kind) is station]
    if broken:
        return Light(of=station, glow=Glow.BROKEN, since=min(broken))
    return Light(of=station, glow=Glow.BLIND if line.blind else Glow.UNDECIDED)


def gate_of(lights: Sequence[Light], ours: Sequence[Shown]) -> Gate:
    """Give what the last look says of a promotion; what is silent blocks as its issue would."""
    standing = [
        it.incident
        for it in ours
        if _is_in_the_way(it.incident.kind) and it.incident.phase is not Phase.MUTED
    ]
    if standing:
        first = min(standing, key=lambda it: it.first_failed_at)
        return Gate(glow=Glow.BROKEN, why=first.title, since=first.first_failed_at)
    worst = min((it for it in lights if it.of in _GATED), key=lambda it: [*Glow].index(it.glow))
    if worst.glow is Glow.HEALTHY:
        return Gate(glow=Glow.HEALTHY, why="nothing that was seen is in the way")
    return Gate(glow=worst.glow, why=f"{worst.of}: {worst.glow}", since=worst.since)


def _aged(gate: Gate, age: timedelta) -> Gate:
    """Give what was seen of a gate so long ago: it may be blocked still, and is not called open."""
    why = f"nobody looked for {duration(age)}"
    return gate if gate.glow is Glow.BROKEN else Gate(glow=Glow.BLIND, why=why)


def _is_in_the_way(kind: Kind) -> bool:
    return blocks(kind) or kind is Kind.CREDENTIAL_SHARED


def headline(board: Board) -> str:
    """Say in a few words how the portfolio is: what a title or a glance has room for."""
    if board.report is None:
        return "Nobody looked yet"
    if board.last is None:
        return "None of the newest looks was finished"
    if board.stale:
        return f"Nobody looked for {duration(board.now - board.last.finished_at)}"
    counts = Counter(tile.state for tile in board.tiles)
    counts[Glow.BLIND] += len(board.unseen)
    told_of = [f"{counts[it]} {it}" for it in Glow if it is not Glow.HEALTHY and counts[it]]
    return ", ".join(told_of) or f"All well: {counted(counts[Glow.HEALTHY], 'project')}"


def doubts(board: Board) -> Iterator[str]:
    """Say why what is shown may not be how things are: nobody is to take that for health."""
    report, unseen = board.report, board.unseen
    if board.wishes.unread:
        yield f"The configuration was not read, so the defaults count: {board.wishes.unread}"
    if report is None:
        return
    if report.failed is not None:
        yield f"The newest look, {moment(report.finished_at)}: {report.sentence}"
    if board.stale:
        yield (
            f"{headline(board)}. What stands here is old: until somebody looks again, none of it "
            "says how things are."
        )
    if unseen:
        more = f" and {len(unseen) - _NAMED} more" if len(unseen) > _NAMED else ""
        yield f"Not looked at yet: {', '.join(unseen[:_NAMED])}{more}."
