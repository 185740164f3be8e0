"""The composition root of the promotion check: from settings to one verdict.

It asks with the ledger's help where there is one, and never writes to it: in a pipeline there is
none.
"""

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path

from pipeline_health import settings as configured
from pipeline_health.agent.promotion import Promotion, Sources
from pipeline_health.bootstrap import SystemClock, load, narrowed
from pipeline_health.clients import holds
from pipeline_health.clients.ending import Ending
from pipeline_health.clients.http import Http, Transport
from pipeline_health.clients.site import HttpSite
from pipeline_health.core import verdict_text
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.promotion import Asked
from pipeline_health.core.model.verdict import Verdict
from pipeline_health.e2e import Checkout, CheckoutError, LocalEndToEnd, Surroundings
from pipeline_health.frozen import dataclass
from pipeline_health.ledger import DryRunLedger, SqlLedger
from pipeline_health.ports import Clock, Ledger
from pipeline_health.publisher import GitHubPublisher
from pipeline_health.settings import ConfigurationError, Settings
from pipeline_health.settings.actions import Actions, actions_of
from pipeline_health.sources.railway.places import ABSENCE
from pipeline_health.stopping import ended_by_signals
from pipeline_health.telemetry import LogFormat, Redaction
from pipeline_health.wiring import wired

ROUND = timedelta(minutes=3)
"""How long one round of requests may take, all together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One question that is ready to be asked; *actions* is the run that we are a step of."""

    promotion: Promotion
    publisher: GitHubPublisher
    commit: Sha
    config_hash: str
    actions: Actions

    def verdict(self, *, wait: timedelta, rollback: bool) -> Verdict:
        """Ask, and look again until the answer is final or *wait* is over."""
        asked = Asked(
            commit=self.commit,
            config_hash=self.config_hash,
            own_run=self.actions.run_id,
            rollback=rollback,
        )
        return self.promotion.check(asked, wait=wait)

    def publish(self, verdict: Verdict) -> None:
        """Show *verdict* as a status of its commit; raises TrackerError when that failed."""
        self.publisher.publish(
            verdict.repo,
            verdict.commit,
            state=verdict_text.status_state(verdict),
            says=verdict_text.status_line(verdict),
            url=self.actions.run_url,
        )


@contextmanager
def opened(
    config: Path | None, project: str, commit: Sha, *, log_format: LogFormat | None, trusted: bool
) -> Iterator[Check]:
    """Prepare the check of *commit* as this process was started: its environment, its directory."""
    settings = load(config, log_format=log_format)
    environment = configured.process_environment()
    here = Surroundings(
        directory=Path.cwd(),
        path=environment.get("PATH", ""),
        home=environment.get("HOME", str(Path.home())),
        variables=settings.e2e_env,
    )
    actions = actions_of(environment)
    ending = Ending(SystemClock())
    # A test that runs must not outlive us.
    with (
        ended_by_signals(ending, gently=False),
        prepared(
            settings, project, commit, here=here, actions=actions, trusted=trusted, ending=ending
        ) as check,
    ):
        yield check


@contextmanager
def prepared(  # noqa: PLR0913 - one argument a part
    settings: Settings,
    project: str,
    commit: Sha,
    *,
    here: Surroundings,
    actions: Actions,
    trusted: bool = False,
    clock: Clock | None = None,
    ending: Ending | None = None,
    transport: Transport | None = None,
) -> Iterator[Check]:
    """Prepare the check of *commit*; everything that can be wrong without asking is found here.

    Raises ConfigurationError for a project that is not configured, for a variable of its tests that
    is not set, and for a configuration out of the very commit unless it is *trusted*.
    """
    policy = narrowed(settings.policy, [project])
    _require_variables(settings, policy)
    if not trusted:
        _require_elsewhere(settings.config_path, commit, here)
    timekeeper = SystemClock() if clock is None else clock
    with ExitStack() as opened_now:
        kept = opened_now.enter_context(SqlLedger.read_only(settings.ledger_path))
        whole = ending or Ending(timekeeper)
        http = Http(
            clock=timekeeper,
            jitter=random.random,
            ending=Ending(timekeeper, within=whole),
            transport=transport,
        )
        opened_now.callback(http.close)
        yield _check(
            settings,
            policy,
            commit,
            # A production that was made since by copying staging shares everything; and the agent
            # was asked to wait, who may be somebody else.
            ledger=DryRunLedger(kept, anew=(ABSENCE, holds.TOPIC)),
            http=http,
            whole=whole,
            transport=transport,
            clock=timekeeper,
            here=here,
            actions=actions,
        )


def _check(  # noqa: PLR0913 - one argument a part
    settings: Settings,
    policy: Policy,
    commit: Sha,
    *,
    ledger: Ledger,
    http: Http,
    whole: Ending,
    transport: Transport | None,
    clock: Clock,
    here: Surroundings,
    actions: Actions,
) -> Check:
    wires = wired(
        settings, policy, ledger=ledger, http=http, clock=clock, verdict=True, transport=transport
    )
    redaction = Redaction(settings.secrets())
    filed_as = wires.code.known_login()
    promotion = Promotion(
        policy,
        Sources(
            github=wires.code,
            commits=wires.code,
            railway=wires.deploys,
            history=wires.deploys,
            urls=wires.urls,
            audits=wires.audits,
            site=HttpSite(clock=clock, redact=redaction, ending=whole, transport=transport),
            tests=LocalEndToEnd(here, redact=Redaction(settings.secrets_of_tests()), clock=clock),
            tracker=wires.tracker,
        ),
        ledger=ledger,
        clock=clock,
        why_unknown=lambda: _why_unknown(policy, filed_as, wires.code.known_login()),
        begin=lambda: http.ending.end_within(ROUND),
    )
    return Check(
        promotion=promotion,
        publisher=GitHubPublisher(wires.writing),
        commit=commit,
        config_hash=settings.config_hash,
        actions=actions,
    )


def _why_unknown(policy: Policy, filed_as: str | None, login: str | None) -> str:
    """Say why our issues cannot be told from others', empty where they can."""
    if policy.routing.identity is not None:
        return ""
    hint = "set routing.identity to the login that files our issues"
    if filed_as is None:
        return f"no ledger here says which issues are ours; {hint}"
    if login != filed_as:
        return f"this token is another account's than the one that files our issues; {hint}"
    return ""


def _require_variables(settings: Settings, policy: Policy) -> None:
    """Raise where the end-to-end command is to get a variable that is not set."""
    (project,) = policy.projects
    missing = settings.missing_e2e(project.name)
    if missing:
        msg = (
            f"{', '.join(missing)} of e2e_env of {project.name} is not set; "
            "set it in the environment or in secrets.env, or take it out of e2e_env"
        )
        raise ConfigurationError(msg)


def _require_elsewhere(config: Path, commit: Sha, here: Surroundings) -> None:
    """Raise where the configuration could have been written by the commit that is to be judged."""
    folder = config.resolve().parent
    checkout = Checkout(folder, path=here.path, home=here.home)
    try:
        head = checkout.head()
    except CheckoutError as exc:
        msg = (
            f"whether {config} belongs to the commit under test cannot be told, {exc}; "
            "keep the configuration elsewhere, or say --trust-config"
        )
        raise ConfigurationError(msg) from exc
    if head == commit:
        msg = (
            f"{config} lies in a work tree at {commit[:7]}, the commit under test, which could "
            "then decide about itself; keep it on the host, in an operations repository or on a "
            "protected branch, or say --trust-config"
        )
        raise ConfigurationError(msg)
