"""A repository is known by its id once it was seen: whatever it is called, and whoever else is."""

from collections.abc import Iterator

import pytest

from github_stage import MINUTE, OWN, SHOP, SHOP_NAME, Stage, look, on_stage, project, reasons
from pipeline_health.core.model.commit import CommitSight
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.questions import Contains, Relation, RunsOf
from pipeline_health.core.model.readings import GitHubReading, Seen
from pipeline_health.sources.github.identities import TOPIC

BY_ID, BY_NAME = "node(id:", "repository(owner:"


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a repository that was seen once."""
    with on_stage() as stage:
        stage.world.repo(SHOP).push("Add a basket")
        look(stage)
        stage.world.requests.clear()
        yield stage


def seen_as(reading: GitHubReading) -> tuple[str, str]:
    """Give what was seen: the name, and the head."""
    assert isinstance(reading.repository, Seen), reading.repository
    assert isinstance(reading.branch, Seen)
    return reading.repository.value.name, reading.branch.value.head.sha


def asked(stage: Stage) -> tuple[int, int]:
    """Count the looks by id and by name."""
    return stage.asked(BY_ID), stage.asked(BY_NAME)


def test_it_is_asked_for_by_its_id(stage: Stage) -> None:
    """Every part is there as it is by name, and it is one request."""
    shop = stage.world.repo(SHOP)
    shop.open_issue("ours", user=OWN)

    assert (SHOP, shop.head) == seen_as(look(stage))
    assert (1, 0) == asked(stage)
    assert {(TOPIC, SHOP): f"R_{shop.id}"}.items() <= stage.memory.facts.items()


def test_a_rename_does_not_lose_it(stage: Stage) -> None:
    """Nor does somebody else, who takes the name that it had."""
    shop = stage.world.repo(SHOP)
    shop.rename("acme/store")
    stage.world.newcomer(SHOP).push("Somebody else's")

    assert ("acme/store", shop.head) == seen_as(look(stage))
    assert (1, 0) == asked(stage)


def test_a_transfer_does_not_lose_it(stage: Stage) -> None:
    """Its owner is another one, and it is the same repository."""
    shop = stage.world.repo(SHOP)
    shop.rename("megacorp/shop")

    assert ("megacorp/shop", shop.head) == seen_as(look(stage))


def test_lists_that_go_on_are_read_by_the_name_of_today(stage: Stage) -> None:
    """The newcomer has neither the issues nor the suites."""
    shop = stage.world.repo(SHOP)
    for at in range(60):
        shop.open_issue(f"ours {at}", user=OWN)
        shop.run(f"CI {at}", "success")
    shop.rename("acme/store")
    stage.world.newcomer(SHOP).push("Somebody else's")

    reading = look(stage)

    assert isinstance(reading.issues, Seen)
    assert isinstance(reading.checks, Seen)
    assert (60, 60) == (len(reading.issues.value), len(reading.checks.value.suites))


def test_what_is_asked_beside_a_look_is_asked_by_the_name_of_today(stage: Stage) -> None:
    """The newcomer has none of its commits, nor of its runs."""
    shop = stage.world.repo(SHOP)
    older, newer = shop.head, shop.push("second")
    shop.run("CI", "success")
    shop.rename("acme/store")
    stage.world.newcomer(SHOP).push("Somebody else's")
    source, now = stage.source(), stage.world.now()
    source.look([project()], now=now)

    relation = source.relation(Contains(repo=SHOP, newer=newer, older=older), now=now)
    runs = source.runs(RunsOf(repo=SHOP, branch="main", event="push"), now=now)

    assert Seen(at=now, value=Relation.AHEAD) == relation
    assert isinstance(runs, Seen)
    assert 1 == len(runs.value)


def test_a_commit_is_looked_for_in_what_has_another_name_today(stage: Stage) -> None:
    """A verdict about it is none about the commits of whoever took the old name."""
    shop = stage.world.repo(SHOP)
    shop.rename("acme/store")
    stage.world.newcomer(SHOP).push("Somebody else's")
    source, now = stage.source(), stage.world.now()
    source.look([project()], now=now)

    found = source.at_commit(project(), Sha(shop.head), now=now)

    assert isinstance(found, Seen)
    assert isinstance(found.value, CommitSight)
    assert Seen(at=now, value=Relation.IDENTICAL) == found.value.relation


def test_an_id_that_leads_nowhere_is_no_more_when_the_name_leads_to_another_one(
    stage: Stage,
) -> None:
    """It was deleted and made anew: one more request that once, and none the next time."""
    stage.world.registry.hidden.add(stage.world.repo(SHOP).id)
    anew = stage.world.newcomer(SHOP)
    anew.push("Begin again")

    assert (SHOP, anew.head) == seen_as(look(stage))
    assert (1, 1) == asked(stage)

    assert (SHOP, anew.head) == seen_as(look(stage))
    assert (2, 1) == asked(stage)


def test_what_is_nowhere_is_asked_for_both_ways(stage: Stage) -> None:
    """One request more a look, as long as it is not seen."""
    stage.world.registry.hidden.add(stage.world.repo(SHOP).id)

    for _ in range(3):
        assert {"GitHub shows no repository acme/shop to this token"} == reasons(look(stage))

    assert (3, 3) == asked(stage)


def test_a_token_that_sees_nothing_for_a_while_does_not_lose_it(stage: Stage) -> None:
    """Its name had become somebody else's until the token was let in again."""
    shop = stage.world.repo(SHOP)
    shop.rename("acme/store")
    stage.world.registry.hidden.add(shop.id)
    look(stage)

    stage.world.registry.hidden.clear()
    stage.world.newcomer(SHOP).push("Somebody else's")

    assert ("acme/store", shop.head) == seen_as(look(stage))


def test_an_id_of_something_else_is_no_repository(stage: Stage) -> None:
    """A ledger that was written by hand, for one."""
    shop = stage.world.repo(SHOP)
    run = shop.run("CI", "success")
    stage.memory.facts[TOPIC, SHOP] = f"CS_{run.suite_id}"

    assert (SHOP, shop.head) == seen_as(look(stage))
    assert f"R_{shop.id}" == stage.memory.facts[TOPIC, SHOP]


def test_an_id_that_could_not_be_looked_up_stays(stage: Stage) -> None:
    """GitHub has trouble with it now, and says nothing of its being gone."""
    stage.world.faults.add(host="github", mode="partial", match="query Look", body="r0")

    assert any("does not show" in why for why in reasons(look(stage)))
    assert (1, 0) == asked(stage)
    look(stage)
    assert (2, 0) == asked(stage)


def test_another_name_in_the_configuration_is_asked_for_by_that_name(stage: Stage) -> None:
    """Whatever the project looked at before."""
    other = stage.world.repo("acme/other")
    other.push("Other")

    moved = project(repo=RepoName("acme/other"))
    reading = stage.source().look([moved], now=stage.world.now())[SHOP_NAME]

    assert ("acme/other", other.head) == seen_as(reading)
    assert (0, 1) == asked(stage)


def test_what_is_put_away_makes_room_for_what_takes_its_name(stage: Stage) -> None:
    """It was renamed and archived, and a new one is in its place: that one is meant."""
    shop = stage.world.repo(SHOP)
    shop.rename("acme/shop-2025")
    shop.archived = True
    for _ in range(2):
        assert ("acme/shop-2025", shop.head) == seen_as(look(stage))
    assert (1, 2) == asked(stage)

    anew = stage.world.newcomer(SHOP)
    anew.push("Begin again")
    stage.world.advance(5 * MINUTE)

    assert (SHOP, anew.head) == seen_as(look(stage))
    assert (SHOP, anew.head) == seen_as(look(stage))
    assert (2, 3) == asked(stage)
