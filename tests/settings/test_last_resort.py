from pathlib import Path

import pytest

from pipeline_health.secret import Secret
from pipeline_health.settings.last_resort import healthcheck_url

URL = "https://hc.example/planted-uuid?create=1"


@pytest.mark.parametrize(
    ("environment", "file", "mode", "found"),
    [
        (URL, None, 0o600, True),
        (None, f"HEALTHCHECK_URL={URL}", 0o600, True),
        (None, f"HEALTHCHECK_URL={URL}", 0o644, False),
        (None, f"nonsense here\nHEALTHCHECK_URL={URL}", 0o600, False),
        (None, "", 0o600, False),
        (None, None, 0o600, False),
        ("http://hc.example/planted", None, 0o600, False),
    ],
    ids=["environment", "file", "open to others", "broken file", "empty", "nowhere", "not https"],
)
def test_the_switch_is_found_as_far_as_it_can_be_believed(
    tmp_path: Path, environment: str | None, file: str | None, mode: int, *, found: bool
) -> None:
    """Nothing is raised, whatever is wrong."""
    secrets = tmp_path / ".config/archon-cron/secrets.env"
    secrets.parent.mkdir(parents=True)
    if file is not None:
        secrets.write_text(file)
        secrets.chmod(mode)
    variables = {} if environment is None else {"HEALTHCHECK_URL": environment}

    url = healthcheck_url(variables, home=tmp_path)

    assert url == (Secret(URL) if found else None)
