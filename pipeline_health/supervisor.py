"""Whoever started us and waits to hear that we go on: systemd, by the protocol of sd_notify(3)."""

import socket
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta

_PATIENCE = 1.0
"""How many seconds a supervisor that takes nothing in may hold us up."""


class Supervisor:
    """Tells a supervisor how we are; without one, or with one that is gone, it says nothing."""

    def __init__(self, *, address: str | None, watchdog: timedelta | None) -> None:
        self._address = address
        self._watchdog = watchdog

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Supervisor":
        """Give the supervisor that *environment* names, as systemd sets it for a service."""
        microseconds = environment.get("WATCHDOG_USEC", "")
        return cls(
            address=environment.get("NOTIFY_SOCKET") or None,
            watchdog=timedelta(microseconds=int(microseconds))
            if microseconds.isdecimal()
            else None,
        )

    def ready(self, *, silent_for: timedelta) -> None:
        """Say that the service is up, and for how long it may have nothing to say when it is well.

        A watchdog that has less patience than that is told of it; one with more keeps it.
        """
        facts = ["READY=1"]
        if self._watchdog is not None and self._watchdog < silent_for:
            facts.append(f"WATCHDOG_USEC={silent_for // timedelta(microseconds=1)}")
        self._tell(*facts)

    def patient(self, *, silent_for: timedelta) -> None:
        """Say for how long it may have nothing to say from now on: other settings were read."""
        if self._watchdog is not None:
            patience = max(self._watchdog, silent_for)
            self._tell(f"WATCHDOG_USEC={patience // timedelta(microseconds=1)}")

    def alive(self, says: str) -> None:
        """Say that work was done just now, and in one sentence what came of it."""
        self._tell("WATCHDOG=1", f"STATUS={' '.join(says.split())}")

    def stopping(self) -> None:
        """Say that we end because we were told to."""
        self._tell("STOPPING=1")

    def _tell(self, *facts: str) -> None:
        if self._address is None:
            return
        # «@» stands for the zero byte of an address that is in no file system (unix(7)).
        address = "\0" + self._address[1:] if self._address[0] == "@" else self._address
        with (
            suppress(OSError),  # nobody hears us, and that is no reason to stop
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire,
        ):
            wire.settimeout(_PATIENCE)
            wire.sendto("\n".join(facts).encode("utf-8", "replace"), address)
