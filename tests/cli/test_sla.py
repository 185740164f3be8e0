"""`sla`: how long each failure took to become an issue, and when nobody looked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from incident_builders import incident
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.sla import spelt
from pipeline_health.core.model.ids import Fingerprint, ProjectName, RepoName
from pipeline_health.core.model.incident import Filing, Incident, Naming, Phase
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.core.model.maintenance import MaintenanceWindow
from shelf import Shelf, a_look


def filed(shelf: Shelf, name: str, failed: float, seen: float, opened: float) -> Incident:
    """Give an incident that failed, was seen and was filed so many minutes ago."""
    return replace(
        incident(),
        fingerprint=Fingerprint(name),
        title=f"It broke: {name}",
        first_failed_at=shelf.ago(failed),
        first_seen=shelf.ago(seen),
        filing=Filing(
            repo=RepoName("acme/shop"),
            number=int(failed),
            url=f"https://github.example/{name}",
            opened_at=shelf.ago(opened),
        ),
    )


def test_before_the_first_look_there_is_nothing_to_measure(shelf: Shelf) -> None:
    """A sentence, and no error."""
    says = "Nothing was looked at yet, so there is nothing to measure.\n"
    assert shelf.tell("sla") == says
    told = shelf.told("sla", "--json")
    assert (told["measured"], told["spread"]["whole"], told["gaps"]) == (0, None, [])


def test_every_incident_is_accounted_for_hop_by_hop(shelf: Shelf) -> None:
    """With percentiles of the whole and of each hop, and what came too late."""
    waiting = replace(filed(shelf, "waits", 50, 48, 0), filing=None, phase=Phase.PENDING)
    shelf.keep(
        [
            filed(shelf, "quick", 100, 96, 95),
            filed(shelf, "slow", 200, 190, 155),
            filed(shelf, "old", 60 * 24 * 40, 60 * 24 * 40, 60 * 24 * 40),
            waiting,
        ],
        looks=[a_look(shelf.ago(minutes)) for minutes in (9, 4)],
    )

    out = shelf.tell("sla")

    assert "acme/shop#100  shop     It broke: quick" in out
    rows = {line.split("  ")[0]: " ".join(line.split()) for line in out.splitlines()}
    assert rows["acme/shop#100"].endswith(" 4m 1m 5m -")
    assert rows["acme/shop#200"].endswith(" 10m 35m 45m LATE")
    assert rows["-"].endswith("LATE")
    assert None in [one["told_by"] for one in shelf.told("sla", "--json")["incidents"]]
    assert "From failure to issue: p50 5m, p95 45m, max 45m\n" in out
    assert "From failure to sight: p50 4m, p95 10m, max 10m\n" in out
    assert "From sight to issue: p50 1m, p95 35m, max 35m\n" in out
    assert "\n3 measured since " in out
    assert ", 2 later than 30m\n" in out
    assert "old" not in out
    assert shelf.tell("sla", "--since", "150m").count("It broke") == 2


def test_the_account_as_json_is_in_seconds(shelf: Shelf) -> None:
    """For whoever draws a line of it."""
    shelf.keep([filed(shelf, "quick", 100, 96, 95)], looks=[a_look(shelf.now)])

    told = shelf.told("sla", "--json")

    (one,) = told["incidents"]
    assert (one["to_sight"], one["to_issue"], one["whole"]) == (240, 60, 300)
    assert (one["late"], one["reopened"], one["owner"]) == (False, False, "agent")
    assert one["issue"] == {"number": 100, "url": "https://github.example/quick"}
    assert told["spread"]["whole"] == {"p50": 300, "p95": 300, "max": 300}
    assert (told["sla_seconds"], told["poll_interval_seconds"]) == (1800, 300)
    assert (told["breaches"], told["assumed"], told["not_measured"]) == (0, None, [])


def test_what_many_projects_share_is_told_where_they_are_named(shelf: Shelf) -> None:
    """The issue that told of it first is shown, and its time counts."""
    naming = Naming(
        by=Fingerprint("p"),
        repo=RepoName("acme/operations"),
        number=12,
        url="https://github.example/operations/12",
        at=shelf.ago(90),
    )
    member = replace(filed(shelf, "member", 100, 96, 0), filing=None, named=naming)
    own = replace(filed(shelf, "own", 99, 96, 95), named=naming)
    long_ago = 60 * 24 * 40
    old = replace(filed(shelf, "old", long_ago, long_ago, 0), filing=None, named=naming)
    shelf.keep([member, own, old], looks=[a_look(shelf.now)])

    shown, first = shelf.told("sla", "--json")["incidents"]

    assert (shown["told_by"], shown["whole"], shown["issue"]) == ("portfolio", 600, None)
    assert (shown["named"]["repo"], shown["named"]["number"]) == ("acme/operations", 12)
    assert (first["told_by"], first["whole"], first["issue"]["number"]) == ("issue", 240, 99)
    lines = shelf.tell("sla").splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["acme/operations#12", "acme/shop#99"]


def test_a_stretch_in_which_nobody_looked_is_told(shelf: Shelf) -> None:
    """A cycle that failed is no look; the last stretch goes on."""
    looks = [a_look(shelf.ago(minutes)) for minutes in (120, 115, 60)]
    shelf.keep(looks=[*looks, a_look(shelf.ago(90), failed="a full disk")])

    lines = shelf.tell("sla").splitlines()

    assert lines[0].startswith("No failure since ")
    assert [line.rpartition(": ")[2] for line in lines[1:]][:1] == ["55m"]
    assert " to now: 1h" in lines[2]
    assert next(gap["seconds"] for gap in shelf.told("sla", "--json")["gaps"]) == 55 * 60


def test_the_promise_is_the_configured_one_or_said_to_be_assumed(shelf: Shelf) -> None:
    """It needs no secret; without a configuration it still gives the account."""
    shelf.keep([filed(shelf, "slow", 200, 190, 155)], looks=[a_look(shelf.now)])
    shelf.configuration.with_name("secrets.env").unlink()
    text = shelf.configuration.read_text()
    shelf.configuration.write_text(f'sla = "1h"\npoll_interval = "10m"\n\n{text}')
    assert ", 0 later than 1h\n" in shelf.tell("sla")

    shelf.configuration.write_text("nonsense = 1\n")

    out = shelf.tell("sla")
    assert out.startswith("The configuration was not read, so sla 30m and poll_interval 5m count: ")
    assert ", 1 later than 30m\n" in out
    assert shelf.told("sla", "--json")["assumed"]


def test_what_was_broken_before_the_first_look_starts_its_clock_there(shelf: Shelf) -> None:
    """The fact is kept by the cycle; an earlier incident tells of an earlier look."""
    known = filed(shelf, "old", 200, 96, 95)
    shelf.keep([known], looks=[a_look(shelf.now)])
    kept = {
        shelf.ago(98).isoformat(): 3,
        shelf.ago(10).isoformat(): 1,
        "soon": 105,
        "2026-01-01T00:00:00": 105,
    }

    for fact, minutes in kept.items():
        with shelf.open() as ledger:
            ledger.remember("first-look", "shop", fact, now=shelf.now)

        (one,) = shelf.told("sla", "--json")["incidents"]
        assert (fact, one["whole"]) == (fact, minutes * 60)


def test_what_is_back_is_measured_by_what_the_trail_says_of_its_reopening(shelf: Shelf) -> None:
    """The newest one counts, and nothing of before."""
    back = replace(filed(shelf, "back", 60, 600, 590), turns=(shelf.ago(300),))
    shelf.keep([back], looks=[a_look(shelf.now)])
    with shelf.open() as ledger:
        for minutes, says in (
            (400, "ReopenIssue: a"),
            (50, "ReopenIssue: b"),
            (40, "UpdateIssue: c"),
        ):
            ledger.note(back.fingerprint, TrailLine(at=shelf.ago(minutes), says=says))

    (one,) = shelf.told("sla", "--json")["incidents"]

    assert (one["reopened"], one["whole"]) == (True, 600)
    assert (one["seen_at"], one["to_sight"], one["to_issue"]) == (None, None, None)
    assert "  -         -         10m    -" in shelf.tell("sla")


def test_what_is_not_measured_says_why(shelf: Shelf) -> None:
    """What is silent now, for one; and the time of a window that is over does not count."""
    window = MaintenanceWindow(
        project=ProjectName("shop"),
        kind=None,
        since=shelf.ago(180),
        until=shelf.ago(160),
        reason="a new database",
    )
    unfiled = replace(filed(shelf, "silent", 5, 4, 0), filing=None)
    shelf.keep([filed(shelf, "slow", 200, 190, 155), unfiled], looks=[a_look(shelf.now)])
    with shelf.open() as ledger:
        ledger.silence(window)
    shelf.tell("silence", "shop", "--for", "2h", "--reason", "again")

    told = shelf.told("sla", "--json")

    assert [one["whole"] for one in told["incidents"]] == [25 * 60]
    (why,) = told["not_measured"]
    assert (why["fingerprint"], why["why"][:15]) == ("silent", "silenced until ")
    assert "Not measured: It broke: silent: silenced until " in shelf.tell("sla")


def test_a_length_of_time_that_is_none_is_refused(shelf: Shelf) -> None:
    """With what was expected."""
    assert "'long' is no duration" in shelf.tell("sla", "--since", "long", code=Exit.WRONG)


@pytest.mark.parametrize(
    ("seconds", "says"),
    [(0, "0s"), (59, "59s"), (60, "1m"), (3725, "1h 2m"), (90000, "1d 1h"), (86460, "1d 1m")],
)
def test_lengths_are_told_in_their_two_largest_units(seconds: int, says: str) -> None:
    """As people say them."""
    assert spelt(timedelta(seconds=seconds)) == says
