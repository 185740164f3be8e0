"""Who may see the page, and what everybody is told who may not."""

from base64 import b64encode
from dataclasses import replace

import pytest

from exhibition import Exhibition
from pipeline_health.page.backoff import ALL_TOGETHER, FORGOTTEN, FREE, LONGEST, PLACES, BackOff
from pipeline_health.page.guard import HEADERS, is_loopback_name
from pipeline_health.secret import Secret

PASSWORD = "planted pass: word"


def basic(password: str, user: str = "anybody") -> dict[str, str]:
    """Say a password as browsers do."""
    return {"Authorization": f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"}


@pytest.fixture
def locked(empty: Exhibition) -> Exhibition:
    """Give a page that asks for a password."""
    return replace(empty, password=Secret(PASSWORD))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/style.css", 200),
        ("/refresh.js", 200),
        ("/well.svg", 200),
        ("/feed.json", 200),
        ("/metrics", 200),
        ("/healthz", 200),
        ("/incidents/none", 404),
        ("/incidents/", 404),
        ("/../etc/passwd", 404),
        ("/templates/base.html", 404),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_everything_that_leaves_has_the_strict_headers(
    empty: Exhibition, path: str, status: int, method: str
) -> None:
    """What is there, and what is not; nothing but our own is ever loaded by it, or shows it."""
    answer = empty.visitor().get(path, method=method)

    assert (answer.status, "set-cookie" in answer.headers) == (status, False)
    for name, value in HEADERS.items():
        assert answer.headers[name.lower()] == value
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "SPY"])
@pytest.mark.parametrize("path", ["/", "/healthz", "/nowhere"])
def test_it_only_shows(empty: Exhibition, path: str, method: str) -> None:
    """Nothing can be sent to it, wherever."""
    answer = empty.visitor().get(path, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("localhost", True),
        ("LOCALHOST:8484", True),
        ("localhost.:8484", True),
        ("127.0.0.1", True),
        ("127.8.9.1:80", True),
        ("[::1]", True),
        ("[::1]:8484", True),
        ("", False),
        ("evil.example", False),
        ("evil.example:8484", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example:8484", False),
        ("[::1].evil.example", False),
        ("10.0.0.7:8484", False),
        ("localhost:8484:evil.example", False),
    ],
)
def test_without_a_password_only_this_hosts_own_names_are_answered(
    empty: Exhibition, host: str, *, ours: bool
) -> None:
    """A page of somebody else's, whose name points to us, must read nothing (DNS rebinding)."""
    assert is_loopback_name(host) is ours
    assert empty.visitor(host=host).get("/feed.json").status == (200 if ours else 403)
    assert empty.visitor(host=host).get("/healthz").text == "ok\n"


def test_without_a_password_nobody_else_is_shown_anything(empty: Exhibition) -> None:
    """Not even when it was taken away while we served."""
    exposed = replace(empty, loopback=False)
    assert exposed.visitor().get("/").status == 403
    assert exposed.visitor().get("/healthz").status == 200


def test_with_a_password_everybody_is_asked_for_it(locked: Exhibition) -> None:
    """Also this host, under any name, by any user; only health is told without it."""
    visitor = locked.visitor(host="status.example")

    refused = visitor.get("/feed.json")
    assert refused.status == 401
    assert refused.headers["www-authenticate"].startswith('Basic realm="pipeline-health"')
    assert "schema" not in refused.text
    assert visitor.get("/feed.json", headers=basic(PASSWORD)).status == 200
    assert visitor.get("/", headers=basic(PASSWORD, user="")).status == 200
    assert visitor.get("/healthz").text == "ok\n"


@pytest.mark.parametrize(
    "said",
    [
        basic("planted pass"),
        basic(""),
        basic(f"{PASSWORD} "),
        {"Authorization": f"Bearer {PASSWORD}"},
        {"Authorization": "Basic"},
        {"Authorization": "Basic not base64"},
        {"Authorization": "Basic " + b64encode(b"a:\xff\xfe").decode()},
        {"Authorization": "Basic QUFB\u00fc"},
        {"Authorization": "Basic " + "QUFB" * 9_999},
    ],
    ids=["shorter", "empty", "longer", "bearer", "nothing", "garbage", "no text", "odd", "huge"],
)
def test_what_is_not_the_password_is_refused(locked: Exhibition, said: dict[str, str]) -> None:
    """Whatever it looks like."""
    assert locked.visitor().get("/", headers=said).status == 401


@pytest.mark.parametrize("password", ["p\u00e4ssw\u00f6rd \u2603: x", "0123456789abcdef" * 200])
def test_any_password_that_can_be_set_can_be_told(empty: Exhibition, password: str) -> None:
    """Also one of no ASCII, and one as long as somebody's generator made it."""
    locked = replace(empty, password=Secret(password))
    assert locked.visitor().get("/", headers=basic(password)).status == 200
    assert locked.visitor().get("/", headers=basic(password[:-1])).status == 401


def test_mistakes_slow_down_whoever_makes_them(locked: Exhibition) -> None:
    """Then not even the right one is looked at for a while; others are served meanwhile."""
    attacker, operator = (locked.visitor(it) for it in ("203.0.113.9", "198.51.100.4"))
    attacker.app = operator.app
    for _ in range(FREE):
        assert attacker.get("/", headers=basic("wrong")).status == 401

    slowed = attacker.get("/", headers=basic(PASSWORD))
    assert (slowed.status, slowed.headers["retry-after"]) == (429, "1")
    assert operator.get("/", headers=basic(PASSWORD)).status == 200
    locked.seconds += 1
    assert attacker.get("/", headers=basic(PASSWORD)).status == 200


def test_nobody_waits_longer_for_asking_again() -> None:
    """Whoever shares an address with an attacker gets his turn: a wait ends when it was to end."""
    clock = [0.0]
    backoff = BackOff(lambda: clock[0])
    for _ in range(40):
        backoff.wrong("203.0.113.9")
    assert backoff.wait("203.0.113.9") == LONGEST
    clock[0] = LONGEST - 1
    assert backoff.wait("203.0.113.9") == 1
    clock[0] = LONGEST
    assert backoff.wait("203.0.113.9") == 0
    clock[0] = LONGEST + FORGOTTEN
    backoff.wrong("203.0.113.9")
    assert backoff.wait("203.0.113.9") == 0


def test_many_addresses_are_no_way_around_and_fill_no_memory() -> None:
    """All together may be wrong only so often a second; who was right before is not held up."""
    clock = [0.0]
    backoff = BackOff(lambda: clock[0])
    backoff.right("198.51.100.4")
    for number in range(3 * PLACES):
        backoff.wrong(f"2001:db8:{number // 256:x}:{number % 256:x}::1")
        backoff.right(f"10.0.{number // 256}.{number % 256}")
    backoff.right("198.51.100.4")

    assert 3 * PLACES > ALL_TOGETHER
    assert backoff.wait("192.0.2.1") == 1
    assert backoff.wait("198.51.100.4") == 0
    assert len(backoff._places) == PLACES  # noqa: SLF001 - that it is bounded is the point
    assert len(backoff._trusted) == PLACES  # noqa: SLF001 - as above
    clock[0] = 1
    assert backoff.wait("192.0.2.1") == 0


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("203.0.113.9", "203.0.113.8", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("", "no address", True),
    ],
)
def test_what_one_customer_has_is_one_place(first: str, second: str, *, same: bool) -> None:
    """An address of IPv6 costs nothing."""
    backoff = BackOff(lambda: 0.0)
    for _ in range(FREE):
        backoff.wrong(first)
    assert (backoff.wait(second) > 0) is same


@pytest.mark.parametrize(
    ("attempt", "right"), [(PASSWORD, True), (PASSWORD[:-1], False), ("", False), ("ü", False)]
)
def test_a_secret_can_be_told_without_being_shown(attempt: str, *, right: bool) -> None:
    """The comparison takes as long however near an attempt is."""
    assert Secret(PASSWORD).is_told_by(attempt) is right
    assert Secret("\udcff").is_told_by("\udcff")
