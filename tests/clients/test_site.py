"""The tests of a live URL over real HTTP: what answers, wakes up, dawdles, leads on or lies."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from pipeline_health.bootstrap import SystemClock
from pipeline_health.clients.http import USER_AGENT
from pipeline_health.clients.site import PAUSE, STIRRING, HttpSite
from pipeline_health.clients.smoke import LARGEST
from pipeline_health.core.model.gate_policy import JsonCheck, SmokeCheck, VersionCheck
from pipeline_health.core.model.live import Served, Tested
from pipeline_health.ports import Clock, LiveSite
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.site import Page
from wire import NOON, Said, StillClock, saying, unused_port

NONE = timedelta(0)
MINUTE = timedelta(minutes=1)
SHORT = timedelta(seconds=1)
LONG = timedelta(seconds=4)
SHA = "9f8e7d6c" * 5
AWAKE = SmokeCheck(path="/healthz")


class Shop:
    """A pretend product, and who tests it."""

    def __init__(self, loopback: Loopback) -> None:
        self.url = loopback.site_url("shop")
        self.site = loopback.world.site("shop")
        self.clock = StillClock()
        self.live: LiveSite = HttpSite(clock=self.clock, redact=str, deadline=LONG)

    def hurried(self) -> LiveSite:
        """Give a tester that waits for no answer long."""
        return HttpSite(clock=self.clock, redact=str, deadline=SHORT)

    def timed(self, clock: Clock) -> LiveSite:
        """Give a tester that goes by *clock*."""
        return HttpSite(clock=clock, redact=str, deadline=LONG)

    def smoke(self, *checks: SmokeCheck, patience: timedelta = NONE) -> tuple[Tested, ...]:
        """Make *checks* below the path `/shop`."""
        return self.live.smoke(f"{self.url}/shop", checks, patience=patience)


@pytest.fixture
def shop() -> Iterator[Shop]:
    """Open the shop."""
    with Loopback(World()) as loopback:
        yield Shop(loopback)


# -- reach -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "passed"),
    [(200, True), (204, True), (302, True), (401, True), (403, True), (404, False), (500, False)],
)
def test_what_counts_as_an_answer(shop: Shop, status: int, *, passed: bool) -> None:
    """The same that counts as one for an outage; once is enough to know."""
    shop.site.status = status

    assert shop.live.reach(f"{shop.url}/x", patience=MINUTE) == Tested(
        what="the live URL",
        passed=passed,
        says=f"answered {status}",
        at=NOON,
        url=f"{shop.url}/x",
    )
    assert shop.site.asked == ["/x"]


@pytest.mark.parametrize("edge", [False, True], ids=["502", "edge"])
def test_a_sleeper_is_waited_for(shop: Shop, *, edge: bool) -> None:
    """Twice nobody is there, then somebody is; the time is that of the answer."""
    shop.site.sleeps, shop.site.edge = 2, edge

    tested = shop.live.reach(shop.url, patience=MINUTE)

    assert (tested.passed, tested.says, tested.at) == (True, "answered 200", NOON + 2 * PAUSE)
    assert shop.clock.slept == [PAUSE.total_seconds()] * 2


@pytest.mark.parametrize("status", [502, 503, 504, None])
def test_patience_ends(shop: Shop, status: int | None) -> None:
    """Who does not wake up is down."""
    shop.site.status = status

    tested = shop.live.reach(shop.url, patience=3 * PAUSE)

    assert tested.passed is False
    assert len(shop.site.asked) == 4
    assert shop.live.reach(shop.url, patience=NONE).passed is False
    assert len(shop.site.asked) == 5


def test_nobody_there_is_no_answer(shop: Shop) -> None:
    """Unreachable is a failure, and no doubt."""
    tested = shop.live.reach(f"http://127.0.0.1:{unused_port()}", patience=NONE)

    assert (tested.passed, tested.says) == (False, "could not be connected to")


def test_a_clock_that_waits_for_nothing_ends_it_too(shop: Shop) -> None:
    """Time that was meant to pass counts as passed."""

    class Sleepless(StillClock):
        def sleep(self, seconds: float) -> None:
            """Return at once, and let no time pass."""

    shop.site.status = 502

    assert not shop.timed(Sleepless()).reach(shop.url, patience=MINUTE).passed
    assert len(shop.site.asked) == 61


def test_real_time_counts_against_patience(shop: Shop) -> None:
    """An answer that takes long leaves less for another."""

    class Late(StillClock):
        def monotonic(self) -> float:
            """Let twenty seconds pass at every look."""
            self.passed += 20
            return self.passed

    shop.site.status = 502
    shop.timed(Late()).reach(shop.url, patience=MINUTE)

    assert len(shop.site.asked) == 1


def test_a_broken_exchange_may_be_that_of_a_sleeper(shop: Shop) -> None:
    """It is asked for again."""
    tested = shop.live.reach(shop.url.replace("http", "https"), patience=PAUSE)

    assert (tested.passed, len(shop.clock.slept)) == (False, 1)


def test_a_name_that_leads_into_this_network_is_not_asked(shop: Shop) -> None:
    """Nobody can tell what would have answered; it is not retried."""
    disguised = shop.url.replace("127.0.0.1", "127.1")

    tested = shop.live.reach(disguised, patience=MINUTE)
    (smoked,) = shop.live.smoke(disguised, [AWAKE], patience=MINUTE)
    served = shop.live.version(disguised, VersionCheck(path="/", key="a"))

    assert (tested.passed, smoked.passed, served.commit) == (None, None, None)
    for says in (tested.says, smoked.says, served.says):
        assert says.startswith("was not asked: 127.1 leads to 127.0.0.1")
    assert (shop.site.asked, shop.clock.slept) == ([], [])


# -- smoke -----------------------------------------------------------------------------------


def test_checks_are_made_below_the_base_and_told_in_order(shop: Shop) -> None:
    """More of them than are made at once, the slowest first."""
    shop.site.pages = {"/shop/0": Page(delay=0.1), "/shop/7": Page(status=500)}

    tested = shop.smoke(*(SmokeCheck(path=f"/{at}") for at in range(12)))

    assert [each.what for each in tested] == [f"GET /{at}" for at in range(12)]
    assert [at for at, each in enumerate(tested) if not each.passed] == [7]
    assert tested[7].says == "answered 500, not 200"
    assert tested[7].url == f"{shop.url}/shop/7"


def test_checks_are_made_side_by_side(shop: Shop) -> None:
    """Eight that take a moment each take hardly more than one."""
    shop.site.delay = 0.25
    began = time.monotonic()

    assert all(each.passed for each in shop.smoke(*[AWAKE] * 8))
    assert time.monotonic() - began < 1.5


def test_no_check_is_no_result(shop: Shop) -> None:
    """What that means is decided elsewhere."""
    assert shop.smoke() == ()


def test_a_request_has_our_name_and_wants_nothing_packed() -> None:
    """Nor anything that somebody kept from before."""
    script = saying(Said(body=b"ok"))

    with script.running():
        HttpSite(clock=StillClock(), redact=str).smoke(script.url, [AWAKE], patience=NONE)

    (asked,) = script.asked
    assert (asked.method, asked.path) == ("GET", "/graphql/v2/healthz")
    assert asked.headers["User-Agent"] == USER_AGENT
    assert asked.headers["Accept-Encoding"] == "identity"
    assert asked.headers["Cache-Control"] == "no-cache"


def test_a_sleeper_that_wakes_passes(shop: Shop) -> None:
    """What it said before it was awake does not count."""
    shop.site.sleeps = 2

    assert [each.passed for each in shop.smoke(AWAKE, patience=MINUTE)] == [True]


def test_a_wrong_answer_is_not_asked_for_again(shop: Shop) -> None:
    """Only what wakes up may say something else a moment later."""
    shop.site.status = 500

    assert [each.passed for each in shop.smoke(AWAKE, patience=MINUTE)] == [False]
    assert len(shop.site.asked) == 1


def test_what_is_wanted_is_not_waited_out(shop: Shop) -> None:
    """A check may want what a sleeper says."""
    shop.site.status = 503

    (tested,) = shop.smoke(SmokeCheck(path="/", status=(503,)), patience=MINUTE)

    assert (tested.passed, shop.clock.slept) == (True, [])


def test_an_answer_that_is_late_is_told_with_its_time(shop: Shop) -> None:
    """Measured by the attempt that counts."""
    shop.site.delay = 0.2
    check = SmokeCheck(path="/", within=timedelta(seconds=0.1))
    generous = SmokeCheck(path="/", within=timedelta(seconds=5))

    live = HttpSite(clock=SystemClock(), redact=str)
    late, early = live.smoke(shop.url, [check, generous], patience=NONE)

    assert (late.passed, early.passed) == (False, True)
    assert late.says.startswith("answered 200, but after 0.")
    assert late.says.endswith(" s, not within 0.1 s")


def test_a_check_may_take_longer_than_is_usual(shop: Shop) -> None:
    """What its own bound allows is waited for."""
    shop.site.delay = SHORT.total_seconds() + 0.1
    slow = SmokeCheck(path="/", within=timedelta(seconds=5))

    usual, patient = shop.hurried().smoke(shop.url, [AWAKE, slow], patience=NONE)

    assert (usual.passed, usual.says) == (False, "did not answer within 1 s")
    assert patient.passed is True


def test_a_body_that_trickles_is_left_when_time_is_over(shop: Shop) -> None:
    """Unless nobody has to read it."""
    shop.site.body, shop.site.pace = "x" * 1000, 0.05
    reads = SmokeCheck(path="/", contains="y")

    read, glanced = shop.hurried().smoke(shop.url, [reads, AWAKE], patience=NONE)

    assert (read.passed, read.says) == (False, "did not answer within 1 s")
    assert glanced.passed is True


def test_a_body_that_breaks_off_is_no_answer(shop: Shop) -> None:
    """It is asked for once more, like all silence."""
    shop.site.pages["/shop/a"] = Page(cut=True)

    (tested,) = shop.smoke(SmokeCheck(path="/a", contains="a"), patience=PAUSE)

    assert (tested.passed, tested.says) == (False, "broke the exchange off")
    assert len(shop.site.asked) == 2


def test_a_large_body_is_looked_at_from_its_beginning(shop: Shop) -> None:
    """Up to a mebibyte; what lies behind is not there."""
    shop.site.body = "first " + "x" * LARGEST + " last"
    checks = [SmokeCheck(path="/", contains=word) for word in ("first", "last")]

    first, last = shop.smoke(*checks)

    assert first.passed is True
    assert last.says.endswith(
        ', but its body does not contain "last", as far as it was read (1 MiB)'
    )


def test_a_stream_without_end_costs_no_memory(shop: Shop) -> None:
    """It is left as soon as there is more than is looked at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def flood() -> None:
            line, _ = listener.accept()
            with line:
                line.recv(4096)
                line.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                try:
                    while True:
                        line.sendall(b"z" * 65536)
                except OSError:
                    return

        thread = threading.Thread(target=flood, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        (tested,) = shop.live.smoke(url, [SmokeCheck(path="/", contains="y")], patience=NONE)
        thread.join(5)

    assert tested.says.endswith(", as far as it was read (1 MiB)")
    assert not thread.is_alive()


def test_nothing_is_unpacked() -> None:
    """A bomb stays as small as it came."""
    bomb = saying(
        Said(body=gzip.compress(b"ok" * 10_000_000), headers={"Content-Encoding": "gzip"})
    )

    with bomb.running():
        (tested,) = HttpSite(clock=StillClock(), redact=str).smoke(
            bomb.url, [SmokeCheck(path="/", contains="ok")], patience=NONE
        )

    assert tested.passed is None
    assert "packed" in tested.says


def test_a_redirect_on_the_same_host_is_followed(shop: Shop) -> None:
    """Its end is what is judged; nobody waits for what it says itself."""
    shop.site.pages["/shop/a"] = Page(
        status=302, headers={"Location": "/b"}, body="no" * 1000, pace=0.05
    )
    shop.site.pages["/b"] = Page(body="yes")

    assert [each.passed for each in shop.smoke(SmokeCheck(path="/a", contains="yes"))] == [True]


def test_a_redirect_to_elsewhere_is_the_answer(shop: Shop) -> None:
    """It is judged as what it is, and nobody goes there."""
    other = Loopback(World())
    with other:
        elsewhere = other.site_url("film").replace("127.0.0.1", "localhost")
        for path, target in (("/a", elsewhere), ("/m", "http://169.254.169.254/latest")):
            shop.site.pages[f"/shop{path}"] = Page(
                status=302, headers={"Location": target}, body="moved"
            )
        wanted, unwanted, metadata = shop.smoke(
            SmokeCheck(path="/a", status=(302,), contains="moved"),
            SmokeCheck(path="/a"),
            SmokeCheck(path="/m"),
        )

    assert wanted.passed is True
    assert unwanted.says == "answered 302, which leads to localhost, not 200"
    assert metadata.says == "answered 302, which leads to 169.254.169.254, not 200"
    assert other.world.site("film").asked == []


def test_values_and_headers_are_read_from_the_answer(shop: Shop) -> None:
    """The rules for them are a table of their own."""
    shop.site.body = '{"db":{"ok":true}}'

    good, bad = shop.smoke(
        SmokeCheck(path="/", json=JsonCheck(key="db.ok", value=True)),
        SmokeCheck(path="/", json=JsonCheck(key="db.ok", value=1)),
    )

    assert (good.passed, bad.says) == (True, "answered 200, but its db.ok is true, not 1")


def test_an_interrupt_does_not_wait_for_a_sleeper(shop: Shop) -> None:
    """Whoever pressed Ctrl-C has no patience left, whatever the configuration says."""

    class Impatient(StillClock):
        def sleep(self, seconds: float) -> None:
            """Be interrupted while it waits."""
            super().sleep(seconds)
            if len(self.slept) == 1:
                raise KeyboardInterrupt

    shop.site.status = 502
    shop.site.pages["/late"] = Page(status=502, delay=0.2)

    with pytest.raises(KeyboardInterrupt):
        HttpSite(clock=Impatient(), redact=str).smoke(
            shop.url, [AWAKE, SmokeCheck(path="/late")], patience=500 * PAUSE
        )
    assert len(shop.site.asked) < 10


# -- version ---------------------------------------------------------------------------------


def test_the_commit_is_what_the_url_tells(shop: Shop) -> None:
    """At the time of its answer, in one spelling."""
    shop.site.pages["/shop/version"] = Page(body=f'{{"build":{{"commit":"{SHA.upper()}"}}}}')
    check = VersionCheck(path="/version", key="build.commit")

    served = shop.live.version(f"{shop.url}/shop", check)

    assert served == Served(commit=SHA, says=f"tells that it serves {SHA}", at=NOON)  # type: ignore[arg-type]


def test_a_url_that_does_not_answer_tells_no_commit(shop: Shop) -> None:
    """The words say why."""
    shop.site.status = 502

    served = shop.live.version(shop.url, VersionCheck(path="/version", key="commit"))

    assert (served.commit, served.says) == (None, "answered 502, where a version was expected")
    assert shop.clock.passed == STIRRING.total_seconds()


def test_a_moment_without_an_answer_costs_no_version(shop: Shop) -> None:
    """Between two instances there may be none."""
    shop.site.sleeps = 2
    shop.site.body = f'{{"commit":"{SHA}"}}'

    assert shop.live.version(shop.url, VersionCheck(path="/", key="commit")).commit == SHA
