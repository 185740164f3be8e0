"""Asks a URL whether anything answers there: once, in a bounded time."""

from datetime import timedelta

from pipeline_health.clients.ending import Ending
from pipeline_health.clients.http import Transport
from pipeline_health.clients.visit import visit
from pipeline_health.core.model.urls import Probe

DEADLINE = timedelta(seconds=10)


class Web:
    """Probes URLs, not beyond *ending*; several threads may do so at once.

    *transport* replaces the network.
    """

    def __init__(
        self,
        *,
        deadline: timedelta = DEADLINE,
        ending: Ending | None = None,
        transport: Transport | None = None,
    ) -> None:
        self._deadline = deadline
        self._ending = ending
        self._transport = transport

    def probe(self, url: str) -> Probe:
        """Ask *url* once, following redirects on its own host, and never for longer than allowed.

        Raises ForbiddenAddressError when the name leads into a private network, and another
        ClientError for a URL that nobody could ask.
        """
        page = visit(url, deadline=self._deadline, ending=self._ending, transport=self._transport)
        return Probe(status=page.status, says=page.says)
