"""What is broken in a town and what is proved to work, read off the world and not off the agent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TypeAlias

from pipeline_health.simulator.github_records import Run
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.railway_world import RailwayDeployment, RailwayService
from properties.town import Product, Town

BAD = frozenset({"failure", "timed_out", "startup_failure", "action_required"})
GONE = frozenset({"REMOVED", "REMOVING"})
BY_CI = "CI check suite failed"
OFF = frozenset({"FAILED", "CRASHED", "SKIPPED", "NEEDS_APPROVAL"})
UNDER_WAY = frozenset({"INITIALIZING", "QUEUED", "WAITING", "BUILDING", "DEPLOYING"})
UNCHANGED = ("No changes to watched files", "watched paths not modified")


class State(Enum):
    """How a thing is: broken, at work, or neither is certain."""

    BROKEN = auto()
    WORKS = auto()
    UNSURE = auto()


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow of a repository, on its default branch."""

    repo: int
    name: str


@dataclass(frozen=True, slots=True)
class Service:
    """A service of a product, in staging."""

    product: str
    name: str


Thing: TypeAlias = Workflow | Service


@dataclass(frozen=True, slots=True)
class Truth:
    """How a thing is, since when by its provider's time, and at which commit."""

    state: State
    since: datetime | None = None
    commit: str | None = None


UNSURE = Truth(State.UNSURE)


def truths(town: Town) -> dict[Thing, Truth]:
    """Tell of everything simple how it is."""
    found: dict[Thing, Truth] = {}
    for product in town.products:
        for name in product.workflows:
            found[Workflow(product.repo.id, name)] = of_workflow(product.repo, name)
        for service in product.services:
            found[Service(product.name, service.name)] = of_service(product, service)
    return found


def of_workflow(repo: Repo, name: str) -> Truth:
    """Judge a workflow by its newest run at the head, else by its newest of the branch if green."""
    runs = pushed(repo, name)
    at_head = [run for run in runs if run.sha == repo.head]
    newest = _of_run((at_head or runs)[-1]) if runs else UNSURE
    if newest.state is State.WORKS and _still_failed(runs):
        return UNSURE  # what had failed was skipped
    return newest if at_head or newest.state is State.WORKS else UNSURE


def _still_failed(runs: Sequence[Run]) -> set[str]:
    """Name the jobs that failed and passed in no run since, though they may have been skipped."""
    failed: set[str] = set()
    for run in runs:
        failed |= {job.name for job in run.jobs if job.conclusion in BAD}
        failed -= {job.name for job in run.jobs if job.conclusion == "success"}
    return failed


def pushed(repo: Repo, name: str) -> list[Run]:
    """List the runs of a workflow that pushes to the branch began, oldest first."""
    wanted = (run for run in repo.runs if run.workflow == name and run.event == "push")
    return [run for run in wanted if run.branch == repo.default_branch]


def _of_run(run: Run) -> Truth:
    if run.status != "completed":
        return UNSURE
    if run.conclusion in BAD:
        return Truth(State.BROKEN, run.updated_at, run.sha)
    if run.conclusion == "success":
        return Truth(State.WORKS, run.updated_at, run.sha)
    return UNSURE


def counted(service: RailwayService) -> RailwayDeployment | None:
    """Give the newest deployment that says anything of a service."""
    return next(saying(service), None)


def saying(service: RailwayService) -> Iterator[RailwayDeployment]:
    """Give the deployments that say anything of a service, newest first."""
    for one in service.newest_first:
        if one.status not in GONE and not is_no_change(one):
            yield one


def is_no_change(one: RailwayDeployment) -> bool:
    """Tell whether Railway skipped a commit because it changes nothing of the service."""
    return one.status == "SKIPPED" and one.skipped_reason in UNCHANGED


def of_service(product: Product, service: RailwayService) -> Truth:
    """Judge a service by its newest deployment that counts."""
    newest = counted(service)
    if newest is None:
        return UNSURE
    if newest.status in ("FAILED", "CRASHED") or (newest.status == "SUCCESS" and newest.stopped):
        return Truth(State.BROKEN, newest.changed_at, newest.commit)
    if newest.status == "SKIPPED" and newest.skipped_reason != BY_CI:
        return Truth(State.BROKEN, newest.changed_at, newest.commit)
    known = (None, product.named, product.repo.full_name)
    if newest.repo not in known and newest.status == "SUCCESS":
        # Railway names the repository as it was called then: neither as the operator wrote it down
        # nor as it is called today, so that its commit tells nothing.
        return Truth(State.WORKS, newest.changed_at)
    if newest.status in ("SUCCESS", "SLEEPING"):
        return Truth(State.WORKS, newest.changed_at, newest.commit)
    return UNSURE


def product_of(town: Town, name: str) -> Product:
    """Find a product by its name."""
    return next(product for product in town.products if product.name == name)


def may_be_broken(town: Town, thing: Thing) -> bool:
    """Tell whether a thing is broken in any way that an issue may be about, stuck among them."""
    now = town.world.now()
    if isinstance(thing, Workflow):
        repo = next(repo for repo in town.repos if repo.id == thing.repo)
        at_head = [run for run in pushed(repo, thing.name) if run.sha == repo.head]
        stuck = any(
            run.conclusion == "stale"
            or (run.status != "completed" and now - run.updated_at > timedelta(hours=3))
            for run in at_head
        )
        return stuck or of_workflow(repo, thing.name).state is State.BROKEN
    newest = counted(_service_of(town, thing))
    return newest is not None and (newest.status in OFF or _stuck_since(town, thing) is not None)


def failed_at(town: Town, thing: Thing, truth: Truth) -> datetime | None:
    """Tell when a thing failed that is broken now, or is a service that does not get on."""
    if truth.state is State.BROKEN:
        return truth.since
    return _stuck_since(town, thing) if isinstance(thing, Service) else None


def _stuck_since(town: Town, service: Service) -> datetime | None:
    """Tell since when the newest deployment of a service does not go on, None where it does."""
    newest = counted(_service_of(town, service))
    if newest is None or newest.status not in UNDER_WAY:
        return None
    long = town.world.now() - newest.changed_at > timedelta(minutes=30)
    return newest.changed_at if long else None


def _service_of(town: Town, service: Service) -> RailwayService:
    services = product_of(town, service.product).services
    return next(one for one in services if one.name == service.name)
