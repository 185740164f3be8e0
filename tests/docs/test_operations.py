"""What the document about operations names is there, and is called that."""

import re
from pathlib import Path

from newcomer import ROOT

TEXT = (ROOT / "docs/operations.md").read_text()
QUOTED = re.findall("`([^`\n]+)`", TEXT) + re.findall("^\\$ (.*?)(?: +#.*)?$", TEXT, re.MULTILINE)
WORDS = {word for quoted in QUOTED for word in quoted.split()}
SCRIPTS = "".join((ROOT / f"deploy/{name}.sh").read_text() for name in ("host", "install"))


def test_every_file_of_the_checkout_that_it_names_is_there() -> None:
    """A path below deploy/, systemd/ or docs/ leads to something."""
    named = {word for word in WORDS if word.startswith(("deploy/", "systemd/", "docs/"))}

    assert len(named) >= 5
    assert not [path for path in named if not (ROOT / path).exists()]


def test_every_unit_and_drop_in_that_it_names_is_installed() -> None:
    """And every unit that is installed is named, in both forms."""
    named = {word for word in WORDS if re.search(r"\.(?:service|timer|conf)$|\.service\.d", word)}
    named = {word for word in named if "*" not in word} - {"override.conf"}
    for form in ("user", "system"):
        folder = ROOT / "systemd" / form
        there = {str(path.relative_to(folder)) for path in folder.rglob("*")}
        made = {f"{name}.conf" for name in re.findall(r"extra_drop_in (\d\d-[a-z-]+)", SCRIPTS)}
        assert named <= there | made
        assert {name for name in there if "/" not in name} - named == {"pipeline-health.service.d"}


def test_every_place_that_it_names_is_where_things_are_put() -> None:
    """Each path of the table is one that the scripts or the units know."""
    units = "".join(
        file.read_text() for file in (ROOT / "systemd").rglob("pipeline-health*") if file.is_file()
    )
    known = (SCRIPTS + units).replace("$HOME/", "~/").replace("%h/", "~/")
    for name in ("secrets.env", "pipeline-health.toml"):
        known += f"~/.config/archon-cron/{name} /etc/archon-cron/{name} "
    named = {word for word in WORDS if word.startswith(("~/", "/etc/", "/opt/", "/usr/", "/var/"))}

    assert len(named) >= 10
    assert not [path for path in named if path.removesuffix("/venvs") not in known]


def test_every_option_that_it_names_is_one() -> None:
    """Of install.sh, uninstall.sh and the command."""
    files = [ROOT / "deploy/install.sh", ROOT / "deploy/uninstall.sh"]
    files += sorted((ROOT / "pipeline_health" / "cli").glob("*.py"))
    known = "".join(file.read_text() for file in files) + "--build-arg"  # docker's
    named = {
        option
        for quoted in QUOTED
        if quoted.startswith(("--", "deploy/", "sudo deploy/", "pipeline-health ", "install.sh"))
        for option in re.findall(r"--[a-z-]+", quoted)
    }

    assert {"--user", "--system", "--scheduler", "--purge", "--dry-run"} <= named
    assert not [option for option in named if option not in known]


def test_its_numbers_are_those_of_the_units() -> None:
    """Four minutes for a look, twenty-four without one, as both forms say."""
    for form in ("user", "system"):
        look = Path(ROOT, "systemd", form, "pipeline-health.service").read_text()
        serve = Path(ROOT, "systemd", form, "pipeline-health-scheduler.service").read_text()
        assert "TimeoutStartSec=4min" in look
        assert "Stopped after 4 minutes" in TEXT
        assert "WatchdogSec=24min" in serve
        assert "no look was finished for 24 minutes" in TEXT
