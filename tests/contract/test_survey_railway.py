"""What `doctor` asks of Railway, against the simulator over its own transport."""

from functools import partial

import pytest

from entries import SCOPED, SHOP, TOKEN
from office import Office, Spoil, instead
from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.railway_access import Access, HeaderForm
from pipeline_health.core.model.checkup import EnvironmentFacts, RailwayKind, Unread
from pipeline_health.secret import NamedSecret, Secret


@pytest.fixture
def office() -> Office:
    """Give a world with one product."""
    return Office()


@pytest.mark.parametrize(
    ("token", "likely", "kind"),
    [
        (TOKEN, HeaderForm.BEARER, RailwayKind.ACCOUNT),
        (TOKEN, HeaderForm.PROJECT, RailwayKind.ACCOUNT),
        ("rw-workspace", HeaderForm.BEARER, RailwayKind.WORKSPACE),
        (SCOPED, HeaderForm.BEARER, RailwayKind.PROJECT),
        (SCOPED, HeaderForm.PROJECT, RailwayKind.PROJECT),
        ("rw-bad-token", HeaderForm.PROJECT, RailwayKind.REFUSED),
        ("ghp_of_another", HeaderForm.BEARER, RailwayKind.FOREIGN),
    ],
)
def test_railway_shows_what_a_token_is(
    office: Office, token: str, likely: HeaderForm, kind: RailwayKind
) -> None:
    """Whichever header is tried first; a token of GitHub is not even sent there."""
    office.world.railway_tokens["rw-workspace"] = "workspace"
    known = office.railway.know(NamedSecret(name="T", secret=Secret(token)), likely=likely)

    assert known.token.kind is kind
    left = known.token.allowance
    is_wide = kind in (RailwayKind.ACCOUNT, RailwayKind.WORKSPACE)
    assert (None if left is None else left.remaining) == (1000 if is_wide else None)
    if kind is RailwayKind.PROJECT:
        assert known.token.place is not None
        assert known.token.place.environment == "staging"
    assert (office.world.requests == []) is (kind is RailwayKind.FOREIGN)


def test_a_silent_railway_tells_no_kind(office: Office) -> None:
    """And what it does not say of the rest of the hour is nobody's fault."""
    named = NamedSecret(name="T", secret=Secret(TOKEN))
    spoils: tuple[Spoil, ...] = (
        lambda body: body.replace(b'"remainingPoints": 1000', b'"remainingPoints": "x"'),
        lambda body: body.replace(b'"workspaces": [{', b'"workspaces": [], "x": [{'),
        lambda body: body.replace(b'{"remainingPoints"', b'null, "x": {"remainingPoints"'),
    )
    for spoil in spoils:
        office.line.spoil = spoil
        known = office.railway.know(named, likely=HeaderForm.BEARER)
        assert (known.token.kind, known.token.allowance) == (RailwayKind.ACCOUNT, None)
    office.line.spoil = lambda _: b"no JSON"
    known = office.railway.know(named, likely=HeaderForm.BEARER)
    assert isinstance(known.token.kind, Unread)


def test_an_environment_shows_its_services_and_their_hosts(office: Office) -> None:
    """Hosts of Railway's own and others; a deleted service is none."""
    office.web.domains += ["web.up.railway.app", "shop.example"]
    office.staging.service("gone").deleted_at = office.world.now()
    office.staging.service("database").image = "postgres:16"
    access = Access(secret=Secret(TOKEN), form=HeaderForm.BEARER)
    found = office.railway.inside(access, [office.staging.id, "none", office.staging.id])

    inside = found[office.staging.id]
    assert isinstance(inside, EnvironmentFacts)
    assert [service.name for service in inside.services] == ["web", "database"]
    assert inside.services[0].domains == {"web.up.railway.app", "shop.example"}
    assert (inside.services[0].repo, inside.services[1].repo) == (SHOP, None)
    assert isinstance(found["none"], ClientError)


@pytest.mark.parametrize(
    ("found", "put", "says"),
    [
        (b'"hasNextPage": false', b'"hasNextPage": true', "has more than 1 services"),
        (b'"serviceName": "web"', b'"serviceName": 1', "expected a text"),
    ],
)
def test_an_environment_that_is_not_whole_is_not_believed(
    office: Office, found: bytes, put: bytes, says: str
) -> None:
    """A service could be on the page that was not read."""
    office.line.spoil = lambda body: body.replace(found, put)
    access = Access(secret=Secret(TOKEN), form=HeaderForm.BEARER)
    inside = office.railway.inside(access, [office.staging.id])[office.staging.id]
    assert says in str(inside)


def test_an_answer_about_nothing_that_was_asked_is_an_error(office: Office) -> None:
    """Neither the environment nor a reason, or a reason for something else."""
    access = Access(secret=Secret(TOKEN), form=HeaderForm.BEARER)
    for body in (b'{"data": {}}', b'{"data": null, "errors": [{"message": "odd"}]}'):
        office.line.spoil = partial(instead, body)
        inside = office.railway.inside(access, [office.staging.id])[office.staging.id]
        assert isinstance(inside, ClientError)
