"""`serve` with its page: where it is, who may see it, and what becomes of it on a reload."""

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import pytest

from hosts import MINUTE, Host
from pipeline_health import frontage
from pipeline_health.core.model.address import DEFAULT, Address
from pipeline_health.page.pulse import Pulse
from pipeline_health.page.server import taken
from pipeline_health.ports import PipelineHealthError
from pipeline_health.serving import Service, without_page
from pipeline_health.settings import ConfigurationError
from pipeline_health.simulator import Loopback, World
from pipeline_health.supervisor import Supervisor

ANYWHERE = "127.0.0.1:0"
EVERYBODY = "0.0.0.0:0"
PASSWORD = "planted pass word"


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    """Watch one healthy product."""
    world = World()
    with Loopback(world) as loopback:
        repo = world.repo("acme/shop")
        repo.push("first")
        repo.run("CI", "success")
        host = Host(world, loopback, tmp_path)
        host.watch("shop", "acme/shop")
        host.stay_indoors()
        yield host


@contextmanager
def served(host: Host, listen: str | None) -> Iterator[Address | None]:
    """Serve the page of *host* without its service."""
    clock = host.machine.clock
    pulse = Pulse(monotonic=clock.monotonic, every=lambda: 5 * MINUTE)
    settings = host.settings()
    with frontage.served(lambda: settings, pulse, clock=clock, listen=listen) as address:
        yield address


def refused(host: Host, listen: str | None) -> str:
    """Give why the page may not be there."""
    with pytest.raises(ConfigurationError) as caught, served(host, listen):
        pass
    return str(caught.value)


@pytest.mark.parametrize(
    ("extra", "listen", "address", "chosen"),
    [
        ("", None, DEFAULT, False),
        ("", "[::1]:80", "[::1]:80", True),
        ("", "off", None, True),
        ('[page]\nlisten = "localhost:81"', None, "127.0.0.1:81", True),
        ('[page]\nlisten = "off"', None, None, True),
        ('[page]\nlisten = "off"', "127.0.0.1:82", "127.0.0.1:82", True),
    ],
)
def test_the_option_wins_over_the_configuration(
    host: Host, extra: str, listen: str | None, address: str | None, *, chosen: bool
) -> None:
    """And that over what everybody has."""
    host.extra = extra
    found, is_chosen = frontage.address_of(host.settings(), listen)
    assert (None if found is None else str(found), is_chosen) == (address, chosen)


def test_what_is_no_place_is_refused_at_the_start(host: Host) -> None:
    """With what was expected instead."""
    assert "expected an address and a port" in refused(host, "nowhere")
    host.extra = '[page]\nlisten = "status.example:80"'
    with pytest.raises(ConfigurationError, match=r"page\.listen.*is no place for the page"):
        host.settings()


def test_others_see_it_only_with_a_password(host: Host) -> None:
    """At any address but this host's own it must be set; then it is asked for."""
    assert "others could read the page: set WEB_PASSWORD" in refused(host, EVERYBODY)
    host.secrets["WEB_PASSWORD"] = PASSWORD
    with served(host, EVERYBODY) as address:
        assert address is not None
        url = f"http://127.0.0.1:{address.port}"
        assert httpx.get(f"{url}/", trust_env=False).status_code == 401
        page = httpx.get(f"{url}/", auth=("me", PASSWORD), trust_env=False)
        assert page.status_code == 200
        assert PASSWORD not in page.text


def test_a_place_that_is_taken_ends_the_service_only_where_somebody_chose_it(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    """Looking is worth more than being looked at, where nobody asked for the page."""
    with taken(Address(host="127.0.0.1", port=0)) as first:
        place = f"127.0.0.1:{first.getsockname()[1]}"
        assert f"the page cannot be served at {place}" in refused(host, place)
    try:
        held = socket.create_server(("127.0.0.1", 8484))
    except OSError:
        held = None  # somebody else holds it, which is as good
    with served(host, None) as address:
        assert address is None
    assert "cannot be served at 127.0.0.1:8484" in capsys.readouterr().out
    if held is not None:
        held.close()


def test_without_a_place_nothing_listens(host: Host) -> None:
    """For whoever wants none of it."""
    with served(host, "off") as address:
        assert address is None
    with without_page(host.settings, Pulse(monotonic=lambda: 0.0, every=lambda: MINUTE)):
        pass


@dataclass
class Onlooker(Supervisor):
    """Looks at the page each time that the service says that it is well, then does what is next."""

    seen: list[tuple[int, str]] = field(default_factory=list)
    at: list[Address] = field(default_factory=list)
    then: list[int] = field(default_factory=list)
    thread: int = field(default_factory=threading.get_ident)

    def ready(self, *, silent_for: object) -> None:
        """Look before the first look is over."""
        self.look()

    def alive(self, says: str) -> None:
        """Look, and tell the service what to do next."""
        self.look()
        signal.pthread_kill(self.thread, self.then.pop(0))

    def stopping(self) -> None:
        """Say nothing."""

    def look(self) -> None:
        """Look at the page."""
        health = httpx.get(f"http://{self.at[0]}/healthz", trust_env=False)
        page = httpx.get(f"http://{self.at[0]}/", trust_env=False)
        title = page.text.partition("<title>")[2].partition("</title>")[0]
        self.seen.append((health.status_code, title or page.text))


def test_the_page_is_there_before_the_first_look_and_after_each(host: Host) -> None:
    """It shows what that look saw; a reload changes what it goes by, and the end ends it."""
    onlooker = Onlooker(then=[signal.SIGHUP, signal.SIGTERM])

    @contextmanager
    def page(settings: frontage.Now, pulse: Pulse) -> Iterator[None]:
        clock = host.machine.clock
        with frontage.served(settings, pulse, clock=clock, listen=ANYWHERE) as address:
            assert address is not None
            onlooker.at.append(address)
            yield

    def load() -> object:
        if onlooker.seen:
            host.secrets["WEB_PASSWORD"] = PASSWORD
        return host.settings()

    Service(load, machine=host.machine, supervisor=onlooker, page=page).run()  # type: ignore[arg-type]

    assert onlooker.seen == [
        (200, "Nobody looked yet · pipeline-health"),
        (200, "1 undecided · pipeline-health"),
        (200, "A password is needed; any user name will do.\n"),
    ]
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{onlooker.at[0]}/healthz", trust_env=False)


def test_a_page_that_may_not_be_ends_the_service_before_it_looks(host: Host) -> None:
    """With the exit code of a wrong configuration."""
    page = partial(frontage.served, clock=host.machine.clock, listen=EVERYBODY)
    supervisor = Supervisor(address=None, watchdog=None)
    service = Service(host.settings, machine=host.machine, supervisor=supervisor, page=page)
    with pytest.raises(PipelineHealthError, match="WEB_PASSWORD"):
        service.run()
    assert not host.ledger.exists()
