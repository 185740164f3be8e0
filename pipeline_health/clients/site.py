"""The live staging URL under test: the `LiveSite` port over HTTP."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from pipeline_health.clients.ending import Ending
from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.http import Transport
from pipeline_health.clients.smoke import LARGEST, Redact, body_wanted, commit_of, judge
from pipeline_health.clients.visit import Page, visit
from pipeline_health.clients.web import DEADLINE
from pipeline_health.core.model.gate_policy import SmokeCheck, VersionCheck
from pipeline_health.core.model.live import Served, Tested
from pipeline_health.core.model.urls import Probe
from pipeline_health.core.outage import is_answer
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Clock

AT_ONCE: Final = 8
PAUSE: Final = timedelta(seconds=1)
"""Between two questions to what may only have to wake up."""

STIRRING: Final = timedelta(seconds=3)
"""How long a version is waited for: what was awake a moment ago may be between two instances."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """The question that counts; *page* is None when nobody could ask, and *says* why."""

    page: Page | None
    says: str
    took: timedelta
    at: datetime


class _Patience:
    """How long one test waits for what only has to wake up, from now on."""

    def __init__(self, clock: Clock, lasting: timedelta) -> None:
        self._clock = clock
        self._lasting = lasting
        self._began = clock.monotonic()
        self._paused = timedelta()

    def end(self) -> None:
        """Wait no more."""
        self._lasting = timedelta()

    def pause(self) -> bool:
        """Wait a moment, or tell that there is no time left for another try."""
        # Pauses count by themselves, too: the clock of a simulated world waits for nothing.
        passed = max(self._paused, timedelta(seconds=self._clock.monotonic() - self._began))
        if passed + PAUSE > self._lasting:
            return False
        self._clock.sleep(PAUSE.total_seconds())
        self._paused += PAUSE
        return True


class HttpSite:
    """Tests a live URL; no single question takes longer than *deadline*, or a check's `within`.

    After *ending* nothing is asked any more. *transport* replaces the network.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        redact: Redact,
        deadline: timedelta = DEADLINE,
        ending: Ending | None = None,
        transport: Transport | None = None,
    ) -> None:
        self._clock = clock
        self._redact = redact
        self._deadline = deadline
        self._ending = ending
        self._transport = transport

    def reach(self, url: str, *, patience: timedelta) -> Tested:
        """Ask whether anything answers at *url*; what wakes up may take *patience*.

        What counts as an answer is what counts as one for an outage (`core/outage.py`).
        """
        attempt = _patiently(lambda: self._ask(url), _Patience(self._clock, patience))
        page = attempt.page
        return Tested(
            what="the live URL",
            passed=None if page is None else is_answer(Probe(status=page.status, says=page.says)),
            says=attempt.says,
            at=attempt.at,
            url=url,
        )

    def smoke(
        self, base: str, checks: Sequence[SmokeCheck], *, patience: timedelta
    ) -> tuple[Tested, ...]:
        """Make every check side by side; the results are in the order of *checks*."""
        # Imported here: only the gate needs threads of its own.
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        if not checks:
            return ()
        waits = [_Patience(self._clock, patience) for _ in checks]
        with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(checks))) as pool:
            try:
                return tuple(pool.map(partial(self._check, base), checks, waits))
            except BaseException:  # an interrupt, which is not to wait for a sleeper
                for wait in waits:
                    wait.end()
                raise

    def version(self, base: str, check: VersionCheck) -> Served:
        """Ask which commit is served; only a full commit id counts as one."""
        url, patience = f"{base}{check.path}", _Patience(self._clock, STIRRING)
        attempt = _patiently(lambda: self._ask(url, body=LARGEST), patience)
        if attempt.page is None:
            return Served(commit=None, says=attempt.says, at=attempt.at)
        commit, says = commit_of(attempt.page, check, redact=self._redact)
        return Served(commit=commit, says=says, at=attempt.at)

    def _check(self, base: str, check: SmokeCheck, patience: _Patience) -> Tested:
        url = f"{base}{check.path}"
        body, deadline = body_wanted(check), max(self._deadline, check.within or self._deadline)
        attempt = _patiently(
            lambda: self._ask(url, body=body, deadline=deadline), patience, wanted=check.status
        )
        passed, says = None, attempt.says
        if attempt.page is not None:
            passed, says = judge(attempt.page, check, took=attempt.took, redact=self._redact)
        return Tested(what=f"GET {check.path}", passed=passed, says=says, at=attempt.at, url=url)

    def _ask(self, url: str, *, body: int = 0, deadline: timedelta | None = None) -> _Attempt:
        began = self._clock.monotonic()
        page: Page | None = None
        try:
            page = visit(
                url,
                deadline=deadline or self._deadline,
                ending=self._ending,
                body=body,
                transport=self._transport,
            )
            says = page.says
        except ClientError as exc:
            says = f"was not asked: {exc}"
        return _Attempt(
            page=page,
            says=says,
            took=timedelta(seconds=self._clock.monotonic() - began),
            at=self._clock.now(),
        )


def _patiently(
    ask: Callable[[], _Attempt], patience: _Patience, *, wanted: Sequence[int] = ()
) -> _Attempt:
    """Ask until it is no sleeper's answer, or is a *wanted* one, or *patience* is over."""
    while True:
        attempt = ask()
        page = attempt.page
        if page is None or not page.may_wake or page.status in wanted or not patience.pause():
            return attempt
