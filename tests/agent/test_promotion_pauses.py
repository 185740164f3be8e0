"""How often a waiting promotion check looks: soon at first, later so that nobody refuses it."""

from datetime import timedelta

import pytest

from pipeline_health.agent.promotion import pause_after

LOOK_AT_GITHUB = 6
AN_HOUR_OF_ACTIONS = 1_000


@pytest.mark.parametrize(
    ("waited", "seconds"),
    [(0, 15), (299, 15), (300, 30), (600, 45), (900, 60), (1_800, 60), (86_400, 60)],
)
def test_the_pauses_get_longer(waited: int, seconds: int) -> None:
    """What is decided soon is told soon; what takes long is asked about once a minute."""
    assert pause_after(timedelta(seconds=waited)) == timedelta(seconds=seconds)


def test_two_waits_of_an_hour_fit_into_the_limit_of_an_actions_token() -> None:
    """Whoever has used up the limit cannot tell any more, and blocks because of itself."""
    waited, looks = timedelta(), 0
    while waited < timedelta(hours=1):
        waited, looks = waited + pause_after(waited), looks + 1
    assert 2 * looks * LOOK_AT_GITHUB < AN_HOUR_OF_ACTIONS
