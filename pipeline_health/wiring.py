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
    RailwayCredentials,
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
    redaction, identity = Redaction(settings.secrets()), policy.routing.identity
    credentials = settings.credentials
    tokens = credentials.railway
    token = github_token(credentials.github, http, api=settings.github_api, clock=clock)
    ends = partial(_ending, http.ending, clock, policy.limits.cycle_deadline)
    railway_by = RAILWAY_BY if at_once == 1 else RAILWAY_BY_BESIDE
    railway_http = http if verdict else http.ending_by(ends(railway_by))
    github_http = http if verdict else http.ending_by(ends(GITHUB_BY))
    railway = Railway(
        railway_http, api=settings.railway_api, clock=clock, memory=ledger, at_once=at_once
    )
    wire = partial(
        Wire,
        api=settings.github_api,
        token=token,
        clock=clock,
        memory=ledger,
        account=github_account(credentials.github),
    )
    meter = Meter()
    github = GitHub(wire(github_http, meter=meter))
    written = wire(http, meter=meter, pace=pace)
    return Wired(
        code=GitHubSource(
            github,
            memory=ledger,
            identity=identity,
            redact=redaction,
            variable=credentials.github.variable,
            habits=not verdict,
            at_once=at_once,
        ),
        deploys=RailwaySource(
            railway,
            tokens=tokens.for_project,
            production=tokens.for_production,
            memory=ledger,
            redact=redaction,
        ),
        audits=Auditor(
            variables=_variables(railway, tokens, ledger),
            files=None if verdict else BranchFiles(github, redact=redaction),
        ),
        urls=ProbingSource(
            Web(ending=http.ending if verdict else ends(URLS_BY), transport=transport),
            memory=ledger,
            clock=clock,
            time=policy.limits.cycle_deadline / 3,
        ),
        tracker=GitHubTracker(
            GitHub(written), GitHubEdits(written), memory=ledger, identity=identity
        ),
        writing=GitHub(written),
    )


def _ending(within: Ending, clock: Clock, deadline: timedelta, part: float) -> Ending:
    ending = Ending(clock, within=within)
    ending.end_within(deadline * part)
    return ending


def _variables(railway: Railway, tokens: RailwayCredentials, ledger: Ledger) -> VariablesSource:
    return VariablesSource(
        railway,
        tokens=tokens.for_project,
        production=tokens.for_production,
        memory=ledger,
        key=partial(secrets.token_bytes, _KEY_BYTES),
    )


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
