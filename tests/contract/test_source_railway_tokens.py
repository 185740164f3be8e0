"""How the Railway source gets by with each kind of token, and what it says of one that is bad."""

import json
from collections.abc import Iterator

import pytest

from pipeline_health.clients.railway import Railway
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.readings import BlindCause, Seen
from pipeline_health.simulator import World
from pipeline_health.simulator.railway_world import RailwayProject
from pipeline_health.sources.railway import RailwaySource
from railway_watch import Watch, blame, product, token, value_of, watching, why
from wire import NOON, Notebook, Said, StillClock, http_at, saying

PROJECT_TOKEN = "rw-project-token"
VARIABLE = "RAILWAY_TOKEN_SHOP"


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Watch an empty world with a project token."""
    with watching(World()) as watch:
        watch.tokens = lambda _: token(PROJECT_TOKEN, VARIABLE)
        yield watch


def bind(watch: Watch, project: RailwayProject, environment: str = "staging") -> None:
    """Make the project token one of this environment."""
    place = f"{project.id}:{project.environment(environment).id}"
    watch.world.railway_tokens[PROJECT_TOKEN] = f"project:{place}"


def test_a_project_token_is_known_by_trying(watch: Watch) -> None:
    """The other header is tried once, and what worked is remembered by the variable's name."""
    shop = product(watch.world)
    bind(watch, shop)

    seen = value_of(watch.look(shop)["shop"])
    assert ("staging", VARIABLE) == (seen.name, seen.token)
    assert ["Find", "TokenScope", "ProjectTokenScope", "Look"] == watch.asked()
    assert {
        ("railway-header", VARIABLE): "project",
        ("railway-environment", f"{shop.id}/staging"): shop.environment("staging").id,
        ("railway-project-name", shop.id): "shop",
    } == watch.memory.facts


def test_a_quiet_look_by_a_project_token_is_one_request(watch: Watch) -> None:
    """Scope and deployments come in one answer."""
    shop = product(watch.world)
    bind(watch, shop)
    watch.look(shop)
    watch.asked()

    watch.look(shop)

    assert ["Look"] == watch.asked()
    assert "projectToken" in _document(watch, shop)


def _document(watch: Watch, project: RailwayProject) -> str:
    """Give the document of one more look."""
    watch.look(project)
    return watch.world.requests[-1].document or ""


@pytest.mark.parametrize("remembered", [False, True], ids=["first-look", "later"])
def test_a_token_of_another_environment_is_blind(watch: Watch, *, remembered: bool) -> None:
    """A sibling's deployments would be an empty list without an error: the scope gives it away."""
    shop = product(watch.world)
    if remembered:
        bind(watch, shop)
        watch.look(shop)
    bind(watch, shop, "production")

    looked = watch.look(shop)["shop"]
    blind = why(looked)

    assert (BlindCause.MISPLACED, VARIABLE) == blame(looked)
    assert (
        f"{VARIABLE} belongs to environment production of Railway project shop ({shop.id}), "
        f"not to staging of Railway project {'shop' if remembered else shop.id}" == blind
    )


def test_a_token_of_another_project_is_blind(watch: Watch) -> None:
    """One project token cannot stand for two projects."""
    shop, blog = product(watch.world), product(watch.world, "blog")
    bind(watch, blog)

    looked = watch.look(shop, blog)

    assert "belongs to environment staging of Railway project blog" in why(looked["shop"])
    assert isinstance(looked["blog"], Seen)


def test_an_environment_that_was_made_anew_is_followed(watch: Watch) -> None:
    """When the token belongs to a new environment of the same name, that one is looked at."""
    shop = product(watch.world)
    bind(watch, shop)
    watch.look(shop)
    del shop.environments["staging"]
    bind(watch, shop)

    new = shop.environment("staging").id

    assert new == value_of(watch.look(shop)["shop"]).id
    assert new == watch.memory.facts["railway-environment", f"{shop.id}/staging"]


def test_a_project_token_may_be_replaced_by_another_kind(watch: Watch) -> None:
    """When the remembered header is refused the other one is tried, and remembered."""
    shop = product(watch.world)
    bind(watch, shop)
    watch.look(shop)
    watch.world.railway_tokens[PROJECT_TOKEN] = "workspace"

    assert isinstance(watch.look(shop)["shop"], Seen)
    assert "bearer" == watch.memory.facts["railway-header", VARIABLE]


@pytest.mark.parametrize("remembered", [False, True], ids=["first-look", "later"])
def test_a_bad_token_is_named(watch: Watch, *, remembered: bool) -> None:
    """A token that Railway refuses under both headers blinds all its projects, and is named."""
    projects = [product(watch.world), product(watch.world, "blog")]
    if remembered:
        watch.world.railway_tokens[PROJECT_TOKEN] = "account"
        watch.look(*projects)
    watch.world.railway_tokens.pop(PROJECT_TOKEN, None)
    watch.asked()

    looked = watch.look(*projects)

    assert (
        f"Railway refused {VARIABLE} (Not Authorized: invalid, expired, of the wrong kind, or it "
        f"cannot see staging of Railway project {'shop' if remembered else projects[0].id})"
        == why(looked["shop"])
    )
    assert (BlindCause.REFUSED, VARIABLE) == blame(looked["shop"]) == blame(looked["blog"])
    assert len(watch.asked()) <= 4


def test_one_bad_token_blinds_nobody_else(watch: Watch) -> None:
    """Projects with tokens of their own do not share their troubles."""
    shop, blog = product(watch.world), product(watch.world, "blog")
    watch.tokens = lambda name: (
        token("rw-bad-token", "RAILWAY_TOKEN_BLOG") if name == "blog" else token()
    )

    looked = watch.look(shop, blog)

    assert isinstance(looked["shop"], Seen)
    assert "Railway refused RAILWAY_TOKEN_BLOG" in why(looked["blog"])


def test_a_fault_while_looking_by_project_is_blind(watch: Watch) -> None:
    """An answer that never comes whole blinds the project, and does not blame the token."""
    shop = product(watch.world)
    bind(watch, shop)
    watch.look(shop)
    watch.world.faults.add(host="railway", mode="html", times=9)

    looked = watch.look(shop)["shop"]

    assert "could not read staging of Railway project shop: Railway answered 502" == why(looked)
    assert (BlindCause.UNREADABLE, VARIABLE) == blame(looked)


def test_a_failing_alias_is_blind_by_project_too(watch: Watch) -> None:
    """An error other than a refusal is told as it is."""
    shop = product(watch.world)
    bind(watch, shop)
    watch.look(shop)
    watch.world.faults.add(host="railway", mode="partial", body="e0", times=9)

    assert "Railway said: Problem processing request" in why(watch.look(shop)["shop"])


def test_a_restricted_environment_is_blind() -> None:
    """An environment whose contents are kept from the token is not taken for an empty one."""
    node = {"id": "e1", "name": "staging", "canAccess": False}
    page = {"edges": [{"node": node}], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    found = {"id": "p1", "name": "shop", "environments": page}
    script = saying(Said(body=json.dumps({"data": {"projectsByIds": [found]}}).encode()))
    clock = StillClock()
    policy = ProjectPolicy(
        name=ProjectName("shop"), repo=RepoName("acme/shop"), railway_project="p1"
    )

    with script.running(), http_at(clock) as http:
        source = RailwaySource(
            Railway(http, api=script.url, clock=clock, memory=Notebook()),
            tokens=lambda _: token(),
            production=lambda _: token(),
            memory=Notebook(),
            redact=str,
        )
        looked = source.look([policy], now=NOON)

    assert "RAILWAY_TOKEN is not let into staging of Railway project shop: it is restricted" == why(
        looked[policy.name].staging
    )
    assert (BlindCause.UNSEEN, "RAILWAY_TOKEN") == blame(looked[policy.name].staging)
    assert 1 == len(script.asked)
