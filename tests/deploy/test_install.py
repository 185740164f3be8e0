"""deploy/install.sh and uninstall.sh, with the steps that take long replaced on PATH."""

import fcntl
import os
from pathlib import Path

import pytest

from newcomer import ROOT, Newcomer

TIMER, SCHEDULER = "pipeline-health.timer", "pipeline-health-scheduler.service"
NO_NAMESPACES = "pipeline-health.service.d/30-no-namespaces.conf"


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    """Give somebody who has the checkout and an empty home."""
    return Newcomer(tmp_path)


def test_a_dry_run_shows_everything_and_changes_nothing(newcomer: Newcomer) -> None:
    """Each file comes with its diff, each command with its words; the home stays empty."""
    newcomer.fill_in()
    before = newcomer.tree()

    said = newcomer.install("--dry-run")

    assert said.code == 0
    assert newcomer.tree() == before
    assert newcomer.running() == set()
    assert f"would write: {newcomer.units}/pipeline-health.service\n" in said.text
    assert "+SuccessExitStatus=3 4" in said.text
    assert f"would run: systemctl --user enable --quiet --now {TIMER}" in said.text
    assert "Nothing was changed." in said.text


def test_a_newcomer_gets_a_template_and_is_told_the_next_steps(newcomer: Newcomer) -> None:
    """Before it is said what is watched nothing is started, because every look would fail."""
    said = newcomer.install()

    assert said.code == 0
    assert newcomer.running() == set()
    assert f"1. put your tokens into {newcomer.config}/secrets.env" in said.text
    assert f"2. {newcomer.home}/.local/bin/pipeline-health init\n" in said.text
    assert "3. run this again" in said.text
    template = (ROOT / "pipeline_health/settings/secrets.env.template").read_bytes()
    assert newcomer.tree()[".config/archon-cron/secrets.env"] == (0o600, template)
    assert not (newcomer.config / "pipeline-health.toml").exists()
    state = newcomer.home / ".local/state/archon-cron"
    assert state.stat().st_mode & 0o777 == 0o700
    assert newcomer.config.stat().st_mode & 0o777 == 0o700
    assert "is not on your PATH" in said.text


def test_it_ends_with_doctor_and_with_what_would_be_filed(newcomer: Newcomer) -> None:
    """What would be filed is shown before the timer starts; what doctor finds undoes nothing.

    A second run finds nothing to do: not a byte changes, and the manager is not reloaded.
    """
    newcomer.fill_in()
    newcomer.is_like(doctor="1")

    said = newcomer.install()

    assert said.code == 0
    assert newcomer.running() == {TIMER}
    asked = [call for call in said.calls if "-m pipeline_health" in call]
    assert [call.split("pipeline_health ")[1] for call in asked[-2:]] == [
        "run-once --dry-run",
        "doctor",
    ]
    shown = next(at for at, call in enumerate(said.calls) if "run-once --dry-run" in call)
    started = next(at for at, call in enumerate(said.calls) if f"--now {TIMER}" in call)
    assert shown < started
    assert "(exit code 1)" in said.text
    pip = next(call for call in said.calls if "-m pip install" in call)
    assert "--require-hashes" in pip
    assert "deploy/requirements.lock" in pip
    assert any("compileall" in call for call in said.calls)
    assert (newcomer.home / ".local/bin/pipeline-health").resolve().is_file()
    before = newcomer.tree()

    again = newcomer.install()

    assert again.code == 0
    assert "Nothing to do" in again.text
    assert newcomer.tree() == before
    assert not [call for call in again.calls if "reload" in call or "enable " in call]


def test_a_failed_upgrade_leaves_what_ran_before(newcomer: Newcomer) -> None:
    """The new environment is beside the old one, and half of one is taken away again."""
    newcomer.install()
    link = newcomer.share / "venv"
    old = link.readlink()
    newcomer.is_like(base="/usr\n", no_registry="")
    (newcomer.share / old / "complete").unlink()
    (newcomer.share / old).rename(newcomer.share / "venvs/older")
    link.unlink()
    link.symlink_to("venvs/older")

    failed = newcomer.install()

    assert failed.code == 1
    assert "the one before it is still in use" in failed.text
    assert str(link.readlink()) == "venvs/older"
    assert [each.name for each in (newcomer.share / "venvs").iterdir()] == ["older"]

    newcomer.is_unlike("no-registry")
    upgraded = newcomer.install()

    assert upgraded.code == 0
    assert link.readlink() == old
    assert f"The version before is kept in {newcomer.share}/venvs/older" in upgraded.text


def test_what_is_not_ours_is_never_written_over(newcomer: Newcomer) -> None:
    """A unit without our first line stops it; an override and what was filled in stay."""
    newcomer.fill_in()
    kept = newcomer.units / "pipeline-health.service.d/override.conf"
    kept.parent.mkdir(parents=True)
    kept.write_text("[Service]\nNice=19\n")
    theirs = newcomer.units / "pipeline-health.service"
    theirs.write_text("[Service]\n")
    before = newcomer.tree()

    refused = newcomer.install()

    assert refused.code == 1
    assert f"{theirs} is there, and its first line is not ours" in refused.text
    assert theirs.read_text() == "[Service]\n"

    theirs.unlink()
    assert newcomer.install().code == 0
    assert newcomer.uninstall("--purge").code == 0
    assert set(newcomer.tree()) == set(before) - {
        ".config/systemd/user/pipeline-health.service",
        ".config/archon-cron/secrets.env",
        ".config/archon-cron/pipeline-health.toml",
    }
    assert kept.read_text() == "[Service]\nNice=19\n"


def test_the_timer_and_the_scheduler_never_run_side_by_side(newcomer: Newcomer) -> None:
    """An upgrade keeps which of the two was chosen."""
    newcomer.fill_in()
    for options, running in [
        ([], {TIMER}),
        (["--scheduler"], {SCHEDULER}),
        ([], {SCHEDULER}),
        (["--timer"], {TIMER}),
    ]:
        assert newcomer.install(*options).code == 0
        assert newcomer.running() == running


def test_a_host_that_is_different_is_met_halfway(newcomer: Newcomer) -> None:
    """No namespaces, no lingering, an interpreter under the home, an old crontab: each is told.

    What was written for a kernel without namespaces goes when there are some.
    """
    newcomer.fill_in()
    line = "*/5 * * * * bash archon-cron/pipeline-health-cron.sh"
    newcomer.is_like(no_namespaces="", lingers="no\n", cron_lines=f"# archon-cron\n{line}\n")
    newcomer.is_like(base="/home/somebody/.pyenv/versions/3.13.0\n")

    said = newcomer.install()

    assert said.code == 0
    assert "loginctl --no-ask-password enable-linger somebody" in said.calls
    assert f"  {line}\n" in said.text
    assert "  # archon-cron\n" not in said.text
    for folder in ("pipeline-health.service.d", "pipeline-health-.service.d"):
        cleared = (newcomer.units / folder / "30-no-namespaces.conf").read_text().splitlines()
        assert {"PrivateUsers=no", "ProtectHome=no", "BindPaths="} <= set(cleared)
        python = (newcomer.units / folder / "20-python.conf").read_text()
        assert 'BindReadOnlyPaths="/home/somebody/.pyenv/versions/3.13.0"' in python

    newcomer.is_unlike("no-namespaces")
    newcomer.is_like(base="/usr\n")
    newcomer.install()

    assert not list(newcomer.units.rglob("[23]0-*.conf"))


def test_without_a_manager_the_files_are_there_and_nothing_is_said_to_run(
    newcomer: Newcomer,
) -> None:
    """`su` and containers have no session: it says so, and how to get one, and is no success."""
    newcomer.fill_in()
    newcomer.is_like(no_manager="")

    said = newcomer.install()

    assert said.code == 1
    assert "no systemd manager answers" in said.text
    assert (newcomer.units / TIMER).is_file()
    assert not (newcomer.units / NO_NAMESPACES).exists()


REFUSED: list[tuple[str, list[str], dict[str, str], str]] = [
    ("0", [], {}, "you are root: say --system, or --user"),
    ("0", ["--user"], {"SUDO_USER": "somebody"}, "run it without sudo"),
    ("1000", ["--system"], {}, "to do it: sudo "),
    ("1000", ["--quickly"], {}, "--quickly is no option of it"),
    ("1000", [], {"PYTHON": "/nowhere/python3"}, "is not Python 3.11 or newer"),
]


@pytest.mark.parametrize(("uid", "options", "variables", "why"), REFUSED)
def test_what_it_refuses_changes_nothing(
    newcomer: Newcomer, uid: str, options: list[str], variables: dict[str, str], why: str
) -> None:
    """Each refusal is exit code 2 and says what to do instead; --system is shown without root."""
    newcomer.is_like(uid=f"{uid}\n")

    said = newcomer.install(*options, **variables)

    assert said.code == 2
    assert why in said.text
    assert newcomer.tree() == {}
    assert newcomer.running() == set()


def test_uninstall_removes_what_is_ours_and_keeps_what_is_yours(newcomer: Newcomer) -> None:
    """It works when half is missing; only --purge takes ledger, configuration and secrets."""
    newcomer.fill_in()
    newcomer.install()
    ledger = newcomer.home / ".local/state/archon-cron/pipeline-health.db"
    ledger.touch()
    others = newcomer.config / "other-cron.env"
    others.touch()
    before = newcomer.tree()

    shown = newcomer.uninstall("--dry-run")

    assert shown.code == 0
    assert newcomer.tree() == before
    assert newcomer.running() == {TIMER}

    (newcomer.units / "pipeline-health.service").unlink()
    (newcomer.units / "pipeline-health.service.d/10-sandbox.conf").unlink()
    removed = newcomer.uninstall()

    assert removed.code == 0
    assert newcomer.running() == set()
    assert not newcomer.units.exists() or not list(newcomer.units.iterdir())
    assert not newcomer.share.exists()
    kept = ["other-cron.env", "pipeline-health.toml", "secrets.env"]
    assert sorted(file.name for file in newcomer.config.iterdir()) == kept

    assert "Nothing to do" in newcomer.uninstall().text
    assert newcomer.uninstall("--purge").code == 0
    assert list(newcomer.tree()) == [".config/archon-cron/other-cron.env"]


def test_an_uninstall_leaves_what_is_not_ours(newcomer: Newcomer) -> None:
    """A timer of somebody else's goes on; a copy of the ledger stays; no link leads nowhere."""
    newcomer.fill_in()
    newcomer.install()
    state = newcomer.home / ".local/state/archon-cron"
    for name in ("pipeline-health.db", "pipeline-health.db-wal", "pipeline-health.db.before"):
        (state / name).touch()
    (newcomer.units / TIMER).write_text("# mine\n")
    wanted = newcomer.units / "default.target.wants" / SCHEDULER
    wanted.parent.mkdir()
    wanted.symlink_to(newcomer.units / SCHEDULER)

    said = newcomer.uninstall("--purge")

    assert said.code == 0
    assert newcomer.running() == {TIMER}
    assert f"left: {newcomer.units}/{TIMER}" in said.text
    assert not wanted.is_symlink()
    assert [file.name for file in state.iterdir()] == ["pipeline-health.db.before"]


def test_an_uninstall_that_was_only_shown_is_no_success(newcomer: Newcomer) -> None:
    """As with install.sh: --system without root changes nothing, and says so by its code."""
    said = newcomer.uninstall("--system")

    assert said.code == 2
    assert "to do it: sudo " in said.text


def test_two_at_once_do_not_take_away_what_the_other_makes(newcomer: Newcomer) -> None:
    """The second one says so and changes nothing; the first one lets go by ending, however."""
    newcomer.install()
    before = newcomer.tree()
    held = os.open(newcomer.share, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)

    for said in (newcomer.install(), newcomer.uninstall()):
        assert said.code == 1
        assert "is at work; run this again when it is done" in said.text
    assert newcomer.tree() == before
    os.close(held)
    assert newcomer.install().code == 0


def test_the_scheduler_is_restarted_though_the_upgrade_was_cut_off(newcomer: Newcomer) -> None:
    """Once, by whichever run comes to it: else the code of before would go on for good."""
    newcomer.fill_in()
    newcomer.install("--scheduler")
    restart = f"systemctl --user restart {SCHEDULER}"
    assert restart not in newcomer.install().calls
    (newcomer.share / "venv").unlink()
    newcomer.is_like(no_manager="")
    newcomer.install()
    newcomer.is_unlike("no-manager")

    assert restart in newcomer.install().calls
    assert restart not in newcomer.install().calls


def test_what_was_cut_off_is_made_up_for(newcomer: Newcomer) -> None:
    """The manager hears of units that an earlier run wrote; an environment is mended in its place.

    What is told next is what has to be typed: a form that was asked for is asked for again.
    """
    said = newcomer.install("--scheduler")
    assert "run this again with --scheduler: it shows what would be filed, and starts" in said.text
    link = newcomer.share / "venv"
    (newcomer.share / "venvs/older").mkdir()
    (newcomer.share / link.readlink() / "complete").unlink()
    newcomer.is_like(needs_reload="")

    mended = newcomer.install()

    assert mended.code == 0
    assert (link / "complete").is_file()
    assert (newcomer.share / "venvs/older").is_dir()
    assert "The version before" not in mended.text
    assert "systemctl --user daemon-reload" in mended.calls


def test_receivers_that_only_apprise_knows_bring_it(newcomer: Newcomer) -> None:
    """From the moment that they are set; a name without a value, or behind a #, sets nothing."""
    newcomer.fill_in()
    secrets = newcomer.config / "secrets.env"
    for line, versions in {
        "#NOTIFY_URLS=json://host": "requirements.lock",
        "NOTIFY_URLS=": "requirements.lock",
        "export NOTIFY_URLS=json://host": "requirements-notify.lock",
    }.items():
        with secrets.open("a") as file:
            file.write(f"{line}\n")
        said = newcomer.install("--dry-run")
        assert f"with the versions of deploy/{versions}," in said.text, line


def test_what_every_look_would_refuse_is_not_started(newcomer: Newcomer) -> None:
    """It would fail every five minutes; whoever mends it runs the installer again."""
    newcomer.fill_in()
    newcomer.is_like(look="2")
    said = newcomer.install()

    assert (said.code, newcomer.running()) == (1, set())
    assert "nothing was started, because that look was refused" in said.text
    newcomer.is_like(look="3")
    assert newcomer.install().code == 0
    assert newcomer.running() == {TIMER}
