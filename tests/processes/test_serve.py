"""`serve` as systemd starts it: a process of its own, a notify socket, real signals."""

import signal
import socket
import time
from pathlib import Path

from hosts import ours
from nursery import breaks, desk_in, hangs, wait_for

PATIENCE = 10.0
"""How soon it must have ended, in seconds."""


def test_a_service_files_what_breaks_and_stops_when_told(
    tmp_path: Path, socket_enabled: None
) -> None:
    """From READY to the issue, by SIGHUP; and a provider that hangs does not delay the end."""
    address = str(tmp_path / "notify")
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd,
        desk_in(tmp_path) as desk,
    ):
        systemd.bind(address)
        systemd.settimeout(30)
        desk.environment |= {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "60000000"}
        with desk.start("serve") as process:
            assert systemd.recv(999) == b"READY=1\nWATCHDOG_USEC=1230000000"
            assert systemd.recv(999).startswith(b"WATCHDOG=1\nSTATUS=Looked at 1 project; nothing")
            breaks(desk)
            process.send_signal(signal.SIGHUP)
            assert b"opened 1 issue" in systemd.recv(999)
            there = hangs("railway", "delay")(desk)
            process.send_signal(signal.SIGHUP)
            wait_for(there)
            told_at = time.monotonic()
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=30)
        assert time.monotonic() - told_at < PATIENCE
        assert (process.returncode, out) == (0, "")
        assert "blind to" in err
        assert '"event": "stopped"' in err
        assert ["Main CI red: CI (shop)"] == [issue.title for issue in ours(desk.repo)]


def test_what_is_wrong_before_anything_was_done_is_no_service(tmp_path: Path) -> None:
    """Exit code 2 at once: a restart could not help."""
    with desk_in(tmp_path) as desk:
        desk.configuration.write_text("nonsense = 1\n")
        told = desk.run("serve")
        assert told.returncode == 2
        assert "nonsense" in told.stderr
