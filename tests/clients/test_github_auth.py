import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.github_auth import app_token, static_token
from pipeline_health.secret import Secret
from wire import Said, Script, saying, unused_port


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
def api_of(script: Script) -> Iterator[str]:
    """Serve a script and give its root."""
    with script.running():
        yield script.url.removesuffix("/graphql/v2")


def test_a_static_token_is_what_it_is() -> None:
    """Every call gives the same."""
    token = static_token(Secret("t0ken"))

    assert ["t0ken", "t0ken"] == [token(), token()]


def test_an_app_gets_a_token_when_it_needs_one(key: Secret) -> None:
    """Not before, once while it is good, and anew when it has expired."""
    script = saying(
        granting("expired", "2000-01-01T00:00:00Z"), granting("good", "2999-01-01T00:00:00Z")
    )
    with api_of(script) as api:
        token = app_token("1", 2, private_key=key, api=api)
        before = len(script.asked)
        tokens = [token() for _ in range(4)]

    assert (0, ["expired", "good", "good", "good"]) == (before, tokens)
    assert ["/app/installations/2/access_tokens"] * 2 == [asked.path for asked in script.asked]


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
    with api_of(saying(said)) as api:
        token = app_token("1", 2, private_key=key, api=api)
        with pytest.raises(ClientError, match="installation 2 of GitHub App 1") as caught:
            token()

    assert "PRIVATE KEY" not in str(caught.value)


def test_a_host_that_is_not_there_may_be_asked_later(key: Secret) -> None:
    """That is no fault of the key."""
    token = app_token("1", 2, private_key=key, api=f"http://127.0.0.1:{unused_port()}")

    with pytest.raises(ClientError) as caught:
        token()

    assert caught.value.retryable


@pytest.mark.parametrize(("app_id", "key_text"), [("1", "no key"), ("1", ""), ("", "no key")])
def test_a_key_that_is_none_is_told_as_such(app_id: str, key_text: str) -> None:
    """At the first use, as an error of ours."""
    token = app_token(app_id, 2, private_key=Secret(key_text), api="http://127.0.0.1:1")

    with pytest.raises(ClientError, match="check the app's id") as caught:
        token()

    assert not caught.value.retryable
