import json
from collections.abc import Iterator

import pytest

from github_answers import FOUND, LOOK, WANTED, answering, look
from github_samples import (
    CREATED,
    REF,
)
from github_stage import OWN, SHOP, Stage, on_stage
from pipeline_health.clients.errors import (
    ClientError,
    RateLimitedError,
    RefusedError,
    UnreachableError,
)
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_login import OwnLogin
from pipeline_health.clients.github_sighting import Sighting, Wanted
from pipeline_health.core.model.ids import Login
from pipeline_health.core.model.issue import Gone
from pipeline_health.core.model.readings import Blind, NotAsked, Part, Seen
from pipeline_health.simulator.faults import Mode
from pipeline_health.sources.github.by_runs import reading_by_runs
from wire import Notebook, Said, StillClock, github_wire, http_at, saying


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a world with one repository, and our clients in front of it."""
    with on_stage() as stage:
        stage.world.repo(SHOP).push("Add a basket")
        yield stage


def parts(sighting: Sighting) -> dict[str, Part[object]]:
    """Give the parts of a sighting by name."""
    reading = sighting.reading
    return {
        "repository": reading.repository,
        "branch": reading.branch,
        "checks": reading.checks,
        "earlier": reading.earlier,
        "deployments": reading.deployments,
        "production": reading.production,
        "issues": reading.issues,
    }


def problem(*path: str | int, kind: str = "") -> dict[str, object]:
    """Give one entry of `errors`."""
    return {"message": "no", "type": kind, "path": ["r0", *path]}


@pytest.mark.parametrize("kind", ["RESOURCE_LIMITS_EXCEEDED", "SERVICE_UNAVAILABLE"])
def test_what_is_too_much_even_alone_is_seen_in_parts_and_says_so(kind: str) -> None:
    """There is no less to ask for; whoever asks for many keeps it apart."""
    sighting = look({**LOOK, "errors": [problem("opened", kind=kind)]})

    assert {"issues"} == {name for name, part in parts(sighting).items() if isinstance(part, Blind)}
    assert (kind == "RESOURCE_LIMITS_EXCEEDED") is sighting.cut


@pytest.mark.parametrize(
    ("path", "blind"),
    [
        pytest.param(("branch", "target", "checkSuites"), {"checks", "earlier"}, id="suites"),
        pytest.param(("branch", "target", "status"), {"checks", "earlier"}, id="status"),
        pytest.param(("branch", "target", "earlier"), {"earlier"}, id="earlier"),
        pytest.param(("branch", "target", "author"), {"branch", "checks", "earlier"}, id="branch"),
        pytest.param(("deployments", "nodes", 0), {"deployments"}, id="deployments"),
        pytest.param(("production", "nodes", 0), {"production"}, id="production"),
        pytest.param(("opened", "nodes", 0), {"issues"}, id="opened"),
        pytest.param(("closed",), {"issues"}, id="closed"),
        pytest.param(
            (),
            {
                "repository",
                "branch",
                "checks",
                "earlier",
                "deployments",
                "production",
                "issues",
            },
            id="repository",
        ),
    ],
)
def test_an_error_blinds_what_depends_on_its_place_and_nothing_else(
    path: tuple[str | int, ...], blind: set[str]
) -> None:
    """A null that was left there could be taken for «there is none»."""
    sighting = look({**LOOK, "errors": [problem(*path)]})

    assert blind == {name for name, part in parts(sighting).items() if isinstance(part, Blind)}
    assert {"GitHub: no"} == {
        part.why for part in parts(sighting).values() if isinstance(part, Blind)
    }


def test_a_whole_answer_is_seen_whole() -> None:
    """The answer that is spoiled elsewhere is a good one."""
    assert {Seen} == {type(part) for part in parts(look(LOOK)).values()}


@pytest.mark.parametrize(
    ("kind", "forbidden"),
    [pytest.param("FORBIDDEN", True, id="forbidden"), pytest.param("", False, id="broken")],
)
def test_suites_that_are_forbidden_are_told_from_suites_that_are_broken(
    kind: str, *, forbidden: bool
) -> None:
    """Only the first has another way round; the statuses are there for it."""
    sighting = look({**LOOK, "errors": [problem("branch", "target", "checkSuites", kind=kind)]})

    assert forbidden is sighting.forbidden
    assert isinstance(sighting.bare, Seen)
    assert 1 == len(sighting.bare.value.statuses)


def test_without_statuses_the_runs_alone_are_no_checks() -> None:
    """Another system's red could be among what is not seen."""
    errors = [
        problem("branch", "target", "checkSuites", kind="FORBIDDEN"),
        problem("branch", "target", "status"),
    ]
    sighting = look({**LOOK, "errors": errors})

    reading = reading_by_runs(answering({}), WANTED, sighting)

    assert [sighting.bare, sighting.bare_earlier] == [reading.checks, reading.earlier]
    assert isinstance(reading.checks, Blind)


def test_without_asking_for_suites_no_checks_are_seen() -> None:
    """An empty list would be «no CI»."""
    wanted = Wanted(repo=SHOP, branch=None, environments=("staging",), earlier=False)
    (sighting,) = answering(LOOK).look([wanted], author=OWN, checks=False)

    assert isinstance(sighting.reading.checks, Blind)
    assert NotAsked() == sighting.reading.earlier == sighting.bare_earlier
    assert isinstance(sighting.bare, Seen)


def test_a_list_that_never_ends_is_not_read_for_ever() -> None:
    """It is blind in the end."""
    endless = {"pageInfo": {"hasNextPage": True, "endCursor": "x"}, "nodes": []}
    found = {**FOUND, "opened": endless}
    page = {"repository": {"issues": endless}}
    client = answering({"data": {**LOOK["data"], "r0": found, **page}})

    (sighting,) = client.look([WANTED], author=OWN, checks=True)

    issues = sighting.reading.issues
    assert isinstance(issues, Blind)
    assert "20 more pages" in issues.why
    assert 21 == client.usage().requests


def test_a_number_at_which_nothing_is_shown_is_gone() -> None:
    """So is one at which there is something else than an issue."""
    null = {"data": {"i0": {"nameWithOwner": SHOP, "issueOrPullRequest": None}}}

    found = answering(null).issues([REF], identity=None)

    assert isinstance(found.at[REF], Seen)
    assert isinstance(found.at[REF].value, Gone)  # type: ignore[union-attr]
    assert frozenset() == found.taken


@pytest.mark.parametrize(
    "errors",
    [
        pytest.param([{"message": "oh", "path": ["i0", "issueOrPullRequest"]}], id="other-error"),
        pytest.param([{"message": "oh"}], id="no-path"),
    ],
)
def test_a_number_that_could_not_be_read_is_not_gone(errors: list[object]) -> None:
    """Taking it for deleted would mute the incident."""
    null = {"data": {"i0": {"nameWithOwner": SHOP, "issueOrPullRequest": None}}, "errors": errors}

    assert isinstance(answering(null).issues([REF], identity=None).at[REF], Blind)


def test_a_repository_that_could_not_be_read_is_not_one_that_is_not_there() -> None:
    """It may be tried again."""
    client = answering({"data": {"repository": None}, "errors": [{"message": "oh"}]})

    with pytest.raises(ClientError, match="GitHub: oh") as caught:
        client.highest(SHOP)

    assert caught.value.retryable


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(201, {**CREATED, "number": None}, id="no-number"),
        pytest.param(201, {**CREATED, "labels": "bug"}, id="strange-labels"),
        pytest.param(200, CREATED, id="no-201"),
    ],
)
def test_an_answer_to_a_filing_that_makes_no_sense_is_lost(status: int, body: object) -> None:
    """An issue may be there, and nobody knows its number."""
    script = saying(Said(status=status, body=json.dumps(body).encode()))
    with script.running(), http_at(StillClock()) as http:
        client = GitHub(github_wire(http, script.url, clock=StillClock()))
        with pytest.raises(ClientError, match="acme/shop") as caught:
            client.create_issue(SHOP, title="T", body="B", labels=["bug"])

    assert caught.value.lost
    assert {"title": "T", "body": "B", "labels": ["bug"]} == json.loads(script.asked[0].body)
    assert ["/repos/acme/shop/issues"] == [asked.path for asked in script.asked]


def test_the_token_does_not_go_where_the_log_is() -> None:
    """GitHub redirects to a store of somebody else's."""
    store = saying(Said(body=b"the log"))
    with store.running():
        github = saying(Said(status=302, headers={"Location": store.url}))
        with github.running(), http_at(StillClock()) as http:
            client = GitHub(github_wire(http, github.url, clock=StillClock()))
            log = client.job_log(SHOP, 3, keep=3)

    assert b"log" == log
    assert "Authorization" in github.asked[0].headers
    assert "Authorization" not in store.asked[0].headers


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (410, RefusedError),
        (401, RefusedError),
        (503, UnreachableError),
        pytest.param(429, UnreachableError, id="429-of-who-keeps-it"),
    ],
)
def test_a_log_that_cannot_be_read_is_an_error(
    stage: Stage, status: int, kind: type[ClientError]
) -> None:
    """Only a 404 means that there is none."""
    stage.world.faults.add(host="github", mode="status", match="/logs", status=status)

    with pytest.raises(kind, match=f"{status} for the log of job 3"):
        stage.client.job_log(SHOP, 3, keep=9)


@pytest.mark.parametrize("mode", ["primary_limit", "secondary_limit"])
def test_a_log_is_no_way_around_a_rate_limit(stage: Stage, mode: Mode) -> None:
    """GitHub wants to be left alone, and the next log is not asked for."""
    stage.world.faults.add(host="github", mode=mode, match="/logs")

    for _ in range(2):
        with pytest.raises(RateLimitedError, match="used up until"):
            stage.client.job_log(SHOP, 3, keep=999)

    assert 1 == stage.asked("/logs")


def test_more_runs_than_can_be_read_are_refused(stage: Stage) -> None:
    """The one that failed may be among the rest."""
    for _ in range(510):
        stage.world.repo(SHOP).run("CI", "success", jobs={})

    with pytest.raises(ClientError, match="more than 500 workflow_runs"):
        stage.client.runs_at(SHOP, stage.world.repo(SHOP).head)


BOT = {"data": {"viewer": {"login": "Health-App[bot]"}}}


def test_our_own_login_is_kept_as_github_spells_it() -> None:
    """`createdBy` wants it so; comparisons do not."""
    login = OwnLogin(answering(BOT), Notebook(), identity=Login("filer"))

    assert "Health-App[bot]" == login()
    assert frozenset({Login("health-app"), Login("filer")}) == login.all()
    assert "filer" == login.author()


def test_the_identity_that_we_are_is_spelt_as_github_spells_it() -> None:
    """The operator need not know about `[bot]`."""
    login = OwnLogin(answering(BOT), Notebook(), identity=Login("health-app"))

    assert "Health-App[bot]" == login.author()
