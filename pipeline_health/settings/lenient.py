"""As much of the configuration and the secrets as can be read, beside all that is wrong with them.

For `doctor`, which goes on where every other command refuses. What is wrong here is told there, and
whom the files belong to is left to it.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import assert_never

from pipeline_health.frozen import dataclass
from pipeline_health.secret import Secret
from pipeline_health.settings import sources
from pipeline_health.settings.configuration import Configuration
from pipeline_health.settings.credentials import (
    GitHubApp,
    GitHubCredential,
    GitHubToken,
    OptionalSecrets,
    RailwayCredentials,
)
from pipeline_health.settings.errors import ConfigurationError, Problem
from pipeline_health.settings.load import GITHUB, RAILWAY
from pipeline_health.settings.reader import CredentialsReader
from pipeline_health.settings.toml_file import read_what_can_be
from pipeline_health.settings.variables import Variables, read_variables


@dataclass(frozen=True, slots=True, kw_only=True)
class Readable:
    """What could be read, and every problem; an address that is no use stands for the usual one."""

    configuration: Configuration | None
    config_path: Path
    secrets_path: Path
    key_path: Path | None
    handed_over: bool
    ledger_path: Path
    github: GitHubCredential | None
    railway: RailwayCredentials
    optional: OptionalSecrets
    github_api: str
    railway_api: str
    problems: tuple[Problem, ...]

    def secrets(self) -> Iterator[Secret]:
        """Give every secret that was read."""
        match self.github:
            case GitHubToken(token=secret) | GitHubApp(private_key=secret):
                yield secret
            case None:
                pass
            case _ as unreachable:
                assert_never(unreachable)
        yield from self.railway.secrets()
        yield from self.optional.secrets()


def read_leniently(*, config: Path | None, environment: Mapping[str, str], home: Path) -> Readable:
    """Read what can be read; it raises for nothing that is wrong in it."""
    config_path = sources.configuration_path(config, environment, home=home)
    secrets_path = sources.secrets_path(environment, home=home)
    configuration, problems = read_what_can_be(config_path)
    variables, unread = _variables(environment, secrets_path)
    reader = CredentialsReader(variables, home=home, owner_of=lambda _: None)
    projects = configuration.projects if configuration else ()
    github, railway, optional = reader.github(), reader.railway(projects), reader.optional()
    reader.passed_to_tests(projects)
    key_file = variables.text("GITHUB_APP_PRIVATE_KEY_FILE")
    return Readable(
        configuration=configuration,
        config_path=config_path,
        secrets_path=secrets_path,
        key_path=sources.expanded(key_file, home=home) if key_file else None,
        handed_over=sources.is_handed_over(secrets_path, environment),
        ledger_path=sources.ledger_path(environment, home=home),
        github=github,
        railway=railway,
        optional=optional,
        github_api=_address(reader, "GITHUB_API_URL", default=GITHUB),
        railway_api=_address(reader, "RAILWAY_API_URL", default=RAILWAY),
        problems=(*problems, *unread, *reader.problems),
    )


def _address(reader: CredentialsReader, name: str, *, default: str) -> str:
    """Read an address; a token goes to none that is refused."""
    address = reader.address(name, default=default)
    return default if any(problem.key == name for problem in reader.problems) else address


def _variables(environment: Mapping[str, str], path: Path) -> tuple[Variables, tuple[Problem, ...]]:
    try:
        return read_variables(environment, path=path, owner=None), ()
    except ConfigurationError as exc:
        nothing = Variables(environment=environment, file={}, path=path, exists=False)
        return nothing, (Problem(str(path), "", str(exc).removeprefix(f"{path}: ")),)
