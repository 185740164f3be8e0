"""Apprise for real, against a receiver of JSON on this machine."""

import json
import logging
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pipeline_health.bootstrap import SystemClock
from pipeline_health.clients.ending import Ending
from pipeline_health.core.model.notice import Letter, Notice, NoticeKind
from pipeline_health.notify import AppriseNotifier
from pipeline_health.ports import NotifierError
from pipeline_health.secret import Secret
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.site import Site

NOW = datetime(2026, 11, 22, 10, 5, tzinfo=UTC)
LETTER = Letter(
    id=1,
    receiver="NOTIFY_URLS 1 (json)",
    at=NOW,
    notice=Notice(
        kind=NoticeKind.NEW,
        title="For you: CI is réd",
        body="CI is red",
        url="https://github.example/7",
        priority=4,
        tags=("warning",),
    ),
)


@pytest.fixture
def site() -> Iterator[tuple[Site, str]]:
    """Serve a receiver of JSON; gives it, and its address as Apprise writes it."""
    world = World()
    with Loopback(world) as loopback:
        yield world.site("json"), loopback.site_url("json").replace("http://", "json://")


def send(url: str, *, within: float = 20.0) -> None:
    """Send the letter to *url*."""
    clock = SystemClock()
    notifier = AppriseNotifier(Secret(url), place=1, ending=Ending(clock), clock=clock)
    notifier.send(LETTER, now=NOW, within=timedelta(seconds=within))


def test_a_notice_arrives_by_way_of_apprise(
    site: tuple[Site, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """With its link, and nothing that Apprise has to say about it."""
    receiver, url = site
    send(f"{url}/planted-secret")

    (call,) = receiver.calls
    told = json.loads(call.body)
    assert (told["title"], told["type"]) == ("For you: CI is réd", "warning")
    assert told["message"] == "CI is red\nhttps://github.example/7"
    assert capsys.readouterr() == ("", "")


def test_a_long_life_costs_no_more_than_a_short_one(site: tuple[Site, str]) -> None:
    """`serve` sends for months: its log of nothing does not grow."""
    _, url = site
    send(url)
    before = len(logging.getLogger("apprise").handlers)
    send(url)

    assert len(logging.getLogger("apprise").handlers) == before


@pytest.mark.parametrize("status", [403, 500])
def test_a_no_is_tried_again_in_the_next_cycle(
    site: tuple[Site, str], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Apprise does not tell one from the other; its address is in no message and no log."""
    receiver, url = site
    receiver.status = status

    with pytest.raises(NotifierError, match=r"did not say yes") as caught:
        send(f"{url}/planted-secret")

    assert (caught.value.until, caught.value.mistake) == (None, False)
    assert "planted" not in str(caught.value) + caplog.text


def test_what_is_no_address_of_apprise_is_tried_at_most_hourly() -> None:
    """Somebody has to mend it first."""
    with pytest.raises(NotifierError, match="no URL that Apprise knows") as caught:
        send("nonsense://planted-secret")

    assert caught.value.until == NOW + timedelta(hours=1)


def test_nobody_waits_for_a_service_that_dawdles(site: tuple[Site, str]) -> None:
    """Apprise is not ours, so that its own deadlines count for nothing."""
    receiver, url = site
    receiver.delay = 5.0

    with pytest.raises(NotifierError, match="longer than the time that was left"):
        send(url, within=0.2)


def test_an_extra_that_is_not_installed_is_a_mistake_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The notice waits for it."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(NotifierError, match="run deploy/install") as caught:
        send("json://127.0.0.1")

    assert caught.value.mistake


def test_a_plugin_that_breaks_is_one_that_failed(site: tuple[Site, str]) -> None:
    """A hundred plugins raise what they like; here their log does."""

    class Broken(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise LookupError(record.msg)

    log, broken = logging.getLogger("apprise"), Broken()
    receiver, url = site
    receiver.status = 500
    log.addHandler(broken)
    try:
        with pytest.raises(NotifierError, match="Apprise failed: LookupError"):
            send(url)
    finally:
        log.removeHandler(broken)
