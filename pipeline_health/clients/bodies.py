"""How the body of an answer is read: as long as there is time, and so much of it."""

from collections.abc import Callable, Iterator

from pipeline_health.clients.ending import TooLateError
from pipeline_health.clients.errors import UnreachableError

LARGEST_BODY = 32 * 1024 * 1024


def until(chunks: Iterator[bytes], left: Callable[[], float]) -> Iterator[bytes]:
    """Give the body bit by bit; nobody waits any more for what comes after the end."""
    for chunk in chunks:
        if left() <= 0:
            raise TooLateError
        yield chunk


def whole(chunks: Iterator[bytes], host: str) -> bytes:
    """Give all of it; raises UnreachableError for more than LARGEST_BODY bytes."""
    received = bytearray()
    for chunk in chunks:
        received += chunk
        if len(received) > LARGEST_BODY:
            msg = f"{host} sent more than {LARGEST_BODY} bytes"
            raise UnreachableError(msg)
    return bytes(received)


def last(chunks: Iterator[bytes], keep: int) -> bytes:
    """Give the last *keep* bytes of it, however long it is."""
    kept = b""
    for chunk in chunks:
        kept = (kept + chunk)[-keep:]
    return kept
