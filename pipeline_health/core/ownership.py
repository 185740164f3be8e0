"""What a finding itself tells of its cause, where no log can: why, and that it is for people."""

from dataclasses import replace

from pipeline_health.core.model.findings import Finding, Kind, Thing
from pipeline_health.core.model.incident import Cause, CauseClass, Owner
from pipeline_health.core.model.questions import LinkTrace

_LEFT_NO_LOG = frozenset(
    {
        Kind.MAIN_CI_MISSING,
        Kind.MAIN_CI_STUCK,
        Kind.STAGING_DEPLOY_MISSING,
        Kind.STAGING_DEPLOY_STUCK,
        Kind.SOURCE_BLIND,
        Kind.STAGING_UNREACHABLE,
        Kind.PRODUCTION_UNREACHABLE,
        Kind.PRODUCTION_LAGGING,
    }
)

_SET_WRONG = frozenset({Kind.CREDENTIAL_SHARED, Kind.ENV_FILE_COMMITTED})


def owned(cause: Cause, finding: Finding) -> Cause:
    """Give *cause* with the owner that it must have, and with words where its log has none.

    One of our own tokens is a credential by itself: it was asked for, and leaves no log. A secret
    that is set where it must not be was not refused by anybody, and no agent may touch it.
    """
    if finding.symptom.subject.thing is Thing.SECRET:
        return Cause(
            of=CauseClass.CREDENTIAL,
            key=finding.symptom.subject.name,
            owner=Owner.HUMAN,
            why=finding.says,
            ours=True,
        )
    if finding.symptom.kind in _SET_WRONG:
        return Cause(
            of=CauseClass.CONFIG,
            key=finding.symptom.subject.name,
            owner=Owner.HUMAN,
            why=finding.says,
        )
    why = finding.says if _is_unexplained(cause, finding) else cause.why
    owner = Owner.HUMAN if finding.for_people else cause.owner
    return replace(cause, owner=owner, why=why)


def _is_unexplained(cause: Cause, finding: Finding) -> bool:
    left_no_log = finding.symptom.kind in _LEFT_NO_LOG or isinstance(finding.trace, LinkTrace)
    return cause.of is CauseClass.UNKNOWN and left_no_log
