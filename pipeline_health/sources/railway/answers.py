"""What failing deployments left behind: complete evidence is read once, anything less seldom."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_access import Access
from pipeline_health.clients.railway_errors import TokenRefusedError
from pipeline_health.clients.so_far import SoFar
from pipeline_health.core.model.questions import DeployTrace, Evidence
from pipeline_health.core.model.readings import Reading, Seen
from pipeline_health.ports import Memory, PipelineHealthError
from pipeline_health.secret import NamedSecret
from pipeline_health.sources.railway.blindness import Blindness
from pipeline_health.sources.railway.evidence import (
    LOGS_LAG,
    Found,
    evidence_of,
    gather,
    kept,
    unkept,
)

T = TypeVar("T")


class Under(Protocol):
    """Does something under the header that a token works with; raises as what it does."""

    def __call__(self, token: NamedSecret, act: Callable[[Access], T], *, now: datetime) -> T:
        """Do it."""
        ...


class Answers:
    """Reads evidence; every failure becomes the Blind that says why."""

    def __init__(
        self,
        client: Railway,
        memory: Memory,
        *,
        under: Under,
        blindness: Blindness,
        redact: Callable[[str], str],
    ) -> None:
        self._client = client
        self._memory = memory
        self._so_far = SoFar(memory, ages=[LOGS_LAG])
        self._under = under
        self._blindness = blindness
        self._redact = redact

    def evidence(
        self, trace: DeployTrace, token: NamedSecret | None, *, crashed: bool, now: datetime
    ) -> Reading[Evidence]:
        """Read what a deployment left behind; *crashed* means that it ran before it failed."""
        try:
            return self._evidence(trace, token, crashed=crashed, now=now)
        except PipelineHealthError as exc:
            why = f"could not read deployment {trace.deployment_id}: {exc}"
            blind = self._blindness.evidence(why, at=now)
            if isinstance(exc, ClientError) and not exc.retryable:
                self._so_far.keep(_key(trace), blind.why, since=trace.changed_at, now=now)
            return blind

    def _evidence(
        self, trace: DeployTrace, token: NamedSecret | None, *, crashed: bool, now: datetime
    ) -> Reading[Evidence]:
        known = self._known(_key(trace), now=now)
        if known is not None:
            return known
        if token is None:
            return self._blindness.without_token(trace.project, at=now)
        try:
            found = self._gathered(token, trace, now=now)
        except TokenRefusedError:
            return self._blindness.evidence(
                f"Railway refused {token.name} (Not Authorized)", at=now
            )
        evidence = evidence_of(found, trace, crashed=crashed, now=now)
        if evidence.complete:
            self._memory.remember("evidence", _key(trace), kept(evidence), now=now)
            self._so_far.drop(_key(trace))
        else:
            self._so_far.keep(_key(trace), kept(evidence), since=trace.changed_at, now=now)
        return Seen(at=now, value=evidence)

    def _known(self, key: str, *, now: datetime) -> Reading[Evidence] | None:
        """Give what is remembered, None when it is time to ask.

        What is still asked for is repeated: it outlives the log, which Railway drops one day.
        """
        text = self._memory.recall("evidence", key) or ""
        whole = unkept(text)
        if whole is not None:
            self._memory.remember("evidence", key, text, now=now)
            return Seen(at=whole.at, value=whole)
        so_far = self._so_far.recall(key, now=now)
        if so_far is None:
            return None
        part = unkept(so_far)
        if part is None:
            return self._blindness.evidence(so_far, at=now)
        return Seen(at=part.at, value=replace(part, complete=False))

    def _gathered(self, token: NamedSecret, trace: DeployTrace, *, now: datetime) -> Found:
        def gather_under(access: Access) -> Found:
            return gather(self._client, access, trace.deployment_id, redact=self._redact)

        return self._under(token, gather_under, now=now)


def _key(trace: DeployTrace) -> str:
    return f"{trace.deployment_id}@{trace.changed_at.isoformat()}"
