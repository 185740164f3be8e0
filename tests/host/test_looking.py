"""What is on a host: commands that are bounded, files, units, a crontab; absence is a fact."""

import os
import pwd
import time
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipeline_health.core.model.checkup import FileFacts, HostFacts, UnitFacts, Unread
from pipeline_health.host import Shell, Watched, file_facts, look
from pipeline_health.host.shipped import shipped_units
from pipeline_health.host.units import UNITS

SERVICE = "[Service]\nExecStart=-%h/bin/pipeline-health run-once\n"


class Machine:
    """A home, a root and a PATH of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.bin, self.root = home / "bin", home / "root"
        self.package = home / "pipeline_health"
        self.user = home / ".config/systemd/user"
        for folder in (self.bin, self.root, self.user, self.package):
            folder.mkdir(parents=True)
        self.shell = Shell({"PATH": str(self.bin), "HOME": str(home), "SECRET": "planted"})

    def program(self, name: str, script: str) -> Path:
        """Put a program on the PATH."""
        file = self.bin / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        return file

    def look(self) -> HostFacts:
        """Look."""
        return look([], shell=self.shell, home=self.home, root=self.root, package=self.package)

    def units(self) -> Mapping[str, UnitFacts]:
        """Look at the units alone."""
        return {unit.name: unit for unit in self.look().units}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Give a host on which there is nothing."""
    return Machine(tmp_path)


def test_a_host_with_nothing_on_it(machine: Machine) -> None:
    """No unit, no crontab, no word on lingering; none of it is an error."""
    found = machine.look()

    assert (found.units, found.crontab, found.lingers) == ((), (), None)


def test_a_command_gets_the_least_of_our_environment_and_no_input(machine: Machine) -> None:
    """No secret in it, and nobody to ask."""
    machine.program("tell", 'read x; echo "$? $SECRET $LC_ALL $HOME"; echo bad >&2; exit 3')
    ran = machine.shell.run("tell")

    assert ran is not None
    assert (ran.code, ran.said) == (3, f"1  C {machine.home}\nbad\n")
    assert machine.shell.run("nothing") is None


def test_a_command_that_hangs_is_ended(machine: Machine) -> None:
    """Also when a child of it holds on to what it was to say."""
    machine.program("hang", "PATH=/bin:/usr/bin; sleep 20 & sleep 20")
    began = time.monotonic()
    ran = machine.shell.run("hang", seconds=0.1)

    assert ran is not None
    assert (ran.code < 0, ran.said) == (True, "gave no answer within 0 s")
    assert time.monotonic() - began < 5


def test_a_command_that_cannot_be_started_says_so(machine: Machine) -> None:
    """It is a file, but no program."""
    machine.program("odd", "").write_text("\x7fELF")
    ran = machine.shell.run("odd")

    assert ran is not None
    assert (ran.code < 0, ran.said.startswith("could not be started")) == (True, True)


def test_files_are_told_by_mode_and_owner(tmp_path: Path) -> None:
    """A link by what it leads to; what is not there has no mode."""
    file, link = tmp_path / "secrets.env", tmp_path / "link"
    file.touch()
    file.chmod(0o640)
    link.symlink_to(file)

    assert file_facts(Watched(path=link, what="secrets")) == FileFacts(
        path=str(link), what="secrets", mode=0o640
    )
    assert file_facts(Watched(path=tmp_path / "none", what="ledger")).mode is None


def test_a_configuration_of_root_is_as_good_as_ours() -> None:
    """The system form installs it so, and whoever is root could change it anyhow."""
    passwd, user = Path("/etc/passwd"), os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        ours = [
            file_facts(Watched(path=passwd, what=it)).ours for it in ("configuration", "ledger")
        ]
    finally:
        os.seteuid(user)

    assert ours == [True, False]


def test_units_are_told_with_state_text_and_what_they_start(machine: Machine) -> None:
    """A drop-in that we ship is compared as well; the failure unit starts none of ours."""
    machine.program("pipeline-health", "echo pipeline-health, version 9.9")
    for name, text in (
        ("pipeline-health.timer", "[Timer]"),
        ("pipeline-health.service", SERVICE),
        ("pipeline-health-scheduler.service", SERVICE),
        ("pipeline-health-failure.service", "[Service]\nExecStart=/usr/bin/python3 -I x\n"),
        ("pipeline-health.service.d/10.conf", "[Service]"),
    ):
        for folder in (machine.user, machine.package / "units" / "user"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    machine.program(
        "systemctl",
        "echo Id=pipeline-health.timer\necho ActiveState=active\necho\n"
        "echo Id=pipeline-health.service\necho ActiveState=failed\n"
        "echo NeedDaemonReload=yes\necho\necho Odd=x",
    )
    units = machine.units()

    timer, service = units["pipeline-health.timer"], units["pipeline-health.service"]
    assert (timer.active, timer.failed, timer.outdated) == (True, False, False)
    assert (service.active, service.failed, service.outdated) == (False, True, True)
    assert timer.started is None
    assert service.started == str(machine.bin / "pipeline-health")
    assert service.version == "9.9"
    assert (service.text, service.shipped) == (SERVICE, SERVICE)
    assert units["pipeline-health-failure.service"].started is None
    assert units["pipeline-health.service.d/10.conf"].shipped == "[Service]"
    assert units["pipeline-health-scheduler.service"].version == "9.9"


@pytest.mark.parametrize("script", [None, "exit 1"], ids=["no systemd", "no bus"])
def test_a_state_that_cannot_be_asked_is_not_known(machine: Machine, script: str | None) -> None:
    """It is neither active nor not."""
    (machine.user / "pipeline-health.timer").write_text("[Timer]")
    if script is not None:
        machine.program("systemctl", script)

    timer = machine.units()["pipeline-health.timer"]

    assert (timer.active, timer.shipped) == (None, None)
    assert machine.units()["pipeline-health.service"].text is None


@pytest.mark.parametrize(
    ("script", "mode", "why"),
    [
        (None, 0, "there is no such program"),
        ("echo hello", 0o755, "it does not tell its version: hello"),
        ("echo version 1; exit 1", 0o755, "it does not tell its version: version 1"),
        ("echo version 1", 0o644, "it may not be executed"),
    ],
)
def test_a_program_that_does_not_tell_its_version(
    machine: Machine, script: str | None, mode: int, why: str
) -> None:
    """Each way has its words."""
    (machine.user / "pipeline-health.service").write_text(SERVICE)
    if script is not None:
        machine.program("pipeline-health", script).chmod(mode)

    assert machine.units()["pipeline-health.service"].version == Unread(why)


def test_a_program_of_somebody_else_is_not_started(machine: Machine) -> None:
    """Whoever wrote it would have our rights."""
    program = machine.program("pipeline-health", "echo version 1; touch started")
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(program, 4242, 4242)
    (machine.user / "pipeline-health.service").write_text(SERVICE)

    version = machine.units()["pipeline-health.service"].version

    assert version == Unread("it belongs to neither us nor root, and was not asked")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo 'no crontab for me' >&2; exit 1", ()),
        ("echo 'not allowed' >&2; exit 1", Unread("crontab -l failed: not allowed")),
        ("echo 'You (me) are not allowed to use this program (crontab)' >&2; exit 1", ()),
        ("echo \"crontab: can't open 'me': No such file or directory\" >&2; exit 1", ()),
        ("echo '* * * * * backup'", ()),
        (
            "echo '# 1 pipeline-health run-once'; echo '2 x/pipeline-health --config c run-once'",
            (2,),
        ),
        ("echo '1 ~/pipeline-health-cron.sh'; echo '2 pipeline-health serve'", (1, 2)),
        ("echo '1 pipeline-health status'", ()),
    ],
)
def test_the_crontab_tells_the_lines_that_start_us(
    machine: Machine, script: str, expected: object
) -> None:
    """Their numbers only: a line may hold a secret."""
    machine.program("crontab", script)
    assert machine.look().crontab == expected


def test_a_user_lingers_or_not(machine: Machine) -> None:
    """As systemd notes it."""
    folder = machine.root / "var/lib/systemd/linger"
    folder.mkdir(parents=True)
    assert machine.look().lingers is False
    (folder / pwd.getpwuid(os.geteuid()).pw_name).touch()
    assert machine.look().lingers is True


def test_what_is_shipped_is_in_the_package_or_beside_it(machine: Machine) -> None:
    """In a work tree it is where it is written; what is in the package comes first."""
    assert shipped_units("user", package=machine.package) == {}
    beside = machine.home / "systemd" / "user" / "pipeline-health.timer"
    beside.parent.mkdir(parents=True)
    beside.write_text("beside")
    assert shipped_units("user", package=machine.package) == {"pipeline-health.timer": "beside"}
    inside = machine.package / "units" / "user" / "pipeline-health.timer"
    inside.parent.mkdir(parents=True)
    inside.write_text("inside")
    assert shipped_units("user", package=machine.package) == {"pipeline-health.timer": "inside"}


def test_our_own_package_is_asked_by_default() -> None:
    """It ships every unit of both forms; a wheel has them where they are looked for."""
    for scope in ("user", "system"):
        assert set(UNITS) <= set(shipped_units(scope))
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"systemd": "pipeline_health/units"}
