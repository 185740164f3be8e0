"""How failures of production are told: as production's, and never as staging's."""

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
from pipeline_health.core.model.incident import Cause, CauseClass, Incident, Owner
from pipeline_health.core.model.policy import EvidenceMode, ProjectPolicy, Routing

SHOP = ProjectPolicy(name=PROJECT, repo=REPO, branch="main", production_environment="live")
AT = f"at a commit that contains [`1b1b1b1`](https://github.com/acme/shop/commit/{BAD})"
FIXED_LINK = f"[`2c2c2c2`](https://github.com/acme/shop/commit/{FIXED})"
WHERE = "project `shop` (`acme/shop`)"
SINCE = "since 2026-11-22 10:05 UTC."
REJECTED = Cause(
    of=CauseClass.CREDENTIAL, key="RAILWAY_TOKEN", owner=Owner.HUMAN, why="The log says so."
)

FAILED = replace(WEB, kind=Kind.PRODUCTION_DEPLOY_FAILED)
WHOLE = replace(FAILED, subject=Subject(Thing.ENVIRONMENT, "live"))
BY_WORKFLOW = replace(FAILED, subject=Subject(Thing.WORKFLOW, "Pipeline"))
LAGGING = replace(WEB, kind=Kind.PRODUCTION_LAGGING, subject=Subject(Thing.PROJECT, "live"))


def text_of(told: Incident, project: ProjectPolicy | None = SHOP) -> str:
    """Give the body as it is filed with the default routing."""
    return body(told, routing=Routing(), evidence_shown=EvidenceMode.LINK, project=project)


@pytest.mark.parametrize(
    ("symptom", "cause", "expected"),
    [
        (FAILED, UNKNOWN, "Prod deploy failed: web (shop)"),
        (WHOLE, UNKNOWN, "Prod deploy failed: live (shop)"),
        (LAGGING, UNKNOWN, "Prod deploy lagging main (shop)"),
    ],
)
def test_titles_begin_as_the_other_crons_know_them(
    symptom: Symptom, cause: Cause, expected: str
) -> None:
    """`Prod deploy` is what they key on."""
    assert expected == title_of(symptom.kind, symptom.subject, project=PROJECT, cause=cause)


def test_a_rejected_credential_says_what_it_keeps_from_production() -> None:
    """It is not staging that cannot deploy."""
    title = title_of(
        Kind.CREDENTIAL_REJECTED,
        WHOLE.subject,
        project=PROJECT,
        cause=REJECTED,
        symptom_kind=WHOLE.kind,
    )
    assert "RAILWAY_TOKEN rejected: production cannot deploy (shop)" == title


@pytest.mark.parametrize(
    ("symptom", "expected"),
    [
        (FAILED, f"The deployment of service `web` to `live` failed in {WHERE}, and has been"),
        (WHOLE, f"The deployment to environment `live` of {WHERE} failed, and has been failing"),
        (BY_WORKFLOW, f"The deployment to `live` by workflow `Pipeline` failed in {WHERE}, and"),
        (
            LAGGING,
            f"Production lags behind what staging proved in {WHERE}, and has been lagging {SINCE}",
        ),
    ],
    ids=["service", "environment", "workflow", "lagging"],
)
def test_the_sentence_names_production(symptom: Symptom, expected: str) -> None:
    """By the name that the operator gave it."""
    assert text_of(incident(ailment(symptom))).split("\n\n")[1].startswith(expected)


@pytest.mark.parametrize("symptom", [FAILED, LAGGING], ids=["service", "lagging"])
def test_the_row_of_the_environment_is_productions(symptom: Symptom) -> None:
    """Nobody is sent to staging."""
    text = text_of(incident(ailment(symptom, trace=page())))
    assert 1 == text.count("| environment | `live` |")
    assert "| environment | production |" in text_of(
        incident(ailment(symptom, trace=page())), project=None
    )


@pytest.mark.parametrize(
    ("symptom", "expected"),
    [
        (FAILED, f"A deployment of service `web` to `live` succeeds {AT}."),
        (LAGGING, f"Production is deployed {AT}."),
    ],
    ids=["service", "lagging"],
)
def test_done_when_is_what_is_seen_in_production(symptom: Symptom, expected: str) -> None:
    """A success on staging ends nothing."""
    assert f"### Done when\n\n- {expected}\n" in text_of(incident(ailment(symptom)))


@pytest.mark.parametrize(
    ("symptom", "expected"),
    [
        (FAILED, "the deployment of service `web` to production succeeded"),
        (LAGGING, "production caught up"),
    ],
    ids=["service", "lagging"],
)
def test_the_closing_comment_names_production(symptom: Symptom, expected: str) -> None:
    """What succeeded was not staging."""
    text = closing(incident(ailment(symptom)), proof=proof(symptom))
    assert text.startswith(f"Fixed: {expected} at {FIXED_LINK} (")


def test_an_agent_mends_a_failed_deployment() -> None:
    """It is told what is lost meanwhile."""
    text = who_and_how(incident(ailment(FAILED, trace=deployment())))
    assert text.startswith("**An agent**, in the repository. Severity: HIGH. Nothing new reaches")
    assert "Nothing new reaches production until it succeeds." in text


def test_a_person_promotes_what_nothing_promotes() -> None:
    """There is no log, and no commit to revert."""
    lagging = incident(
        ailment(LAGGING, trace=page("https://x.example/c")),
        cause=replace(UNKNOWN, owner=Owner.HUMAN),
    )
    text = who_and_how(lagging)
    assert "does not reach the users until production catches up." in text
    assert (
        "1. See why production lags behind what staging proved: see "
        "[details](https://x.example/c).\n2. Promote it, or mend what should have:"
    ) in text
    assert "revert" not in text


def test_ci_stays_ci() -> None:
    """Words of production are for its kinds only."""
    assert "production" not in text_of(incident(ailment(CI))).lower().split("### evidence")[0]
