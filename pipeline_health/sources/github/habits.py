"""Which workflows ran on the branch lately, and how they began: read at most once a day and kept.

No rule judges by it. It tells what no rule judges: a workflow that somebody starts by hand, or that
another one starts, may fail for months without a word.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.clients.errors import ClientError, UnexpectedShapeError
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_rest import RunAt
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.readings import Blind, GitHubReading, Habit, NotAsked, Part, Seen
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Memory

TOPIC = "workflow-habits"
LATELY = timedelta(days=7)
LOOKUPS = 1
"""At most so many repositories are read in one cycle: nothing waits for it, and a quiet cycle is to
cost no more than two requests. The others keep what was known of them before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What was read on a day, as it is remembered, or *why* it could not be."""

    day: str
    habits: tuple[Habit, ...] = ()
    why: str = ""


class Habits:
    """Adds to the readings of one cycle what ran in the last week."""

    def __init__(self, client: GitHub, memory: Memory, *, now: datetime) -> None:
        self._client = client
        self._memory = memory
        self._now = now
        self._lookups = 0

    def added(self, reading: GitHubReading) -> GitHubReading:
        """Give *reading* with the workflows of the last week, as today's first look saw them."""
        repository, branch = reading.repository, reading.branch
        if not isinstance(repository, Seen) or not isinstance(branch, Seen):
            return reading
        if repository.value.archived:
            return reading
        return replace(reading, habits=self._habits(repository.value.name, branch.value.name))

    def _habits(self, repo: RepoName, branch: str) -> Part[tuple[Habit, ...]]:
        key, today = f"{repo} {branch}", self._now.date().isoformat()
        known = _remembered(self._memory.recall(TOPIC, key))
        if self._lookups < LOOKUPS and (known is None or known.day != today):
            self._lookups += 1
            known = self._looked(repo, branch, today)
            self._memory.remember(TOPIC, key, _text(known), now=self._now)
        if known is None:
            return NotAsked()
        if known.why:
            return Blind(at=self._now, why=known.why)
        return Seen(at=self._now, value=known.habits)

    def _looked(self, repo: RepoName, branch: str, today: str) -> _Known:
        """Look; a failure is kept as well, so that it does not keep the others from being read."""
        try:
            runs = self._client.runs_lately(repo, branch)
        except ClientError as exc:
            return _Known(day=today, why=str(exc))
        return _Known(day=today, habits=habits_of(runs, since=self._now - LATELY))


def habits_of(runs: Iterable[RunAt], *, since: datetime) -> tuple[Habit, ...]:
    """Give every workflow that ran after *since*, by name, with the events that began it."""
    events: dict[str, set[str]] = {}
    for each in runs:
        if each.suite.run is not None and each.suite.created_at >= since:
            events.setdefault(each.suite.run.workflow, set()).add(each.suite.run.event)
    return tuple(
        Habit(workflow=name, events=frozenset(began)) for name, began in sorted(events.items())
    )


def _text(known: _Known) -> str:
    workflows = [{"name": each.workflow, "events": sorted(each.events)} for each in known.habits]
    return json.dumps({"day": known.day, "workflows": workflows, "why": known.why})


def _remembered(text: str | None) -> _Known | None:
    """Read what was remembered; a text that is not ours is nothing."""
    if text is None:
        return None
    try:
        node = Json(json.loads(text), "remembered habits")
        return _Known(
            day=node.text("day"),
            habits=tuple(
                Habit(
                    workflow=each.text("name"),
                    events=frozenset(event.text() for event in each.items("events")),
                )
                for each in node.items("workflows")
            ),
            why=node.text("why"),
        )
    except (ValueError, UnexpectedShapeError):
        return None
