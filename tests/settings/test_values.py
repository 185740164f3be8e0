from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_health.settings import ConfigurationError, parse_duration
from pipeline_health.settings.regular_file import read_regular
from pipeline_health.settings.urls import is_loopback


@given(st.integers(min_value=1, max_value=3650), st.sampled_from("smhd"))
def test_a_number_and_a_unit_are_a_duration(number: int, unit: str) -> None:
    """Seconds, minutes, hours and days are understood."""
    names = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

    assert timedelta(**{names[unit]: number}) == parse_duration(f"{number}{unit}")


@pytest.mark.parametrize(
    "text", ["", "5", "m", "-5m", "5 m", "5M", "1.5h", "0s", "9" * 10 + "s", "\u0665m"]
)
def test_anything_else_is_none(text: str) -> None:
    """What is no positive length of time is not guessed at."""
    assert None is parse_duration(text)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("api.localhost", True),
        ("127.0.0.2", True),
        ("::1", True),
        ("localhost.example", False),
        ("10.0.0.1", False),
    ],
)
def test_only_this_machine_is_loopback(host: str, *, expected: bool) -> None:
    """A name that merely begins like ours is somebody else's."""
    assert expected == is_loopback(host)


def test_a_file_that_grows_while_it_is_read_is_still_bounded() -> None:
    """What the system says of its size is not believed."""
    endless = Path("/proc/self/status")

    with pytest.raises(ConfigurationError, match="is too large; expected at most 0 KiB"):
        read_regular(endless, largest=10, expected="a file")
