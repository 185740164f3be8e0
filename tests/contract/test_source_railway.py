"""What a deploy source promises, held by the Railway source over real HTTP."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline_health.core.model.deployed import Deployed
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import Blind, BlindCause, NotAsked, Seen
from pipeline_health.core.model.report import Usage
from pipeline_health.ports import DeploySource, LedgerError
from pipeline_health.simulator import World
from pipeline_health.simulator.faults import Mode
from railway_watch import PLANTED, Watch, blame, policy_of, product, token, value_of, watching, why
from wire import Notebook


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Watch an empty world."""
    with watching(World()) as watch:
        yield watch


def test_it_is_a_deploy_source(watch: Watch) -> None:
    """The Railway source is what the agent asks for deployments."""
    source: DeploySource = watch.source()

    assert Usage(requests=0) == source.usage()


def test_what_is_deployed_is_seen(watch: Watch) -> None:
    """A look gives the environment with its services, their deployments and what is served."""
    shop = product(watch.world)
    failed = shop.environment("staging").service("web").deploy("FAILED")

    part = watch.look(shop)["shop"]

    assert isinstance(part, Seen)
    assert watch.world.now() == part.at
    environment = part.value
    assert ("staging", shop.id) == (environment.name, environment.project_id)
    (web,) = environment.services
    assert ("web", "acme/shop", True) == (web.name, web.repo, web.complete)
    assert failed.id in [one.id for one in web.deployments]
    assert [RailwayStatus.SUCCESS] == [one.status for one in web.serving]


def test_the_first_look_finds_and_a_quiet_one_is_one_request(watch: Watch) -> None:
    """Ids are looked up once; from then on all projects of a token are one request."""
    projects = [product(watch.world, name) for name in ("shop", "blog", "api")]

    watch.look(*projects)

    assert ["Find", "Look"] == watch.asked()
    assert 3 == len([value_of(part) for part in watch.look(*projects).values()])
    assert ["Look"] == watch.asked()
    assert 3 == watch.source().usage().requests


def test_a_large_portfolio_is_looked_at_in_batches(watch: Watch) -> None:
    """No request asks for more environments than a batch of projects has."""
    projects = [product(watch.world, f"p{at}") for at in range(5)]
    watch.batch = 2

    looked = watch.look(*projects)

    assert all(isinstance(part, Seen) for part in looked.values())
    assert ["Find", "Look", "Look", "Look"] == watch.asked()


def test_what_is_not_configured_is_not_asked_for(watch: Watch) -> None:
    """A project without a Railway project needs no token and no request."""
    policy = ProjectPolicy(name=ProjectName("site"), repo=RepoName("acme/site"))
    watch.tokens = lambda _: None

    looked = watch.source().look([policy], now=watch.world.now())

    assert {"site": Deployed(staging=NotAsked(), production=NotAsked())} == looked
    assert [] == watch.asked()


def test_no_token_is_blind(watch: Watch) -> None:
    """A project that is to be watched and has no token says which variable to set."""
    shop = product(watch.world)
    watch.tokens = lambda _: None

    looked = watch.look(shop)["shop"]

    assert "no Railway token for shop: set RAILWAY_TOKEN" in why(looked)
    assert (BlindCause.UNCONFIGURED, "") == blame(looked)


@pytest.mark.parametrize("name", ["staging", "STAGING", "Staging"])
def test_an_environment_is_found_by_name(watch: Watch, name: str) -> None:
    """Names are free text: the exact one wins, and the case may differ when only one fits."""
    shop = product(watch.world)

    assert "staging" == value_of(watch.look(shop, environment=name)["shop"]).name


def test_an_environment_is_found_by_id(watch: Watch) -> None:
    """The configuration may name the id."""
    shop = product(watch.world)
    wanted = shop.environment("staging").id

    assert wanted == value_of(watch.look(shop, environment=wanted)["shop"]).id


def test_names_that_differ_by_case_only_are_told_apart(watch: Watch) -> None:
    """With several that fit but for their case, only the exact one is taken."""
    shop = product(watch.world)
    upper = shop.environment("STAGING")

    assert upper.id == value_of(watch.look(shop, environment="STAGING")["shop"]).id
    assert "has 2 environments called Staging" in why(
        watch.look(shop, environment="Staging")["shop"]
    )


def test_a_missing_environment_names_the_ones_there_are(watch: Watch) -> None:
    """A name that is not there is answered with those that are."""
    shop = product(watch.world)

    looked = watch.look(shop, environment="stage")["shop"]
    blind = why(looked)

    assert (BlindCause.UNSEEN, "RAILWAY_TOKEN") == blame(looked)
    assert "shop has no environment called stage; there are: production, staging;" in blind
    assert "set staging_environment" in blind


def test_many_environments_are_not_all_named(watch: Watch) -> None:
    """A long list of environments is cut, and says so."""
    shop = product(watch.world)
    for at in range(20):
        shop.environment(f"copy-{at}")

    assert "copy-7, and more;" in why(watch.look(shop, environment="stage")["shop"])


def test_a_project_that_the_token_does_not_see_is_blind(watch: Watch) -> None:
    """Railway leaves such a project out without an error; we do not take that for health."""
    shop = product(watch.world)
    policy = policy_of(shop)
    del watch.world.projects["shop"]

    looked = watch.source().look([policy], now=watch.world.now())

    assert f"RAILWAY_TOKEN does not see Railway project {shop.id}" == why(
        looked[policy.name].staging
    )


def test_a_renamed_environment_is_looked_up_again(watch: Watch) -> None:
    """When the remembered id has another name now, whoever bears the name is looked at."""
    shop = product(watch.world)
    watch.look(shop)
    shop.environment("staging").name = "staging-old"
    new = shop.environment("next")
    new.name = "staging"

    assert new.id == value_of(watch.look(shop)["shop"]).id


def test_a_deleted_environment_is_looked_up_again(watch: Watch) -> None:
    """A remembered id that leads nowhere is forgotten in the same cycle."""
    shop, blog = product(watch.world), product(watch.world, "blog")
    watch.look(shop, blog)
    del shop.environments["staging"]
    new = shop.environment("staging")
    watch.asked()

    looked = watch.look(shop, blog)

    assert new.id == value_of(looked["shop"]).id
    assert "staging" == value_of(looked["blog"]).name
    assert ["Look", "TokenScope", "Look", "Find", "Look"] == watch.asked()


def test_an_environment_that_is_gone_is_blind(watch: Watch) -> None:
    """An environment that was deleted and not made again is not healthy."""
    shop = product(watch.world)
    watch.look(shop)
    del shop.environments["staging"]

    assert "has no environment called staging; there are: production" in why(
        watch.look(shop)["shop"]
    )


def test_an_environment_of_another_project_is_blind(watch: Watch) -> None:
    """An id that leads into another project is looked up again, never believed."""
    shop, blog = product(watch.world), product(watch.world, "blog")
    elsewhere = blog.environment("staging").id
    key = ("railway-environment", f"{shop.id}/staging")
    watch.memory.facts[key] = elsewhere

    assert shop.environment("staging").id == value_of(watch.look(shop)["shop"]).id
    assert shop.environment("staging").id == watch.memory.facts[key]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sets(st.sampled_from(range(6))))
def test_exactly_what_fails_is_blind(gone: set[int]) -> None:
    """Whichever environments fail, those are blind and all the others are seen."""
    world = World()
    projects = [product(world, f"p{at}") for at in range(6)]
    with watching(world) as watch:
        watch.look(*projects)
        for at in gone:
            del projects[at].environments["staging"]
        looked = watch.look(*projects)

    blind = {name for name, part in looked.items() if isinstance(part, Blind)}
    assert {f"p{at}" for at in gone} == blind


def test_an_alias_that_fails_for_long_is_blind_alone(watch: Watch) -> None:
    """An error that names one environment leaves the others to be seen."""
    projects = [product(watch.world, name) for name in ("a", "b", "c")]
    watch.look(*projects)
    watch.world.faults.add(host="railway", mode="partial", body="e1", times=3)

    looked = watch.look(*projects)

    assert "could not read staging of Railway project b: Railway said: Problem" in why(looked["b"])
    assert ["a", "c"] == [name for name, part in looked.items() if isinstance(part, Seen)]


@pytest.mark.parametrize("mode", ["html", "truncate", "empty", "cut_before", "status", "partial"])
def test_a_fault_that_passes_is_not_noticed(watch: Watch, mode: Mode) -> None:
    """What comes whole the second time is seen."""
    shop = product(watch.world)
    watch.look(shop)
    watch.world.faults.add(host="railway", mode=mode, body="e0" if mode == "partial" else "")

    assert isinstance(watch.look(shop)["shop"], Seen)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("html", "answered 502"),
        ("truncate", "no JSON"),
        ("cut_before", "no whole answer"),
        ("graphql_error", "Something went wrong"),
        ("primary_limit", "rate limit is reached"),
    ],
)
def test_a_fault_that_lasts_is_blind(watch: Watch, mode: Mode, words: str) -> None:
    """What never comes whole blinds everything in the batch, and says why, in a bounded way."""
    projects = [product(watch.world, name) for name in ("shop", "blog")]
    watch.look(*projects)
    watch.world.faults.add(host="railway", mode=mode, times=99)

    looked = watch.look(*projects)

    assert all(words in why(part) for part in looked.values())
    assert len(watch.asked()) <= 24


def test_a_fault_while_finding_is_blind(watch: Watch) -> None:
    """A project whose environment could not be looked up is blind, and looked up the next time."""
    shop = product(watch.world)
    watch.world.faults.add(host="railway", mode="graphql_error", body=f"see {PLANTED}", times=9)

    looked = watch.look(shop)["shop"]
    blind = why(looked)
    watch.world.faults.clear()

    assert (BlindCause.UNREADABLE, "RAILWAY_TOKEN") == blame(looked)
    assert (
        f"could not look for staging of Railway project {shop.id}: Railway said: see ***" == blind
    )
    assert isinstance(watch.look(shop)["shop"], Seen)


class TornNotebook(Notebook):
    """A memory that cannot be written."""

    def remember(self, topic: str, key: str, fact: str, *, now: object) -> None:
        """Fail."""
        msg = f"the disk is full: {topic} {key} {fact} {now}"
        raise LedgerError(msg)


def test_a_memory_that_fails_is_blind(watch: Watch) -> None:
    """A look never raises, not even for our own troubles."""
    shop = product(watch.world)
    watch.memory = TornNotebook()

    assert "the disk is full" in why(watch.look(shop)["shop"])


def test_a_rate_limit_that_ends_soon_is_waited_for(watch: Watch) -> None:
    """Retry-After is honoured, also a fraction of a second."""
    shop = product(watch.world)
    watch.look(shop)
    watch.world.faults.add(host="railway", mode="primary_limit", seconds=2.5)

    assert isinstance(watch.look(shop)["shop"], Seen)
    assert [2.5] == watch.clock.slept


def test_two_projects_may_watch_one_environment(watch: Watch) -> None:
    """Both are told what there is, and it is asked for once."""
    shop = product(watch.world)
    policies = [policy_of(shop), policy_of(shop)]
    twin = ProjectPolicy(
        name=ProjectName("twin"), repo=RepoName("acme/twin"), railway_project=shop.id
    )

    looked = watch.source().look([*policies, twin], now=watch.world.now())

    assert looked[ProjectName("shop")] == looked[twin.name]
    assert ["Find", "Look"] == watch.asked()


def test_nothing_is_asked_that_railway_would_not_understand(watch: Watch) -> None:
    """No look, first or later, sends what the published schema refuses."""
    shop = product(watch.world)
    watch.look(shop)
    watch.world.advance(timedelta(minutes=5))
    watch.look(shop)
    watch.tokens = lambda _: token("rw-bad-token")
    watch.look(shop)

    assert [] == watch.world.refusals
