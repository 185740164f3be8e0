"""Which Railway token is used for which project."""

from collections.abc import Callable

import pytest

from pipeline_health.core.model.ids import ProjectName
from pipeline_health.secret import NamedSecret, Secret
from pipeline_health.settings import Settings

Loads = Callable[..., Settings]
Refusals = Callable[..., list[str]]

SHOP = ProjectName("my shop-2")
TWO = """
[[projects]]
name = "my shop-2"
repo = "acme/shop"
railway_project = "one"
[[projects]]
name = "till"
repo = "acme/till"
railway_project = "two"
"""


def _environment(**more: str) -> dict[str, str]:
    return {"GITHUB_TOKEN": "planted-github", **more}


@pytest.mark.parametrize("name", ["RAILWAY_TOKEN", "RAILWAY_API_TOKEN"])
def test_one_token_serves_all_projects(loads: Loads, name: str) -> None:
    """It is known by the name under which it was set, so that people find it."""
    railway = loads(TWO, **_environment(**{name: "planted-shared"})).credentials.railway

    assert NamedSecret(secret=Secret("planted-shared"), name=name) == railway.for_project(SHOP)


def test_a_token_of_its_own_wins(loads: Loads) -> None:
    """The variable is the project's name in capitals, with `_` for all other characters."""
    environment = _environment(
        RAILWAY_TOKEN="planted-shared",
        RAILWAY_TOKEN_MY_SHOP_2="planted-own",
        RAILWAY_TOKEN_MY_SHOP_2_PRODUCTION="planted-production",
    )
    settings = loads(TWO, **environment)
    railway = settings.credentials.railway

    assert NamedSecret(secret=Secret("planted-own"), name="RAILWAY_TOKEN_MY_SHOP_2") == (
        railway.for_project(SHOP)
    )
    assert NamedSecret(secret=Secret("planted-shared"), name="RAILWAY_TOKEN") == (
        railway.for_project(ProjectName("till"))
    )
    assert {SHOP: Secret("planted-production")} == railway.production
    assert (
        NamedSecret(secret=Secret("planted-production"), name="RAILWAY_TOKEN_MY_SHOP_2_PRODUCTION"),
        NamedSecret(secret=Secret("planted-shared"), name="RAILWAY_TOKEN"),
    ) == (railway.for_production(SHOP), railway.for_production(ProjectName("till")))
    assert {Secret(value) for value in environment.values()} == set(settings.secrets())


def test_without_a_token_for_production_the_one_for_staging_is_tried(loads: Loads) -> None:
    """What it sees shows by asking: one of an account sees both, one of a project does not."""
    environment = _environment(RAILWAY_TOKEN="planted-shared", RAILWAY_TOKEN_TILL="planted-till")
    railway = loads(TWO, **environment).credentials.railway

    till = ProjectName("till")
    assert NamedSecret(secret=Secret("planted-till"), name="RAILWAY_TOKEN_TILL") == (
        railway.for_production(till)
    )
    assert railway.for_project(till) == railway.for_production(till)


def test_the_same_token_under_both_names_is_one_token(loads: Loads) -> None:
    """Railway's tools disagree on the name, so that people set both."""
    environment = _environment(RAILWAY_TOKEN="planted-shared", RAILWAY_API_TOKEN="planted-shared")

    assert (Secret("planted-github"), Secret("planted-shared")) == loads(**environment).secrets()


def test_two_tokens_for_all_projects_are_refused(refusals: Refusals) -> None:
    """Nobody could tell which one was meant."""
    environment = _environment(RAILWAY_TOKEN="planted-one", RAILWAY_API_TOKEN="planted-two")

    assert [
        "environment: RAILWAY_TOKEN: is set, and so is RAILWAY_API_TOKEN; set one of them"
    ] == refusals(**environment)


def test_a_project_on_railway_without_a_token_is_refused(refusals: Refusals) -> None:
    """Each message names the variable that would do."""
    lines = refusals(TWO, **_environment(RAILWAY_TOKEN_TILL="planted-till"))

    assert 1 == len(lines)
    assert (
        "RAILWAY_TOKEN_MY_SHOP_2: is not set, but project my shop-2 has a railway_project; "
        "expected it, or RAILWAY_TOKEN for all projects, in the environment or " in lines[0]
    )


def test_a_project_elsewhere_needs_no_railway_token(loads: Loads) -> None:
    """Without `railway_project` there is nothing to ask Railway."""
    railway = loads().credentials.railway

    assert None is railway.for_project(ProjectName("shop"))
