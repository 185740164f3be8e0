"""The runs of the workflow that deploys, at the head and at the commits before it."""

from collections.abc import Iterator

from pipeline_health.core.ci_verdict import is_orphan
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.questions import RunTrace
from pipeline_health.core.model.readings import (
    Blind,
    CheckConclusion,
    CheckStatus,
    Seen,
    Suite,
    WorkflowRun,
)
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.frozen import dataclass

_PROVES_NOTHING = frozenset({CheckConclusion.CANCELLED, CheckConclusion.SKIPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployRun:
    """A run of the deploy workflow, at the commit whose checks show it."""

    sha: Sha
    suite: Suite
    run: WorkflowRun

    @property
    def ended(self) -> bool:
        """Tell whether it is over; a state that we do not know is not."""
        return self.suite.status is CheckStatus.COMPLETED


def deploy_runs(view: ProjectView) -> Iterator[DeployRun]:
    """Give the runs that can decide; nothing while any of the commits asked for is unseen."""
    head, earlier = view.github.checks, view.github.earlier
    if view.policy.deploy_workflow is None or not isinstance(head, Seen):
        return
    if isinstance(earlier, Blind):
        return
    older = earlier.value if isinstance(earlier, Seen) else ()
    for checks in (head.value, *older):
        for suite in checks.suites:
            run = suite.run
            if run is None or run.workflow != view.policy.deploy_workflow:
                continue
            if suite.conclusion not in _PROVES_NOTHING and not is_orphan(suite, now=head.at):
                yield DeployRun(sha=checks.sha, suite=suite, run=run)


def newest_deploy_run(view: ProjectView) -> DeployRun | None:
    """Give the run that counts: the newest one, whatever its commit."""
    return max(deploy_runs(view), key=lambda run: run.run.id, default=None)


def trace_of(view: ProjectView, run: DeployRun) -> RunTrace:
    """Tell where *run* can be read."""
    return RunTrace(
        repo=view.policy.repo,
        run_id=run.run.id,
        updated_at=run.suite.updated_at,
        url=run.run.url,
    )
