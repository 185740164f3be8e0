"""What a person does where a provider stops the work: a limit, a failure of its own, an approval.

Read at three in the morning: where to look, what to press, and that there is nothing to change.
"""

from collections.abc import Mapping

from pipeline_health.core.issue_text.doing import MUTE, numbered, reruns, severity
from pipeline_health.core.issue_text.wording import (
    GITHUB,
    blamed,
    link,
    sentence,
    trace_link,
    what_runs,
)
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.questions import DeployTrace

_GITHUB_STATUS = link("githubstatus.com", "https://www.githubstatus.com")
_RAILWAY_STATUS = link("status.railway.com", "https://status.railway.com")
_STATUS: Mapping[str, str] = {
    "npm": link("status.npmjs.org", "https://status.npmjs.org"),
    "Docker Hub": link("dockerstatus.com", "https://www.dockerstatus.com"),
}
_RAILWAY_USAGE = link("railway.com/workspace/usage", "https://railway.com/workspace/usage")
_IF_IT_GOES_ON = (
    "If it fails in the same way again although nobody reports trouble, see what the job itself "
    "takes: disk, memory, time."
)
_NOT_FOR_AN_AGENT = (
    "**Not for an agent.** There is nothing to change in the code, the workflows or the checks: no "
    "commit can mend this, and every attempt is one more failed run."
)


def by_payer(incident: Incident) -> str:
    """Say where the limit is seen and raised, and what then."""
    steps = (_limit(incident), _again(incident, "When there is room again"))
    who = f"**A person** who may see the billing of {_provider(incident)}. {severity(incident)}"
    return "\n\n".join((who, numbered(steps), _NOT_FOR_AN_AGENT))


def _limit(incident: Incident) -> str:
    if blamed(incident.cause) == "Railway":
        return (
            f"See usage, limits and plan at {_RAILWAY_USAGE}: choose a plan, pay what is open, or "
            "raise the limit."
        )
    owner = incident.repo.partition("/")[0]
    personal = link("github.com/settings/billing", f"{GITHUB}/settings/billing")
    company = link("its own page", f"{GITHUB}/organizations/{owner}/settings/billing")
    return (
        f"See the billing page: {personal} of a personal account, {company} of an organization. "
        "Pay what is open, or raise the budget for Actions; what is included in the plan comes "
        "back with the next billing month."
    )


def by_waiting(incident: Incident) -> str:
    """Say where to see whether the provider has trouble, and how to try again after it."""
    provider = _provider(incident)
    pages = (*filter(None, (_STATUS.get(provider),)), _GITHUB_STATUS, _RAILWAY_STATUS)
    look = f"See whether {provider} reports trouble: {', '.join(pages)}."
    again = _again(incident, "Wait until that is over, or at once if there is none")
    steps = (look, again, f"{_IF_IT_GOES_ON} {MUTE}")
    who = f"**A person**, who only has to wait and to try again. {severity(incident)}"
    return "\n\n".join((who, numbered(steps), _NOT_FOR_AN_AGENT))


def by_approver(incident: Incident) -> str:
    """Say what waits for an approval, and where it is given."""
    newest = incident.newest
    place = trace_link(newest.trace)
    where = (
        f"Open {place} in Railway, and approve or reject it there."
        if isinstance(newest.trace, DeployTrace)
        else f"Open {place} on GitHub, and approve or reject what waits there."
    )
    read = f"Read what {what_runs(newest.symptom)} would run: the commit, and who made it."
    who = f"**A person** who may approve it. Nothing failed: it waits. {severity(incident)}"
    return f"{who}\n\n{numbered((read, where, MUTE))}"


def _again(incident: Incident, when: str) -> str:
    commands = ", ".join(reruns(incident))
    if commands:
        return f"{when}, run again what failed: {commands}."
    return f"{when}, deploy the same commit again: in Railway, ⌘K and *Deploy latest commit*."


def _provider(incident: Incident) -> str:
    return blamed(incident.cause) or "the provider"


def stopped_by(incident: Incident, *, limit: bool) -> str:
    """Say in one sentence that a provider stopped it, for a comment."""
    provider = sentence(_provider(incident))
    if limit:
        return f"{provider} gives no more until a limit is raised, and no commit can do that."
    return f"{provider} itself failed, and no commit can mend that."
