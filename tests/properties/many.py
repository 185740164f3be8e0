"""Portfolio incidents as the laws see them: what the operator's repository says, and the reasons.

A reason is something that fails in many products at once: it is told by what a log says.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline_health.core.inhibition import OUTAGES
from pipeline_health.core.issue_text import read_marker
from pipeline_health.core.issue_text.parent_marker import ParentMarker, read_parent_marker
from pipeline_health.core.model.findings import Thing as SubjectThing
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.simulator.github_records import Issue
from properties.scene import CHECKS, DEPLOYS, Scene, Shelf, Shown, shelf
from properties.town import US, Town
from properties.truth import (
    BAD,
    Service,
    State,
    Thing,
    Workflow,
    counted,
    product_of,
    pushed,
    truths,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why many products fail: the *key* of its cause, and what a log says then.

    *noted* is said at a job that did not begin. Only some *deploys* fail for it, or only some runs.
    """

    key: str
    says: str
    step: str = "npm ci"
    runs: bool = True
    deploys: bool = False
    noted: bool = False


REASONS = (
    Reason(
        key="npm: npm cannot fetch packages",
        says="npm ERR! network request to https://registry.npmjs.org/x failed, reason: ECONNRESET",
        deploys=True,
    ),
    Reason(
        key="RAILWAY_TOKEN",
        says="##[error]RAILWAY_TOKEN is invalid or expired: Not Authorized",
        step="Validate Railway secrets",
    ),
    Reason(
        key="GitHub Actions: Actions may not spend more",
        says="The job was not started because an Actions budget is preventing further use.",
        noted=True,
    ),
    Reason(
        key="Railway: Railway's own services fail",
        says="error sending request for url (https://backboard.railway.com/graphql/v2): operation "
        "timed out",
        runs=False,
        deploys=True,
    ),
)


def reason_of(town: Town, thing: Thing) -> Reason | None:
    """Tell for which of the reasons a broken thing fails, None for any other."""
    said = set(_said_of(town, thing))
    found = [reason for reason in REASONS if reason.says in said]
    return found[0] if len(said) == 1 and found else None


def _said_of(town: Town, thing: Thing) -> Iterator[str]:
    if isinstance(thing, Service):
        product = product_of(town, thing.product)
        newest = counted(next(one for one in product.services if one.name == thing.name))
        if newest is not None:
            yield newest.build_log or newest.deploy_log
        return
    repo = next(repo for repo in town.repos if repo.id == thing.repo)
    runs = pushed(repo, thing.name)
    for job in runs[-1].jobs if runs else ():
        if job.conclusion in BAD:
            yield from job.annotations or (job.log,)


def told_in(town: Town, issue: Shown | Issue) -> frozenset[Thing]:
    """Give the simple things that an issue of the operator's repository names."""
    marker = read_parent_marker(issue.body)
    return frozenset() if marker is None else frozenset(_things(town, marker))


def _things(town: Town, marker: ParentMarker) -> Iterator[Thing]:
    for mark in marker.members:
        product = product_of(town, mark.project)
        if mark.kind in CHECKS and mark.subject.thing is SubjectThing.WORKFLOW:
            yield Workflow(product.repo.id, mark.subject.name)
        if mark.kind in DEPLOYS and mark.subject.thing is SubjectThing.SERVICE:
            yield Service(product.name, mark.subject.name)


def parents_in(town: Town, on: Shelf) -> Iterator[tuple[tuple[int, int], Shown, ParentMarker]]:
    """Give every open portfolio issue that our account wrote."""
    for key, issue in on.items():
        marker = read_parent_marker(issue.body)
        ours = issue.user == US and issue.state == "open" and marker is not None
        if ours and town.ops is not None and key[0] == town.ops.id and marker is not None:
            yield key, issue, marker


def is_usable(town: Town) -> bool:
    """Tell whether an issue can be filed in the operator's repository, as things are now."""
    ops = town.ops
    if ops is None or not ops.has_issues or ops.archived or ops.id in town.world.registry.hidden:
        return False
    return ops.private or not any(repo.private for repo in town.repos)


def is_shown(town: Town) -> bool:
    """Tell whether people can read what the issues in the operator's repository say.

    What is hidden from our token is not hidden from them.
    """
    return town.ops is not None and town.ops.has_issues


def consequences(town: Town) -> set[Thing]:
    """Give the services that may fail because of what is told: no token, or no Railway, for them.

    What such an issue hides is filed when it is over, and not before that is proved. It is hidden,
    too, while what a person muted, or deleted the issue of, is broken: they know of the cause.
    """
    explained = {
        mark.project for *_, told in parents_in(town, shelf(town)) for mark in told.members
    }
    explained |= set(_still_broken(town))
    for repo, issue in town.issues():
        marker = read_marker(issue.body)
        if issue.user == US and issue.state == "open" and marker and marker.cause in OUTAGES:
            explained |= {ProjectName(one.name) for one in town.products if one.repo is repo}
    return {
        Service(one.name, service.name) for one, service in town.services if one.name in explained
    }


def _still_broken(town: Town) -> Iterator[ProjectName]:
    """Name the products of which anything is broken that people decided about."""
    found, of_people = truths(town), decided(town)
    for one in town.products:
        services = {Service(one.name, service.name) for service in one.services}
        things = services | {Workflow(one.repo.id, name) for name in one.workflows}
        if any(found[it].state is State.BROKEN for it in things & of_people & found.keys()):
            yield ProjectName(one.name)


def decided(town: Town) -> set[Thing]:
    """Give what people muted, or may have muted by deleting it, in the operator's repository."""
    found: set[Thing] = set()
    for issue in () if town.ops is None else (*town.ops.issues.values(), *town.lost):
        muted = issue.state_reason == "not_planned" and issue.closed_by == "dev"
        if issue.user == US and (muted or issue in town.lost):
            found |= told_in(town, issue)
    return found


def named(scene: Scene) -> set[Thing]:
    """Give what the open issues of the operator's repository name, for those who can read them."""
    found = parents_in(scene.town, scene.after) if is_shown(scene.town) else ()
    return {thing for _, issue, _ in found for thing in told_in(scene.town, issue)}


def is_told_for_its_reason(scene: Scene, thing: Thing) -> bool:
    """Tell whether people can read of a thing in an open portfolio issue: one of its reason.

    The crowd is of any reason.
    """
    reason = reason_of(scene.town, thing)
    keys = ("",) if reason is None else ("", reason.key)
    return is_shown(scene.town) and any(
        marker.key in keys and thing in told_in(scene.town, issue)
        for _, issue, marker in parents_in(scene.town, scene.after)
    )
