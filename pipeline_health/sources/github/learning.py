"""Which workflows run on every push: learned from the newest pushes, once a day.

Nobody says of a workflow whether it is filtered by path, so that only what always ran is missed
when it does not run. What is missing at the newest push stays learned: it is the one to be missed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline_health.clients.errors import ClientError, UnexpectedShapeError
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_rest import RunAt
from pipeline_health.clients.github_wire import PAGE
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.readings import Blind, GitHubReading, NotAsked, Part, Seen
from pipeline_health.ports import Memory

TOPIC = "required-workflows"
PUSHES = 10
FEWEST_PUSHES = 3
MOST_LOOKUPS = 20
"""At most so many repositories are learned in one cycle, so that a new day costs no outage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What was learned on a day, as it is remembered."""

    day: str
    workflows: frozenset[str]


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
        required = self._required(repository.value.name, branch.value.name)
        return replace(reading, required=required)

    def _required(self, repo: RepoName, branch: str) -> Part[frozenset[str]]:
        known = _remembered(self._memory.recall(TOPIC, f"{repo} {branch}"))
        today = self._now.date().isoformat()
        if known is not None and (known.day == today or self._lookups >= MOST_LOOKUPS):
            return Seen(at=self._now, value=known.workflows)
        if self._lookups >= MOST_LOOKUPS:
            return NotAsked()
        self._lookups += 1
        try:
            runs = self._client.runs_on(repo, branch, event="push")
        except ClientError as exc:
            return Blind(at=self._now, why=f"the pushes of {repo} could not be read ({exc})")
        before = frozenset[str]() if known is None else known.workflows
        workflows = learned(runs, before=before)
        text = json.dumps({"day": today, "workflows": sorted(workflows)})
        self._memory.remember(TOPIC, f"{repo} {branch}", text, now=self._now)
        return Seen(at=self._now, value=workflows)


def learned(runs: Sequence[RunAt], *, before: frozenset[str]) -> frozenset[str]:
    """Give the workflows that ran on each of the newest pushes, and of *before* the missing ones.

    Where too few pushes are known, nothing new is learned.
    """
    pushes: dict[str, set[str]] = {}
    for each in sorted(runs, key=lambda each: each.suite.created_at, reverse=True):
        if each.suite.run is not None:
            pushes.setdefault(each.sha, set()).add(each.suite.run.workflow)
    whole = list(pushes.values())
    if len(runs) >= PAGE:  # cut, in the middle of the oldest push that it has
        whole.pop()
    newest = whole[:PUSHES]
    if len(newest) < FEWEST_PUSHES:
        return before
    always = frozenset(set.intersection(*newest))
    return always | (before - newest[0])


def _remembered(text: str | None) -> _Known | None:
    if text is None:
        return None
    try:
        node = Json(json.loads(text), "remembered workflows")
        names = frozenset(each.text() for each in node.items("workflows"))
        return _Known(day=node.text("day"), workflows=names)
    except (ValueError, UnexpectedShapeError):
        return None
