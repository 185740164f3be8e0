"""The comment by which some agents are called to an issue: once, for an agent's issue only."""

from collections.abc import Iterator

from pipeline_health.core.model.incident import Filing, Incident, Owner
from pipeline_health.core.model.issue import TrackedIssue
from pipeline_health.core.model.plan import Comment, CommentIssue
from pipeline_health.core.model.policy import Routing

NUMBER = "{number}"


def calls_of(
    incident: Incident, filing: Filing, issue: TrackedIssue, *, routing: Routing
) -> Iterator[CommentIssue]:
    """Call the agent to its open issue, unless that was done, or nobody asked for it.

    The key is of the filing, so that a lost ledger, or another host, calls nobody again.
    """
    for_agent = Owner.AGENT is incident.cause.owner is filing.owner
    if not routing.comment or filing.called or not for_agent:
        return
    yield CommentIssue(
        fingerprint=incident.fingerprint,
        nonce=incident.nonce,
        ref=issue.ref,
        comment=Comment(
            key=f"called {filing.nonce or incident.nonce}",
            body=routing.comment.replace(NUMBER, str(issue.ref.number)),
        ),
        reason="The configuration wants the agent called by a comment.",
    )
