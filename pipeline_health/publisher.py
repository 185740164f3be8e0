"""A verdict on its commit, as a commit status: the `Publisher` port over `clients`."""

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_statuses import Statuses
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.readings import StatusState
from pipeline_health.ports import TrackerError

CONTEXT = "pipeline-health/promotion"


class GitHubPublisher:
    """Sets the status that is called CONTEXT; the token needs write access to statuses."""

    def __init__(self, client: GitHub) -> None:
        self._statuses = Statuses(client.wire)

    def publish(
        self, repo: RepoName, sha: Sha, *, state: StatusState, says: str, url: str | None
    ) -> None:
        """Set our status; the request is sent once, and a lost answer raises with `unknown` set."""
        try:
            self._statuses.create(
                repo, sha, context=CONTEXT, state=state, description=says, url=url
            )
        except ClientError as exc:
            msg = f"showing the verdict on commit {sha[:7]} of {repo} failed: {exc}"
            raise TrackerError(msg, retryable=exc.retryable, unknown=exc.lost) from exc
