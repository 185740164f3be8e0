"""The deployments that a simulated repository knows of, at commits of its history."""

from pipeline_health.simulator.github_history import History
from pipeline_health.simulator.github_records import DeploymentRecord, RecordStatus
from pipeline_health.simulator.timeline import Timeline


class DeploymentBook(History):
    """Every deployment that was ever recorded, oldest first, beside the commits."""

    def __init__(self, timeline: Timeline, *, seed: str, default_branch: str) -> None:
        super().__init__(timeline, seed=seed, default_branch=default_branch)
        self.deployments: list[DeploymentRecord] = []

    def record_deployment(
        self,
        environment: str,
        state: str | None,
        *,
        sha: str | None = None,
        creator: str = "railway-app[bot]",
    ) -> DeploymentRecord:
        """Add a GitHub deployment with its first status, or with none."""
        record = DeploymentRecord(
            id=self._timeline.number(),
            sha=sha or self.head,
            environment=environment,
            creator=creator,
            created_at=self._timeline.now(),
        )
        self.deployments.append(record)
        if state is not None:
            self.move_deployment(record, state)
        return record

    def move_deployment(self, record: DeploymentRecord, state: str) -> None:
        """Post a status; a success ends earlier ones, but for `production` (auto_inactive)."""
        now = self._timeline.now()
        record.statuses.append(RecordStatus(state=state, created_at=now))
        if state != "success" or record.environment == "production":
            return
        for other in self.deployments:
            same = other is not record and other.environment == record.environment
            if same and other.state == "success":
                other.statuses.append(RecordStatus(state="inactive", created_at=now))
