"""What a failed deployment left behind: its failed steps, and the ends of its two logs.

Each is asked for by itself, because one error turns Railway's whole answer into null; and a failed
deployment with two empty logs does happen, so the steps count too.
"""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.json import Json
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_access import Access
from pipeline_health.clients.railway_errors import NotAuthorizedError
from pipeline_health.clients.railway_facts import Step
from pipeline_health.core.model.questions import DeployTrace, Evidence
from pipeline_health.frozen import dataclass

T = TypeVar("T")
LINES = 120
CHARACTERS = 30_000
LONGEST_LINE = 2_000
LOGS_LAG = timedelta(minutes=10)

_AN_ERROR = re.compile(r"error|failed|fatal|exception|panic", re.IGNORECASE)
_BEFORE_START = frozenset({"SNAPSHOT_CODE", "BUILD_IMAGE", "PUBLISH_IMAGE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What there was, secrets removed; *whole* is False when a part could not be read."""

    failed: tuple[Step, ...]
    build: str
    deploy: str
    whole: bool


def gather(
    client: Railway,
    access: Access,
    deployment_id: str,
    *,
    redact: Callable[[str], str],
) -> Found:
    """Fetch all that there is; raises ClientError when none of it could be read."""
    steps = _attempt(partial(client.steps, access, deployment_id))
    build = _attempt(partial(client.build_log, access, deployment_id, limit=LINES))
    deploy = _attempt(partial(client.deploy_log, access, deployment_id, limit=LINES))
    if (
        isinstance(steps, ClientError)
        and isinstance(build, ClientError)
        and isinstance(deploy, ClientError)
    ):
        if isinstance(steps, NotAuthorizedError):
            client.prove(access)
        raise steps
    return Found(
        failed=() if isinstance(steps, ClientError) else _failed(steps, redact),
        build=_end_of(build, redact),
        deploy=_end_of(deploy, redact),
        whole=not any(isinstance(part, ClientError) for part in (steps, build, deploy)),
    )


def evidence_of(found: Found, trace: DeployTrace, *, crashed: bool, now: datetime) -> Evidence:
    """Tell what *found* says of the failure; *crashed* means that it ran before it failed."""
    steps = tuple(dict.fromkeys(step.name for step in found.failed))
    started = crashed or (bool(steps) and _BEFORE_START.isdisjoint(steps))
    logs = (found.deploy, found.build) if started else (found.build, found.deploy)
    tail = logs[0] or logs[1]
    runtime = bool(found.deploy) and (started or not found.build)
    something = bool(steps or tail)
    return Evidence(
        at=now,
        complete=found.whole and (something or now - trace.changed_at >= LOGS_LAG),
        steps=steps,
        first_error=_first_error(found.failed, logs),
        tail=tail,
        runtime=runtime,
    )


def kept(evidence: Evidence) -> str:
    """Write *evidence* as a text to remember."""
    return json.dumps(
        {
            "at": evidence.at.isoformat(),
            "steps": evidence.steps,
            "first_error": evidence.first_error,
            "tail": evidence.tail,
            "runtime": evidence.runtime,
        }
    )


def unkept(text: str) -> Evidence | None:
    """Read complete evidence back, or give None for a text that `kept` did not write."""
    try:
        fact = Json(json.loads(text))
        return Evidence(
            at=fact.time("at"),
            complete=True,
            steps=tuple(step.text() for step in fact.items("steps")),
            first_error=fact.maybe_text("first_error"),
            tail=fact.text("tail"),
            runtime=fact.flag("runtime"),
        )
    except (ValueError, RecursionError, ClientError):
        return None


def _attempt(fetch: Callable[[], T]) -> T | ClientError:
    try:
        return fetch()
    except ClientError as exc:
        return exc


def _failed(steps: tuple[Step, ...], redact: Callable[[str], str]) -> tuple[Step, ...]:
    return tuple(
        Step(name=redact(step.name), error=redact(step.error)[:LONGEST_LINE])
        for step in steps
        if step.error is not None
    )


def _end_of(log: tuple[str, ...] | ClientError, redact: Callable[[str], str]) -> str:
    """Give the end of a log; secrets go first, because they can span what is cut."""
    if isinstance(log, ClientError):
        return ""
    lines = [line[:LONGEST_LINE] for line in redact("\n".join(log)).split("\n")]
    return "\n".join(lines[-LINES:])[-CHARACTERS:].strip("\n")


def _first_error(failed: tuple[Step, ...], logs: tuple[str, str]) -> str | None:
    if failed:
        return failed[0].error
    lines = (line for log in logs for line in log.split("\n"))
    return next((line.strip() for line in lines if _AN_ERROR.search(line)), None)
