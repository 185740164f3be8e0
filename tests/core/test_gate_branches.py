"""A commit may be on several branches; what ran for another one is no answer for ours."""

from dataclasses import replace

import pytest

from builders import a_run, a_suite, blind, checks, github, seen
from gate_matters import a_matter, criterion, verdict, with_sight, with_view
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.readings import CheckConclusion
from pipeline_health.core.model.verdict import Answer, Criterion, CriterionName, CriterionState


def found(matter: Matter, name: CriterionName) -> Criterion:
    """Give how one criterion stands; nothing but a pass may promote."""
    one = criterion(matter, name)
    assert (one.state is CriterionState.PASS) == (verdict(matter).answer is Answer.PROMOTE)
    return one


def on_branches(*suites: tuple[str | None, CheckConclusion | None]) -> Matter:
    """Give a commit at which CI ran so often, each time for a push to a branch."""
    many = [
        replace(a_suite(conclusion, run=a_run(number)), branch=branch)
        for number, (branch, conclusion) in enumerate(suites, start=1)
    ]
    return with_sight(a_matter(), checks=seen(checks(*many)))


@pytest.mark.parametrize("other", ["fix-1", None])
def test_a_green_of_another_branch_hides_no_red_of_ours(other: str | None) -> None:
    """Whoever begins a branch, or a tag, at this commit lets everything run again there."""
    red, green = CheckConclusion.FAILURE, CheckConclusion.SUCCESS
    matter = on_branches(("main", red), (other, green))
    assert found(matter, CriterionName.MAIN_CI).state is CriterionState.FAIL
    matter = on_branches(("main", None), (other, green))
    assert found(matter, CriterionName.MAIN_CI).state is CriterionState.PENDING
    matter = on_branches(("main", green), (other, red))
    assert found(matter, CriterionName.MAIN_CI).state is CriterionState.PASS


def test_where_nothing_ran_for_our_branch_what_ran_for_another_one_counts() -> None:
    """A merge that only moves the branch forward starts nothing; the commit is the same one."""
    green = on_branches(("fix-1", CheckConclusion.SUCCESS))
    assert found(green, CriterionName.MAIN_CI).state is CriterionState.PASS
    red = on_branches(("fix-1", CheckConclusion.SUCCESS), (None, CheckConclusion.FAILURE))
    assert found(red, CriterionName.MAIN_CI).state is CriterionState.FAIL


def test_while_the_branch_is_not_seen_everything_counts() -> None:
    """Nobody can say then what ran for ours."""
    red = on_branches(("main", CheckConclusion.SUCCESS), ("fix-1", CheckConclusion.FAILURE))
    unseen = with_view(red, github=replace(github(), branch=blind()))
    assert criterion(unseen, CriterionName.MAIN_CI).state is CriterionState.FAIL
