"""Stories of people who hear of many projects at once: one notice for all, and one of the end."""

from email.header import decode_header, make_header
from pathlib import Path

import pytest

from hosts import Host
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.site import Site
from portfolio_town import Town

TOKEN = "##[error]NPM_TOKEN is invalid or expired: Not Authorized"
TITLE = "Many projects at once: NPM_TOKEN is rejected"


def founded(world: World, loopback: Loopback, home: Path, *, ops: bool) -> tuple[Town, Site]:
    """Give three healthy products that were looked at once, and somebody's phone."""
    host = Host(world, loopback, home)
    host.secrets["NTFY_TOPIC"] = f"{loopback.site_url('phone')}/planted-topic-of-ours"
    town = Town(world, host, 3, ops=ops)
    host.cycle()
    return town, world.site("phone")


def titles(phone: Site) -> list[str]:
    """Give the titles of all that was told, oldest first."""
    return [str(make_header(decode_header(call.headers["Title"]))) for call in phone.calls]


@pytest.mark.parametrize("ops", [True, False], ids=["an issue for all", "nowhere to file it"])
def test_what_breaks_many_projects_is_told_once_and_its_end_once(
    world: World, loopback: Loopback, tmp_path: Path, *, ops: bool
) -> None:
    """With its issue, or with why there is none; a project by itself only if it is filed so."""
    town, phone = founded(world, loopback, tmp_path, ops=ops)
    town.fail(TOKEN)
    town.host.cycles(2)
    told = next(call for call in phone.calls if TITLE in call.body.decode()).body.decode()

    town.mend()
    town.host.cycles(3)

    mine = [f"NPM_TOKEN rejected: CI cannot run (p{at})" for at in range(3 * (not ops))]
    assert sorted(titles(phone)) == sorted(
        f"{start}{title}" for start in ("For you: ", "Over: ") for title in (TITLE, *mine)
    )
    assert "Broken in 3 projects: p0, p1, p2." in told
    assert ("https://github.com/acme/operations/issues/1" in told) is ops
    assert ("There is no one issue of it: no ops_repo is configured, so each" in told) is not ops
