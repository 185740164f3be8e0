"""Every run draws the same examples, and a busy host is no failure."""

import gc
import signal
import sys
from collections.abc import Generator

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


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect thousands of tests without looking for garbage among them, then or later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what a worker covered before it says that it is done.

    pytest-xdist gives it ten seconds to end after that: on a busy host the figures of a third of
    the tests were lost.
    """
    coverage = sys.modules.get("coverage")
    if coverage is not None and hasattr(session.config, "workerinput"):
        running = coverage.Coverage.current()
        if running is not None:
            running.stop()
            running.save()
