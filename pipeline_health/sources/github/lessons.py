"""What the newest pushes teach about a branch, and how that is asked: of many in one question.

Where that does not tell enough the list of one branch's runs is asked for: it goes farther back,
and shows workflows to a token that may not see check suites.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_rest import RunAt
from pipeline_health.clients.github_wire import PAGE
from pipeline_health.core.lately import is_lately
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Memory
from pipeline_health.threads import for_each

PUSHES = 10
FEWEST_PUSHES = 3
MOST_LOOKUPS = 15
"""At most so many branches are looked up one by one in a cycle, so that a new day is no outage:
with them a look at a thousand projects stays within a hundred requests."""
APART = "lessons-apart"
TOGETHER_AGAIN = timedelta(days=1)
"""Where a question about many came to nothing, the next one is asked so much later."""
_GITHUB = "GitHub"
_MANY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Pupil:
    """A branch of which the workflows are to be known; *node* is the id of its repository."""

    repo: RepoName
    node: str
    branch: str
    head: Sha

    @property
    def key(self) -> str:
        """Under which a lesson is remembered: renames lose none, and who takes a name gets none."""
        return f"{self.node} {self.branch}"


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


class Lookup:
    """Looks up what ran on the newest pushes, *at_once* lists side by side."""

    def __init__(self, client: GitHub, memory: Memory, *, now: datetime, at_once: int) -> None:
        self._client = client
        self._memory = memory
        self._now = now
        self._at_once = at_once

    def up(self, due: Sequence[Pupil]) -> Mapping[Pupil, tuple[RunAt, ...] | ClientError]:
        """Look up as many of *due* as one cycle may; what is left of them waits for the next."""
        if len(due) < _MANY or not self._may_ask_together():
            return for_each(due[:MOST_LOOKUPS], self._alone, at_once=self._at_once)
        told = self._together(due)
        silent = [pupil for pupil, runs in told.items() if runs is None]
        alone = for_each(silent, self._alone, at_once=self._at_once)
        return {pupil: alone[pupil] if runs is None else runs for pupil, runs in told.items()}

    def _alone(self, pupil: Pupil) -> tuple[RunAt, ...] | ClientError:
        try:
            return self._client.runs_on(pupil.repo, pupil.branch, event="push")
        except ClientError as exc:
            return exc

    def _together(self, due: Sequence[Pupil]) -> Mapping[Pupil, tuple[RunAt, ...] | None]:
        """Give what the newest commits of the first of *due* tell, None where it is not enough."""
        from pipeline_health.clients import github_pushes as asking  # noqa: PLC0415 - seldom asked

        pupils = due[: asking.MOST_BRANCHES]
        branches = [asking.Branch(repo=each.repo, name=each.branch) for each in pupils]
        try:
            answers = asking.Pushes(self._client.wire).to(branches)
        except ClientError:
            answers = (None,) * len(pupils)
        if not any(answers):
            self._memory.remember(APART, _GITHUB, self._now.isoformat(), now=self._now)
        return {
            pupil: None
            if answer is None or (answer.cut and learned(answer.runs) is None)
            else answer.runs
            for pupil, answer in zip(pupils, answers, strict=True)
        }

    def _may_ask_together(self) -> bool:
        failed = self._memory.recall(APART, _GITHUB)
        return not is_lately(failed, within=TOGETHER_AGAIN, now=self._now)
