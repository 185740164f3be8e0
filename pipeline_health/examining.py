"""The composition root of `doctor`: whatever can be read, from facts to what is said of them.

It goes on where every other command refuses, and writes nothing anywhere.
"""

import random
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import assert_never

from pipeline_health import __version__, host, telemetry
from pipeline_health import settings as configured
from pipeline_health.bootstrap import SystemClock
from pipeline_health.clients.ending import Ending
from pipeline_health.clients.github_login import TOPIC
from pipeline_health.clients.http import Http, Transport
from pipeline_health.core.checkup import examined
from pipeline_health.core.model.checkup import Channels, Facts, Flaw, Kept, Unread
from pipeline_health.core.model.examination import Ailing, Examination, Line, Sound, Told, Unchecked
from pipeline_health.frozen import dataclass
from pipeline_health.ledger import DryRunLedger, MemoryLedger, SqlLedger
from pipeline_health.ports import Clock, Ledger, PipelineHealthError
from pipeline_health.settings import OptionalSecrets, Readable, policy_of
from pipeline_health.stopping import ended_by_signals
from pipeline_health.surveying import Surveyed, survey
from pipeline_health.telemetry import LogFormat, Redaction

TOPIC_ADVISED = 16
"""A topic of ntfy.sh is as good as a password: so long it should be at least."""

DEADLINE = timedelta(minutes=3)
"""How long everything may take together where no configuration says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is looked at beside the configuration; by default this host, its clock and network.

    *root* is where the system's own folders are, *package* where ours is.
    """

    clock: Clock = field(default_factory=SystemClock)
    transport: Transport | None = None
    root: Path = Path("/")
    package: Path | None = None


def examine(
    config: Path | None, *, log_format: LogFormat | None, here: Surroundings | None = None
) -> Examination:
    """Look at everything that the configuration names, and say what is wrong with it."""
    around = here or Surroundings()
    environment, home = configured.process_environment(), Path.home()
    readable = configured.read_leniently(config=config, environment=environment, home=home)
    redaction = Redaction(readable.secrets())
    telemetry.configure(
        format=log_format,
        stream=sys.stderr,
        journal_stream=environment.get("JOURNAL_STREAM"),
        redaction=redaction,
        color=sys.stderr.isatty() and not environment.get("NO_COLOR"),
    )
    found = host.look(
        _watched(readable),
        shell=host.Shell(environment),
        home=home,
        root=around.root,
        package=around.package,
    )
    facts = replace(_facts(readable, around), host=found)
    lines = tuple(_redacted(line, redaction) for line in examined(facts))
    asked = facts.account is not None or bool(facts.tokens) or facts.policy is not None
    return Examination(lines=lines, asked=asked)


def _facts(readable: Readable, around: Surroundings) -> Facts:
    """Ask the providers and the ledger."""
    policy = None if readable.configuration is None else policy_of(readable.configuration)
    ending = Ending(around.clock)
    ending.end_within(policy.limits.cycle_deadline if policy else DEADLINE)
    with ended_by_signals(ending, gently=False), ExitStack() as opened:
        http = Http(
            clock=around.clock,
            jitter=random.random,
            ending=Ending(around.clock, within=ending),
            transport=around.transport,
        )
        opened.callback(http.close)
        ledger, kept = opened.enter_context(_kept(readable))
        surveyed: Surveyed = survey(readable, policy, http=http, clock=around.clock, memory=ledger)
    return Facts(
        now=around.clock.now(),
        version=__version__,
        config=str(readable.config_path),
        policy=policy,
        flaws=tuple(Flaw(where=it.where, key=it.key, says=it.says) for it in readable.problems),
        account=surveyed.account,
        repos=surveyed.repos,
        tokens=surveyed.tokens,
        places=surveyed.places,
        skew=surveyed.skew,
        kept=kept,
        channels=_channels(readable.optional),
    )


def _channels(optional: OptionalSecrets) -> Channels:
    topic = optional.ntfy_topic
    return Channels(
        ntfy=topic is not None,
        guessable=topic is not None and len(topic.reveal()) < TOPIC_ADVISED,
        urls=bool(optional.notify_urls),
        healthcheck=optional.healthcheck_url is not None,
    )


@contextmanager
def _kept(readable: Readable) -> Iterator[tuple[Ledger, Kept | Unread]]:
    """Read the ledger, and never write to it; where it cannot be read nothing is remembered."""
    with ExitStack() as opened:
        try:
            base = opened.enter_context(SqlLedger.read_only(readable.ledger_path))
            reports = base.reports(limit=1)
            filed_as = base.recall(TOPIC, readable.github_api)
        except PipelineHealthError as exc:
            yield MemoryLedger(), Unread(str(exc))
            return
        last: datetime | None = reports[0].finished_at if reports else None
        orphans = reports[0].orphans if reports else ()
        yield DryRunLedger(base), Kept(last_cycle=last, orphans=orphans, filed_as=filed_as)


def _watched(readable: Readable) -> tuple[host.Watched, ...]:
    key = readable.key_path
    return (
        host.Watched(path=readable.secrets_path, what="secrets", handed_over=readable.handed_over),
        host.Watched(path=readable.config_path, what="configuration"),
        host.Watched(path=readable.ledger_path, what="ledger"),
        *(() if key is None else (host.Watched(path=key, what="private key"),)),
    )


def _redacted(line: Line, redaction: Redaction) -> Line:
    """Give *line* with nothing secret in it, whoever wrote it."""
    told: Told
    match line.told:
        case Ailing() as ailing:
            told = replace(
                ailing,
                where=redaction(ailing.where),
                says=redaction(ailing.says),
                mend=redaction(ailing.mend),
            )
        case Unchecked() as unchecked:
            told = replace(
                unchecked, where=redaction(unchecked.where), why=redaction(unchecked.why)
            )
        case Sound(says=says):
            told = Sound(says=redaction(says))
        case _ as unreachable:
            assert_never(unreachable)
    return replace(line, told=told)
