"""From Railway's JSON to values: what a deployment is, which commit it is, and what is newest."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Generic, TypeVar

from pipeline_health.clients.errors import UnexpectedShapeError
from pipeline_health.clients.json import Json
from pipeline_health.clients.railway_access import FoundEnvironment, FoundProject, Scope
from pipeline_health.core.deploy_verdict import is_watched_path_skip
from pipeline_health.core.model.ids import RepoName, Sha, as_sha
from pipeline_health.core.model.railway import Deployment, RailwayStatus, Service
from pipeline_health.frozen import dataclass

T = TypeVar("T")
_TAG = re.compile(r"^[^@]*:(?P<tag>[^:/@]+)(?:@.*)?$", re.DOTALL)
_GONE = (RailwayStatus.REMOVED, RailwayStatus.REMOVING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list; *after* asks for the next one, None where nothing can."""

    items: tuple[T, ...]
    more: bool
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """A deployment, and which service it is of, None where Railway does not say."""

    service_id: str | None
    deployment: Deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A service in one environment with what is newest and what runs, before the history."""

    service: Service
    latest: Deployment | None
    active: tuple[Deployment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a deployment; *error* says why it failed, None when it did not."""

    name: str
    error: str | None


def page_of(connection: Json, item: Callable[[Json], T]) -> Page[T]:
    """Read one page of a Relay connection."""
    return Page(
        items=tuple(item(edge.at("node")) for edge in connection.items("edges")),
        more=connection.flag("pageInfo", "hasNextPage"),
        after=connection.maybe_text("pageInfo", "endCursor"),
    )


def pages(first: Page[T], fetch: Callable[[str], Page[T]], *, cap: int) -> Iterator[Page[T]]:
    """Give *first* and at most *cap* further pages; the last one tells whether there were more.

    A cursor that is missing, or comes twice, ends it: the list would never end.
    """
    page, seen = first, set[str]()
    yield page
    while page.more and page.after is not None and page.after not in seen and len(seen) < cap:
        seen.add(page.after)
        page = fetch(page.after)
        yield page


def instance_of(node: Json) -> Instance | None:
    """Read a service instance; None for one that was deleted."""
    if not node.at("deletedAt").missing:
        return None
    repo = node.maybe_text("source", "repo")
    latest = node.at("latestDeployment")
    return Instance(
        service=Service(
            id=node.text("serviceId"),
            name=node.text("serviceName"),
            cron=bool(node.maybe_text("cronSchedule")),
            repo=RepoName(repo) if repo else None,
        ),
        latest=None if latest.missing else deployment_of(latest),
        active=tuple(deployment_of(active) for active in node.items("activeDeployments")),
    )


def deployed_of(node: Json) -> Deployed:
    """Read a deployment of a list that holds those of many services."""
    return Deployed(service_id=node.maybe_text("serviceId"), deployment=deployment_of(node))


def deployment_of(node: Json) -> Deployment:
    """Read a deployment; `meta` is an undocumented scalar, so that any of it may be missing."""
    meta = _meta(node).words()
    repo, image = meta.get("repo"), meta.get("image")
    created_at = node.time("createdAt")
    stopped = node.at("deploymentStopped")
    return Deployment(
        id=node.text("id"),
        status=node.one_of(RailwayStatus, "status"),
        created_at=created_at,
        changed_at=node.maybe_time("statusUpdatedAt") or node.maybe_time("updatedAt") or created_at,
        commit=as_sha(meta.get("commitHash")) or tagged_commit(image),
        repo=RepoName(repo) if repo else None,
        branch=meta.get("branch"),
        image=image,
        skipped_reason=meta.get("skippedReason"),
        stopped=not stopped.missing and stopped.flag(),
    )


def tagged_commit(image: str | None) -> Sha | None:
    """Give the commit that an image is tagged with, where the tag is a full one."""
    found = _TAG.match(image or "")
    return None if found is None else as_sha(found["tag"])


def is_counted(deployment: Deployment) -> bool:
    """Tell whether *deployment* can be the newest that is judged.

    A skip for watched paths is none, nor is what was removed.
    """
    return deployment.status not in _GONE and not is_watched_path_skip(deployment)


def union(*many: Iterable[Deployment]) -> tuple[Deployment, ...]:
    """Give all deployments once, newest first, each as it was when it changed last."""
    by_id: dict[str, Deployment] = {}
    for deployments in many:
        for deployment in deployments:
            known = by_id.get(deployment.id)
            if known is None or known.changed_at < deployment.changed_at:
                by_id[deployment.id] = deployment
    return tuple(sorted(by_id.values(), key=lambda one: (one.created_at, one.id), reverse=True))


def horizon_of(page: Page[Deployed]) -> datetime | None:
    """Give the time before which *page* tells nothing, None when there is no such time."""
    if not page.more:
        return None
    return min(
        (deployed.deployment.created_at for deployed in page.items),
        default=datetime.max.replace(tzinfo=UTC),
    )


def knows_newest(
    instance: Instance, deployments: tuple[Deployment, ...], *, horizon: datetime | None
) -> bool:
    """Tell whether the newest counted deployment is surely among *deployments* (newest first).

    Railway names the newest of all, but behind a skip for watched paths something may have failed
    that has left the first page of the list.
    """
    if horizon is None:
        return True
    counted = next((one for one in deployments if is_counted(one)), None)
    if counted is None:
        return False
    is_newest_of_all = instance.latest is not None and counted == deployments[0]
    return is_newest_of_all or counted.created_at >= horizon


def serving(instance: Instance) -> tuple[Deployment, ...]:
    """Give what is served: the active ones, and one that sleeps, which Railway leaves out."""
    asleep = instance.latest is not None and instance.latest.status is RailwayStatus.SLEEPING
    latest = (instance.latest,) if asleep and instance.latest is not None else ()
    return union(instance.active, latest)


def project_of(node: Json) -> FoundProject:
    """Read a project with its environments."""
    page = page_of(node.at("environments"), _found_environment)
    return FoundProject(
        id=node.text("id"), name=node.text("name"), environments=page.items, whole=not page.more
    )


def scope_of(node: Json) -> Scope:
    """Read what a project token belongs to."""
    return Scope(
        project_id=node.text("projectId"),
        project=node.text("project", "name"),
        environment_id=node.text("environmentId"),
        environment=node.text("environment", "name"),
    )


def step_of(node: Json) -> Step:
    """Read one event of a deployment; reason and detail count where there is an error."""
    said = [node.maybe_text("payload", word) for word in ("error", "reason", "detail")]
    words = dict.fromkeys(word for word in said if word) if said[0] else {}
    return Step(name=node.text("step"), error=": ".join(words) or None)


def lines_of(log: Json, *, limit: int) -> tuple[str, ...]:
    """Read the last *limit* lines of a log, oldest first; the API may give one more."""
    lines = sorted(
        ((line.text("timestamp"), line.text("message")) for line in log.items()),
        key=lambda line: line[0],
    )
    return tuple(message for _, message in lines[-limit:])


def _found_environment(node: Json) -> FoundEnvironment:
    return FoundEnvironment(
        id=node.text("id"), name=node.text("name"), accessible=node.flag("canAccess")
    )


def _meta(node: Json) -> Json:
    """Give `meta` as an object, also where it is one inside a text."""
    text = _word(node, "meta")
    if text is None:
        return node.at("meta")
    try:
        return Json(json.loads(text), "$.meta")
    except (ValueError, RecursionError):
        return Json(None)


def _word(node: Json, key: str) -> str | None:
    """Give a text where there is one; nobody promised that there is, or that it is one."""
    try:
        return node.maybe_text(key) or None
    except UnexpectedShapeError:
        return None
