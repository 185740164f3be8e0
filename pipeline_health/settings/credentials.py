"""What we prove ourselves with, and to whom."""

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import ClassVar, TypeAlias, assert_never

from pipeline_health.core.model.ids import ProjectName
from pipeline_health.frozen import dataclass
from pipeline_health.secret import NamedSecret, Secret
from pipeline_health.settings.railway_names import production_variable, railway_variable


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubToken:
    """A personal access token, or the token of an Actions run."""

    token: Secret
    variable: ClassVar[str] = "GITHUB_TOKEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubApp:
    """An installation of a GitHub App; it makes its own short-lived tokens."""

    app_id: int
    installation_id: int
    private_key: Secret
    variable: ClassVar[str] = "GITHUB_APP_PRIVATE_KEY"


GitHubCredential: TypeAlias = GitHubToken | GitHubApp


@dataclass(frozen=True, slots=True, kw_only=True)
class RailwayCredentials:
    """A token for all projects, tokens for single ones, or both; a project's own one wins."""

    shared: Secret | None = None
    shared_name: str = "RAILWAY_TOKEN"
    staging: Mapping[ProjectName, Secret] = field(default_factory=dict)
    production: Mapping[ProjectName, Secret] = field(default_factory=dict)

    def for_project(self, name: ProjectName) -> NamedSecret | None:
        """Give the token that sees the staging of project *name*, None when there is none."""
        if own := self.staging.get(name):
            return NamedSecret(secret=own, name=railway_variable(name))
        if self.shared is None:
            return None
        return NamedSecret(secret=self.shared, name=self.shared_name)

    def for_production(self, name: ProjectName) -> NamedSecret | None:
        """Give the token to look at the production of project *name* with, None without any.

        Without one of its own it is the token for staging: one of an account or a workspace sees
        both, whichever variable it is in, and one of a project shows that it does not.
        """
        if own := self.production.get(name):
            return NamedSecret(secret=own, name=production_variable(name))
        return self.for_project(name)

    def secrets(self) -> Iterator[Secret]:
        """Give every token."""
        if self.shared is not None:
            yield self.shared
        yield from self.staging.values()
        yield from self.production.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Our credentials for both providers."""

    github: GitHubCredential
    railway: RailwayCredentials

    def secrets(self) -> Iterator[Secret]:
        """Give every secret value among them."""
        match self.github:
            case GitHubToken(token=secret) | GitHubApp(private_key=secret):
                yield secret
            case _ as unreachable:
                assert_never(unreachable)
        yield from self.railway.secrets()


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionalSecrets:
    """What may be set beside the credentials: where people are told, and who may read the page."""

    ntfy_topic: Secret | None = None
    notify_urls: tuple[Secret, ...] = ()
    healthcheck_url: Secret | None = None
    web_password: Secret | None = None

    def secrets(self) -> Iterator[Secret]:
        """Give every secret value among them."""
        alone = (self.ntfy_topic, self.healthcheck_url, self.web_password)
        yield from (secret for secret in alone if secret is not None)
        yield from self.notify_urls
