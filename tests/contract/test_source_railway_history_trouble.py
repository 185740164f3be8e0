"""A history on Railway that cannot be had, or is not of what was asked for, is not used."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pipeline_health.core.model.readings import Blind, BlindCause, Seen
from pipeline_health.simulator import World
from pipeline_health.simulator.railway_world import RailwayProject
from railway_history import (
    answer,
    deploy_many,
    deployment,
    history,
    looked,
    services,
    told,
)
from railway_watch import PLANTED, Watch, product, token, value_of, watching

VARIABLE = "RAILWAY_TOKEN_SHOP"


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Watch an empty world with an account's token."""
    with watching(World()) as watch:
        yield watch


@pytest.fixture
def shop(watch: Watch) -> RailwayProject:
    """Give a product with one service."""
    return product(watch.world)


@pytest.mark.parametrize(
    ("place", "is_seen"),
    [
        pytest.param({}, True, id="ours"),
        pytest.param({"environmentId": "production"}, False, id="environment"),
        pytest.param({"serviceId": "worker"}, False, id="service"),
        pytest.param({"projectId": "blog"}, False, id="project"),
    ],
)
def test_a_deployment_of_anything_else_is_never_used(
    watch: Watch, shop: RailwayProject, place: dict[str, str], *, is_seen: bool
) -> None:
    """Then nothing of the answer is."""
    seen = looked(watch, shop)
    answer(watch, told(seen, deployment(seen, **place)))

    reading = history(watch, shop, seen)

    assert is_seen == isinstance(reading, Seen)
    if isinstance(reading, Blind):
        assert (
            f"it shows {seen.services[0].serving[0].id} of {''.join(place.values())}" in reading.why
        )


def test_another_environment_is_never_used(watch: Watch, shop: RailwayProject) -> None:
    """Whatever Railway shows under an id."""
    seen = looked(watch, shop)
    answer(watch, told(replace(seen, id="elsewhere")))

    reading = history(watch, shop, seen)

    assert isinstance(reading, Blind)
    assert "it shows elsewhere" in reading.why


def test_what_another_service_serves_is_never_used(watch: Watch, shop: RailwayProject) -> None:
    """What is newest of a service, and what runs, must be of it too."""
    seen = looked(watch, shop)
    answer(watch, told(seen, serves=deployment(seen, serviceId="worker")))

    reading = history(watch, shop, seen)

    assert isinstance(reading, Blind)
    assert "of worker" in reading.why


def test_a_list_that_lacks_what_is_served_is_not_complete(
    watch: Watch, shop: RailwayProject
) -> None:
    """An empty list is how Railway keeps a secret."""
    seen = looked(watch, shop)
    answer(watch, told(seen, serves=deployment(seen)))

    web = services(history(watch, shop, seen))["web"]

    running = seen.services[0].serving[0]
    assert ([running.id], False) == ([one.id for one in web.deployments], web.complete)


def bind(watch: Watch, shop: RailwayProject, environment: str) -> None:
    """Watch with a project token of this environment."""
    place = f"{shop.id}:{shop.environment(environment).id}"
    watch.world.railway_tokens["rw-project"] = f"project:{place}"
    watch.tokens = lambda _: token("rw-project", VARIABLE)


def test_a_project_token_of_the_environment_sees_its_history(
    watch: Watch, shop: RailwayProject
) -> None:
    """Under its own header, which is found by trying and then known."""
    bind(watch, shop, "staging")
    seen = looked(watch, shop)

    found = history(watch, shop, seen)

    assert (1, True) == (len(services(found)["web"].deployments), services(found)["web"].complete)
    assert VARIABLE == value_of(found).token
    assert ["History"] == watch.asked()


def test_the_header_of_a_token_is_found_by_trying(watch: Watch, shop: RailwayProject) -> None:
    """The gate may be the first that ever uses it."""
    seen = looked(watch, shop)
    bind(watch, shop, "staging")

    assert {"web"} == set(services(history(watch, shop, seen)))


def test_a_project_token_of_another_environment_sees_nothing(
    watch: Watch, shop: RailwayProject
) -> None:
    """An empty list would look like a service that was never deployed."""
    seen = looked(watch, shop)
    bind(watch, shop, "production")

    reading = history(watch, shop, seen)

    assert isinstance(reading, Blind)
    assert (BlindCause.UNSEEN, VARIABLE) == (reading.cause, reading.token)


def test_a_token_that_belongs_elsewhere_is_misplaced(watch: Watch, shop: RailwayProject) -> None:
    """Also where Railway shows what was asked for: its lists would be empty."""
    seen = looked(watch, shop)
    bind(watch, shop, "staging")
    scope = {
        "projectId": "p",
        "environmentId": "e",
        "project": {"name": "shop"},
        "environment": {"name": "production"},
    }
    watch.memory.facts["railway-header", VARIABLE] = "project"
    answer(watch, told(seen, projectToken=scope))

    reading = history(watch, shop, seen)

    assert isinstance(reading, Blind)
    assert BlindCause.MISPLACED is reading.cause


def test_a_refused_token_is_told_from_everything_else(watch: Watch, shop: RailwayProject) -> None:
    """Somebody must renew it, and knows where it comes from."""
    seen = looked(watch, shop)
    watch.tokens = lambda _: token("rw-bad", VARIABLE)

    reading = history(watch, shop, seen)

    assert isinstance(reading, Blind)
    assert (BlindCause.REFUSED, VARIABLE) == (reading.cause, reading.token)


def test_without_a_token_nothing_is_asked(watch: Watch, shop: RailwayProject) -> None:
    """Nobody configured one."""
    seen = looked(watch, shop)
    watch.tokens = lambda _: None

    reading = history(watch, shop, seen)

    assert isinstance(reading, Blind)
    assert BlindCause.UNCONFIGURED is reading.cause
    assert [] == watch.asked()


@pytest.mark.parametrize("match", ["query History(", "query HistoryPage("])
def test_a_server_that_fails_tells_nothing(watch: Watch, shop: RailwayProject, match: str) -> None:
    """Half a history is none."""
    deploy_many(watch, shop, 120)
    seen = looked(watch, shop)
    watch.world.faults.add(host="railway", mode="status", match=match, times=9)

    reading = history(watch, shop, seen)

    assert isinstance(reading, Blind)
    assert BlindCause.UNREADABLE is reading.cause
    assert "Railway answered 502" in reading.why


def test_one_list_that_fails_is_no_history(watch: Watch, shop: RailwayProject) -> None:
    """A field that fails leaves nothing of the answer; it is asked for again, and then given up."""
    seen = looked(watch, shop)
    watch.world.faults.add(host="railway", mode="partial", body="s0", times=9)

    reading = history(watch, shop, seen)

    assert isinstance(reading, Blind)
    assert "Problem processing request" in reading.why


def test_trouble_that_passes_is_none(watch: Watch, shop: RailwayProject) -> None:
    """A read may be sent again."""
    seen = looked(watch, shop)
    watch.world.faults.add(host="railway", mode="partial", body="s0")

    assert {"web"} == set(services(history(watch, shop, seen)))


def test_what_railway_says_is_redacted(watch: Watch, shop: RailwayProject) -> None:
    """A message may hold what it complains of."""
    seen = looked(watch, shop)
    watch.world.faults.add(host="railway", mode="graphql_error", body=f"bad {PLANTED}", times=9)

    reading = history(watch, shop, seen)

    assert isinstance(reading, Blind)
    assert PLANTED not in reading.why
