"""How fast Railway may be asked by those who ask side by side.

Whoever asks one after the other waits for each answer, which is pace enough.
"""

import re
from collections import deque
from collections.abc import Mapping
from threading import Lock

from pipeline_health.ports import Clock

HOBBY, PRO = 8, 40
"""Requests a second: the plans allow 10 and 50 (contract 3), and what leaves apart may arrive
together."""
_PRO_HOURLY = 10_000
_HOURLY = re.compile(r"\bq=(\d{1,9})\b")


class Pace:
    """Lets requests begin, so many in any second; the slower plan's until an answer tells more."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._rate = HOBBY
        self._began: deque[float] = deque(maxlen=PRO)

    def wait(self) -> None:
        """Return when one more may begin."""
        with self._lock:
            now = self._clock.monotonic()
            begins = now
            if len(self._began) >= self._rate:
                begins = max(now, self._began[-self._rate] + 1.0)
            self._began.append(begins)
        if begins > now:
            self._clock.sleep(begins - now)

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take from an answer how much the plan allows: the quota of an hour tells them apart."""
        told = _HOURLY.search(headers.get("ratelimit-policy", ""))
        if told is not None:
            self._rate = PRO if int(told[1]) >= _PRO_HOURLY else HOBBY
