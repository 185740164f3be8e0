"""The titles of issues: what is broken and where, stable for the life of an incident.

The portfolio's other crons know `Main CI red`, `Prod deploy` and `Deploy down:`, and keep their
hands off `[Sentry] `, `Bug: ` and `Feature: `; no title begins so. A title is made when an incident
opens, and does not change once an issue bears it.
"""

from collections.abc import Mapping

from pipeline_health.core.inert import UNNAMED, plain
from pipeline_health.core.issue_text.wording import is_deploy, is_production, is_unset, secret_of
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
    Kind.STAGING_UNREACHABLE: "Deploy down: ",
    Kind.PRODUCTION_UNREACHABLE: "Deploy down: ",
    Kind.PRODUCTION_DEPLOY_FAILED: "Prod deploy failed: ",
    Kind.CREDENTIAL_SHARED: "Shared credential: ",
    Kind.ENV_FILE_COMMITTED: ".env committed: ",
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
            consequence = _consequence(symptom_kind or kind, subject)
            wrong = "not set" if is_unset(cause) else "rejected"
            return _rejected(cause, f" {wrong}: {consequence}{end}")
        case Kind.STAGING_TESTS_FAILED:
            return f"Staging tests failed{end}"
        case Kind.PRODUCTION_LAGGING:
            return f"Prod deploy lagging main{end}"
        case Kind.STAGING_DEPLOY_MISSING:
            what = f"Staging never deployed{f' {commit[:7]}' if commit else ''}: "
            return _fitted(what, subject.name, end)
        case _:
            return _fitted(_STARTS[kind], subject.name, end)


def _unseen(token: str) -> str:
    """Say what cannot be seen without a token of our own."""
    if token.startswith("GITHUB_"):
        return "GitHub cannot be seen"
    return f"{'production' if token.endswith('_PRODUCTION') else 'staging'} cannot be seen"


def _consequence(kind: Kind, subject: Subject) -> str:
    """Say what a rejected credential keeps from happening."""
    if not is_deploy(kind, subject):
        return "CI cannot run"
    return "production cannot deploy" if is_production(kind) else "staging cannot deploy"


def _rejected(cause: Cause, end: str) -> str:
    secret = secret_of(cause)
    if secret is not None:
        return _fitted("", secret, end)
    known = plain(cause.key)
    return f"Credential{end}" if known == "credential" else _fitted("Credential for ", known, end)


def _fitted(start: str, name: str, end: str) -> str:
    """Put *name* between *start* and *end*, cut so that the whole is not too long."""
    known = plain(name, characters=LONGEST - len(start) - len(end))
    return f"{start}{known or UNNAMED}{end}"
