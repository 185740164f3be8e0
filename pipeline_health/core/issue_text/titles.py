"""The titles of issues: what is broken and where, stable for the life of an incident.

The portfolio's other crons know `Main CI red`, and keep their hands off `[Sentry] `, `Bug: ` and
`Feature: `; no title begins so. A title is made when an incident opens and does not change after.
"""

from collections.abc import Mapping

from pipeline_health.core.inert import plain
from pipeline_health.core.issue_text.wording import is_deploy, secret_of
from pipeline_health.core.model.findings import Kind, Subject, Thing
from pipeline_health.core.model.ids import ProjectName, Sha
from pipeline_health.core.model.incident import Cause

LONGEST = 120
_LONGEST_PROJECT = 40
_STARTS: Mapping[Kind, str] = {
    Kind.MAIN_CI_RED: "Main CI red: ",
    Kind.MAIN_CI_MISSING: "No CI on ",
    Kind.MAIN_CI_STUCK: "CI stuck: ",
    Kind.STAGING_DEPLOY_FAILED: "Staging deploy failed: ",
    Kind.STAGING_DEPLOY_STUCK: "Staging deploy stuck: ",
    Kind.SCHEDULED_WORKFLOW_RED: "Scheduled workflow red: ",
    Kind.SOURCE_BLIND: "Cannot see ",
}


def title_of(
    kind: Kind,
    subject: Subject,
    *,
    project: ProjectName,
    cause: Cause,
    symptom_kind: Kind | None = None,
    commit: Sha | None = None,
) -> str:
    """Give the title under which a failure of *subject* is filed, at most 120 characters.

    *symptom_kind* is the kind of what was found; of a workflow it says whether it is one that
    deploys, so that a rejected credential is told by what it keeps from happening. *commit* is the
    one that was never deployed at opening; it stays in the title whatever commit comes later.
    """
    end = f" ({plain(project, characters=_LONGEST_PROJECT)})"
    match kind:
        case Kind.CREDENTIAL_REJECTED if subject.thing is Thing.SECRET:
            return _fitted("", subject.name, f" rejected: {_unseen(subject.name)}{end}")
        case Kind.CREDENTIAL_REJECTED:
            deploys = is_deploy(symptom_kind or kind, subject)
            consequence = "staging cannot deploy" if deploys else "CI cannot run"
            return _rejected(cause, f" rejected: {consequence}{end}")
        case Kind.STAGING_TESTS_FAILED:
            return f"Staging tests failed{end}"
        case Kind.STAGING_DEPLOY_MISSING:
            what = f"Staging never deployed{f' {commit[:7]}' if commit else ''}: "
            return _fitted(what, subject.name, end)
        case _:
            return _fitted(_STARTS[kind], subject.name, end)


def _unseen(token: str) -> str:
    """Say what cannot be seen without a token of our own."""
    what = "GitHub" if token.startswith("GITHUB_") else "staging"
    return f"{what} cannot be seen"


def _rejected(cause: Cause, end: str) -> str:
    secret = secret_of(cause)
    if secret is not None:
        return _fitted("", secret, end)
    known = plain(cause.key)
    return f"Credential{end}" if known == "credential" else _fitted("Credential for ", known, end)


def _fitted(start: str, name: str, end: str) -> str:
    """Put *name* between *start* and *end*, cut so that the whole is not too long."""
    return f"{start}{plain(name, characters=LONGEST - len(start) - len(end))}{end}"
