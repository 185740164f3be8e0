"""The page over a ledger, with everything about it that a test may turn."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from starlette.types import ASGIApp

from gallery import NOW, wishes
from pipeline_health.core.model.board import Wishes
from pipeline_health.ledger.moment import Records
from pipeline_health.page.app import page_app
from pipeline_health.page.guard import Door
from pipeline_health.page.pulse import Pulse
from pipeline_health.page.reading import Reader
from pipeline_health.secret import Secret
from pipeline_health.telemetry import Redaction
from visitor import Visitor

PLAIN = Redaction()
"""One for all, so that templates are read once."""


@dataclass
class Exhibition:
    """What is shown, to whom, and when."""

    ledger: Path
    wishes: Wishes = field(default_factory=wishes)
    redact: Callable[[str], str] = PLAIN
    password: Secret | None = None
    loopback: bool = True
    seconds: float = 1000.0

    @property
    def reader(self) -> Reader:
        """What reads the ledger."""
        return Reader(
            records=Records(self.ledger),
            wishes=lambda: self.wishes,
            redact=lambda: self.redact,
            now=lambda: NOW,
        )

    def visitor(self, address: str = "127.0.0.1", host: str = "127.0.0.1:8484") -> Visitor:
        """Give somebody who looks at the page."""
        return Visitor(self.app, address, host)

    @property
    def app(self) -> ASGIApp:
        """The application, whose service has just begun."""
        pulse = Pulse(monotonic=self.monotonic, every=lambda: timedelta(minutes=5))
        door = Door(
            password=lambda: self.password, loopback=self.loopback, monotonic=self.monotonic
        )
        return page_app(self.reader, pulse, door)

    def monotonic(self) -> float:
        """Tell the seconds that the test says."""
        return self.seconds
