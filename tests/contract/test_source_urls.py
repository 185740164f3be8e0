"""The source of URLs, against loopback servers: what it asks, and what it remembers."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from pipeline_health.clients.web import Web
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.readings import Blind, Reading, Seen
from pipeline_health.core.model.urls import Doubt, Miss, Place, Target, UrlSight
from pipeline_health.sources.urls import TRANSIENTS_KEPT, ProbingSource
from wire import NOON, Asked, Notebook, Said, Script, StillClock, saying, unused_port

MINUTE = timedelta(minutes=1)
DOWN = Said(status=502)


def target(url: str, project: str = "shop") -> Target:
    """Give a URL of staging."""
    return Target(project=ProjectName(project), place=Place.STAGING, url=url)


class Watch:
    """A source with its memory and its clock."""

    def __init__(self, *, time: timedelta = timedelta(minutes=1)) -> None:
        self.memory = Notebook()
        self.clock = StillClock()
        self.source = ProbingSource(Web(), memory=self.memory, clock=self.clock, time=time)

    def look(
        self, targets: Sequence[Target], *, after: timedelta = timedelta(0)
    ) -> Mapping[Target, Reading[UrlSight]]:
        """Look at *targets*, so long after noon."""
        return self.source.look(targets, gap=30 * MINUTE, now=NOON + after)

    def sight(self, only: Target, *, after: timedelta = timedelta(0)) -> UrlSight:
        """Look at one target that must be seen."""
        reading = self.look([only], after=after)[only]
        assert isinstance(reading, Seen)
        return reading.value


def test_a_url_that_answers_leaves_nothing_in_memory() -> None:
    """A quiet portfolio costs no write."""
    script, watch = saying(Said()), Watch()

    with script.running():
        reading = watch.look([target(script.url)])[target(script.url)]

    assert reading == Seen(
        at=NOON, value=UrlSight(url=script.url, answers=True, says="answered 200")
    )
    assert watch.memory.facts == {}
    assert watch.clock.slept == []


def test_failed_looks_are_remembered_until_it_answers() -> None:
    """The row grows look by look, and goes with the answer; what it was is a transient."""
    script, watch = saying(DOWN, DOWN, DOWN, Said()), Watch()

    with script.running():
        only = target(script.url)
        first = watch.sight(only)
        second = watch.sight(only, after=5 * MINUTE)
        third = watch.sight(only, after=10 * MINUTE)

    miss = Miss(at=NOON, says="answered 502")
    assert first.misses == (miss,)
    assert second.misses == (miss, replace(miss, at=NOON + 5 * MINUTE))
    assert (third.answers, third.misses, third.transients) == (True, (), (NOON,))
    assert [topic for topic, _ in watch.memory.facts] == ["url-transients"]


def test_the_first_failed_look_wakes_and_asks_again() -> None:
    """Five seconds later; what failed before is asked once, unless Railway says that it sleeps."""
    script, watch = saying(DOWN), Watch()

    with script.running():
        only = target(script.url)
        watch.look([only])
        assert (len(script.asked), watch.clock.slept) == (2, [5.0])
        watch.look([only], after=5 * MINUTE)
        assert len(script.asked) == 3
        asleep = replace(only, asleep=True)
        watch.look([asleep], after=10 * MINUTE)
        assert len(script.asked) == 5


def test_looks_at_unrelated_urls_that_fail_together_are_shared() -> None:
    """Not those of one host, of a deployment, or of what was known to be down."""
    shop, film, watch = saying(DOWN), saying(DOWN), Watch()

    with shop.running(), film.running():
        one, other = target(shop.url), target(film.url, "film")
        path = replace(one, url=f"{shop.url}/api")
        related = watch.look([one, path])
        together = watch.look([one, other], after=5 * MINUTE)
        deploying = replace(other, doubt=Doubt.DEPLOYING)
        excused = watch.look([one, deploying], after=10 * MINUTE)

    def shared(reading: Reading[UrlSight]) -> bool:
        assert isinstance(reading, Seen)
        return reading.value.misses[-1].shared

    assert [shared(each) for each in related.values()] == [False, False]
    assert [shared(each) for each in together.values()] == [True, True]
    assert not shared(excused[one])


def test_looks_go_side_by_side() -> None:
    """Slow sites wait for each other no more than they must."""

    def answer(asked: Asked) -> Said:
        time.sleep(0.3)
        return Said()

    script, watch = Script(answer), Watch()
    targets = [target(f"{script.url}/{number}") for number in range(8)]

    with script.running():
        began = time.monotonic()
        seen = watch.look(targets)

    assert time.monotonic() - began < 1.5
    assert all(isinstance(each, Seen) for each in seen.values())


def test_what_there_was_no_time_for_is_blind_and_failing_ones_come_first() -> None:
    """A look that was not taken says nothing; the row of looks stays as it was."""
    watch = Watch(time=timedelta(seconds=-1))
    healthy, failing = target("http://127.0.0.1:1/"), target("http://127.0.0.1:2/")
    row = '{"last": "2026-03-02T11:55:00+00:00", "misses": []}'
    watch.memory.remember("url-row", "shop/staging/http://127.0.0.1:2/", row, now=NOON)

    seen = watch.look([healthy, failing])

    assert list(seen) == [failing, healthy]
    assert seen[healthy] == Blind(
        at=NOON, why="no time was left in this cycle to ask http://127.0.0.1:1/"
    )
    assert list(watch.memory.facts.values()) == [row]


def test_what_may_not_be_asked_is_blind() -> None:
    """It is no failure of the site."""
    watch, only = Watch(), target("http://" + "a" * 70 + ".example/")

    reading = watch.look([only])[only]

    assert isinstance(reading, Blind)
    assert "cannot be asked" in reading.why


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"last": 1}', '{"last": "soon"}', "null"])
def test_a_memory_that_makes_no_sense_is_no_memory(text: str) -> None:
    """It begins anew."""
    watch, only = Watch(), target(f"http://127.0.0.1:{unused_port()}/")
    key = f"shop/staging/{only.url}"
    watch.memory.remember("url-row", key, text, now=NOON)
    watch.memory.remember("url-transients", key, text or "{}", now=NOON)

    sight = watch.sight(only)

    assert sight.misses == (Miss(at=NOON, says="could not be connected to"),)
    assert sight.transients == ()


def test_transients_are_kept_for_a_month_and_never_without_bound() -> None:
    """What is older is forgotten, and of very many the newest stay."""
    script, watch = saying(Said()), Watch()
    only = target(script.url)

    def remember(times: Sequence[datetime]) -> None:
        text = "[" + ", ".join(f'"{at.isoformat()}"' for at in times) + "]"
        watch.memory.remember("url-transients", f"shop/staging/{only.url}", text, now=NOON)

    with script.running():
        remember([NOON - timedelta(days=31), NOON - timedelta(days=29)])
        assert watch.sight(only).transients == (NOON - timedelta(days=29),)
        many = [NOON - minute * MINUTE for minute in range(150, 0, -1)]
        remember(many)
        assert watch.sight(only).transients == tuple(many[-TRANSIENTS_KEPT:])
