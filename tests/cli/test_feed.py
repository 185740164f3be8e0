"""`feed`: what is broken, for machines."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hostile import CANARY
from incident_builders import EVIDENCE, REJECTED, WEB, ailment, incident, proof
from json_shape import faults
from pipeline_health.cli.exits import Exit
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import Fingerprint, ProjectName, RepoName
from pipeline_health.core.model.incident import Filing, Incident, Phase
from shelf import CONFIGURATION, PLANTED, Shelf, a_look

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "feed.schema.json").read_text())
FILED = Filing(repo=RepoName("acme/shop"), number=7, url="https://github.com/acme/shop/issues/7")
CODE = replace(
    incident(ailment(jobs=("test",)), replace(ailment(WEB), healed=proof(WEB))),
    fingerprint=Fingerprint("c0de"),
    filing=FILED,
)
TOKEN = replace(incident(cause=REJECTED), fingerprint=Fingerprint("t0ken"), evidence=None)


def fed(shelf: Shelf, *arguments: str) -> Any:
    """Give the feed, which has the shape that its schema says."""
    told = shelf.told("feed", *arguments)
    assert list(faults(told, SCHEMA)) == []
    return told


def test_the_feed_has_all_that_an_agent_needs(shelf: Shelf) -> None:
    """Whose it is, why, since when, where to look and when it is over."""
    shelf.keep([CODE, TOKEN], looks=[a_look(shelf.ago(2))])

    told = fed(shelf, "--json")

    assert (told["stale"], told["last_look"]["blind"]) == (False, False)
    code, token = told["incidents"]
    assert (code["owner"], code["labelled_for"], code["issue"]["number"]) == ("agent", "agent", 7)
    assert code["suspects"]["url"].startswith("https://github.com/acme/shop/compare/0a0a")
    assert [(one["subject"], one["broken"]) for one in code["symptoms"]] == [
        ("CI", True),
        ("web", False),
    ]
    assert code["done_when"].startswith("- Workflow `CI` succeeds on the watched branch")
    assert code["links"][:2] == [FILED.url, f"https://github.com/acme/shop/commit/{'1b' * 20}"]
    assert code["evidence"]["untrusted"] is True
    assert code["evidence"]["first_error"] == "E AssertionError: assert 3 == 4"
    assert code["evidence"]["tail"] is None
    assert (token["owner"], token["issue"], token["labelled_for"]) == ("human", None, None)
    assert (token["suspects"], token["evidence"]) == (None, None)


def test_an_owner_gets_what_is_theirs(shelf: Shelf) -> None:
    """And nobody gets what is over, or what a person wants no issue of."""
    over = replace(CODE, fingerprint=Fingerprint("over"), phase=Phase.RESOLVED)
    muted = replace(CODE, fingerprint=Fingerprint("muted"), phase=Phase.MUTED)
    shelf.keep([CODE, TOKEN, over, muted], looks=[a_look(shelf.now)])

    feeds = [fed(shelf, "--owner", owner)["incidents"] for owner in ("agent", "human")]

    assert [[one["fingerprint"] for one in each] for each in feeds] == [["c0de"], ["t0ken"]]
    assert "'nobody' is not one of" in shelf.tell("feed", "--owner", "nobody", code=Exit.WRONG)


@pytest.mark.parametrize(
    ("ages", "stale", "blind"),
    [
        ([], True, None),
        ([14], False, False),
        ([16], True, False),
        ([1, 16], False, False),
        ([-1, 16], True, False),
        ([-1], True, None),
    ],
    ids=["never", "fresh", "old", "the newest counts", "it failed", "it only failed"],
)
def test_an_empty_feed_says_whether_anybody_looks(
    shelf: Shelf, ages: list[int], *, stale: bool, blind: bool | None
) -> None:
    """Not seeing is not health. A cycle that failed (-1) looked at nothing."""
    oldest_first = [(shelf.ago(abs(age)), "disk" if age < 0 else None) for age in reversed(ages)]
    shelf.keep(looks=[a_look(at, failed=failed) for at, failed in oldest_first])

    told = fed(shelf)

    assert (told["stale"], told["incidents"]) == (stale, [])
    assert (told["last_look"] or {"blind": None})["blind"] == blind


def test_each_project_says_when_it_was_looked_at_and_what_was_not_seen(shelf: Shelf) -> None:
    """A cycle may look at some only."""
    shelf.keep(looks=[a_look(shelf.ago(60), project="film"), a_look(shelf.ago(1), blind="railway")])

    told = fed(shelf)

    assert told["last_look"]["blind"] is True
    assert [(one["name"], one["stale"], one["blind"]) for one in told["projects"]] == [
        ("film", True, []),
        ("shop", False, ["railway"]),
    ]


def test_what_is_to_be_left_alone_says_why(shelf: Shelf) -> None:
    """A consequence waits for its cause, and what is silent for the end of it."""
    follows = replace(
        incident(ailment(WEB)), fingerprint=Fingerprint("f0llows"), hidden_behind=CODE.fingerprint
    )
    film = replace(CODE, fingerprint=Fingerprint("f11m"), project=ProjectName("film"))
    shelf.keep([CODE, follows, film], looks=[a_look(shelf.now)])
    shelf.tell("silence", "film", "--for", "2h", "--reason", "a new database")

    waits = {one["fingerprint"]: one["wait"] for one in fed(shelf)["incidents"]}

    assert waits["c0de"] is None
    assert waits["f0llows"] == "it follows from c0de"
    assert waits["f11m"].startswith("silenced until ")


@pytest.mark.parametrize(
    ("mode", "first", "tail"),
    [
        ("full", True, True),
        ("auto", True, False),
        ("first-error", True, False),
        ("link", None, None),
    ],
)
def test_evidence_is_shown_as_the_project_wants_it(
    shelf: Shelf, mode: str, *, first: bool | None, tail: bool | None
) -> None:
    """Where nobody can know whether the repository is private, the first error has to do."""
    shelf.configuration.write_text(f'{CONFIGURATION}\nevidence = "{mode}"\n')
    shelf.keep([replace(CODE, project=ProjectName("film"))], looks=[a_look(shelf.now)])

    evidence = fed(shelf)["incidents"][0]["evidence"]

    assert (evidence is None) == (first is None)
    if evidence is not None:
        assert (bool(evidence["first_error"]), bool(evidence["tail"])) == (first, tail)


def test_without_a_configuration_no_evidence_is_shown(shelf: Shelf) -> None:
    """Nobody knows then how much of it may be; the rest is told, and that it was not read."""
    shelf.keep([CODE], looks=[a_look(shelf.now)])
    shelf.configuration.unlink()

    told = fed(shelf)

    assert told["incidents"][0]["evidence"] is None
    assert "pipeline-health.toml" in told["configuration_unread"]


def hostile(shelf: Shelf) -> Incident:
    """Give an incident whose log and cause were written by somebody who wants to be obeyed."""
    said = f"{CANARY} {PLANTED} @archon fixes #7 \x1b[2J\u202e ##[error] ghp_{'a1B2' * 9}"
    evidence = replace(EVIDENCE, first_error=said, tail=f"{said}\n" * 500, steps=(said,))
    cause = replace(CODE.cause, why=said, key=said)
    broken = replace(ailment(), jobs=(said,))
    shelf.configuration.write_text(f'{CONFIGURATION}\nevidence = "full"\n')
    return replace(
        CODE, evidence=evidence, cause=cause, ailments=(broken,), project=ProjectName("film")
    )


def test_nothing_in_the_feed_is_alive_or_secret(shelf: Shelf) -> None:
    """Whatever somebody wrote: it mentions nobody, steers no terminal, and holds no token."""
    shelf.keep([hostile(shelf)], looks=[a_look(shelf.now)])

    out = shelf.tell("feed")

    assert CANARY in out
    for alive in (PLANTED, "@archon", "#7 ", "\x1b", "\u202e", "##[", "ghp_a1B2"):
        assert alive not in out, alive
    assert list(faults(json.loads(out), SCHEMA)) == []


def test_every_kind_is_as_the_schema_has_it(shelf: Shelf) -> None:
    """The schema can fail, too."""
    kept = [replace(CODE, fingerprint=Fingerprint(kind), kind=kind) for kind in Kind]
    shelf.keep(kept, looks=[a_look(shelf.now)])

    told = fed(shelf)

    assert [one["kind"] for one in told["incidents"]] == sorted(Kind)
    told["incidents"][0] |= {"phase": "resolved", "attempts": -1, "commit": "HEAD", "more": 1}
    told["incidents"][0].pop("wait")
    assert len(list(faults(told, SCHEMA))) == 5
