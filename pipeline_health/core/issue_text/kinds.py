"""How each kind of failure is told, where the words for a failed run or deployment do not fit."""

from collections.abc import Mapping

from pipeline_health.core.model.findings import Kind, Symptom
from pipeline_health.frozen import dataclass

_FIX = "Fix it, or revert the commit that broke it."
_MEND = "Make it pass, on a branch. Reverting the commit that broke it is a valid fix."


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is said of one kind.

    *failed*, *stands* and *over* follow the name of what has to succeed («failed», «has been
    failing», «succeeded»); *awaited* says when it is over; *loss* is what it costs, *severity* how
    much; *mend* is what an agent is asked to do, *fix* what a person is; *logged* says that the
    run, or the deployment, left a log. What only has a page never does.
    """

    failed: str = "failed"
    stands: str = "has been failing"
    over: str = "succeeded"
    awaited: str = "succeeds"
    severity: str = "HIGH"
    loss: str | None = None
    mend: str = _MEND
    fix: str = _FIX
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
    ),
    Kind.CREDENTIAL_REJECTED: Words(
        failed="does not work",
        stands="has not worked",
        over="is accepted",
        awaited="is accepted",
        loss="What it should show is not seen: no failure is reported, none is proved to be over",
    ),
    Kind.STAGING_UNREACHABLE: Words(
        failed="does not answer",
        stands="has been down",
        over="answered",
        awaited="answers",
        loss="Staging cannot be tested, and nothing can be promoted, until it answers",
        mend="Mend what keeps it from answering, on a branch: a start that fails, the wrong port, "
        "a path that is not served. If the product never had a page at that path, `health_path` in "
        "the configuration of this tool names the wrong one: say so in a comment here, and stop.",
    ),
    Kind.PRODUCTION_UNREACHABLE: Words(
        failed="does not answer",
        stands="has been down",
        over="answered",
        awaited="answers",
        severity="CRITICAL",
        loss="Users cannot reach the product until it answers",
        fix="Restart it, or deploy again what worked last. If the product never had a page at that "
        "path, set `health_path` in the configuration of this tool.",
    ),
    Kind.CREDENTIAL_SHARED: Words(
        failed="is shared by staging and production",
        stands="has been shared",
        over="is not found to be shared any more",
        awaited="is another one in staging than in production",
        loss="What a test does to staging it can do to the users, and nothing can be promoted, "
        "until they are apart",
    ),
    Kind.ENV_FILE_COMMITTED: Words(
        failed="is committed",
        stands="has been on the branch",
        over="is gone from the branch",
        awaited="is gone from the branch",
        loss="Everybody who can read the repository can use what is in it, also after it is "
        "removed, until it is replaced",
    ),
    Kind.PRODUCTION_LAGGING: Words(
        failed="lags behind what staging proved",
        stands="has been lagging",
        over="caught up",
        awaited="is deployed",
        loss="What is merged and proved does not reach the users until production catches up",
        fix="Promote it, or mend what should have: a promotion that never began, a job that waits "
        "for approval, an account or a quota that keeps workflows from running.",
    ),
}


def words_for(symptom: Symptom) -> Words:
    """Give the words for *symptom*."""
    return _WORDS.get(symptom.kind, _USUAL)
