"""An office from which two providers are surveyed, over a line that can be spoiled."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import httpx

from entries import GITHUB, RAILWAY, SCOPED, SHOP
from pipeline_health.clients.github_survey import Asked, GitHubSurvey
from pipeline_health.clients.http import Http
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_survey import RailwaySurvey
from pipeline_health.core.model.checkup import Account, Invisible, RepoFacts, TokenKind, Unread
from pipeline_health.settings import policy_of, read_leniently
from pipeline_health.simulator import World
from pipeline_health.simulator.exchange import Call
from pipeline_health.simulator.service import Simulator
from pipeline_health.surveying import Surveyed, survey
from wire import Notebook, StillClock, github_wire

Spoil: TypeAlias = Callable[[bytes], bytes]


class Line(httpx.BaseTransport):
    """Carries requests to the simulator; *spoil* may change an answer's body.

    A GitHub App is granted what *granted* says.
    """

    def __init__(self, world: World) -> None:
        self._simulator = Simulator(world)
        self.spoil: Spoil = bytes
        self.granted: bytes | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask."""
        if self.granted is not None and request.url.path.startswith("/app/"):
            return httpx.Response(201, content=self.granted)
        is_railway = request.url.host == "railway.test"
        call = Call(
            method=request.method,
            target=request.url.raw_path.decode(),
            headers=dict(request.headers),
            body=request.read(),
        )
        answer = self._simulator.answer("railway" if is_railway else "github", call)
        body = self.spoil(answer.body)
        return httpx.Response(answer.status, headers=answer.headers, stream=httpx.ByteStream(body))


def instead(body: bytes, _: bytes) -> bytes:
    """Give *body*, whatever came."""
    return body


def without_end(body: bytes) -> bytes:
    """Let every list go on for ever."""
    more = body.replace(b'"hasNextPage": false', b'"hasNextPage": true')
    return more.replace(b'"endCursor": null', b'"endCursor": "0"')


class Office:
    """Both surveys over one line."""

    def __init__(self) -> None:
        self.world = World()
        self.repo = self.world.repo(SHOP)
        self.repo.push("first")
        self.project = self.world.railway("shop")
        self.staging = self.project.environment("staging")
        self.web = self.staging.service("web", self.repo)
        self.world.railway_tokens[SCOPED] = f"project:{self.project.id}:{self.staging.id}"
        self.line = Line(self.world)
        self.clock = clock = StillClock(self.world.now())
        self.http = http = Http(clock=clock, jitter=lambda: 0.0, transport=self.line)
        self.github = GitHubSurvey(github_wire(http, GITHUB, clock=clock, token="gh-good-token"))
        railway = Railway(http, api=RAILWAY, clock=clock, memory=Notebook())
        self.railway = RailwaySurvey(railway)

    def introduced(self) -> Account:
        """Ask GitHub who we are."""
        return self.github.introduce("GITHUB_TOKEN", TokenKind.UNKNOWN).account

    def seen(self, *asked: Asked) -> list[RepoFacts | Invisible | Unread]:
        """Survey repositories, the shop's by default."""
        return list(self.github.survey(asked or (Asked(repo=SHOP),)).repos.values())

    def surveyed(self, home: Path, text: str, **secrets: str) -> Surveyed:
        """Survey for the configuration *text* with *secrets*; no projects, no configuration."""
        (home / "c.toml").write_text(text)
        environment = {"GITHUB_API_URL": GITHUB, "RAILWAY_API_URL": RAILWAY, **secrets}
        readable = read_leniently(config=home / "c.toml", environment=environment, home=home)
        policy = policy_of(readable.configuration) if readable.configuration else None
        return survey(readable, policy, http=self.http, clock=self.clock, memory=Notebook())

    def facts(self) -> RepoFacts:
        """Survey the shop's repository, which must be seen."""
        (found,) = self.seen()
        assert isinstance(found, RepoFacts)
        return found
