"""Asks both providers for what `doctor` checks: few requests, side by side, each bounded.

What cannot be found out is a fact as well, with its reason.
"""

from dataclasses import replace

from pipeline_health.clients.http import Http
from pipeline_health.core.model.policy import Policy
from pipeline_health.ports import Clock, Memory
from pipeline_health.settings import Readable
from pipeline_health.surveying.code import Code
from pipeline_health.surveying.deploys import Deploys
from pipeline_health.surveying.found import Surveyed

__all__ = ["Surveyed", "survey"]


def survey(
    readable: Readable, policy: Policy | None, *, http: Http, clock: Clock, memory: Memory
) -> Surveyed:
    """Ask GitHub as our account, and Railway as each of our tokens."""
    code = Surveyed()
    if readable.github is not None:
        asking = Code(readable.github, readable.github_api, http, clock, memory)
        code = asking.surveyed(policy)
    deploys = Deploys(readable.railway, readable.railway_api, http, clock, memory)
    found = deploys.surveyed(policy)
    return replace(found, account=code.account, repos=code.repos, skew={**code.skew, **found.skew})
