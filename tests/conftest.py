"""Every run draws the same examples, and a busy host is no failure."""

import signal

import pytest
from hypothesis import HealthCheck, settings

# A shell lets what it puts into the background ignore Control-C, with every child. Tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    suppress_health_check=(HealthCheck.too_slow,),
)
settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make boundaries` and `make portfolios` ask for what takes too long for every day."""
    parser.addoption(
        "--thorough",
        action="store_true",
        help="let processes die at every boundary there is, and portfolios be large",
    )
