"""What the commands show of one issue for many projects, and of those that it names."""

import json
from dataclasses import replace
from pathlib import Path

from concern_builders import OPS, OPS_URL, member, parent
from incident_builders import MINUTE, REJECTED, T0, WEB, ailment, incident
from json_shape import faults
from pipeline_health.cli.exits import Exit
from pipeline_health.core.model.ids import Fingerprint, ProjectName, RepoName
from pipeline_health.core.model.incident import CauseClass, Filing, Naming, Owner, Phase
from pipeline_health.core.model.issue import IssueRef
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.core.model.report import FindingLine
from shelf import Shelf, a_look

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "feed.schema.json").read_text())
NAMED = Naming(by=Fingerprint("pa4e"), repo=OPS, number=12, url=OPS_URL, at=T0 + 5 * MINUTE)
FILM = replace(
    incident(ailment(WEB), cause=REJECTED),
    fingerprint=Fingerprint("f11m"),
    project=ProjectName("film"),
    title="RAILWAY_TOKEN rejected: staging cannot deploy (film)",
    named=NAMED,
    part_of=NAMED.by,
)
SHOP = replace(
    FILM,
    fingerprint=Fingerprint("5h0p"),
    project=ProjectName("shop"),
    title="RAILWAY_TOKEN rejected: staging cannot deploy (shop)",
    filing=Filing(repo=RepoName("acme/shop"), number=7, url="https://github.com/acme/shop/7"),
)
MEMBERS = (
    replace(member(FILM), named_at=NAMED.at),
    replace(member(SHOP), url="https://github.com/acme/shop/7"),
    replace(member(SHOP), fingerprint=Fingerprint("0ver"), over_at=T0 + 9 * MINUTE),
    replace(member(FILM), fingerprint=Fingerprint("1eft"), left="its cause is another one now"),
)
PARENT = replace(parent(), fingerprint=Fingerprint("pa4e"), members=MEMBERS)
CROWD = replace(
    parent(cause=None, filed=False), fingerprint=Fingerprint("c40d"), title="No issue of their own"
)
OVER = replace(PARENT, fingerprint=Fingerprint("8000"), phase=Phase.RESOLVED, filing=None)
TITLE = "Many projects at once: RAILWAY_TOKEN is rejected"


def fill(shelf: Shelf) -> None:
    """Keep a portfolio incident of two projects, a crowd of none, and one that is over."""
    line = FindingLine(
        fingerprint=FILM.fingerprint,
        symptom=WEB,
        since=T0,
        commit=None,
        cause=CauseClass.CREDENTIAL,
        owner=Owner.HUMAN,
        incident=None,
        named=IssueRef(OPS, 12),
    )
    look = a_look(shelf.ago(1), project="film", findings=(line,))
    looks = [a_look(shelf.ago(2)), look]
    shelf.keep([FILM, SHOP], parents=[PARENT, CROWD, OVER], looks=looks)


def test_incidents_and_status_say_where_many_projects_are_told_together(shelf: Shelf) -> None:
    """In a part of their own; a member that has no issue says which one names it."""
    fill(shelf)

    listed = shelf.tell("incidents").splitlines()
    every = shelf.tell("incidents", "--all").splitlines()
    status = shelf.tell("status")

    assert listed[1].endswith("  acme/shop#7")
    assert listed[2].endswith("  named in acme/operations#12")
    assert [" ".join(line.split()) for line in listed[3:]] == [
        "PORTFOLIO WHAT PHASE SINCE GO ON ISSUE",
        "c40d No issue of their own pending 2026-11-22 10:07 UTC 0 of 0 -",
        f"pa4e {TITLE} open 2026-11-22 10:05 UTC 2 of 4 acme/operations#12",
    ]
    assert len(every) == len(listed) + 1
    assert "staging-deploy-failed web (named in acme/operations#12)" in status
    assert (
        f"Portfolio: {TITLE}: broken in 2 projects since 2026-11-22 10:05 UTC: acme/operations#12"
        in status.splitlines()
    )
    assert [one["fingerprint"] for one in shelf.told("status", "--json")["parents"]] == [
        "c40d",
        "pa4e",
    ]


def test_why_explains_a_portfolio_incident(shelf: Shelf) -> None:
    """By its fingerprint or its issue; with what became of each member, and every decision."""
    fill(shelf)
    with shelf.open() as ledger:
        ledger.note(PARENT.fingerprint, TrailLine(at=shelf.now, says="OpenIssue: 2 projects"))

    told = shelf.tell("why", "acme/operations#12").splitlines()

    assert told[:7] == [
        TITLE,
        "  phase        open, for the human",
        f"  cause        credential: {REJECTED.why}",
        "  fingerprint  pa4e",
        f"  issue        {OPS_URL}",
        "  first failed 2026-11-22 10:05 UTC, seen 2026-11-22 10:07 UTC",
        f"  goes on      film: {FILM.title} (f11m)",
    ]
    assert [line.split(":")[0] for line in told[8:10]] == [
        "  over         shop",
        "  elsewhere    film",
    ]
    assert told[-1].endswith("OpenIssue: 2 projects")
    shown = shelf.told("why", "pa4e", "--json")
    assert (shown["issue"]["number"], len(shown["trail"]), len(shown["members"])) == (12, 1, 4)
    assert "  issue        never filed" in shelf.tell("why", "8000")
    crowd = shelf.tell("why", "c40d")
    assert "  cause        none that they share: they have no issue of their own yet\n" in crowd
    assert crowd.endswith("Decisions:\n  none yet\n")
    assert "names several incidents" in shelf.tell("why", "", code=Exit.WRONG)


def test_the_feed_has_what_is_mended_together(shelf: Shelf) -> None:
    """For a person; an agent waits with each of its members."""
    fill(shelf)

    whole = shelf.told("feed")

    assert list(faults(whole, SCHEMA)) == []
    crowd, one = whole["parents"]
    assert (one["title"], one["issue"]["repo"], one["cause"]["class"]) == (
        TITLE,
        "acme/operations",
        "credential",
    )
    assert [each["goes_on"] for each in one["members"]] == [True, True, False, False]
    assert (crowd["cause"], crowd["issue"], crowd["members"]) == (None, None, [])
    film = whole["incidents"][1]
    assert (film["part_of"], film["named"]["number"]) == ("pa4e", 12)
    assert film["wait"] == "it is mended with all of pa4e"
    assert shelf.told("feed", "--owner", "agent")["parents"] == []
    assert shelf.told("feed", "--owner", "human")["parents"] == whole["parents"]
