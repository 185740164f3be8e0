"""The units say what the command does, and systemd agrees that they are well formed and shut."""

import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from newcomer import ROOT
from pipeline_health.cli.exits import Exit
from pipeline_health.core.model.policy import Limits
from pipeline_health.settings import sources
from pipeline_health.settings.configuration import Configuration
from tables import keys_of

FORMS = ("user", "system")
EXPOSURE = {"user": 2.1, "system": 1.2}
FIRST = (
    "# Installed by pipeline-health (deploy/install.sh); changes belong into NAME.d/override.conf."
)
INSTALLED = {"user": "%h/.local/share/pipeline-health", "system": "/opt/pipeline-health"}
SECRETS = {"user": "%h/.config/archon-cron/secrets.env", "system": "/etc/archon-cron/secrets.env"}
LOOK, SERVE, FAILURE = (f"pipeline-health{it}.service" for it in ("", "-scheduler", "-failure"))
TIMER = "pipeline-health.timer"
POLL = keys_of(Configuration)["poll_interval"].default
OLDEST = 250  # the first that judges units without loading them


def settings_of(form: str, name: str) -> Mapping[str, Sequence[str]]:
    """Give what a unit sets: each key with its values, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in (ROOT / "systemd" / form / name).read_text().splitlines():
        key, is_set, value = line.partition("=")
        if is_set and not line.startswith("#"):
            found[key].append(value)
    return found


def span(text: str) -> timedelta:
    """Read a time span as systemd writes it."""
    units = {"s": "seconds", "min": "minutes", "h": "hours"}
    return timedelta(**{units[unit]: int(it) for it, unit in re.findall(r"(\d+)(\w+)", text)})


@pytest.fixture
def systemd_analyze() -> str:
    """Give the program, or skip with the reason."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not there; on Debian: apt-get install systemd")
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    version = int(told.stdout.split()[1])
    if version < OLDEST:
        pytest.skip(f"systemd {version} cannot judge a unit offline; {OLDEST} can")
    return program


@pytest.mark.parametrize("form", FORMS)
def test_systemd_finds_no_fault_and_little_exposure(
    form: str, systemd_analyze: str, tmp_path: Path
) -> None:
    """`verify` is silent about every unit, and `security` gives each service a low figure.

    They are looked at in a home where the commands that they start are there.
    """
    folder, environment = installed(form, tmp_path)
    every = sorted(str(it) for it in folder.glob("pipeline-health*.*") if it.is_file())
    options = ["--user"] if form == "user" else []

    def asked(*arguments: str) -> str:
        return subprocess.run(
            [systemd_analyze, *options, "--no-pager", *arguments],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        ).stdout

    assert asked("verify", "--man=no", "--recursive-errors=no", *every) == ""
    services = [it for it in every if it.endswith(".service")]
    told = asked("security", "--offline=true", *services)
    figures = dict(re.findall(r"exposure level for (\S+): ([\d.]+)", told))
    assert set(figures) == {LOOK, SERVE, FAILURE}
    assert max(float(it) for it in figures.values()) <= EXPOSURE[form], figures


def installed(form: str, home: Path) -> tuple[Path, Mapping[str, str]]:
    """Put the units of *form* into *home*, and what they start; give their folder."""
    folder = home / "units"
    shutil.copytree(ROOT / "systemd" / form, folder, symlinks=True)
    here = str(home / ".local/share/pipeline-health")
    for file in folder.glob("*.service"):
        file.write_text(file.read_text().replace("/opt/pipeline-health", here))
    command = Path(here, "venv/bin/pipeline-health")
    command.parent.mkdir(parents=True)
    command.touch(mode=0o755)
    return folder, {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "PATH": "/usr/bin:/bin"}


@pytest.mark.parametrize("form", FORMS)
def test_a_look_has_the_time_it_needs_and_its_exit_codes_are_understood(form: str) -> None:
    """Blind and held are no failures, a wrong configuration is one, and is told."""
    look = settings_of(form, LOOK)

    assert span(look["TimeoutStartSec"][0]) > Limits().cycle_deadline
    assert look["SuccessExitStatus"] == [f"{Exit.BLIND:d} {Exit.HELD:d}"]
    assert look["OnFailure"] == [FAILURE]
    assert look["LoadCredential"] == [f"secrets.env:{SECRETS[form]}"]
    assert look["ExecStart"] == [f"{INSTALLED[form]}/venv/bin/pipeline-health run-once"]


@pytest.mark.parametrize("form", FORMS)
def test_a_scheduler_that_hangs_is_started_anew_and_a_wrong_configuration_is_not(
    form: str,
) -> None:
    """The watchdog waits for three looks; timer and scheduler exclude each other."""
    serve = settings_of(form, SERVE)

    assert span(serve["WatchdogSec"][0]) == 3 * (POLL + Limits().cycle_deadline)
    assert serve["RestartPreventExitStatus"] == [f"{Exit.WRONG:d}"]
    assert serve["Conflicts"] == [TIMER]
    assert serve["OnFailure"] == [FAILURE]
    assert span(serve["TimeoutStopSec"][0]) > timedelta(seconds=10)
    assert serve["ExecStart"] == [f"{INSTALLED[form]}/venv/bin/pipeline-health serve"]


@pytest.mark.parametrize("form", FORMS)
def test_what_tells_of_a_failure_needs_nothing_of_ours(form: str) -> None:
    """The system's Python, isolated; in the user form also when the sandbox is what broke."""
    failure = settings_of(form, FAILURE)
    script = f"/usr/bin/python3 -I {INSTALLED[form]}/report_failure.py"

    assert failure["ExecStart"] == [script]
    assert span(failure["TimeoutStartSec"][0]) <= timedelta(minutes=1)
    assert not failure["OnFailure"]
    if form == "user":
        assert failure["ExecStopPost"] == [f"+{script} --unless-told"]
        assert not failure["LoadCredential"]


@pytest.mark.parametrize("form", FORMS)
def test_the_timer_looks_as_often_as_the_configuration_says_by_default(form: str) -> None:
    """Every poll_interval, made up for after a night, and not on the same second everywhere."""
    timer = settings_of(form, TIMER)

    assert timer["OnCalendar"] == [f"*:0/{POLL // timedelta(minutes=1)}"]
    assert timer["Persistent"] == timer["FixedRandomDelay"] == ["yes"]
    assert span(timer["RandomizedDelaySec"][0]) < POLL


@pytest.mark.parametrize("form", FORMS)
def test_every_file_is_known_as_ours_and_the_sandbox_is_linked_as_a_file(form: str) -> None:
    """Uninstall goes by the first line; of a linked directory systemd would take no notice."""
    folder = ROOT / "systemd" / form
    for file in folder.rglob("*.*"):
        if file.is_file():
            assert file.read_text().splitlines()[0] == FIRST, file
    prefix = folder / "pipeline-health-.service.d"
    assert not prefix.is_symlink()
    link = prefix / "10-sandbox.conf"
    assert str(link.readlink()) == "../pipeline-health.service.d/10-sandbox.conf"


@pytest.mark.parametrize("form", FORMS)
def test_the_sandbox_says_where_configuration_and_ledger_are(form: str) -> None:
    """In the user form they are where the command looks by itself, so that both agree."""
    sandbox = settings_of(form, "pipeline-health.service.d/10-sandbox.conf")
    environment = dict(
        it.split("=", 1) for line in sandbox["Environment"] for it in line.split() if "=" in it
    )
    home = Path("%h")
    alone = {
        "PIPELINE_HEALTH_CONFIG": str(sources.configuration_path(None, {}, home=home)),
        "PIPELINE_HEALTH_LEDGER": str(sources.ledger_path({}, home=home)),
    }

    if form == "user":
        assert {name: environment[name] for name in alone} == alone
        bound = {it.removeprefix("-") for it in sandbox["BindReadOnlyPaths"]}
        assert alone["PIPELINE_HEALTH_CONFIG"] in bound
        assert sandbox["BindPaths"] == [str(Path(alone["PIPELINE_HEALTH_LEDGER"]).parent)]
        assert not [it for it in bound if Path(SECRETS[form]).is_relative_to(it)]
    else:
        assert environment["PIPELINE_HEALTH_CONFIG"] == "/etc/archon-cron/pipeline-health.toml"
        assert environment["PIPELINE_HEALTH_LEDGER"] == "%S/archon-cron/pipeline-health.db"
        assert settings_of(form, LOOK)["StateDirectory"] == ["archon-cron"]
