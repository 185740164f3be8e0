"""What befalls many products at once, and the repository of their operator."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random

from pipeline_health.simulator.github_records import Issue
from pipeline_health.simulator.github_world import Repo
from properties.many import REASONS, Reason, reason_of
from properties.moves_code import GREEN
from properties.town import US, Product, Town
from properties.truth import State, Workflow, truths

BROKEN_TEST = "FAILED tests/test_cart.py::test_total\n1 failed, 11 passed"
APART = (0, 5, 40, 200, 420)
"""How many seconds may lie between one failure and the next."""


def an_outage_hits_many(town: Town, dice: Random) -> str:
    """Let three or more products fail for one reason, within minutes."""
    reason = dice.choice(REASONS)
    number = dice.randint(3, max(3, len(town.products)))
    return _hit(town, dice, reason, dice.sample(town.products, k=number))


def an_outage_goes_on(town: Town, dice: Random) -> str:
    """Let some more products fail for a reason for which others fail."""
    reasons = sorted({reason.key for _, reason in _failing(town)})
    if not reasons:
        return ""
    key = dice.choice(reasons)
    reason = next(one for one in REASONS if one.key == key)
    return _hit(town, dice, reason, dice.sample(town.products, k=dice.choice((1, 1, 2, 3))))


def one_fails_for_another_reason(town: Town, dice: Random) -> str:
    """Let a product that is part of an outage fail by a test of its own next."""
    failing = _failing(town)
    if not failing:
        return ""
    product, _ = dice.choice(failing)
    product.repo.push("feat: a basket")
    _fail_a_run(town, product, log=BROKEN_TEST, step="Run tests")
    return f"{product.name} fails by its own test now"


def some_recover(town: Town, dice: Random) -> str:
    """Let some products of an outage work again."""
    failing = _products(_failing(town))
    if not failing:
        return ""
    mended = dice.sample(failing, k=dice.randint(1, len(failing)))
    _mend(town, mended)
    return f"{', '.join(one.name for one in mended)} work again"


def an_outage_ends(town: Town, dice: Random) -> str:
    """Let everything work again that failed for a reason of many."""
    failing = _products(_failing(town))
    _mend(town, failing)
    town.world.advance(timedelta(seconds=dice.randint(0, 300)))
    return f"the outage is over for {', '.join(one.name for one in failing)}" if failing else ""


def an_outage_comes_and_goes(town: Town, dice: Random) -> str:
    """Let what failed for a reason of many work, and fail again some minutes later."""
    failing = _failing(town)
    if not failing:
        return ""
    _mend(town, _products(failing))
    town.world.advance(timedelta(minutes=dice.choice((1, 4, 12))))
    return f"it worked again for a while; {_hit(town, dice, failing[0][1], _products(failing))}"


def _hit(town: Town, dice: Random, reason: Reason, products: Sequence[Product]) -> str:
    apart = dice.choice(APART)
    for product in products:
        deploys = reason.deploys and (not reason.runs or dice.random() < 0.4)
        if deploys:
            service = dice.choice(product.services)
            service.deploy("FAILED", log=reason.says)
        else:
            if dice.random() < 0.6:
                product.repo.push("feat: next")
            _fail_for(town, product, reason)
        town.world.advance(timedelta(seconds=dice.randint(0, apart)))
    return f"{', '.join(one.name for one in products)} fail: {reason.key}"


def _fail_for(town: Town, product: Product, reason: Reason) -> None:
    if not reason.noted:
        _fail_a_run(town, product, log=reason.says, step=reason.step)
        return
    for workflow in town.workflows(product.repo)[:1]:
        town.world.advance(timedelta(seconds=1))
        product.repo.unstarted(workflow, reason.says)


def _fail_a_run(town: Town, product: Product, *, log: str, step: str) -> None:
    for workflow in town.workflows(product.repo)[:1]:
        town.world.advance(timedelta(seconds=1))
        jobs = {"build": "success", "test": "failure"}
        product.repo.run(workflow, "failure", jobs=jobs, log=log, step=step)


def _failing(town: Town) -> list[tuple[Product, Reason]]:
    """List the products of which anything is broken for a reason of many."""
    found = []
    for thing, truth in truths(town).items():
        reason = reason_of(town, thing) if truth.state is State.BROKEN else None
        for product in town.products if reason is not None else ():
            of = product.repo.id if isinstance(thing, Workflow) else product.name
            if reason is not None and of in (
                getattr(thing, "repo", ""),
                getattr(thing, "product", ""),
            ):
                found.append((product, reason))
    return found


def _products(failing: Sequence[tuple[Product, Reason]]) -> list[Product]:
    return list({product.name: product for product, _ in failing}.values())


def _mend(town: Town, products: Sequence[Product]) -> None:
    for product in products:
        product.repo.push("fix: everything")
        for workflow in town.workflows(product.repo):
            town.world.advance(timedelta(seconds=2))
            product.repo.run(workflow, "success", jobs=GREEN)
        for service in product.services:
            service.deploy("SUCCESS")


# -- what people do with the operator's issues ---------------------------------------------------


def _ours(town: Town, *states: str) -> Iterator[tuple[Repo, Issue]]:
    for issue in () if town.ops is None else town.ops.issues.values():
        if town.ops is not None and issue.user == US and issue.state in states:
            yield town.ops, issue


def close_the_operators(town: Town, dice: Random) -> str:
    """Let a person close a portfolio issue, as done or for good."""
    found = list(_ours(town, "open"))
    if not found:
        return ""
    repo, issue = dice.choice(found)
    reason = dice.choice(("completed", "completed", "not_planned"))
    repo.close_issue(issue.number, user="dev", reason=reason)
    return f"dev closes {repo.name}#{issue.number} as {reason}"


def open_the_operators_again(town: Town, dice: Random) -> str:
    """Let a person open a portfolio issue again."""
    found = list(_ours(town, "closed"))
    if not found:
        return ""
    repo, issue = dice.choice(found)
    repo.reopen_issue(issue.number)
    town.wanted_open.add(issue.number)
    return f"dev opens {repo.name}#{issue.number} again"


def write_into_the_operators(town: Town, dice: Random) -> str:
    """Let a person write a note below the line of a portfolio issue."""
    found = list(_ours(town, "open"))
    if not found:
        return ""
    repo, issue = dice.choice(found)
    repo.edit_issue(issue.number, body=f"{issue.body}\n\n<!-- notes -->\nI called the provider.")
    return f"somebody writes below {repo.name}#{issue.number}"


def delete_the_operators(town: Town, dice: Random) -> str:
    """Let the owner delete a portfolio issue for ever."""
    found = list(_ours(town, "open", "closed"))
    if not found:
        return ""
    repo, issue = dice.choice(found)
    town.delete(repo, issue)
    return f"the owner deletes {repo.name}#{issue.number}"


def copy_the_operators(town: Town, dice: Random) -> str:
    """Let a stranger file a copy of a portfolio issue beside it."""
    found = list(_ours(town, "open", "closed"))
    if not found:
        return ""
    repo, issue = dice.choice(found)
    made = repo.open_issue(issue.title, issue.body, labels=issue.labels, user="mallory")
    return f"mallory copies {repo.name}#{issue.number} as #{made.number}"


# -- what becomes of the operator's repository ---------------------------------------------------


def shut_the_operators(town: Town, dice: Random) -> str:
    """Let the operator's repository take no issue, or show none, for one reason or another."""
    ops = town.ops
    if ops is None:
        return ""
    how = dice.choice(("archived", "public", "without issues", "hidden"))
    match how:
        case "archived":
            ops.archived = True
        case "public":
            ops.private = False
        case "without issues":
            ops.has_issues = False
        case _:
            town.world.registry.hidden.add(ops.id)
    return f"{ops.name} is {how} now"


def free_the_operators(town: Town, _: Random) -> str:
    """Let the operator's repository be as it should."""
    ops = town.ops
    if ops is None:
        return ""
    usable = ops.has_issues and ops.private and not ops.archived
    shown = ops.id not in town.world.registry.hidden
    ops.has_issues, ops.private, ops.archived = True, True, False
    town.world.registry.hidden.discard(ops.id)
    return "" if usable and shown else f"{ops.name} is as it was"
