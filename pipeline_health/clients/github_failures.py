"""What GitHub tells of a run that failed, where its jobs and their logs do not say enough."""

from pipeline_health.clients.errors import NothingThereError, RefusedError
from pipeline_health.clients.github_rest import (
    LoggedJob,
    RunAt,
    all_pages,
    annotation_of,
    job_of,
    run_of,
)
from pipeline_health.clients.github_wire import PAGE, Wire
from pipeline_health.core.model.ids import RepoName

_FORBIDDEN = 403


class Failures:
    """Reads runs, earlier attempts and annotations; `GitHub.failures` is one."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def run(self, repo: RepoName, run_id: int) -> RunAt:
        """Read one Actions run, at its newest attempt."""
        return run_of(self._wire.get(f"/repos/{repo}/actions/runs/{run_id}"))

    def jobs_of_all_attempts(self, repo: RepoName, run_id: int) -> tuple[LoggedJob, ...]:
        """List the jobs of a run at every attempt."""
        path = f"/repos/{repo}/actions/runs/{run_id}/jobs"
        return tuple(job_of(node) for node in all_pages(self._wire, path, "jobs", filter="all"))

    def annotations(self, repo: RepoName, job_id: int) -> tuple[str, ...]:
        """List the failures noted at a job; nothing where this token may not read checks.

        A job of Actions is a check run of the same id (its `check_run_url`, REST docs, 2026-11).
        """
        path = f"/repos/{repo}/check-runs/{job_id}/annotations"
        try:
            found = self._wire.get(path, per_page=PAGE)
        except NothingThereError:
            return ()
        except RefusedError as exc:
            if exc.status != _FORBIDDEN:
                raise
            return ()
        said = (annotation_of(node) for node in found.items())
        return tuple(words for words in said if words)
