"""What `doctor` reads where every other command refuses: all that can be, and all that is wrong."""

from pathlib import Path

import pytest

from pipeline_health.settings import Readable, read_leniently

GOOD = '[[projects]]\nname = "shop"\nrepo = "acme/shop"\n'
KEY = "-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a home with a token in an open secrets file."""
    folder = tmp_path / ".config" / "archon-cron"
    folder.mkdir(parents=True)
    (folder / "secrets.env").write_text("GITHUB_TOKEN=gh-good-token\n")
    (folder / "secrets.env").chmod(0o644)
    return folder


def read(folder: Path, text: str | None, **environment: str) -> Readable:
    """Read the configuration *text*, none where there is no file."""
    config = folder / "pipeline-health.toml"
    if text is not None:
        config.write_text(text)
    return read_leniently(config=None, environment=environment, home=folder.parent.parent)


def keys(found: Readable) -> list[str]:
    """Give which keys are wrong."""
    return [problem.key for problem in found.problems]


@pytest.mark.parametrize(
    ("text", "wrong", "projects"),
    [
        (GOOD, [], ["shop"]),
        (f"slaa = 1\n{GOOD}", ["slaa"], ["shop"]),
        (
            f"{GOOD}branch = 7\n[projects.gate]\nsmok = 1\n",
            ["projects[shop].branch", "projects[shop].gate.smok"],
            ["shop"],
        ),
        (f'{GOOD}[[projects]]\nname = "x"\n', ["projects[x].repo"], ["shop"]),
        (f'{GOOD}ci_workflows = ["CI", 7]\n', ["projects[shop].ci_workflows[#2]"], ["shop"]),
        (f'{GOOD}staging_job = "x"\n', ["projects[shop].staging_job"], ["shop"]),
        (f"{GOOD}{GOOD}", ["projects"], []),
        ('[[projects]]\nname = "x"\n', ["projects[x].repo"], []),
        ("", ["projects"], []),
        ("x = [", [""], []),
        (None, [""], []),
    ],
    ids=[
        "right",
        "unknown key",
        "two in a project",
        "half a project",
        "in a list",
        "two keys that do not fit",
        "twice",
        "half a project alone",
        "empty",
        "no TOML",
        "no file",
    ],
)
def test_what_is_wrong_is_left_out_and_told(
    folder: Path, text: str | None, wrong: list[str], projects: list[str]
) -> None:
    """Where nothing is left there is no configuration, but still the token."""
    found = read(folder, text)

    named = (
        [project.name for project in found.configuration.projects] if found.configuration else []
    )
    assert (keys(found), named) == (wrong, projects)
    assert found.github is not None
    assert [str(secret) for secret in found.secrets()] == ["***"]


def test_a_secrets_file_that_is_no_use_leaves_the_environment(folder: Path) -> None:
    """It is told, once, and without what is in it."""
    (folder / "secrets.env").write_text("planted nonsense\n")
    found = read(folder, GOOD, RAILWAY_TOKEN="rw-good-token")

    assert found.railway.shared is not None
    assert found.github is None
    unread, missing = found.problems
    assert unread.says == "cannot be read at line 1; expected NAME=value"
    assert (missing.key, len(list(found.secrets()))) == ("GITHUB_TOKEN", 1)


def test_an_address_that_is_refused_gets_no_token(folder: Path) -> None:
    """The usual one is asked instead."""
    found = read(folder, GOOD, GITHUB_API_URL="http://elsewhere.example", RAILWAY_API_URL="x")

    assert keys(found) == ["GITHUB_API_URL", "RAILWAY_API_URL"]
    assert found.github_api == "https://api.github.com"
    assert found.railway_api.startswith("https://backboard.railway.com/")


def test_the_file_of_an_apps_key_is_known(folder: Path) -> None:
    """So that it can be looked at who may read it."""
    (folder / "secrets.env").write_text(
        "GITHUB_APP_ID=1\nGITHUB_APP_INSTALLATION_ID=2\nGITHUB_APP_PRIVATE_KEY_FILE=~/key.pem\n"
    )
    key = folder.parent.parent / "key.pem"
    key.write_text(KEY)
    found = read(folder, GOOD)

    assert (found.key_path, found.problems) == (key, ())
    assert len(list(found.secrets())) == 1
