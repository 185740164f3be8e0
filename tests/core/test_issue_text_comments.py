"""Comments: short facts, no log, and a key by which each is found again."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident_builders import (
    BAD,
    CI,
    FIXED,
    REJECTED,
    STAGING,
    T0,
    UNKNOWN,
    WEB,
    ailment,
    incident,
    proof,
)
from pipeline_health.core.issue_text import (
    closing,
    comment_key,
    duplicate,
    handed_over,
    orphaned,
    posted,
    reopened,
)
from pipeline_health.core.model.findings import Subject, Thing
from pipeline_health.core.model.incident import Cause, CauseClass, Incident, Owner
from pipeline_health.core.model.plan import Comment

FIXED_LINK = f"[`2c2c2c2`](https://github.com/acme/shop/commit/{FIXED})"
BAD_LINK = f"[`1b1b1b1`](https://github.com/acme/shop/commit/{BAD})"
RUN_202 = "[run 202](https://github.com/acme/shop/actions/runs/202)"
RUN_101 = "[run 101](https://github.com/acme/shop/actions/runs/101)"
TO_A_PERSON = "The agent should stop here. The steps for a person are in the description."


def stopped(of: CauseClass, key: str) -> Cause:
    """Give a cause that lies with a provider."""
    return Cause(of=of, key=key, owner=of.owner, why="The log says so.")


def test_closing_states_the_proof() -> None:
    """The closing comment names what succeeded, the commit, the run and the time to recovery."""
    assert (
        f"Fixed: workflow `CI` succeeded at {FIXED_LINK} ({RUN_202}), "
        "2 h 5 min after it first failed." == closing(incident(), proof=proof())
    )


def test_closing_states_every_proof() -> None:
    """What else was broken is listed with its own proof; a proof without a commit names none."""
    healed = replace(proof(WEB), commit=None)
    told = incident(
        replace(ailment(CI), healed=proof()),
        replace(ailment(WEB), healed=healed),
        ailment(STAGING),
    )

    assert (
        f"Fixed: workflow `CI` succeeded at {FIXED_LINK} ({RUN_202}), "
        "2 h 5 min after it first failed.\n\nProved as well:\n\n"
        f"- The deployment of service `web` succeeded ({RUN_202})." == closing(told, proof=proof())
    )


def test_a_duplicate_points_to_the_older_issue() -> None:
    """The first line is the one that GitHub itself understands."""
    assert (
        "Duplicate of #12\n\nThe root cause is the same. That issue is older and stays open."
        == duplicate(of=12)
    )


def test_reopening_says_why() -> None:
    """The reason comes first, then the newest failure with its commit and run."""
    assert (
        f"Reopened. It failed again.\n\nThe newest failure: workflow `CI` at {BAD_LINK}, "
        f"2026-11-22 10:05 UTC ({RUN_101})." == reopened(incident(), why="it failed again.")
    )


def test_reopening_without_a_commit() -> None:
    """A failure of no known commit is told without one."""
    told = reopened(incident(ailment(STAGING, commit=None)), why="It failed again.")

    assert (
        "Reopened. It failed again.\n\nThe newest failure: the deployment to environment "
        f"`shop / staging`, 2026-11-22 10:05 UTC ({RUN_101})." == told
    )


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            incident(cause=REJECTED),
            "Handed over from the agent to a person. The secret `RAILWAY_TOKEN` was rejected, and "
            f"no commit can fix that.\n\n{TO_A_PERSON}",
            id="credential",
        ),
        pytest.param(
            replace(
                incident(cause=replace(UNKNOWN, owner=Owner.HUMAN)),
                escalated="3 fixes by the agent did not work.",
            ),
            f"Handed over from the agent to a person. 3 fixes by the agent did not work.\n\n"
            f"{TO_A_PERSON}",
            id="attempts used up",
        ),
        pytest.param(
            incident(cause=replace(UNKNOWN, owner=Owner.HUMAN, why="It is a person's.")),
            f"Handed over from the agent to a person. It is a person's.\n\n{TO_A_PERSON}",
            id="the cause",
        ),
        pytest.param(
            incident(cause=stopped(CauseClass.QUOTA, "GitHub Actions: Actions may not spend more")),
            "Handed over from the agent to a person. GitHub Actions gives no more until a limit is "
            f"raised, and no commit can do that.\n\n{TO_A_PERSON}",
            id="quota",
        ),
        pytest.param(
            incident(cause=stopped(CauseClass.PLATFORM, "")),
            "Handed over from the agent to a person. The provider itself failed, and no commit can "
            f"mend that.\n\n{TO_A_PERSON}",
            id="platform",
        ),
        pytest.param(
            replace(incident(), attempts=1),
            "Handed over from a person to the agent. No known signature matches the evidence.\n\n"
            "The task is in the description.",
            id="to the agent",
        ),
    ],
)
def test_handing_over_says_to_whom_and_why(told: Incident, expected: str) -> None:
    """The new owner reads why it is theirs, and the old one that they are done."""
    assert expected == handed_over(told)


def test_no_comment_holds_a_word_of_a_log() -> None:
    """Neither evidence nor a live name gets into a comment, whatever they are."""
    evil = replace(CI, subject=Subject(Thing.WORKFLOW, "`@archon` fixes #12\n\n# go"))
    told = incident(replace(ailment(evil), healed=proof(evil)))
    comments = (
        closing(told, proof=proof(evil)),
        reopened(told, why="@archon fixes #12 <!-- x"),
        handed_over(told),
    )

    for comment in comments:
        assert "AssertionError" not in comment
        assert "@archon" not in comment
        assert "#12" not in comment
        assert "\n# " not in comment
        assert "<!--" not in comment


@given(key=st.text(min_size=1, max_size=80))
def test_a_comment_is_found_by_its_key(key: str) -> None:
    """Whatever the key is made of, the posted comment gives it back, and hides it in one line."""
    text = posted(Comment(key=key, body="Fixed."))

    assert key == comment_key(text)
    assert key == comment_key(text.replace("\n", "\r\n") + "\r\n")
    assert ["Fixed.", ""] == text.split("\n")[:2]
    assert "--" not in text.split("\n")[2].removeprefix("<!--").removesuffix("-->")


def test_a_posted_comment_reads_as_documented() -> None:
    """The hidden line is the last one and names the key."""
    key = f"closed n0nce {T0:%Y%m%dT%H%M%SZ}"

    assert "Fixed.\n\n<!-- pipeline-health comment closed%20n0nce%2020261122T100500Z -->" == posted(
        Comment(key=key, body="Fixed.")
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("", id="empty"),
        pytest.param("Fixed.", id="somebody's words"),
        pytest.param("<!-- pipeline-health comment k -->\nand more", id="quoted above"),
        pytest.param("> <!-- pipeline-health comment k -->", id="quoted"),
    ],
)
def test_other_comments_have_no_key(body: str) -> None:
    """Only a key that stands alone in the last line is one."""
    assert comment_key(body) is None


def test_whatever_a_key_holds_it_is_one_hidden_line_and_is_read_again() -> None:
    """A slash, a dash that could end the comment, and half a character."""
    comment = Comment(key="a b/c --> \xe9 \ud800", body="Said.")

    shown = posted(comment)

    assert shown == ("Said.\n\n<!-- pipeline-health comment a%20b%2Fc%20-%2D%3E%20%C3%A9%20%3F -->")
    assert "a b/c --> \xe9 ?" == comment_key(shown)
    assert comment_key(f"{shown} and more") is None


def test_an_orphan_is_told_why_it_is_closed() -> None:
    """Nobody looks there any more, which proves nothing."""
    assert orphaned() == (
        "Closed, because this repository is not in the configuration of `pipeline-health` any "
        "more: nobody would see when this is over. It is not proved to be fixed."
    )
