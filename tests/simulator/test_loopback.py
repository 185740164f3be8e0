"""The simulator over real sockets, asked by the libraries that our clients use."""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pytest
from github import Auth, Github

from pipeline_health.clients import documents
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.github_world import Repo

HEADERS = {"Authorization": "Bearer gh-good-token", "User-Agent": "tests"}


@pytest.fixture
def loopback(world: World) -> Iterator[Loopback]:
    """Serve the world while the test runs."""
    with Loopback(world) as serving:
        yield serving


@pytest.fixture
def client(loopback: Loopback) -> Iterator[httpx.Client]:
    """Give an HTTP client that is known to GitHub."""
    with httpx.Client(base_url=loopback.github_url, headers=HEADERS) as asking:
        yield asking


def test_both_providers_are_served(world: World, loopback: Loopback, client: httpx.Client) -> None:
    """Each at its own address, as the real ones are addressed."""
    query = {"query": documents.GITHUB_WHO_AM_I, "variables": {}}
    viewer = client.post("/graphql", json=query).json()["data"]["viewer"]
    assert {"login": "health-bot"} == viewer
    headers = {"Authorization": "Bearer rw-good-token"}
    scope = {"query": documents.RAILWAY_SCOPE}
    answer = client.post(loopback.railway_url, json=scope, headers=headers)
    assert "apiToken" in answer.json()["data"]
    assert ["github", "railway"] == [request.host for request in world.requests]


def test_a_connection_is_kept_open(loopback: Loopback) -> None:
    """HTTP/1.1: the second request goes over the first one's connection."""
    address = urlsplit(loopback.github_url).netloc
    connection = http.client.HTTPConnection(address)
    sockets = []
    for _ in range(2):
        connection.request("GET", "/user", headers=HEADERS)
        connection.getresponse().read()
        sockets.append(connection.sock)
    assert sockets[0] is not None
    assert sockets[0] is sockets[1]
    connection.close()


def test_redirects_lead_to_the_same_server(shop: Repo, client: httpx.Client) -> None:
    """A log, and a repository that was renamed; the query is kept."""
    run = shop.run("CI", "failure", log="boom")
    shop.rename("acme/store")
    log = client.get(f"/repos/acme/shop/actions/jobs/{run.jobs[0].id}/logs", follow_redirects=True)
    assert (200, 2) == (log.status_code, len(log.history))
    assert log.text.rstrip().endswith("boom")
    shop.open_issue("One")
    shop.close_issue(1)
    closed = client.get("/repos/acme/shop/issues?state=closed", follow_redirects=True)
    assert [1] == [issue["number"] for issue in closed.json()]


@pytest.mark.parametrize("mode", ["cut_before", "cut_after"])
def test_a_cut_breaks_the_connection(world: World, client: httpx.Client, mode: str) -> None:
    """The client sees an answer that ends too early; the next request is answered."""
    world.faults.add(host="github", mode=mode)  # type: ignore[arg-type]
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/user")
    assert 200 == client.get("/user").status_code


def test_a_delay_is_waited_for(world: World, client: httpx.Client) -> None:
    """Over a socket the time that passes is real, and the world's clock stands."""
    world.faults.add(host="github", mode="delay", seconds=0.05)
    before, began = world.now(), time.monotonic()
    assert 200 == client.get("/user").status_code
    assert 0.05 <= time.monotonic() - began
    assert before == world.now()


def test_closing_ends_delays_and_open_connections(world: World) -> None:
    """A server that is told to stop waits for nobody, and leaves no thread behind."""
    world.faults.add(host="github", mode="delay", seconds=600)
    before = threading.active_count()
    with Loopback(world) as loopback:
        address = urlsplit(loopback.github_url)
        idle = socket.create_connection((str(address.hostname), address.port or 0))
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{loopback.github_url}/user", headers=HEADERS, timeout=0.05)
    assert b"" == idle.recv(1)
    idle.close()
    patience = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < patience:
        time.sleep(0.01)
    assert before == threading.active_count()


def test_many_may_ask_at_once(shop: Repo, loopback: Loopback) -> None:
    """Every issue is filed once, each under its own number."""

    def file(at: int) -> int:
        url = f"{loopback.github_url}/repos/acme/shop/issues"
        answer = httpx.post(url, json={"title": f"{at}"}, headers=HEADERS)
        return int(answer.json()["number"])

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(pool.map(file, range(40)))
    assert list(range(1, 41)) == numbers
    assert {str(at) for at in range(40)} == set(shop.open_titles)


def test_pygithub_finds_everything_that_it_wants(shop: Repo, loopback: Loopback) -> None:
    """Repositories, issues, labels and comments have the shapes that the library reads."""
    auth = Auth.Token("gh-good-token")
    with Github(
        auth=auth,
        base_url=loopback.github_url,
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
    ) as github:
        repo = github.get_repo("acme/shop")
        repo.create_label("bug", "ff0000", "Broken")
        issue = repo.create_issue("One", "body", labels=["bug"])
        issue.add_to_labels("queued")
        issue.remove_from_labels("bug")
        issue.create_comment("Hm.")
        issue.edit(body="new", state="closed", state_reason="completed")
        found = repo.get_issue(1)
        assert (shop.id, "closed", "new", ["queued"], "health-bot") == (
            repo.id,
            found.state,
            found.body,
            [label.name for label in found.labels],
            found.user.login,
        )
        assert ["Hm."] == [comment.body for comment in found.get_comments()]
        assert ["One"] == [one.title for one in repo.get_issues(state="closed")]
        assert ["bug", "queued"] == sorted(label.name for label in repo.get_labels())
