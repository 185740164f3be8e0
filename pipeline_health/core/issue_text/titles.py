"""The titles of issues: what is broken and where, stable for the life of an incident.

The portfolio's other crons know `Main CI red`, and keep their hands off `[Sentry] `, `Bug: ` and
`Feature: `; no title begins so. No commit is in a title, so that it stays when one changes.
"""

from typing import assert_never

from pipeline_health.core.inert import plain
from pipeline_health.core.issue_text.wording import is_deploy, secret_of
from pipeline_health.core.model.findings import Kind, Subject
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import Cause

LONGEST = 120
_LONGEST_PROJECT = 40


def title_of(
    kind: Kind,
    subject: Subject,
    *,
    project: ProjectName,
    cause: Cause,
    symptom_kind: Kind | None = None,
) -> str:
    """Give the title under which a failure of *subject* is filed, at most 120 characters.

    *symptom_kind* is the kind of what was found; of a workflow it says whether it is one that
    deploys, so that a rejected credential is told by what it keeps from happening.
    """
    end = f" ({plain(project, characters=_LONGEST_PROJECT)})"
    match kind:
        case Kind.MAIN_CI_RED:
            return _fitted("Main CI red: ", subject.name, end)
        case Kind.STAGING_DEPLOY_FAILED:
            return _fitted("Staging deploy failed: ", subject.name, end)
        case Kind.CREDENTIAL_REJECTED:
            deploys = is_deploy(symptom_kind or kind, subject)
            consequence = "staging cannot deploy" if deploys else "CI cannot run"
            return _rejected(cause, f" rejected: {consequence}{end}")
        case unreachable:
            assert_never(unreachable)


def _rejected(cause: Cause, end: str) -> str:
    secret = secret_of(cause)
    if secret is not None:
        return _fitted("", secret, end)
    known = plain(cause.key)
    return f"Credential{end}" if known == "credential" else _fitted("Credential for ", known, end)


def _fitted(start: str, name: str, end: str) -> str:
    """Put *name* between *start* and *end*, cut so that the whole is not too long."""
    return f"{start}{plain(name, characters=LONGEST - len(start) - len(end))}{end}"
