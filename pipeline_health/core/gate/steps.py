"""What somebody can do about what is not proved, in one sentence with a command."""

from collections.abc import Mapping
from datetime import timedelta

from pipeline_health.core.deploy_verdict import DeployState, is_ci_skip
from pipeline_health.core.gate.words import check_again, look_again
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.railway import Deployment, RailwayStatus
from pipeline_health.core.model.readings import Blind, BlindCause, NotAsked

HANGS_AFTER = timedelta(minutes=30)
"""From then on waiting alone is no advice: Railway's «Wait for CI» may wait for ever."""
SEE_LOGS = (
    "see its deployment and logs in Railway; a fix is another commit, with a check of its own"
)


_MENDS: Mapping[BlindCause, str] = {
    BlindCause.REFUSED: "replace {token}",
    BlindCause.MISPLACED: "give {token} a token of the right environment",
    BlindCause.UNCONFIGURED: "set what is missing",
    BlindCause.UNSEEN: "mend the name in the configuration, or give {token} access",
}


def about_blindness(matter: Matter, part: Blind | NotAsked) -> str:
    """Say what to do where something could not be read: asking again does not mend a token."""
    again = look_again(matter)
    if isinstance(part, NotAsked) or part.cause not in _MENDS:
        return again
    return f"{_MENDS[part.cause].format(token=part.token or 'the token')}; then {again}"


def about(matter: Matter, deployment: Deployment, state: DeployState) -> str:
    """Say what to do about the commit's own *deployment*, which is in *state*."""
    if deployment.status is RailwayStatus.SKIPPED:
        first = "mend CI, then " if is_ci_skip(deployment) else ""
        return f"{first}deploy it at this commit in Railway: a skipped one does not come back"
    if deployment.status is RailwayStatus.NEEDS_APPROVAL:
        return f"approve it in Railway; then {check_again(matter)}"
    hangs = matter.now - deployment.changed_at > HANGS_AFTER
    if state is DeployState.IN_FLIGHT and hangs:
        return (
            "it may hang: see it in Railway, and deploy it again at this commit; then"
            f" {check_again(matter)}"
        )
    return SEE_LOGS if state is DeployState.FAILED else ""


def about_a_nameless_one(matter: Matter, service: str) -> str:
    """Say what to do about a deployment of which nobody knows the commit."""
    return (
        f"deploy {service} from the repository, or by an image tag that is the full commit;"
        f" a database or another's image does not belong in `services`;"
        f" then {look_again(matter)}"
    )


def about_one_that_never_came(service: str) -> str:
    """Say what to do about a service that was not deployed at the commit."""
    return (
        f"deploy {service} to staging at this commit in Railway; if it does not belong to staging,"
        " name those that do in `services`"
    )
