"""One fact of each kind, as a look may show it."""

from builders import PARENT, REPO, ago
from pipeline_health.core.model.ids import Login
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    DeploymentState,
    StatusState,
)
from pipeline_health.core.model.recording import (
    DeploymentTold,
    JobTold,
    Pushed,
    RecordTold,
    RunTold,
    StatusTold,
    SuiteTold,
)

A_PUSH = Pushed(at=ago(hours=1), repo=REPO, sha=PARENT, message="Work", author="dev")
A_RUN = RunTold(
    at=ago(minutes=30),
    repo=REPO,
    run_id=1,
    workflow="CI",
    event="push",
    sha=PARENT,
    status=CheckStatus.COMPLETED,
    conclusion=CheckConclusion.FAILURE,
    created_at=ago(minutes=33),
    jobs=(JobTold(name="test", conclusion=CheckConclusion.FAILURE, log="boom"),),
    branch="main",
)
A_SUITE = SuiteTold(
    at=ago(minutes=30),
    repo=REPO,
    suite_id=2,
    app="codecov",
    sha=PARENT,
    status=CheckStatus.COMPLETED,
    conclusion=CheckConclusion.SUCCESS,
    created_at=ago(minutes=33),
)
A_STATUS = StatusTold(
    at=ago(minutes=30), repo=REPO, sha=PARENT, context="ci/external", state=StatusState.SUCCESS
)
A_RECORD = RecordTold(
    at=ago(minutes=30),
    repo=REPO,
    id=3,
    sha=PARENT,
    environment="shop / staging",
    state=DeploymentState.SUCCESS,
    created_at=ago(minutes=31),
    creator=Login("railway-app"),
)
A_DEPLOYMENT = DeploymentTold(
    at=ago(minutes=30),
    project="railway-project",
    environment="staging",
    service="web",
    id="d1",
    status=RailwayStatus.FAILED,
    created_at=ago(minutes=32),
    commit=PARENT,
    built_from=REPO,
    log="boom",
)


def short(value: object) -> str:
    """Give a name that is short enough for a report of what failed."""
    return repr(value)[:40]
