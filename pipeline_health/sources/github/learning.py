"""Which workflows run on every push: learned from the newest pushes, once a day.

Nobody says of a workflow whether it is filtered by path, so that only what always ran is missed
when it does not run. What is missing at the newest push stays learned: it is the one to be missed.
Where too few pushes were known, the next one is the next lesson: what it completes is missed soon.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pipeline_health.clients.errors import ClientError, UnexpectedShapeError
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_rest import RunAt
from pipeline_health.clients.github_wire import PAGE
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.readings import Blind, Branch, GitHubReading, NotAsked, Part, Seen
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Memory

TOPIC = "required-workflows"
PUSHES = 10
FEWEST_PUSHES = 3
MOST_LOOKUPS = 20
"""At most so many repositories are learned in one cycle, so that a new day costs no outage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What was learned on a day, as it is remembered.

    *only_at* is the head at which too few pushes were known, None where there were enough.
    """

    day: str
    workflows: frozenset[str]
    only_at: str | None

    def holds(self, day: str, head: str) -> bool:
        """Tell whether a lesson on that day, at that head, would teach nothing else."""
        return self.day == day and self.only_at in (None, head)


class Learning:
    """Adds to the readings of one cycle what is known of their workflows."""

    def __init__(self, client: GitHub, memory: Memory, *, now: datetime) -> None:
        self._client = client
        self._memory = memory
        self._now = now
        self._lookups = 0

    def taught(self, reading: GitHubReading, project: ProjectPolicy) -> GitHubReading:
        """Give *reading* with the required workflows, unless the operator named them."""
        repository, branch = reading.repository, reading.branch
        if project.ci_workflows:
            return reading
        if not isinstance(repository, Seen) or not isinstance(branch, Seen):
            return reading
        if repository.value.archived:
            return reading
        required = self._required(repository.value.name, branch.value)
        return replace(reading, required=required)

    def _required(self, repo: RepoName, branch: Branch) -> Part[frozenset[str]]:
        key, head, today = f"{repo} {branch.name}", branch.head.sha, self._now.date().isoformat()
        known = _remembered(self._memory.recall(TOPIC, key))
        if known is not None and (known.holds(today, head) or self._lookups >= MOST_LOOKUPS):
            return Seen(at=self._now, value=known.workflows)
        if self._lookups >= MOST_LOOKUPS:
            return NotAsked()
        self._lookups += 1
        try:
            runs = self._client.runs_on(repo, branch.name, event="push")
        except ClientError as exc:
            return Blind(at=self._now, why=f"the pushes of {repo} could not be read ({exc})")
        lesson, before = learned(runs), frozenset[str]() if known is None else known.workflows
        workflows = before if lesson is None else lesson.after(before)
        only_at = head if lesson is None else None
        text = json.dumps({"day": today, "workflows": sorted(workflows), "only_at": only_at})
        self._memory.remember(TOPIC, key, text, now=self._now)
        return Seen(at=self._now, value=workflows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What the newest pushes teach: what *always* ran, and what ran on the *newest* of them."""

    always: frozenset[str]
    newest: frozenset[str]

    def after(self, before: frozenset[str]) -> frozenset[str]:
        """Give what is required now: what always ran, and of *before* what is missing."""
        return self.always | (before - self.newest)


def learned(runs: Sequence[RunAt]) -> Lesson | None:
    """Give what the newest pushes teach, None where too few are known."""
    pushes: dict[str, set[str]] = {}
    for each in sorted(runs, key=lambda each: each.suite.created_at, reverse=True):
        if each.suite.run is not None:
            pushes.setdefault(each.sha, set()).add(each.suite.run.workflow)
    whole = list(pushes.values())
    if len(runs) >= PAGE:  # cut, in the middle of the oldest push that it has
        whole.pop()
    newest = whole[:PUSHES]
    if len(newest) < FEWEST_PUSHES:
        return None
    return Lesson(
        always=frozenset(set.intersection(*newest)),
        newest=frozenset(newest[0]),
    )


def _remembered(text: str | None) -> _Known | None:
    if text is None:
        return None
    try:
        node = Json(json.loads(text), "remembered workflows")
        names = frozenset(each.text() for each in node.items("workflows"))
        only_at = node.maybe_text("only_at")
        return _Known(day=node.text("day"), workflows=names, only_at=only_at)
    except (ValueError, UnexpectedShapeError):
        return None
