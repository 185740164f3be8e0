"""Notices by way of Apprise, which speaks to some hundred services; it is an extra.

It is imported when something is to be sent, and not before. It is not ours: nobody waits for it
longer than a moment, its own log is silent (it may show a URL), and it writes nothing to the disk.
"""

import logging
import re
from collections.abc import Callable
from typing import Final

from pipeline_health.clients.ending import TooLateError, bounded
from pipeline_health.clients.errors import ClientError, RefusedError, UnreachableError
from pipeline_health.core.model.notice import Notice
from pipeline_health.secret import Secret

INSTALL: Final = "run deploy/install.sh again, which brings it when NOTIFY_URLS is set"
_LOUD: Final = 4


class NotInstalledError(ClientError):
    """The extra is not there."""


def service_of(url: Secret) -> str:
    """Name the service that *url* leads to; all else in it may be a secret."""
    scheme = re.match(r"[a-z0-9]{1,20}(?=://)", url.reveal())
    return scheme[0] if scheme else "no URL"


def send(url: Secret, notice: Notice, *, left: Callable[[], float]) -> None:
    """Send once, and return when the service said yes; raises a ClientError otherwise.

    Nobody waits for it when no seconds are *left*.
    """
    try:
        arrived = bounded(lambda: _notified(url, notice), left=left)
    except TooLateError as exc:
        msg = "it took longer than the time that was left for it"
        raise UnreachableError(msg) from exc
    except ImportError as exc:
        msg = f"NOTIFY_URLS needs Apprise, which is not installed: {INSTALL}"
        raise NotInstalledError(msg) from exc
    except ClientError:
        raise
    except Exception as exc:  # a hundred plugins raise what they like
        msg = f"Apprise failed: {type(exc).__name__}"
        raise UnreachableError(msg) from exc
    if not arrived:
        msg = "the service did not say yes (Apprise does not tell why)"
        raise UnreachableError(msg)


def _notified(url: Secret, notice: Notice) -> bool:
    from apprise import (  # noqa: PLC0415 - an extra, and slow to import
        Apprise,
        AppriseAsset,
        NotifyType,
        PersistentStoreMode,
    )

    log = logging.getLogger("apprise")
    if not log.handlers:  # one is enough, however long the process lives
        log.addHandler(logging.NullHandler())
    log.propagate = False
    asset = AppriseAsset(storage_mode=PersistentStoreMode.MEMORY)
    service = Apprise(asset=asset)
    if not service.add(url.reveal()):
        msg = "it is no URL that Apprise knows"
        raise RefusedError(msg, status=0)
    kind = NotifyType.WARNING if notice.priority >= _LOUD else NotifyType.INFO
    link = f"\n{notice.url}" if notice.url and notice.url not in notice.body else ""
    return bool(service.notify(body=notice.body + link, title=notice.title, notify_type=kind))
