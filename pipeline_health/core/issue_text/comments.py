"""The comments that are made: short, facts only, never a word of a log.

Agents take a comment by the owner of a repository for the owner's decision, so nothing that
somebody else wrote is in one, but the names of things as code spans. The last line of a posted
comment is a hidden key, by which it is found again and so is made once.
"""

import re
from typing import assert_never
from urllib.parse import quote, unquote

from pipeline_health.core.inert import prose
from pipeline_health.core.issue_text.kinds import words_for
from pipeline_health.core.issue_text.providers import stopped_by
from pipeline_health.core.issue_text.wording import (
    SHOWN,
    commit_link,
    credential,
    duration,
    moment,
    refusal,
    sentence,
    trace_link,
    what_runs,
)
from pipeline_health.core.model.findings import Proof
from pipeline_health.core.model.incident import CauseClass, Incident, Owner
from pipeline_health.core.model.plan import Comment

_KEY = re.compile(r"<!-- pipeline-health comment (\S+) -->")


def closing(incident: Incident, *, proof: Proof) -> str:
    """Say that it is fixed: what succeeded, where, and how long after the first failure."""
    took = duration(proof.at - incident.first_failed_at)
    others = [
        ailment.healed
        for ailment in incident.ailments
        if ailment.healed is not None and ailment.healed.symptom != proof.symptom
    ]
    rest = "".join(f"\n- {sentence(_success(other, incident))}." for other in others[:SHOWN])
    return f"Fixed: {_success(proof, incident)}, {took} after it first failed." + (
        f"\n\nProved as well:\n{rest}" if rest else ""
    )


def _success(proof: Proof, incident: Incident) -> str:
    where = "" if proof.commit is None else f" at {commit_link(incident.repo, proof.commit)}"
    over = words_for(proof.symptom).over
    return f"{what_runs(proof.symptom)} {over}{where} ({trace_link(proof.trace)})"


def duplicate(*, of: int) -> str:
    """Say that issue *of* is about the same root cause; GitHub reads the first line, too."""
    return f"Duplicate of #{of}\n\nThe root cause is the same. That issue is older and stays open."


def orphaned() -> str:
    """Say why an issue is closed without any proof: nobody looks at its repository any more."""
    return (
        "Closed, because this repository is not in the configuration of `pipeline-health` any "
        "more: nobody would see when this is over. It is not proved to be fixed."
    )


def reopened(incident: Incident, *, why: str) -> str:
    """Say why the issue is open again, and where the newest failure is."""
    newest = incident.newest
    where = "" if newest.commit is None else f" at {commit_link(incident.repo, newest.commit)}"
    failed = what_runs(newest.symptom)
    return (
        f"Reopened. {prose(sentence(why))}\n\nThe newest failure: {failed}{where}, "
        f"{moment(newest.failed_at)} ({trace_link(newest.trace)})."
    )


def handed_over(incident: Incident) -> str:
    """Say who has the issue now, and why."""
    match incident.cause.owner:
        case Owner.HUMAN:
            handed = "Handed over from the agent to a person."
            then = "The agent should stop here. The steps for a person are in the description."
        case Owner.AGENT:
            handed = "Handed over from a person to the agent."
            then = "The task is in the description."
        case unreachable:
            assert_never(unreachable)
    return f"{handed} {_why(incident)}\n\n{then}"


def _why(incident: Incident) -> str:
    cause = incident.cause
    match cause.of:
        case CauseClass.CREDENTIAL:
            return f"{sentence(credential(cause))} {refusal(cause)}, and no commit can fix that."
        case CauseClass.QUOTA | CauseClass.PLATFORM:
            return stopped_by(incident, limit=cause.of is CauseClass.QUOTA)
        case (
            CauseClass.APPROVAL
            | CauseClass.CONFIG
            | CauseClass.DEPENDENCY
            | CauseClass.FLAKY
            | CauseClass.CODE
            | CauseClass.UNKNOWN
        ):
            return prose(incident.escalated or cause.why)
        case unreachable:
            assert_never(unreachable)


def posted(comment: Comment) -> str:
    """Give the text that is posted for *comment*: its body, and its key in a hidden last line."""
    key = quote(comment.key, safe="", errors="replace").replace("--", "-%2D")
    return f"{comment.body}\n\n<!-- pipeline-health comment {key} -->"


def comment_key(body: str) -> str | None:
    """Give the key in the last line of a comment, None when it has none."""
    last = body.rstrip().rpartition("\n")[2].strip()
    found = _KEY.fullmatch(last)
    return None if found is None else unquote(found[1])
