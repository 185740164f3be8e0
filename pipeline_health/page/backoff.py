"""Wrong passwords slow down whoever tries them, and nobody for ever.

Nobody else waits, unless so many come from everywhere that all who were never right have to share
the second. While somebody has to wait, his password is not even compared, and asking does not make
him wait longer. What is remembered of it is bounded, whatever comes.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Final

FREE: Final = 5
"""So many mistakes cost nothing: people mistype."""
LONGEST: Final = 30.0
"""Seconds that anybody waits at most before he may try again."""
FORGOTTEN: Final = 900.0
"""Seconds without a mistake after which nothing is held against anybody."""
PLACES: Final = 1024
"""So many addresses are remembered; the one that was wrong the longest ago is forgotten first."""
ALL_TOGETHER: Final = 20
"""So many mistakes a second, whoever makes them: a thousand addresses are no way around."""


@dataclass
class _Mistakes:
    count: int = 0
    last: float = 0.0


class BackOff:
    """Says how long an address has to wait before its next password is looked at."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._places: OrderedDict[str, _Mistakes] = OrderedDict()
        self._trusted: OrderedDict[str, None] = OrderedDict()
        self._second = 0.0
        self._in_second = 0

    def wait(self, address: str) -> float:
        """Give how many seconds *address* has to wait, 0 where it may try now."""
        now, place = self._monotonic(), _place_of(address)
        mistakes = self._places.get(place)
        own = 0.0 if mistakes is None else mistakes.last + _pause(mistakes.count) - now
        if place not in self._trusted and now < self._second + 1:
            crowded = self._in_second >= ALL_TOGETHER
            own = max(own, self._second + 1 - now if crowded else 0.0)
        return max(own, 0.0)

    def wrong(self, address: str) -> None:
        """Note that a password from *address* was wrong."""
        now, place = self._monotonic(), _place_of(address)
        mistakes = self._places.pop(place, _Mistakes())
        fresh = now - mistakes.last < FORGOTTEN
        self._places[place] = _Mistakes(count=mistakes.count + 1 if fresh else 1, last=now)
        while len(self._places) > PLACES:
            self._places.popitem(last=False)
        if now >= self._second + 1:
            self._second, self._in_second = now, 0
        self._in_second += 1

    def right(self, address: str) -> None:
        """Note that one was right: the mistakes of others do not hold *address* up any more."""
        place = _place_of(address)
        self._places.pop(place, None)
        self._trusted[place] = None
        self._trusted.move_to_end(place)
        while len(self._trusted) > PLACES:
            self._trusted.popitem(last=False)


def _pause(mistakes: int) -> float:
    """Give the seconds after so many mistakes: one, two, four … and never more than `LONGEST`."""
    if mistakes < FREE:
        return 0.0
    return float(min(2 ** min(mistakes - FREE, 10), LONGEST))


def _place_of(address: str) -> str:
    """Give what is held to be one place: an address, of IPv6 the network that one customer has."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return "elsewhere"
    if isinstance(known, IPv6Address) and known.ipv4_mapped is None:
        return str(IPv6Address(int(known) >> 64 << 64))
    return str(known if not isinstance(known, IPv6Address) else known.ipv4_mapped)
