"""The promotion check in the middle of a history: whatever the weather, a yes is a true one.

It is asked of a copy of the town: its threads take turns in an order that no seed decides.
"""

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from random import Random
from threading import Lock

import httpx

from pipeline_health import checking
from pipeline_health import settings as configured
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.verdict import Answer, Verdict
from pipeline_health.e2e import Surroundings
from pipeline_health.settings.actions import Actions
from pipeline_health.simulator import WorldClock
from pipeline_health.simulator.railway_world import SERVED, RailwayDeployment, RailwayService
from properties.moves_code import GREEN
from properties.network import SITES, Wire
from properties.town import US, Product, Town, environment
from properties.truth import is_no_change, pushed, saying
from properties.weather import SEASONS, Weather

DAMAGES = ("", "", "", "site", "record", "ci", "service", "running")
PASSED = ("success", "skipped", "neutral")


class Turns(Wire):
    """A network that carries one request at a time."""

    def __init__(self, town: Town, weather: Weather) -> None:
        super().__init__(town.world, weather, exchanges=[])
        self._turn = Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, when it is its turn."""
        with self._turn:
            return super().handle_request(request)


def promoted_with_proof(town: Town, seed: int, home: Path, done: Counter[str]) -> Iterator[str]:
    """Nothing is promoted that the world does not prove, or that could not be seen."""
    dice, town = Random(seed), deepcopy(town)  # noqa: S311 - a story's dice
    product = dice.choice(town.products)
    if dice.random() < 0.7:
        make_ready(town, product, damage=dice.choice(DAMAGES))
    season = dice.choices(SEASONS, weights=(10, 4, 1, 2, 1, 1))[0]
    wire = Turns(town, Weather(dice, season=season))
    commits = [one.sha for one in product.repo.commits.values()]
    commit = Sha(dice.choice((*commits[-2:], *commits[-1:] * 4)))
    verdict = judged(town, product, commit, wire, home)
    done["promotion checks"] += 1
    done[f"of which say {verdict.answer.value}"] += 1
    if verdict.answer is Answer.PROMOTE:
        for why in (*unproved(town, product, commit), *_unseen(product, wire)):
            yield f"{product.name} at {commit[:7]} may go to production ({season.name}), but {why}"


def judged(town: Town, product: Product, commit: Sha, wire: Wire, home: Path) -> Verdict:
    """Run the real check, as a pipeline does, with proofs asked for that a town can give."""
    with checking.prepared(
        _settings(product, home),
        product.name,
        commit,
        here=Surroundings(directory=home, path="/usr/bin:/bin", home=str(home)),
        actions=Actions(),
        trusted=True,
        clock=WorldClock(town.world),
        transport=wire,
    ) as check:
        return check.verdict(wait=timedelta(0), rollback=False)


def make_ready(town: Town, product: Product, *, damage: str) -> None:
    """Land what may be promoted, but for one thing."""
    repo, world = product.repo, town.world
    repo.push("ready", files={".gitignore": ".env.local"})
    world.advance(timedelta(minutes=1))
    for name in town.workflows(repo):
        repo.run(name, "failure" if damage == "ci" else "success", jobs=GREEN)
    for service in product.services:
        service.deploy("FAILED" if damage == "service" else "SUCCESS")
    state = "failure" if damage == "record" else "success"
    repo.record_deployment(f"{product.name} / staging", state)
    if damage == "running":
        repo.run("CI", None, jobs={"build": None})
    world.site(product.name).status = None if damage == "site" else HTTPStatus.OK
    world.advance(timedelta(minutes=20))


def unproved(town: Town, product: Product, commit: Sha) -> Iterator[str]:
    """Say what of the world does not prove the commit."""
    for name in town.workflows(product.repo):
        runs = [run for run in pushed(product.repo, name) if run.sha == commit]
        if runs and runs[-1].conclusion not in PASSED:
            yield f"{name} is {runs[-1].conclusion or runs[-1].status}"
    for service in product.services:
        yield from _unserved(product, service, commit)
    if town.world.site(product.name).status != HTTPStatus.OK:
        yield "its URL does not answer"
    if not _is_recorded(product, commit):
        yield "GitHub's record of its deployment is no success, and it was not deployed anew"


def _unserved(product: Product, service: RailwayService, commit: Sha) -> Iterator[str]:
    """Say why a service does not serve the commit, or a commit to which it adds nothing for it.

    Another commit that was deployed since counts only by what it did: one that failed, was skipped
    or is under way leaves what is served as it is, so that a broken service may serve the commit.
    """
    newest, serves = _newest_of(service, commit), served(service)
    if newest is not None and not _works(newest):
        yield f"{service.name} was deployed at it last with {newest.status}"
    if serves is None:
        yield f"{service.name} serves nothing"
    elif serves.commit != commit and not _is_untouched(product, service, serves.commit, commit):
        yield f"{service.name} serves {(serves.commit or 'no commit')[:7]}"


def served(service: RailwayService) -> RailwayDeployment | None:
    """Give what a service serves: what runs, else what fell asleep after all else that ran."""
    ran = [one for one in service.newest_first if one.status in SERVED]
    last = next(iter(service.active or ran), None)
    return last if last is not None and _works(last) else None


def _works(one: RailwayDeployment) -> bool:
    return one.status == "SLEEPING" or (one.status == "SUCCESS" and not one.stopped)


def _newest_of(service: RailwayService, commit: str) -> RailwayDeployment | None:
    """Give the newest deployment of a commit that says anything of the service."""
    return next((one for one in saying(service) if one.commit == commit), None)


def _is_untouched(product: Product, service: RailwayService, base: str | None, commit: Sha) -> bool:
    """Tell whether all that came after *base*, up to the commit, was skipped as no change to it."""
    line = product.repo.ancestry(commit)
    if base not in line:
        return False
    since = line[: line.index(base)]
    skipped = {one.commit for one in service.deployments if one.status == "SKIPPED"}
    others = {one.commit for one in service.deployments if not is_no_change(one)}
    return commit in skipped and not others & set(since)


def _is_recorded(product: Product, commit: Sha) -> bool:
    """Tell whether GitHub was told of a success, or of another end before the newest deployment."""
    place = f"{product.name} / staging"
    records = [one for one in product.repo.deployments if one.environment == place]
    told = [status for one in records if one.sha == commit for status in one.statuses]
    if not told or told[-1].state not in ("success", "failure", "error", "inactive"):
        return False
    anew = (_newest_of(service, commit) for service in product.services)
    since = [one.created_at for one in anew if one is not None]
    return (
        told[-1].state == "success" or max(since, default=told[-1].created_at) > told[-1].created_at
    )


def _unseen(product: Product, wire: Wire) -> Iterator[str]:
    """Say what was never shown whole."""
    for place in (product.repo.id, product.services[0].environment.id):
        if place not in wire.witness.shown:
            yield f"{place} was not seen"


def _settings(product: Product, home: Path) -> configured.Settings:
    config = home / "gate.toml"
    lines = (
        f'[routing]\nidentity = "{US}"',
        f'[[projects]]\nname = "{product.name}"\nrepo = "acme/{product.repo.name}"',
        f'railway_project = "{product.railway}"',
        f'staging_url = "{SITES}/{product.name}"',
        product.extra,
        '[projects.gate]\nsmoke = [{ path = "/", contains = "a product" }]\nwaive = ["e2e"]',
    )
    config.write_text("\n".join(lines))
    return configured.load(config=config, environment=environment(home), home=home)
