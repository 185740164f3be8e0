"""The names of the configured projects alone, for whoever must not wait or fail for the rest."""

import tomllib
from pathlib import Path

from pipeline_health.settings.regular_file import read_regular

_LARGEST = 1024 * 1024


def configured_names(path: Path) -> tuple[str, ...]:
    """Give the names in the configuration at *path*, whatever else is wrong with it.

    Raises ConfigurationError, OSError or ValueError where it is no TOML file.
    """
    content = read_regular(path, largest=_LARGEST, expected="a TOML file")
    projects = tomllib.loads(content.decode("utf-8-sig")).get("projects", [])
    tables = projects if isinstance(projects, list) else []
    names = [table.get("name") for table in tables if isinstance(table, dict)]
    return tuple(name for name in names if isinstance(name, str))
