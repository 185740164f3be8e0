"""A source that looks at a simulated Railway, with what it remembers and what it asked."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_access import Access, HeaderForm
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import DeployTrace, Evidence
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import Blind, BlindCause, Part, Reading, Seen
from pipeline_health.secret import NamedSecret, Secret
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.railway_world import RailwayDeployment, RailwayProject
from pipeline_health.sources.railway import RailwaySource
from wire import Notebook, StillClock, http_at

GOOD = "rw-good-token"
PLANTED = "planted-secret-value"
PLANTED_LINES = "planted-key\nof two lines"


def redacted(text: str) -> str:
    """Take the planted secrets out, wherever they are, as the real redaction does."""
    return text.replace(PLANTED, "***").replace(PLANTED_LINES, "***")


def token(text: str = GOOD, variable: str = "RAILWAY_TOKEN") -> NamedSecret:
    """Give a token as the settings do."""
    return NamedSecret(name=variable, secret=Secret(text))


def access(text: str = GOOD, form: HeaderForm = HeaderForm.BEARER) -> Access:
    """Give a token under a header."""
    return Access(secret=Secret(text), form=form)


@dataclass(kw_only=True)
class Watch:
    """A source over *world*; *tokens* gives the token of each project, or that of all."""

    world: World
    client: Railway
    clock: StillClock
    memory: Notebook = field(default_factory=Notebook)
    tokens: Callable[[ProjectName], NamedSecret | None] = lambda _: token()
    production: Callable[[ProjectName], NamedSecret | None] | None = None
    batch: int = 25

    def source(self) -> RailwaySource:
        """Give a source as a new process would make it."""
        return RailwaySource(
            self.client,
            tokens=self.tokens,
            production=self.production or self.tokens,
            memory=self.memory,
            redact=redacted,
            batch=self.batch,
        )

    def look(
        self, *projects: RailwayProject, environment: str = "staging"
    ) -> Mapping[str, Part[Environment]]:
        """Look at the staging of *projects*, each under its Railway name."""
        policies = [policy_of(project, environment) for project in projects]
        looked = self.source().look(policies, now=self.world.now())
        return {str(name): deployed.staging for name, deployed in looked.items()}

    def evidence(
        self, deployment: RailwayDeployment, source: RailwaySource | None = None
    ) -> Reading[Evidence]:
        """Read what *deployment* left behind."""
        trace = DeployTrace(
            project=ProjectName("shop"),
            deployment_id=deployment.id,
            changed_at=deployment.changed_at,
            url="",
        )
        return (source or self.source()).evidence(trace, now=self.world.now())

    def asked(self) -> list[str]:
        """Give the names of the documents that Railway got since the last time, and forget them."""
        names = [(one.document or "").split()[1].split("(")[0] for one in self.world.requests]
        self.world.requests.clear()
        return names


def policy_of(project: RailwayProject, environment: str = "staging") -> ProjectPolicy:
    """Give the configuration that watches *project*."""
    return ProjectPolicy(
        name=ProjectName(project.name),
        repo=RepoName(f"acme/{project.name}"),
        railway_project=project.id,
        staging_environment=environment,
    )


def product(world: World, name: str = "shop", status: str = "SUCCESS") -> RailwayProject:
    """Make a product with one service, deployed to staging and to production."""
    repo = world.repo(f"acme/{name}")
    repo.push("first")
    project = world.railway(name)
    for environment in ("production", "staging"):
        project.environment(environment).service("web", repo).deploy(status)
    return project


def value_of(part: Part[Environment]) -> Environment:
    """Give what was seen, or fail with why nothing was."""
    assert isinstance(part, Seen), part
    return part.value


def why(part: Part[Environment] | Reading[Evidence]) -> str:
    """Give why nothing was seen."""
    assert isinstance(part, Blind), part
    return part.why


def blame(part: Part[Environment]) -> tuple[BlindCause, str]:
    """Give what kept a part from being seen, and the token that is to blame."""
    assert isinstance(part, Blind), part
    return part.cause, part.token


@contextmanager
def watching(world: World) -> Iterator[Watch]:
    """Serve *world* on loopback and watch it."""
    clock = StillClock(world.now())
    with Loopback(world) as loopback, http_at(clock) as http:
        client = Railway(http, api=loopback.railway_url, clock=clock, memory=Notebook())
        yield Watch(world=world, client=client, clock=clock)
