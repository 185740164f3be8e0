"""What is on its way to a service, and does not tell yet of which commit it is."""

from datetime import datetime

from pipeline_health.core.deploy_verdict import DeployState, judge_deployment
from pipeline_health.core.model.railway import Deployment, Service


def nameless(service: Service, *, since: datetime) -> Deployment | None:
    """Give what is under way *since* then and tells no commit, None where there is nothing.

    Railway tells nothing of a deployment at first. It may be the asked commit once more, of which
    the newest deployment decides.
    """
    for one in service.deployments:
        state, _ = judge_deployment(one, cron=service.cron)
        if one.commit is None and one.created_at >= since and state is DeployState.IN_FLIGHT:
            return one
    return None
