"""Stories of an issue for many projects that a person mutes or deletes.

Whoever does so decides about what it named. Of anything else they knew nothing, and it is told
elsewhere within the SLA.
"""

from pathlib import Path

import pytest

from hosts import MINUTE, Host
from pipeline_health.core.issue_text.parents import CROWD_TITLE
from pipeline_health.simulator import Loopback, World
from portfolio_town import NPM, NPM_TITLE, Town, broken


@pytest.fixture
def town(world: World, loopback: Loopback, tmp_path: Path) -> Town:
    """Give six healthy products."""
    host = Host(world, loopback, tmp_path)
    host.stay_indoors()
    town = Town(world, host, 6)
    town.host.cycle()
    return town


def first_three(town: Town) -> None:
    """Let the first three wait in an issue for many."""
    town.fail(NPM, of=slice(3))
    town.host.cycle()
    assert [NPM_TITLE] == town.titles()


@pytest.mark.parametrize(
    ("late", "minutes"),
    [(1, 1), (3, 11), (3, 70)],
    ids=["one at once", "a group at once", "a group, once it is believed"],
)
def test_what_fails_after_the_issue_was_deleted_is_told_anew(
    town: Town, late: int, minutes: int
) -> None:
    """An issue that is gone can name nobody; those that it named stay with whoever deleted it."""
    first_three(town)
    town.ops.delete_issue(1)
    town.host.cycle(after=minutes * MINUTE)

    town.fail(NPM, of=slice(3, 3 + late))
    town.host.cycles(4)

    silent = ["acme/p0", "acme/p1", "acme/p2", *(f"acme/p{at}" for at in range(3 + late, 6))]
    assert silent == town.unnamed()
    town.host.cycles(2, every=40 * MINUTE)
    assert silent == town.unnamed()


def test_what_works_again_after_the_issue_was_deleted_and_fails_anew_is_told(town: Town) -> None:
    """It is muted until it has recovered, whether the issue is known to be gone for good or not."""
    first_three(town)
    town.ops.delete_issue(1)
    town.host.cycle()
    town.mend(slice(1))
    town.host.cycle()

    town.fail(NPM, of=slice(1))
    town.host.cycles(3)

    assert ["acme/p0"] == [f"acme/p{at}" for at in range(6) if town.repos[at].open_titles]


@pytest.mark.parametrize("how", ["muted", "deleted"])
def test_what_could_not_be_named_in_time_is_told_anew(town: Town, how: str) -> None:
    """GitHub refused the edit that would have named it."""
    first_three(town)
    town.world.faults.add(host="github", mode="status", status=502, times=99, match="PATCH /repos")
    town.fail(NPM, of=slice(3, 4))
    town.host.cycle()
    town.world.faults.clear()
    if how == "muted":
        town.ops.close_issue(1, user="dev", reason="not_planned")
    else:
        town.ops.delete_issue(1)

    town.host.cycle()

    assert ["acme/p3"] == [f"acme/p{at}" for at in range(6) if town.repos[at].open_titles]


def test_what_a_lost_ledger_found_named_is_muted_with_its_issue(town: Town) -> None:
    """The issue named it, whoever filed it."""
    first_three(town)
    text = town.ops.issues[1].body
    town.host.forget()
    town.world.faults.add(host="github", mode="status", status=502, times=99, match="PATCH /repos")
    town.host.cycle()
    town.world.faults.clear()
    assert text == town.ops.issues[1].body
    town.ops.close_issue(1, user="dev", reason="not_planned")

    town.host.cycles(3)

    assert 1 == town.filed()


def test_what_an_issue_names_whose_answer_was_lost_is_muted_with_it(town: Town) -> None:
    """It was found by its marker, and says what was sent."""
    town.world.faults.add(
        host="github", mode="cut_after", match="POST /repos/acme/operations/issues"
    )
    town.fail(NPM, of=slice(3))
    town.host.cycles(2)
    assert [NPM_TITLE] == town.titles()
    town.ops.close_issue(1, user="dev", reason="not_planned")

    town.host.cycles(3)

    assert 1 == town.filed()


@pytest.mark.parametrize("how", ["muted", "deleted"])
def test_what_finds_no_place_later_is_named_in_another_crowd(town: Town, how: str) -> None:
    """Whoever decided about those that waited, knew nothing of it."""
    for repo in town.repos[:2]:
        repo.has_issues = False
    town.fail(broken(0), of=slice(1))
    town.host.cycle()
    assert [CROWD_TITLE] == town.titles()
    if how == "muted":
        town.ops.close_issue(1, user="dev", reason="not_planned")
    else:
        town.ops.delete_issue(1)
    town.host.cycle()

    town.fail(broken(1), of=slice(1, 2))
    town.host.cycles(5)

    assert [CROWD_TITLE] == town.titles()
    assert "acme/p1" not in town.unnamed()
    assert "acme/p0" in town.unnamed()
    town.host.cycles(2, every=40 * MINUTE)
    assert "acme/p0" in town.unnamed()

    town.mend()
    town.host.cycles(4)
    assert [] == town.titles()
