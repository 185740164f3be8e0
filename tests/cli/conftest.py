import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from desk import Desk
from gated import Gated
from pipeline_health.bootstrap import SystemClock
from pipeline_health.simulator import Loopback, World
from shelf import Shelf


@pytest.fixture
def world() -> World:
    """Give a pretend GitHub and Railway whose time is now: the command has its own clock."""
    return World(SystemClock().now().replace(microsecond=0))


@pytest.fixture
def desk(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Give an operator's desk: a home, a configuration, and a shell in which to run commands."""
    structlog.reset_defaults()  # a test without a desk may have told its log where to go
    with Loopback(world) as loopback:
        made = Desk(world, loopback, tmp_path)
        for name in ("JOURNAL_STREAM", "CREDENTIALS_DIRECTORY", "PIPELINE_HEALTH_CONFIG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        yield made
    structlog.reset_defaults()  # the log went to this test's standard error, which is closed now
    assert world.refusals == []


@pytest.fixture
def gated(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gated]:
    """Give a desk whose product may go to production, outside of any work tree and any runner."""
    for name in ("ACTIONS", "RUN_ID", "STEP_SUMMARY", "OUTPUT", "SERVER_URL", "REPOSITORY"):
        monkeypatch.delenv(f"GITHUB_{name}", raising=False)
    monkeypatch.chdir(desk.home)
    before = signal.getsignal(signal.SIGTERM)
    yield Gated(desk)
    signal.signal(signal.SIGTERM, before)  # the command ends its tests in its own way


@pytest.fixture
def shelf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shelf]:
    """Give an installation whose ledger the test fills; nobody is asked anything."""
    for name in ("CREDENTIALS_DIRECTORY", "PIPELINE_HEALTH_CONFIG", "PIPELINE_HEALTH_LEDGER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    yield Shelf(tmp_path, capsys)
    structlog.reset_defaults()
