"""Every way in which our clients read or change a provider, and answers that can be spoiled.

The answers are the simulator's own, recorded once without a socket; a spoiled one is played back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

import httpx

from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_commit import CommitLook, CommitWanted
from pipeline_health.clients.github_edits import GitHubEdits
from pipeline_health.clients.github_listing import Repositories
from pipeline_health.clients.github_rest import runs_back_to
from pipeline_health.clients.github_sighting import Wanted
from pipeline_health.clients.github_statuses import Statuses
from pipeline_health.clients.github_survey import Asked, GitHubSurvey
from pipeline_health.clients.http import Http
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_access import Access, HeaderForm
from pipeline_health.clients.railway_listing import Listing
from pipeline_health.clients.railway_survey import RailwaySurvey
from pipeline_health.clients.railway_variable_documents import View
from pipeline_health.clients.railway_variables import Wanted as WantedVariables
from pipeline_health.clients.railway_variables import read_variables
from pipeline_health.core.model.ids import Login, RepoName, Sha
from pipeline_health.core.model.issue import IssueRef
from pipeline_health.core.model.railway import Environment, Service
from pipeline_health.core.model.readings import CheckConclusion, CheckStatus, StatusState, Suite
from pipeline_health.secret import NamedSecret, Secret
from pipeline_health.simulator import World
from pipeline_health.simulator.exchange import Answer, Call
from pipeline_health.simulator.faults import Host
from pipeline_health.simulator.railway_world import WORKSPACE_ID
from pipeline_health.simulator.service import Simulator
from pipeline_health.simulator.world import Request
from wire import NOON, Notebook, StillClock, github_wire

SHOP = RepoName("acme/shop")
REF = IssueRef(SHOP, 1)
GITHUB = "https://api.github.test"
RAILWAY = "https://railway.test/graphql/v2"
TOKEN = "rw-good-token"
SCOPED = "rw-project-token"


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Our clients over one transport, and the names of what there is."""

    github: GitHub
    railway: Railway
    node: str
    head: Sha
    older: Sha
    run: int
    job: int
    workflow: int
    project: str
    environment: str
    service: str
    deployment: str

    @property
    def access(self) -> Access:
        """Give the token for Railway."""
        return Access(secret=Secret(TOKEN), form=HeaderForm.BEARER)

    @property
    def scoped(self) -> Access:
        """Give a token of staging alone."""
        return Access(secret=Secret(SCOPED), form=HeaderForm.PROJECT)

    def staging(self) -> Environment:
        """Give staging as a look would show it."""
        service = Service(id=self.service, name="web", cron=False, deployments=())
        return Environment(
            id=self.environment, name="staging", project_id=self.project, services=(service,)
        )

    def commit(self) -> CommitWanted:
        """Ask for the head with everything that can be asked."""
        return CommitWanted(
            repo=SHOP, branch="main", sha=self.head, environments=("staging",), check="test"
        )

    def suite(self) -> Suite:
        """Give any suite."""
        return Suite(
            id=1,
            app="github-actions",
            status=CheckStatus.COMPLETED,
            conclusion=CheckConclusion.SUCCESS,
            created_at=NOON,
            updated_at=NOON,
        )


def _look(scene: Scene) -> object:
    """Look by name and by id, and count what is unfinished."""
    wanted = [
        Wanted(repo=SHOP, branch=branch, environments=("staging",), earlier=True, node=node)
        for branch, node in (("main", None), (None, scene.node))
    ]
    seen = scene.github.look(wanted, author="health-bot", checks=True)
    return scene.github.counts.added(dict(zip(wanted, seen, strict=True)))


Entry = Callable[[Scene], object]

READS: Mapping[str, Entry] = {
    "who_am_i": lambda s: s.github.who_am_i(),
    "look": _look,
    "runs_at": lambda s: s.github.runs_at(SHOP, s.head),
    "runs_on": lambda s: s.github.runs_on(SHOP, "main", event="push"),
    "runs_lately": lambda s: s.github.runs_lately(SHOP, "main"),
    "runs_back_to": lambda s: list(runs_back_to(s.github.wire, SHOP, "main", 1)),
    "jobs": lambda s: s.github.jobs(SHOP, s.run),
    "job_log": lambda s: s.github.job_log(SHOP, s.job, keep=100),
    "compare": lambda s: s.github.compare(SHOP, s.older, s.head),
    "workflow_of": lambda s: s.github.workflow_of(SHOP, s.run),
    "workflow_file": lambda s: s.github.workflow_file(
        SHOP, ".github/workflows/ci.yml", older=s.older, newer=s.head
    ),
    "issues": lambda s: s.github.issues([REF, IssueRef(SHOP, 99)], identity=None),
    "ours": lambda s: s.github.ours(SHOP, author="dev", identity=Login("dev")),
    "open_issues_of_others": lambda s: s.github.open_issues_of_others(SHOP, own=frozenset()),
    "highest": lambda s: s.github.highest(SHOP),
    "run": lambda s: s.github.failures.run(SHOP, s.run),
    "jobs_of_all_attempts": lambda s: s.github.failures.jobs_of_all_attempts(SHOP, s.run),
    "annotations": lambda s: s.github.failures.annotations(SHOP, s.job),
    "tree": lambda s: s.github.files.tree(SHOP, s.head),
    "text": lambda s: s.github.files.text(SHOP, s.head, ".gitignore"),
    "commit": lambda s: CommitLook(s.github.wire).at(s.commit()),
    "named_jobs": lambda s: CommitLook(s.github.wire).named_jobs(SHOP, s.run, s.suite(), "test"),
    "repositories": lambda s: Repositories(wire=s.github.wire, is_app=False).all(),
    "repository": lambda s: Repositories(wire=s.github.wire, is_app=False).one(SHOP),
    "comments": lambda s: GitHubEdits(s.github.wire).comments(REF, by=frozenset({Login("dev")})),
    "survey": lambda s: GitHubSurvey(s.github.wire).survey(
        [Asked(repo=SHOP, branch=branch) for branch in ("main", None)]
    ),
    "workflows": lambda s: GitHubSurvey(s.github.wire).workflows(SHOP),
    "jobs of a workflow": lambda s: GitHubSurvey(s.github.wire).jobs(SHOP, s.workflow),
    "know": lambda s: RailwaySurvey(s.railway).know(
        NamedSecret(name="RAILWAY_TOKEN", secret=Secret(TOKEN)), likely=HeaderForm.BEARER
    ),
    "inside": lambda s: RailwaySurvey(s.railway).inside(s.access, [s.environment]),
    "prove": lambda s: s.railway.prove(s.access),
    "scope": lambda s: s.railway.scope(s.scoped),
    "look with scope": lambda s: s.railway.look_with_scope(s.scoped, s.environment),
    "find": lambda s: s.railway.find(s.access, [s.project, "none"]),
    "look at Railway": lambda s: s.railway.look(s.access, [s.environment]),
    "workspaces": lambda s: Listing(s.railway.asking).workspaces(s.access),
    "projects": lambda s: Listing(s.railway.asking).projects(s.access, WORKSPACE_ID),
    "served": lambda s: Listing(s.railway.asking).served(s.access, [s.environment]),
    "steps": lambda s: s.railway.steps(s.access, s.deployment),
    "build_log": lambda s: s.railway.build_log(s.access, s.deployment, limit=9),
    "deploy_log": lambda s: s.railway.deploy_log(s.access, s.deployment, limit=9),
    "histories": lambda s: s.railway.histories.of(s.access, s.staging(), s.staging().services),
    "variables": lambda s: read_variables(
        s.railway,
        s.access,
        s.project,
        [WantedVariables(view, s.environment, s.service) for view in View],
    ),
}

WRITES: Mapping[str, Entry] = {
    "rerun_failed_jobs": lambda s: s.github.rerun_failed_jobs(SHOP, s.run),
    "create_issue": lambda s: s.github.create_issue(SHOP, title="T", body="B", labels=["bug"]),
    "ensure_labels": lambda s: GitHubEdits(s.github.wire).ensure_labels(SHOP, ["new"]),
    "add_labels": lambda s: GitHubEdits(s.github.wire).add_labels(REF, ["bug"]),
    "remove_label": lambda s: GitHubEdits(s.github.wire).remove_label(REF, "bug"),
    "edit_body": lambda s: GitHubEdits(s.github.wire).edit_body(REF, "B"),
    "close": lambda s: GitHubEdits(s.github.wire).close(REF, reason="completed"),
    "reopen": lambda s: GitHubEdits(s.github.wire).reopen(REF),
    "comment": lambda s: GitHubEdits(s.github.wire).comment(REF, "B"),
    "status": lambda s: Statuses(s.github.wire).create(
        SHOP, s.head, context="c", state=StatusState.SUCCESS, description="d", url=None
    ),
}

ENTRIES: Mapping[str, Entry] = {**READS, **WRITES}


class _Line(httpx.BaseTransport):
    """Carries a request to the simulator, and keeps what came back."""

    def __init__(self, world: World) -> None:
        self._simulator = Simulator(world)
        self.answers: list[Answer] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask."""
        target = request.url.raw_path.decode()
        call = Call(
            method=request.method, target=target, headers=dict(request.headers), body=request.read()
        )
        self.answers.append(self._simulator.answer(_host_of(request), call))
        return _response(self.answers[-1])


class _Replay(httpx.BaseTransport):
    """Gives *answers* in turn, the last one for ever."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self._left = list(answers)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer."""
        request.read()
        return _response(self._left.pop(0) if len(self._left) > 1 else self._left[0])


def _host_of(request: httpx.Request) -> Host:
    return "railway" if request.url.host == "railway.test" else "github"


def _response(answer: Answer) -> httpx.Response:
    return httpx.Response(
        answer.status, headers=answer.headers, stream=httpx.ByteStream(answer.body)
    )


@cache
def told(entry: str) -> tuple[tuple[Request, ...], tuple[Answer, ...]]:
    """Give what *entry* asks of the simulator, and what it is answered."""
    world = _world()
    line = _Line(world)
    ENTRIES[entry](_scene(world, line))
    assert [] == world.refusals
    return tuple(world.requests), tuple(line.answers)


def recorded(entry: str) -> tuple[Answer, ...]:
    """Give what the simulator answers to *entry*."""
    return told(entry)[1]


def played(entry: str, answers: Sequence[Answer]) -> object:
    """Give what *entry* makes of *answers*."""
    return ENTRIES[entry](_scene(_same_world(), _Replay(answers)))


def with_body(answers: Sequence[Answer], at: int, body: bytes) -> list[Answer]:
    """Give *answers*, the one *at* a place with another body."""
    return [replace(each, body=body) if place == at else each for place, each in enumerate(answers)]


def _scene(world: World, transport: httpx.BaseTransport) -> Scene:
    clock = StillClock(world.now())
    http = Http(clock=clock, jitter=lambda: 0.0, transport=transport)
    repo, project = world.repo(SHOP), world.railway("shop")
    staging = project.environment("staging")
    service = staging.service("web")
    run = repo.runs[-1]
    return Scene(
        github=GitHub(github_wire(http, GITHUB, clock=clock, token="gh-good-token")),
        railway=Railway(http, api=RAILWAY, clock=clock, memory=Notebook()),
        node=f"R_{repo.id}",
        head=Sha(repo.head),
        older=Sha(repo.branches["main"][0]),
        run=run.id,
        job=run.jobs[0].id,
        workflow=run.workflow_id,
        project=project.id,
        environment=staging.id,
        service=project.service_id("web"),
        deployment=service.newest_first[0].id,
    )


@cache
def _same_world() -> World:
    return _world()


def _world() -> World:
    """Make a world in which every list has something in it."""
    world = World()
    repo = world.repo(SHOP)
    repo.push("first", files={".gitignore": ".env", ".github/workflows/ci.yml": "on: push"})
    repo.run("CI", "success", jobs={"test": "success"})
    world.advance(timedelta(minutes=5))
    repo.push("second")
    repo.run("CI", "failure", jobs={"test": "failure"}, log="##[error]boom")
    repo.status("ci/circle", "failure")
    repo.record_deployment("staging", "success")
    repo.open_issue("a stranger's", "hello", user="dev")
    repo.comment(1, "hello", user="dev")
    project = world.railway("shop")
    staging = project.environment("staging")
    web = staging.service("web", repo)
    web.variables |= {"STRIPE_KEY": "planted-value", "SEALED": None}
    web.domains += ["shop.example", "shop.up.railway.app"]
    web.deploy("FAILED", log="boom")
    world.railway_tokens[SCOPED] = f"project:{project.id}:{staging.id}"
    world.advance(timedelta(minutes=5))
    return world
