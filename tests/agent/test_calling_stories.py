"""Stories of agents that key on a comment: they are called once, and a person never is."""

import pytest

from agent_types import Shop
from hosts import MINUTE, ours

CALL = "@archon /workflow run archon-fix-github-issue fix #{number}"
REJECTED = "##[error]RAILWAY_TOKEN is invalid or expired: Not Authorized"


@pytest.fixture
def shop(shop: Shop) -> Shop:
    """Give the shop of an operator whose agent keys on a comment."""
    shop.host.extra = f'[routing]\ncomment = "{CALL}"\n'
    return shop


def calls(shop: Shop) -> list[str]:
    """Give the first line of every comment that calls an agent, in any of our issues."""
    said = (each.body for issue in ours(shop.repo) for each in issue.comments)
    return [body.splitlines()[0] for body in said if body.startswith("@archon")]


def test_an_agent_is_called_once_after_its_issue_was_filed(shop: Shop) -> None:
    """The number is the issue's; new failures, a relapse and a lost ledger call nobody again."""
    shop.fail_ci()
    shop.host.cycles(2)
    assert ["@archon /workflow run archon-fix-github-issue fix #1"] == calls(shop)

    shop.fail_ci()
    shop.host.cycles(2)
    shop.host.forget()
    shop.host.cycles(2)
    shop.repo.push("fix")
    shop.repo.run("CI", "success", jobs={"build": "success", "test": "success"})
    shop.host.cycles(2)
    assert "closed" == ours(shop.repo)[0].state
    shop.fail_ci()
    shop.host.cycles(3)

    assert "open" == ours(shop.repo)[0].state
    assert 1 == len(calls(shop))


def test_nobody_is_called_to_a_persons_issue(shop: Shop) -> None:
    """No agent can replace a secret."""
    shop.repo.run(
        "CI", "failure", jobs={"deploy": "failure"}, step="Validate secrets", log=REJECTED
    )

    shop.host.cycles(3)

    assert "human-needed" in ours(shop.repo)[0].labels
    assert [] == calls(shop)


def test_nobody_is_called_while_a_run_has_the_issue(shop: Shop) -> None:
    """It was picked up by its label already, or a person said hands off."""
    shop.fail_ci()
    shop.host.cycle()
    shop.repo.issues[1].labels[:] = ["pipeline-health", "bug", "archon:in-progress"]

    shop.host.cycles(2)

    assert [] == calls(shop)


def test_a_lost_answer_calls_nobody_twice(shop: Shop) -> None:
    """The comment is found by its key."""
    shop.fail_ci()
    shop.host.cycle()
    shop.world.faults.add(host="github", mode="cut_after", match="/comments")
    shop.host.cycle()

    shop.host.cycles(3, every=6 * MINUTE)

    assert 1 == len(calls(shop))


def test_nobody_is_called_where_nobody_asked_for_it(shop: Shop) -> None:
    """No comment is the default."""
    shop.host.extra = ""
    shop.fail_ci()

    shop.host.cycles(3)

    assert [] == ours(shop.repo)[0].comments
