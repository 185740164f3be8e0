"""Plan beside an older monitor: its issues are listed only when something is about to be filed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeline_health.agent.counting import Uncounted
from pipeline_health.core.beside import repos_in_question, with_others
from pipeline_health.core.model.case import Case
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.issue import OtherIssue
from pipeline_health.core.model.plan import OpenIssue, Plan
from pipeline_health.core.reconcile import reconcile
from pipeline_health.core.terms import Desk, Terms
from pipeline_health.ports import Tracker, TrackerError


def planned(
    cases: Sequence[Case],
    terms: Terms,
    *,
    tracker: Tracker,
    desk: Callable[[], Desk],
    uncounted: Uncounted,
) -> tuple[tuple[Case, ...], Plan]:
    """Give the plan, and *cases* as they are beside the issues of an older monitor.

    One list for each repository in which something is to be filed, and none in a quiet cycle. What
    waits makes room for another, perhaps elsewhere, so that it is planned until nothing is new.
    The operator's repository is looked at, by *desk*, when something wants to be filed there, and
    what is *uncounted* of the last hour is counted before anything is filed at all.
    """
    known, plan, counted = tuple(cases), reconcile(cases, terms), False
    while plan.asks_ops or (_files(plan) and not counted):
        if plan.asks_ops:
            terms = replace(terms, portfolio=replace(terms.portfolio, desk=desk()))
        else:
            terms, counted = uncounted.counted(terms, tracker), True
        plan = reconcile(known, terms)
    asked: frozenset[RepoName] = frozenset()
    while new := _in_question(known, plan, terms) - asked:
        others = {repo: _others(tracker, repo) for repo in sorted(new)}
        known = with_others(known, others, signature=terms.routing.signature)
        plan, asked = reconcile(known, terms), asked | new
    return known, plan


def _files(plan: Plan) -> bool:
    return any(isinstance(change, OpenIssue) for change in plan.changes)


def _in_question(cases: Sequence[Case], plan: Plan, terms: Terms) -> frozenset[RepoName]:
    return repos_in_question(cases, plan) if terms.routing.signature else frozenset()


def _others(tracker: Tracker, repo: RepoName) -> tuple[OtherIssue, ...] | None:
    """List what others filed; a list that cannot be read delays nothing of ours."""
    try:
        return tracker.others(repo)
    except TrackerError:
        return None
