"""What a person does about a secret that is where it must not be: shared, or in the repository.

The value is never asked for and never shown: a new one is made at its provider and goes from there
to Railway.
"""

from shlex import quote

from pipeline_health.core.inert import inline
from pipeline_health.core.issue_text.doing import LONGEST_COMMAND
from pipeline_health.core.issue_text.wording import trace_link
from pipeline_health.core.model.findings import Thing
from pipeline_health.core.model.incident import Incident

NOT_FOR_AN_AGENT = (
    "**Not for an agent.** No agent should try to rotate a secret, to read one, or to move one: "
    "it is a person's who may make a new one at the provider."
)
_NEVER = "Never paste a value into this issue, not the old one either."
_LOOK = (
    "Check it: `pipeline-health credentials-audit {project}` looks at once. This issue is closed "
    "by the next audit of a cycle that does not find it any more, within about an hour."
)

_SECOND = (
    "*Cause* names every place that holds it, and what is the same. Make a second one at its "
    "provider: a new key or password, a database of its own, a Supabase project of its own. Make "
    "it for staging, so that production goes on as it is. If anybody may have misused the old one, "
    "make a new one for production too, and revoke the old one."
)
_IGNORE = (
    "Keep it out: add `.env`, `.env.local` and `.env.*.local` to `.gitignore`. An example without "
    "values may stay, as `.env.example`."
)


def apart_steps(incident: Incident) -> tuple[str, ...] | None:
    """Give the steps for a shared secret or a committed `.env`, None for anything else."""
    subject = incident.newest.symptom.subject
    look = _LOOK.format(project=inline(incident.project).strip("`"))
    if subject.thing is Thing.CREDENTIAL:
        return (*_separation(incident), look)
    if subject.thing is Thing.FILE:
        return (*_removal(incident), look)
    return None


def _separation(incident: Incident) -> tuple[str, ...]:
    name = inline(incident.newest.symptom.subject.name)
    where = trace_link(incident.newest.trace)
    store = (
        f"Open {where} in Railway, choose the environment that gets the new one, and set {name} "
        "there: in the variables of each service named under *Cause*, or in the shared ones. Then "
        f"deploy the change. {_NEVER}"
    )
    allow = (
        f"If both may really have it, put {name}, and every other name under *Cause*, into "
        "`shared_ok` of `[projects.audit]` in `pipeline-health.toml`, which says so for good."
    )
    return (_SECOND, store, allow)


def _removal(incident: Incident) -> tuple[str, ...]:
    path = incident.newest.symptom.subject.name
    replaced = (
        f"Replace every secret in it first: see {trace_link(incident.newest.trace)}, make a new "
        "value of each at its provider, set it where it is used, and revoke the old one. The file "
        f"stays in the history, so that removing it hides nothing. {_NEVER}"
    )
    removed = f"Take it out of the repository{_untracking(path)}, on a branch, and merge that."
    return (replaced, removed, _IGNORE)


def _untracking(path: str) -> str:
    """Give the command, unless it would not be shown as it is: then it would be another one."""
    command = f"git rm --cached -- {quote(path)}"
    shown = inline(command, characters=LONGEST_COMMAND)
    return f": {shown}" if shown == f"`{command}`" else ""
