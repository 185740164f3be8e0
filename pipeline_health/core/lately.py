"""Whether what was noted still holds: a moment, remembered as text and believed for a while."""

from datetime import datetime, timedelta


def is_lately(noted: str | None, *, within: timedelta, now: datetime) -> bool:
    """Tell whether the moment that was *noted*, in ISO 8601, is less than *within* before *now*.

    A text that is none is not, nor is a moment that is yet to come: it was noted by a clock that
    was ahead, and would hold for as long as that.
    """
    try:
        age = now - datetime.fromisoformat(noted or "")
    except (ValueError, TypeError):  # no moment, or one of no time zone
        return False
    return timedelta(0) <= age < within
