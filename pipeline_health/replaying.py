"""Composition root of `replay`: the real agent over a recorded history, under its clock.

Nothing of it is a stand-in but the two providers and the sites, which a `Player` lets happen what
is recorded, and the ledger, which is forgotten. No secret is read and no address is contacted.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline_health import bootstrap, recordings, telemetry
from pipeline_health import settings as configured
from pipeline_health.clients.within import Given, Posed, Within
from pipeline_health.core.issue_text import read_marker
from pipeline_health.core.model.ids import Fingerprint, RepoName
from pipeline_health.core.model.incident import Incident, Owner
from pipeline_health.core.model.policy import Policy, ProjectPolicy
from pipeline_health.core.model.recording import (
    DeploymentTold,
    RecordedProject,
    Recording,
    Stretch,
    UrlTold,
)
from pipeline_health.core.model.report import ChangeLine, CycleReport
from pipeline_health.core.model.urls import Place
from pipeline_health.core.signal import (
    Figures,
    Issue,
    counted,
    counted_before,
    failures_of,
    figures,
)
from pipeline_health.ledger import MemoryLedger
from pipeline_health.ports import Ledger
from pipeline_health.settings import ConfigurationError, Settings
from pipeline_health.simulator import Answer, Call, ConnectionCut, Simulator, World, WorldClock
from pipeline_health.simulator.faults import Host
from pipeline_health.simulator.github_records import Issue as KeptIssue
from pipeline_health.simulator.playing import Player

_GITHUB, _RAILWAY = "github.test", "railway.test"
_TOKEN, _LOGIN = "gh-good-token", "health-bot"
_PRETENDED = {
    "GITHUB_TOKEN": _TOKEN,
    "RAILWAY_TOKEN": "rw-good-token",
    "GITHUB_API_URL": f"https://{_GITHUB}",
    "RAILWAY_API_URL": f"https://{_RAILWAY}/graphql/v2",
}
_OPEN, _REOPEN, _HAND_OVER = "open", "reopen", "hand over"

Watch = Callable[[int, int], None]
"""Is told how many cycles are over, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A cycle that did something, or that failed."""

    at: datetime
    sentence: str
    changes: tuple[ChangeLine, ...]
    failed: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What the agent did on a recorded history. *before* is what the monitor of that time did.

    *configuration* is where the configuration came from, *lacks* what is not replayed or stands in.
    """

    recording: Recording
    configuration: str
    every: timedelta
    cycles: int
    ticks: tuple[Tick, ...]
    issues: tuple[Issue, ...]
    figures: Figures
    before: Figures
    lacks: tuple[str, ...]


def read(path: Path) -> Recording:
    """Read a recording of any format; raises ConfigurationError."""
    return recordings.read(path)


def replay(
    recording: Recording,
    *,
    config: Path | None = None,
    every: timedelta | None = None,
    watch: Watch = lambda _, __: None,
) -> Replayed:
    """Run cycle after cycle over *recording*, as *config* wants it, else as the recording implies.

    Without *every* a cycle comes each poll_interval. Raises ConfigurationError.
    """
    with TemporaryDirectory(prefix="pipeline-health-replay-") as home, telemetry.muted():
        settings = _settings(recording, config, Path(home))
        policy, unwatched = as_recorded(settings.policy, recording, config)
        stage = _Stage(replace(settings, policy=policy), recording)
        interval = policy.poll_interval if every is None else every
        moments = list(_moments(recording, interval))
        for number, moment in enumerate(moments, start=1):
            stage.cycle(moment)
            watch(number, len(moments))
    issues = tuple(stage.issues())
    return Replayed(
        recording=recording,
        configuration="the recording" if config is None else str(config),
        every=interval,
        cycles=len(moments),
        ticks=tuple(stage.ticks),
        issues=issues,
        figures=figures([counted(issue, recording) for issue in issues], recording.causes),
        before=figures(map(counted_before, recording.filed), recording.causes),
        lacks=(*recording.lacks, *unwatched),
    )


# -- what is configured --------------------------------------------------------------------------


def _settings(recording: Recording, config: Path | None, home: Path) -> Settings:
    if config is None:
        config = home / "implied.toml"
        config.write_text(_implied(recording.projects), encoding="utf-8")
    return configured.load(config=config, environment=_PRETENDED, home=home)


def _implied(projects: Sequence[RecordedProject]) -> str:
    """Write the configuration that a recording implies."""
    return "\n\n".join(
        "\n".join(
            [
                "[[projects]]",
                f'name = "{project.name}"',
                f'repo = "{project.repo}"',
                f'branch = "{project.branch}"',
                *(
                    []
                    if project.railway_project is None
                    else [f'railway_project = "{project.railway_project}"']
                ),
                *project.lines,
            ]
        )
        for project in projects
    )


def as_recorded(
    policy: Policy, recording: Recording, config: Path | None
) -> tuple[Policy, tuple[str, ...]]:
    """Give *policy* without what nothing is recorded of, and a sentence for each such thing.

    Raises ConfigurationError for a recorded repository that is not configured.
    """
    recorded = {project.repo.lower() for project in recording.projects}
    missing = recorded - {project.repo.lower() for project in policy.projects}
    if missing:
        msg = (
            f"{config}: {', '.join(sorted(missing))}: recorded and not configured; expected a "
            "[[projects]] with this repo"
        )
        raise ConfigurationError(msg)
    watched = [project for project in policy.projects if project.repo.lower() in recorded]
    projects, lacks = [], []
    for project in watched:
        known, says = _narrowed(project, recording)
        projects.append(known)
        lacks += says
    others = [project.name for project in policy.projects if project not in watched]
    if others:
        lacks.append(f"Nothing is recorded of {', '.join(others)}; not watched.")
    return replace(policy, projects=tuple(projects)), tuple(lacks)


def _narrowed(project: ProjectPolicy, recording: Recording) -> tuple[ProjectPolicy, list[str]]:
    says = []
    railways = {f.project for f in recording.facts if isinstance(f, DeploymentTold)}
    urls = {(f.repo.lower(), f.place) for f in recording.facts if isinstance(f, UrlTold)}
    repo = project.repo.lower()
    if project.railway_project is not None and project.railway_project not in railways:
        says.append(f"{project.name}: no deployment of railway_project is recorded; not watched.")
        project = replace(project, railway_project=None)
    if project.staging_url is not None and (repo, Place.STAGING) not in urls:
        says.append(f"{project.name}: nothing of staging_url is recorded; not asked.")
        project = replace(project, staging_url=None)
    if project.production_url is not None and (repo, Place.PRODUCTION) not in urls:
        says.append(f"{project.name}: nothing of production_url is recorded; not asked.")
        project = replace(project, production_url=None)
    return project, says


def _moments(recording: Recording, every: timedelta) -> Iterator[datetime]:
    """Give the times of all cycles: round ones, as a timer's are, within what is recorded."""
    whole = Stretch(began_at=recording.began_at, ended_at=recording.ended_at)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    for stretch in recording.stretches or (whole,):
        moment = stretch.began_at + -(stretch.began_at - epoch) % every
        while moment <= stretch.ended_at:
            yield moment
            moment += every


# -- the agent and its world -----------------------------------------------------------------------


@dataclass(slots=True)
class _Account:
    """What is kept of one issue while it lives."""

    owner: Owner | None
    incidents: tuple[Incident, ...]
    reopened: int = 0
    moved: int = 0


class _Stage:
    """The agent, its ledger, and the world in which the recording happens."""

    def __init__(self, settings: Settings, recording: Recording) -> None:
        self.ticks: list[Tick] = []
        self._settings = settings
        self._world = World(min(recording.began_at, *(fact.at for fact in recording.facts[:1])))
        self._world.github_tokens[_TOKEN] = settings.policy.routing.identity or _LOGIN
        if settings.policy.limits.ops_repo is not None:
            self._world.repo(settings.policy.limits.ops_repo)
        self._player = Player(self._world, recording)
        self._ledger = MemoryLedger()
        line = _Line(self._world, self._player, settings.policy.projects)
        self._machine = bootstrap.Machine(
            clock=WorldClock(self._world),
            transport=Within(line.answer),
            ledger=self._kept,
            pace=timedelta(0),
            dice=random.Random(1),  # noqa: S311 - the same history is the same story
        )
        self._accounts: dict[tuple[RepoName, int], _Account] = {}

    @contextmanager
    def _kept(self, _: Settings) -> Iterator[Ledger]:
        yield self._ledger

    def cycle(self, moment: datetime) -> None:
        """Let everything happen up to *moment*, and let the agent look."""
        self._player.until(moment)
        report = bootstrap.run_once(self._settings, machine=self._machine)
        self._world.requests.clear()
        if report.changes or report.failed is not None:
            self._note(report)

    def _note(self, report: CycleReport) -> None:
        self.ticks.append(
            Tick(
                at=report.started_at,
                sentence=report.sentence,
                changes=report.changes,
                failed=report.failed,
            )
        )
        for change in report.changes:
            if not change.applied or change.issue is None:
                continue
            place = change.repo, change.issue
            if change.change == _OPEN:
                self._accounts[place] = self._opened(change.fingerprint)
            elif place in self._accounts:
                self._accounts[place].reopened += change.change == _REOPEN
                self._accounts[place].moved += change.change == _HAND_OVER

    def _opened(self, fingerprint: Fingerprint) -> _Account:
        found = self._incidents(fingerprint)
        owner = next((i.filing.owner for i in found if i.filing is not None), None)
        return _Account(owner=owner, incidents=found)

    def _incidents(self, fingerprint: Fingerprint) -> tuple[Incident, ...]:
        """Give the incident of an issue, or the members of a portfolio incident."""
        return tuple(
            incident
            for incident in self._ledger.incidents()
            if fingerprint in (incident.fingerprint, incident.part_of)
        )

    def issues(self) -> Iterator[Issue]:
        """Give every issue that was filed, as it is now."""
        for (repo, number), account in self._accounts.items():
            kept = self._world.repo(repo).issues[number]
            yield Issue(
                repo=repo,
                number=number,
                title=kept.title,
                owner=account.owner,
                left_with=self._left_with(kept) or account.owner,
                opened_at=kept.created_at,
                closed_at=kept.closed_at,
                failures=tuple(f for each in account.incidents for f in failures_of(each)),
                comments=len(kept.comments),
                reopened=account.reopened,
                moved=account.moved,
            )

    def _left_with(self, kept: KeptIssue) -> Owner | None:
        marker = read_marker(kept.body)
        return None if marker is None else marker.owner


@dataclass(slots=True)
class _Line:
    """Carries the agent's requests into its world.

    What was asked before is answered as before, until something happens in it.
    """

    world: World
    player: Player
    projects: Sequence[ProjectPolicy]
    _writes: int = 0
    _version: tuple[object, ...] = ()
    _known: dict[tuple[object, ...], Answer] = field(default_factory=dict)
    _simulator: Simulator = field(init=False)

    def __post_init__(self) -> None:
        self._simulator = Simulator(self.world)

    def answer(self, posed: Posed) -> Given | None:
        """Answer one request; None is a connection that broke."""
        host = _HOSTS.get(posed.host)
        if host is None:
            return self._visited(posed)
        try:
            answer = self._asked(host, posed)
        except ConnectionCut:
            return None
        date = {"Date": format_datetime(self.world.now(), usegmt=True)}
        return Given(status=answer.status, headers={**answer.headers, **date}, body=answer.body)

    def _asked(self, host: Host, posed: Posed) -> Answer:
        reads = posed.method == "GET" or posed.target.startswith("/graphql")
        self._writes += not reads
        # Budgets are renewed by the hour, whatever else happens.
        version = (self.player.played, self._writes, self.world.now().replace(minute=0, second=0))
        if version != self._version:
            self._version = version
            self._known.clear()
        asked = (host, posed.method, posed.target, posed.body)
        if not reads or asked not in self._known:
            call = Call(
                method=posed.method, target=posed.target, headers=posed.headers, body=posed.body
            )
            self._known[asked] = self._simulator.answer(host, call)
        return self._known[asked]

    def _visited(self, posed: Posed) -> Given | None:
        """Answer as the product at a URL did."""
        for project in self.projects:
            for place, url in _urls(project).items():
                if posed.url == url or posed.url.startswith(f"{url.rstrip('/')}/"):
                    answers = self.player.answers(project.repo, place)
                    return Given(status=200, headers={}, body=b"") if answers else None
        return None


_HOSTS: Mapping[str, Host] = {_GITHUB: "github", _RAILWAY: "railway"}


def _urls(project: ProjectPolicy) -> Mapping[Place, str]:
    named = {Place.STAGING: project.staging_url, Place.PRODUCTION: project.production_url}
    return {place: url for place, url in named.items() if url is not None}
