"""The files that are made for the first time, and the tokens before there is a configuration."""

import re
import stat
from pathlib import Path

import pytest

from pipeline_health.secret import Secret
from pipeline_health.settings import ConfigurationError, GitHubToken
from pipeline_health.settings.fields import OUR_SECRETS
from pipeline_health.settings.first import begin
from pipeline_health.settings.new_file import write_new
from pipeline_health.settings.template import TEMPLATE, template_with, token_problem
from pipeline_health.settings.variables import read_variables


def test_the_template_names_every_secret_and_sets_none(tmp_path: Path) -> None:
    """Each on a line of its own, to take the # away; as it is, it is a file without a variable."""
    path = tmp_path / "secrets.env"
    write_new(path, TEMPLATE)

    named = re.findall(r"^#([A-Z_<>]+)=$", TEMPLATE, re.MULTILINE)

    own = {"RAILWAY_TOKEN_<NAME>", "RAILWAY_TOKEN_<NAME>_PRODUCTION"}
    ids = {"GITHUB_APP_ID", "GITHUB_APP_INSTALLATION_ID"}
    assert sorted(named) == sorted(OUR_SECRETS | own | ids)
    assert read_variables({}, path=path, owner=path.stat().st_uid).file == {}
    assert all(len(line) < 100 for line in TEMPLATE.splitlines())
    links = re.findall(r"https?://([^/\s]+)", TEMPLATE)
    assert set(links) == {"github.com", "railway.com", "ntfy.sh", "healthchecks.io"}


def test_tokens_that_were_typed_are_read_again(tmp_path: Path) -> None:
    """As they were typed."""
    path = tmp_path / "new" / "secrets.env"
    typed = {"GITHUB_TOKEN": Secret("ghp_a+b/c=~.d"), "RAILWAY_TOKEN": Secret("0123-4567")}
    write_new(path, template_with(typed))

    begun = begin(config=None, environment={"ARCHON_CRON_SECRETS": str(path)}, home=tmp_path)

    assert begun.github == GitHubToken(token=typed["GITHUB_TOKEN"])
    assert [(one.name, one.secret) for one in begun.railway] == [
        ("RAILWAY_TOKEN", typed["RAILWAY_TOKEN"])
    ]
    assert begun.has_secrets_file
    assert set(begun.secrets()) == set(typed.values())


@pytest.mark.parametrize(
    ("text", "is_token"),
    [
        ("ghp_0123456789", True),
        ("tiny", False),
        ("two words", False),
        ("quote'quote", False),
        ("hash#hash#", False),
        ("line\nline", False),
        ("$variable", False),
        ("schl\u00fcssel", False),
    ],
)
def test_what_no_file_could_hold_is_no_token(text: str, is_token: bool) -> None:  # noqa: FBT001
    """And it is not repeated."""
    problem = token_problem(text)

    assert (problem is None) is is_token
    assert text not in (problem or "")


def test_nothing_is_known_without_a_variable(tmp_path: Path) -> None:
    """That is no error: there is a next step."""
    begun = begin(config=None, environment={}, home=tmp_path)

    assert (begun.github, begun.railway, begun.secrets()) == (None, (), ())
    assert not begun.has_secrets_file
    assert begun.secrets_path == tmp_path / ".config" / "archon-cron" / "secrets.env"
    assert begun.config_path == begun.secrets_path.with_name("pipeline-health.toml")


def test_a_new_file_is_whole_and_ours(tmp_path: Path) -> None:
    """What is there stays, what is missing above is made, and nothing else is left."""
    path = tmp_path / "a" / "b" / "x"
    write_new(path, "whole")
    modes = [stat.S_IMODE(it.stat().st_mode) for it in (path, path.parent, path.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]

    for taken, why in ((path, "is there already"), (path / "y", "could not be written")):
        with pytest.raises(ConfigurationError, match=why):
            write_new(taken, "other")
    assert [(it.name, it.read_text()) for it in path.parent.iterdir()] == [("x", "whole")]
