"""What a first configuration holds, for everything that tokens may see."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from pipeline_health.core.draft import (
    draft,
    draft_of_repositories,
    is_plain,
    meant,
    narrowed,
    repositories,
)
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.portfolio import (
    Draft,
    OfferedService,
    OnGitHub,
    OnRailway,
    Place,
    Skipped,
    Stage,
    Unread,
)
from pipeline_health.settings.railway_names import railway_variables

SHOP = RepoName("acme/shop")
WEB = OfferedService(id="s1", name="web", repo=SHOP, domains=("shop-staging.example",))
STAGING = Place(id="e1", name="staging", services=(WEB,))
PRODUCTION = Place(
    id="e2",
    name="production",
    services=(replace(WEB, domains=("shop.example", "www.shop.example")),),
)
PROJECT = OnRailway(id="p1", name="shop", places=(STAGING, PRODUCTION))


def shown(*names: str) -> dict[str, OnGitHub]:
    """Give repositories that GitHub shows."""
    return {name.lower(): OnGitHub(name=RepoName(name), branch="main") for name in names}


def drafted(*projects: OnRailway, repos: Sequence[str] = ("acme/shop",)) -> Draft:
    """Draft *projects* where GitHub shows *repos*."""
    return draft(projects, shown(*repos))


def test_a_project_has_its_repository_its_environments_and_its_domains() -> None:
    """Everything that Railway itself says belongs together."""
    database = OfferedService(id="s2", name="db", repo=None, domains=("db.example",))
    [project] = drafted(
        replace(PROJECT, places=(replace(STAGING, services=(WEB, database)), PRODUCTION))
    ).projects
    assert project.railway is not None

    assert ("shop", SHOP, "p1", ()) == (
        project.name,
        project.repo.name,
        project.railway.id,
        project.services,
    )
    assert project.staging == Stage(environment="staging", urls=("https://shop-staging.example",))
    assert project.production == Stage(
        environment="production", urls=("https://shop.example", "https://www.shop.example")
    )


@pytest.mark.parametrize(
    ("names", "staging", "production"),
    [
        (["staging", "production"], "staging", "production"),
        (["Staging", "PRODUCTION"], "Staging", "PRODUCTION"),
        (["staging", "staging-eu", "production", "production-eu"], "staging", "production"),
        (["eu staging", "eu production"], "eu staging", "eu production"),
        (["stage", "prod"], "stage", "prod"),
        (["stg", "live"], "stg", "live"),
        (["staging"], "staging", None),
        (["staging", "test"], "staging", None),
        (["staging", "production eu", "production us"], "staging", None),
        (["pre-production staging", "production"], "pre-production staging", "production"),
        (["staging of production"], "staging of production", None),
        (["staging", "pre-production", "prod"], "staging", "prod"),
        (["staging", "Non-Production"], "staging", None),
        (["pre-staging", "stg", "not production"], "stg", None),
    ],
)
def test_environments_are_known_by_their_names(
    names: list[str], staging: str, production: str | None
) -> None:
    """The surest name counts; of production, nothing is said where it is not sure."""
    places = tuple(replace(STAGING, id=name, name=name) for name in names)
    [project] = drafted(replace(PROJECT, places=places)).projects

    assert project.staging is not None
    assert project.staging.environment == staging
    assert production == (project.production and project.production.environment)


@pytest.mark.parametrize(
    ("places", "why"),
    [
        ((), "no environment is called staging; there are: none"),
        ((PRODUCTION,), "no environment is called staging; there are: production"),
        (
            (replace(STAGING, name="staging a"), replace(STAGING, id="e3", name="staging b")),
            "several environments could be staging: staging a, staging b",
        ),
        (
            tuple(replace(STAGING, id=f"{at}", name=f"{at}") for at in range(11)),
            "no environment is called staging; there are: " + ", ".join("0123456789") + ", …",
        ),
        (
            tuple(replace(STAGING, id=f"{at}", name=f"{at}") for at in range(10)),
            "no environment is called staging; there are: " + ", ".join("0123456789"),
        ),
        (
            (replace(STAGING, services=()),),
            "no service of its environment staging is built from a repository",
        ),
        (
            (replace(STAGING, services=(replace(WEB, repo=None),)),),
            "no service of its environment staging is built from a repository",
        ),
        (
            (replace(STAGING, services=(replace(WEB, repo=RepoName("acme/gone")),)),),
            "GitHub does not show acme/gone to this token",
        ),
    ],
)
def test_what_is_not_sure_is_left_out_with_the_reason(places: tuple[Place, ...], why: str) -> None:
    """A wrong line would look as if somebody had meant it."""
    found = drafted(replace(PROJECT, places=places))

    assert ((), (Skipped(what="shop", why=why),)) == (found.projects, found.skipped)


def test_what_could_not_be_read_is_left_out_as_blind() -> None:
    """Of production only the line is missing."""
    unread = Unread(why="the token is not let into it")
    found = drafted(replace(PROJECT, places=(replace(STAGING, services=unread), PRODUCTION)))
    why = "its environment staging could not be read: the token is not let into it"
    assert ((), (Skipped(what="shop", why=why, blind=True),)) == (found.projects, found.skipped)

    [project] = drafted(
        replace(PROJECT, places=(STAGING, replace(PRODUCTION, services=unread)))
    ).projects
    assert project.production == Stage(environment="production")


def test_an_archived_repository_is_not_watched() -> None:
    """Nobody can file anything in it."""
    repo = OnGitHub(name=SHOP, branch="main", archived=True)

    found = draft([PROJECT], {"acme/shop": repo})

    assert found.skipped == (Skipped(what="shop", why="acme/shop is archived"),)
    assert (found.projects, found.elsewhere) == ((), ())


def test_a_project_of_two_repositories_becomes_two() -> None:
    """Each watches the services that are built from its own."""
    ui = replace(WEB, id="s2", name="ui", repo=RepoName("acme/UI"))
    odd = replace(WEB, id="s3", name="api\n")
    database = replace(WEB, id="s4", name="db", repo=None)
    place = replace(STAGING, services=(WEB, ui, odd, database))

    found = drafted(replace(PROJECT, places=(place,)), repos=("acme/shop", "acme/ui"))

    told = [(one.name, one.repo.name, one.services) for one in found.projects]
    assert told == [("shop-shop", "acme/shop", ("web",)), ("shop-ui", "acme/ui", ("ui",))]
    assert found.skipped == ()


def test_a_token_of_its_own_gives_the_project_its_name() -> None:
    """The variable is there already; a second project in it would need another one."""
    ui = replace(WEB, id="s2", name="ui", repo=RepoName("acme/ui"))
    place = replace(STAGING, services=(WEB, ui))
    own = replace(PROJECT, id="p2", name="Something else", places=(place,), word="SHOP_EU")

    found = drafted(replace(PROJECT, name="shop eu"), own, repos=("acme/shop", "acme/ui"))

    assert [one.name for one in found.projects] == ["shop-eu-2", "shop_eu"]
    why = "acme/ui is built there too, and a second project needs a token of its own"
    assert found.skipped == (Skipped(what="Something else", why=why),)


def test_a_token_that_sees_more_than_its_project_is_for_that_one() -> None:
    """By the name; a token that sees one project is for that one, whatever it is called."""
    till = replace(PROJECT, id="p2", name="My till")

    assert meant([PROJECT, till], "") == (PROJECT, till)
    assert meant([PROJECT, till], "MY_TILL") == (replace(till, word="MY_TILL"),)
    assert meant([PROJECT], "X") == (replace(PROJECT, word="X"),)
    assert meant([PROJECT, till], "X") == ()


def test_names_are_unique_in_the_variables_of_their_tokens() -> None:
    """Also where one name is what the other one's production variable is called."""
    names = ["shop", "Shop", "SHOP!", "shop production", "ёж", "", "x" * 200, "-._a/b_.-"]
    names += ["y" * 59 + " y", "-" * 9 + "z" * 60]
    projects = [replace(PROJECT, id=str(at), name=name) for at, name in enumerate(names)]

    given = [one.name for one in drafted(*projects).projects]

    variables = [variable for name in given for variable in railway_variables(name)]
    assert len(variables) == len(set(variables))
    assert given == [
        "shop",
        "shop-2",
        "shop-3",
        "shop-production-2",
        "project",
        "project-2",
        "x" * 60,
        "a-b",
        "y" * 59,
        "z" * 60,
    ]


@pytest.mark.parametrize(
    ("domain", "urls"),
    [
        ("shop.example", ("https://shop.example",)),
        ("user@shop.example", ()),
        ("shop.example/path", ()),
        ("shop.example:8080", ()),
        ("localhost", ()),
        ("shop..example", ()),
        ("a" * 250 + ".example", ()),
        ("shop.example\n", ()),
    ],
)
def test_a_url_is_made_of_a_host_and_nothing_else(domain: str, urls: tuple[str, ...]) -> None:
    """What is no name of a host becomes no URL."""
    place = replace(STAGING, services=(replace(WEB, domains=(domain,)),))

    [project] = drafted(replace(PROJECT, places=(place,))).projects

    assert project.staging == Stage(environment="staging", urls=urls)


def test_an_environment_with_an_odd_name_goes_by_its_id() -> None:
    """A configuration holds plain lines only."""
    place = replace(STAGING, name="staging\x1b[31m ")

    [project] = drafted(replace(PROJECT, places=(place,))).projects

    assert (project.staging and project.staging.environment) == "e1"
    assert [is_plain(name) for name in ("a b", "", " a", "a\n")] == [True, False, False, False]


def test_other_repositories_are_named() -> None:
    """But those that are archived, forks, or built under an earlier name."""
    repos = shown("acme/shop", "acme/lib")
    renamed = OnGitHub(name=RepoName("acme/new"), branch="main")
    repos |= {"acme/new": renamed, "acme/old": renamed}
    repos["acme/fork"] = OnGitHub(name=RepoName("acme/fork"), branch="main", fork=True)
    repos["acme/dead"] = OnGitHub(name=RepoName("acme/dead"), branch="main", archived=True)
    till = replace(WEB, repo=RepoName("acme/old"))
    old = replace(PROJECT, name="till", places=(replace(STAGING, services=(till,)),))

    found = draft([PROJECT, old], repos)

    assert ("acme/lib",) == found.elsewhere
    assert ["acme/shop", "acme/new"] == [one.repo.name for one in found.projects]
    assert ("acme/old",) == repositories(old)
    again = replace(old, places=(*old.places, replace(STAGING, services=(till, WEB))))
    respelt = replace(STAGING, services=(replace(till, repo=RepoName("ACME/old")),))
    assert ("ACME/old", "acme/shop") == repositories(
        replace(again, places=(*again.places, respelt))
    )


def test_without_railway_each_repository_that_can_take_an_issue_is_a_project() -> None:
    """What cannot is named with the reason; a fork is somebody else's product."""
    fine = OnGitHub(name=SHOP, branch="main")

    found = draft_of_repositories(
        [
            fine,
            replace(fine, name=RepoName("acme/fork"), fork=True),
            replace(fine, name=RepoName("acme/dead"), archived=True),
            replace(fine, name=RepoName("acme/mute"), issues=False),
            replace(fine, name=RepoName("acme/read"), may_push=False),
        ]
    )

    [project] = found.projects
    assert (project.name, project.railway, project.staging) == ("shop", None, None)
    assert project.repo == fine
    assert [(one.what, one.why) for one in found.skipped] == [
        ("acme/dead", "it is archived"),
        ("acme/mute", "its issues are switched off, so nothing can be filed"),
        ("acme/read", "the token may not push, so GitHub would drop labels"),
    ]


def test_a_draft_can_be_narrowed() -> None:
    """Only projects go; what was left out stays told."""
    found = drafted(PROJECT, replace(PROJECT, id="p2", places=()))

    none = narrowed(found, lambda project: project.name == "x")

    assert ((), found.skipped) == (none.projects, none.skipped)
