"""Puts the sources and the tracker together, for whoever looks: a cycle, or the promotion check."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from pipeline_health.clients.ending import Ending
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_auth import InstallationToken, static_token
from pipeline_health.clients.github_edits import GitHubEdits
from pipeline_health.clients.github_wire import Meter, Wire
from pipeline_health.clients.http import Http, Transport
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.web import Web
from pipeline_health.clients.write_pace import BETWEEN_WRITES
from pipeline_health.core.model.policy import Policy
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Clock, Ledger
from pipeline_health.settings import (
    GitHubApp,
    GitHubCredential,
    GitHubToken,
    Settings,
)
from pipeline_health.sources.audit import Auditor
from pipeline_health.sources.github import BranchFiles, GitHubSource
from pipeline_health.sources.railway import RailwaySource, VariablesSource
from pipeline_health.sources.urls import ProbingSource
from pipeline_health.telemetry import Redaction
from pipeline_health.tracker import GitHubTracker

_KEY_BYTES = 32

# A cycle's time is shared out, so that what is slow cannot blind the rest: by which part of it each
# provider must have answered. What is left at the end is for the issues.
RAILWAY_BY, GITHUB_BY, URLS_BY = 1 / 3, 2 / 3, 5 / 6
# Side by side Railway takes nothing from GitHub, save in a look that has to learn names first: for
# that one a sixth is left.
RAILWAY_BY_BESIDE = 1 / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """What looks, and what writes: the tracker, and *writing* for whoever writes something else."""

    code: GitHubSource
    deploys: RailwaySource
    urls: ProbingSource
    audits: Auditor
    tracker: GitHubTracker
    writing: GitHub


def wired(  # noqa: PLR0913 - one argument a part
    settings: Settings,
    policy: Policy,
    *,
    ledger: Ledger,
    http: Http,
    clock: Clock,
    pace: timedelta = BETWEEN_WRITES,
    verdict: bool = False,
    transport: Transport | None = None,
    at_once: int = 1,
) -> Wired:
    """Connect everything; *pace* is the time between two writes to GitHub, where there are many.

    *at_once* is how many requests may be under way: with one, they come in a certain order.

    For one *verdict* nothing is read that decides nothing: habits, and the files of the branch.
    Its rounds end as *http* does; a cycle leaves time for what it decides.
    """
    run = _Run(
        settings=settings,
        policy=policy,
        ledger=ledger,
        http=http,
        clock=clock,
        redact=Redaction(settings.secrets()),
        verdict=verdict,
        at_once=at_once,
    )
    read, written = run.github_to_read_and_write(pace)
    railway = run.railway()
    return Wired(
        code=run.code(read),
        deploys=run.deploys(railway),
        audits=run.audits(railway, read),
        urls=run.urls(transport),
        tracker=run.tracker(written),
        writing=GitHub(written),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What every part of one run stands on, and how it makes each of them."""

    settings: Settings
    policy: Policy
    ledger: Ledger
    http: Http
    clock: Clock
    redact: Redaction
    verdict: bool
    at_once: int

    def github_to_read_and_write(self, pace: timedelta) -> tuple[GitHub, Wire]:
        """Connect GitHub twice, with one token and one meter: reading ends earlier than writing."""
        credential, api = self.settings.credentials.github, self.settings.github_api
        wire = partial(
            Wire,
            api=api,
            token=github_token(credential, self.http, api=api, clock=self.clock),
            clock=self.clock,
            memory=self.ledger,
            account=github_account(credential),
            meter=Meter(),
        )
        return GitHub(wire(self._http_by(GITHUB_BY))), wire(self.http, pace=pace)

    def railway(self) -> Railway:
        return Railway(
            self._http_by(RAILWAY_BY if self.at_once == 1 else RAILWAY_BY_BESIDE),
            api=self.settings.railway_api,
            clock=self.clock,
            memory=self.ledger,
            at_once=self.at_once,
        )

    def code(self, github: GitHub) -> GitHubSource:
        return GitHubSource(
            github,
            memory=self.ledger,
            identity=self.policy.routing.identity,
            redact=self.redact,
            variable=self.settings.credentials.github.variable,
            habits=not self.verdict,
            at_once=self.at_once,
        )

    def deploys(self, railway: Railway) -> RailwaySource:
        tokens = self.settings.credentials.railway
        return RailwaySource(
            railway,
            tokens=tokens.for_project,
            production=tokens.for_production,
            memory=self.ledger,
            redact=self.redact,
        )

    def audits(self, railway: Railway, github: GitHub) -> Auditor:
        tokens = self.settings.credentials.railway
        variables = VariablesSource(
            railway,
            tokens=tokens.for_project,
            production=tokens.for_production,
            memory=self.ledger,
            key=partial(secrets.token_bytes, _KEY_BYTES),
        )
        files = None if self.verdict else BranchFiles(github, redact=self.redact)
        return Auditor(variables=variables, files=files)

    def urls(self, transport: Transport | None) -> ProbingSource:
        ending = self.http.ending if self.verdict else self._ending(URLS_BY)
        return ProbingSource(
            Web(ending=ending, transport=transport),
            memory=self.ledger,
            clock=self.clock,
            time=self.policy.limits.cycle_deadline / 3,
        )

    def tracker(self, written: Wire) -> GitHubTracker:
        return GitHubTracker(
            GitHub(written),
            GitHubEdits(written),
            memory=self.ledger,
            identity=self.policy.routing.identity,
        )

    def _http_by(self, part: float) -> Http:
        return self.http if self.verdict else self.http.ending_by(self._ending(part))

    def _ending(self, part: float) -> Ending:
        ending = Ending(self.clock, within=self.http.ending)
        ending.end_within(self.policy.limits.cycle_deadline * part)
        return ending


def github_account(credential: GitHubCredential) -> str:
    """Name the account that asks; no trace of a token is kept: its variable stands for it."""
    match credential:
        case GitHubToken(variable=variable):
            return variable
        case GitHubApp() as app:
            return f"App {app.app_id}, installation {app.installation_id}"


def github_token(
    credential: GitHubCredential, http: Http, *, api: str, clock: Clock
) -> Callable[[], str]:
    """Give what gives the token: the same one each time, or an App's, anew before its end."""
    match credential:
        case GitHubToken(token=secret):
            return static_token(secret)
        case GitHubApp() as app:
            return InstallationToken(
                str(app.app_id),
                app.installation_id,
                private_key=app.private_key,
                http=http,
                api=api,
                clock=clock,
            )
