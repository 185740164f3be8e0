from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header

import httpx
import pytest

from pipeline_health.bootstrap import SystemClock
from pipeline_health.clients.errors import (
    ClientError,
    RateLimitedError,
    RefusedError,
    UnreachableError,
)
from pipeline_health.clients.http import Http
from pipeline_health.clients.ntfy import LARGEST, Ntfy, body_of, headers_of
from pipeline_health.core.model.notice import Letter, Notice, NoticeKind
from pipeline_health.secret import Secret
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.site import Site

NOW = datetime(2026, 11, 22, 10, 5, tzinfo=UTC)
LETTER = Letter(
    id=1,
    receiver="ntfy",
    at=NOW,
    notice=Notice(
        kind=NoticeKind.NEW,
        title="For you: CI is red",
        body="CI is red\nNächstes: warten",
        url="https://github.example/7",
        priority=4,
        tags=("warning", "key"),
    ),
)


def with_notice(**changes: object) -> Letter:
    """Give the letter with another notice."""
    return replace(LETTER, notice=replace(LETTER.notice, **changes))  # type: ignore[arg-type]


def publish(world: World, letter: Letter, *, within: float = 5.0) -> Site:
    """Publish a letter to a pretend server; gives that."""
    with Loopback(world) as loopback:
        clock = SystemClock()
        http = Http(clock=clock, jitter=lambda: 0.0)
        topic = Secret(f"{loopback.site_url('ntfy')}/our-topic")
        try:
            Ntfy(http, topic=topic, clock=clock).publish(
                letter, now=NOW, within=timedelta(seconds=within)
            )
        finally:
            http.close()
    return world.site("ntfy")


def test_a_letter_is_one_post_with_all_but_its_text_in_headers() -> None:
    """In the form that the portfolio's other crons use."""
    (call,) = publish(World(), LETTER).calls

    assert (call.method, call.target) == ("POST", "/our-topic")
    assert call.body.decode() == LETTER.notice.body
    headers = {name: call.headers[name] for name in ("Title", "Priority", "Tags", "Click")}
    assert headers == {
        "Title": "For you: CI is red",
        "Priority": "4",
        "Tags": "warning,key",
        "Click": "https://github.example/7",
    }
    assert "Authorization" not in call.headers


@pytest.mark.parametrize(
    "title", ["Für dich: CI ist rot", "☃" * 100, "a\nb\tc", "a\x07b", "=?utf-8?b?WA==?="]
)
def test_a_title_is_ascii_on_the_wire_and_itself_when_it_is_read(title: str) -> None:
    """RFC 2047, which ntfy decodes; and never two lines."""
    sent = headers_of(with_notice(title=title))["Title"]

    assert sent.isascii()
    assert sent.isprintable()
    assert str(make_header(decode_header(sent))) == " ".join(title.split())


@pytest.mark.parametrize("url", ["", "https://github.example/\u00fc"])
def test_a_link_that_no_header_can_hold_is_left_out(url: str) -> None:
    """The text has it, too."""
    assert "Click" not in headers_of(with_notice(url=url))


@pytest.mark.parametrize("body", ["a" * 5000, "ä" * 5000, "€" * 5000, "😀" * 5000])
def test_a_long_text_is_cut_between_two_characters(body: str) -> None:
    """More than 4,096 bytes would become an attachment."""
    sent = body_of(with_notice(body=body).notice)

    assert LARGEST - 6 < len(sent) <= LARGEST
    assert sent.decode().rstrip("…") == body[: len(sent.decode()) - 1]


def test_a_second_copy_has_the_number_of_the_first() -> None:
    """So that a newer server replaces it; another letter has another one."""
    numbers = [
        headers_of(each)["X-Sequence-ID"]
        for each in (LETTER, replace(LETTER, id=2), replace(LETTER, at=NOW + timedelta(minutes=5)))
    ]

    assert numbers[0] == numbers[1] != numbers[2]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, None),
        (204, None),
        (302, RefusedError),
        (401, RefusedError),
        (403, RefusedError),
        (404, RefusedError),
        (408, UnreachableError),
        (413, RefusedError),
        (429, RateLimitedError),
        (500, UnreachableError),
        (507, UnreachableError),
        (None, UnreachableError),
    ],
)
def test_only_a_yes_is_a_yes(status: int | None, error: type[ClientError] | None) -> None:
    """It is asked once, and what it says decides whether it may be asked again."""
    world = World()
    site = world.site("ntfy")
    site.status = status
    if error is None:
        publish(world, LETTER)
    else:
        with pytest.raises(error) as caught:
            publish(world, LETTER)
        assert "our-topic" not in str(caught.value)

    assert len(site.calls) == 1


def test_it_says_until_when_it_wants_to_be_left_alone() -> None:
    """By our clock."""
    world = World()
    site = world.site("ntfy")
    site.status, site.headers = 429, {"Retry-After": "120"}

    with pytest.raises(RateLimitedError) as caught:
        publish(world, LETTER)

    assert caught.value.retry_at == NOW + timedelta(minutes=2)


def test_nobody_waits_for_a_server_that_dawdles() -> None:
    """A byte at a time, or none."""
    world = World()
    world.site("ntfy").delay = 5.0

    with pytest.raises(UnreachableError, match="longer than the time that was left"):
        publish(world, LETTER, within=0.2)


def test_a_bare_topic_is_one_on_the_public_server() -> None:
    """Nothing is asked of it here: the tests know no network."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200)

    clock = SystemClock()
    http = Http(clock=clock, jitter=lambda: 0.0, transport=httpx.MockTransport(answer))
    client = Ntfy(http, topic=Secret("our-topic"), clock=clock)
    client.publish(LETTER, now=NOW, within=timedelta(seconds=1))
    http.close()

    assert asked == ["https://ntfy.sh/our-topic"]
