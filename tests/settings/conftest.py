import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline_health.settings import ConfigurationError, Settings, load

GITHUB = {"GITHUB_TOKEN": "planted-github"}
MINIMAL = '[[projects]]\nname = "shop"\nrepo = "acme/shop"\n'

Loads = Callable[..., Settings]
Refusals = Callable[..., list[str]]
SecretsFile = Callable[..., Path]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make a home directory with a minimal configuration and no secrets."""
    folder = tmp_path / ".config/archon-cron"
    folder.mkdir(parents=True)
    (folder / "pipeline-health.toml").write_text(MINIMAL)
    return tmp_path


@pytest.fixture
def toml(home: Path) -> Path:
    """Name the configuration file of that home."""
    return home / ".config/archon-cron/pipeline-health.toml"


@pytest.fixture
def secrets_file(home: Path) -> SecretsFile:
    """Write the secrets file of that home, closed to others unless asked otherwise."""

    def write(content: str | bytes, *, mode: int = 0o600) -> Path:
        path = home / ".config/archon-cron/secrets.env"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(mode)
        return path

    return write


@pytest.fixture
def loads(home: Path, toml: Path) -> Loads:
    """Load settings from a text, or from what is in the home, with a given environment."""

    def load_it(text: str | None = None, **environment: str) -> Settings:
        if text is not None:
            toml.write_text(text)
        return load(config=None, environment=environment or GITHUB, home=home)

    return load_it


@pytest.fixture
def refusals(loads: Loads) -> Refusals:
    """Load what must be refused, and give the lines of the refusal."""

    def refused(text: str | None = None, **environment: str) -> list[str]:
        with pytest.raises(ConfigurationError) as caught:
            loads(text, **environment)
        return str(caught.value).splitlines()

    return refused


@pytest.fixture
def us() -> int:
    """Name the user id that this process acts as."""
    return os.geteuid()
