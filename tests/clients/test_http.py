import gzip
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_health import __version__
from pipeline_health.clients.bodies import LARGEST_BODY
from pipeline_health.clients.errors import (
    ClientError,
    RateLimitedError,
    RefusedError,
    TimedOutError,
    UnreachableError,
)
from pipeline_health.clients.http import HOPS, Answer, Http, retry_time
from wire import NOON, Said, StillClock, http_at, saying, unused_port


class RunningClock(StillClock):
    """A clock that runs."""

    def monotonic(self) -> float:
        """Tell the real time that passed."""
        return time.monotonic()


def refuse_with(*errors: ClientError) -> Callable[[Answer], None]:
    """Refuse as many answers as there are *errors*, and then none."""
    left = list(errors)

    def check(answer: Answer) -> None:
        if left:
            raise left.pop(0)

    return check


def limited(seconds: float | None) -> RateLimitedError:
    """Give a rate limit that ends after so many seconds."""
    retry_at = None if seconds is None else NOON + timedelta(seconds=seconds)
    return RateLimitedError("slowly", retry_at=retry_at)


def test_a_read_gives_status_body_headers_and_the_providers_time() -> None:
    """What came back is given as it is, dated by the provider, and asked under our name."""
    script = saying(Said(status=201, body=b"[1]", headers={"X-Left": "9"}))
    with script.running(), http_at(StillClock(NOON + timedelta(hours=1))) as http:
        answer = http.read("GET", script.url, headers={"A": "b"})

    assert (201, b"[1]", NOON) == (answer.status, answer.body, answer.at)
    assert "9" == answer.headers["x-left"]
    assert [1] == answer.json("Pretend")
    assert f"pipeline-health/{__version__}" == script.asked[0].headers["User-Agent"]
    assert ("GET", b"", None) == (
        script.asked[0].method,
        script.asked[0].body,
        script.asked[0].headers.get("Content-Type"),
    )


def test_a_body_is_sent_as_json() -> None:
    """A write carries its body as JSON and says so."""
    script = saying(Said())
    with script.running(), http_at(StillClock()) as http:
        http.write("POST", script.url, headers={}, body={"a": 1})

    assert {"a": 1} == json.loads(script.asked[0].body)
    assert "application/json" == script.asked[0].headers["Content-Type"]


@pytest.mark.parametrize(
    "date", ["soon", "Fri, 31 Dec 9999 23:59:59 -0100"], ids=["no-date", "after-time-ends"]
)
def test_an_answer_without_a_date_is_dated_by_our_clock(date: str) -> None:
    """A Date header that is none is not believed."""
    raw = f"HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Length: 2\r\n\r\n{{}}".encode()
    script = saying(Said(raw=raw))
    with script.running(), http_at(StillClock()) as http:
        assert NOON == http.read("GET", script.url, headers={}).at


@pytest.mark.parametrize(
    ("body", "start"),
    [
        pytest.param(b"<!DOCTYPE html>\n", "<!DOCTYPE html>", id="html"),
        pytest.param(b'{"data": {', '{"data": {', id="truncated"),
        pytest.param(b"", "''", id="empty"),
        pytest.param(b"\xff\xfe", "no JSON", id="no-utf8"),
        pytest.param(b"[" * 200_000, "no JSON", id="too-deep"),
    ],
)
def test_a_body_that_is_no_json_is_a_transport_error(body: bytes, start: str) -> None:
    """Half a document and a page of HTML are worth another try; their start is shown."""
    answer = Answer(status=200, headers={}, body=body, at=NOON)

    with pytest.raises(UnreachableError) as broken:
        answer.json("Pretend")

    assert start in str(broken.value)
    assert broken.value.retryable


def test_nobody_listening_is_unreachable_and_surely_not_done() -> None:
    """A connection that was never made took no effect; it is tried three times."""
    clock = StillClock()
    with http_at(clock) as http, pytest.raises(UnreachableError) as broken:
        http.read("GET", f"http://127.0.0.1:{unused_port()}/", headers={})

    assert "127.0.0.1 could not be reached: ConnectError" == str(broken.value)
    assert not broken.value.lost
    assert [0.25, 0.25] == clock.slept


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        b"nonsense\r\n\r\n",
    ],
    ids=["hung-up", "cut", "bad-gzip", "no-http"],
)
def test_a_broken_answer_to_a_write_may_have_taken_effect(raw: bytes) -> None:
    """A write is sent once, and an answer that is not whole leaves open whether it happened."""
    script = saying(Said(raw=raw))
    lost = pytest.raises(UnreachableError, match="gave no whole answer")
    with script.running(), http_at(StillClock()) as http, lost as broken:
        http.write("POST", script.url, headers={})

    assert broken.value.lost
    assert 1 == len(script.asked)


def test_a_read_is_repeated_until_it_is_whole() -> None:
    """A cut answer to a read is asked for again, after a short pause."""
    script, clock = saying(Said(raw=b""), Said(raw=b""), Said(body=b"3")), StillClock()
    with script.running(), http_at(clock) as http:
        assert b"3" == http.read("GET", script.url, headers={}).body

    assert [0.25, 0.25] == clock.slept


def test_a_refusal_is_not_repeated() -> None:
    """Only what may help is sent again."""
    script = saying(Said())
    with script.running(), http_at(StillClock()) as http, pytest.raises(RefusedError):
        http.read("GET", script.url, headers={}, check=refuse_with(RefusedError("no", status=403)))

    assert 1 == len(script.asked)


class Silent(httpx.BaseTransport):
    """A network on which no answer comes in time, or none at all."""

    def __init__(self, error: type[httpx.TransportError]) -> None:
        self._error = error
        self.asked = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Break."""
        self.asked += 1
        msg = "silence"
        raise self._error(msg, request=request)


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        pytest.param(httpx.ReadTimeout, 1, id="timeout"),
        pytest.param(httpx.ReadError, 3, id="cut"),
        pytest.param(httpx.ConnectTimeout, 3, id="not-reached"),
    ],
)
def test_who_has_something_better_to_try_after_a_timeout_is_not_kept_from_it(
    error: type[httpx.TransportError], tries: int
) -> None:
    """Half a minute is lost with each; whatever else breaks is tried again."""
    silent = Silent(error)
    http = Http(clock=StillClock(), jitter=lambda: 0.0, transport=silent)

    with pytest.raises(UnreachableError):
        http.read("GET", "http://there.example/", headers={}, not_after=(TimedOutError,))

    assert tries == silent.asked
    http.close()


@pytest.mark.parametrize(
    ("seconds", "slept"), [(3.5, [3.5]), (-10, [0.0])], ids=["soon", "already-over"]
)
def test_a_short_rate_limit_is_waited_for(seconds: float, slept: list[float]) -> None:
    """A limit that ends within seconds is slept through."""
    script, clock = saying(Said()), StillClock()
    with script.running(), http_at(clock) as http:
        http.read("GET", script.url, headers={}, check=refuse_with(limited(seconds)))

    assert slept == clock.slept


@pytest.mark.parametrize("seconds", [6, None], ids=["long", "unknown"])
def test_a_long_rate_limit_is_not_waited_for(seconds: float | None) -> None:
    """A limit that lasts, or does not say how long, is told at once."""
    script, clock = saying(Said()), StillClock()
    with script.running(), http_at(clock) as http, pytest.raises(RateLimitedError):
        http.read("GET", script.url, headers={}, check=refuse_with(limited(seconds)))

    assert [] == clock.slept


def test_no_pause_outlasts_the_cycle() -> None:
    """What cannot be waited for before the deadline is told at once."""
    script, clock = saying(Said()), StillClock()
    with script.running(), http_at(clock) as http:
        http.ending.end_within(timedelta(seconds=2))
        with pytest.raises(RateLimitedError):
            http.read("GET", script.url, headers={}, check=refuse_with(limited(3)))

    assert [] == clock.slept


def test_nothing_is_sent_after_the_deadline() -> None:
    """When the time of the cycle is used up no request is made, and none was lost."""
    script, clock = saying(Said()), StillClock()
    with script.running(), http_at(clock) as http:
        http.ending.end_within(timedelta(seconds=1))
        clock.sleep(1)
        with pytest.raises(UnreachableError, match="no time is left in this cycle") as late:
            http.write("POST", script.url, headers={})

    assert not late.value.lost
    assert [] == script.asked


@pytest.mark.parametrize("token", ["a\nb", "schlüssel", "a ", "a\x00"], ids=repr)
def test_a_header_that_cannot_be_sent_is_not_shown(token: str) -> None:
    """A secret with a line break or an umlaut is refused by the name of its header."""
    script = saying(Said())
    with script.running(), http_at(StillClock()) as http, pytest.raises(ClientError) as refused:
        http.read("GET", script.url, headers={"Authorization": token})

    assert "Authorization" in str(refused.value)
    assert token not in str(refused.value)
    assert (None, None) == (refused.value.__cause__, refused.value.__context__)
    assert [] == script.asked


def test_a_redirect_of_a_read_is_followed() -> None:
    """A log lies behind a redirect."""
    script = saying(Said(status=302, headers={"Location": "/log"}), Said(body=b"line"))
    with script.running(), http_at(StillClock()) as http:
        assert b"line" == http.read("GET", script.url, headers={}).body

    assert "/log" == script.asked[1].path


def test_a_redirect_of_a_write_is_not_followed() -> None:
    """A write goes where it was sent and nowhere else."""
    script = saying(Said(status=307, headers={"Location": "/elsewhere"}))
    with script.running(), http_at(StillClock()) as http:
        assert 307 == http.write("POST", script.url, headers={}).status

    assert 1 == len(script.asked)


def test_a_body_without_end_is_cut_off() -> None:
    """More than the largest body is not taken."""
    script = saying(Said(body=b"x" * (LARGEST_BODY + 1)))
    cut = pytest.raises(UnreachableError, match="more than 33554432 bytes")
    with script.running(), http_at(StillClock()) as http, cut:
        http.write("POST", script.url, headers={})


def test_the_end_of_a_long_text_is_kept() -> None:
    """A log of any length is read to its end, and only its last bytes are held."""
    script = saying(Said(status=200, body=b"a" * 100_000 + b"end"))
    with script.running(), http_at(StillClock()) as http:
        answer = http.tail(script.url, headers={}, keep=4)

    assert (200, b"aend") == (answer.status, answer.body)


@contextmanager
def pouring(megabytes: int) -> Iterator[str]:
    """Serve so much text, which nobody holds in memory, and a last line."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def pour() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(65536)
                length = megabytes * 1024 * 1024 + 4
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length)
                for _ in range(megabytes * 64):
                    peer.sendall(b"a" * 16 * 1024)
                peer.sendall(b"end\n")

        thread = threading.Thread(target=pour)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join()


def test_a_log_of_ten_megabytes_is_never_held_in_memory() -> None:
    """What is held at any moment is the end that was asked for, and the piece that just came."""
    with pouring(10) as url, http_at(RunningClock()) as http:
        tracemalloc.start()
        try:
            answer = http.tail(url, headers={}, keep=64 * 1024)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert (200, 64 * 1024, b"aend\n") == (answer.status, len(answer.body), answer.body[-5:])
    assert most < 2 * 1024 * 1024


@contextmanager
def trickling(start: bytes) -> Iterator[str]:
    """Serve *start*, then one byte at a time, and never the last one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ended = threading.Event()

        def trickle() -> None:
            peer, _ = server.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(start)
                while not ended.wait(0.02):
                    try:
                        peer.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        finally:
            ended.set()
            thread.join()


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", id="body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nX-Slow: ", id="header"),
        pytest.param(b"", id="first-line"),
    ],
)
def test_a_peer_that_trickles_is_cut_off(start: bytes) -> None:
    """An answer that always goes on a little ends when the time is up."""
    with trickling(start) as url, http_at(RunningClock()) as http:
        http.ending.end_within(timedelta(seconds=0.2))
        with pytest.raises(UnreachableError, match="took longer than the time that was left"):
            http.write("GET", url, headers={})


def test_a_peer_that_says_nothing_is_given_up() -> None:
    """A connection without an answer lasts no longer than the time that is left."""
    with socket.create_server(("127.0.0.1", 0)) as server, http_at(RunningClock()) as http:
        http.ending.end_within(timedelta(seconds=0.2))
        with pytest.raises(TimedOutError, match="took longer than") as silent:
            http.write("GET", f"http://127.0.0.1:{server.getsockname()[1]}/", headers={})

    assert silent.value.lost


class LateTransport(httpx.BaseTransport):
    """A network that finds the way only when it is told to."""

    def __init__(self) -> None:
        self.found = threading.Event()
        self.over = threading.Event()
        self._network = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Wait, and then send it."""
        self.found.wait(10)
        try:
            return self._network.handle_request(request)
        finally:
            self.over.set()


def test_a_write_that_nobody_waits_for_any_more_is_not_sent() -> None:
    """Whoever gave it up may look for its effect already, and do it again."""
    late, clock, script = LateTransport(), RunningClock(), saying(Said())
    http = Http(clock=clock, jitter=lambda: 0.0, transport=late)
    http.ending.end_within(timedelta(seconds=0.05))
    with script.running():
        with pytest.raises(UnreachableError, match="took longer than"):
            http.write("POST", script.url, headers={})
        late.found.set()
        assert late.over.wait(10)
    http.close()

    assert [] == script.asked


@pytest.mark.parametrize(
    "location", ["http://xn--/", f"http://{'a' * 70}.com/", "http://[bad/"], ids=["a", "b", "c"]
)
def test_a_redirect_to_no_address_is_no_answer(location: str) -> None:
    """Whatever the library says of it."""
    script = saying(Said(status=302, headers={"Location": location}))
    with script.running(), http_at(StillClock()) as http, pytest.raises(UnreachableError):
        http.write("GET", script.url, headers={})


def test_a_redirect_leads_on_only_so_often() -> None:
    """One that leads to itself ends."""
    script = saying(Said(status=302, headers={"Location": "/again"}))
    circle = pytest.raises(UnreachableError, match="TooManyRedirects")
    with script.running(), http_at(StillClock()) as http, circle:
        http.write("GET", script.url, headers={})

    assert HOPS + 1 == len(script.asked)


def test_a_redirect_without_end_is_cut_off() -> None:
    """The page that comes with it is held to the same bounds as an answer."""
    start = b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 1000000000\r\n\r\n"
    script = saying(Said(raw=start + b"x" * (LARGEST_BODY + 1)))
    cut = pytest.raises(UnreachableError, match="more than 33554432 bytes")
    with script.running(), http_at(StillClock()) as http, cut:
        http.write("GET", script.url, headers={})


def test_another_host_is_not_told_who_asks() -> None:
    """A log lies elsewhere, and a token is nobody's business there: another port is another."""
    elsewhere = saying(Said(body=b"line"))
    script = saying(Said(status=302, headers={"Location": elsewhere.url}))
    with script.running(), elsewhere.running(), http_at(StillClock()) as http:
        http.read("GET", script.url, headers={"Authorization": "Bearer t"})

    assert "Bearer t" == script.asked[0].headers["Authorization"]
    assert "Authorization" not in elsewhere.asked[0].headers


def test_an_answer_that_is_packed_twice_is_not_unpacked() -> None:
    """A kilobyte of that can hold a gigabyte."""
    packed = gzip.compress(gzip.compress(b"{}"))
    script = saying(Said(body=packed, headers={"Content-Encoding": "gzip, gzip"}))
    refused = pytest.raises(UnreachableError, match="packed its answer more than once")
    with script.running(), http_at(StillClock()) as http, refused:
        http.write("GET", script.url, headers={})


def test_what_was_given_up_is_in_nobodys_way() -> None:
    """However many do not answer, there is a connection for the next one."""
    script = saying(Said())
    silent = socket.create_server(("127.0.0.1", 0), backlog=64)
    with silent, script.running(), http_at(RunningClock()) as http:
        for _ in range(21):
            http.ending.end_within(timedelta(milliseconds=5))
            with pytest.raises(UnreachableError):
                http.write("GET", f"http://127.0.0.1:{silent.getsockname()[1]}/", headers={})
        http.ending.end_within(timedelta(seconds=5))

        assert 200 == http.write("GET", script.url, headers={}).status


def test_another_transport_takes_the_place_of_the_network() -> None:
    """A simulator in the same process answers instead of a server."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, text=request.url.path))
    http = Http(clock=StillClock(), jitter=lambda: 1.0, transport=transport)

    assert b"/x" == http.read("GET", "http://pretend/x", headers={}).body


def test_jitter_makes_a_pause_longer() -> None:
    """Two agents that fail together do not come back together."""
    clock = StillClock()
    http = Http(clock=clock, jitter=lambda: 1.0)
    with pytest.raises(UnreachableError):
        http.read("GET", f"http://127.0.0.1:{unused_port()}/", headers={})
    http.close()

    assert [1.0, 1.0] == clock.slept


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("30", NOON + timedelta(seconds=30), id="seconds"),
        pytest.param("0.25", NOON + timedelta(seconds=0.25), id="fraction"),
        pytest.param("-5", NOON, id="negative"),
        pytest.param("Mon, 02 Mar 2026 12:01:00 GMT", NOON + timedelta(minutes=1), id="date"),
        pytest.param("Mon, 02 Mar 2026 12:01:00 -0000", NOON + timedelta(minutes=1), id="no-zone"),
        pytest.param("Fri, 31 Dec 9999 23:59:59 -0100", None, id="after-time-ends"),
        pytest.param("inf", None, id="for-ever"),
        pytest.param("1e300", None, id="longer-than-time"),
        pytest.param("nan", None, id="no-number"),
        pytest.param("soon", None, id="a-word"),
    ],
)
def test_retry_after_is_read_in_all_its_forms(text: str, expected: datetime | None) -> None:
    """Seconds, fractions of them and HTTP dates are understood; nonsense names no time."""
    assert expected == retry_time({"retry-after": text}, now=NOON)


def test_no_retry_after_names_no_time() -> None:
    """Without the header nothing is promised."""
    assert retry_time({}, now=NOON) is None


@given(st.text())
def test_no_retry_after_breaks_us(text: str) -> None:
    """Whatever the header says, the answer is a time in UTC or none."""
    moment = retry_time({"retry-after": text}, now=NOON)

    assert moment is None or moment.tzinfo is UTC
