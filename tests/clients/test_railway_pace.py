"""How fast Railway is asked, in seconds of a clock that only sleeping moves."""

from datetime import timedelta

import pytest

from pipeline_health.clients.errors import UnreachableError
from pipeline_health.clients.http import TRIES
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_pace import HOBBY, PRO, Pace
from railway_watch import access
from wire import Notebook, Said, StillClock, http_at, saying

LONGEST_PAUSE = 0.5


@pytest.mark.parametrize(
    ("policy", "rate"),
    [
        pytest.param("", HOBBY, id="nothing-told"),
        pytest.param('"default";q=1000;w=3600', HOBBY, id="hobby"),
        pytest.param('"default";q=10000;w=3600', PRO, id="pro"),
        pytest.param("q=many", HOBBY, id="no-number"),
    ],
)
def test_no_second_sees_more_requests_than_the_plan_allows(policy: str, rate: int) -> None:
    """The first ones go at once; nobody waits longer than needed."""
    clock, began = StillClock(), []
    pace = Pace(clock)
    pace.learn({"ratelimit-policy": policy})
    for _ in range(3 * rate):
        pace.wait()
        began.append(clock.passed)

    assert [0.0] * rate == began[:rate]
    assert all(later - sooner >= 1.0 for sooner, later in zip(began, began[rate:], strict=False))
    assert 2.0 == clock.passed


class Crowd(StillClock):
    """A clock of many that pause at the same moment before they ask again: that takes no time."""

    def sleep(self, seconds: float) -> None:
        """Let the time pass for which the pace makes wait."""
        if seconds > LONGEST_PAUSE:
            super().sleep(seconds)


def test_what_is_sent_again_keeps_to_the_pace_too() -> None:
    """What may pass comes to all who ask side by side, and they all ask again."""
    clock = Crowd()
    with saying(Said(status=502)).running() as script, http_at(clock) as http:
        railway = Railway(http, api=script.url, clock=clock, memory=Notebook(), at_once=4)
        for _ in range(6):
            with pytest.raises(UnreachableError):
                railway.prove(access())

    assert 6 * TRIES == len(script.asked)
    assert 2.0 == clock.passed


@pytest.mark.parametrize(
    ("at_once", "quota", "seconds"),
    [
        pytest.param(1, 1000, 0.0, id="one-after-the-other"),
        pytest.param(4, 1000, 2.0, id="hobby"),
        pytest.param(4, 10_000, 0.0, id="pro"),
    ],
)
def test_only_who_asks_side_by_side_keeps_to_a_pace(
    at_once: int, quota: int, seconds: float
) -> None:
    """The first answer tells what the plan allows."""
    clock = StillClock()
    answer = Said(
        body=b'{"data": {"apiToken": {"workspaces": []}}}',
        headers={"RateLimit-Policy": f'"default";q={quota};w=3600'},
    )
    with saying(answer).running() as script, http_at(clock) as http:
        memory = Notebook()
        railway = Railway(http, api=script.url, clock=clock, memory=memory, at_once=at_once)
        for _ in range(2 * HOBBY + 1):
            railway.prove(access())

    assert seconds == clock.passed


def test_what_is_not_asked_any_more_is_not_waited_for() -> None:
    """A storm leaves hundreds of questions when the time is over."""
    clock = StillClock()
    with saying(Said()).running() as script, http_at(clock) as http:
        http.ending.end_within(timedelta(0))
        railway = Railway(http, api=script.url, clock=clock, memory=Notebook(), at_once=8)
        for _ in range(3 * HOBBY):
            with pytest.raises(UnreachableError, match="no time is left"):
                railway.prove(access())

    assert (0.0, []) == (clock.passed, script.asked)
