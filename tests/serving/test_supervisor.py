import socket
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline_health.supervisor import Supervisor

HOUR = timedelta(hours=1)


@pytest.fixture
def systemd(tmp_path: Path, socket_enabled: None) -> socket.socket:
    """Listen as systemd does."""
    wire = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    wire.bind(str(tmp_path / "notify"))
    wire.settimeout(1)
    return wire


@pytest.mark.parametrize(
    ("watchdog", "told"),
    [
        ({}, ["READY=1"]),
        ({"WATCHDOG_USEC": "nonsense"}, ["READY=1"]),
        ({"WATCHDOG_USEC": "7200000000"}, ["READY=1"]),
        ({"WATCHDOG_USEC": "60000000"}, ["READY=1", "WATCHDOG_USEC=3600000000"]),
    ],
)
def test_a_watchdog_with_too_little_patience_is_told(
    systemd: socket.socket, watchdog: dict[str, str], told: list[str]
) -> None:
    """What is set for five minutes must not kill a service that looks every hour."""
    supervisor = Supervisor.of({"NOTIFY_SOCKET": systemd.getsockname(), **watchdog})
    supervisor.ready(silent_for=HOUR)
    assert systemd.recv(999).decode().split("\n") == told
    systemd.close()


@pytest.mark.parametrize(("hours", "told"), [(1, b"7200000000"), (3, b"10800000000")])
def test_other_settings_are_told_to_a_watchdog(
    systemd: socket.socket, hours: int, told: bytes
) -> None:
    """It never becomes less patient than its unit says."""
    environment = {"NOTIFY_SOCKET": systemd.getsockname(), "WATCHDOG_USEC": "7200000000"}
    Supervisor.of(environment).patient(silent_for=hours * HOUR)
    assert systemd.recv(999) == b"WATCHDOG_USEC=" + told
    Supervisor.of({"NOTIFY_SOCKET": systemd.getsockname()}).patient(silent_for=HOUR)
    Supervisor.of(environment).alive("a path that is no text: \udcff")
    assert systemd.recv(999) == b"WATCHDOG=1\nSTATUS=a path that is no text: ?"
    systemd.close()


def test_what_came_of_the_work_is_one_line(systemd: socket.socket) -> None:
    """A line break would begin another fact."""
    supervisor = Supervisor.of({"NOTIFY_SOCKET": systemd.getsockname()})
    supervisor.alive("Looked at\nREADY=0 nothing.")
    assert systemd.recv(999) == b"WATCHDOG=1\nSTATUS=Looked at READY=0 nothing."
    supervisor.stopping()
    assert systemd.recv(999) == b"STOPPING=1"
    systemd.close()


def test_an_abstract_address_is_in_no_file_system(socket_enabled: None) -> None:
    """Systemd writes its zero byte as «@»."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind("")  # Linux chooses an abstract one
        wire.settimeout(1)
        name = wire.getsockname()[1:].decode()
        Supervisor.of({"NOTIFY_SOCKET": f"@{name}"}).stopping()
        assert wire.recv(99) == b"STOPPING=1"


@pytest.mark.parametrize("environment", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "/nowhere"}])
def test_without_a_supervisor_nothing_is_said(
    environment: dict[str, str], socket_enabled: None
) -> None:
    """A service that nobody supervises, or whose supervisor is gone, goes on."""
    Supervisor.of(environment).ready(silent_for=HOUR)
    Supervisor.of(environment).alive("well")
