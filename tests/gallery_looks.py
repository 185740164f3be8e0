"""What the looks of the gallery saw, and the ledger that is filled with all of it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gallery import NAMES, NOW, a_parent, ago, open_incidents, past_incidents
from incident_builders import BAD
from ledger_samples import LASTING, a_holder
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.report import (
    BlindLine,
    CycleReport,
    FindingLine,
    Glow,
    Light,
    OrphanLine,
    ProjectLine,
    Station,
    UnwatchedLine,
    Usage,
)
from pipeline_health.ledger import SqlLedger


def a_line(name: str, *glows: Glow, since: Sequence[datetime | None] = ()) -> ProjectLine:
    """Give what was seen of a project; what is not named is healthy."""
    at = NAMES.index(name)
    proved = (ago(minutes=40 + 13 * at), ago(minutes=31 + 13 * at), ago(hours=2 + at))
    shown = [*glows, *[Glow.HEALTHY] * (3 - len(glows))]
    times = [*since, *proved[len(since) :]]
    lights = tuple(
        Light(of=station, glow=glow, since=when)
        for station, glow, when in zip(Station, shown, times, strict=True)
    )
    return ProjectLine(
        name=ProjectName(name),
        repo=RepoName(f"acme/{name}"),
        healthy=("CI succeeded.",),
        lights=lights,
    )


def found(incident: Incident) -> FindingLine:
    """Give the line of a report that tells of *incident*."""
    filing = incident.filing
    return FindingLine(
        fingerprint=incident.fingerprint,
        symptom=incident.newest.symptom,
        since=incident.failed_at,
        commit=BAD,
        cause=incident.cause.of,
        owner=incident.cause.owner,
        incident=None if filing is None else filing.number,
        hidden_behind=incident.hidden_behind,
    )


def the_look() -> CycleReport:
    """Give the report of the newest cycle."""
    token, red, lagging = open_incidents()
    lines = {name: a_line(name) for name in NAMES}
    lines["shop"] = replace(
        a_line("shop", Glow.BROKEN, since=[ago(hours=3)]), findings=(found(red),)
    )
    lines["film"] = replace(
        a_line("film", Glow.HEALTHY, Glow.BROKEN, since=[ago(hours=28), ago(hours=26)]),
        findings=(found(token),),
    )
    lines["reli"] = replace(
        a_line("reli", Glow.HEALTHY, Glow.HEALTHY, Glow.BROKEN), findings=(found(lagging),)
    )
    lines["dune"] = replace(
        a_line(
            "dune",
            Glow.HEALTHY,
            Glow.BLIND,
            Glow.BLIND,
            since=[ago(hours=1), ago(minutes=25), None],
        ),
        blind=(BlindLine(source="railway", why="Railway answered 502"),),
    )
    lines["iris"] = replace(
        a_line("iris", Glow.UNDECIDED, since=[None]), unsettled=("CI runs since 14:01.",)
    )
    lines["lumen"] = replace(
        a_line(
            "lumen",
            Glow.HEALTHY,
            Glow.HEALTHY,
            Glow.UNWATCHED,
            since=[ago(hours=5), ago(hours=4), None],
        ),
        unwatched=(
            UnwatchedLine(
                what="environment production",
                why="no token reads it",
                advice="give pipeline-health a token that reads it",
            ),
        ),
    )
    return CycleReport(
        cycle="20260302T140201",
        started_at=ago(minutes=4),
        finished_at=ago(minutes=3),
        sentence="Looked at 14 projects; broken: film, reli, shop; blind to railway of dune, of "
        "which nothing is concluded.",
        projects=tuple(lines.values()),
        waiting=("Prod deploy lagging main (reli): it follows from shop0214c0ffee",),
        orphans=(
            OrphanLine(
                repo=RepoName("acme/old"),
                issue=3,
                title="Main CI red: CI (old)",
                url="https://github.com/acme/old/issues/3",
            ),
        ),
        github=Usage(requests=9, points=9, remaining=4873),
        railway=Usage(requests=3),
    )


def looks() -> Iterator[CycleReport]:
    """Give a look every twelve hours of the month, but for a day on which nobody looked."""
    for at in range(30 * 2, 0, -1):
        when = ago(hours=12 * at)
        if not ago(days=14.5) < when < ago(days=13.2):
            yield replace(
                the_look(),
                cycle=f"{when:%Y%m%dT%H%M%S}",
                started_at=when,
                finished_at=when,
                projects=(),
            )
    yield the_look()


def filled(path: Path) -> Path:
    """Fill the ledger at *path* with the whole gallery."""
    now, parent = open_incidents(), a_parent()
    window = MaintenanceWindow(
        project=ProjectName("harbor"),
        kind=None,
        since=ago(hours=1),
        until=ago(hours=-1),
        reason="a new database",
    )
    with SqlLedger.open(path, holder=a_holder()) as ledger:
        with ledger.lease(now=NOW, lasting=LASTING) as lease:
            ledger.save([*past_incidents(), *now], [parent], lease=lease)
        ledger.silence(window)
        for at, says in enumerate(
            (
                "OpenIssue: Workflow CI failed at 1b1b1b1.",
                "CommentIssue: A fix did not work: attempt 1.",
                "UpdateIssue: The facts in it changed.",
            )
        ):
            line = TrailLine(at=ago(hours=3 - at, minutes=-4), says=says)
            ledger.note(now[1].fingerprint, line)
        for report in looks():
            ledger.record(report)
    return path
