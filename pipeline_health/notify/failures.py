"""What the failure of a client means for a notice: when it may be tried again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from pipeline_health.clients.addressed import NotInstalledError
from pipeline_health.clients.errors import ClientError, RateLimitedError, RefusedError
from pipeline_health.ports import NotifierError

AT_MOST_HOURLY = timedelta(hours=1)
"""How often a receiver that refuses is asked; it may be mended without our seeing how."""


@contextmanager
def sending(receiver: str, *, now: datetime) -> Iterator[None]:
    """Tell every failure of a client within as a NotifierError."""
    try:
        yield
    except ClientError as exc:
        msg = f"a notice did not reach {receiver}: {exc}"
        mistake = isinstance(exc, NotInstalledError)
        raise NotifierError(msg, until=_until(exc, now=now), mistake=mistake) from exc


def _until(exc: ClientError, *, now: datetime) -> datetime | None:
    match exc:
        case RefusedError():
            return now + AT_MOST_HOURLY
        case RateLimitedError(retry_at=retry_at) if retry_at is not None:
            return min(retry_at, now + AT_MOST_HOURLY)
        case _:
            return None
