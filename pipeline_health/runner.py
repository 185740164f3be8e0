"""GitHub Actions as the place where failed jobs run again: the `Runner` port over `clients`."""

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.github import GitHub
from pipeline_health.core.model.ids import RepoName
from pipeline_health.ports import RunnerError


class GitHubRunner:
    """Runs failed jobs again; the token needs write access to Actions."""

    def __init__(self, client: GitHub) -> None:
        self._client = client

    def rerun_failed_jobs(self, repo: RepoName, run_id: int) -> None:
        """Run them again; the request is sent once, and a lost answer raises with `unknown` set."""
        try:
            self._client.rerun_failed_jobs(repo, run_id)
        except ClientError as exc:
            msg = f"running the failed jobs of run {run_id} of {repo} again failed: {exc}"
            raise RunnerError(msg, retryable=exc.retryable, unknown=exc.lost) from exc
