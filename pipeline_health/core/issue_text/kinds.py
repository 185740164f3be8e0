"""How each kind of failure is told, where the words for a failed run or deployment do not fit."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline_health.core.model.findings import Kind, Symptom

_MEND = "Make it pass, on a branch. Reverting the commit that broke it is a valid fix."


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is said of one kind.

    *failed*, *stands* and *over* follow the name of what has to succeed («failed», «has been
    failing», «succeeded»); *awaited* says when it is over; *loss* is what it costs, *severity* how
    much; *mend* is what an agent is asked to do; *logged* says that the failure left a log.
    """

    failed: str = "failed"
    stands: str = "has been failing"
    over: str = "succeeded"
    awaited: str = "succeeds"
    severity: str = "HIGH"
    loss: str | None = None
    mend: str = _MEND
    logged: bool = True


_USUAL = Words()
_WORDS: Mapping[Kind, Words] = {
    Kind.MAIN_CI_MISSING: Words(
        failed="did not run",
        stands="has been missing",
        over="ran",
        awaited="runs",
        mend="Make CI run on the branch again: an ordinary commit, merged by a pull request, "
        "starts it, unless its message asks to skip CI, the token of a workflow pushes it, or the "
        "workflow is disabled or filtered.",
        logged=False,
    ),
    Kind.MAIN_CI_STUCK: Words(
        failed="does not end",
        stands="has been stuck",
        over="ended",
        awaited="ends",
        mend="Cancel the run if it waits for nothing, and mend on a branch what made it hang; a "
        "`timeout-minutes` on the job keeps it from happening again.",
        logged=False,
    ),
    Kind.STAGING_DEPLOY_STUCK: Words(
        failed="does not end",
        stands="has been stuck",
        mend="Mend what keeps it from ending, on a branch: a build that hangs, a start that never "
        "answers its health check.",
        logged=False,
    ),
    Kind.STAGING_DEPLOY_MISSING: Words(
        failed="never began",
        stands="has been missing",
        mend="Mend what keeps it from beginning, on a branch: a trigger, a branch or a path filter "
        "of the deployment that does not fit.",
        logged=False,
    ),
    Kind.STAGING_TESTS_FAILED: Words(
        over="passed",
        awaited="pass",
        stands="have been failing",
        loss="What is on staging is not proved to work, and nothing can be promoted, until they "
        "pass",
    ),
    Kind.SCHEDULED_WORKFLOW_RED: Words(
        failed="failed twice in a row",
        severity="MEDIUM",
        loss="What it does on a schedule is not done until it succeeds",
    ),
    Kind.SOURCE_BLIND: Words(
        failed="cannot be read",
        stands="has been blind",
        over="was read again",
        awaited="is read again",
        loss="What happens there is not seen: no failure is reported, none is proved to be over",
        logged=False,
    ),
    Kind.CREDENTIAL_REJECTED: Words(
        failed="does not work",
        stands="has not worked",
        over="is accepted",
        awaited="is accepted",
        loss="What it should show is not seen: no failure is reported, none is proved to be over",
        logged=False,
    ),
}


def words_for(symptom: Symptom) -> Words:
    """Give the words for *symptom*."""
    return _WORDS.get(symptom.kind, _USUAL)
