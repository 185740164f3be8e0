"""The operator's decisions: `pipeline-health.toml`, `secrets.env` and the environment.

Everything is checked before anything is asked of anybody: unknown keys, wrong types and impossible
values are one ConfigurationError that lists them all. The environment wins over the secrets file,
name by name. `process_environment` is the only reader of the environment in the tree; everything
else is given what it returned.
"""

from pipeline_health.settings.configuration import Configuration
from pipeline_health.settings.credentials import (
    Credentials,
    GitHubApp,
    GitHubCredential,
    GitHubToken,
    OptionalSecrets,
    RailwayCredentials,
)
from pipeline_health.settings.durations import EXPECTED_DURATION, parse_duration
from pipeline_health.settings.errors import ConfigurationError
from pipeline_health.settings.lenient import Readable, read_leniently
from pipeline_health.settings.load import Settings, load
from pipeline_health.settings.policy import policy_of
from pipeline_health.settings.sources import process_environment

__all__ = [
    "EXPECTED_DURATION",
    "Configuration",
    "ConfigurationError",
    "Credentials",
    "GitHubApp",
    "GitHubCredential",
    "GitHubToken",
    "OptionalSecrets",
    "RailwayCredentials",
    "Readable",
    "Settings",
    "load",
    "parse_duration",
    "policy_of",
    "process_environment",
    "read_leniently",
]
