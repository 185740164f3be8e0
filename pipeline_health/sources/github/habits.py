"""Which workflows ran on the branch lately, and how they began: read once a day and kept.

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
from pipeline_health.core.model.readings import (
    Blind,
    GitHubReading,
    Habit,
    NotAsked,
    Part,
    Seen,
)
from pipeline_health.ports import Memory

TOPIC = "workflow-habits"
LATELY = timedelta(days=7)
MOST_LOOKUPS = 20
"""At most so many repositories are read in one cycle, so that a new day costs no outage."""


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
        known = _remembered(self._memory.recall(TOPIC, key), today)
        if known is not None:
            return Seen(at=self._now, value=known)
        if self._lookups >= MOST_LOOKUPS:
            return NotAsked()
        self._lookups += 1
        try:
            runs = self._client.runs_lately(repo, branch)
        except ClientError as exc:
            return Blind(at=self._now, why=str(exc))
        habits = habits_of(runs, since=self._now - LATELY)
        self._memory.remember(TOPIC, key, _text(habits, today), now=self._now)
        return Seen(at=self._now, value=habits)


def habits_of(runs: Iterable[RunAt], *, since: datetime) -> tuple[Habit, ...]:
    """Give every workflow that ran after *since*, by name, with the events that began it."""
    events: dict[str, set[str]] = {}
    for each in runs:
        if each.suite.run is not None and each.suite.created_at >= since:
            events.setdefault(each.suite.run.workflow, set()).add(each.suite.run.event)
    return tuple(
        Habit(workflow=name, events=frozenset(began)) for name, began in sorted(events.items())
    )


def _text(habits: Iterable[Habit], day: str) -> str:
    workflows = [{"name": habit.workflow, "events": sorted(habit.events)} for habit in habits]
    return json.dumps({"day": day, "workflows": workflows})


def _remembered(text: str | None, today: str) -> tuple[Habit, ...] | None:
    """Read what was remembered today; another day's, or a text that is not ours, is nothing."""
    try:
        node = Json(json.loads(text or "null"), "remembered habits")
        if node.missing or node.text("day") != today:
            return None
        return tuple(
            Habit(
                workflow=each.text("name"),
                events=frozenset(event.text() for event in each.items("events")),
            )
            for each in node.items("workflows")
        )
    except (ValueError, UnexpectedShapeError):
        return None
