"""Titles and the small words: stable, short, and never what another cron keys on."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_builders import (
    CI,
    PIPELINE,
    PROJECT,
    REJECTED,
    REPO,
    STAGING,
    STATUS,
    UNKNOWN,
    WEB,
    deployment,
    page,
    run,
)
from pipeline_health.core.diagnose import SIGNATURES
from pipeline_health.core.issue_text import duration, title_of
from pipeline_health.core.issue_text.wording import (
    blamed,
    commit_link,
    counted,
    is_unset,
    link,
    moment,
    names,
    noun_of,
    secret_of,
    trace_link,
)
from pipeline_health.core.model.findings import Kind, Subject, Symptom, Thing
from pipeline_health.core.model.ids import ProjectName, Sha
from pipeline_health.core.model.incident import Cause, CauseClass, Owner

RAILWAY = replace(REJECTED, key="Railway")
UNSET = replace(REJECTED, why="The log says so: a named secret is not set.")
NAMELESS = replace(REJECTED, key="credential")


@pytest.mark.parametrize(
    ("symptom", "cause", "expected"),
    [
        pytest.param(CI, UNKNOWN, "Main CI red: CI (shop)", id="workflow"),
        pytest.param(STATUS, UNKNOWN, "Main CI red: ci/circle (shop)", id="status"),
        pytest.param(WEB, UNKNOWN, "Staging deploy failed: web (shop)", id="service"),
        pytest.param(
            STAGING, UNKNOWN, "Staging deploy failed: shop / staging (shop)", id="environment"
        ),
        pytest.param(CI, REJECTED, "RAILWAY_TOKEN rejected: CI cannot run (shop)", id="CI token"),
        pytest.param(
            WEB, REJECTED, "RAILWAY_TOKEN rejected: staging cannot deploy (shop)", id="deploy token"
        ),
        pytest.param(
            PIPELINE,
            REJECTED,
            "RAILWAY_TOKEN rejected: staging cannot deploy (shop)",
            id="token of a pipeline that deploys",
        ),
        pytest.param(
            CI, RAILWAY, "Credential for Railway rejected: CI cannot run (shop)", id="provider"
        ),
        pytest.param(CI, UNSET, "RAILWAY_TOKEN not set: CI cannot run (shop)", id="never set"),
        pytest.param(CI, NAMELESS, "Credential rejected: CI cannot run (shop)", id="nothing known"),
    ],
)
def test_a_title_says_what_is_broken_and_where(
    symptom: Symptom, cause: Cause, expected: str
) -> None:
    """A title begins as the portfolio's other crons know it, and ends with the project."""
    kind = symptom.kind if cause is UNKNOWN else Kind.CREDENTIAL_REJECTED

    title = title_of(kind, symptom.subject, project=PROJECT, cause=cause, symptom_kind=symptom.kind)

    assert expected == title


def test_a_name_of_which_nothing_can_be_seen_is_called_so() -> None:
    """A title with a hole in it would say nothing of what is broken."""
    unseen = replace(CI, subject=Subject(Thing.WORKFLOW, "\u200b\x1b[31m\n"))

    title = title_of(unseen.kind, unseen.subject, project=PROJECT, cause=UNKNOWN)

    assert "Main CI red: (unnamed) (shop)" == title


def test_a_service_says_by_itself_that_it_deploys() -> None:
    """Without the symptom's kind a service still means a deployment, a workflow means CI."""
    titles = [
        title_of(Kind.CREDENTIAL_REJECTED, each.subject, project=PROJECT, cause=REJECTED)
        for each in (WEB, PIPELINE)
    ]

    assert [
        "RAILWAY_TOKEN rejected: staging cannot deploy (shop)",
        "RAILWAY_TOKEN rejected: CI cannot run (shop)",
    ] == titles


@given(
    kind=st.sampled_from(Kind),
    thing=st.sampled_from(Thing),
    name=st.text(max_size=200) | st.just("@archon fixes #12 <!-- x"),
    project=st.text(max_size=90),
    key=st.sampled_from(["[Sentry] x", "Bug: y", "K_" + "A" * 50]) | st.text(max_size=90),
)
def test_no_name_spoils_a_title(
    kind: Kind, thing: Thing, name: str, project: str, key: str
) -> None:
    """Whatever is called what, a title is one short harmless line with one of our beginnings."""
    title = title_of(
        kind, Subject(thing, name), project=ProjectName(project), cause=replace(REJECTED, key=key)
    )

    assert len(title) <= 120
    assert "\n" not in title
    assert "@archon" not in title
    assert "#12" not in title
    assert not title.startswith(("[Sentry] ", "Bug: ", "Feature: ", "Sweep:"))


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        pytest.param(timedelta(seconds=-5), "less than a minute", id="clocks that disagree"),
        pytest.param(timedelta(seconds=59), "less than a minute", id="seconds"),
        pytest.param(timedelta(minutes=1), "1 min", id="a minute"),
        pytest.param(timedelta(minutes=60), "1 h", id="an hour"),
        pytest.param(timedelta(minutes=125), "2 h 5 min", id="hours and minutes"),
        pytest.param(timedelta(days=3, hours=4, minutes=5), "3 d 4 h", id="days and hours"),
        pytest.param(timedelta(days=1), "1 d", id="a day"),
        pytest.param(timedelta(days=1, minutes=5), "1 d", id="a day and minutes"),
    ],
)
def test_a_duration_is_told_in_two_units(length: timedelta, expected: str) -> None:
    """A length of time is told in its two largest units, and is never negative."""
    assert expected == duration(length)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param("https://x.dev/a?b=c#d", "[here](https://x.dev/a?b=c#d)", id="plain"),
        pytest.param("http://127.0.0.1:8080", "[here](http://127.0.0.1:8080)", id="port"),
        pytest.param("", "here", id="none"),
        pytest.param("javascript:alert(1)", "here (`javascript:alert(1)`)", id="other scheme"),
        pytest.param("https://x.dev/)](x", "here (`https://x.dev/)](x`)", id="markup"),
        pytest.param("https://x.dev/a b", "here (`https://x.dev/a b`)", id="blank"),
        pytest.param("https://u@x.dev/", "here (`https://u@x.dev/`)", id="user"),
        pytest.param(
            "https://github.com/o/r/issues/1",
            "here (`hxxps://github.com/o/r/issues/1`)",
            id="issue",
        ),
        pytest.param(
            f"https://github.com/o/r/commit/{'1a' * 20}",
            f"[here](https://github.com/o/r/commit/{'1a' * 20})",
            id="commit",
        ),
        pytest.param(
            f"https://github.com/o/r/commit/{'1a' * 20}/checks",
            f"here (`hxxps://github.com/o/r/commit/{'1a' * 20}/checks`)",
            id="a page below a commit",
        ),
        pytest.param(
            f"https://x.dev/{'a' * 486}", f"[here](https://x.dev/{'a' * 486})", id="long enough"
        ),
        pytest.param(
            f"https://x.dev/{'a' * 487}", f"here (`https://x.dev/{'a' * 83}…`)", id="too long"
        ),
        pytest.param("https://x.dev/#12", "here (`https://x.dev/no. 12`)", id="reference"),
        pytest.param(
            f"https://x.dev/{'a' * 500}", f"here (`https://x.dev/{'a' * 83}…`)", id="endless"
        ),
    ],
)
def test_only_a_harmless_url_is_linked(url: str, expected: str) -> None:
    """A URL from outside is a link when it is plain, else it is only quoted."""
    assert expected == link("here", url)


def test_every_trace_is_linked() -> None:
    """A run and a deployment are named by their ids; another system's page is called details."""
    assert [
        "[run 101](https://github.com/acme/shop/actions/runs/101)",
        "[deployment `d-1`](https://railway.com/project/p1/service/s1?id=d-1)",
        "[details](https://circle.example/jobs/7)",
    ] == [trace_link(each) for each in (run(), deployment(), page())]


def test_small_words() -> None:
    """Commits are short, lists end, and numbers agree with their nouns."""
    assert "[`1a1a1a1`](https://github.com/acme/shop/commit/" + "1a" * 20 + ")" == commit_link(
        REPO, Sha("1a" * 20)
    )
    assert "`a`, `b`" == names(("a", "b"))
    assert f"{', '.join(['`a`'] * 10)} and 2 more" == names(["a"] * 12)
    assert ", ".join(["`a`"] * 10) == names(["a"] * 10)
    assert ["1 job", "2 jobs", "2 fixes"] == [
        counted(1, "job"),
        counted(2, "job"),
        counted(2, "fix", "fixes"),
    ]


@pytest.mark.parametrize("name", ["a named secret is not set", "an action was given no credential"])
def test_the_signatures_of_a_credential_that_is_not_there_are_told_so(name: str) -> None:
    """The words hang on the names of two rows of the table, which must be there."""
    cause = replace(REJECTED, why=f"The log says so: {name}.")

    assert name in {row.name for row in SIGNATURES}
    assert is_unset(cause)


def test_every_sort_of_thing_has_a_noun() -> None:
    """What is ours and what is the product's are both called a secret."""
    nouns = {thing: noun_of(Subject(thing, "x")) for thing in Thing}

    assert nouns == {
        **{thing: thing.value for thing in Thing},
        Thing.STATUS: "commit status",
        Thing.CREDENTIAL: "secret",
        Thing.URL: "URL",
    }


def test_a_moment_is_told_in_utc() -> None:
    """Whatever time it was read in."""
    there = datetime(2026, 3, 2, 21, 5, tzinfo=timezone(timedelta(hours=9)))

    assert "2026-03-02 12:05 UTC" == moment(there)


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("RAILWAY_TOKEN", "RAILWAY_TOKEN"),
        ("A_" + "B" * 78, "A_" + "B" * 78),
        ("A_" + "B" * 79, None),
        ("RAILWAY_TOKEN or another", None),
        ("npm", None),
    ],
)
def test_only_a_name_is_the_name_of_a_secret(key: str, secret: str | None) -> None:
    """Else it is a provider, or nobody's word at all."""
    assert secret == secret_of(replace(REJECTED, key=key))


def test_who_is_blamed_stands_before_what_is_wrong() -> None:
    """However often that has a colon."""
    known = Cause(of=CauseClass.QUOTA, key="npm: full: quite", owner=Owner.HUMAN, why="So it says.")

    assert "npm" == blamed(known)
    assert blamed(replace(known, of=CauseClass.CODE)) is None
