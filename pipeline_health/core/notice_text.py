"""Every word that people are told outside the issues, and how loud it is.

The first line is what is broken, then what is known, then what to do. Nothing of a log is in it;
names from outside are made harmless. A title has at most 100 characters.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from pipeline_health.core.inert import plain
from pipeline_health.core.issue_text.wording import counted, duration, moment
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.notice import Concern, Known, Notice, NoticeKind, Topic
from pipeline_health.core.week import Week
from pipeline_health.frozen import dataclass

LONGEST_TITLE = 100
SHOWN = 15
_LONGEST_WHY = 400
_LONGEST_NAMES, _LONGEST_NAME = 2000, 40

# How loud each is (5 is loudest), its sign, and how its title begins.
_HOW: Mapping[NoticeKind, tuple[int, str, str]] = {
    NoticeKind.NEW: (4, "warning", "For you: "),
    NoticeKind.PORTFOLIO: (4, "rotating_light", "For you: "),
    NoticeKind.HANDED: (4, "raising_hand", "Now yours: "),
    NoticeKind.LEFT: (2, "robot", "The agent's again: "),
    NoticeKind.LATE: (4, "hourglass", "Told too late: "),
    NoticeKind.BLIND: (4, "see_no_evil", ""),
    NoticeKind.TOKEN: (5, "key", ""),
    NoticeKind.CROWD: (4, "ocean", ""),
    NoticeKind.OVER: (3, "white_check_mark", "Over: "),
    NoticeKind.SUMMARY: (4, "warning", ""),
    NoticeKind.REMINDER: (3, "alarm_clock", ""),
    NoticeKind.MONDAY: (2, "bar_chart", ""),
    NoticeKind.DRILL: (4, "fire_extinguisher", "Drill: "),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is new about one concern: what it is now, or what people knew of it and the *proof*."""

    kind: NoticeKind
    of: Concern | Known
    proof: str = ""


def notice_of(change: Change) -> Notice:
    """Tell one change."""
    lines = (plain(change.of.says, characters=200), *_known(change), _next(change))
    return _notice(change.kind, change.of.says, lines, url=change.of.url)


def begins(changes: Sequence[Change]) -> Notice:
    """Tell at once what is broken already when the telling begins, or when the ledger was lost."""
    title = f"Notifications begin: {counted(len(changes), 'thing')} to know"
    return _listed(NoticeKind.SUMMARY, title, changes)


def summary(changes: Sequence[Change]) -> Notice:
    """Tell many changes at once."""
    over = sum(change.kind is NoticeKind.OVER for change in changes)
    new = len(changes) - over
    parts = (f"{new} to know" if new else "", f"{over} over" if over else "")
    return _listed(NoticeKind.SUMMARY, f"Much at once: {', '.join(filter(None, parts))}", changes)


def reminder(known: Sequence[Known], *, now: datetime) -> Notice:
    """Remind people of everything that still waits for them."""
    lines = [
        f"{plain(each.says, characters=120)}, for {duration(now - each.told_at)}"
        f"{f': {each.url}' if each.url else ''}"
        for each in known
    ]
    title = f"Still waiting for you: {counted(len(known), 'thing')}"
    url = known[0].url if len(known) == 1 else ""
    return _notice(NoticeKind.REMINDER, title, (*_some(lines), _UNTIL), url=url)


def monday(week: Week) -> Notice:
    """Tell what the week was like."""
    hours = ", ".join(f"{hour:02} h: {count}" for hour, count in week.transients.items())
    lines = (
        f"Looked {counted(week.looks, 'time')}; {counted(week.incidents, 'incident')}.",
        f"Mended: {week.by_agent} by the agent, {week.by_people} by people.",
        "No issue was filed."
        if week.to_issue is None
        else f"Median time from a failure to its issue: {duration(week.to_issue)}.",
        f"Moments without an answer in 30 days, by hour (UTC): {hours or 'none'}.",
    )
    title = f"The week: {counted(week.incidents, 'incident')}, {counted(week.looks, 'look')}"
    return _notice(NoticeKind.MONDAY, title, lines)


def drill(project: str, *, url: str) -> Notice:
    """Tell of a fire drill, as loudly as of an incident: that is what it tries."""
    lines = ("This is a fire drill. Nothing is broken.", "Nothing is to be done.")
    return _notice(NoticeKind.DRILL, f"nothing is broken ({project})", lines, url=url)


_EACH_CYCLE = "each cycle tries to file it; `pipeline-health status` says more."
_UNTIL = "Each is told again daily until it is over, or its issue is closed as not planned."


def _known(change: Change) -> Iterator[str]:
    if change.proof:
        yield plain(change.proof, characters=_LONGEST_WHY)
    if not isinstance(change.of, Concern) or change.kind is NoticeKind.LEFT:
        return
    concern = change.of
    if concern.topic in (Topic.INCIDENT, Topic.PARENT):
        began = "Broken again; it first failed" if concern.back else "Broken since"
        yield f"{began} {moment(concern.since)}."
    if concern.names:
        yield f"Broken in {counted(len(concern.names), 'project')}: {_named(concern.names)}."
    if concern.why:
        yield plain(concern.why, characters=_LONGEST_WHY)
    if concern.late:
        yield concern.late


def _named(names: Sequence[str]) -> str:
    """Give *names* as far as there is room."""
    shown: list[str] = []
    room = _LONGEST_NAMES
    for name in (plain(each, characters=_LONGEST_NAME) for each in names):
        room -= len(name) + 2
        if room < 0:
            return f"{', '.join(shown)} and {len(names) - len(shown)} more"
        shown.append(name)
    return ", ".join(shown)


def _next(change: Change) -> str:
    if change.kind is NoticeKind.OVER:
        return "Nothing is left to do."
    if change.kind is NoticeKind.LEFT:
        return f"Nothing to do for you: its issue went to the agent. {change.of.url}".rstrip()
    if not isinstance(change.of, Concern) or not change.of.no_issue:
        acts = f"{_who_acts(change.of)}: {change.of.url}"
        return f"Next: {acts if change.of.url else _EACH_CYCLE}"
    why = plain(change.of.no_issue, characters=_LONGEST_WHY)
    if change.of.topic is Topic.PARENT:
        return f"There is no one issue of it: {why}. Next: `pipeline-health incidents` lists all."
    if change.of.topic is not Topic.INCIDENT:
        return f"Next: {change.of.no_issue}."
    return f"There is no issue: {why}. Next: `pipeline-health status` says more."


def _who_acts(of: Concern | Known) -> str:
    by_agent = of.owner is Owner.AGENT
    return "the agent has it" if by_agent else "its issue says who can mend it and how"


def _listed(kind: NoticeKind, title: str, changes: Sequence[Change]) -> Notice:
    lines = [
        f"{_HOW[change.kind][2]}{plain(change.of.says, characters=120)}"
        f"{f' {change.of.url}' if change.of.url else ''}"
        for change in changes
    ]
    loudest = max(_HOW[change.kind][0] for change in changes)
    return _notice(kind, title, _some(lines), priority=loudest)


def _some(lines: Sequence[str]) -> tuple[str, ...]:
    more = len(lines) - SHOWN
    end = (f"and {more} more: `pipeline-health incidents` lists all.",) if more > 0 else ()
    return (*lines[:SHOWN], *end)


def _notice(
    kind: NoticeKind,
    title: str,
    lines: Sequence[str],
    *,
    url: str = "",
    priority: int | None = None,
) -> Notice:
    loud, tag, start = _HOW[kind]
    return Notice(
        kind=kind,
        title=start + plain(title, characters=LONGEST_TITLE - len(start)),
        body="\n".join(lines),
        url=url,
        priority=loud if priority is None else priority,
        tags=(tag,),
    )
