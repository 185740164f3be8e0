"""Nothing that is secret leaves, and nothing else is lost."""

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_health.secret import Secret
from pipeline_health.telemetry import Redaction
from pipeline_health.telemetry.planted import spellings

PLANTED = "planted/value+1é"
UNTOLD = Redaction()

secret_texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=8, max_size=40
).filter(lambda text: any(character.isalnum() for character in text.strip()))
fragments = st.sampled_from(
    ["TOKEN=", "KEY: ", '"', "\\", "://u:", "@", "Bearer ", "eyJ", ".", "***", "\n", "%20", "ghp_"]
)
texts = st.lists(st.text(max_size=20) | fragments, max_size=12).map("".join)


@given(value=secret_texts, before=texts, after=texts)
def test_a_loaded_value_never_comes_through(value: str, before: str, after: str) -> None:
    """Whatever stands around it, and however it is spelt."""
    redaction = Redaction([Secret(value)])

    shown = redaction("|".join([before, *spellings(value), after]))

    assert [] == [spelling for spelling in spellings(value) if spelling in shown]


@given(values=st.lists(secret_texts, max_size=3), text=texts)
def test_redacting_twice_changes_nothing_more(values: list[str], text: str) -> None:
    """A text may pass more than one exit."""
    redaction = Redaction(Secret(value) for value in values)

    once = redaction(text + "".join(values) + text)

    assert once == redaction(once)


@given(value=secret_texts, before=st.binary(max_size=7), after=st.binary(max_size=7))
def test_a_value_inside_base64_does_not_come_through(
    value: str, before: bytes, after: bytes
) -> None:
    """Wherever it begins within three bytes, as in the header of a Basic login."""
    encoded = base64.b64encode(before + value.encode() + after).decode()

    shown = Redaction([Secret(value)])(f"sent {encoded} to them")

    rest = shown.removeprefix("sent ").removesuffix(" to them").replace("***", "")
    assert len(rest) <= len(encoded) - (len(value.encode()) * 8 // 6 - 1)


@pytest.mark.parametrize(
    "spelt",
    [
        PLANTED,
        quote(PLANTED),
        quote(PLANTED, safe=""),
        quote_plus(PLANTED),
        quote(PLANTED, safe="").lower(),
        json.dumps(PLANTED)[1:-1],
        json.dumps(PLANTED, ensure_ascii=False)[1:-1],
    ],
    ids=["as it is", "path", "query", "form", "small letters", "JSON", "JSON, not ASCII"],
)
def test_the_usual_spellings_are_known(spelt: str) -> None:
    """Nothing is left of it but the mask."""
    assert "a *** b" == Redaction([Secret(PLANTED)])(f"a {spelt} b")


def test_overlapping_values_leave_no_rest() -> None:
    """The end of the one that begins later is gone too."""
    redaction = Redaction(
        [Secret("planted-one-two"), Secret("one-two-three"), Secret("far-away-1")]
    )

    assert "<***> <***>" == redaction("<planted-one-two-three> <far-away-1>")


def test_every_line_of_a_private_key_is_a_secret() -> None:
    """A log may show a key line by line; its first line is the same for all keys."""
    key = "-----BEGIN PRIVATE KEY-----\nplantedplantedplanted\nshort=\n-----END PRIVATE KEY-----"
    redaction = Redaction([Secret(key)])

    assert "12:00 ***\n12:01 short=" == redaction("12:00 plantedplantedplanted\n12:01 short=")
    assert "***" == redaction(key)


def test_a_short_value_is_replaced_as_a_word_only() -> None:
    """A topic named `ops` does not eat «stops»."""
    assert "ntfy.sh/*** stops" == Redaction([Secret("ops")])("ntfy.sh/ops stops")


def test_a_value_without_letters_or_digits_is_no_secret() -> None:
    """An empty one, or one of stars, would be found everywhere."""
    assert "a ** b" == Redaction([Secret(""), Secret("**")])("a ** b")


SHAPES = {
    "GitHub, classic": "ghp_" + "a" * 36,
    "GitHub, fine-grained": "github_pat_" + "a" * 40,
    "GitHub, installation": "ghs_" + "a" * 30 + "." + "b" * 9 + "." + "c" * 9,
    "GitLab": "glpat-" + "a" * 20,
    "AWS": "AKIA" + "A" * 16,
    "Slack": "xoxb-" + "1" * 12,
    "Stripe": "sk_live_" + "a" * 24,
    "Stripe, restricted": "rk_live_" + "a" * 24,
    "Google": "AIza" + "a" * 35,
    "npm": "npm_" + "a" * 36,
    "OpenAI": "sk-" + "a" * 40,
    "web token": "eyJ" + "a" * 20 + ".eyJ" + "b" * 20 + "." + "c" * 20,
    "web token, cut off": "eyJ" + "a" * 20 + ".eyJ" + "b" * 20,
    "private key": "-----BEGIN RSA PRIVATE KEY-----\nabc-d\n-----END RSA PRIVATE KEY-----",
    "private key, cut off": "-----BEGIN PRIVATE KEY-----\n" + "a" * 64 + "\n" + "b" * 12,
}


@pytest.mark.parametrize("token", SHAPES.values(), ids=SHAPES)
def test_a_well_known_token_is_recognised(token: str) -> None:
    """Nobody needs to have told us of it."""
    assert "a *** b" == UNTOLD(f"a {token} b")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x=%3DeyJ" + "a" * 9 + ".eyJ" + "b" * 9 + "." + "c" * 9, "x=%3D***"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic ***"),
        ('"authorization": "token abcdefgh"', '"authorization": "token ***"'),
        ("Authorization: abcd1234efgh", "Authorization: ***"),
        ("sent Bearer abcd1234efgh.", "sent Bearer ***"),
        ("postgres://user:p@ss:word@db/x", "postgres://user:***@db/x"),
        ("redis://:short@db", "redis://:***@db"),
        ("DB_PASSWORD=correcthorse rest", "DB_PASSWORD=*** rest"),
        ("export API_KEY = abcd1234", "export API_KEY = ***"),
        ("MY_SECRET: abc/def+1", "MY_SECRET: ***"),
        ("APP_PASSWORD: correcthorse", "APP_PASSWORD: ***"),
        ("APP_PASSWORD='two words, 1'", "APP_PASSWORD='***'"),
        ('{"API_KEY":"ab\\"cdefgh","e":"boom"}', '{"API_KEY":"***","e":"boom"}'),
        ('"{\\"API_KEY\\":\\"abcdefgh\\",\\"e\\":1}"', '"{\\"API_KEY\\":\\"***\\",\\"e\\":1}"'),
        ("environ['A_TOKEN'] = 'abcdefgh'", "environ['A_TOKEN'] = '***'"),
        ("X-Api-Key: abcd1234", "X-Api-Key: ***"),
        ("https://r.example/x?token=abcd1234&y=1", "https://r.example/x?token=***"),
        ("PRIVATE=unterminated", "PRIVATE=***"),
    ],
)
def test_a_secret_is_recognised_by_where_it_stands(text: str, shown: str) -> None:
    """The name stays, so that a reader knows which one it was."""
    assert shown == UNTOLD(text)


@pytest.mark.parametrize(
    "text",
    [
        "RAILWAY_TOKEN is invalid or expired: Not Authorized",
        "##[error]RAILWAY_TOKEN is not set",
        "##[error]RAILWAY_TOKEN secret is invalid or expired. Rotate it at https://railway.example",
        "Error: RAILWAY_TOKEN: Unauthorized",
        "RAILWAY_TOKEN: unauthorized",
        "RAILWAY_TOKEN: required secret is not set",
        '"RAILWAY_TOKEN": "Not authorized for this project"',
        "permission_denied: The token provided does not match expected scopes.",
        "  RAILWAY_TOKEN: ***",
        "RAILWAY_TOKEN=",
        "Bearer authentication required",
        "Authorization: required by the server",
        "SyntaxError: Unexpected token: punctuation",
        "TOKEN_KIND::SemiColon",
        "KeyError: 'planted_name'",
        "https://registry.npmjs.example:443/@scope/package",
        "https://user:***@host.example/x",
        "key: node_modules-linux-0123456789abcdef",
        "fix/risk-of-a-very-long-branch-name-with-dashes",
        "src/parser.tokens.eyJ.ts and 3f786850e387550fdab836ed7e6dc881de23001b",
        "",
    ],
)
def test_what_a_reader_needs_comes_through(text: str) -> None:
    """A log about tokens is no token."""
    assert text == UNTOLD(text)


@pytest.mark.parametrize(
    "hidden",
    ["\u200b", "\x1b]0;x\x07", "\x00", "\xad", "\U000e0041", "\ufe0f", "\x9b1m", "\x1b[1m"],
)
def test_a_secret_is_found_behind_signs_that_cannot_be_seen(hidden: str) -> None:
    """What is quoted in an issue loses them, and would show it."""
    redaction = Redaction([Secret("planted-value-1")])
    token = "ghp_" + "a1B2" * 9

    for value in ("planted-value-1", token):
        told = redaction(f"tok {value[:8]}{hidden}{value[8:]} end")
        assert "tok *** end" == told == redaction(told)
    assert f"a {hidden} b" == redaction(f"a {hidden} b")
