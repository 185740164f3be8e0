"""The words of a portfolio incident: every project named, whatever the number, and found again."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_builders import MINUTE, T0, deployment
from pipeline_health.core.issue_text import identity_of, read_marker
from pipeline_health.core.issue_text.parent_marker import (
    LONGEST,
    MemberMark,
    ParentMarker,
    marker_of_parent,
    read_parent_marker,
    write_parent_marker,
)
from pipeline_health.core.issue_text.parents import (
    CROWD_TITLE,
    parent_body,
    parent_closing,
    parent_title,
)
from pipeline_health.core.model.findings import Kind, Subject, Thing
from pipeline_health.core.model.ids import Fingerprint, Nonce, ProjectName, RepoName
from pipeline_health.core.model.incident import Cause, CauseClass, Incident
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.policy import Routing
from pipeline_health.core.parent_life import member_of, over_or_gone
from pipeline_health.core.parents import gathered
from portfolio_builders import (
    BILLING,
    NOW,
    NPM,
    TOKEN,
    case_of,
    cases_of,
    failing,
    filed_at,
    many,
    over,
    terms_for,
)

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)
MARKS = st.builds(
    MemberMark,
    project=NAMES.map(ProjectName),
    kind=st.sampled_from(Kind),
    subject=st.builds(Subject, st.sampled_from(Thing), NAMES),
)


def parent_of(incidents: tuple[Incident, ...]) -> Parent:
    """Give the parent of *incidents*."""
    (parent,) = gathered(cases_of(incidents), (), terms_for(incidents))[1]
    return parent


def body_of(*incidents: Incident, notes: str = "") -> str:
    """Give the body of the parent of *incidents*, with the first one for a specimen."""
    return parent_body(
        parent_of(incidents), routing=Routing(), specimen=case_of(incidents[0]), notes=notes
    )


def crowd(*incidents: Incident) -> Parent:
    """Give *incidents* as a crowd that is told."""
    members = tuple(map(member_of, incidents))
    return filed_at(replace(parent_of(many(3)), cause=None, members=members))


@pytest.mark.parametrize(
    ("cause", "title"),
    [
        (NPM, "Many projects at once: npm cannot fetch packages"),
        (TOKEN, "Many projects at once: RAILWAY_TOKEN is rejected"),
        (BILLING, "Many projects at once: GitHub Actions: no minutes are left"),
        (
            replace(TOKEN, key="Docker Hub"),
            "Many projects at once: a credential for Docker Hub is rejected",
        ),
        (
            replace(NPM, key="Railway: it cannot be read"),
            "Many projects at once: Railway cannot be read",
        ),
        (
            replace(NPM, key="Network: it cannot be read"),
            "Many projects at once: no URL can be asked",
        ),
        (None, CROWD_TITLE),
    ],
)
def test_a_title_says_what_is_wrong_everywhere(cause: Cause | None, title: str) -> None:
    """It names no number, so that it stays the same for the life of the issue."""
    assert title == parent_title(cause)


@pytest.mark.parametrize("number", [3, 12, 200, 1000])
def test_every_project_is_named_and_the_body_fits(number: int) -> None:
    """GitHub takes 65,536 characters; we write at most 60,000, and name every project in them."""
    incidents = tuple(
        replace(each, project=ProjectName(f"product-{at:04}"), title=f"Main CI red: CI ({at})")
        for at, each in enumerate(many(number))
    )

    body = body_of(*incidents)

    assert len(body) <= 60_000
    assert [at for at in range(number) if f"`product-{at:04}`" not in body] == []


def test_more_than_can_be_named_are_counted() -> None:
    """Then the command lists them."""
    incidents = tuple(
        replace(each, project=ProjectName(f"a-product-with-a-long-name-{at:04}-{'x' * 60}"))
        for at, each in enumerate(many(1000))
    )

    body = body_of(*incidents)

    assert len(body) <= 60_000
    assert " more, which `pipeline-health incidents` lists." in body


def test_notes_are_kept_and_the_evidence_makes_room() -> None:
    """What people wrote is theirs."""
    body = body_of(*many(3), notes="Dana is on it.")

    assert body.endswith("<!-- notes -->\nDana is on it.")


@pytest.mark.parametrize("number", [3, 200])
def test_what_to_do_comes_before_the_rows(number: int) -> None:
    """Who is woken by two hundred projects does not look for the steps below their names."""
    headings = re.findall("^### .*", body_of(*many(number, TOKEN)), flags=re.MULTILINE)

    assert headings == [
        "### Cause",
        "### Who can fix it and how",
        "### Where it is broken",
        "### Done when",
        "### Evidence",
    ]


def test_a_secret_of_too_many_repositories_may_still_be_one_of_their_owner() -> None:
    """Then one command stores it; a command for each would be too long."""
    body = body_of(*many(300, TOKEN))

    assert body.index("is an organization, see first") < body.index("**A person**")
    assert "for repo in" not in body


def test_secrets_of_several_owners_are_stored_in_each_repository() -> None:
    """No organization has them all."""
    first, *others = many(3, TOKEN)
    body = body_of(replace(first, repo=RepoName("other/p0")), *others)

    assert "for repo in other/p0 acme/p1 acme/p2; do" in body
    assert "is an organization" not in body


def test_the_steps_for_one_are_the_steps_for_all() -> None:
    """A secret is stored and a run repeated in each repository by commands to paste."""
    body = body_of(*many(3, TOKEN))

    loop = 'for repo in acme/p0 acme/p1 acme/p2; do\n  gh secret set RAILWAY_TOKEN --repo "$repo"'
    runs = "\n".join(f"gh run rerun 101 --failed --repo acme/p{at}" for at in range(3))
    assert loop in body
    assert "`acme` is an organization, see first whether `RAILWAY_TOKEN` is one of" in body
    assert f"in all of them:\n\n```sh\n{runs}\n```" in body


@pytest.mark.parametrize(
    "incidents",
    [
        many(3),
        many(3, replace(TOKEN, ours=True)),
        tuple(
            replace(each, ailments=tuple(replace(a, trace=deployment()) for a in each.ailments))
            for each in many(3, TOKEN)
        ),
        many(300, TOKEN),
        tuple(replace(each, repo=many(1)[0].repo) for each in many(3, TOKEN)),
    ],
    ids=["no secret", "our own", "it is set in Railway", "too many", "one repository"],
)
def test_a_secret_is_stored_by_one_command_only_where_that_mends_it(
    incidents: tuple[Incident, ...],
) -> None:
    """Else the steps of the first one say what to do."""
    assert "for repo in" not in body_of(*incidents)


def test_of_many_runs_the_first_are_listed() -> None:
    """As many as there is room for."""
    body = body_of(*many(200))

    assert "To run again what failed in the first " in body
    assert "To run again what failed in all of them" in body_of(*many(3))


def test_what_is_not_seen_did_not_fail() -> None:
    """Nobody knows whether it did: so it is not said, neither of now nor of what was."""
    unread = replace(NPM, key="Railway: it cannot be read")
    blind = replace(parent_of(many(3)), cause=unread)
    gone = tuple(replace(each, over_at=NOW) for each in blind.members)

    now = parent_body(blind, routing=Routing(), specimen=None)
    then = parent_body(replace(blind, members=gone), routing=Routing(), specimen=None)

    assert "**3 projects** are not seen since 2026-11-22 10:05 UTC: Railway cannot be read." in now
    assert "**3 projects** were not seen, and all of them are again." in then


def test_what_is_over_and_what_left_is_named_apart() -> None:
    """Who reads sees what is mended already."""
    first, second, *_ = incidents = many(5)
    parent = filed_at(parent_of(incidents))
    apart = (over(first), failing("p1", replace(NPM, of=CauseClass.CODE)), *incidents[2:])

    _, (now,) = gathered(cases_of(apart), (parent,), terms_for(apart))
    body = parent_body(now, routing=Routing(), specimen=None)

    assert "**3 projects** failed" in body
    assert "Proved to be over: `p0`." in body
    assert "No part of this any more: `p1`." in body
    assert "Open the first of the failures below" in body
    assert second.project == "p1"


def test_an_issue_of_which_nothing_goes_on_says_that_it_settles() -> None:
    """The ten minutes in which it is open yet."""
    parent = filed_at(parent_of(many(3)))
    healed = tuple(map(over, many(3)))

    _, (quiet,) = gathered(cases_of(healed), (parent,), terms_for(healed))

    body = parent_body(quiet, routing=Routing(), specimen=None)
    none = parent_body(replace(quiet, cause=None), routing=Routing(), specimen=None)

    assert "Nothing of it is broken now; it is closed when that lasts." in body
    assert "**3 projects** failed for one reason, and none of them does any more: npm" in body
    assert "\n\nNothing waits any more: each has an issue of its own, or is" in none


def test_a_crowd_says_why_and_promises_each_its_own() -> None:
    """It is nobody's cause: a person looks for what they share."""
    told = crowd(failing("p0", filed=7), *many(2, start=1))

    body = parent_body(told, routing=Routing(), specimen=case_of(failing("p0")))

    assert "**3 failures in 3 projects** cannot have an issue of their own yet" in body
    assert "[its own](https://github.com/acme/p0/issues/7)" in body
    assert "### Evidence" not in body
    assert "Look for what they share" in body
    assert "ten minutes after the last of them waits no more" in body


def test_hostile_names_stay_names() -> None:
    """A project, a service and a URL may be called anything."""
    hostile = "@archon | ](https://evil.test) `x` <!-- a --> #12"
    odd = replace(
        failing("p0"), project=ProjectName(hostile), title=f"Staging deploy failed: {hostile} (p)"
    )
    body = body_of(odd, *many(2, start=1))

    (row,) = [line for line in body.splitlines() if line.startswith("| ") and "evil" in line]
    assert "@archon" not in body
    assert "](https://evil.test)" not in re.sub("`[^`]*`", "", row)
    assert 5 == row.replace("\\|", "").count(" | ") + 1
    assert "#12" not in body.partition("\n")[2]


def test_the_end_says_what_was_proved_and_what_goes_on_elsewhere() -> None:
    """With the time that it took, and links to the first proofs."""
    incidents = many(14)
    parent = filed_at(parent_of(incidents))
    apart = failing("p13", replace(NPM, of=CauseClass.CODE))
    now = (*map(over, incidents[:13]), apart)

    _, (ended,) = gathered(cases_of(now), (parent,), terms_for(now))
    said = parent_closing(ended)

    assert "13 failures proved to be over, the last at 2026-11-22 10:10 UTC, 5 min after" in said
    assert ", and 3 more." in said
    assert "1 failure goes on elsewhere: `p13`." in said


def test_an_end_without_a_proof_says_no_more_than_that() -> None:
    """Members that left, and members of which nothing is known any more."""
    parent = parent_of(many(3))
    left = replace(parent, members=tuple(replace(it, left="x") for it in parent.members))
    bare = [
        over_or_gone(it, over(failing(it.project)), terms_for(many(3))) for it in parent.members
    ]
    members = tuple(replace(it, proof="") for it in bare if it is not None)

    assert "3 failures go on elsewhere: `p0`, `p1`, `p2`." == parent_closing(left)
    assert "Among them" not in parent_closing(replace(parent, members=members))
    assert "Nothing of it goes on." == parent_closing(replace(parent, members=()))


def test_a_marker_is_read_as_it_was_written() -> None:
    """By it a lost ledger finds the story again, and nobody takes it for one project's issue."""
    parent = filed_at(parent_of(many(3)))
    line = body_of(*many(3)).partition("\n")[0]

    marker = read_parent_marker(line)

    assert marker_of_parent(parent) == marker
    assert (parent.fingerprint, parent.nonce) == identity_of(line)
    assert None is read_marker(line)
    assert None is identity_of("no marker")


def test_a_crowd_is_found_by_its_marker_too() -> None:
    """It shares no cause."""
    marker = marker_of_parent(crowd(*many(2)))

    assert (None, "") == (marker.cause, marker.key)
    assert marker == read_parent_marker(write_parent_marker(marker))


@given(st.lists(MARKS, max_size=400))
def test_whatever_things_are_called_the_marker_holds_and_bounds_them(
    marks: list[MemberMark],
) -> None:
    """Members beyond its room are left out, the last ones first."""
    marker = ParentMarker(
        fingerprint=Fingerprint("f"),
        nonce=Nonce("n"),
        cause=CauseClass.PLATFORM,
        key="npm: it fails",
        first_seen=T0 + MINUTE,
        members=tuple(marks),
    )

    line = write_parent_marker(marker)
    read = read_parent_marker(line)

    assert len(line) <= LONGEST
    assert "\n" not in line
    assert read is not None
    assert marker.members[: len(read.members)] == read.members
    assert replace(marker, members=read.members) == read


@pytest.mark.parametrize(
    "line",
    [
        "",
        "<!-- pipeline-health v1 {} -->",
        "<!-- pipeline-health v1 [] -->",
        '<!-- pipeline-health v1 {"kind":"main-ci-red"} -->',
        '<!-- pipeline-health v1 {"kind":"many-projects"} -->',
        *(
            write_parent_marker(marker_of_parent(parent_of(many(3)))).replace(*damage)
            for damage in (
                ('"p0"', "7"),
                ('"main-ci-red","workflow"', '"main-ci-red"'),
                ('"workflow"', '"planet"'),
                ('"key":"npm: npm cannot fetch packages"', '"key":7'),
                ('"members":[', '"members":{"a":['),
                ("Z", ""),
            )
        ),
    ],
)
def test_what_is_not_quite_a_marker_is_none(line: str) -> None:
    """Anybody may write one; nothing is believed in part."""
    assert None is read_parent_marker(line)


def test_the_time_of_a_story_is_that_of_its_first_failure() -> None:
    """Without any member known, it is when we first saw it."""
    parent = parent_of(many(3))

    assert (T0, NOW) == (parent.since, replace(parent, members=()).since)
