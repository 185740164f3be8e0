"""GitHub's GraphQL service: a document in, its data and errors out, and what it cost."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from graphql import ExecutionResult, GraphQLError

from pipeline_health.simulator.executor import Executor, Value
from pipeline_health.simulator.github_cost import Count, count
from pipeline_health.simulator.github_schema import GITHUB_SDL
from pipeline_health.simulator.github_view import View
from pipeline_health.simulator.world import Refusal, World

MOST_NODES = 500_000


@cache
def github_executor() -> Executor:
    """Give the executor of GitHub's schema; it is built once."""
    return Executor(GITHUB_SDL)


def answer_github(world: World, login: str, payload: Mapping[str, Any]) -> tuple[Value, int]:
    """Answer a document for *login*: the body, and the points that it cost."""
    document, variables = str(payload.get("query") or ""), payload.get("variables") or {}
    checked = github_executor().check(document)
    if checked.tree is None or checked.problems:
        return _refused(world, document, checked.problems), 1
    counted = count(checked.tree, variables)
    if counted.nodes > MOST_NODES:
        return _too_large(counted), 1
    budget = world.budget(login, "graphql")
    budget.used += counted.points
    view = View(world, login, spent=counted, budget=budget)
    result = github_executor().execute(checked.tree, variables, view.root())
    return _body(world, document, result), counted.points


def _body(world: World, document: str, result: ExecutionResult) -> Value:
    errors = result.errors or []
    if result.data is None and any(error.path is None for error in errors):
        return _refused(world, document, errors)
    told = {"errors": [_told(error) for error in errors]} if errors else {}
    return {"data": result.data, **told}


def _refused(world: World, document: str, problems: Sequence[GraphQLError]) -> Value:
    said = tuple(problem.message for problem in problems)
    world.refusals.append(Refusal(host="github", asked=document, problems=said))
    return {"errors": [_told(problem) for problem in problems]}


def _too_large(counted: Count) -> Value:
    msg = (
        f"This query requests up to {counted.nodes:,} possible nodes which exceeds the maximum "
        f"limit of {MOST_NODES:,}."
    )
    return {"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": msg}]}


def _told(error: GraphQLError) -> Value:
    """Write an error as GitHub does, its type beside the message and not below extensions."""
    told: Value = {
        "message": error.message,
        "locations": [location.formatted for location in error.locations or ()],
    }
    if error.extensions and "type" in error.extensions:
        told["type"] = error.extensions["type"]
    if error.path is not None:
        told["path"] = list(error.path)
    return told
