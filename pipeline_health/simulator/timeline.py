"""The clock and the numbers of a simulated world, and how the providers write times."""

import itertools
import uuid
from datetime import UTC, datetime, timedelta


class Timeline:
    """Tells the simulated time and hands out numbers; two worlds of one story agree in both."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._numbers = itertools.count(10_000_001)

    def now(self) -> datetime:
        """Tell the simulated time, aware, in UTC."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self._now += by

    def number(self) -> int:
        """Give a number that nothing else in this world has; later ones are greater."""
        return next(self._numbers)

    def uuid(self) -> str:
        """Give an id as Railway writes its own."""
        return str(uuid.uuid5(uuid.NAMESPACE_OID, str(self.number())))


def seconds(moment: datetime | None) -> str | None:
    """Write *moment* as GitHub does: whole seconds, UTC."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def milliseconds(moment: datetime | None) -> str | None:
    """Write *moment* as Railway does: three digits after the second, UTC."""
    if moment is None:
        return None
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
