"""What is known of something that is not whole yet, and when it is worth asking again.

A log that is not there after an hour does not come within the next five minutes: each question
waits for as long again as there was nothing, and an hour at most.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline_health.ports import Memory

TOPIC = "evidence-so-far"
LONGEST = timedelta(hours=1)


class SoFar:
    """Keeps in *memory* what was found of each key, until it is worth asking again.

    That is so at the *ages* too at which what is there counts as all there is.
    """

    def __init__(self, memory: Memory, *, ages: Sequence[timedelta]) -> None:
        self._memory = memory
        self._ages = ages

    def recall(self, key: str, *, now: datetime) -> str | None:
        """Give what was found, None when it is time to ask."""
        until, _, text = (self._memory.recall(TOPIC, key) or "").partition("\n")
        try:
            waits = now < datetime.fromisoformat(until) <= now + LONGEST
        except (ValueError, TypeError):
            return None
        return text if waits else None

    def keep(self, key: str, text: str, *, since: datetime, now: datetime) -> None:
        """Keep what was found now of what has been there *since* then."""
        again = now + min(now - since, LONGEST)
        until = min([again, *(since + age for age in self._ages if since + age > now)])
        self._memory.remember(TOPIC, key, f"{until.isoformat()}\n{text}", now=now)

    def drop(self, key: str) -> None:
        """Forget it: there is more now."""
        if self._memory.recall(TOPIC, key) is not None:
            self._memory.forget(TOPIC, key)
