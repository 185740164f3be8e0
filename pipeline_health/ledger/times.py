"""Times as the ledger stores them: text that sorts as the moments do."""

from datetime import UTC, datetime


def as_text(at: datetime) -> str:
    """Give *at* as ISO 8601 in UTC, always with microseconds and so always of one length.

    Raises ValueError for a time without a zone: taking it for local time would move it.
    """
    if at.tzinfo is None:
        msg = f"{at.isoformat()} has no time zone; the ledger keeps aware times only"
        raise ValueError(msg)
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def as_time(text: str) -> datetime:
    """Give the moment that `as_text` wrote."""
    return datetime.fromisoformat(text)
