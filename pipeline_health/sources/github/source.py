"""One look at every repository, in as few requests as GitHub lets pass."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TypeAlias, TypeVar

from pipeline_health.clients.batch_sizes import BatchSize, Trial
from pipeline_health.clients.errors import ClientError, RefusedError
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_commit import CommitWanted
from pipeline_health.clients.github_login import OwnLogin
from pipeline_health.clients.github_sighting import Sighting, Wanted, unseen
from pipeline_health.core.lately import is_lately
from pipeline_health.core.model.commit import AtCommit
from pipeline_health.core.model.ids import Login, ProjectName, RepoName, Sha
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import (
    BranchRun,
    Contains,
    Evidence,
    Job,
    Relation,
    RunsOf,
    RunTrace,
    WorkflowFile,
    WorkflowFileOf,
)
from pipeline_health.core.model.readings import Blind, BlindCause, GitHubReading, Reading, Seen
from pipeline_health.core.model.report import Usage
from pipeline_health.ports import RAILWAY_NAMES, Memory
from pipeline_health.sources.github.answers import Answers
from pipeline_health.sources.github.batches import Batches, Loners
from pipeline_health.sources.github.by_runs import reading_by_runs
from pipeline_health.sources.github.commits import Commits
from pipeline_health.sources.github.habits import Habits
from pipeline_health.sources.github.identities import Identities
from pipeline_health.sources.github.learning import Learning
from pipeline_health.threads import for_each

BATCH = 25
"""So many repositories are asked for in one request, at first (contract: 50 have timed out)."""
MOST_REPOSITORIES = 50
"""More saves no points, for their price is by the repository; and a timeout costs extra ones."""
SIDE_BY_SIDE = 4
PATIENCE = 30.0
"""At most so many queries are under way, and that only until GitHub has worked for so many seconds.

It allows 60 seconds of its time a minute for queries, tells nobody how much is left, takes what a
query took for it, and advises to ask one after the other (contract 3). A healthy query of 25
repositories takes one or two seconds, so that most of a thousand projects are read within this;
where GitHub is slow, four at once would be through its minute in 15 seconds.
"""
TRY_CHECKS_AGAIN = timedelta(days=1)
_NO_CHECKS = "github-no-checks"

AsksT = TypeVar("AsksT", RunTrace, Contains, RunsOf)
Sightings: TypeAlias = Mapping[Wanted, Sighting]


class GitHubSource:
    """Sees repositories, checks, deployments and our issues; *identity* names our account.

    *variable* is where the token comes from, for the words about one that is refused. *habits* are
    read for who tells what nothing watches. *at_once* is how many requests may be under way.
    """

    def __init__(  # noqa: PLR0913 - one argument a part
        self,
        client: GitHub,
        memory: Memory,
        *,
        redact: Callable[[str], str],
        identity: Login | None = None,
        variable: str = "GITHUB_TOKEN",
        batch: int = BATCH,
        habits: bool = True,
        at_once: int = 1,
    ) -> None:
        self._client = client
        self._most_at_once = at_once
        self._habits = habits
        self._memory = memory
        self._redact = redact
        self._variable = variable
        self._size = BatchSize(memory, f"GitHub, {variable}", start=batch, most=MOST_REPOSITORIES)
        self._identities = Identities(memory)
        self._loners = Loners(memory)
        self._today: dict[RepoName, RepoName] = {}
        self._login = OwnLogin(client, memory, identity=identity)
        self._answers = Answers(client, memory, redact=redact)
        self._commits = Commits(client, redact=redact)

    def look(
        self, projects: Sequence[ProjectPolicy], *, now: datetime
    ) -> Mapping[ProjectName, GitHubReading]:
        """Read every project; a repository that several of them share is read once."""
        wanted = {project.name: self._wanted(project) for project in projects}
        readings = self._readings(tuple(dict.fromkeys(wanted.values())), now)
        for asked, reading in readings.items():
            if isinstance(reading.repository, Seen):
                self._today[asked.repo] = reading.repository.value.name
        learning = Learning(self._client, self._memory, now=now, at_once=self._at_once())
        own = {name: readings[asked] for name, asked in wanted.items()}
        taught = learning.taught(projects, own)
        if not self._habits or learning.is_behind:
            return taught
        habits = Habits(self._client, self._memory, now=now)
        return {name: habits.added(reading) for name, reading in taught.items()}

    def evidence(self, trace: RunTrace, *, now: datetime) -> Reading[Evidence]:
        """Read what a failing run left behind; complete evidence is asked for once."""
        return self._answers.evidence(self._named(trace), now=now)

    def jobs(self, trace: RunTrace, *, now: datetime) -> Reading[tuple[Job, ...]]:
        """Read the jobs of a run, at its newest attempt; once all are over, once."""
        return self._answers.jobs(self._named(trace), now=now)

    def relation(self, question: Contains, *, now: datetime) -> Reading[Relation]:
        """Compare two commits; once."""
        return self._answers.relation(self._named(question), now=now)

    def runs(self, question: RunsOf, *, now: datetime) -> Reading[tuple[BranchRun, ...]]:
        """List the newest runs of a branch that one event began; one request."""
        return self._answers.runs(self._named(question), now=now)

    def workflow_file(self, question: WorkflowFileOf, *, now: datetime) -> Reading[WorkflowFile]:
        """Tell what became of the file of a run's workflow between two commits; once."""
        named = replace(question, trace=self._named(question.trace))
        return self._answers.workflow_file(named, now=now)

    def at_commit(self, project: ProjectPolicy, sha: Sha, *, now: datetime) -> Reading[AtCommit]:
        """Read everything that GitHub shows of *sha*; each part is seen or not on its own."""
        wanted = CommitWanted(
            repo=self._today.get(project.repo, project.repo),
            branch=project.branch,
            sha=sha,
            environments=self._staging(project),
            check=project.gate.e2e_check,
        )
        try:
            return self._commits.at(wanted, workflow=project.deploy_workflow)
        except ClientError as exc:
            return self._blinded(exc, now)

    def known_login(self) -> str | None:
        """Give the login that we act under, as far as it is remembered; nobody is asked."""
        return self._login.known()

    def usage(self) -> Usage:
        """Tell what was asked of GitHub so far, by the tracker too."""
        return self._client.usage()

    def _named(self, question: AsksT) -> AsksT:
        """Give *question* of the repository as it is called today.

        A redirect from its old name would cost a request more, or lead to who has that name now.
        """
        return replace(question, repo=self._today.get(question.repo, question.repo))

    def _wanted(self, project: ProjectPolicy) -> Wanted:
        return Wanted(
            repo=project.repo,
            branch=project.branch,
            environments=self._staging(project),
            production=self._names(project, project.production_environment),
            earlier=project.deploy_workflow is not None,
            node=self._identities.recall(project.repo),
        )

    def _staging(self, project: ProjectPolicy) -> tuple[str, ...]:
        """Give the names that a staging deployment may have."""
        if project.github_environment is not None:
            return (project.github_environment,)
        return self._names(project, project.staging_environment)

    def _names(self, project: ProjectPolicy, environment: str) -> tuple[str, ...]:
        """Give what a deployment to *environment* may be called; Railway puts its project first.

        The Railway source remembers what the project is called.
        """
        name = None
        if project.railway_project is not None:
            name = self._memory.recall(RAILWAY_NAMES, project.railway_project)
        return (environment,) if name is None else (environment, f"{name} / {environment}")

    def _readings(self, wanted: Sequence[Wanted], now: datetime) -> Mapping[Wanted, GitHubReading]:
        try:
            own, sightings, checks = self._look(wanted, now)
        except ClientError as exc:
            blind = self._blinded(exc, now)
            return {one: unseen(one, blind).reading for one in wanted}
        if checks:
            self._remember_checks(own, sightings.values(), now)
        return for_each(
            sightings,
            lambda wanted: self._reading(wanted, sightings[wanted], checks=checks),
            at_once=self._at_once(),
        )

    def _at_once(self) -> int:
        """Tell how many requests may be under way now."""
        spent = self._client.wire.meter.waited
        return min(self._most_at_once, SIDE_BY_SIDE) if spent < PATIENCE else 1

    def _look(self, wanted: Sequence[Wanted], now: datetime) -> tuple[str, Sightings, bool]:
        """Look as whoever we are; when the answer says that the token is another's now, again."""
        own = self._login()
        checks = self._may_see_checks(own, now)
        sightings = self._sightings(wanted, now, checks=checks)
        other = next((s.viewer for s in sightings.values() if s.viewer not in (None, own)), None)
        if other is None:
            return own, sightings, checks
        self._login.learn(other, now=now)
        checks = self._may_see_checks(other, now)
        return other, self._sightings(wanted, now, checks=checks), checks

    def _sightings(self, wanted: Sequence[Wanted], now: datetime, *, checks: bool) -> Sightings:
        author, trial = self._login.author(), Trial()
        batches = Batches(
            ask=lambda batch: self._client.look(batch, author=author, checks=checks),
            size=self._size.size(),
            blinded=lambda exc: self._blinded(exc, now),
            at_once=self._at_once,
            trial=trial,
        )
        alone = replace(
            batches,
            ask=lambda one: self._client.look(one, author=author, checks=checks, patient=False),
            size=1,
            trial=Trial(),
        )
        seen = self._seen(batches, alone, wanted, now)
        lost = [one for one in wanted if self._identities.is_lost(one, seen[one])]
        for one in lost:
            if not seen[one].nowhere:  # else it may only be hidden from this token, for a while
                self._identities.forget(one.repo)
        by_name = replace(batches, trial=Trial())
        named = by_name.see([replace(one, node=None) for one in lost])
        seen |= {one: named[replace(one, node=None)] for one in lost}
        for one, sighting in seen.items():
            self._identities.learn(one.repo, sighting.reading)
        self._size.learn(trial.outcome(), now=now)
        return self._client.counts.added(seen)

    def _seen(
        self, batches: Batches, alone: Batches, wanted: Sequence[Wanted], now: datetime
    ) -> dict[Wanted, Sighting]:
        """Ask for all of *wanted*; last, *alone* and once, for what is known to fail so."""
        loners = self._loners.among(wanted)
        seen = dict(batches.see([one for one in wanted if one not in loners]))
        seen |= alone.see(loners)
        passed = [one for one in loners if seen[one].viewer is not None and not seen[one].cut]
        self._loners.learn(batches.failed_alone, passed, now=now)
        return seen

    def _blinded(self, exc: ClientError, now: datetime) -> Blind:
        """Say why nothing was seen, and tell a refused token from everything else."""
        if isinstance(exc, RefusedError) and exc.status == HTTPStatus.UNAUTHORIZED:
            cause = BlindCause.REFUSED
            return Blind(at=now, why=str(exc), cause=cause, token=self._variable)
        return Blind(at=now, why=str(exc))

    def _reading(self, wanted: Wanted, sighting: Sighting, *, checks: bool) -> GitHubReading:
        reading = sighting.reading
        if sighting.forbidden or not checks:
            reading = reading_by_runs(self._client, wanted, sighting)
        if not isinstance(reading.branch, Seen):
            return reading
        branch = reading.branch.value
        head = replace(branch.head, subject=self._redact(branch.head.subject))
        message = self._redact(branch.message)
        seen = replace(reading.branch, value=replace(branch, head=head, message=message))
        return replace(reading, branch=seen)

    def _may_see_checks(self, own: str, now: datetime) -> bool:
        """Tell whether check suites are worth asking for; a permission may have been added."""
        refused = self._memory.recall(_NO_CHECKS, own)
        return not is_lately(refused, within=TRY_CHECKS_AGAIN, now=now)

    def _remember_checks(self, own: str, sightings: Iterable[Sighting], now: datetime) -> None:
        """Keep whether this token may see checks; one repository that refuses them is not that."""
        kept = tuple(sightings)
        if any(isinstance(sighting.reading.checks, Seen) for sighting in kept):
            self._memory.forget(_NO_CHECKS, own)
        elif any(sighting.forbidden for sighting in kept):
            self._memory.remember(_NO_CHECKS, own, now.isoformat(), now=now)
