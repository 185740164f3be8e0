"""Puts the sources and the tracker together, for whoever looks: a cycle, or the promotion check.

What a quiet cycle does not need is imported where it is needed: PyGithub by the first edit.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_auth import app_token, static_token
from pipeline_health.clients.github_edits import BETWEEN_WRITES, GitHubEdits
from pipeline_health.clients.http import Http
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.web import Web
from pipeline_health.core.model.policy import Policy
from pipeline_health.ports import Clock, Ledger
from pipeline_health.settings import GitHubApp, GitHubToken, RailwayCredentials, Settings
from pipeline_health.sources.audit import Auditor
from pipeline_health.sources.github import BranchFiles, GitHubSource
from pipeline_health.sources.railway import RailwaySource, VariablesSource
from pipeline_health.sources.urls import ProbingSource
from pipeline_health.telemetry import Redaction
from pipeline_health.tracker import GitHubTracker

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """The clients, and what looks and writes by way of them."""

    github: GitHub
    code: GitHubSource
    deploys: RailwaySource
    urls: ProbingSource
    audits: Auditor
    tracker: GitHubTracker


def wired(  # noqa: PLR0913 - one argument a part
    settings: Settings,
    policy: Policy,
    *,
    ledger: Ledger,
    http: Http,
    clock: Clock,
    pace: timedelta = BETWEEN_WRITES,
    verdict: bool = False,
) -> Wired:
    """Connect everything; *pace* is the least time between two writes to GitHub.

    For one *verdict* nothing is read that decides nothing: habits, and the files of the branch.
    """
    redaction, identity = Redaction(settings.secrets()), policy.routing.identity
    token, tokens = _github_token(settings), settings.credentials.railway
    railway = Railway(http, api=settings.railway_api, clock=clock)
    github = GitHub(http, api=settings.github_api, token=token, clock=clock)
    edits = GitHubEdits(
        api=settings.github_api,
        token=token,
        clock=clock,
        meter=github.meter,
        between_writes=pace,
    )
    return Wired(
        github=github,
        code=GitHubSource(
            github,
            memory=ledger,
            identity=identity,
            redact=redaction,
            variable=settings.credentials.github.variable,
            habits=not verdict,
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
            Web(), memory=ledger, clock=clock, time=policy.limits.cycle_deadline / 3
        ),
        tracker=GitHubTracker(github, edits, memory=ledger, identity=identity),
    )


def _variables(railway: Railway, tokens: RailwayCredentials, ledger: Ledger) -> VariablesSource:
    return VariablesSource(
        railway,
        tokens=tokens.for_project,
        production=tokens.for_production,
        memory=ledger,
        key=partial(secrets.token_bytes, _KEY_BYTES),
    )


def _github_token(settings: Settings) -> Callable[[], str]:
    match settings.credentials.github:
        case GitHubToken(token=secret):
            return static_token(secret)
        case GitHubApp() as app:
            return app_token(
                str(app.app_id),
                app.installation_id,
                private_key=app.private_key,
                api=settings.github_api,
            )
