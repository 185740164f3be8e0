"""What an issue says of each sort of failure: sentence, table, and when it is over."""

from dataclasses import replace

import pytest

from incident_builders import (
    BAD,
    CI,
    GOOD,
    MINUTE,
    PIPELINE,
    PROJECT,
    REJECTED,
    REPO,
    STAGING,
    STATUS,
    T0,
    UNKNOWN,
    WEB,
    ailment,
    deployment,
    incident,
    page,
    proof,
)
from pipeline_health.core.issue_text import body
from pipeline_health.core.model.incident import Ailment, Incident, Owner, Phase, Remedy
from pipeline_health.core.model.policy import EvidenceMode, ProjectPolicy, Routing
from pipeline_health.core.model.readings import Commit

SHOP = ProjectPolicy(name=PROJECT, repo=REPO, branch="main")
SINCE = "and has been failing since 2026-11-22 10:05 UTC."
WHERE = "project `shop` (`acme/shop`)"
BAD_LINK = f"[`1b1b1b1`](https://github.com/acme/shop/commit/{BAD})"
PERSON = replace(UNKNOWN, owner=Owner.HUMAN)


def text_of(told: Incident) -> str:
    """Give the body as it is filed with the default routing."""
    return body(told, routing=Routing(), evidence_shown=EvidenceMode.LINK, project=SHOP)


def section(told: Incident, name: str) -> str:
    """Give the text below one heading."""
    return text_of(told).partition(f"### {name}\n\n")[2].partition("\n\n### ")[0]


def rows(told: Incident) -> dict[str, str]:
    """Give the rows of the table by their names; of equal names the last."""
    lines = text_of(told).split("\n\n")[2].split("\n")[2:]
    pairs = (line.strip("| ").partition(" | ") for line in lines)
    return {name: value for name, _, value in pairs}


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        pytest.param(
            ailment(CI), f"Workflow `CI` failed on `main` of {WHERE}, {SINCE}", id="workflow"
        ),
        pytest.param(
            ailment(STATUS),
            f"Commit status `ci/circle` failed on `main` of {WHERE}, {SINCE}",
            id="status",
        ),
        pytest.param(
            ailment(WEB),
            f"The deployment of service `web` to `staging` failed in {WHERE}, {SINCE}",
            id="service",
        ),
        pytest.param(
            ailment(STAGING),
            f"The deployment to environment `shop / staging` of {WHERE} failed, {SINCE}",
            id="environment",
        ),
        pytest.param(
            ailment(PIPELINE),
            "The deployment to `staging` by workflow `Staging Pipeline` failed in "
            f"{WHERE}, {SINCE}",
            id="pipeline",
        ),
    ],
)
def test_the_sentence_says_what_and_since_when(each: Ailment, expected: str) -> None:
    """The first sentence names the thing, the place and the time, and the word failed."""
    assert expected == text_of(incident(each)).split("\n\n")[1]


def test_the_sentence_of_a_credential() -> None:
    """A rejected credential is named first, then what it broke, and how much more."""
    told = incident(ailment(CI), ailment(WEB), cause=REJECTED)

    assert (
        f"The secret `RAILWAY_TOKEN` was rejected: workflow `CI` failed on `main` of {WHERE}, "
        "and has been failing since 2026-11-22 10:05 UTC; 1 other thing failed for the same "
        "reason." == text_of(told).split("\n\n")[1]
    )


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        pytest.param("Railway", "The credential for `Railway` was rejected: ", id="provider"),
        pytest.param("credential", "A credential was rejected: ", id="nothing known"),
        pytest.param("X_" + "Y" * 90, "The credential for `X_YYY", id="no plausible name"),
    ],
)
def test_a_credential_is_named_as_exactly_as_it_is_known(key: str, expected: str) -> None:
    """Without a secret's name the provider is named, and without that nothing is claimed."""
    told = incident(cause=replace(REJECTED, key=key))

    assert text_of(told).split("\n\n")[1].startswith(expected)


def test_the_sentence_of_what_is_over() -> None:
    """Once it is proved fixed the sentence says from when to when it was broken."""
    told = replace(incident(), phase=Phase.RESOLVED, resolved_at=T0 + 125 * MINUTE)

    assert (
        f"Workflow `CI` failed on `main` of {WHERE}, first at 2026-11-22 10:05 UTC, and was proved "
        "fixed at 2026-11-22 12:10 UTC." == text_of(told).split("\n\n")[1]
    )


def test_the_table_of_red_ci() -> None:
    """Every fact that is known has its row, in the order in which it is asked for."""
    told = incident(ailment(CI, jobs=("test", "lint")))

    assert {
        "project": "`shop`",
        "repository": "`acme/shop`",
        "failing commit": BAD_LINK,
        "workflow": "`CI`",
        "branch": "`main`",
        "failed jobs": "`test`, `lint`",
        "run": "[run 101](https://github.com/acme/shop/actions/runs/101)",
        "since": "2026-11-22 10:05 UTC",
        "last green commit": f"[`0a0a0a0`](https://github.com/acme/shop/commit/{GOOD})",
        "suspects": "[every commit between the two]"
        f"(https://github.com/acme/shop/compare/{GOOD}...{BAD})",
    } == rows(told)


def test_the_table_of_a_deployment_without_a_commit() -> None:
    """What is not known has no row; the environment and the last failure have theirs."""
    told = replace(
        incident(ailment(WEB, trace=deployment(), commit=None, failed_at=T0 + MINUTE)),
        first_failed_at=T0,
        previous=7,
    )

    assert {
        "project": "`shop`",
        "repository": "`acme/shop`",
        "service": "`web`",
        "environment": "`staging`",
        "deployment": "[deployment `d-1`](https://railway.com/project/p1/service/s1?id=d-1)",
        "since": "2026-11-22 10:05 UTC",
        "last failure": "2026-11-22 10:06 UTC",
        "last green commit": f"[`0a0a0a0`](https://github.com/acme/shop/commit/{GOOD})",
        "earlier issue of this cause": "[no. 7](https://github.com/acme/shop/issues/7)",
    } == rows(told)


def test_the_environment_is_named_once() -> None:
    """A failure of an environment has the environment for its subject, and no second row."""
    told = replace(incident(ailment(STAGING, trace=page())), last_green=None)

    assert {
        "project": "`shop`",
        "repository": "`acme/shop`",
        "failing commit": BAD_LINK,
        "environment": "`shop / staging`",
        "page": "[details](https://circle.example/jobs/7)",
        "since": "2026-11-22 10:05 UTC",
    } == rows(told)


def test_a_commit_that_was_green_before_has_no_suspects() -> None:
    """When the very commit was green once, the table says that the code did not change."""
    assert (
        "none: this very commit was green before, so nothing in the code changed"
        == rows(replace(incident(), last_green=BAD))["suspects"]
    )


def test_a_credential_has_no_suspects() -> None:
    """No commit is suspected of what a rejected credential did."""
    assert "suspects" not in rows(incident(cause=REJECTED))


def test_the_other_failures_are_in_the_table() -> None:
    """Everything else that failed for the same cause is listed with its link."""
    told = incident(ailment(CI, failed_at=T0 + MINUTE), ailment(WEB, trace=deployment()))

    assert (
        "the deployment of service `web`, "
        "[deployment `d-1`](https://railway.com/project/p1/service/s1?id=d-1)"
        == rows(told)["failed too"]
    )


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        pytest.param(
            ailment(CI, jobs=("test",)),
            f"- Workflow `CI` succeeds on `main` at a commit that contains {BAD_LINK}, "
            "with job `test` run and passed.",
            id="workflow",
        ),
        pytest.param(
            ailment(STATUS),
            f"- Commit status `ci/circle` succeeds on `main` at a commit that contains {BAD_LINK}.",
            id="status",
        ),
        pytest.param(
            ailment(PIPELINE, jobs=("a", "b")),
            f"- Workflow `Staging Pipeline` succeeds at a commit that contains {BAD_LINK}, "
            "with jobs `a`, `b` run and passed.",
            id="pipeline",
        ),
        pytest.param(
            ailment(WEB),
            "- A deployment of service `web` to `staging` succeeds at a commit that contains "
            f"{BAD_LINK}.",
            id="service",
        ),
        pytest.param(
            ailment(STAGING, commit=None),
            "- A deployment to environment `shop / staging` succeeds after 2026-11-22 10:05 UTC.",
            id="no commit",
        ),
        pytest.param(
            replace(ailment(CI), healed=proof()),
            f"- Workflow `CI` succeeds on `main` at a commit that contains {BAD_LINK}: seen at "
            "2026-11-22 12:10 UTC ([run 202](https://github.com/acme/shop/actions/runs/202)).",
            id="seen",
        ),
    ],
)
def test_done_when_is_observable(each: Ailment, expected: str) -> None:
    """The end is a condition that anybody can look at, and this tool decides on it."""
    condition, _, who = section(incident(each), "Done when").partition("\n\n")

    assert expected == condition
    assert (
        "This tool watches for that and closes the issue itself, with the proof. Closing it by "
        "hand while it is still broken reopens it." == who
    )


def test_a_branch_that_nobody_named_has_no_row() -> None:
    """Where the configuration names no branch the table is silent about it."""
    text = body(
        incident(),
        routing=Routing(),
        evidence_shown=EvidenceMode.LINK,
        project=replace(SHOP, branch=None),
    )

    assert "failed on the watched branch of" in text
    assert "| branch |" not in text


def test_a_secret_that_was_never_set_is_not_said_to_be_rejected() -> None:
    """What is to be done begins with whether there is anything to be replaced."""
    unset = replace(REJECTED, why="The log says so: a named secret is not set.")

    assert "The secret `RAILWAY_TOKEN` is not set: workflow `CI` failed" in text_of(
        incident(cause=unset)
    )


# -- rows that only some incidents have ------------------------------------------------------


def test_what_comes_and_goes_says_when_it_closes() -> None:
    """A reader of an issue that stays open though all is green learns why."""
    flapping = replace(incident(), flapping=True, looks_wanted=6)
    told = "it came and went; it closes after 6 green looks in a row"
    assert rows(flapping)["flapping"] == told


def test_another_monitors_issue_is_linked() -> None:
    """It waited for that one, and people may have written there."""
    link = "[no. 3](https://github.com/acme/shop/issues/3)"
    assert rows(replace(incident(), beside=3))["told by another monitor before"] == link


def test_who_made_the_failing_commit_is_told_as_far_as_it_is_known() -> None:
    """The author's name is shown inert."""
    made = Commit(sha=BAD, committed_at=T0, author="dev")
    of = incident(replace(ailment(), made=made))
    assert rows(of)["failing commit"] == f"{BAD_LINK} by `dev`, 2026-11-22 10:05 UTC"
    nameless = incident(replace(ailment(), made=replace(made, author="")))
    assert rows(nameless)["failing commit"] == f"{BAD_LINK}, 2026-11-22 10:05 UTC"


@pytest.mark.parametrize(
    ("sent", "became"), [(True, "it did not help"), (False, "GitHub refused it")]
)
def test_a_rerun_that_was_tried_is_told(*, sent: bool, became: str) -> None:
    """The newest one, and what became of it."""
    tried = Remedy(
        cause=UNKNOWN.of, commit=BAD, run_id=101, failed_at=T0, at=T0 + MINUTE, sent=sent
    )
    older = replace(tried, at=T0, sent=not sent)
    said = text_of(replace(incident(), remedies=(older, tried)))
    assert f"\n\nA re-run of the failed jobs was tried at 2026-11-22 10:06 UTC; {became}." in said
    assert "2026-11-22 10:05 UTC; " not in said
