"""Puts the configuration and the credentials together, or says all that is wrong with them."""

from collections.abc import Mapping
from dataclasses import field
from functools import partial
from pathlib import Path

from pydantic_core import to_json

from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.policy import Policy
from pipeline_health.frozen import dataclass
from pipeline_health.secret import Secret
from pipeline_health.settings import sources
from pipeline_health.settings.configuration import Configuration
from pipeline_health.settings.credentials import Credentials, OptionalSecrets
from pipeline_health.settings.errors import configuration_error
from pipeline_health.settings.policy import policy_of
from pipeline_health.settings.reader import SHORTEST, CredentialsReader
from pipeline_health.settings.toml_file import read_configuration
from pipeline_health.settings.variables import read_variables

GITHUB = "https://api.github.com"
_SHORTEST_WORD = 4
RAILWAY = "https://backboard.railway.com/graphql/v2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that the operator decided. *config_hash* is the SHA-256 of the file's bytes."""

    policy: Policy
    configuration: Configuration
    config_path: Path
    config_hash: str
    ledger_path: Path
    github_api: str
    railway_api: str
    credentials: Credentials
    optional: OptionalSecrets
    e2e_env: Mapping[str, Secret] = field(default_factory=dict)

    def secrets(self) -> tuple[Secret, ...]:
        """Give every secret value that was loaded, for the redaction to know.

        Of what is passed to the tests of projects those values are none that are too short to be
        told from a word, and those that the configuration itself says: a login that is also the
        owner of a repository would be struck out of every issue.
        """
        written = to_json(self.configuration).decode() if self.e2e_env else ""
        passed = (
            secret
            for secret in self.e2e_env.values()
            if len(text := secret.reveal()) >= SHORTEST and text not in written
        )
        return (*self.credentials.secrets(), *self.optional.secrets(), *passed)

    def secrets_of_tests(self) -> tuple[Secret, ...]:
        """Give what is struck out of the output of the projects' own tests.

        There also words go that could be a short password: holes in a log do less harm.
        """
        passed = (it for it in self.e2e_env.values() if len(it.reveal()) >= _SHORTEST_WORD)
        return (*self.secrets(), *passed)

    def missing_e2e(self, project: ProjectName) -> tuple[str, ...]:
        """Name what the end-to-end command of *project* is to get and nobody has set."""
        return tuple(
            name
            for table in self.configuration.projects
            if table.name == project and table.gate.e2e
            for name in table.gate.e2e_env
            if name not in self.e2e_env
        )


def load(*, config: Path | None, environment: Mapping[str, str], home: Path) -> Settings:
    """Read the configuration at *config*, or where it is by default, and the secrets it needs.

    Raises ConfigurationError. No request is made, and *environment* is all of it that is read.
    """
    config_path = sources.configuration_path(config, environment, home=home)
    configuration, config_hash = read_configuration(config_path)
    reader = reader_of(environment, home=home)
    github = reader.github()
    railway = reader.railway(configuration.projects)
    optional = reader.optional()
    github_api = reader.address("GITHUB_API_URL", default=GITHUB)
    railway_api = reader.address("RAILWAY_API_URL", default=RAILWAY)
    e2e_env = reader.passed_to_tests(configuration.projects)
    if github is None or reader.problems:
        raise configuration_error(reader.problems)
    return Settings(
        policy=policy_of(configuration),
        configuration=configuration,
        config_path=config_path,
        config_hash=config_hash,
        ledger_path=sources.ledger_path(environment, home=home),
        github_api=github_api,
        railway_api=railway_api,
        credentials=Credentials(github=github, railway=railway),
        optional=optional,
        e2e_env=e2e_env,
    )


def reader_of(environment: Mapping[str, str], *, home: Path) -> CredentialsReader:
    """Give what reads the credentials; raises ConfigurationError for a file that is refused."""
    owner_of = partial(sources.owner_of, environment=environment)
    path = sources.secrets_path(environment, home=home)
    variables = read_variables(environment, path=path, owner=owner_of(path))
    return CredentialsReader(variables, home=home, owner_of=owner_of)
