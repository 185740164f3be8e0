import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from pipeline_health.clients.errors import (
    ClientError,
    NothingThereError,
    RateLimitedError,
    UnexpectedShapeError,
    UnreachableError,
)
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_access import HeaderForm
from pipeline_health.clients.railway_errors import NotAuthorizedError, TokenRefusedError
from pipeline_health.core.model.railway import RailwayStatus, Service
from pipeline_health.core.model.readings import Seen
from pipeline_health.simulator import World
from pipeline_health.simulator.railway_world import RailwayEnvironment
from railway_watch import Watch, access, product, value_of, watching
from wire import Asked, Notebook, Said, Script, StillClock, http_at, saying

WATCHED = "No changes to watched files"


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Watch an empty world."""
    with watching(World()) as watch:
        yield watch


def services(watch: Watch, environment: RailwayEnvironment) -> dict[str, Service]:
    """Look at *environment* and give its services by name."""
    looked = watch.client.look(access(), [environment.id])[environment.id]
    assert not isinstance(looked, ClientError), looked
    return {service.name: service for service in value_of(looked).services}


def deploy_often(
    watch: Watch, environment: RailwayEnvironment, name: str, count: int, **fields: Any
) -> None:
    """Deploy a service *count* times, a minute apart."""
    for _ in range(count):
        watch.world.advance(timedelta(minutes=1))
        environment.service(name).deploy(**{"status": "FAILED", **fields})


def test_many_services_are_all_read(watch: Watch) -> None:
    """An environment with more services than a page holds is read to its end."""
    staging = watch.world.railway("shop").environment("staging")
    for at in range(205):
        staging.service(f"s{at}").deploy("SUCCESS")

    assert 205 == len(services(watch, staging))
    assert 2 == watch.asked().count("InstancesPage")


def test_a_deleted_service_is_not_read(watch: Watch) -> None:
    """A service that was deleted is left out."""
    staging = product(watch.world).environment("staging")
    staging.service("web").deleted_at = watch.world.now()

    assert {} == services(watch, staging)


def test_a_failure_behind_watched_path_skips_is_found(watch: Watch) -> None:
    """A failed deployment that left the first page under skips is still the newest that counts."""
    staging = product(watch.world).environment("staging")
    deploy_often(watch, staging, "web", 1)
    deploy_often(watch, staging, "web", 70, status="SKIPPED", skipped_reason=WATCHED)

    web = services(watch, staging)["web"]

    assert web.complete
    assert RailwayStatus.FAILED in [one.status for one in web.deployments]
    assert ["Look", "DeploymentsPage", "DeploymentsPage"] == watch.asked()


def test_a_busy_neighbour_hides_nothing(watch: Watch) -> None:
    """The newest deployment of a quiet service is known without its place in the list."""
    staging = product(watch.world).environment("staging")
    deploy_often(watch, staging, "busy", 40)

    found = services(watch, staging)

    assert [True, True] == [service.complete for service in found.values()]
    assert [RailwayStatus.SUCCESS] == [one.status for one in found["web"].deployments]
    assert ["Look"] == watch.asked()


def test_a_history_without_end_is_not_called_complete(watch: Watch) -> None:
    """Where nothing that counts is found within bounded pages, the service says so.

    What is served is older than what could not be read, so that it is no newest deployment.
    """
    staging = product(watch.world).environment("staging")
    deploy_often(watch, staging, "web", 300, status="SKIPPED", skipped_reason=WATCHED)

    web = services(watch, staging)["web"]

    assert not web.complete
    assert {RailwayStatus.SKIPPED} == {one.status for one in web.deployments}
    assert [RailwayStatus.SUCCESS] == [one.status for one in web.serving]
    assert 5 == watch.asked().count("DeploymentsPage")


def test_an_empty_page_that_promises_more_tells_nothing() -> None:
    """Pages without anything in them leave open what is newest."""
    more = {"edges": [], "pageInfo": {"hasNextPage": True, "endCursor": "same"}}
    last = {"id": "d1", "status": "REMOVED", "createdAt": "2026-03-02T12:00:00Z"}
    service = {"serviceId": "s1", "serviceName": "web", "latestDeployment": last}
    node = service | {"activeDeployments": []}
    instances = {"edges": [{"node": node}], "pageInfo": {"hasNextPage": False}}
    whole = environment("a") | {"serviceInstances": instances, "deployments": more}

    script = saying(said({"data": {"e0": whole}}), said({"data": {"deployments": more}}))
    looked = looked_through(script, "a")["a"]

    assert isinstance(looked, Seen)
    (web,) = looked.value.services
    assert (False, ()) == (web.complete, web.deployments)


def test_a_service_that_never_did_anything_else_is_complete(watch: Watch) -> None:
    """When the whole history holds nothing that counts, that is known."""
    staging = watch.world.railway("shop").environment("staging")
    deploy_often(watch, staging, "web", 60, status="SKIPPED", skipped_reason=WATCHED)

    assert services(watch, staging)["web"].complete


def test_a_further_page_that_fails_is_no_environment(watch: Watch) -> None:
    """Half of the services would look like health, so none are given."""
    staging = watch.world.railway("shop").environment("staging")
    for at in range(101):
        staging.service(f"s{at}")
    watch.world.faults.add(
        host="railway", mode="graphql_error", match="InstancesPage", body="Not Authorized"
    )

    looked = watch.client.look(access(), [staging.id])[staging.id]

    assert isinstance(looked, NotAuthorizedError)


def test_projects_are_found_or_not(watch: Watch) -> None:
    """Every id that was asked for is answered, also what Railway leaves out."""
    shop = product(watch.world)

    found = watch.client.find(access(), [shop.id, "nowhere", shop.id])

    assert [shop.id, "nowhere"] == list(found)
    assert isinstance(found["nowhere"], NothingThereError)
    assert not isinstance(found[shop.id], ClientError)


def test_a_refusal_that_is_not_the_tokens_fault_is_no_refused_token(watch: Watch) -> None:
    """When finding is refused, who we are is asked before the token is blamed."""
    shop = product(watch.world)
    watch.world.faults.add(host="railway", mode="graphql_error", body="Not Authorized", times=1)

    found = watch.client.find(access(), [shop.id])

    assert NotAuthorizedError is type(found[shop.id])
    assert ["Find", "TokenScope"] == watch.asked()


@pytest.mark.parametrize("form", list(HeaderForm))
def test_a_bad_token_is_refused_under_either_header(watch: Watch, form: HeaderForm) -> None:
    """A refused token raises, whatever was asked with it."""
    shop = product(watch.world)
    staging = shop.environment("staging")
    bad = access("rw-bad-token", form)

    with pytest.raises(TokenRefusedError):
        watch.client.prove(bad)
    with pytest.raises(TokenRefusedError):
        watch.client.find(bad, [shop.id])
    with pytest.raises(TokenRefusedError):
        watch.client.look(bad, [staging.id])
    with pytest.raises(TokenRefusedError):
        watch.client.look_with_scope(bad, staging.id)


def test_a_good_token_proves_itself(watch: Watch) -> None:
    """An account's token is proved without an error."""
    watch.client.prove(access())

    assert ["TokenScope"] == watch.asked()
    assert 1 == watch.client.requests


def test_a_project_token_proves_itself_by_its_scope(watch: Watch) -> None:
    """The question who we are is another one for a project token."""
    shop = product(watch.world)
    place = f"{shop.id}:{shop.environment('staging').id}"
    watch.world.railway_tokens["rw-project-token"] = f"project:{place}"

    watch.client.prove(access("rw-project-token", HeaderForm.PROJECT))

    assert ["ProjectTokenScope"] == watch.asked()


def test_steps_of_nothing_are_none(watch: Watch) -> None:
    """A deployment that Railway does not know any more has no steps, and that is no error."""
    watch.world.faults.add(host="railway", mode="graphql_error", body="Deployment not found")

    assert () == watch.client.steps(access(), "gone")


def test_a_sibling_is_refused_beside_the_scope(watch: Watch) -> None:
    """A project token that looks at a sibling learns where it belongs, and sees nothing."""
    shop = product(watch.world)
    place = f"{shop.id}:{shop.environment('staging').id}"
    watch.world.railway_tokens["rw-project-token"] = f"project:{place}"
    mine = access("rw-project-token", HeaderForm.PROJECT)

    look = watch.client.look_with_scope(mine, shop.environment("production").id)

    assert ("shop", "staging") == (look.scope.project, look.scope.environment)
    assert isinstance(look.looked, NotAuthorizedError)


def test_the_request_is_what_railway_documents() -> None:
    """A POST of JSON to the very URL, with our User-Agent and one of the two headers."""
    script = saying(Said(body=b'{"data": {"apiToken": {"workspaces": []}}}'))
    with script.running(), http_at(StillClock()) as http:
        railway = Railway(http, api=script.url, clock=StillClock(), memory=Notebook())
        railway.prove(access("planted"))

    (asked,) = script.asked
    assert ("POST", "/graphql/v2") == (asked.method, asked.path)
    assert "Bearer planted" == asked.headers["Authorization"]
    assert asked.headers["User-Agent"].startswith("pipeline-health/")
    assert {"query", "variables"} == set(json.loads(asked.body))


def looked_through(script: Script, *ids: str) -> dict[str, Seen[Any] | ClientError]:
    """Look at *ids* as Railway answers by *script*."""
    clock = StillClock()
    with script.running(), http_at(clock) as http:
        client = Railway(http, api=script.url, clock=clock, memory=Notebook())
        return dict(client.look(access(), ids))


def environment(name: str) -> dict[str, Any]:
    """Give an environment without services as Railway shows it."""
    empty = {"edges": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    return {
        "id": name,
        "name": name,
        "projectId": "p1",
        "serviceInstances": empty,
        "deployments": empty,
    }


def failing(alias: str, *, message: str = "Problem", deeper: bool = False) -> dict[str, Any]:
    """Give an error at *alias*."""
    path = [alias, "serviceInstances", 0] if deeper else [alias]
    code = {"code": "INTERNAL_SERVER_ERROR"}
    return {"message": message, "path": path, "extensions": code}


def said(body: object) -> Said:
    """Give an answer of JSON."""
    return Said(body=json.dumps(body).encode())


def limited(*path: str) -> dict[str, Any]:
    """Give what Railway might say of its limit in a 200."""
    error = {"message": "Rate limit exceeded", "path": [*path]}
    return {"data": None, "errors": [error | {"extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}


def test_data_beside_an_error_below_it_is_not_believed() -> None:
    """A nullable field that failed is null in the data, which would read as no deployment."""
    data = {"e0": environment("a"), "e1": environment("b")}
    body = {"data": data, "errors": [failing("e1", deeper=True)]}

    looked = looked_through(saying(said(body)), "a", "b")

    assert isinstance(looked["a"], Seen)
    assert "Railway said: Problem" == str(looked["b"])


def test_an_alias_of_another_shape_fails_alone() -> None:
    """What cannot be read in one environment is told of that one."""
    body = {"data": {"e0": environment("a"), "e1": {"id": 3}}}

    looked = looked_through(saying(said(body)), "a", "b")

    assert isinstance(looked["a"], Seen)
    assert isinstance(looked["b"], UnexpectedShapeError)


@pytest.mark.parametrize("data", [None, {}, {"e0": None}, []], ids=repr)
def test_neither_data_nor_error_is_no_look(data: object) -> None:
    """An answer without what was asked for is not an empty environment."""
    looked = looked_through(saying(said({"data": data})), "a")

    assert isinstance(looked["a"], UnexpectedShapeError)


def test_an_alias_that_was_skipped_is_asked_again() -> None:
    """What an answer leaves out without an error is asked for by itself."""

    def answer(asked: Asked) -> Said:
        names = json.loads(asked.body)["variables"]
        return said({"data": {"e0": environment(names["e0"])}})

    script = Script(answer)

    looked = looked_through(script, "a", "b")

    assert all(isinstance(one, Seen) for one in looked.values())
    assert 2 == len(script.asked)


def test_a_list_of_services_without_end_is_refused() -> None:
    """A cursor that repeats would go on for ever."""
    endless = {"edges": [], "pageInfo": {"hasNextPage": True, "endCursor": "same"}}
    whole = environment("a") | {"serviceInstances": endless}
    page = {"data": {"environment": {"serviceInstances": endless}}}

    looked = looked_through(saying(said({"data": {"e0": whole}}), said(page)), "a")

    assert "Railway's list of services did not end within 2 pages" == str(looked["a"])


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(said(limited("e0")), id="of-one"),
        pytest.param(said(limited()), id="of-all"),
        pytest.param(Said(status=429), id="without-a-time"),
    ],
)
def test_a_limit_that_names_no_end_is_obeyed_for_a_minute(answer: Said) -> None:
    """However it is told, nothing more is asked: not of the others, and not for something else."""
    clock, memory = StillClock(), Notebook()
    with saying(answer).running() as script, http_at(clock) as http:
        railway = Railway(http, api=script.url, clock=clock, memory=memory)
        looked = railway.look(access(), [f"e{at}" for at in range(5)])
        for _ in range(2):
            with pytest.raises(RateLimitedError):
                railway.build_log(access(), "d", limit=3)

    assert [RateLimitedError] * 5 == [type(one) for one in looked.values()]
    assert 1 == len(script.asked)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Said(status=429, headers={"Retry-After": "3600"}), RateLimitedError),
        (Said(status=502, body=b"<html>"), UnreachableError),
        (Said(body=b"<html>Access denied</html>"), UnreachableError),
        (Said(body=b'{"data": {"e0": {'), UnreachableError),
        (Said(raw=b""), UnreachableError),
    ],
    ids=["limited", "502", "html", "truncated", "cut"],
)
def test_a_fault_of_the_transport_is_told(answer: Said, kind: type[ClientError]) -> None:
    """Whatever the wire does, it is an error of ours for every id."""
    looked = looked_through(saying(answer), "a", "b")

    assert [kind, kind] == [type(one) for one in looked.values()]
