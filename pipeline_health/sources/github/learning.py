"""Which workflows run on every push: learned from the newest pushes, once a day while any come.

Nobody says of a workflow whether it is filtered by path, so that only what always ran is missed
when it does not run. What is missing at the newest push stays learned: it is the one to be missed.
Where too few pushes were known, the next one is the next lesson: what it completes is missed soon.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline_health.clients.errors import ClientError, UnexpectedShapeError
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_rest import RunAt
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.readings import Blind, GitHubReading, NotAsked, Part, Seen
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Memory
from pipeline_health.sources.github.lessons import Lookup, Pupil, learned

TOPIC = "required-workflows"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What was learned on a day, as it is remembered.

    *only_at* is the head at which too few pushes were known, None where there were enough. *head*
    is the one at which it was learned, *twice* when that was so a day before as well.
    """

    day: str
    workflows: frozenset[str]
    only_at: str | None
    head: str | None = None
    twice: bool = False

    def holds(self, day: str, head: str) -> bool:
        """Tell whether a lesson on that day, at that head, would teach nothing else.

        Without another push there is nothing to learn, once every run of the last one is listed.
        """
        return (self.twice and self.head == head) or (
            self.day == day and self.only_at in (None, head)
        )


class Learning:
    """Adds to the readings of one cycle what is known of their workflows.

    *at_once* is how many repositories are looked up side by side.
    """

    def __init__(self, client: GitHub, memory: Memory, *, now: datetime, at_once: int = 1) -> None:
        self._lookup = Lookup(client, memory, now=now, at_once=at_once)
        self._memory = memory
        self._now = now
        self.is_behind = False
        """Whether more is to be learned than a cycle asks for, so that what nobody needs waits."""

    def taught(
        self, projects: Sequence[ProjectPolicy], readings: Mapping[ProjectName, GitHubReading]
    ) -> Mapping[ProjectName, GitHubReading]:
        """Give *readings* with the required workflows, where the operator did not name them."""
        pupils = {each.name: _pupil(readings[each.name], each) for each in projects}
        wanted = list(dict.fromkeys(pupil for pupil in pupils.values() if pupil is not None))
        known = {pupil: self._recalled(pupil) for pupil in wanted}
        due = [pupil for pupil in wanted if not self._holds(known[pupil], pupil)]
        looked = self._lookup.up(due)
        self.is_behind = len(looked) < len(due)
        required = {
            pupil: self._learned(pupil, looked[pupil], known[pupil])
            if pupil in looked
            else self._as_it_was(known[pupil])
            for pupil in wanted
        }
        return {
            name: readings[name]
            if pupil is None
            else replace(readings[name], required=required[pupil])
            for name, pupil in pupils.items()
        }

    def _recalled(self, pupil: Pupil) -> _Known | None:
        return _remembered(self._memory.recall(TOPIC, pupil.key))

    def _today(self) -> str:
        return self._now.date().isoformat()

    def _holds(self, known: _Known | None, pupil: Pupil) -> bool:
        return known is not None and known.holds(self._today(), pupil.head)

    def _as_it_was(self, known: _Known | None) -> Part[frozenset[str]]:
        return NotAsked() if known is None else Seen(at=self._now, value=known.workflows)

    def _learned(
        self, pupil: Pupil, runs: tuple[RunAt, ...] | ClientError, known: _Known | None
    ) -> Part[frozenset[str]]:
        if isinstance(runs, ClientError):
            why = f"the pushes of {pupil.repo} could not be read ({runs})"
            return Blind(at=self._now, why=why)
        lesson, before = learned(runs), frozenset[str]() if known is None else known.workflows
        workflows = before if lesson is None else lesson.after(before)
        fact = {
            "day": self._today(),
            "workflows": sorted(workflows),
            "only_at": pupil.head if lesson is None else None,
            "head": pupil.head,
            "twice": known is not None and known.head == pupil.head,
        }
        self._memory.remember(TOPIC, pupil.key, json.dumps(fact), now=self._now)
        return Seen(at=self._now, value=workflows)


def _pupil(reading: GitHubReading, project: ProjectPolicy) -> Pupil | None:
    repository, branch = reading.repository, reading.branch
    if project.ci_workflows:
        return None
    if not isinstance(repository, Seen) or not isinstance(branch, Seen):
        return None
    if repository.value.archived:
        return None
    name, head = repository.value.name, branch.value.head.sha
    return Pupil(repo=name, branch=branch.value.name, head=head)


def _remembered(text: str | None) -> _Known | None:
    if text is None:
        return None
    try:
        node = Json(json.loads(text), "remembered workflows")
        names = frozenset(each.text() for each in node.items("workflows"))
        return _Known(
            day=node.text("day"),
            workflows=names,
            only_at=node.maybe_text("only_at"),
            head=node.maybe_text("head"),
            twice=not node.at("twice").missing and node.flag("twice"),
        )
    except (ValueError, UnexpectedShapeError):
        return None
