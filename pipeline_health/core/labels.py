"""The labels that say whose an issue is, and those that forbid us to change any."""

from collections.abc import Iterator

from pipeline_health.core.model.incident import Incident, Owner
from pipeline_health.core.model.issue import TrackedIssue
from pipeline_health.core.model.plan import Requeue
from pipeline_health.core.model.policy import Routing


def labels_of(owner: Owner, routing: Routing) -> tuple[str, ...]:
    """Give the labels that hand an issue to *owner*."""
    return routing.agent if owner is Owner.AGENT else routing.human


def label_that_keeps_us_off(issue: TrackedIssue, routing: Routing) -> str | None:
    """Give a label that forbids us to change labels: a person's decision, or a run under way."""
    ours = {*routing.agent, *routing.human}
    states = {label for label in routing.agent_states if label not in ours}
    return next(iter(sorted(issue.labels & {*routing.hands_off, *states})), None)


def requeued(incident: Incident, issue: TrackedIssue, routing: Routing) -> Iterator[Requeue]:
    """Let the agent try again: its run ended, and the failure that it left was counted."""
    over = tuple(label for label in routing.agent_over if label in issue.labels)
    tried = incident.over_since is not None and incident.counted_until == incident.over_since
    if over and tried and label_that_keeps_us_off(issue, routing) is None:
        yield Requeue(
            fingerprint=incident.fingerprint,
            nonce=incident.nonce,
            ref=issue.ref,
            add=routing.agent,
            remove=over,
            reason="The agent's run is over, and it failed again since.",
        )
