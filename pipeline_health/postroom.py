"""What leaves beside a cycle: the letters in the box, and the beats of the dead man's switch.

Neither fails a cycle. Letters have a time of their own after it, because a cycle that used all of
its own is no reason to tell nobody.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TypeAlias

import structlog

from pipeline_health.agent.delivering import Postman
from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.healthchecks import Healthchecks
from pipeline_health.clients.http import Http
from pipeline_health.clients.ntfy import Ntfy
from pipeline_health.core.model.report import CycleReport, UntoldLine
from pipeline_health.notify import AppriseNotifier, NtfyNotifier
from pipeline_health.notify.addressed import name_of
from pipeline_health.ports import Clock, LeaseHeldError, Ledger, LedgerError, Notifier
from pipeline_health.ports.ledger import Lease
from pipeline_health.secret import Secret
from pipeline_health.settings import OptionalSecrets
from pipeline_health.telemetry import Redaction, tell_of_defect

Connect: TypeAlias = Callable[[], Http]
"""Makes connections that end with the run, and that their user closes."""

BUDGET = timedelta(seconds=20)
"""How long all letters of one cycle may take."""


def receivers_of(secrets: OptionalSecrets) -> tuple[str, ...]:
    """Name whoever is to be told; a name holds no secret."""
    ntfy = () if secrets.ntfy_topic is None else (NtfyNotifier.name,)
    urls = enumerate(secrets.notify_urls, start=1)
    return (*ntfy, *(name_of(url, place) for place, url in urls))


def deliver(
    secrets: OptionalSecrets, ledger: Ledger, lease: Lease, *, connect: Connect, clock: Clock
) -> tuple[UntoldLine, ...]:
    """Send what is in the box, under the lease; gives what has to wait, and why."""
    log = structlog.get_logger()
    try:
        if not ledger.letters():
            return ()
        now = clock.now()
        lease.renew(now=now)  # somebody else's turn is somebody else's post
        with closing(connect()) as http:
            http.ending.end_within(BUDGET)
            notifiers = tuple(notifiers_of(secrets, http, clock))
            delivery = Postman(ledger, notifiers, now=now, left=http.ending.left).deliver()
    except LedgerError as exc:
        log.warning("letters_not_sent", why=str(exc))
        return ()
    except Exception as exc:  # noqa: BLE001 - what was seen is worth more than our telling of it
        tell_of_defect(exc)
        return ()
    if delivery.sent:
        log.info("told", notices=delivery.sent)
    for sentence in delivery.dropped:
        log.warning("letter_dropped", why=sentence)
    return delivery.untold


def notifiers_of(secrets: OptionalSecrets, http: Http, clock: Clock) -> Iterator[Notifier]:
    """Give whoever is to be told, in the order of `receivers_of`."""
    if secrets.ntfy_topic is not None:
        yield NtfyNotifier(Ntfy(http, topic=secrets.ntfy_topic, clock=clock))
    for place, url in enumerate(secrets.notify_urls, start=1):
        yield AppriseNotifier(url, place=place, ending=http.ending, clock=clock)


class Heart:
    """Beats for one cycle; what does not arrive is logged, and nothing else."""

    def __init__(self, switch: Healthchecks | None) -> None:
        self._switch = switch

    def began(self) -> None:
        """Say that a cycle has the lease and begins."""
        if self._switch is not None:
            _beat(self._switch.start)

    def ended(self, report: CycleReport) -> None:
        """Say how the cycle ended: one that saw little is finished, too."""
        if report.failed is not None:
            self.failed(report.sentence)
        elif self._switch is not None:
            switch = self._switch
            _beat(lambda: switch.success(report.sentence))

    def failed(self, why: str) -> None:
        """Say that it failed, and why."""
        if self._switch is not None:
            switch = self._switch
            _beat(lambda: switch.fail(why))


@contextmanager
def beating(
    url: Secret | None,
    roll: Callable[[int], int],
    connect: Connect,
    clock: Clock,
    redaction: Redaction,
) -> Iterator[Heart]:
    """Watch over one cycle with the switch at *url*, if there is one.

    Whatever ends it is told, but for somebody else's lease: that cycle is told by its own run.
    *roll* gives as many random bits as it is asked for.
    """
    if url is None:
        yield Heart(None)
        return
    import uuid  # noqa: PLC0415 - nothing else needs it

    rid = str(uuid.UUID(int=roll(128), version=4))
    with closing(Healthchecks(url, rid=rid, http=connect(), clock=clock)) as switch:
        heart = Heart(switch)
        try:
            yield heart
        except LeaseHeldError:
            raise
        except Exception as exc:
            heart.failed(redaction(f"{type(exc).__name__}: {exc}"))
            raise


def _beat(beat: Callable[[], None]) -> None:
    try:
        beat()
    except ClientError as exc:
        structlog.get_logger().warning("heartbeat_not_heard", why=str(exc))
    except Exception as exc:  # noqa: BLE001 - whoever watches us must not be what stops us
        tell_of_defect(exc)
