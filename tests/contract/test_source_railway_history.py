"""The history of single services on Railway: how far it reaches, and what is served beside it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.simulator import World
from pipeline_health.simulator.railway_world import RailwayProject
from railway_history import deploy_many, history, looked, services, staging
from railway_watch import Watch, policy_of, product, value_of, watching


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Watch an empty world with an account's token."""
    with watching(World()) as watch:
        yield watch


@pytest.fixture
def shop(watch: Watch) -> RailwayProject:
    """Give a product with one service."""
    return product(watch.world)


def test_the_history_of_every_service_comes_in_one_request(
    watch: Watch, shop: RailwayProject
) -> None:
    """With what is served now, and the name of the token that sees it."""
    staging(shop).service("worker").deploy("SUCCESS", commit="")
    seen = looked(watch, shop)
    deploy_many(watch, shop, 40)

    found = services(history(watch, shop, seen))

    assert ["History"] == watch.asked()
    assert {"web": (41, True), "worker": (1, True)} == {
        name: (len(service.deployments), service.complete) for name, service in found.items()
    }
    web = staging(shop).service("web")
    assert [one.id for one in web.newest_first] == [one.id for one in found["web"].deployments]
    assert [one.id for one in web.active] == [one.id for one in found["web"].serving]


def test_a_history_names_its_environment_and_token(watch: Watch, shop: RailwayProject) -> None:
    """As a look does, and by the provider's clock."""
    seen = looked(watch, shop)
    watch.world.clock_skew = timedelta(minutes=-5)

    reading = history(watch, shop, seen)

    assert replace(seen, services=()) == replace(value_of(reading), services=())
    assert watch.world.now() - timedelta(minutes=5) == reading.at


def test_what_is_served_is_read_again(watch: Watch, shop: RailwayProject) -> None:
    """The look is some time ago; what is told now counts."""
    seen = looked(watch, shop)
    new = staging(shop).service("web").deploy("SUCCESS")

    web = services(history(watch, shop, seen))["web"]

    assert [new.id] == [one.id for one in web.serving]
    assert [RailwayStatus.SUCCESS, RailwayStatus.REMOVED] == [one.status for one in web.deployments]


def test_a_service_that_sleeps_serves(watch: Watch, shop: RailwayProject) -> None:
    """Railway leaves it out of what is active."""
    web = staging(shop).service("web")
    web.become(web.deployments[0], "SLEEPING")

    found = services(history(watch, shop, looked(watch, shop)))["web"]

    assert [RailwayStatus.SLEEPING] == [one.status for one in found.serving]


def test_a_long_history_is_read_page_by_page(watch: Watch, shop: RailwayProject) -> None:
    """To its end, where that is not too far."""
    deploy_many(watch, shop, 250)
    seen = looked(watch, shop)

    web = services(history(watch, shop, seen))["web"]

    assert (251, True) == (len(web.deployments), web.complete)
    assert ["History", "HistoryPage", "HistoryPage"] == watch.asked()


def test_a_history_without_an_end_says_so(watch: Watch, shop: RailwayProject) -> None:
    """What lies beyond the gap is served, and not taken for the newest."""
    deploy_many(watch, shop, 520)
    seen = looked(watch, shop)

    web = services(history(watch, shop, seen))["web"]

    assert (500, False) == (len(web.deployments), web.complete)
    first = staging(shop).service("web").deployments[0]
    assert [first.id] == [one.id for one in web.serving]
    assert first.id not in {one.id for one in web.deployments}


def test_many_services_are_asked_for_in_several_requests(
    watch: Watch, shop: RailwayProject
) -> None:
    """So that no document grows without an end."""
    for at in range(22):
        staging(shop).service(f"worker-{at}").deploy("SUCCESS", commit="")
    seen = looked(watch, shop)

    found = services(history(watch, shop, seen))

    assert 23 == len(found)
    assert all(len(one.deployments) == 1 and one.complete for one in found.values())
    assert ["History"] * 3 == watch.asked()


def test_only_watched_services_are_asked_for(watch: Watch, shop: RailwayProject) -> None:
    """Of the others there is what is newest and what runs, which is not said to be all."""
    for _ in range(2):
        staging(shop).service("worker").deploy("SUCCESS", commit="")
    seen = looked(watch, shop)

    found = services(history(watch, shop, seen, replace(policy_of(shop), services=("web",))))

    assert {"web": (1, True), "worker": (1, False)} == {
        name: (len(service.deployments), service.complete) for name, service in found.items()
    }


def test_an_environment_without_services_is_read_again_all_the_same(
    watch: Watch, shop: RailwayProject
) -> None:
    """A service that was made since is there, and its history is not known."""
    staging(shop).services.clear()
    seen = looked(watch, shop)
    staging(shop).service("new").deploy("SUCCESS", commit="")

    found = services(history(watch, shop, seen))

    assert {"new": False} == {name: service.complete for name, service in found.items()}


def test_a_service_that_is_gone_is_gone(watch: Watch, shop: RailwayProject) -> None:
    """What was seen before does not come back."""
    seen = looked(watch, shop)
    staging(shop).service("web").deleted_at = watch.world.now()

    assert {} == services(history(watch, shop, seen))


def test_every_service_of_a_large_environment_is_there(watch: Watch, shop: RailwayProject) -> None:
    """Railway lists a hundred at once."""
    for at in range(120):
        staging(shop).service(f"worker-{at}")
    policy = replace(policy_of(shop), services=("web",))
    seen = looked(watch, shop)

    assert 121 == len(services(history(watch, shop, seen, policy)))
    assert ["History", "InstancesPage"] == watch.asked()
