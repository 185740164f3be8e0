"""What `doctor` asks of the two providers, against the simulator over its own transport."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeAlias

import httpx
import pytest

from entries import GITHUB, RAILWAY, SCOPED, SHOP, TOKEN
from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.github_survey import Asked, GitHubSurvey, kind_of, skew_of
from pipeline_health.clients.http import Http
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_access import Access, HeaderForm
from pipeline_health.clients.railway_survey import RailwaySurvey
from pipeline_health.core.model.checkup import (
    Account,
    EnvironmentFacts,
    Invisible,
    RailwayKind,
    RepoFacts,
    TokenKind,
    Unread,
)
from pipeline_health.core.model.ids import RepoName
from pipeline_health.secret import NamedSecret, Secret
from pipeline_health.simulator import World
from pipeline_health.simulator.exchange import Call
from pipeline_health.simulator.faults import Host
from pipeline_health.simulator.service import Simulator
from wire import NOON, Notebook, StillClock, github_wire

Spoil: TypeAlias = Callable[[bytes], bytes]
UUID = "0b6f3a52-2f0f-4a52-9a51-6d5d3d1f1c44"


class Line(httpx.BaseTransport):
    """Carries requests to the simulator; *spoil* may change an answer's body."""

    def __init__(self, world: World) -> None:
        self._simulator = Simulator(world)
        self.spoil: Spoil = bytes

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask."""
        host: Host = "railway" if request.url.host == "railway.test" else "github"
        call = Call(
            method=request.method,
            target=request.url.raw_path.decode(),
            headers=dict(request.headers),
            body=request.read(),
        )
        answer = self._simulator.answer(host, call)
        body = self.spoil(answer.body)
        return httpx.Response(answer.status, headers=answer.headers, stream=httpx.ByteStream(body))


def instead(body: bytes, _: bytes) -> bytes:
    """Give *body*, whatever came."""
    return body


def without_end(body: bytes) -> bytes:
    """Let every list go on for ever."""
    more = body.replace(b'"hasNextPage": false', b'"hasNextPage": true')
    return more.replace(b'"endCursor": null', b'"endCursor": "0"')


class Office:
    """Both surveys over one line."""

    def __init__(self) -> None:
        self.world = World()
        self.repo = self.world.repo(SHOP)
        self.repo.push("first")
        self.project = self.world.railway("shop")
        self.staging = self.project.environment("staging")
        self.web = self.staging.service("web", self.repo)
        self.world.railway_tokens[SCOPED] = f"project:{self.project.id}:{self.staging.id}"
        self.line = Line(self.world)
        clock = StillClock(self.world.now())
        http = Http(clock=clock, jitter=lambda: 0.0, transport=self.line)
        self.github = GitHubSurvey(github_wire(http, GITHUB, clock=clock, token="gh-good-token"))
        railway = Railway(http, api=RAILWAY, clock=clock, memory=Notebook())
        self.railway = RailwaySurvey(railway)

    def introduced(self) -> Account:
        """Ask GitHub who we are."""
        return self.github.introduce("GITHUB_TOKEN", TokenKind.UNKNOWN).account

    def seen(self, *asked: Asked) -> list[RepoFacts | Invisible | Unread]:
        """Survey repositories, the shop's by default."""
        return list(self.github.survey(asked or (Asked(repo=SHOP),)).repos.values())

    def facts(self) -> RepoFacts:
        """Survey the shop's repository, which must be seen."""
        (found,) = self.seen()
        assert isinstance(found, RepoFacts)
        return found


@pytest.fixture
def office() -> Office:
    """Give a world with one product."""
    return Office()


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("ghp_abc", TokenKind.CLASSIC),
        ("github_pat_abc", TokenKind.FINE_GRAINED),
        ("gho_abc", TokenKind.OAUTH),
        ("ghu_abc", TokenKind.OAUTH),
        ("ghs_abc", TokenKind.INSTALLATION),
        ("ghr_abc", TokenKind.REFRESH),
        (UUID, TokenKind.FOREIGN),
        ("0123456789abcdef0123456789abcdef01234567", TokenKind.UNKNOWN),
    ],
)
def test_a_token_shows_its_kind(token: str, kind: TokenKind) -> None:
    """By its prefix; one of Railway is a UUID."""
    assert kind_of(token) is kind


def test_github_tells_scopes_end_clock_and_what_is_left(office: Office) -> None:
    """All of it in one request that costs nothing; a token with scopes is a classic one."""
    office.world.github_scopes["gh-good-token"] = "repo, workflow"
    office.world.github_ends["gh-good-token"] = NOON
    office.world.clock_skew = timedelta(seconds=40)

    told = office.github.introduce("GITHUB_TOKEN", TokenKind.UNKNOWN)

    account = told.account
    assert (account.kind, account.scopes) == (TokenKind.CLASSIC, frozenset({"repo", "workflow"}))
    assert account.expires_at == NOON
    assert [(one.of, one.remaining) for one in account.allowances] == [
        ("GitHub REST", 5000),
        ("GitHub GraphQL", 5000),
    ]
    now = office.world.now()
    assert skew_of(told.date, before=now, after=now) == timedelta(seconds=40)


def test_a_token_without_scopes_and_end_is_of_an_unknown_kind(office: Office) -> None:
    """None is not the same as an empty list."""
    account = office.introduced()
    assert (account.kind, account.scopes, account.expires_at) == (TokenKind.UNKNOWN, None, None)
    office.world.github_scopes["gh-good-token"] = ""
    assert office.introduced().scopes == frozenset()


def test_a_refused_token_is_a_fact_and_a_silent_host_is_none(office: Office) -> None:
    """What GitHub says against it is told; what it does not say is raised."""
    office.world.faults.add(host="github", mode="status", status=403)
    with pytest.raises(ClientError, match="refused"):
        office.introduced()
    del office.world.github_tokens["gh-good-token"]
    assert "Bad credentials" in (office.introduced().refused or "")
    assert office.github.login() is None


def test_a_reset_that_is_no_time_is_no_account(office: Office) -> None:
    """And is told as the shape that it is."""
    office.line.spoil = lambda body: body.replace(b'"reset": ', b'"reset": 99999999')
    with pytest.raises(ClientError, match=r"expected a time at rate_limit\.resources\.core\.reset"):
        office.introduced()


@pytest.mark.parametrize(
    ("date", "skew"),
    [(-5, -4), (-1, 0), (0, 0), (2, 0), (9, 7)],
    ids=["behind", "cut to the second", "at once", "when it came back", "ahead"],
)
def test_a_clock_is_only_wrong_outside_of_the_answers_time(date: int, skew: int) -> None:
    """The answer took two seconds here, and its Date is cut to the second."""
    after = NOON + timedelta(seconds=2)
    found = skew_of(NOON + timedelta(seconds=date), before=NOON, after=after)
    assert found == timedelta(seconds=skew)
    assert skew_of(None, before=NOON, after=NOON) == Unread("it told no time")


def test_a_repository_is_seen_as_it_is(office: Office) -> None:
    """Its names, its labels, and where it was deployed to."""
    office.repo.make_label("bug")
    office.repo.record_deployment("shop / staging", "success")
    found = office.facts()

    assert (found.name, found.private, found.archived, found.issues_enabled) == (
        SHOP,
        False,
        False,
        True,
    )
    assert (found.permission, found.labels) == ("WRITE", ("bug",))
    assert (found.branches, found.default_branch) == (frozenset({None}), "main")
    assert (found.environments, found.denied) == (frozenset({"shop / staging"}), frozenset())


def test_every_page_of_labels_is_read(office: Office) -> None:
    """A label on the second page exists; a page that fails leaves nothing believed."""
    for number in range(130):
        office.repo.make_label(f"label {number}")
    labels = office.facts().labels
    assert not isinstance(labels, Unread)
    assert len(labels) == 130
    office.world.faults.add(host="github", mode="status", status=403, match="LabelsPage")
    assert isinstance(office.facts().labels, Unread)


def test_too_many_labels_are_none(office: Office) -> None:
    """It ends somewhere."""
    office.line.spoil = lambda body: body.replace(
        b'"hasNextPage": false', b'"hasNextPage": true'
    ).replace(b'"endCursor": null', b'"endCursor": "0"')
    assert office.facts().labels == Unread("there are more than 0 of them")


def test_what_is_refused_is_named_by_its_permission(office: Office) -> None:
    """And takes nothing else with it."""
    office.world.no_checks.add("health-bot")
    office.world.withheld["health-bot"] = {"deployments", "issues", "pull requests"}
    found = office.facts()

    assert found.denied == {"checks", "deployments", "issues", "pull requests"}
    assert found.name == SHOP
    assert isinstance(found.labels, Unread)
    assert isinstance(found.environments, Unread)


def test_many_repositories_are_one_request_and_fewer_where_that_is_too_much(
    office: Office,
) -> None:
    """A batch that GitHub gives up on is halved; what fails for good is told of each."""
    asked = [Asked(repo=SHOP, branch="main"), Asked(repo=RepoName("acme/none")), Asked(repo=SHOP)]
    assert [type(one) for one in office.seen(*asked)] == [RepoFacts, Invisible, RepoFacts]
    assert len(office.world.requests) == 1
    office.world.faults.add(host="github", mode="status", status=502)
    assert [type(one) for one in office.seen(*asked)] == [RepoFacts, Invisible, RepoFacts]
    office.world.faults.add(host="github", mode="status", status=403)
    assert [type(one) for one in office.seen(*asked)] == [Unread, Unread, Unread]


def test_a_place_that_is_null_without_a_reason_is_unread(office: Office) -> None:
    """Neither seen nor invisible; the same of one of another shape."""
    office.world.faults.add(host="github", mode="partial", body="r0")
    (found,) = office.seen()
    assert found == Unread("Something went wrong while executing your query.")
    office.line.spoil = lambda body: body.replace(b'"isPrivate": false', b'"isPrivate": 1')
    (found,) = office.seen()
    assert isinstance(found, Unread)
    office.line.spoil = lambda _: b'{"data": {"r0": null}}'
    assert office.seen() == [Unread("GitHub gave no answer for it")]


def test_workflows_and_the_jobs_of_their_newest_runs(office: Office) -> None:
    """A run under way has not all of its jobs yet; a disabled workflow says so."""
    office.repo.run("Deploy", "success", jobs={"Staging": "success", "Live (eu)": "skipped"})
    office.repo.run("Deploy", None, jobs={"Other": None})
    office.repo.run("CI", "success")
    office.repo.disabled.add("CI")
    (deploy, ci) = office.github.workflows(SHOP)

    assert (deploy.name, deploy.state) == ("Deploy", "active")
    assert (ci.name, ci.state) == ("CI", "disabled_manually")
    assert office.github.jobs(SHOP, deploy.id) == {"Staging", "Live (eu)"}
    with pytest.raises(ClientError):
        office.github.jobs(SHOP, 1)
    office.world.withheld["health-bot"] = {"actions"}
    with pytest.raises(ClientError, match="not accessible"):
        office.github.workflows(SHOP)


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
    for spoil in (
        lambda body: body.replace(b'"remainingPoints": 1000', b'"remainingPoints": "x"'),
        lambda body: body.replace(b'"workspaces": [{', b'"workspaces": [], "x": [{'),
        lambda body: (
            b'{"data": {"workspace": {"apiTokenRateLimit": null}}}'
            if b"apiTokenRateLimit" in body
            else body
        ),
    ):
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
