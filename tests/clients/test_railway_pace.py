"""How fast Railway is asked, in seconds of a clock that only sleeping moves."""

import pytest

from pipeline_health.clients.railway_pace import HOBBY, PRO, Pace
from wire import StillClock


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
