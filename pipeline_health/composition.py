"""What looks at the world, put together from settings; what acts on it is up to `bootstrap`."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_auth import app_token, static_token
from pipeline_health.clients.http import Http
from pipeline_health.clients.railway import Railway
from pipeline_health.ports import Clock, Memory
from pipeline_health.settings import GitHubApp, GitHubToken, Settings
from pipeline_health.sources.audit import Auditor
from pipeline_health.sources.github import BranchFiles, GitHubSource
from pipeline_health.sources.railway import RailwaySource, VariablesSource
from pipeline_health.telemetry import Redaction

_KEY_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Both providers as sources; *client* is GitHub itself, on which all count."""

    client: GitHub
    github: GitHubSource
    railway: RailwaySource
    audits: Auditor


def sources_of(settings: Settings, *, memory: Memory, http: Http, clock: Clock) -> Sources:
    """Make the sources that look by way of *http* and keep small facts in *memory*."""
    redaction = Redaction(settings.secrets())
    tokens = settings.credentials.railway
    client = GitHub(http, api=settings.github_api, token=github_token(settings), clock=clock)
    railway = Railway(http, api=settings.railway_api, clock=clock)
    variables = VariablesSource(
        railway,
        tokens=tokens.for_project,
        production=tokens.for_production,
        memory=memory,
        key=partial(secrets.token_bytes, _KEY_BYTES),
    )
    return Sources(
        client=client,
        github=GitHubSource(
            client,
            memory=memory,
            identity=settings.policy.routing.identity,
            redact=redaction,
            variable=settings.credentials.github.variable,
        ),
        railway=RailwaySource(
            railway,
            tokens=tokens.for_project,
            production=tokens.for_production,
            memory=memory,
            redact=redaction,
        ),
        audits=Auditor(variables=variables, files=BranchFiles(client, redact=redaction)),
    )


def github_token(settings: Settings) -> Callable[[], str]:
    """Give what gives a token for GitHub: the one of the settings, or of the App's installation."""
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
