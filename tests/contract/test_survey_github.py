"""What `doctor` asks of GitHub, against the simulator over its own transport."""

from datetime import timedelta

import pytest

from entries import SHOP
from office import Office, without_end
from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.github_survey import Asked, kind_of, skew_of
from pipeline_health.core.model.checkup import Invisible, RepoFacts, TokenKind, Unread
from pipeline_health.core.model.ids import RepoName
from wire import NOON

UUID = "0b6f3a52-2f0f-4a52-9a51-6d5d3d1f1c44"


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
    office.line.spoil = without_end
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
