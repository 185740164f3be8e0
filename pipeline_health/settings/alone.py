"""The configuration without the secrets, for commands that ask nobody anything."""

from collections.abc import Mapping
from pathlib import Path

from pipeline_health.core.model.policy import Policy
from pipeline_health.settings.policy import policy_of
from pipeline_health.settings.sources import configuration_path
from pipeline_health.settings.toml_file import read_configuration


def read_policy(*, config: Path | None, environment: Mapping[str, str], home: Path) -> Policy:
    """Read what the operator wants; raises ConfigurationError. No secret is looked at."""
    configuration, _ = read_configuration(configuration_path(config, environment, home=home))
    return policy_of(configuration)
