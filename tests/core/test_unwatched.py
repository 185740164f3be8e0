"""What nothing judges, and what to do about it."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from builders import (
    NOW,
    a_deployment,
    a_policy,
    a_repository,
    a_run,
    a_service,
    a_suite,
    a_view,
    an_environment,
    blind,
    checks,
    github,
    seen,
)
from pipeline_health.core.model.audit import Audit, Compared, Unverifiable
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import Blind, BlindCause, GitHubReading, Habit, NotAsked
from pipeline_health.core.model.report import UnwatchedLine
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.unwatched import unwatched


def habit(workflow: str, *events: str) -> Habit:
    """Give a workflow that ran lately."""
    return Habit(workflow=workflow, events=frozenset(events))


def names(view: ProjectView) -> list[str]:
    """Give what is not watched, by name."""
    return [line.what for line in unwatched(view)]


def with_habits(*habits: Habit, policy: ProjectPolicy | None = None) -> ProjectView:
    """Give a healthy view in which these workflows ran lately."""
    return a_view(read=replace(github(), habits=seen(habits)), policy=policy)


def test_a_healthy_project_is_watched_in_full() -> None:
    """Then silence means health."""
    read = replace(github(), required=seen(frozenset({"CI"})), habits=seen((habit("CI", "push"),)))

    assert [] == names(a_view(read=read))


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (("workflow_dispatch",), ["workflow Backup"]),
        (("repository_dispatch", "workflow_run"), ["workflow Backup"]),
        (("workflow_dispatch", "push"), []),
        (("schedule",), []),
        (("merge_group",), []),
        (("pull_request",), []),
    ],
)
def test_a_workflow_that_nothing_judges_is_named(
    events: Iterable[str], expected: list[str]
) -> None:
    """Judged is what a push or a schedule begins; a pull request is not of the branch."""
    assert expected == names(with_habits(habit("Backup", *events)))


@pytest.mark.parametrize(
    ("deploy_workflow", "advice"),
    [
        (None, "; if it deploys, name it as deploy_workflow"),
        ("Pipeline", ""),
    ],
)
def test_the_line_says_why_and_what_to_do(deploy_workflow: str | None, advice: str) -> None:
    """Naming a second workflow that deploys is no advice."""
    view = with_habits(
        habit("Backup", "workflow_dispatch"), policy=a_policy(deploy_workflow=deploy_workflow)
    )

    assert [
        UnwatchedLine(
            what="workflow Backup",
            why="it ran in the last week, begun by workflow_dispatch, which is not judged",
            advice=f"let a push or a schedule begin what must not fail unseen{advice}",
        )
    ] == list(unwatched(view))


def test_the_workflow_that_deploys_is_judged() -> None:
    """However it begins."""
    view = with_habits(
        habit("Pipeline", "workflow_run"), policy=a_policy(deploy_workflow="Pipeline")
    )

    assert [] == names(view)


def test_a_workflow_that_a_push_begins_at_the_head_is_judged() -> None:
    """Also when all that the last week shows of it are runs that somebody started."""
    at_head = checks(a_suite(run=a_run(2, workflow="Backup")))
    read = replace(github(at_head=at_head), habits=seen((habit("Backup", "workflow_dispatch"),)))

    assert [] == names(a_view(read=read))


def test_a_workflow_is_not_judged_by_what_was_not_seen() -> None:
    """While the checks are blind, what the last week shows counts."""
    read = replace(github(), checks=blind(), habits=seen((habit("Backup", "workflow_dispatch"),)))

    assert ["workflow Backup"] == names(a_view(read=read))


def test_workflows_that_could_not_be_read_are_said() -> None:
    """The list is then not known to be whole."""
    assert ["workflows"] == names(a_view(read=replace(github(), habits=blind())))


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(a_policy(), ["CI that does not run"]), (a_policy(ci_workflows=("CI",)), [])],
    ids=["nothing is known", "the operator says so"],
)
def test_what_has_to_run_must_be_known(policy: ProjectPolicy, expected: list[str]) -> None:
    """Three pushes teach it, or the configuration does."""
    read = replace(github(), required=seen(frozenset[str]()))

    assert expected == names(a_view(read=read, policy=policy))


def test_checks_that_the_token_may_not_see_are_named() -> None:
    """Fine-grained tokens see Actions only."""
    read = github(at_head=replace(checks(a_suite()), other_apps=False))

    assert ["checks of other apps than Actions"] == names(a_view(read=read))


@pytest.mark.parametrize(
    ("staging", "expected"),
    [
        (NotAsked(), []),
        (blind(), []),
        (
            Blind(at=NOW, why="it is restricted", cause=BlindCause.UNSEEN),
            ["environment staging"],
        ),
        (
            Blind(at=NOW, why="there is no token", cause=BlindCause.UNCONFIGURED),
            ["environment staging"],
        ),
        (an_environment(a_service(a_deployment()), a_service(name="idle")), []),
        (
            an_environment(a_service(a_deployment(commit=None), name="db")),
            ["which commit service db runs"],
        ),
    ],
    ids=["not on Railway", "blind", "restricted", "no token", "all named", "an image"],
)
def test_of_staging_it_names_what_no_token_reads_and_no_commit_proves(
    staging: Environment | Blind | NotAsked, expected: list[str]
) -> None:
    """A service that was never deployed is nothing to be promoted."""
    assert expected == names(a_view(staging=staging))


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (BlindCause.UNCONFIGURED, "give pipeline-health a token that reads it"),
        (
            BlindCause.UNSEEN,
            "correct its name in the configuration, or give pipeline-health a token that reads it",
        ),
    ],
    ids=["no token", "no such environment"],
)
def test_an_environment_that_is_not_shown_may_have_another_name(
    cause: BlindCause, expected: str
) -> None:
    """A token alone does not mend a name that is wrong."""
    view = a_view(staging=Blind(at=NOW, why="it is not read", cause=cause))

    assert [expected] == [line.advice for line in unwatched(view)]


@pytest.mark.parametrize(
    ("production", "expected"),
    [
        (NotAsked(), []),
        (NotAsked("RAILWAY_TOKEN_SHOP sees staging only"), ["environment production"]),
        (blind(), []),
        (
            Blind(at=NOW, why="it is restricted", cause=BlindCause.UNSEEN),
            ["environment production"],
        ),
    ],
    ids=["not on Railway", "no token for it", "blind", "restricted"],
)
def test_of_production_it_names_what_no_token_reads(
    production: Blind | NotAsked, expected: list[str]
) -> None:
    """Nothing of it is judged then."""
    assert expected == names(replace(a_view(), production=production))


def test_a_service_that_the_configuration_leaves_out_is_named() -> None:
    """The others are not watched once some are named."""
    view = a_view(
        policy=a_policy(services=("web",)),
        staging=an_environment(a_service(a_deployment()), a_service(name="worker")),
    )

    assert ["service worker"] == names(view)


def test_a_service_that_is_not_there_is_named() -> None:
    """A name that is misspelt watches nothing, and says so nowhere else."""
    view = a_view(
        policy=a_policy(services=("wbe", "web")), staging=an_environment(a_service(a_deployment()))
    )

    assert ["service wbe"] == names(view)


def test_an_archived_repository_has_nothing_to_watch() -> None:
    """Nothing runs there."""
    read: GitHubReading = replace(
        github(repository=a_repository(archived=True)), habits=seen((habit("Backup", "push"),))
    )

    assert [] == names(a_view(read=read))


@pytest.mark.parametrize(
    ("unverifiable", "why"),
    [
        ((), None),
        (("A",), "A cannot be compared"),
        (tuple("ABCDEFG"), "A, B, C, D, E and 2 more cannot be compared"),
    ],
)
def test_secrets_that_cannot_be_compared_are_one_line(
    unverifiable: tuple[str, ...], why: str | None
) -> None:
    """Sealed or unreadable: whether they are shared nobody would hear."""
    doubts = tuple(Unverifiable(name=name, why="is sealed") for name in unverifiable)
    variables = seen(Compared(unverifiable=doubts))
    audit = Audit(at=NOW, variables=variables, files=NotAsked())
    lines = [
        line for line in unwatched(replace(a_view(), audit=seen(audit))) if "share" in line.what
    ]
    assert [line.why for line in lines] == ([] if why is None else [why])
    assert all(line.advice == "see: pipeline-health credentials-audit shop" for line in lines)


def test_an_audit_that_saw_no_variables_names_none() -> None:
    """That is said where the environment is not read."""
    audit = Audit(at=NOW, variables=blind(), files=NotAsked())
    assert names(replace(a_view(), audit=seen(audit))) == names(a_view())
