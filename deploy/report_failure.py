# Installed by pipeline-health (deploy/install.sh): what pipeline-health-failure.service runs.
"""Tells people that a unit of pipeline-health failed: HEALTHCHECK_URL, NTFY_TOPIC, the journal.

Only the standard library of the system's Python, because what broke may be everything else. It
always exits with 0, ends within half a minute, and never prints a secret: a topic is a password,
and so is the URL of a heartbeat.
"""

# The system's Python may be older than ours: in 3.9 `Path | None` fails when it is evaluated.
from __future__ import annotations

import contextlib
import os
import re
import socket
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence  # noqa: TC003 - they cost nothing
from http.client import HTTPMessage  # noqa: TC003 - urllib has it loaded
from pathlib import Path
from typing import IO

TIMEOUT = 10.0  # of one read
PATIENCE = 25.0  # of all: a name lookup has no limit of its own
REMIND = 24 * 3600
EPISODE = 20 * 60  # a look every five minutes: failures that far apart had a good one between them
LARGEST = 64 * 1024
WANTED = ("HEALTHCHECK_URL", "NTFY_TOPIC")
NTFY = "https://ntfy.sh"
NAME = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)")
NOT_PRINTABLE = re.compile(r"[^\x20-\x7e]+")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: to another place, the way there would tell the secret."""

    def redirect_request(
        self,
        req: urllib.request.Request,  # noqa: ARG002
        fp: IO[bytes],  # noqa: ARG002
        code: int,  # noqa: ARG002
        msg: str,  # noqa: ARG002
        headers: HTTPMessage,  # noqa: ARG002
        newurl: str,  # noqa: ARG002
    ) -> None:
        """Give no request to go on with, so that a redirect is an error."""
        return


def main(arguments: Sequence[str]) -> None:
    """Tell everybody who wants to know, and say in the journal whom."""
    environment = dict(os.environ)
    if "--unless-told" in arguments and environment.get("SERVICE_RESULT") == "success":
        return  # systemd says so of the attempt before this one
    what = _what(environment)
    _say(3, what)
    secrets = _secrets(environment)
    if not (secrets.get("HEALTHCHECK_URL") or secrets.get("NTFY_TOPIC")):
        _say(4, "nobody was told: neither HEALTHCHECK_URL nor NTFY_TOPIC is set, or readable")
    side_by_side(
        lambda: _fail_heartbeat(secrets.get("HEALTHCHECK_URL", ""), what),
        lambda: _send_message(secrets.get("NTFY_TOPIC", ""), what, _remembered(environment)),
    )


def _what(environment: Mapping[str, str]) -> str:
    """Say what failed, how, and where to read on; systemd 251 and newer tell it."""
    unit = environment.get("MONITOR_UNIT", "a unit of pipeline-health")
    result = environment.get("MONITOR_SERVICE_RESULT", "failure")
    code = environment.get("MONITOR_EXIT_CODE", "")
    status = environment.get("MONITOR_EXIT_STATUS", "")
    ended = f" ({code} {status})" if code else ""
    scope = "--user " if "MANAGERPID" in environment else ""  # which only a user manager sets
    named = unit if unit.endswith(".service") else "pipeline-health.service"
    text = (
        f"{unit} on {socket.gethostname()}: {result}{ended}: {_meaning(result, status)}; "
        f"next: journalctl {scope}-n 30 -u {named}"
    )
    return one_line(text)


def _meaning(result: str, status: str) -> str:
    if result in {"timeout", "watchdog"}:
        return "it hung, and was stopped"
    if result == "resources":
        return "systemd could not start it"
    return {
        "2": "the configuration or the secrets are wrong; nothing was looked at",
        "203": "the installed command cannot be started; run deploy/install.sh again",
        "226": "the sandbox could not be made; run deploy/install.sh again",
        "243": "there is no secrets.env where the unit expects it",
    }.get(status, "nobody is looking at the pipelines")


def _secrets(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Give what is set, as the command sees it: the environment wins over the file."""
    kept = {name: value for name in WANTED if (value := environment.get(name))}
    return {**_of_file(environment), **kept}


def _of_file(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Read secrets.env as the command does: no interpolation, nothing is executed."""
    for path in _secrets_files(environment):
        with contextlib.suppress(OSError):
            opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # no wait for a FIFO
            with os.fdopen(opened, "rb") as file:
                text = file.read(LARGEST).decode("utf-8-sig", "replace")
            parted = (line.partition("=") for line in text.splitlines())
            found = ((NAME.fullmatch(name.strip()), value) for name, _, value in parted)
            return {name[1]: _value(value.strip()) for name, value in found if name}
    return {}


def _secrets_files(environment: Mapping[str, str]) -> Iterator[Path]:
    if directory := environment.get("CREDENTIALS_DIRECTORY"):
        yield Path(directory, "secrets.env")
    if path := environment.get("ARCHON_CRON_SECRETS"):
        yield Path(path)
    if home := environment.get("HOME"):
        yield Path(home, ".config/archon-cron/secrets.env")


def _value(text: str) -> str:
    quoted = re.match(r"""(['"])(.*?)\1""", text)
    return quoted[2] if quoted else re.split(r"\s#", text, maxsplit=1)[0].strip()


def _fail_heartbeat(url: str, what: str) -> None:
    if url:
        address, asks, query = url.partition("?")
        _post("the heartbeat", f"{address.rstrip('/')}/fail{asks}{query}", what, {})


def _send_message(topic: str, what: str, remembered: Path | None) -> None:
    """Send one message a failure, and another one a day while it lasts."""
    if not topic or not _is_news(what, remembered):
        return
    address = topic if "://" in topic else f"{NTFY}/{urllib.parse.quote(topic, safe='')}"
    headers = {
        "Title": one_line(f"pipeline-health is down on {socket.gethostname()}"),
        "Priority": "high",
        "Tags": "rotating_light",
    }
    if _post("ntfy", address, what, headers):
        _remember(remembered, what, told=time.time())


def _post(whom: str, url: str, text: str, headers: Mapping[str, str]) -> bool:
    """Post *text* and tell whether the receiver said yes. Of *url* no word is printed."""
    why = "its address is no http:// or https:// URL"
    try:
        if urllib.parse.urlsplit(url).scheme in {"http", "https"}:
            request = urllib.request.Request(url, text.encode(), dict(headers))  # noqa: S310
            with urllib.request.build_opener(_NoRedirect).open(request, timeout=TIMEOUT):
                _say(6, f"{whom} was told")
                return True
    except urllib.error.HTTPError as error:
        why = f"it answered {error.code}"
        error.close()
    except Exception as error:  # noqa: BLE001 - its words may quote the URL
        why = type(error).__name__
    _say(4, f"{whom} was not told: {why}")
    return False


def _remembered(environment: Mapping[str, str]) -> Path | None:
    """Say where it is kept what was told: beside the ledger."""
    ledger = environment.get("PIPELINE_HEALTH_LEDGER")
    if not ledger and not environment.get("HOME"):
        return None
    beside = Path(ledger) if ledger else Path(environment["HOME"], ".local/state/archon-cron/x")
    return beside.with_name("failure-told")


def _is_news(what: str, remembered: Path | None) -> bool:
    """Tell whether *what* is to be told, and note that it was seen. When in doubt, it is."""
    now = time.time()
    try:
        assert remembered is not None  # noqa: S101 - as good as a file that is not there
        told, before = remembered.read_text().split("\n", 1)
        seen = remembered.stat().st_mtime
        if before != what or not 0 <= now - seen < EPISODE or not 0 <= now - float(told) < REMIND:
            return True
    except Exception:  # noqa: BLE001 - whatever is wrong with it, people are told
        return True
    _remember(remembered, what, told=float(told))
    return False


def _remember(remembered: Path | None, what: str, *, told: float) -> None:
    if remembered is not None:
        with contextlib.suppress(OSError):
            remembered.write_text(f"{int(told)}\n{what}")


def side_by_side(*tellings: Callable[[], None], patience: float = PATIENCE) -> None:
    """Wait for all of them, but not without end; one that hangs dies with the process."""
    threads = [threading.Thread(target=telling, daemon=True) for telling in tellings]
    for thread in threads:
        thread.start()
    end = time.monotonic() + patience
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    if any(thread.is_alive() for thread in threads):
        _say(4, f"not everybody was told: no answer within {patience:.0f} seconds")


def one_line(text: str) -> str:
    """Give *text* without what could end a header, or a line of the journal."""
    return NOT_PRINTABLE.sub(" ", text)[:500]


def _say(level: int, text: str) -> None:
    """Write a line for the journal, which reads its level off the number."""
    with contextlib.suppress(OSError):
        sys.stderr.write(f"<{level}>{text}\n")
        sys.stderr.flush()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Exception as error:  # noqa: BLE001 - a traceback could show a secret
        _say(3, f"a defect of the reporter ({type(error).__name__}); nobody was told")
    finally:
        os._exit(0)  # a thread that hangs is not waited for
