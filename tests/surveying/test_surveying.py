"""What both providers are asked for a whole configuration, and what becomes of each part."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from office import Office
from pipeline_health.core.model.checkup import (
    Account,
    EnvironmentFacts,
    Invisible,
    Place,
    RailwayKind,
    RepoFacts,
    TokenKind,
    Unread,
)
from pipeline_health.core.model.ids import RepoName
from pipeline_health.surveying import Surveyed

SHOP = RepoName("acme/shop")
TOKENS = {"GITHUB_TOKEN": "gh-good-token", "RAILWAY_TOKEN": "rw-good-token"}
STAGING, PRODUCTION = "staging_environment", "production_environment"


@pytest.fixture
def office() -> Office:
    """Give a world with one product."""
    return Office()


def project(name: str = "shop", *lines: str, repo: str = "acme/shop") -> str:
    """Write a project."""
    return "\n".join(["[[projects]]", f'name = "{name}"', f'repo = "{repo}"', *lines, ""])


def on_railway(office: Office, *lines: str) -> str:
    """Write the product of the office, on Railway."""
    return project("shop", f'railway_project = "{office.project.id}"', *lines)


def places(found: Surveyed) -> dict[str, Place]:
    """Give the environments by the keys of the configuration."""
    return {place.key: place for place in found.places}


def facts(found: Surveyed) -> RepoFacts:
    """Give the product's repository, which must be seen."""
    repo = found.repos[SHOP]
    assert isinstance(repo, RepoFacts)
    return repo


def test_a_wide_token_shows_both_environments_in_few_requests(
    office: Office, tmp_path: Path
) -> None:
    """What each is called, and what is inside; both clocks."""
    office.project.environment("production").restricted = True
    found = office.surveyed(tmp_path, on_railway(office), **TOKENS)

    staging, production = places(found)[STAGING], places(found)[PRODUCTION]
    assert isinstance(staging.inside, EnvironmentFacts)
    assert [service.name for service in staging.inside.services] == ["web"]
    assert isinstance(production.environments, tuple)
    assert [one.open for one in production.environments] == [True, False]
    assert production.inside is None
    assert set(found.skew) == {"GitHub", "Railway"}
    assert isinstance(found.account, Account)
    assert found.account.login == "health-bot"
    assert len(office.world.requests) == 7


def test_an_environment_that_fails_is_unread(office: Office, tmp_path: Path) -> None:
    """The others are not."""
    office.world.faults.add(
        host="railway", mode="graphql_error", body="odd", match="EnvironmentSurvey", times=9
    )
    found = office.surveyed(tmp_path, on_railway(office), **TOKENS)
    assert isinstance(places(found)[STAGING].inside, Unread)


@pytest.mark.parametrize("id_", ["none", "listless"])
def test_a_project_that_is_not_shown_is_invisible_or_unread(
    office: Office, tmp_path: Path, id_: str
) -> None:
    """Railway skips what it does not show; another error is no absence."""
    if id_ == "listless":
        office.world.faults.add(
            host="railway", mode="graphql_error", body="odd", match="query Find", times=9
        )
    found = office.surveyed(tmp_path, project("shop", f'railway_project = "{id_}"'), **TOKENS)

    expected = Invisible if id_ == "none" else Unread
    assert isinstance(places(found)[STAGING].environments, expected)


def test_a_project_with_too_many_environments_is_unread(office: Office, tmp_path: Path) -> None:
    """The right one could be among those that were not listed."""
    office.line.spoil = lambda body: body.replace(b'"hasNextPage": false', b'"hasNextPage": true')
    found = office.surveyed(tmp_path, on_railway(office), RAILWAY_TOKEN="rw-good-token")
    assert isinstance(places(found)[STAGING].environments, Unread)


def test_a_token_that_is_revoked_meanwhile_leaves_its_places_unread(
    office: Office, tmp_path: Path
) -> None:
    """It was good a moment ago."""
    refusal = b'{"errors": [{"message": "Not Authorized"}], "data": null}'

    def revoke(body: bytes) -> bytes:
        if b"remainingPoints" in body:
            office.line.spoil = lambda _: refusal
        return body

    office.line.spoil = revoke
    found = office.surveyed(tmp_path, on_railway(office), RAILWAY_TOKEN="rw-good-token")
    assert isinstance(places(found)[STAGING].environments, Unread)


def test_project_tokens_show_their_own_environment_alone(office: Office, tmp_path: Path) -> None:
    """Staging by one, production by another; of another project nothing."""
    live = office.project.environment("production")
    for name, environment in (("rw-staging", office.staging), ("rw-of-live", live)):
        office.world.railway_tokens[name] = f"project:{office.project.id}:{environment.id}"
    tokens = {"RAILWAY_TOKEN_SHOP": "rw-staging", "RAILWAY_TOKEN_OTHER": "rw-staging"}
    both = on_railway(office) + project("other", 'railway_project = "p2"')

    found = office.surveyed(tmp_path, both, **tokens, RAILWAY_TOKEN_SHOP_PRODUCTION="rw-of-live")

    shop, shop_live, other = sorted(
        found.places, key=lambda it: (it.project != "shop", it.variable)
    )
    assert isinstance(shop.inside, EnvironmentFacts)
    assert isinstance(shop_live.inside, EnvironmentFacts)
    assert shop_live.inside.name == "production"
    assert (other.environments, other.inside) == (Invisible(), None)
    assert {token.kind for token in found.tokens} == {RailwayKind.PROJECT}


def test_a_token_for_production_alone_is_asked(office: Office, tmp_path: Path) -> None:
    """Without one for staging the configuration is wrong, which is told elsewhere."""
    found = office.surveyed(
        tmp_path, on_railway(office), RAILWAY_TOKEN_SHOP_PRODUCTION="rw-good-token"
    )
    assert [place.key for place in found.places] == [PRODUCTION]


def test_a_token_of_no_use_leaves_its_places_unread(office: Office, tmp_path: Path) -> None:
    """And is asked for nothing more."""
    found = office.surveyed(tmp_path, on_railway(office), RAILWAY_TOKEN="rw-bad-token")

    assert [token.kind for token in found.tokens] == [RailwayKind.REFUSED]
    assert isinstance(places(found)[STAGING].environments, Unread)
    assert found.skew == {}


def test_without_a_configuration_tokens_are_asked_all_the_same(
    office: Office, tmp_path: Path
) -> None:
    """Who we are is known also then."""
    found = office.surveyed(tmp_path, "", **TOKENS)

    assert isinstance(found.account, Account)
    assert (found.account.login, found.repos, found.places) == ("health-bot", {}, ())
    assert [token.kind for token in found.tokens] == [RailwayKind.ACCOUNT]


def test_a_refused_token_of_github_is_asked_nothing_more(office: Office, tmp_path: Path) -> None:
    """And a host that is silent is not taken for a refusal."""
    found = office.surveyed(tmp_path, project(), GITHUB_TOKEN="gh-bad-token")
    assert isinstance(found.account, Account)
    assert found.account.refused is not None
    assert found.repos == {}
    assert len(office.world.requests) == 1
    office.world.faults.add(host="github", mode="status", status=502, times=3)
    assert isinstance(office.surveyed(tmp_path, project(), **TOKENS).account, Unread)
    office.world.faults.add(host="github", mode="status", status=403)
    found = office.surveyed(tmp_path, project(), **TOKENS)
    assert isinstance(found.account, Account)
    assert "refused" in (found.account.refused or "")


def test_an_app_shows_what_it_was_granted(office: Office, tmp_path: Path) -> None:
    """GitHub tells it with each token; nothing is asked for that."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    app = {
        "GITHUB_APP_ID": "1",
        "GITHUB_APP_INSTALLATION_ID": "2",
        "GITHUB_APP_PRIVATE_KEY": pem.decode().strip(),
    }
    ends = '"expires_at": "2999-01-01T00:00:00Z"'
    for permissions, told in (
        (', "permissions": {"issues": "write"}', {"issues": "write"}),
        ("", {}),
    ):
        office.line.granted = f'{{"token": "gh-good-token", {ends}{permissions}}}'.encode()
        found = office.surveyed(tmp_path, "", **app)
        assert isinstance(found.account, Account)
        assert (found.account.kind, found.account.permissions) == (TokenKind.APP, told)


def test_workflows_and_jobs_are_asked_where_they_are_named(office: Office, tmp_path: Path) -> None:
    """And nowhere else."""
    assert facts(office.surveyed(tmp_path, project(), **TOKENS)).workflows is None
    text = project("shop", 'deploy_workflow = "Deploy"', 'staging_job = "Staging"')
    assert facts(office.surveyed(tmp_path, text, **TOKENS)).jobs is None  # no such workflow
    run = office.repo.run("Deploy", None, jobs={"Staging": None})
    found = facts(office.surveyed(tmp_path, text, **TOKENS))
    assert found.jobs == Unread("the workflow has not run yet, so that its jobs are not known")
    office.repo.finish(run, "success")
    found = facts(office.surveyed(tmp_path, text, **TOKENS))
    assert isinstance(found.workflows, tuple)
    assert [one.name for one in found.workflows] == ["Deploy"]
    assert found.jobs == frozenset({"Staging"})
    office.world.faults.add(host="github", mode="status", status=403, match="/jobs")
    assert isinstance(facts(office.surveyed(tmp_path, text, **TOKENS)).jobs, Unread)
    office.world.withheld["health-bot"] = {"actions"}
    assert isinstance(facts(office.surveyed(tmp_path, text, **TOKENS)).workflows, Unread)


def test_two_branches_of_one_repository_are_both_looked_for(office: Office, tmp_path: Path) -> None:
    """Beside the repository for what spans projects, and one that is not there."""
    text = (
        '[limits]\nops_repo = "acme/ops"\n'
        + project("one", 'branch = "main"')
        + project("two", 'branch = "next"')
        + project("three", repo="acme/none")
    )
    found = office.surveyed(tmp_path, text, **TOKENS)

    assert facts(found).branches == {"main"}
    assert found.repos[RepoName("acme/ops")] == found.repos[RepoName("acme/none")] == Invisible()
