"""GitHub at the door: who asks, what the hour still allows, and which service answers."""

from datetime import timedelta

from pipeline_health.simulator.exchange import Answer, Exchange, json_answer, text_answer
from pipeline_health.simulator.faults import Fault
from pipeline_health.simulator.github_graphql import answer_github
from pipeline_health.simulator.github_rest import answer_blob, answer_rest
from pipeline_health.simulator.rest import DOCUMENTATION, refusal
from pipeline_health.simulator.world import Budget, World

NO_AGENT = (
    "Request forbidden by administrative rules. Please make sure your request has a User-Agent "
    "header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api)."
)
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
PRIMARY = "API rate limit exceeded for user ID 1."
TOO_MANY = 429


def serve_github(world: World, exchange: Exchange) -> tuple[Answer, int]:
    """Answer one call; gives what it cost beside it."""
    if exchange.path.startswith("/_blob/"):
        log = answer_blob(world, exchange.path)
        return text_answer(404 if log is None else 200, (log or b"").decode()), 0
    if not exchange.agent:
        return text_answer(403, NO_AGENT), 0
    login = world.github_tokens.get(exchange.token)
    if login is None:
        return json_answer(401, refusal(401, "Bad credentials")), 0
    budget = world.budget(login, "graphql" if exchange.is_document else "core")
    if not budget.remaining:
        return _over(exchange, budget, status=403), 0
    answer, cost = _allowed(world, login, exchange, budget)
    answer.headers.update({**_limits(exchange, budget), **_of_token(world, exchange.token)})
    return answer, cost


def _of_token(world: World, token: str) -> dict[str, str]:
    """Write what GitHub tells of a token: scopes of a classic one, and the end where it has one."""
    told = {}
    if token in world.github_scopes:
        told["X-OAuth-Scopes"] = world.github_scopes[token]
    if token in world.github_ends:
        end = world.github_ends[token]
        told["GitHub-Authentication-Token-Expiration"] = f"{end:%Y-%m-%d %H:%M:%S} UTC"
    return told


def _allowed(world: World, login: str, exchange: Exchange, budget: Budget) -> tuple[Answer, int]:
    if exchange.is_document:
        if exchange.payload is None:
            return json_answer(400, refusal(400, "Problems parsing JSON")), 1
        body, cost = answer_github(world, login, exchange.payload)
        return json_answer(200, body), cost
    budget.used += exchange.path != "/rate_limit"  # which costs nothing
    reply = answer_rest(
        world,
        login,
        base=base_of(exchange),
        method=exchange.method,
        target=exchange.target,
        body=exchange.body,
    )
    return json_answer(reply.status, reply.payload, reply.headers), 1


def base_of(exchange: Exchange) -> str:
    """Tell the address under which the client reached the service."""
    host = exchange.headers.get("host", "api.github.com")
    is_local = host.partition(":")[0] in ("127.0.0.1", "localhost")
    return f"{'http' if is_local else 'https'}://{host}"


def limit_github(world: World, exchange: Exchange, fault: Fault) -> Answer:
    """Refuse a call as GitHub does when a limit is reached; documents get a 200 for the primary."""
    wait = timedelta(seconds=60 if fault.seconds is None else fault.seconds)
    status = TOO_MANY if fault.status == TOO_MANY else 403
    if fault.mode in ("secondary_limit", "bare_limit"):
        bare = fault.mode == "bare_limit"
        after = {} if bare else {"Retry-After": str(int(wait.total_seconds()))}
        return json_answer(status, refusal(status, SECONDARY), after)
    budget = Budget(limit=world.github_limit, used=world.github_limit, resets_at=world.now() + wait)
    return _over(exchange, budget, status=status)


def _over(exchange: Exchange, budget: Budget, *, status: int) -> Answer:
    headers = _limits(exchange, budget)
    if not exchange.is_document:
        payload = {"message": PRIMARY, "documentation_url": DOCUMENTATION}
        return json_answer(status, payload, headers)
    return json_answer(200, {"errors": [{"type": "RATE_LIMITED", "message": PRIMARY}]}, headers)


def _limits(exchange: Exchange, budget: Budget) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(budget.limit),
        "X-RateLimit-Remaining": str(budget.remaining),
        "X-RateLimit-Used": str(budget.used),
        "X-RateLimit-Reset": str(int(budget.resets_at.timestamp())),
        "X-RateLimit-Resource": "graphql" if exchange.is_document else "core",
    }
