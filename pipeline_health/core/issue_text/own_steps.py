"""What a person does when we ourselves cannot see: on the host that watches, not in the repository.

Our own tokens are no secrets of the repository, so that `gh secret set` would not help, and no
commit would.
"""

from pipeline_health.core.inert import inline
from pipeline_health.core.issue_text.wording import link
from pipeline_health.core.model.findings import Thing
from pipeline_health.core.model.incident import Incident

_RAILWAY_TOKENS = "https://railway.com/account/tokens"
_GITHUB_TOKENS = "https://github.com/settings/tokens"
_SECRETS = "`~/.config/archon-cron/secrets.env`"
_LOOK = "Look again: `pipeline-health run-once`, which closes this issue when it sees."
_NEVER = "Never paste the value into this issue."


def own_steps(incident: Incident) -> tuple[str, ...] | None:
    """Give the steps for a blind source or a refused token of our own, None for anything else."""
    subject = incident.newest.symptom.subject
    if subject.thing is Thing.SECRET:
        return (_new_token(subject.name), _stored(subject.name), _LOOK)
    if subject.thing is Thing.SOURCE:
        return (_mended(subject.name), _LOOK)
    return None


def _new_token(name: str) -> str:
    if name.startswith("GITHUB_"):
        return f"Make a new value at {link('github.com/settings/tokens', _GITHUB_TOKENS)}."
    page = link("railway.com/account/tokens", _RAILWAY_TOKENS)
    return (
        f"Make a new Railway token: an account or workspace token at {page}, which sees every "
        "project, or in the project's settings, under Tokens, one of the environment named under "
        "*Cause*. Railway refuses the wrong kind in the same words as an expired one."
    )


def _stored(name: str) -> str:
    return (
        f"On the host that runs `pipeline-health`, put it into {_SECRETS} (or wherever the secrets "
        f"of that installation are) as {inline(name)}. It is not a secret of this repository. "
        f"{_NEVER}"
    )


def _mended(source: str) -> str:
    return (
        f"*Cause* says why {inline(source)} cannot be read. No answer: see the provider's status "
        "page, and the network of the host that runs `pipeline-health`. Nothing there, or no "
        f"token: mend `pipeline-health.toml`, or the token in {_SECRETS} and what it may see."
    )
