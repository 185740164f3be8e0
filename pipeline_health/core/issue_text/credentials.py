"""What a person does about a credential that was refused: make it, store it, run again.

Nobody is ever asked to paste a secret, and no agent to touch one.
"""

from pipeline_health.core.inert import inline
from pipeline_health.core.issue_text.doing import LONGEST_COMMAND, numbered, reruns, severity
from pipeline_health.core.issue_text.wording import credential, link, secret_of
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.questions import DeployTrace

_RAILWAY_TOKENS = "https://railway.com/account/tokens"
_MADE_BY_ACTIONS = (
    "`GITHUB_TOKEN` is made by Actions for every run and cannot be set: check `permissions:` in "
    "the workflow, and Settings → Actions → General → Workflow permissions of the repository."
)
_REDEPLOY = (
    "and deploy the change. Do not press Redeploy on the failed deployment: it would use the old "
    "variables."
)
_ASKS = (
    "It asks for the value. Add `--env` and the environment's name when the job reads the secret "
    "of an environment."
)
_NEVER = "Never paste the value into this issue."
_NOT_FOR_AN_AGENT = (
    "**Not for an agent.** No agent should try to rotate the secret, or to edit code, workflows or "
    "checks around it: no commit can fix this, and every attempt is one more failed run."
)


def by_keyholder(incident: Incident) -> str:
    """Say which secret is to be replaced, where, and what then."""
    who = f"**A person** who may replace {credential(incident.cause)}. {severity(incident)}"
    can_be_set = incident.cause.key != "GITHUB_TOKEN"
    renewed = (_renewal(incident), _storing(incident)) if can_be_set else (_MADE_BY_ACTIONS,)
    return "\n\n".join((who, numbered((*renewed, _after(incident))), _NOT_FOR_AN_AGENT))


def _renewal(incident: Incident) -> str:
    if "railway" not in incident.cause.key.lower():
        own = f" If it is the one that Actions makes: {_MADE_BY_ACTIONS}"
        return (
            f"Find out at the provider why {credential(incident.cause)} was refused (expired, "
            "revoked, never set, or lacking a permission), and make a new value there."
            f"{own if incident.cause.key == 'GitHub' else ''}"
        )
    page = link("railway.com/account/tokens", _RAILWAY_TOKENS)
    return (
        f"Make a new Railway token: an account or workspace token at {page}, a project token in "
        "the project's settings under Tokens. Make the kind that the pipeline uses today; Railway "
        "refuses the wrong kind with the same words as an expired one."
    )


def _storing(incident: Incident) -> str:
    secret = secret_of(incident.cause)
    if isinstance(incident.newest.trace, DeployTrace):
        value = f"`{secret}`" if secret else "the new value"
        return f"Set {value} in Railway, in the variables of the service, {_REDEPLOY} {_NEVER}"
    text = f"gh secret set {secret or 'NAME'} --repo {incident.repo}"
    command = inline(text, characters=LONGEST_COMMAND)
    name = "" if secret else ", NAME being the secret that the failing step reads"
    return f"Store it as the secret of the GitHub repository: {command}{name}. {_ASKS} {_NEVER}"


def _after(incident: Incident) -> str:
    """Give the step that proves the new value: what failed is run again."""
    commands = ", ".join(reruns(incident))
    if not commands:
        return "See that what failed runs again, and succeeds."
    return f"Run again what failed: {commands}."
