"""How the further kinds are told: what, since when, until when, by whom, and when it is over."""

from dataclasses import replace

import pytest

from incident_builders import (
    BAD,
    CI,
    FIXED,
    PROJECT,
    REPO,
    UNKNOWN,
    WEB,
    ailment,
    deployment,
    incident,
    page,
    proof,
)
from pipeline_health.core.issue_text import body, closing, title_of
from pipeline_health.core.issue_text.steps import who_and_how
from pipeline_health.core.model.findings import Kind, Subject, Symptom, Thing
from pipeline_health.core.model.incident import Incident, Owner
from pipeline_health.core.model.policy import EvidenceMode, ProjectPolicy, Routing

SHOP = ProjectPolicy(name=PROJECT, repo=REPO, branch="main")
AT = f"at a commit that contains [`1b1b1b1`](https://github.com/acme/shop/commit/{BAD})"
FIXED_LINK = f"[`2c2c2c2`](https://github.com/acme/shop/commit/{FIXED})"
WHERE = "project `shop` (`acme/shop`)"
SINCE = "since 2026-11-22 10:05 UTC."

MISSING = replace(CI, kind=Kind.MAIN_CI_MISSING, subject=Subject(Thing.BRANCH, "main"))
STUCK = replace(CI, kind=Kind.MAIN_CI_STUCK)
NIGHTLY = replace(CI, kind=Kind.SCHEDULED_WORKFLOW_RED, subject=Subject(Thing.WORKFLOW, "Nightly"))
HANGING = replace(WEB, kind=Kind.STAGING_DEPLOY_STUCK)
NEVER = replace(WEB, kind=Kind.STAGING_DEPLOY_MISSING)
TESTS = replace(WEB, kind=Kind.STAGING_TESTS_FAILED, subject=Subject(Thing.PROJECT, "staging"))


def text_of(told: Incident) -> str:
    """Give the body as it is filed with the default routing."""
    return body(told, routing=Routing(), evidence_shown=EvidenceMode.LINK, project=SHOP)


@pytest.mark.parametrize(
    ("symptom", "expected"),
    [
        pytest.param(MISSING, "No CI on main (shop)", id="CI missing"),
        pytest.param(STUCK, "CI stuck: CI (shop)", id="CI stuck"),
        pytest.param(HANGING, "Staging deploy stuck: web (shop)", id="deploy stuck"),
        pytest.param(NEVER, "Staging never deployed 1b1b1b1: web (shop)", id="never deployed"),
        pytest.param(TESTS, "Staging tests failed (shop)", id="staging tests"),
        pytest.param(NIGHTLY, "Scheduled workflow red: Nightly (shop)", id="nightly"),
    ],
)
def test_each_kind_has_its_title(symptom: Symptom, expected: str) -> None:
    """The words of the portfolio's own list."""
    title = title_of(symptom.kind, symptom.subject, project=PROJECT, cause=UNKNOWN, commit=BAD)

    assert expected == title


def test_a_commit_that_is_not_known_is_not_in_a_title() -> None:
    """A title is whole without it."""
    title = title_of(NEVER.kind, NEVER.subject, project=PROJECT, cause=UNKNOWN)

    assert "Staging never deployed: web (shop)" == title


@pytest.mark.parametrize(
    ("symptom", "expected"),
    [
        pytest.param(
            MISSING,
            f"CI of branch `main` did not run at the newest commit of {WHERE}, "
            f"and has been missing {SINCE}",
            id="CI missing",
        ),
        pytest.param(
            STUCK,
            f"Workflow `CI` does not end on `main` of {WHERE}, and has been stuck {SINCE}",
            id="CI stuck",
        ),
        pytest.param(
            HANGING,
            f"The deployment of service `web` to `staging` does not end in {WHERE}, "
            f"and has been stuck {SINCE}",
            id="deploy stuck",
        ),
        pytest.param(
            NEVER,
            f"The deployment of service `web` to `staging` never began in {WHERE}, "
            f"and has been missing {SINCE}",
            id="never deployed",
        ),
        pytest.param(
            TESTS,
            f"The tests against staging failed in {WHERE}, and have been failing {SINCE}",
            id="staging tests",
        ),
        pytest.param(
            NIGHTLY,
            f"Scheduled workflow `Nightly` failed twice in a row on `main` of {WHERE}, "
            f"and has been failing {SINCE}",
            id="nightly",
        ),
    ],
)
def test_the_sentence_says_in_which_way_it_is_broken(symptom: Symptom, expected: str) -> None:
    """What did not happen did not fail."""
    assert expected == text_of(incident(ailment(symptom))).split("\n\n")[1]


@pytest.mark.parametrize(
    ("symptom", "expected"),
    [
        pytest.param(MISSING, f"CI of branch `main` runs {AT}.", id="CI missing"),
        pytest.param(STUCK, f"Workflow `CI` ends on `main` {AT}.", id="CI stuck"),
        pytest.param(
            HANGING, f"A deployment of service `web` to `staging` succeeds {AT}.", id="deploy stuck"
        ),
        pytest.param(TESTS, f"The tests against staging pass {AT}.", id="staging tests"),
        pytest.param(
            NIGHTLY, f"Scheduled workflow `Nightly` succeeds on `main` {AT}.", id="nightly"
        ),
    ],
)
def test_done_when_is_what_the_proof_shows(symptom: Symptom, expected: str) -> None:
    """The condition names what would be seen, and where."""
    assert f"### Done when\n\n- {expected}\n" in text_of(incident(ailment(symptom)))


@pytest.mark.parametrize(
    ("symptom", "expected"),
    [
        pytest.param(MISSING, "CI of branch `main` ran", id="CI missing"),
        pytest.param(STUCK, "workflow `CI` ended", id="CI stuck"),
        pytest.param(NEVER, "the deployment of service `web` succeeded", id="never deployed"),
        pytest.param(TESTS, "the tests against staging passed", id="staging tests"),
        pytest.param(NIGHTLY, "scheduled workflow `Nightly` succeeded", id="nightly"),
    ],
)
def test_the_closing_comment_says_what_happened_at_last(symptom: Symptom, expected: str) -> None:
    """A run that ended need not have succeeded."""
    text = closing(incident(ailment(symptom)), proof=proof(symptom))

    assert text.startswith(f"Fixed: {expected} at {FIXED_LINK} (")


@pytest.mark.parametrize(
    ("symptom", "rows"),
    [
        pytest.param(MISSING, ["| branch | `main` |\n| page |"], id="CI missing"),
        pytest.param(TESTS, ["| environment | `staging` |\n| page |"], id="staging tests"),
        pytest.param(
            HANGING, ["| service | `web` |", "| environment | `staging` |"], id="deploy stuck"
        ),
        pytest.param(NIGHTLY, ["| workflow | `Nightly` |", "| branch | `main` |"], id="nightly"),
    ],
)
def test_the_table_says_where_once(symptom: Symptom, rows: list[str]) -> None:
    """A branch is its own place, and the project has its row already."""
    text = text_of(incident(ailment(symptom, trace=page())))

    for row in rows:
        assert 1 == text.count(row)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(
            incident(ailment(MISSING, trace=page("https://x.example/c"))),
            "1. Find out why CI of branch `main` did not run: see [details](https://x.example/c).\n"
            "2. Make CI run on the branch again:",
            id="CI missing",
        ),
        pytest.param(
            incident(ailment(HANGING, trace=deployment())),
            "1. Find out why the deployment of service `web` does not end: see [deployment `d-1`]"
            "(https://railway.com/project/p1/service/s1?id=d-1).\n2. Mend what keeps it",
            id="deploy stuck",
        ),
        pytest.param(
            incident(ailment(NEVER, trace=page())),
            "Severity: HIGH. Nothing new reaches staging,",
            id="never deployed",
        ),
        pytest.param(
            incident(ailment(TESTS, jobs=("E2E",))),
            "1. Find out why job `E2E` of the tests against staging failed: the evidence is at the",
            id="staging tests",
        ),
        pytest.param(
            incident(ailment(TESTS)),
            "What is on staging is not proved to work, and nothing can be promoted, until they",
            id="consequence of staging tests",
        ),
        pytest.param(
            incident(ailment(NIGHTLY), cause=replace(UNKNOWN, owner=Owner.HUMAN)),
            "Severity: MEDIUM. What it does on a schedule is not done until it succeeds.",
            id="nightly",
        ),
        pytest.param(
            incident(ailment(STUCK)), "2. Cancel the run if it waits for nothing", id="CI stuck"
        ),
    ],
)
def test_the_steps_fit_the_kind(told: Incident, expected: str) -> None:
    """Nobody is sent to a log that is not there, nor told to mend what is not broken."""
    assert expected in who_and_how(told)
