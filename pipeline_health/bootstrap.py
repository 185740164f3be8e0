"""The composition root: from settings to an agent that runs one cycle. It owns the only clock."""

import random
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from pipeline_health import settings as configured
from pipeline_health import telemetry
from pipeline_health.agent import Agent, Cycle
from pipeline_health.agent.people import People
from pipeline_health.clients.ending import Ending
from pipeline_health.clients.http import Http, Transport
from pipeline_health.clients.write_pace import BETWEEN_WRITES
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.report import CycleReport
from pipeline_health.ended import failed, finish, unfinished
from pipeline_health.frozen import dataclass
from pipeline_health.ledger import DryRunLedger, Holder, SqlLedger
from pipeline_health.ports import Clock, Ledger, Recorder
from pipeline_health.postroom import Heart, beating, deliver, receivers_of
from pipeline_health.runner import GitHubRunner
from pipeline_health.secret import Secret
from pipeline_health.settings import ConfigurationError, Settings
from pipeline_health.settings.last_resort import healthcheck_url
from pipeline_health.settings.sources import ledger_path
from pipeline_health.stopping import ended_by_signals
from pipeline_health.telemetry import LogFormat, Redaction
from pipeline_health.wiring import wired

# The lease outlives the longest cycle, so that it is never lost to slowness alone.
LEASE_MARGIN = timedelta(minutes=1)


class SystemClock:
    """The clock of this host."""

    def now(self) -> datetime:
        """Tell the time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Tell seconds since some moment, unmoved by clock changes."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@contextmanager
def kept_ledger(settings: Settings) -> Iterator[Ledger]:
    """Open the ledger's file in the name of this process."""
    holder = Holder.current(secrets.token_hex(8))
    keep = settings.policy.limits.retention
    with SqlLedger.open(settings.ledger_path, holder=holder, keep=keep) as ledger:
        yield ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a cycle stands on; by default this host, its clock, its network and its disk.

    *transport* replaces the network, *ledger* opens what is kept, *pace* is the time between two
    writes to GitHub of many. *dice* is where chance comes from: the same dice roll the same cycle.
    Nothing goes on after *ending*. *recorder* writes down what every look shows. *at_once* is how
    many things are found out side by side: with more than one, in no certain order.
    """

    clock: Clock = field(default_factory=SystemClock)
    transport: Transport | None = None
    ledger: Callable[[Settings], AbstractContextManager[Ledger]] = kept_ledger
    pace: timedelta = BETWEEN_WRITES
    dice: random.Random = field(default_factory=random.SystemRandom)
    ending: Ending = field(default_factory=lambda: Ending(SystemClock()))
    recorder: Recorder | None = None
    at_once: int = 8

    def connect(self) -> Http:
        """Make connections of a run, which end with it; whoever asked for them closes them."""
        return Http(
            clock=self.clock,
            jitter=self.dice.random,
            ending=Ending(self.clock, within=self.ending),
            transport=self.transport,
        )

    def heart(self, url: Secret | None, redaction: Redaction) -> AbstractContextManager[Heart]:
        """Watch over one cycle with the dead man's switch at *url*, if there is one."""
        return beating(url, self.dice.getrandbits, self.connect, self.clock, redaction)


@contextmanager
def this_machine() -> Iterator[Machine]:
    """Give this host, for a run that SIGTERM ends gently and Control-C at once."""
    machine = Machine()
    with ended_by_signals(machine.ending, gently=True):
        yield machine


def load_for_a_cycle(
    config: Path | None, *, log_format: LogFormat | None, machine: Machine | None = None
) -> Settings:
    """Read settings as `load` does; where they are wrong the dead man's switch hears of it."""
    here = Machine() if machine is None else machine
    try:
        return load(config, log_format=log_format)
    except ConfigurationError as exc:
        environment = configured.process_environment()
        url = healthcheck_url(environment, home=Path.home())
        redaction = Redaction(() if url is None else (url,))
        if not structlog.is_configured():  # else they know more secrets already
            telemetry.configure_here(environment, format=log_format, redaction=redaction)
        with here.heart(url, redaction) as heart:
            heart.failed(str(exc))
        raise


def load(config: Path | None, *, log_format: LogFormat | None) -> Settings:
    """Read settings and secrets, and let nothing leave the process unredacted from here on."""
    environment = configured.process_environment()
    loaded = configured.load(config=config, environment=environment, home=Path.home())
    redaction = Redaction(loaded.secrets())
    telemetry.configure_here(environment, format=log_format, redaction=redaction)
    return loaded


@contextmanager
def open_to_read() -> Iterator[Ledger]:
    """Open the ledger for a command that only looks; it needs neither configuration nor secrets."""
    path = ledger_path(configured.process_environment(), home=Path.home())
    with SqlLedger.read_only(path) as ledger:
        yield ledger


def run_once(
    settings: Settings,
    *,
    only: Sequence[str] = (),
    dry: bool = False,
    close_orphans: bool = False,
    machine: Machine | None = None,
) -> CycleReport:
    """Run one cycle under the lease, keep its report, and log its one sentence, also of a failure.

    Raises ConfigurationError for a project that is not configured, LeaseHeldError when another run
    is at work, and LedgerError when the ledger cannot be used.
    """
    here = Machine() if machine is None else machine
    policy = narrowed(settings.policy, only)
    # A look at some projects is no cycle that anybody waits for.
    watched = None if dry or policy.others else settings.optional.healthcheck_url
    with here.heart(watched, Redaction(settings.secrets())) as heart:
        report = _run(settings, policy, here, heart, dry=dry, close_orphans=close_orphans)
        heart.ended(report)
        return report


def _run(
    settings: Settings,
    policy: Policy,
    here: Machine,
    heart: Heart,
    *,
    dry: bool,
    close_orphans: bool,
) -> CycleReport:
    with ExitStack() as opened:
        ledger = opened.enter_context(dry_ledger(settings) if dry else here.ledger(settings))
        started = here.clock.now()
        lasting = policy.limits.cycle_deadline + LEASE_MARGIN
        lease = opened.enter_context(ledger.lease(now=started, lasting=lasting))
        heart.began()
        http = here.connect()
        opened.callback(http.close)
        http.ending.end_within(policy.limits.cycle_deadline)
        cycle = Cycle(
            id=started.strftime("%Y%m%dT%H%M%S.%fZ"),
            now=started,
            seed=f"{here.dice.getrandbits(128):032x}",
            dry=dry,
            close_orphans=close_orphans,
        )
        try:
            agent = assembled(settings, policy, ledger=ledger, http=http, machine=here)
            report = agent.run_cycle(cycle, lease)
        except Exception as exc:  # noqa: BLE001 - a cycle ends with a report, also when it failed
            report = failed(cycle, exc, redaction=Redaction(settings.secrets()))
        except KeyboardInterrupt:
            finish(unfinished(cycle, "it was interrupted"), ledger, lease, here.clock)
            raise
        try:
            if not dry:
                post = deliver(
                    settings.optional, ledger, lease, connect=here.connect, clock=here.clock
                )
                report = replace(report, untold=post)
        finally:  # also when somebody would not wait for that
            ended = finish(report, ledger, lease, here.clock)
        return ended


def assembled(
    settings: Settings, policy: Policy, *, ledger: Ledger, http: Http, machine: Machine
) -> Agent:
    """Put an agent together."""
    wires = wired(
        settings,
        policy,
        ledger=ledger,
        http=http,
        clock=machine.clock,
        pace=machine.pace,
        transport=machine.transport,
        at_once=machine.at_once,
    )
    return Agent(
        policy,
        github=wires.code,
        railway=wires.deploys,
        urls=wires.urls,
        audits=wires.audits,
        runner=GitHubRunner(wires.writing),
        tracker=wires.tracker,
        ledger=ledger,
        people=People(
            receivers=receivers_of(settings.optional), redact=Redaction(settings.secrets())
        ),
        recorder=machine.recorder,
        at_once=machine.at_once,
    )


def narrowed(policy: Policy, only: Sequence[str]) -> Policy:
    """Give *policy* for the projects named in *only*, all when none is."""
    unknown = sorted(set(only) - {project.name for project in policy.projects})
    if unknown:
        known = ", ".join(project.name for project in policy.projects)
        msg = f"no project {', '.join(unknown)} is configured; there are: {known}"
        raise ConfigurationError(msg)
    if not only:
        return policy
    return replace(
        policy,
        projects=tuple(p for p in policy.projects if p.name in only),
        others=frozenset(p.name for p in policy.projects if p.name not in only),
        other_repos=frozenset(p.repo for p in policy.projects if p.name not in only),
    )


@contextmanager
def dry_ledger(settings: Settings) -> Iterator[Ledger]:
    """Read the ledger, and write to an overlay that is thrown away."""
    with SqlLedger.read_only(settings.ledger_path) as kept:
        yield DryRunLedger(kept)
