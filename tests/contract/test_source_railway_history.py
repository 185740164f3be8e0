"""The history of single services on Railway: how far it reaches, and whether it is ours at all."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.railway import Environment, RailwayStatus, Service
from pipeline_health.core.model.readings import Blind, BlindCause, Reading, Seen
from pipeline_health.ports import HistorySource
from pipeline_health.simulator import World
from pipeline_health.simulator.railway_world import RailwayEnvironment, RailwayProject
from railway_watch import PLANTED, Watch, policy_of, product, token, value_of, watching

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


def looked(watch: Watch, shop: RailwayProject) -> Environment:
    """Look at staging, as a cycle does, and forget what was asked for it."""
    seen = value_of(watch.look(shop)["shop"])
    watch.world.requests.clear()
    return seen


def ask(
    source: HistorySource, policy: ProjectPolicy, seen: Environment, watch: Watch
) -> Reading[Environment]:
    """Ask for the history, by the port."""
    return source.history(policy, seen, now=watch.world.now())


def history(
    watch: Watch, shop: RailwayProject, seen: Environment, policy: ProjectPolicy | None = None
) -> Reading[Environment]:
    """Ask for the history as a new process does."""
    return ask(watch.source(), policy or policy_of(shop), seen, watch)


def services(reading: Reading[Environment]) -> dict[str, Service]:
    """Give the services by name, or fail with why there are none."""
    return {service.name: service for service in value_of(reading).services}


def staging(shop: RailwayProject) -> RailwayEnvironment:
    """Give the environment."""
    return shop.environment("staging")


def deploy_many(watch: Watch, shop: RailwayProject, count: int, status: str = "FAILED") -> None:
    """Deploy again and again, a second apart."""
    for _ in range(count):
        watch.world.advance(timedelta(seconds=1))
        staging(shop).service("web").deploy(status)


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


# -- what is not ours --------------------------------------------------------------------------

ENDS = {"hasNextPage": False, "endCursor": None}


def listed(*nodes: object) -> dict[str, object]:
    """Give a connection that ends here."""
    return {"edges": [{"node": node} for node in nodes], "pageInfo": ENDS}


def deployment(environment: Environment, **place: str) -> dict[str, object]:
    """Give what is served, in this *place* instead of its own."""
    [service] = environment.services
    return {
        "id": service.serving[0].id,
        "projectId": environment.project_id,
        "environmentId": environment.id,
        "serviceId": service.id,
        "status": "SUCCESS",
        "createdAt": "2026-03-02T10:00:00Z",
        "updatedAt": "2026-03-02T10:00:00Z",
        "statusUpdatedAt": None,
        "deploymentStopped": False,
        "meta": {},
        "instances": [],
        **place,
    }


def told(
    environment: Environment, *deployments: object, serves: object = None, **more: object
) -> str:
    """Give an answer that lists *deployments*, and one that the only service *serves*."""
    [service] = environment.services
    instance = {
        "serviceId": service.id,
        "serviceName": "web",
        "deletedAt": None,
        "cronSchedule": None,
        "source": None,
        "latestDeployment": serves,
        "activeDeployments": [] if serves is None else [serves],
    }
    shown = {"id": environment.id, "name": "staging", "projectId": environment.project_id}
    whole = {**shown, "serviceInstances": listed(instance)}
    return json.dumps({"data": {"environment": whole, "s0": listed(*deployments), **more}})


def answer(watch: Watch, body: str) -> None:
    """Let Railway give *body* to the next question about a history."""
    watch.world.faults.add(host="railway", mode="status", match="History", status=200, body=body)


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


# -- tokens and trouble ------------------------------------------------------------------------


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
