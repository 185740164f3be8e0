"""Tab: commands, options, projects and incidents, by click's own completion."""

import shutil
import subprocess
import sys
from ast import literal_eval
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from concern_builders import parent
from desk import Desk
from incident_builders import REPO, incident
from pipeline_health.bootstrap import SystemClock
from pipeline_health.cli.main import COMMANDS, run
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.incident import Filing, Phase
from pipeline_health.ledger import Holder, SqlLedger

Offered = Callable[..., list[str]]
BEGINNING = "pipeline-health"


@pytest.fixture
def offered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Offered:
    """Give a way to press Tab after some words; the last one is not finished."""

    def press(*words: str, shell: str = "bash") -> list[str]:
        monkeypatch.setenv("_PIPELINE_HEALTH_COMPLETE", f"{shell}_complete")
        monkeypatch.setenv("COMP_WORDS", " ".join([BEGINNING, *words]))
        monkeypatch.setenv("COMP_CWORD", words[-1] if shell == "fish" else str(len(words)))
        with pytest.raises(SystemExit):
            run([])
        out, err = capfd.readouterr()
        assert err == ""
        lines = out.splitlines()
        if shell == "zsh":
            return [
                word for kind, word in zip(lines[::3], lines[1::3], strict=True) if kind == "plain"
            ]
        return [line.removeprefix("plain,") for line in lines if line.startswith("plain,")]

    return press


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_commands_and_options_are_offered(offered: Offered, shell: str) -> None:
    """Of the shell's two forms both."""
    assert offered("", shell=shell) == list(COMMANDS)
    assert offered("run", shell=shell) == ["run-once"]
    assert offered("--conf", shell=shell) == ["--config"]
    assert offered("run-once", "--dr", shell=shell) == ["--dry-run"]
    assert offered("--log-format", "j", shell=shell) == ["json"]


@pytest.mark.parametrize("shell", ["bash_source", "zsh_source", "fish_source"])
def test_the_script_for_the_shell_is_given(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It asks the command itself, by the variable that is documented."""
    monkeypatch.setenv("_PIPELINE_HEALTH_COMPLETE", shell)
    with pytest.raises(SystemExit):
        run([])

    assert "_PIPELINE_HEALTH_COMPLETE=" in capsys.readouterr().out


def test_projects_are_offered_from_the_configuration(desk: Desk, offered: Offered) -> None:
    """Whatever else is wrong in it; a name that is no single word is not, and nothing is raised."""
    for words in (
        ("run-once", "--project", ""),
        ("promotion-check", ""),
        ("credentials-audit", "s"),
        ("drill", ""),
        ("silence", "sh"),
        ("unsilence", ""),
    ):
        assert offered(*words) == ["shop"], words
    desk.configuration.write_text(
        'odd = 1\n[[projects]]\nname = "shop"\n[[projects]]\nname = "two words"\n'
        '[[projects]]\nname = 7\n[[projects]]\nname = "till"\n[[projects]]\nnone = "x"\n'
    )
    assert offered("promotion-check", "") == ["shop", "till"]
    assert offered("--config", str(desk.configuration), "promotion-check", "t") == ["till"]
    for text in ("projects = 1", "projects = [1]", "no toml", "\0"):
        desk.configuration.write_text(text)
        assert offered("promotion-check", "") == []
    desk.configuration.unlink()
    assert offered("promotion-check", "") == []
    assert desk.world.requests == []


def test_incidents_are_offered_from_the_ledger(desk: Desk, offered: Offered) -> None:
    """By their issue, else by their fingerprint; what is over is not, and no ledger is made.

    Those of many projects come last.
    """
    assert offered("why", "") == []
    assert not desk.ledger.exists()
    _keep(desk)
    assert offered("why", "") == ["shop#7", "bbbb", "dddd", "acme/operations#12"]
    assert offered("why", "b") == ["bbbb"]
    desk.ledger.write_text("no database")
    assert offered("why", "") == []


def test_a_real_bash_completes(desk: Desk) -> None:
    """With the line that the help gives."""
    bash = shutil.which("bash")
    assert bash is not None
    script = (
        'eval "$(_PIPELINE_HEALTH_COMPLETE=bash_source pipeline-health)"\n'
        "COMP_WORDS=(pipeline-health run-once --project s) COMP_CWORD=3\n"
        "_pipeline_health_completion pipeline-health\n"
        'echo "${COMPREPLY[@]}"\n'
    )
    told = subprocess.run(
        [bash, "-c", script],
        env={**desk.environment, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (told.returncode, told.stdout, told.stderr) == (0, "shop\n", "")


def test_the_names_of_commands_cost_no_import_of_any() -> None:
    """A shell waits for each Tab; and the help of all of them needs nothing that looks."""
    script = (
        "import os, sys\nfrom pipeline_health.cli.main import run\n"
        "try:\n    run([])\nexcept SystemExit:\n    pass\n"
        "print([name for name in sys.modules if name.startswith('pipeline_health.cli.')])\n"
        "os.environ.clear()\nrun(['--help'])\n"
        "print('pipeline_health.bootstrap' in sys.modules)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        env={
            "_PIPELINE_HEALTH_COMPLETE": "bash_complete",
            "COMP_WORDS": "pipeline-health ",
            "COMP_CWORD": "1",
        },
        capture_output=True,
        text=True,
        check=True,
    )

    modules = {path.partition(":")[0] for path in COMMANDS.values()}
    assert told.stdout.splitlines()[0] == f"plain,{next(iter(COMMANDS))}"
    imported = next(line for line in told.stdout.splitlines() if line.startswith("["))
    assert modules & set(literal_eval(imported)) == set()
    assert told.stdout.splitlines()[-1] == "False"


def _keep(desk: Desk) -> None:
    """Keep one that is filed, one that is not, and one that is over; and the same of many."""
    filed = Filing(repo=REPO, number=7, url="https://github.com/acme/shop/issues/7")
    known = (
        replace(incident(), fingerprint=Fingerprint("aaaa"), filing=filed),
        replace(incident(), fingerprint=Fingerprint("bbbb"), filing=None),
        replace(incident(), fingerprint=Fingerprint("cccc"), phase=Phase.RESOLVED),
    )
    many = (
        replace(parent(cause=None, filed=False), fingerprint=Fingerprint("dddd")),
        replace(parent(), fingerprint=Fingerprint("eeee")),
        replace(parent(), fingerprint=Fingerprint("ffff"), phase=Phase.RESOLVED),
    )
    now = SystemClock().now()
    with (
        SqlLedger.open(desk.ledger, holder=Holder.current("x")) as ledger,
        ledger.lease(now=now, lasting=timedelta(minutes=1)) as lease,
    ):
        ledger.save(known, many, lease=lease)
