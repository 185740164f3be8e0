"""Where what was seen is written down, for whoever asks later what another policy had done."""

from typing import Protocol

from pipeline_health.core.model.snapshot import Snapshot


class Recorder(Protocol):
    """A recording that is written while the agent works; it changes nothing of what is decided."""

    def keep(self, snapshot: Snapshot) -> None:
        """Write down what *snapshot* shows; never raises: what could not be written is told."""
        ...
