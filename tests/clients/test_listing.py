"""What there is for a token, at both providers, to the end of their lists."""

from collections.abc import Iterator
from itertools import count

import httpx
import pytest

from pipeline_health.clients.errors import ClientError, UnexpectedShapeError
from pipeline_health.clients.github_listing import Repositories, repository_of
from pipeline_health.clients.http import Http
from pipeline_health.clients.json import Json
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_access import Access, HeaderForm
from pipeline_health.clients.railway_listing import PAGE, Listing
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.portfolio import Habits
from pipeline_health.secret import Secret
from pipeline_health.simulator import Call, Simulator, World
from pipeline_health.simulator.railway_world import WORKSPACE_ID
from wire import Notebook, StillClock, github_wire

ACCESS = Access(secret=Secret("rw-good-token"), form=HeaderForm.BEARER)


class _Line(httpx.BaseTransport):
    """Carries requests to a world, without a socket."""

    def __init__(self, world: World) -> None:
        self._simulator = Simulator(world)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask."""
        call = Call(
            method=request.method,
            target=request.url.raw_path.decode(),
            headers=dict(request.headers),
            body=request.read(),
        )
        is_railway = request.url.host == "railway.test"
        answer = self._simulator.answer("railway" if is_railway else "github", call)
        stream = httpx.ByteStream(answer.body)
        return httpx.Response(answer.status, headers=answer.headers, stream=stream)


@pytest.fixture
def world() -> Iterator[World]:
    """Give a world that is asked nothing that no provider would understand."""
    made = World()
    yield made
    assert made.refusals == []


@pytest.fixture
def http(world: World) -> Http:
    """Give a client that asks *world*."""
    return Http(clock=StillClock(world.now()), jitter=lambda: 0.0, transport=_Line(world))


@pytest.fixture
def listing(world: World, http: Http) -> Listing:
    """Give what lists Railway."""
    clock = StillClock(world.now())
    url = "https://railway.test/graphql/v2"
    return Listing(Railway(http, api=url, clock=clock, memory=Notebook()).asking)


def repositories(world: World, http: Http, *, is_app: bool = False) -> Repositories:
    """Give what lists GitHub, for a person or for an App's installation."""
    clock = StillClock(world.now())
    token = "gh-app-token" if is_app else "gh-good-token"
    wire = github_wire(http, "https://github.test", clock=clock, token=token)
    return Repositories(wire=wire, is_app=is_app)


def test_every_project_of_a_workspace_is_listed(world: World, listing: Listing) -> None:
    """Over several pages; what was deleted is not, nor what another workspace has."""
    for at in range(PAGE + 2):
        world.railway(f"p{at}").environment("staging")
    world.railway("p0").environment("pr-1", ephemeral=True)
    world.railway("p2").workspace = "another"

    found = listing.projects(ACCESS, WORKSPACE_ID)

    assert len(found) == PAGE + 1
    assert [place.name for place in found[0].environments] == ["staging"]
    assert set(listing.workspaces(ACCESS)) == {WORKSPACE_ID, "another"}
    assert ["p2"] == [one.name for one in listing.projects(ACCESS, "another")]
    world.railway("p1").deleted_at = world.now()
    assert len(listing.projects(ACCESS, WORKSPACE_ID)) == PAGE


def test_one_environment_that_fails_costs_no_other(world: World, listing: Listing) -> None:
    """Railway nulls the whole answer and names the place, or names none."""
    shop = world.railway("shop")
    for name in ("a", "b", "c"):
        shop.environment(name).service("web").domains += [f"{name}.example", "a.up.railway.app"]
    shop.environment("b").restricted = True
    shop.environment("c").service("old").deleted_at = world.now()
    ids = {name: place.id for name, place in shop.environments.items()}

    found = listing.served(ACCESS, [*ids.values()])

    assert isinstance(found[ids["b"]], ClientError)
    served = found[ids["c"]]
    assert not isinstance(served, ClientError)
    assert [one.domains for one in served] == [("c.example", "a.up.railway.app")]
    world.faults.add(host="railway", mode="graphql_error", match="e2: environment", times=9)
    assert not isinstance(listing.served(ACCESS, [*ids.values()])[ids["a"]], ClientError)


def test_a_list_of_services_that_goes_on_is_no_whole_one(world: World, listing: Listing) -> None:
    """Half of the domains would look like all of them."""
    staging = world.railway("shop").environment("staging")
    for at in range(101):
        staging.service(f"s{at}")

    error = listing.served(ACCESS, [staging.id])[staging.id]

    assert isinstance(error, UnexpectedShapeError)
    assert "more than 100 services" in str(error)


def test_a_list_of_projects_without_an_end_is_an_error() -> None:
    """And so is an answer of another shape."""
    pages = count()

    def answer(_: httpx.Request) -> httpx.Response:
        page = {"hasNextPage": True, "endCursor": str(next(pages))}
        told = {"projects": {"edges": [], "pageInfo": page}, "e0": {"serviceInstances": 1}}
        return httpx.Response(200, json={"data": told})

    http = Http(clock=StillClock(), jitter=lambda: 0.0, transport=httpx.MockTransport(answer))
    railway = Railway(http, api="https://x.test", clock=StillClock(), memory=Notebook())
    listing = Listing(railway.asking)

    with pytest.raises(UnexpectedShapeError, match="did not end within 40 pages"):
        listing.projects(ACCESS, WORKSPACE_ID)
    assert railway.requests == 40
    assert isinstance(listing.served(ACCESS, ["e"])["e"], UnexpectedShapeError)


def test_github_lists_what_it_shows(world: World, http: Http) -> None:
    """To a person's token by one list, to an App's installation by another, and page by page."""
    for at in range(101):
        world.repo(f"acme/r{at}")
    world.github_tokens["gh-app-token"] = "health[bot]"

    for is_app in (False, True):
        found = repositories(world, http, is_app=is_app).all()
        assert (101, "acme/r100", "main") == (len(found), found[0].name, found[0].branch)


def test_an_app_that_may_write_issues_need_not_push(world: World, http: Http) -> None:
    """It is granted to read the contents, so that GitHub says that it may not push."""
    world.repo("acme/shop").drops_labels = True
    world.github_tokens["gh-app-token"] = "health[bot]"
    asked = [repositories(world, http, is_app=is_app) for is_app in (False, True)]

    seen = [[*them.all(), them.one(RepoName("acme/shop"))] for them in asked]

    assert [[one and one.may_push for one in each] for each in seen] == [[False] * 2, [True] * 2]


def test_a_repository_is_found_under_its_new_name(world: World, http: Http) -> None:
    """And none where there is none."""
    world.repo("acme/old").rename("acme/new")
    asked = repositories(world, http)

    found = asked.one(RepoName("acme/old"))

    assert found is not None
    assert found.name == "acme/new"
    assert asked.one(RepoName("acme/none")) is None


def test_workflows_are_told_apart_by_what_began_them(world: World, http: Http) -> None:
    """One that a push began is one of push, whatever else began it."""
    repo = world.repo("acme/shop")
    repo.push("first")
    for workflow, event in (("CI", "push"), ("CI", "schedule"), ("Nightly", "schedule")):
        repo.run(workflow, "success", event=event)
    asked = repositories(world, http)
    found = asked.one(RepoName("acme/shop"))

    assert found is not None
    assert asked.habits(found) == Habits(on_push=("CI",), otherwise=("Nightly",))


def test_a_name_that_no_configuration_could_hold_is_left_out() -> None:
    """And what a token may do there is not always told."""
    told = {
        "full_name": "acme/shop",
        "default_branch": "main",
        "archived": False,
        "fork": False,
        "has_issues": True,
    }
    found = repository_of(Json(told))
    assert found is not None
    assert found.may_push
    assert repository_of(Json({**told, "full_name": "../../x"})) is None
