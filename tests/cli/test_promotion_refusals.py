"""Questions that `promotion-check` does not ask: what is wrong is said, and nobody hears of it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from gated import SMOKE, Gated
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run

WRONG = {
    "a short commit": (("--commit", "{short}"), "is no full commit id; expected 40 hexadecimal"),
    "a branch": (("--commit", "main"), "'main' is no full commit id"),
    "a digit too many": (("--commit", "{head}0"), "is no full commit id"),
    "no commit": ((), "Missing option '--commit'"),
    "an odd wait": (("--commit", "{head}", "--wait", "soon"), "'soon' is no duration; expected"),
    "a negative wait": (("--commit", "{head}", "--wait", "-5m"), "'-5m' is no duration; expected"),
}


@pytest.mark.parametrize(("words", "says"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_question_is_exit_2_and_nothing_is_asked(
    gated: Gated, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    """A pipeline that asks wrongly learns how to ask."""
    given = [word.format(short=gated.head[:7], head=gated.head) for word in words]

    assert run(["promotion-check", "shop", *given]) == Exit.WRONG

    assert says in capsys.readouterr().err
    assert gated.world.requests == []


def test_a_project_that_is_not_configured_is_exit_2(
    gated: Gated, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those that are there are named."""
    assert run(["promotion-check", "nope", "--commit", gated.head]) == Exit.WRONG

    assert "no project nope is configured; there are: shop" in capsys.readouterr().err
    assert gated.world.requests == []


def test_a_variable_of_the_tests_that_is_not_set_is_exit_2(
    gated: Gated, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests without their password would fail and look like the commit's failure."""
    gated.configure(SMOKE, 'e2e = ["true"]', 'e2e_env = ["E2E_PASSWORD"]')
    monkeypatch.delenv("E2E_PASSWORD", raising=False)

    assert run(gated.asking) == Exit.WRONG

    assert "E2E_PASSWORD of e2e_env of shop is not set" in capsys.readouterr().err
    assert gated.world.requests == []
    monkeypatch.setenv("E2E_PASSWORD", "a-password-of-tests")
    assert run(gated.asking) == Exit.DONE


# -- a configuration out of the commit -------------------------------------------------------


def git(folder: Path, *arguments: str) -> str:
    """Run git as nobody in particular."""
    names = ("user.name=A", "user.email=a@example.com", "commit.gpgsign=false")
    options = [part for name in names for part in ("-c", name)]
    program = shutil.which("git")
    assert program is not None
    done = subprocess.run(
        [program, "-C", str(folder), *options, *arguments],
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def checkout(gated: Gated, tmp_path: Path) -> Path:
    """Give a configuration that lies in a work tree; the head of the product is its commit."""
    tree = tmp_path / "code"
    tree.mkdir()
    git(tree, "init", "--quiet")
    config = tree / "deploy" / "pipeline-health.toml"
    config.parent.mkdir()
    config.write_text(gated.desk.configuration.read_text())
    git(tree, "add", ".")
    git(tree, "commit", "--quiet", "--message", "the gate, as I like it")
    return config


@pytest.mark.parametrize("named", ["by option", "by variable"])
def test_a_commit_does_not_decide_about_itself(
    gated: Gated,
    checkout: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    named: str,
) -> None:
    """Its own configuration could ask for nothing; whoever knows better says so."""
    asking = ["promotion-check", "shop", "--commit", git(checkout.parent, "rev-parse", "HEAD")]
    secrets = gated.desk.configuration.with_name("secrets.env").read_text()
    for line in secrets.splitlines():
        name, _, value = line.partition("=")
        monkeypatch.setenv(name, value)
    if named == "by variable":
        monkeypatch.setenv("PIPELINE_HEALTH_CONFIG", str(checkout))
    before = ["--config", str(checkout)] if named == "by option" else []

    assert run([*before, *asking]) == Exit.WRONG

    err = capsys.readouterr().err
    assert "the commit under test, which could then decide about itself" in err
    assert gated.world.requests == []
    assert run([*before, *asking, "--trust-config"]) == Exit.FOUND  # no such commit on main
    assert run([*before, *gated.asking]) == Exit.DONE
