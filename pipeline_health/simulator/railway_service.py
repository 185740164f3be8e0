"""Railway at the door: Cloudflare first, then the one GraphQL service."""

from pipeline_health.simulator.exchange import Answer, Exchange, json_answer, text_answer
from pipeline_health.simulator.faults import Fault
from pipeline_health.simulator.railway_callers import caller_of
from pipeline_health.simulator.railway_graphql import answer_railway
from pipeline_health.simulator.world import World

POLICY = {"RateLimit-Policy": '"default";q=1000;w=3600'}


def serve_railway(world: World, exchange: Exchange) -> tuple[Answer, int]:
    """Answer one call; gives what it cost beside it."""
    if not exchange.agent or exchange.agent.startswith("Python-urllib"):
        return text_answer(403, "error code: 1010"), 0
    if not exchange.is_document:
        return text_answer(404, "Not Found"), 0
    if exchange.payload is None:
        return json_answer(400, {"errors": [{"message": "POST body is not JSON"}]}), 1
    bearer = exchange.token if "authorization" in exchange.headers else None
    caller = caller_of(
        world, bearer=bearer, project_token=exchange.headers.get("project-access-token")
    )
    status, body = answer_railway(world, caller, exchange.payload)
    return json_answer(status, body, POLICY), 1


def limit_railway(_: World, __: Exchange, fault: Fault) -> Answer:
    """Refuse a call as Railway does when the hour is used up: 429, always with Retry-After."""
    wait = 60 if fault.seconds is None else fault.seconds
    payload = {"errors": [{"message": "Rate limit exceeded"}]}
    return json_answer(429, payload, {"Retry-After": str(wait)})
