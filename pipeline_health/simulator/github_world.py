"""A repository of the simulated GitHub, in the words in which a story is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pipeline_health.simulator.github_deployments import DeploymentBook
from pipeline_health.simulator.github_issues import IssueBook
from pipeline_health.simulator.github_records import (
    CommitStatus,
    ExternalSuite,
    Job,
    Run,
    Step,
    Suite,
)
from pipeline_health.simulator.timeline import Timeline

BAD = frozenset({"failure", "timed_out"})


class Registry:
    """Finds repositories by any name that they ever had and by id, and check suites by id.

    What is *hidden* exists, and is shown to nobody.
    """

    def __init__(self) -> None:
        self._by_name: dict[str, Repo] = {}
        self._by_id: dict[int, Repo] = {}
        self.suites: dict[int, tuple[Repo, Suite]] = {}
        self.hidden: set[int] = set()

    def enter(self, repo: "Repo") -> None:
        """Make *repo* findable by its present name, beside the earlier ones."""
        self._by_name[repo.full_name.lower()] = repo
        self._by_id[repo.id] = repo

    def named(self, full_name: str) -> "Repo | None":
        """Find the repository that has this name now, or had it last."""
        return self._shown(self._by_name.get(full_name.lower()))

    def all(self) -> list["Repo"]:
        """List every repository."""
        return [repo for repo in self._by_id.values() if repo.id not in self.hidden]

    def numbered(self, number: int) -> "Repo | None":
        """Find the repository with this id."""
        return self._shown(self._by_id.get(number))

    def _shown(self, repo: "Repo | None") -> "Repo | None":
        return None if repo is None or repo.id in self.hidden else repo


class Repo(DeploymentBook, IssueBook):
    """One repository: commits, runs, statuses, deployments, issues, *disabled* workflows."""

    def __init__(
        self,
        registry: Registry,
        timeline: Timeline,
        *,
        full_name: str,
        default_branch: str,
        private: bool,
    ) -> None:
        DeploymentBook.__init__(self, timeline, seed=full_name, default_branch=default_branch)
        IssueBook.__init__(self, timeline)
        self._registry = registry
        self.id = timeline.number()
        self.full_name = full_name
        self.private = private
        self.archived = False
        self.fork = False
        self.runs: list[Run] = []
        self._suites: dict[str, list[Suite]] = {}
        self._statuses: dict[str, list[CommitStatus]] = {}
        self.workflows: dict[str, int] = {}
        self.disabled: set[str] = set()
        self._paths: dict[str, str] = {}
        registry.enter(self)

    @property
    def owner(self) -> str:
        """Tell the first half of the name."""
        return self.full_name.split("/")[0]

    @property
    def name(self) -> str:
        """Tell the second half of the name."""
        return self.full_name.split("/")[1]

    def rename(self, full_name: str) -> None:
        """Give the repository another name; the earlier one leads to it from now on."""
        self.full_name = full_name
        self._registry.enter(self)

    def rename_workflow(self, workflow: str, name: str) -> None:
        """Let a workflow show another name from now on; its file and its id stay."""
        self._paths[name] = self.path_of(workflow)
        self.workflows[name] = self.workflows[workflow]

    def path_of(self, workflow: str) -> str:
        """Tell the file of a workflow."""
        named = workflow.lower().replace(" ", "-")
        return self._paths.get(workflow, f".github/workflows/{named}.yml")

    # -- checks ----------------------------------------------------------------------------

    def run(  # noqa: PLR0913 - the vocabulary of the stories
        self,
        workflow: str,
        conclusion: str | None,
        *,
        event: str = "push",
        sha: str | None = None,
        jobs: Mapping[str, str | None] | None = None,
        step: str = "Run tests",
        log: str = "",
        minutes: float = 3,
        status: str | None = None,
        title: str | None = None,
        branch: str | None = None,
    ) -> Run:
        """Add an Actions run that ends now, or with no conclusion one that begins now.

        Without *jobs* it has one, named as the workflow in lower case (none after a
        startup_failure); *log* becomes that of its failing jobs.
        """
        commit = self.commits[sha or self.head]
        now = self._timeline.now()
        began = max(now - timedelta(minutes=minutes), commit.committed_at) if conclusion else now
        run = Run(
            id=self._timeline.number(),
            suite_id=self._timeline.number(),
            workflow=workflow,
            workflow_id=self.workflows.setdefault(workflow, self._timeline.number()),
            event=event,
            branch=branch or self.branch_of(commit.sha),
            sha=commit.sha,
            status=status or ("completed" if conclusion else "in_progress"),
            conclusion=conclusion,
            created_at=began,
            updated_at=now,
            jobs=[],
            step=step,
            title=title,
        )
        if jobs is None:
            jobs = {} if conclusion == "startup_failure" else {workflow.lower(): conclusion}
        run.jobs = [self._job(run, name, verdict, log=log) for name, verdict in jobs.items()]
        self.runs.append(run)
        self._keep(run.sha, run)
        return run

    def finish(self, run: Run, conclusion: str, log: str = "") -> None:
        """End a run now, and with it the jobs that have not ended."""
        now = self._timeline.now()
        run.status, run.conclusion, run.updated_at = "completed", conclusion, now
        for job in run.jobs:
            if job.conclusion is None:
                job.status, job.conclusion, job.completed_at = "completed", conclusion, now
                job.steps[-1].conclusion = conclusion
                job.log = log if conclusion in BAD else ""

    def rerun(self, run: Run, *, only_failed: bool = False) -> None:
        """Begin another attempt: the same id and suite, new jobs; with *only_failed* not all."""
        now = self._timeline.now()
        run.attempt += 1
        run.status, run.conclusion, run.updated_at = "in_progress", None, now
        kept = [job for job in run.jobs if only_failed and job.conclusion == "success"]
        run.earlier += [job for job in run.jobs if job not in kept]
        run.jobs = [
            job if job in kept else self._job(run, job.name, None, started=now) for job in run.jobs
        ]

    def unstarted(self, workflow: str, annotation: str, *, job: str = "test") -> Run:
        """Add a run whose job GitHub did not begin: no step, no log, and a note that says why."""
        run = self.run(workflow, "failure", jobs={job: "failure"})
        run.jobs[0].steps.clear()
        run.jobs[0].annotations.append(annotation)
        return run

    def status(
        self,
        context: str,
        state: str,
        *,
        creator: str | None = "bot",
        sha: str | None = None,
        target_url: str | None = None,
        description: str = "",
    ) -> CommitStatus:
        """Post a commit status."""
        status = CommitStatus(
            id=self._timeline.number(),
            context=context,
            state=state,
            creator=creator,
            created_at=self._timeline.now(),
            target_url=target_url,
            description=description,
        )
        self._statuses.setdefault(sha or self.head, []).append(status)
        return status

    def external_suite(
        self,
        app: str,
        *,
        status: str = "queued",
        conclusion: str | None = None,
        runs: int = 0,
        check: str | None = None,
        sha: str | None = None,
    ) -> ExternalSuite:
        """Add the check suite of another app; many such suites stay queued, empty, for ever."""
        now = self._timeline.now()
        suite = ExternalSuite(
            suite_id=self._timeline.number(),
            app=app,
            sha=sha or self.head,
            status=status,
            conclusion=conclusion,
            runs=runs,
            check=check or app,
            created_at=now,
            updated_at=now,
        )
        self._keep(suite.sha, suite)
        return suite

    def suites_of(self, sha: str) -> Sequence[Suite]:
        """List the check suites of a commit, oldest first."""
        return self._suites.get(sha, ())

    def statuses_of(self, sha: str) -> list[CommitStatus]:
        """List the newest status of each context of a commit."""
        return list({status.context: status for status in self._statuses.get(sha, ())}.values())

    def _keep(self, sha: str, suite: Suite) -> None:
        self._suites.setdefault(sha, []).append(suite)
        self._registry.suites[suite.suite_id] = (self, suite)

    def _job(
        self,
        run: Run,
        name: str,
        conclusion: str | None,
        *,
        log: str = "",
        started: datetime | None = None,
    ) -> Job:
        waiting = run.status if run.status != "completed" else "in_progress"
        return Job(
            id=self._timeline.number(),
            name=name,
            status="completed" if conclusion else waiting,
            conclusion=conclusion,
            started_at=started or run.created_at,
            completed_at=self._timeline.now() if conclusion else None,
            steps=[
                Step(name="Set up job", conclusion="success"),
                Step(name=run.step, conclusion=conclusion),
            ],
            log=log if conclusion in BAD else "",
            attempt=run.attempt,
        )
