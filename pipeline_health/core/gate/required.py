"""Which workflows must have run at the commit: the named ones, else what ran on every push before.

What the commit itself lacks must not teach that it is not needed, so that its own push, and every
later one, is left out. A look learns from all of them, and knows no commit that is under test.
"""

from collections.abc import Iterator, Sequence

from pipeline_health.core.at_head import required_of
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.questions import BranchRun, RunsOf
from pipeline_health.core.model.readings import Seen

PUSHES = 10
FEWEST_PUSHES = 3
_A_PAGE = 100
"""A list of so many runs may be cut, in the middle of the oldest push that it has."""


def required(matter: Matter) -> frozenset[str] | str:
    """Give the workflows that must have run, or why that is not known."""
    if matter.policy.ci_workflows:
        return required_of(matter.view)
    learned, question = matter.view.github.required, _question(matter)
    if not isinstance(learned, Seen):
        return learned.why or "nobody asked"
    answer = None if question is None else matter.view.answers.runs.get(question)
    if not isinstance(answer, Seen):
        return "the pushes before it could not be read" if answer is None else answer.why
    always = always_ran(answer.value, before=matter.commit)
    return required_of(matter.view) | (always - {matter.policy.deploy_workflow})


def questions(matter: Matter) -> Iterator[RunsOf]:
    """Ask for the runs of the newest pushes where nobody says what must run."""
    question = _question(matter)
    if question is not None and not matter.policy.ci_workflows:
        yield question


def _question(matter: Matter) -> RunsOf | None:
    branch = matter.view.github.branch
    if not isinstance(branch, Seen):
        return None
    return RunsOf(repo=matter.policy.repo, branch=branch.value.name, event="push")


def always_ran(runs: Sequence[BranchRun], *, before: Sha) -> frozenset[str]:
    """Give the workflows that ran on each of the newest pushes before that of the commit."""
    pushes: dict[Sha, set[str]] = {}
    for each in sorted(runs, key=lambda each: each.suite.created_at, reverse=True):
        pushes.setdefault(each.sha, set()).add(each.run.workflow)
    commits = list(pushes)
    if len(runs) >= _A_PAGE:
        commits.pop()
    if before in commits:
        commits = commits[commits.index(before) + 1 :]
    newest = [pushes[sha] for sha in commits[:PUSHES]]
    return frozenset(set.intersection(*newest)) if len(newest) >= FEWEST_PUSHES else frozenset()
