"""A town of small products in one pretend world, and what its operator wrote down about them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from pipeline_health import settings as configured
from pipeline_health.simulator import World
from pipeline_health.simulator.github_records import Issue
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.railway_world import RailwayService

US = "health-bot"
AGENT = "archon"
OPS = "acme/operations"
GITHUB = "http://127.0.0.1:9001"
RAILWAY = "http://127.0.0.1:9002/graphql/v2"
# Recognizable, and of no real account: whatever holds one of them has leaked it.
GITHUB_TOKEN = "planted-github-" + "Q7wE" * 6
RAILWAY_TOKEN = "planted-railway-" + "Z9xC" * 6
IN_LOGS = ("ghp_" + "Ab1" * 12, "sk_live_" + "Cd2" * 8)
SECRETS = (GITHUB_TOKEN, RAILWAY_TOKEN, *IN_LOGS)


@dataclass(slots=True, kw_only=True)
class Product:
    """One project as it is configured: its code, its services in staging, its workflows.

    *named* is the repository as the operator wrote it down, whatever it is called today.
    """

    name: str
    repo: Repo
    named: str
    railway: str
    services: list[RailwayService]
    workflows: list[str]
    environment: str = "staging"
    extra: str = ""


@dataclass(slots=True, kw_only=True)
class Limits:
    """What the operator allows."""

    per_cycle: int
    per_hour: int
    attempts: int
    rerun: bool


@dataclass(slots=True)
class Town:
    """The world, its products, and what happened so far, a line each.

    *ops* is the operator's own repository, where there is one; *lost* are the issues in it that its
    owner deleted, and *wanted_open* the numbers of those that a person opened again.
    """

    world: World
    products: list[Product]
    limits: Limits
    told: list[str] = field(default_factory=list)
    ops: Repo | None = None
    lost: list[Issue] = field(default_factory=list)
    wanted_open: set[int] = field(default_factory=set)

    @property
    def repos(self) -> list[Repo]:
        """List every repository once."""
        return list({product.repo.id: product.repo for product in self.products}.values())

    @property
    def places(self) -> list[Repo]:
        """List every repository in which we may file, the operator's own last."""
        return self.repos if self.ops is None else [*self.repos, self.ops]

    @property
    def services(self) -> list[tuple[Product, RailwayService]]:
        """List every service that is built from a repository, beside its product."""
        return [(product, one) for product in self.products for one in product.services]

    def workflows(self, repo: Repo) -> list[str]:
        """List the workflows of *repo* that are on its branch."""
        there = repo.files_at(repo.head)
        named = dict.fromkeys(name for p in self.products if p.repo is repo for name in p.workflows)
        return [name for name in named if repo.path_of(name) in there]

    def issues(self) -> Iterator[tuple[Repo, Issue]]:
        """Give every issue of every repository."""
        for repo in self.places:
            for issue in repo.issues.values():
                yield repo, issue

    def delete(self, repo: Repo, issue: Issue) -> None:
        """Delete an issue for ever."""
        repo.delete_issue(issue.number)
        if repo is self.ops:
            self.lost.append(issue)

    def tell(self, line: str) -> None:
        """Write down what happened."""
        self.told.append(f"{self.world.now():%a %H:%M:%S}  {line}")

    def settings(self, home: Path) -> configured.Settings:
        """Write a configuration below *home* and read it as the command does."""
        config = home / "pipeline-health.toml"
        config.write_text(self._configuration())
        return configured.load(config=config, environment=environment(home), home=home)

    def _configuration(self) -> str:
        limits = self.limits
        tables = [
            "[limits]",
            f"issues_per_cycle = {limits.per_cycle}",
            f"issues_per_hour = {limits.per_hour}",
            f"attempts = {limits.attempts}",
            *([] if self.ops is None else [f'ops_repo = "{OPS}"']),
            f"[remedies]\nrerun = {str(limits.rerun).lower()}\n",
        ]
        tables += [
            f'[[projects]]\nname = "{one.name}"\nrepo = "{one.named}"\n'
            f'railway_project = "{one.railway}"\n{one.extra}'
            for one in self.products
        ]
        return "\n".join(tables)


def environment(home: Path) -> Mapping[str, str]:
    """Give the variables of the command, with the ledger below *home*."""
    return {
        "GITHUB_TOKEN": GITHUB_TOKEN,
        "RAILWAY_TOKEN": RAILWAY_TOKEN,
        "GITHUB_API_URL": GITHUB,
        "RAILWAY_API_URL": RAILWAY,
        "PIPELINE_HEALTH_LEDGER": str(home / "ledger.db"),
    }


def founded(dice: Random) -> Town:
    """Found a town of two or three healthy products, which *dice* choose."""
    world, limits = _world(), _limits(dice)
    products = [
        _product(world, "shop", "shop", services=["web", "worker"], workflows=["CI"]),
        _product(world, "film", "film", services=["web"], workflows=["CI", "Lint"]),
    ]
    if dice.random() < 0.5:  # a second project of the first one's repository
        products.append(_product(world, "side", "shop", services=["api"], workflows=["CI"]))
    world.advance(timedelta(minutes=30))
    return Town(world, products, limits)


def founded_for_many(dice: Random) -> Town:
    """Found a town of five or six healthy products, whose operator has a repository of their own.

    It is private, and mostly the products are not.
    """
    world, limits = _world(), _limits(dice)
    names = ("shop", "film", "book", "song", "game", "news")[: dice.choice((5, 6))]
    products = [
        _product(world, name, name, services=["web", "worker"][: 1 + (at == 1)], workflows=["CI"])
        for at, name in enumerate(names)
    ]
    products[0].repo.private = dice.random() < 0.4
    ops = world.repo(OPS, private=True)
    ops.push("first")
    ops.strangers.add("mallory")
    ops.open_issue("The operator's own", "no marker", user="dev")
    world.advance(timedelta(minutes=30))
    return Town(world, products, limits, ops=ops)


def _world() -> World:
    world = World()
    world.github_tokens = {GITHUB_TOKEN: US}
    world.railway_tokens = {RAILWAY_TOKEN: "account"}
    return world


def _limits(dice: Random) -> Limits:
    return Limits(
        per_cycle=dice.choice((1, 5)),
        per_hour=dice.choice((3, 20)),
        attempts=dice.choice((1, 2, 3)),
        rerun=dice.random() < 0.2,
    )


def _product(
    world: World, name: str, code: str, *, services: list[str], workflows: list[str]
) -> Product:
    repo = world.repo(f"acme/{code}")
    if not repo.commits:
        repo.push("first", files={repo.path_of(one): f"name: {one}" for one in workflows})
        world.advance(timedelta(minutes=4))
        for one in workflows:
            repo.run(one, "success", jobs={"build": "success", "test": "success"})
    repo.strangers.add("mallory")
    staging = world.railway(name).environment("staging")
    running = [staging.service(one, repo) for one in services]
    for service in running:
        service.deploy("SUCCESS")
    staging.service("Postgres").deploy("SUCCESS", image="postgres:16")
    return Product(
        name=name,
        repo=repo,
        named=f"acme/{code}",
        railway=world.railway(name).id,
        services=running,
        workflows=workflows,
    )
