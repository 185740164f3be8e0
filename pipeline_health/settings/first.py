"""What is known before there is a configuration: the tokens, and where the files are to be."""

from collections.abc import Mapping
from pathlib import Path

from pipeline_health.frozen import dataclass
from pipeline_health.secret import NamedSecret, Secret
from pipeline_health.settings.credentials import GitHubApp, GitHubCredential, GitHubToken
from pipeline_health.settings.errors import configuration_error
from pipeline_health.settings.load import GITHUB, RAILWAY, reader_of
from pipeline_health.settings.sources import configuration_path, ledger_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginnings:
    """What a first look needs; *github* is None while nothing is set to ask GitHub with."""

    secrets_path: Path
    has_secrets_file: bool
    config_path: Path
    ledger_path: Path
    github_api: str
    railway_api: str
    github: GitHubCredential | None
    railway: tuple[NamedSecret, ...]

    def secrets(self) -> tuple[Secret, ...]:
        """Give every secret value that was loaded, for the redaction to know."""
        ours = [named.secret for named in self.railway]
        match self.github:
            case GitHubToken(token=secret) | GitHubApp(private_key=secret):
                ours.append(secret)
            case None:
                pass
        return tuple(ours)


def begin(*, config: Path | None, environment: Mapping[str, str], home: Path) -> Beginnings:
    """Read the tokens, and say where the configuration is or is to be.

    Raises ConfigurationError for what is wrong with them; that there are none is not wrong.
    """
    reader = reader_of(environment, home=home)
    github = reader.github() if reader.knows_github else None
    railway = reader.railway_before_projects()
    github_api = reader.address("GITHUB_API_URL", default=GITHUB)
    railway_api = reader.address("RAILWAY_API_URL", default=RAILWAY)
    if reader.problems:
        raise configuration_error(reader.problems)
    return Beginnings(
        secrets_path=reader.path,
        has_secrets_file=reader.has_file,
        config_path=configuration_path(config, environment, home=home),
        ledger_path=ledger_path(environment, home=home),
        github_api=github_api,
        railway_api=railway_api,
        github=github,
        railway=railway,
    )
