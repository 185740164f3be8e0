"""The composition root of a fire drill: from settings to one drill, hop by hop."""

import random
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from uuid import UUID

from pipeline_health.agent.drilling import Drilling, Errand
from pipeline_health.bootstrap import Machine, narrowed
from pipeline_health.clients.ending import Ending
from pipeline_health.clients.healthchecks import Healthchecks
from pipeline_health.clients.http import Http
from pipeline_health.core import notice_text
from pipeline_health.core.attempts import Patience
from pipeline_health.core.drill import Drill, Hop
from pipeline_health.core.model.ids import Nonce
from pipeline_health.core.model.notice import Letter
from pipeline_health.ports import Clock, Notifier
from pipeline_health.postroom import notifiers_of
from pipeline_health.secret import Secret
from pipeline_health.settings import Settings
from pipeline_health.stopping import ended_by_signals
from pipeline_health.wiring import wired

ROUND = timedelta(minutes=1)
"""How long the requests of one hop, or of one look, may take together."""

WITHIN = timedelta(seconds=10)
"""How long a receiver may take to say yes."""


def run_drill(
    settings: Settings,
    project: str,
    *,
    lasting: timedelta,
    tell: Callable[[Drill], None],
    machine: Machine | None = None,
) -> Drill:
    """Make one drill of *project*; *tell* hears of it after every hop.

    Raises ConfigurationError for a project that is not configured, before anything is asked, and
    LeaseHeldError or TrackerError when nothing could be filed. SIGTERM and Control-C end the
    waiting: what was filed is closed all the same, then KeyboardInterrupt is raised.
    """
    here = Machine() if machine is None else machine
    policy = narrowed(settings.policy, [project])
    (watched,) = policy.projects
    with ExitStack() as opened:
        ledger = opened.enter_context(here.ledger(settings))
        http = Http(clock=here.clock, jitter=random.random, transport=here.transport)
        opened.callback(http.close)
        # Signals end the waiting and not the requests: what was filed is to be closed.
        opened.enter_context(ended_by_signals(Ending(here.clock), gently=False))
        wires = wired(settings, policy, ledger=ledger, http=http, clock=here.clock, pace=here.pace)
        drilling = Drilling(
            Patience(routing=policy.routing, limits=policy.limits),
            tracker=wires.tracker,
            ledger=ledger,
            clock=here.clock,
            errands=errands_of(settings, http, here.clock),
            begin_round=lambda: http.ending.end_within(ROUND),
        )
        drill = Drill(
            project=watched.name,
            repo=watched.repo,
            nonce=Nonce(secrets.token_hex(16)),
            began_at=here.clock.now(),
        )
        return drilling.run(drill, lasting=lasting, tell=tell)


def errands_of(settings: Settings, http: Http, clock: Clock) -> tuple[Errand, ...]:
    """Give the hops beside the issue: to every receiver of notices, and to the dead man's switch.

    The switch is only asked to note it: a drill is no cycle, and proves none.
    """
    told = (_told(notifier, clock) for notifier in notifiers_of(settings.optional, http, clock))
    url = settings.optional.healthcheck_url
    return (*told, *(() if url is None else (_noted(url, http, clock),)))


def _told(notifier: Notifier, clock: Clock) -> Errand:
    def act(drill: Drill) -> None:
        notice = notice_text.drill(drill.project, url=drill.url)
        letter = Letter(id=0, receiver=notifier.name, at=drill.began_at, notice=notice)
        notifier.send(letter, now=clock.now(), within=WITHIN)

    return Errand(hop=Hop.TOLD, to=notifier.name, act=act)


def _noted(url: Secret, http: Http, clock: Clock) -> Errand:
    def act(drill: Drill) -> None:
        switch = Healthchecks(url, rid=str(UUID(hex=drill.nonce)), http=http, clock=clock)
        switch.note(f"A drill of {drill.project}: {drill.url}")

    return Errand(hop=Hop.HEARTBEAT, to="HEALTHCHECK_URL", act=act)
