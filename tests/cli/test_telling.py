"""What the dead man's switch hears of the command itself, before there is a cycle."""

from datetime import timedelta

import pytest

from desk import Desk
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from pipeline_health.ledger import Holder, SqlLedger
from pipeline_health.simulator.site import Site


@pytest.fixture
def switch(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Give a dead man's switch."""
    monkeypatch.setenv("HEALTHCHECK_URL", f"{desk.loopback.site_url('switch')}/planted-uuid")
    return desk.world.site("switch")


def beats(site: Site) -> list[str]:
    """Give what was said, without the name of the run."""
    return [call.target.partition("?")[0] for call in site.calls]


def test_wrong_settings_are_heard_of_before_anything_is_read(desk: Desk, switch: Site) -> None:
    """A timer would fail in silence."""
    desk.configuration.write_text("projects = 3")

    assert run(["run-once"]) == Exit.WRONG

    assert beats(switch) == ["/planted-uuid/fail"]
    assert "projects" in switch.calls[0].body.decode()


@pytest.mark.parametrize("arguments", [["--dry-run"], ["--project", "shop"]])
def test_a_person_at_a_terminal_is_told_on_the_spot(
    desk: Desk, switch: Site, arguments: list[str]
) -> None:
    """And nobody else."""
    desk.configuration.write_text("projects = 3")

    assert run(["run-once", *arguments]) == Exit.WRONG
    assert beats(switch) == []


def test_wrong_settings_without_a_switch_are_only_said(desk: Desk) -> None:
    """As ever."""
    desk.configuration.write_text("projects = 3")

    assert run(["run-once"]) == Exit.WRONG


def test_somebody_elses_turn_is_told_by_them(desk: Desk, switch: Site) -> None:
    """Nothing was done, and nothing failed."""
    with (
        SqlLedger.open(desk.ledger, holder=Holder.current("other")) as ledger,
        ledger.lease(now=desk.world.now(), lasting=timedelta(hours=1)),
    ):
        assert run(["run-once"]) == Exit.HELD

    assert beats(switch) == []
