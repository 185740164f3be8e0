"""ntfy as a receiver: what `NTFY_TOPIC` names."""

from datetime import datetime, timedelta

from pipeline_health.clients.ntfy import Ntfy
from pipeline_health.core.model.notice import Letter
from pipeline_health.notify.failures import sending


class NtfyNotifier:
    """Sends notices to one topic of ntfy."""

    name = "ntfy"

    def __init__(self, client: Ntfy) -> None:
        self._client = client

    def send(self, letter: Letter, *, now: datetime, within: timedelta) -> None:
        """Send a letter and wait for a yes *within* that time, or raise NotifierError."""
        with sending(self.name, now=now):
            self._client.publish(letter, now=now, within=within)
