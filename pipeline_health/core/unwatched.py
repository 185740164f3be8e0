"""What nothing judges: only where this list is known to be empty does silence mean health."""

from collections.abc import Iterator

from pipeline_health.core.at_head import required_of
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import Blind, BlindCause, Checks, NotAsked, Seen
from pipeline_health.core.model.report import UnwatchedLine
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import is_archived

# The verdict on a commit has the first two, the rule for schedules the third.
_JUDGED = frozenset({"push", "merge_group", "schedule"})
_NOT_OF_THE_BRANCH = frozenset({"pull_request", "pull_request_target", "pull_request_review"})
_NEWEST = 3
_NAMED = 5
_NO_READER = frozenset({BlindCause.UNCONFIGURED, BlindCause.UNSEEN})


def unwatched(view: ProjectView) -> Iterator[UnwatchedLine]:
    """Name what nobody would hear of when it breaks, each with what to do about it."""
    if is_archived(view):
        return
    yield from _workflows(view)
    yield from _required(view)
    yield from _other_apps(view)
    yield from _staging(view)
    yield from _production(view)
    yield from _secrets(view)


def _workflows(view: ProjectView) -> Iterator[UnwatchedLine]:
    habits = view.github.habits
    if isinstance(habits, Blind):
        yield UnwatchedLine(
            what="workflows",
            why=f"which of them ran in the last week could not be read ({habits.why})",
            advice="let the token read Actions",
        )
    if not isinstance(habits, Seen):
        return
    judged = _judged_workflows(view) | {view.policy.deploy_workflow}
    for habit in habits.value:
        begun = habit.events - _NOT_OF_THE_BRANCH
        if begun and not begun & _JUDGED and habit.workflow not in judged:
            yield _workflow(view, habit.workflow, begun)


def _workflow(view: ProjectView, name: str, begun: frozenset[str]) -> UnwatchedLine:
    deploys = "" if view.policy.deploy_workflow else "; if it deploys, name it as deploy_workflow"
    return UnwatchedLine(
        what=f"workflow {name}",
        why=f"it ran in the last week, begun by {', '.join(sorted(begun))}, which is not judged",
        advice=f"let a push or a schedule begin what must not fail unseen{deploys}",
    )


def _judged_workflows(view: ProjectView) -> frozenset[str]:
    """Give the workflows that a push or a schedule began at the head, or always begins."""
    checks = view.github.checks
    suites = checks.value.suites if isinstance(checks, Seen) else ()
    runs = (suite.run for suite in suites)
    return required_of(view) | {run.workflow for run in runs if run and run.event in _JUDGED}


def _required(view: ProjectView) -> Iterator[UnwatchedLine]:
    learned = view.github.required
    if view.policy.ci_workflows or not isinstance(learned, Seen) or learned.value:
        return
    yield UnwatchedLine(
        what="CI that does not run",
        why="no workflow is known to run on every push: there were fewer than three of them, or "
        "none that they have in common",
        advice="name in ci_workflows what has to run",
    )


def _other_apps(view: ProjectView) -> Iterator[UnwatchedLine]:
    match view.github.checks:
        case Seen(value=Checks(other_apps=False)):
            yield UnwatchedLine(
                what="checks of other apps than Actions",
                why="this token may not see check suites; GitHub has no such permission for "
                "fine-grained tokens",
                advice="use a classic token, or a GitHub App that may read checks",
            )
        case _:
            return


def _staging(view: ProjectView) -> Iterator[UnwatchedLine]:
    staging = view.staging
    if isinstance(staging, Seen):
        yield from _services(view, staging.value)
    elif isinstance(staging, Blind) and staging.cause in _NO_READER:
        yield _unread(view.policy.staging_environment, staging.why, cause=staging.cause)


def _production(view: ProjectView) -> Iterator[UnwatchedLine]:
    production = view.production
    match production:
        case NotAsked(why=why) if why:
            yield _unread(view.policy.production_environment, why)
        case Blind(cause=cause, why=why) if cause in _NO_READER:
            yield _unread(view.policy.production_environment, why, cause=cause)
        case _:
            return


def _secrets(view: ProjectView) -> Iterator[UnwatchedLine]:
    """Say of how many secrets nobody can tell whether they are shared."""
    variables = view.audit.value.variables if isinstance(view.audit, Seen) else NotAsked()
    if not isinstance(variables, Seen) or not variables.value.unverifiable:
        return
    unverifiable = variables.value.unverifiable
    more = f" and {len(unverifiable) - _NAMED} more" if len(unverifiable) > _NAMED else ""
    yield UnwatchedLine(
        what="whether staging and production share every secret",
        why=f"{', '.join(one.name for one in unverifiable[:_NAMED])}{more} cannot be compared",
        advice=f"see: pipeline-health credentials-audit {view.policy.name}",
    )


def _unread(environment: str, why: str, *, cause: BlindCause | None = None) -> UnwatchedLine:
    """Name an environment that is not read; what is not shown may also have another name."""
    mend = "correct its name in the configuration, or " if cause is BlindCause.UNSEEN else ""
    return UnwatchedLine(
        what=f"environment {environment}",
        why=why,
        advice=f"{mend}give pipeline-health a token that reads it",
    )


def _services(view: ProjectView, environment: Environment) -> Iterator[UnwatchedLine]:
    names = view.policy.services
    for name in sorted(set(names) - {service.name for service in environment.services}):
        yield UnwatchedLine(
            what=f"service {name}",
            why=f"{environment.name} has no service of that name",
            advice="correct it in services",
        )
    for service in environment.services:
        if names and service.name not in names:
            yield UnwatchedLine(
                what=f"service {service.name}",
                why="services does not name it",
                advice="add it to services, or leave services out: then all are watched",
            )
        elif service.deployments and all(
            deployment.commit is None for deployment in service.deployments[:_NEWEST]
        ):
            yield UnwatchedLine(
                what=f"which commit service {service.name} runs",
                why="its deployments name none, so that none can be missing or promoted",
                advice="nothing, where it is an image or a database; else deploy it from the "
                "repository",
            )
