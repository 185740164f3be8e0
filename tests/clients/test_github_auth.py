import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipeline_health.clients.errors import ClientError, RateLimitedError
from pipeline_health.clients.github_auth import InstallationToken, static_token
from pipeline_health.clients.github_wire import Wire
from pipeline_health.secret import Secret
from pipeline_health.threads import for_each
from wire import NOON, Notebook, Said, StillClock, http_at, saying, unused_port


@pytest.fixture(scope="module")
def key() -> Secret:
    """Make a private key that is nobody's."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return Secret(pem.decode())


def granting(token: str, expires_at: str) -> Said:
    """Give GitHub's answer to an App that wants a token."""
    body = json.dumps({"token": token, "expires_at": expires_at}).encode()
    return Said(status=201, body=body)


@contextmanager
def app_at(url: str, key: Secret, *, app_id: str = "1") -> Iterator[InstallationToken]:
    """Give what gets tokens at *url* at noon."""
    clock = StillClock()
    with http_at(clock) as http:
        yield InstallationToken(
            app_id,
            2,
            private_key=key,
            http=http,
            api=url.removesuffix("/graphql/v2"),
            clock=clock,
        )


def test_a_static_token_is_what_it_is() -> None:
    """Every call gives the same."""
    token = static_token(Secret("t0ken"))

    assert ["t0ken", "t0ken"] == [token(), token()]


def test_an_app_gets_a_token_when_it_needs_one(key: Secret) -> None:
    """Not before, once while it is good, and anew when it has expired."""
    script = saying(
        granting("expired", "2000-01-01T00:00:00Z"), granting("good", "2999-01-01T00:00:00Z")
    )
    with script.running(), app_at(script.url, key) as token:
        before = len(script.asked)
        tokens = [token() for _ in range(4)]

    assert (0, ["expired", "good", "good", "good"]) == (before, tokens)
    assert ["/app/installations/2/access_tokens"] * 2 == [asked.path for asked in script.asked]


@pytest.mark.parametrize(
    ("left", "asked"), [(timedelta(seconds=61), 1), (timedelta(seconds=60), 2)]
)
def test_a_token_is_not_used_in_its_last_minute(key: Secret, left: timedelta, asked: int) -> None:
    """It must last for the request that it is sent with."""
    script = saying(granting("t", (NOON + left).isoformat()))
    with script.running(), app_at(script.url, key) as token:
        token()
        token()

    assert asked == len(script.asked)


def test_a_wrong_clock_does_not_shorten_a_token(key: Secret) -> None:
    """How long it lasts is told by GitHub's clock, when it is over by ours."""
    script, clock = (
        saying(granting("t", (NOON + timedelta(hours=1)).isoformat())),
        StillClock(NOON + timedelta(days=1)),
    )
    with script.running(), http_at(clock) as http:
        api = script.url.removesuffix("/graphql/v2")
        token = InstallationToken("1", 2, private_key=key, http=http, api=api, clock=clock)
        token()
        token()

    assert 1 == len(script.asked)


@pytest.mark.parametrize("date", [NOON - timedelta(days=400), datetime(1, 1, 1, tzinfo=UTC)])
def test_a_date_that_lies_makes_no_token_last_longer(key: Secret, date: datetime) -> None:
    """GitHub's tokens last for an hour, whatever else an answer says."""
    body = json.dumps({"token": "t", "expires_at": "9999-12-31T23:59:59Z"}).encode()
    head = f"Date: {format_datetime(date, usegmt=True)}\r\nContent-Length: {len(body)}"
    raw = f"HTTP/1.1 201 Created\r\n{head}\r\n\r\n".encode() + body
    script = saying(Said(raw=raw))
    clock = StillClock()
    with script.running(), http_at(clock) as http:
        api = script.url.removesuffix("/graphql/v2")
        token = InstallationToken("1", 2, private_key=key, http=http, api=api, clock=clock)
        token()
        clock.sleep(3600)
        token()

    assert 2 == len(script.asked)


def test_an_app_says_who_it_is_for_ten_minutes_at_most(key: Secret) -> None:
    """GitHub refuses more; a minute's difference between the clocks does no harm."""
    script = saying(granting("t", "2999-01-01T00:00:00Z"))
    with script.running(), app_at(script.url, key) as token:
        token()

    _, _, assertion = script.asked[0].headers["Authorization"].partition(" ")
    claims = jwt.decode(assertion, options={"verify_signature": False})
    noon = int(NOON.timestamp())
    assert {"iss": "1", "iat": noon - 60, "exp": noon + 540} == claims


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(Said(status=401, body=b'{"message": "bad JWT"}'), id="refused"),
        pytest.param(Said(status=404, body=b'{"message": "Not Found"}'), id="no-installation"),
        pytest.param(Said(status=502, body=b"<html>"), id="server"),
        pytest.param(Said(status=201, body=b"{}"), id="no-token"),
        pytest.param(granting("", "2999-01-01T00:00:00Z"), id="empty-token"),
        pytest.param(Said(status=201, body=b"[]"), id="list"),
    ],
)
def test_an_app_that_gets_no_token_says_which_one(key: Secret, said: Said) -> None:
    """The message names app and installation, and neither key nor JWT."""
    refused = pytest.raises(ClientError, match="installation 2 of GitHub App 1")
    script = saying(said)
    with script.running(), app_at(script.url, key) as token, refused as caught:
        token()

    assert "PRIVATE KEY" not in str(caught.value)


def test_a_host_that_is_not_there_may_be_asked_later(key: Secret) -> None:
    """That is no fault of the key."""
    nobody = f"http://127.0.0.1:{unused_port()}"

    with app_at(nobody, key) as token, pytest.raises(ClientError) as caught:
        token()

    assert caught.value.retryable


def test_a_limit_on_tokens_is_told_as_one(key: Secret) -> None:
    """So that it is remembered until when GitHub wants to be left alone."""
    script = saying(Said(status=403, body=b"{}", headers={"Retry-After": "600"}))
    limited = pytest.raises(RateLimitedError)
    with script.running(), app_at(script.url, key) as token, limited as caught:
        token()

    assert NOON + timedelta(minutes=10) == caught.value.retry_at


def test_no_token_is_asked_for_while_github_wants_to_be_left_alone(key: Secret) -> None:
    """Neither in this cycle nor in the next one, which has no token yet."""
    script = saying(Said(status=403, body=b"{}", headers={"Retry-After": "600"}))
    memory, clock = Notebook(), StillClock()
    api = script.url.removesuffix("/graphql/v2")
    with script.running(), http_at(clock) as http:
        for _ in range(2):
            token = InstallationToken("1", 2, private_key=key, http=http, api=api, clock=clock)
            wire = Wire(http, api=api, token=token, clock=clock, memory=memory)
            with pytest.raises(RateLimitedError):
                wire.query("query WhoAmI { viewer { login } }", {})

    assert 1 == len(script.asked)


@pytest.mark.parametrize(("app_id", "key_text"), [("1", "no key"), ("1", ""), ("", "no key")])
def test_a_key_that_is_none_is_told_as_such(app_id: str, key_text: str) -> None:
    """At the first use, as an error of ours."""
    refused = pytest.raises(ClientError, match="check the app's id")

    with app_at("http://127.0.0.1:1", Secret(key_text), app_id=app_id) as token, refused as caught:
        token()

    assert not caught.value.retryable


def test_threads_that_ask_side_by_side_share_one_token(key: Secret) -> None:
    """A cycle begins with four queries at once."""
    script = saying(granting("t", "2999-01-01T00:00:00Z"))
    with script.running(), app_at(script.url, key) as token:
        given = for_each(range(8), lambda _: token(), at_once=8)

    assert ({"t"}, 1) == (set(given.values()), len(script.asked))
