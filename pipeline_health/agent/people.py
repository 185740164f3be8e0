"""Tells people what changed: compares what they know with what a cycle left, and posts letters.

Nothing is sent here. A letter is in the box in the same transaction in which what people know
changes; `delivering` brings it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline_health.agent.desks import shut
from pipeline_health.agent.first_looks import first_looks
from pipeline_health.agent.look import Look
from pipeline_health.agent.telling import refused_by_github
from pipeline_health.core.concerns import Scene
from pipeline_health.core.model.case import Case
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.notice import Known, Notice, Told
from pipeline_health.core.model.plan import Plan
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.readings import Seen
from pipeline_health.core.model.report import CycleReport
from pipeline_health.core.news import news_of
from pipeline_health.core.notice_text import monday
from pipeline_health.core.week import WEEK, week_of
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Lease, Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who is to be told: the names of their *receivers*. Every text passes *redact*."""

    receivers: tuple[str, ...] = ()
    redact: Callable[[str], str] = str


def scene_of(
    cases: Sequence[Case],
    plan: Plan,
    look: Look,
    policy: Policy,
    *,
    now: datetime,
) -> Scene:
    """Give what a cycle left behind, as far as people may have to know of it."""
    views = look.snapshot.projects
    return Scene(
        now=now,
        sla=policy.sla,
        projects=frozenset(project.name for project in policy.projects),
        others=policy.others,
        incidents=tuple(case.incident for case in cases),
        seen=frozenset((c.incident.fingerprint, c.incident.nonce) for c in cases if c.findings),
        shut=shut(look),
        crowded=plan.crowded,
        refused=refused_by_github(look),
        read=any(isinstance(view.github.repository, Seen) for view in views),
        parents=plan.parents,
        waits=_waits(plan),
    )


def _waits(plan: Plan) -> Mapping[Fingerprint, str]:
    """Say of each portfolio incident that waits for its issue what for."""
    return {
        parent.fingerprint: line.removeprefix(f"{parent.title}: ")
        for parent in plan.parents
        for line in plan.waiting
        if parent.filing is None and line.startswith(f"{parent.title}: ")
    }


def tell(
    people: People,
    scene: Scene,
    report: CycleReport,
    *,
    policy: Policy,
    ledger: Ledger,
    lease: Lease,
) -> None:
    """Post what is new to each receiver, and keep that people know it."""
    if not people.receivers:
        return
    looked_at = first_looks(ledger, scene.incidents)
    scene = replace(scene, first_looks=looked_at, windows=ledger.windows())
    told = ledger.told()
    news = news_of(told, scene, remind=policy.remind, slack=policy.poll_interval / 2)
    notices = [*news.notices]
    if news.monday:
        notices.append(_week(ledger, report, scene))
    after = _redacted(news.told, people.redact)
    if notices or after != told:
        ledger.tell(
            after,
            [_without_secrets(notice, people.redact) for notice in notices],
            receivers=people.receivers,
            lease=lease,
            now=scene.now,
        )


def _week(ledger: Ledger, report: CycleReport, scene: Scene) -> Notice:
    since, incidents = scene.now - WEEK, ledger.incidents()
    return monday(
        week_of(
            incidents,
            # This one is recorded at its end.
            looks=sum(look.started_at >= since for look in ledger.looks()) + 1,
            transients=(line for project in report.projects for line in project.transients),
            first_looks=first_looks(ledger, incidents),
            windows=scene.windows,
            now=scene.now,
        )
    )


def _without_secrets(notice: Notice, redact: Callable[[str], str]) -> Notice:
    return replace(
        notice,
        title=redact(notice.title),
        body=redact(notice.body),
        url=redact(notice.url),
    )


def _redacted(told: Told, redact: Callable[[str], str]) -> Told:
    return replace(told, concerns=tuple(_shown(known, redact) for known in told.concerns))


def _shown(known: Known, redact: Callable[[str], str]) -> Known:
    return replace(known, says=redact(known.says), url=redact(known.url))
