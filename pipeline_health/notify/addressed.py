"""Whatever Apprise knows as a receiver: one of `NOTIFY_URLS`."""

from datetime import datetime, timedelta

from pipeline_health.clients import addressed
from pipeline_health.clients.ending import Ending
from pipeline_health.core.model.notice import Letter
from pipeline_health.notify.failures import sending
from pipeline_health.ports import Clock
from pipeline_health.secret import Secret


class AppriseNotifier:
    """Sends notices to one URL of Apprise's, the *place*th of `NOTIFY_URLS`, until *ending*."""

    def __init__(self, url: Secret, *, place: int, ending: Ending, clock: Clock) -> None:
        self._url = url
        self._ending = ending
        self._clock = clock
        self.name = name_of(url, place)

    def send(self, letter: Letter, *, now: datetime, within: timedelta) -> None:
        """Send a letter and wait for a yes *within* that time, or raise NotifierError."""
        ending = Ending(self._clock, within=self._ending)
        ending.end_within(within)
        with sending(self.name, now=now):
            addressed.send(self._url, letter.notice, left=ending.left)


def name_of(url: Secret, place: int) -> str:
    """Give the name of the receiver at *url*: its place in the list, and its service."""
    return f"NOTIFY_URLS {place} ({addressed.service_of(url)})"
