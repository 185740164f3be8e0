"""Lets a recorded history happen in a simulated world: fact by fact, each at its own time."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.readings import Unrecognised
from pipeline_health.core.model.recording import (
    DeploymentTold,
    Fact,
    JobTold,
    Pushed,
    RecordedProject,
    Recording,
    RecordTold,
    RunTold,
    SightTold,
    StatusTold,
    SuiteTold,
    UrlTold,
)
from pipeline_health.core.model.urls import Place
from pipeline_health.simulator.faults import Fault, Host
from pipeline_health.simulator.github_records import (
    DeploymentRecord,
    ExternalSuite,
    Job,
    RecordStatus,
    Run,
    Step,
)
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.railway_world import RailwayDeployment, RailwayService
from pipeline_health.simulator.world import World

ELSEWHERE = "unrecorded"
"""The branch of a commit that a run names and that no recorded push brought."""

_FOR_EVER = 10**9
_UNREADABLE = 502
_EVERY_MINUTE = "* * * * *"
_PROVIDERS: tuple[Host, ...] = ("github", "railway")


@dataclass(slots=True, kw_only=True)
class _Known:
    """What was told of before, by its provider's id; *unknown* are runs that ended unrecognised."""

    runs: dict[int, Run] = field(default_factory=dict)
    unknown: set[int] = field(default_factory=set)
    suites: dict[int, ExternalSuite] = field(default_factory=dict)
    records: dict[int, DeploymentRecord] = field(default_factory=dict)
    deployments: dict[str, RailwayDeployment] = field(default_factory=dict)
    sights: dict[str, Fault] = field(default_factory=dict)


class Player:
    """Plays *recording* in *world*. What was not told of is not there.

    *played* counts what happened so far: while it stays, the world shows what it showed.
    """

    def __init__(self, world: World, recording: Recording) -> None:
        self.played = 0
        self._world = world
        self._coming = deque(recording.facts)
        self._known = _Known()
        self._answers: dict[tuple[str, Place], dict[str | None, bool]] = {}
        names = dict(recording.railway_names)
        for project in recording.projects:
            self._found(project, names)
        for fact in recording.facts:
            if isinstance(fact, DeploymentTold):  # where it was deployed to was there before
                deployed = self._world.railway(fact.project)
                deployed.id = fact.project
                deployed.environment(fact.environment)

    def until(self, moment: datetime) -> None:
        """Let everything happen that is recorded up to *moment*, and be that late."""
        while self._coming and self._coming[0].at <= moment:
            fact = self._coming.popleft()
            self._advance(fact.at)
            self._tell(fact)
            self.played += 1
        self._advance(moment)

    def answers(self, repo: RepoName, place: Place, url: str | None = None) -> bool:
        """Tell whether a URL answers now, as far as it was told of; it does until it is.

        Of one that is not told of by itself it is what is told of that place.
        """
        told = self._answers.get((repo.lower(), place), {})
        return told.get(url, any(told.values()) or not told)

    def _advance(self, moment: datetime) -> None:
        self._world.advance(max(moment - self._world.now(), timedelta(0)))

    def _found(self, project: RecordedProject, names: Mapping[str, str]) -> None:
        self._world.repo(project.repo, default_branch=project.branch)
        if project.railway_project is not None:
            railway = self._world.railway(project.railway_project)
            railway.id = project.railway_project
            railway.name = names.get(railway.id, railway.id)

    def _tell(self, fact: Fact) -> None:  # noqa: C901, PLR0912 - one case a fact
        match fact:
            case Pushed():
                self._push(fact)
            case RunTold():
                self._run(fact)
            case SuiteTold():
                self._suite(fact)
            case StatusTold():
                self._status(fact)
            case RecordTold():
                self._record(fact)
            case DeploymentTold():
                self._deployment(fact)
            case UrlTold():
                self._answers.setdefault((fact.repo.lower(), fact.place), {})[fact.url] = (
                    fact.answers
                )
            case SightTold():
                self._sight(fact)
            case unreachable:
                assert_never(unreachable)

    # -- GitHub ----------------------------------------------------------------------------

    def _repo_with(self, name: RepoName, sha: str) -> Repo:
        """Give the repository, which has the commit: off the branch where no push brought it."""
        repo = self._world.repo(name)
        if sha not in repo.commits:
            repo.push("", "", sha=sha, branch=ELSEWHERE)
        return repo

    def _push(self, told: Pushed) -> None:
        """Land a commit; one that is on the branch already is where it was moved back to."""
        repo = self._world.repo(told.repo)
        if told.sha in repo.commits and told.sha in repo.branches[repo.default_branch]:
            repo.force_push(told.sha)
        else:
            repo.push(told.message, told.author, sha=told.sha)

    def _run(self, told: RunTold) -> None:
        repo = self._repo_with(told.repo, told.sha)
        status, conclusion = _lower(told.status) or "", _lower(told.conclusion)
        run = self._known.runs.get(told.run_id)
        if run is None:
            run = repo.run(
                told.workflow,
                conclusion,
                event=told.event,
                sha=told.sha,
                jobs={},
                status=status,
                branch=told.branch,
            )
            run.id, run.created_at = told.run_id, told.created_at
            self._known.runs[told.run_id] = run
        elif run.status == "completed" and conclusion != run.conclusion and self._was_known(told):
            repo.rerun(run)
        run.status, run.conclusion, run.updated_at = status, conclusion, told.at
        self._jobs(run, told)
        if isinstance(told.conclusion, Unrecognised):
            self._known.unknown.add(told.run_id)

    def _was_known(self, told: RunTold) -> bool:
        """Tell whether how a run ended was known: else what is told now is of the same attempt."""
        return told.run_id not in self._known.unknown

    def _jobs(self, run: Run, told: RunTold) -> None:
        """Give a run the jobs that were told of, and no other."""
        before = {job.name: job for job in run.jobs}
        run.jobs = [before.get(job.name) or self._job(run, job, told) for job in told.jobs]
        for job, line in zip(run.jobs, told.jobs, strict=True):
            job.conclusion = _lower(line.conclusion)
            job.status = "completed" if line.conclusion else "in_progress"
            job.completed_at = told.at if line.conclusion else None
            job.steps[-1].name, job.steps[-1].conclusion = line.step or job.name, job.conclusion
            job.log = line.log

    def _job(self, run: Run, told: JobTold, of: RunTold) -> Job:
        return Job(
            id=self._world.number(),
            name=told.name,
            status="in_progress",
            conclusion=None,
            started_at=of.created_at,
            completed_at=None,
            steps=[Step(name="Set up job", conclusion="success"), Step(name="", conclusion=None)],
            attempt=run.attempt,
        )

    def _suite(self, told: SuiteTold) -> None:
        suite = self._known.suites.get(told.suite_id)
        if suite is None:
            repo = self._repo_with(told.repo, told.sha)
            suite = repo.external_suite(told.app, sha=told.sha)
            suite.created_at = told.created_at
            self._known.suites[told.suite_id] = suite
        suite.status, suite.conclusion = _lower(told.status) or "", _lower(told.conclusion)
        suite.runs, suite.updated_at = int(told.conclusion is not None), told.at

    def _status(self, told: StatusTold) -> None:
        self._repo_with(told.repo, told.sha).status(
            told.context,
            _lower(told.state) or "",
            creator=told.creator,
            sha=told.sha,
            target_url=told.url,
            description=told.description,
        )

    def _record(self, told: RecordTold) -> None:
        record = self._known.records.get(told.id)
        if record is None:
            repo = self._repo_with(told.repo, told.sha)
            record = repo.record_deployment(
                told.environment, None, sha=told.sha, creator=told.creator or ""
            )
            record.id, record.created_at = told.id, told.created_at
            self._known.records[told.id] = record
        if (state := _lower(told.state)) is not None:
            record.statuses.append(RecordStatus(state=state, created_at=told.at))

    # -- Railway ---------------------------------------------------------------------------

    def _deployment(self, told: DeploymentTold) -> None:
        status = told.status.text if isinstance(told.status, Unrecognised) else told.status.value
        service = self._service(told)
        deployment = self._known.deployments.get(told.id)
        if deployment is None:
            # What it took over from is told of, and nothing that is not may happen: it begins so
            # that it takes over from nothing.
            deployment = service.deploy("", commit="", image=told.image, at=told.created_at)
            deployment.id = told.id
            self._known.deployments[told.id] = deployment
        repo = None if told.built_from is None else self._world.repo(told.built_from)
        deployment.status, deployment.changed_at = status, told.at
        deployment.commit, deployment.image = told.commit, told.image
        deployment.repo = repo.full_name if repo and told.commit else None
        deployment.branch = repo.default_branch if repo and told.commit else None
        deployment.skipped_reason, deployment.stopped = told.skipped_reason, told.stopped
        if deployment is service.latest:
            service.repo, service.cron = repo, _EVERY_MINUTE if told.cron else None
        if status == "FAILED":
            deployment.build_log = told.log
        else:
            deployment.deploy_log = told.log

    def _service(self, told: DeploymentTold) -> RailwayService:
        environment = self._world.railway(told.project).environment(told.environment)
        return environment.service(told.service)

    # -- whether they can be read ----------------------------------------------------------

    def _sight(self, told: SightTold) -> None:
        for provider in _PROVIDERS:
            if told.provider != provider:
                continue
            if provider in self._known.sights:
                self._known.sights.pop(provider).times = 0
            if not told.readable:
                self._known.sights[provider] = self._world.faults.add(
                    host=provider, mode="status", status=_UNREADABLE, times=_FOR_EVER
                )


def _lower(told: StrEnum | Unrecognised | None) -> str | None:
    """Write a value as GitHub's REST service does."""
    match told:
        case None:
            return None
        case Unrecognised(text=text):
            return text.lower()
        case _:
            return told.value.lower()
