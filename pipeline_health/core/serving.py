"""Which of its deployments a service serves now."""

from pipeline_health.core.model.railway import Deployment, RailwayStatus, Service

_RUNS = frozenset({RailwayStatus.SUCCESS, RailwayStatus.SLEEPING})


def served_by(service: Service) -> tuple[Deployment, ...]:
    """Give the deployments that *service* serves now, newest first.

    A sleeping one is not among Railway's active ones, nor is that of a cron job between its ticks.
    """
    active = tuple(one for one in service.serving if _serves(one, cron=service.cron))
    if active:
        return active
    for one in service.deployments:
        if one.status is RailwayStatus.SLEEPING or (service.cron and _serves(one, cron=True)):
            return (one,)
        if _took_over(one):
            break
    return ()


def _took_over(deployment: Deployment) -> bool:
    """Tell whether *deployment* ran, so that what was before it does not any more."""
    return deployment.status in (RailwayStatus.CRASHED, RailwayStatus.SUCCESS)


def _serves(deployment: Deployment, *, cron: bool) -> bool:
    return deployment.status in _RUNS and (cron or not deployment.stopped)
