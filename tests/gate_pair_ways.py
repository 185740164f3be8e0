"""Ways for a commit to fare at the gate when two things come together: which of them decides."""

from collections.abc import Mapping
from dataclasses import replace

from builders import a_deployment, a_record, ago
from gate_damages import DAMAGES, Damage
from gate_job_ways import policy, recorded, then
from gate_matters import served, with_services, with_version
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import DeploymentState

_FAILED_SINCE = a_deployment(RailwayStatus.FAILED, name="d2", changed_at=ago(minutes=1))
PAIRS: Mapping[str, Damage] = {
    "silent, though it told its commit": then(with_version, DAMAGES["silent"]),
    "made again and failed, while the old one is served": lambda matter: with_services(
        matter, replace(served(_FAILED_SINCE, a_deployment()), serving=(a_deployment(),))
    ),
    "a service that nobody named failed": then(
        lambda matter: with_services(
            matter,
            served(a_deployment()),
            replace(served(_FAILED_SINCE), name="worker", serving=()),
        ),
        policy(services=("web",)),
    ),
    "an older record succeeded after the newest had failed": recorded(
        replace(a_record(DeploymentState.FAILURE, number=2), created_at=ago(minutes=30)),
        replace(a_record(number=1, changed_at=ago(minutes=1)), created_at=ago(minutes=40)),
    ),
    "an issue is open, and e2e not run": then(DAMAGES["an issue is open"], DAMAGES["e2e not run"]),
    "e2e not run, and variables unread": then(DAMAGES["e2e not run"], DAMAGES["variables unread"]),
    "e2e not run, and a secret is shared": then(
        DAMAGES["e2e not run"], DAMAGES["a secret is shared"]
    ),
    "e2e failed, and a secret is shared": then(
        DAMAGES["e2e failed"], DAMAGES["a secret is shared"]
    ),
    "e2e failed, and issues unread": then(DAMAGES["e2e failed"], DAMAGES["issues unread"]),
}
