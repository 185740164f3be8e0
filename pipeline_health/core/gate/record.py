"""Criterion `github-deployment`: GitHub's newest record of this commit in staging is a success."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from pipeline_health.core.deploy_verdict import DeployState, judge_record
from pipeline_health.core.gate.deploy import Deployed
from pipeline_health.core.gate.words import check_again, criterion, look_again, short
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
POST_ONE = "post one for this commit: docs/promotion.md, «Record the deployment»"
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
        return _put(matter, CriterionState.UNKNOWN, f"GitHub could not be read: {seen.why}")
    if not isinstance(seen.value, CommitSight):
        return _put(matter, CriterionState.FAIL, "there is no such commit")
    records = seen.value.deployments
    if isinstance(records, Blind):
        return _put(matter, CriterionState.UNKNOWN, f"its deployments are unread: {records.why}")
    of_commit = [one for one in records.value if one.sha == matter.commit]
    newest = max(of_commit, key=lambda one: (one.created_at, one.id), default=None)
    return _none(matter, deployed) if newest is None else _by_record(matter, deployed, newest)


def _put(
    matter: Matter,
    state: CriterionState,
    says: str,
    *,
    hint: str = "",
    record: DeploymentRecord | None = None,
) -> Criterion:
    if state is CriterionState.PENDING:
        hint = hint or check_again(matter)
    if state is CriterionState.UNKNOWN:
        hint = look_again(matter)
    url = None if record is None else record.url
    return criterion(_NAME, state, says, at=matter.facts.at, next=hint, url=url)


def _none(matter: Matter, deployed: Deployed) -> Criterion:
    """Judge that there is no record: too early, or nobody posts one."""
    says = f"no deployment of {short(matter.commit)} to staging is recorded"
    if not _knows_the_name(matter):
        return _put(matter, CriterionState.UNKNOWN, f"{says} under the names that are known")
    if deployed.since is None or not _is_over(matter, deployed.since, RECORDED_WITHIN):
        return _put(matter, CriterionState.PENDING, says)
    return _put(matter, CriterionState.FAIL, says, hint=POST_ONE)


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
                says = f"{says} has been under way for too long"
                return _put(matter, CriterionState.FAIL, says, hint=POST_ONE, record=record)
            return _put(matter, CriterionState.PENDING, f"{says} is under way", record=record)
        case _:
            says = f"{says} is in a state that we do not know"
            return _put(matter, CriterionState.UNKNOWN, says, record=record)


def _by_failure(
    matter: Matter, deployed: Deployed, record: DeploymentRecord, says: str
) -> Criterion:
    """Let a failure pass only where staging was deployed anew, at the same commit, after it.

    When the deployment was made counts, not when it changed: one that wakes up changes too.
    """
    if deployed.is_proved and deployed.made is not None and deployed.made > record.changed_at:
        says = f"{says}, and staging was deployed at {short(matter.commit)} since"
        return _put(matter, CriterionState.PASS, says, record=record)
    hint = "see why it failed; a later success at this commit makes up for it"
    return _put(matter, CriterionState.FAIL, says, hint=hint, record=record)
