import pytest

from github_samples import CREATED, FIVE_PAST, JOB, REF, RUN, SHA
from pipeline_health.clients.errors import UnexpectedShapeError
from pipeline_health.clients.github_rest import (
    annotation_of,
    created_issue_of,
    job_of,
    relation_of,
    run_of,
)
from pipeline_health.clients.json import Json
from pipeline_health.core.model.questions import Job, Relation
from pipeline_health.core.model.readings import CheckConclusion, CheckStatus


def test_a_run_is_read_as_the_suite_that_it_would_be() -> None:
    """REST's words in lower case mean the same."""
    run = run_of(Json(RUN))

    assert (SHA, 8, "", "github-actions", CheckStatus.IN_PROGRESS, None, "CI") == (
        run.sha,
        run.suite.id,
        run.suite.node_id,
        run.suite.app,
        run.suite.status,
        run.suite.conclusion,
        run.suite.run.workflow if run.suite.run else None,
    )


def test_a_run_of_a_file_that_does_not_parse_is_named_by_the_file() -> None:
    """Such a workflow has no name."""
    run = run_of(
        Json({**RUN, "name": None, "status": "completed", "conclusion": "startup_failure"})
    )

    assert (".github/workflows/ci.yml", CheckConclusion.STARTUP_FAILURE) == (
        run.suite.run.workflow if run.suite.run else None,
        run.suite.conclusion,
    )


def test_a_job_names_the_first_step_that_failed() -> None:
    """A later step often fails because of it."""
    expected = Job(
        name="test",
        conclusion=CheckConclusion.FAILURE,
        completed_at=FIVE_PAST,
        step="pytest",
        url="https://github.com/acme/shop/actions/runs/5/job/3",
    )

    logged = job_of(Json(JOB))

    assert (3, expected) == (logged.id, logged.job)


def test_a_job_that_has_not_begun_has_no_steps() -> None:
    """Nothing of it is known but its name."""
    logged = job_of(Json({"id": 3, "name": "test"}))

    assert Job(name="test", conclusion=None) == logged.job
    assert (1, False) == (logged.attempt, logged.began)


@pytest.mark.parametrize(
    ("level", "title", "expected"),
    [
        ("failure", None, "It broke."),
        ("failure", "Runner", "Runner: It broke."),
        ("warning", None, ""),
        ("notice", None, ""),
        (None, None, ""),
    ],
)
def test_only_a_failure_that_was_noted_tells_anything(
    level: str | None, title: str | None, expected: str
) -> None:
    """Every run has warnings about versions; none of them is why it failed."""
    noted = {"annotation_level": level, "title": title, "message": "It broke."}

    assert expected == annotation_of(Json(noted))


@pytest.mark.parametrize("status", ["identical", "ahead", "behind", "diverged"])
def test_a_comparison_says_how_the_newer_commit_stands(status: str) -> None:
    """GitHub's four words are ours."""
    assert Relation(status) == relation_of(Json({"status": status}))


def test_an_unknown_comparison_is_refused() -> None:
    """It must not pass for containment."""
    with pytest.raises(UnexpectedShapeError, match="sideways"):
        relation_of(Json({"status": "sideways"}))


def test_what_was_just_filed_is_ours() -> None:
    """The labels are those of the answer."""
    issue = created_issue_of(Json(CREATED), REF)

    assert (True, True, "", frozenset({"bug"})) == (
        issue.ours,
        issue.open,
        issue.body,
        issue.labels,
    )
