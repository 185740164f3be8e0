"""Production on Railway: read beside staging where a token sees both, and never at its expense."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline_health.core.model.deployed import Deployed
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import DeployTrace
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import NotAsked, Part, Seen
from pipeline_health.simulator import World
from pipeline_health.simulator.railway_world import RailwayProject
from railway_watch import Watch, policy_of, product, token, value_of, watching, why

SHOP = ProjectName("shop")
VARIABLE = "RAILWAY_TOKEN_SHOP"


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Watch an empty world with an account's token."""
    with watching(World()) as watch:
        yield watch


def look(watch: Watch, *policies: ProjectPolicy) -> Deployed:
    """Look, and give what was seen of the first project."""
    return watch.source().look(policies, now=watch.world.now())[policies[0].name]


def named(project: RailwayProject, production: str = "production") -> ProjectPolicy:
    """Give the configuration of somebody who wrote down what production is called."""
    return replace(policy_of(project), production_environment=production, production_named=True)


def only_staging(watch: Watch) -> RailwayProject:
    """Make a product that was never deployed to production."""
    shop = product(watch.world)
    del shop.environments["production"]
    return shop


def bind(watch: Watch, text: str, project: RailwayProject, environment: str) -> None:
    """Make a token one of this environment."""
    place = f"{project.id}:{project.environment(environment).id}"
    watch.world.railway_tokens[text] = f"project:{place}"


def names(seen: Deployed) -> list[str]:
    """Give what the two environments are called."""
    return [value_of(part).name for part in (seen.staging, seen.production)]


def why_not(part: Part[Environment]) -> str:
    """Give why production is not asked for, or fail with what there is."""
    assert isinstance(part, NotAsked), part
    return part.why


def test_both_environments_come_in_one_request(watch: Watch) -> None:
    """A quiet look costs what it cost before."""
    policy = policy_of(product(watch.world))
    look(watch, policy)
    watch.asked()

    seen = look(watch, policy)

    assert ("staging", "production") == (
        value_of(seen.staging).name,
        value_of(seen.production).name,
    )
    assert ["Look"] == watch.asked()


def test_a_project_without_production_is_no_blindness(watch: Watch) -> None:
    """Nobody said that there is one; that there is none is remembered for a day."""
    policy = policy_of(only_staging(watch))

    seen = look(watch, policy)
    assert isinstance(seen.staging, Seen)
    assert why_not(seen.production).startswith(
        "Railway project shop has no environment called production; there are: staging; "
        "set production_environment"
    )
    assert ["Find", "Look"] == watch.asked()

    watch.world.advance(timedelta(hours=23))
    assert seen.production == look(watch, policy).production
    assert ["Look"] == watch.asked()

    watch.world.advance(timedelta(hours=2))
    look(watch, policy)
    assert ["Find", "Look"] == watch.asked()


@pytest.mark.parametrize("note", ["soon no", "2027-03-02T10:00:00+00:00 no"])
def test_a_memory_of_its_absence_that_makes_no_sense_is_looked_up_again(
    watch: Watch, note: str
) -> None:
    """Whatever wrote it was not us, or had a wrong clock: it holds for a day, not for a year."""
    shop = only_staging(watch)
    look(watch, policy_of(shop))
    watch.memory.facts["railway-no-environment", f"RAILWAY_TOKEN {shop.id}/production"] = note
    watch.asked()

    look(watch, policy_of(shop))

    assert ["Find", "Look"] == watch.asked()


def test_production_that_was_named_must_be_there(watch: Watch) -> None:
    """A name that leads nowhere is a mistake that shows, and staging is judged all the same."""
    shop = product(watch.world)
    seen = look(watch, named(shop, "live"))

    assert isinstance(seen.staging, Seen)
    assert "no environment called live; there are: production, staging" in why(seen.production)


def test_a_restricted_production_is_not_watched(watch: Watch) -> None:
    """Its contents are kept from us; a later status can say so."""
    shop = product(watch.world)
    shop.environment("production").restricted = True

    seen = look(watch, policy_of(shop))

    assert isinstance(seen.staging, Seen)
    assert "RAILWAY_TOKEN is not let into production of Railway project shop: it is restricted" == (
        why_not(seen.production)
    )
    assert "it is restricted" in why(look(watch, named(shop)).production)


def test_production_that_is_closed_to_us_later_does_not_blind_staging(watch: Watch) -> None:
    """One request shows both, and the refused half is asked for no more."""
    shop = product(watch.world)
    look(watch, policy_of(shop))
    shop.environment("production").restricted = True

    seen = look(watch, policy_of(shop))
    watch.asked()

    assert isinstance(seen.staging, Seen)
    assert "it is restricted" in why_not(seen.production)
    assert isinstance(look(watch, policy_of(shop)).staging, Seen)
    assert ["Look"] == watch.asked()


def test_a_project_token_sees_staging_only(watch: Watch) -> None:
    """Without a token of its own production is not configured, even where it is named."""
    shop = product(watch.world)
    bind(watch, "rw-staging", shop, "staging")
    watch.tokens = lambda _: token("rw-staging", VARIABLE)

    seen = look(watch, named(shop))

    assert "staging" == value_of(seen.staging).name
    assert f"{VARIABLE} is a project token, which sees staging only" == why_not(seen.production)


def test_an_accounts_token_in_a_projects_variable_sees_both(watch: Watch) -> None:
    """What it sees counts, not where it is written."""
    watch.tokens = lambda _: token(variable=VARIABLE)

    assert "production" == value_of(look(watch, policy_of(product(watch.world))).production).name


def own_tokens(watch: Watch, production: str) -> None:
    """Give each environment a token of its own."""
    watch.tokens = lambda _: token("rw-staging", VARIABLE)
    watch.production = lambda _: token(production, f"{VARIABLE}_PRODUCTION")


def test_production_may_have_a_token_of_its_own(watch: Watch) -> None:
    """Two project tokens see one environment each."""
    shop = product(watch.world)
    bind(watch, "rw-staging", shop, "staging")
    bind(watch, "rw-live", shop, "production")
    own_tokens(watch, "rw-live")

    seen = look(watch, policy_of(shop))

    assert ("staging", "production") == (
        value_of(seen.staging).name,
        value_of(seen.production).name,
    )


def test_a_bad_token_for_production_blinds_production_alone(watch: Watch) -> None:
    """Whoever set it wants production to be seen."""
    shop = product(watch.world)
    bind(watch, "rw-staging", shop, "staging")
    own_tokens(watch, "rw-bad")

    seen = look(watch, policy_of(shop))

    assert isinstance(seen.staging, Seen)
    assert f"Railway refused {VARIABLE}_PRODUCTION" in why(seen.production)


def test_a_token_of_its_own_says_that_production_is_there(watch: Watch) -> None:
    """Then it is no default any more, and its absence is a mistake."""
    shop = only_staging(watch)
    watch.production = lambda _: token(variable=f"{VARIABLE}_PRODUCTION")
    watch.world.railway_tokens["rw-other"] = "account"
    watch.tokens = lambda _: token("rw-other", VARIABLE)

    assert "no environment called production" in why(look(watch, policy_of(shop)).production)


def test_without_any_token_production_is_as_blind_as_staging(watch: Watch) -> None:
    """In the same words, so that it is told once."""
    watch.tokens = lambda _: None

    seen = look(watch, policy_of(product(watch.world)))

    assert seen.staging == seen.production
    assert "there is no Railway token for shop" in why(seen.production)


def test_what_production_left_behind_is_read_with_its_own_token(watch: Watch) -> None:
    """The token for staging does not see it."""
    shop = product(watch.world)
    bind(watch, "rw-staging", shop, "staging")
    bind(watch, "rw-live", shop, "production")
    own_tokens(watch, "rw-live")
    failed = shop.environment("production").service("web").deploy("FAILED", log="error: boom")
    source = watch.source()
    source.look([policy_of(shop)], now=watch.world.now())

    trace = DeployTrace(project=SHOP, deployment_id=failed.id, changed_at=failed.changed_at, url="")
    evidence = source.evidence(trace, now=watch.world.now())

    assert isinstance(evidence, Seen), evidence
    assert "error: boom" == evidence.value.first_error


def test_staging_comes_first_when_there_is_too_much(watch: Watch) -> None:
    """Where Railway stops answering, what was asked first is seen."""
    projects = [product(watch.world, name) for name in ("a", "b", "c")]
    watch.batch = 2
    policies = [policy_of(project) for project in projects]
    source = watch.source()
    source.look(policies, now=watch.world.now())
    second = "Look($e0: String!, $e1: String!)"
    watch.world.faults.add(host="railway", mode="primary_limit", match=second, times=99)

    looked = source.look(policies, now=watch.world.now())

    assert all(isinstance(seen.staging, Seen) for seen in looked.values())
    assert [True, False, False] == [isinstance(seen.production, Seen) for seen in looked.values()]
