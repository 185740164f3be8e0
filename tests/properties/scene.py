"""A cycle that is over, as the laws see it: the world before and after, and what was seen of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline_health.core.issue_text import read_marker
from pipeline_health.core.model.findings import Kind, Symptom
from pipeline_health.core.model.findings import Thing as SubjectThing
from pipeline_health.core.model.issue import Marker
from pipeline_health.simulator.github_records import Issue
from pipeline_health.simulator.github_world import Repo
from properties.cycles import Passed
from properties.town import US, Town
from properties.truth import Service, Thing, Truth, Workflow, product_of

_DEPLOY = r"(?:Staging deploy (?:failed|stuck)|Staging never deployed \w+)"
_ABOUT = re.compile(
    rf"{_DEPLOY}: (?P<service>.+) \((?P<of>.+)\)"
    r"|Main CI red: (?P<workflow>.+) \(.+\)|CI stuck: (?P<stuck>.+) \(.+\)"
)
DEPLOYS = frozenset(
    {Kind.STAGING_DEPLOY_FAILED, Kind.STAGING_DEPLOY_STUCK, Kind.STAGING_DEPLOY_MISSING}
)
CHECKS = frozenset({Kind.MAIN_CI_RED, Kind.MAIN_CI_STUCK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An issue as it was at one moment."""

    title: str
    body: str
    state: str
    reason: str | None
    closed_by: str | None
    user: str
    labels: tuple[str, ...]
    comments: int


Shelf = Mapping[tuple[int, int], Shown]
"""Every issue, by the id of its repository and its number."""


def shelf(town: Town) -> Shelf:
    """Note every issue as it is now."""
    return {(repo.id, issue.number): _shown(issue) for repo, issue in town.issues()}


def _shown(issue: Issue) -> Shown:
    return Shown(
        title=issue.title,
        body=issue.body,
        state=issue.state,
        reason=issue.state_reason,
        closed_by=issue.closed_by,
        user=issue.user,
        labels=tuple(issue.labels),
        comments=len(issue.comments),
    )


@dataclass(slots=True, kw_only=True)
class Scene:
    """A cycle that is over, and the world before and after it.

    *seen* is what the agent could see in this cycle, *late* what it may have given up waiting for,
    *last_seen* how each thing was when it last was seen, *proved* the newest proof that was seen,
    and *failed* the newest failure. *named* is what each open portfolio issue ever named.
    """

    town: Town
    passed: Passed
    before: Shelf
    after: Shelf
    truths: Mapping[Thing, Truth]
    last_seen: Mapping[Thing, Truth]
    seen: frozenset[Thing]
    late: frozenset[Thing]
    proved: Mapping[Thing, datetime] = field(default_factory=dict)
    failed: Mapping[Thing, datetime] = field(default_factory=dict)
    hosts: int = 1
    opened_at: list[tuple[datetime, tuple[int, int]]] = field(default_factory=list)
    doubled: dict[object, int] = field(default_factory=dict)
    named: dict[tuple[int, int], set[Thing]] = field(default_factory=dict)
    clock_off: timedelta = timedelta(0)
    stepped_at: datetime | None = None
    given: dict[tuple[int, int], int] = field(default_factory=dict)
    losses: int = 0

    def repo(self, number: int) -> Repo:
        """Find a repository by its id."""
        return next(repo for repo in self.town.places if repo.id == number)

    def repo_of(self, thing: Thing) -> int:
        """Tell in which repository a thing is filed."""
        if isinstance(thing, Workflow):
            return thing.repo
        return product_of(self.town, thing.product).repo.id

    def opened(self) -> Iterator[tuple[tuple[int, int], Shown]]:
        """Give what our account filed in this cycle."""
        for key, issue in self.after.items():
            if key not in self.before and issue.user == US:
                yield key, issue

    def closed(self) -> Iterator[tuple[tuple[int, int], Shown]]:
        """Give what our account closed in this cycle, other than as a duplicate."""
        for key, issue in self.after.items():
            was_open = key not in self.before or self.before[key].state == "open"
            by_us = was_open and issue.state == "closed" and issue.closed_by == US
            if by_us and issue.reason != "duplicate":
                yield key, issue


def about(town: Town, repo: Repo, issue: Shown | Issue) -> set[Thing]:
    """Give the simple things that an issue of ours is about: by its title and by its marker."""
    marker = read_marker(issue.body)
    found = {_thing(town, repo, symptom) for symptom in (marker.symptoms if marker else ())}
    found.add(titled(repo, issue.title))
    return {thing for thing in found if thing is not None}


def is_about_more(scene: Scene, repo: int, issue: Shown) -> bool:
    """Tell whether the marker of an issue lists anything that is none of the simple things."""
    marker = read_marker(issue.body)
    listed = () if marker is None else marker.symptoms
    return any(_thing(scene.town, scene.repo(repo), symptom) is None for symptom in listed)


def only_stuck(scene: Scene, repo: int, issue: Shown) -> set[Thing]:
    """Give the workflows of which an issue says that they did not end: any end is a proof."""
    marker = read_marker(issue.body)
    red: set[Thing | None] = set()
    stuck: set[Thing | None] = set()
    for symptom in () if marker is None else marker.symptoms:
        thing = _thing(scene.town, scene.repo(repo), symptom)
        (stuck if symptom.kind is Kind.MAIN_CI_STUCK else red).add(thing)
    return {thing for thing in stuck - red if thing is not None}


def titled(repo: Repo, title: str) -> Thing | None:
    """Give the simple thing that the title of an issue names."""
    match = _ABOUT.fullmatch(title)
    if match is None:
        return None
    if match["service"] == "staging":  # the environment as a whole
        return None
    if match["service"]:
        return Service(match["of"], match["service"])
    return Workflow(repo.id, match["workflow"] or match["stuck"])


def _thing(town: Town, repo: Repo, symptom: Symptom) -> Thing | None:
    if symptom.kind in CHECKS and symptom.subject.thing is SubjectThing.WORKFLOW:
        return Workflow(repo.id, symptom.subject.name)
    if symptom.kind in DEPLOYS and symptom.subject.thing is SubjectThing.SERVICE:
        for product in town.products:
            if symptom.scope == f"railway:{product.railway}:{product.environment}":
                return Service(product.name, symptom.subject.name)
    return None


def ours_open(scene: Scene) -> Iterator[tuple[tuple[int, int], Shown, Marker]]:
    """Give every open issue that our account wrote and that carries a marker."""
    for key, issue in scene.after.items():
        if issue.user == US and issue.state == "open":
            marker = read_marker(issue.body)
            if marker is not None:
                yield key, issue, marker
