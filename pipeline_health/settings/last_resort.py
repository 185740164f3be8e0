"""The one secret that is wanted even when all settings are wrong: whom to tell that they are."""

from collections.abc import Mapping
from pathlib import Path

from pipeline_health.secret import Secret
from pipeline_health.settings import sources
from pipeline_health.settings.errors import ConfigurationError
from pipeline_health.settings.urls import url_problem
from pipeline_health.settings.variables import read_variables

_NAME = "HEALTHCHECK_URL"


def healthcheck_url(environment: Mapping[str, str], *, home: Path) -> Secret | None:
    """Give the URL of the dead man's switch as far as it can be read; never raises.

    A secrets file that others can read is not believed here either.
    """
    url = environment.get(_NAME, "").strip() or _from_file(environment, home=home)
    return None if not url or url_problem(url, query=True) else Secret(url)


def _from_file(environment: Mapping[str, str], *, home: Path) -> str | None:
    path = sources.secrets_path(environment, home=home)
    owner = sources.owner_of(path, environment)
    try:
        return read_variables(environment, path=path, owner=owner).text(_NAME)
    except ConfigurationError:
        return None
