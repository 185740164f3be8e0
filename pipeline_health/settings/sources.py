"""The environment of the process, and the paths that it decides. Nothing else reads it."""

import os
from collections.abc import Mapping
from pathlib import Path

_CONFIGURATION = Path(".config/archon-cron/pipeline-health.toml")
_SECRETS = Path(".config/archon-cron/secrets.env")
_LEDGER = Path(".local/state/archon-cron/pipeline-health.db")


def process_environment() -> Mapping[str, str]:
    """Give a copy of the environment that this process was started with."""
    return dict(os.environ)  # noqa: TID251 - the one place that reads it; all else is told


def configuration_path(config: Path | None, environment: Mapping[str, str], *, home: Path) -> Path:
    """Say where the configuration is: as asked for, else as the environment says, else at home."""
    if config is not None:
        return config
    return _named(environment, "PIPELINE_HEALTH_CONFIG", home=home) or home / _CONFIGURATION


def ledger_path(environment: Mapping[str, str], *, home: Path) -> Path:
    """Say where the ledger is."""
    return _named(environment, "PIPELINE_HEALTH_LEDGER", home=home) or home / _LEDGER


def is_handed_over(path: Path, environment: Mapping[str, str]) -> bool:
    """Tell whether *path* is in the directory that systemd made for our credentials."""
    directory = _credentials_directory(environment)
    return directory is not None and path.resolve().is_relative_to(directory.resolve())


def owner_of(path: Path, environment: Mapping[str, str]) -> int | None:
    """Give the user id that the file at *path* must belong to, None where that is not ours to say.

    systemd and Kubernetes set owner and mode of what they hand to us.
    """
    return None if is_handed_over(path, environment) else os.geteuid()


def secrets_path(environment: Mapping[str, str], *, home: Path) -> Path:
    """Say where the secrets are, whether the file exists or not."""
    directory = _credentials_directory(environment)
    if directory is not None and os.access(directory / "secrets.env", os.F_OK):
        return directory / "secrets.env"
    return _named(environment, "ARCHON_CRON_SECRETS", home=home) or home / _SECRETS


def expanded(path: str, *, home: Path) -> Path:
    """Give *path* with a leading `~/` read as *home*, which no shell did for a unit file."""
    return home / path[2:] if path.startswith("~/") else Path(path)


def _credentials_directory(environment: Mapping[str, str]) -> Path | None:
    """Say where systemd put our credentials, if it did (systemd.exec(5))."""
    return _named(environment, "CREDENTIALS_DIRECTORY", home=Path("/"))


def _named(environment: Mapping[str, str], variable: str, *, home: Path) -> Path | None:
    path = environment.get(variable, "").strip()
    return expanded(path, home=home) if path else None
