"""Criterion `github-deployment`: GitHub's newest record of this commit in staging is a success."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pipeline_health.core.deploy_verdict import DeployState, judge_record
from pipeline_health.core.gate.deploy import Deployed
from pipeline_health.core.gate.steps import about_blindness
from pipeline_health.core.gate.words import criterion, short
from pipeline_health.core.model.commit import CommitSight
from pipeline_health.core.model.gate_policy import Waivable
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.readings import Blind, DeploymentRecord, Seen
from pipeline_health.core.model.verdict import Criterion, CriterionName, CriterionState

_NAME = CriterionName.GITHUB_DEPLOYMENT
RECORDED_WITHIN = timedelta(minutes=10)
"""How long after staging was proved a record may still come."""
ENDS_WITHIN = timedelta(minutes=30)
"""GitHub itself gives a deployment up that nobody updated for so long."""
WHOLE_SECOND = timedelta(seconds=1)
"""GitHub tells its times in whole seconds, Railway in parts of one."""
POST_ONE = "post one for this commit: docs/promotion.md, «Record the deployment»"
NAMED_OTHERWISE = "; or set github_environment to the name under which GitHub shows staging"
POST_ITS_END = (
    "post its end, or a new one for this commit: docs/promotion.md, «Record the deployment»"
)
_FAILING: Mapping[DeployState, str] = {
    DeployState.FAILED: "failed",
    DeployState.SUPERSEDED: "was replaced by another one",
}


def github_deployment(matter: Matter, deployed: Deployed) -> Criterion:
    """Judge by the newest record; *deployed* tells since when staging is proved otherwise."""
    if matter.waives(Waivable.GITHUB_DEPLOYMENT):
        return _put(matter, CriterionState.WAIVED, "waived: GitHub's deployments are not asked")
    seen = matter.facts.commit
    if isinstance(seen, Blind):
        return _unread(matter, f"GitHub could not be read: {seen.why}", seen)
    if not isinstance(seen.value, CommitSight):
        hint = "name another commit"
        return _put(matter, CriterionState.FAIL, "there is no such commit", hint=hint)
    records = seen.value.deployments
    if isinstance(records, Blind):
        return _unread(matter, f"its deployments could not be read: {records.why}", records)
    of_commit = [one for one in records.value if one.sha == matter.commit]
    newest = max(of_commit, key=lambda one: (one.created_at, one.id), default=None)
    if newest is None:
        return _none(matter, deployed)
    return _by_record(matter, deployed, _in_force(newest, of_commit))


def _in_force(newest: DeploymentRecord, of_commit: Iterable[DeploymentRecord]) -> DeploymentRecord:
    """Give the record that counts: where two tell of one deploy, the later success ends the other.

    GitHub makes a success inactive as soon as another one of its environment succeeds.
    """
    if judge_record(newest.state) is not DeployState.SUPERSEDED:
        return newest
    successes = (
        one
        for one in of_commit
        if one.environment == newest.environment
        and judge_record(one.state) is DeployState.HEALTHY
        and one.changed_at >= newest.changed_at
    )
    return next(successes, newest)


def _unread(matter: Matter, says: str, why: Blind) -> Criterion:
    return _put(matter, CriterionState.UNKNOWN, says, hint=about_blindness(matter, why))


def _put(
    matter: Matter,
    state: CriterionState,
    says: str,
    *,
    hint: str = "",
    record: DeploymentRecord | None = None,
) -> Criterion:
    url = None if record is None else record.url
    return criterion(matter, _NAME, state, says, hint=hint, url=url)


def _none(matter: Matter, deployed: Deployed) -> Criterion:
    """Judge that there is no record: too early, or nobody posts one."""
    says = f"no deployment of {short(matter.commit)} to staging is recorded"
    if not _knows_the_name(matter):
        return _put(matter, CriterionState.UNKNOWN, f"{says} under the names that are known")
    if deployed.since is None or not _is_over(matter, deployed.since, RECORDED_WITHIN):
        return _put(matter, CriterionState.PENDING, says)
    hint = POST_ONE if matter.policy.github_environment else POST_ONE + NAMED_OTHERWISE
    return _put(matter, CriterionState.FAIL, says, hint=hint)


def _knows_the_name(matter: Matter) -> bool:
    """Tell whether it is known what GitHub calls staging: Railway puts its project's name first."""
    policy = matter.policy
    named = policy.github_environment is not None or policy.railway_project is None
    return named or matter.waives(Waivable.RAILWAY) or isinstance(matter.view.staging, Seen)


def _is_over(matter: Matter, since: datetime, allowed: timedelta) -> bool:
    return matter.now - since > allowed


def _by_record(matter: Matter, deployed: Deployed, record: DeploymentRecord) -> Criterion:
    state, says = judge_record(record.state), f"the deployment to {record.environment}"
    match state:
        case DeployState.HEALTHY:
            says = f"{says} at {short(matter.commit)} succeeded"
            return _put(matter, CriterionState.PASS, says, record=record)
        case DeployState.FAILED | DeployState.SUPERSEDED:
            return _by_failure(matter, deployed, record, f"{says} {_FAILING[state]}")
        case DeployState.IN_FLIGHT:
            if _is_over(matter, record.changed_at, ENDS_WITHIN):
                minutes = int(ENDS_WITHIN.total_seconds() // 60)
                says = f"{says} has been under way for more than {minutes} minutes"
                return _put(matter, CriterionState.FAIL, says, hint=POST_ITS_END, record=record)
            return _put(matter, CriterionState.PENDING, f"{says} is under way", record=record)
        case _:
            says = f"{says} is in a state that we do not know"
            return _put(matter, CriterionState.UNKNOWN, says, record=record)


def _by_failure(
    matter: Matter, deployed: Deployed, record: DeploymentRecord, says: str
) -> Criterion:
    """Let a failure pass only where staging was deployed anew, at the same commit, after it.

    While staging is being deployed that may still come.

    When the deployment was made counts, not when it changed: one that wakes up changes too.
    """
    ended = record.changed_at + WHOLE_SECOND
    if deployed.is_proved and deployed.made is not None and deployed.made >= ended:
        says = f"{says}, and staging was deployed at {short(matter.commit)} since"
        return _put(matter, CriterionState.PASS, says, record=record)
    if deployed.criterion.state is CriterionState.PENDING:
        says = f"{says}, and staging is being deployed"
        return _put(matter, CriterionState.PENDING, says, record=record)
    hint = (
        "see why it failed; deploy staging again at this commit, or post a success for it:"
        " docs/promotion.md, «Record the deployment»"
    )
    return _put(matter, CriterionState.FAIL, says, hint=hint, record=record)
