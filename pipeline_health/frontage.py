"""The page put together: from the settings of a service to what is served at an address.

It knows the settings by asking for them, because a reload changes them. The address stays as it was
at the start.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeAlias

import structlog

from pipeline_health.core.model.address import DEFAULT, EXPECTED, OFF, Address, parse_address
from pipeline_health.core.model.board import Wishes
from pipeline_health.ledger.moment import Records
from pipeline_health.page.app import page_app
from pipeline_health.page.guard import Door
from pipeline_health.page.pulse import Pulse
from pipeline_health.page.reading import Reader
from pipeline_health.page.server import PageServer, PlaceTakenError, taken
from pipeline_health.ports import Clock
from pipeline_health.secret import Secret
from pipeline_health.settings import ConfigurationError, Settings
from pipeline_health.telemetry import Redaction

Now: TypeAlias = Callable[[], Settings]


@contextmanager
def served(
    settings: Now, pulse: Pulse, *, clock: Clock, listen: str | None
) -> Iterator[Address | None]:
    """Serve the page meanwhile, at *listen* or where the configuration says; gives the address.

    Raises ConfigurationError where that may not be, or cannot be and somebody chose it: nobody is
    to look for a page that is not there. Where nobody chose, a taken place is told, and the looks
    go on without a page.
    """
    begun = settings()
    address, is_chosen = address_of(begun, listen)
    if address is None:
        yield None
        return
    _require_password(begun, address)
    try:
        at = taken(address)
    except PlaceTakenError as exc:
        if is_chosen:
            raise ConfigurationError(str(exc)) from exc
        structlog.get_logger().error("page", says=str(exc))
        yield None
        return
    app = page_app(
        reader_of(settings, clock),
        pulse,
        Door(
            password=lambda: settings().optional.web_password,
            loopback=address.is_loopback,
            monotonic=clock.monotonic,
        ),
    )
    host, port = at.getsockname()[:2]
    with PageServer(app, at):
        structlog.get_logger().info("page", at=f"http://{Address(host=host, port=port)}/")
        yield Address(host=host, port=port)


def address_of(settings: Settings, listen: str | None) -> tuple[Address | None, bool]:
    """Give where the page is to be, None for nowhere, and whether anybody chose that."""
    chosen = settings.configuration.page.listen if listen is None else listen
    wanted, is_chosen = chosen or DEFAULT, chosen is not None
    if wanted == OFF:
        return None, is_chosen
    address = parse_address(wanted)
    if address is None:
        msg = f"--listen {wanted!r} is no place for the page; expected {EXPECTED}"
        raise ConfigurationError(msg)
    return address, is_chosen


def reader_of(settings: Now, clock: Clock) -> Reader:
    """Give what reads the ledger for the page."""
    return Reader(
        records=Records(settings().ledger_path),
        wishes=lambda: Wishes(policy=settings().policy),
        redact=lambda: _redaction_of(settings().secrets()),
        now=clock.now,
    )


def _require_password(settings: Settings, address: Address) -> None:
    if address.is_loopback or settings.optional.web_password is not None:
        return
    msg = (
        f"at {address} others could read the page: set WEB_PASSWORD in secrets.env, or listen at "
        f"{DEFAULT}, which only this host reaches"
    )
    raise ConfigurationError(msg)


@lru_cache(maxsize=1)
def _redaction_of(secrets: tuple[Secret, ...]) -> Redaction:
    """Give the redaction of *secrets*: the very same one for the same, so that pages are cached."""
    return Redaction(secrets)
