"""The feed as a value; tests/cli/test_feed.py has what it tells."""

from typing import Any, cast

from builders import NOW
from incident_builders import ailment, incident
from pipeline_health.core.board import board_of
from pipeline_health.core.feed import feed_of
from pipeline_health.core.model.board import Facts, Wishes
from pipeline_health.core.model.policy import Policy


def test_a_failure_that_names_no_commit_leads_to_none() -> None:
    """The page of its run is all that there is to see."""
    facts = Facts(incidents=(incident(ailment(commit=None)),))
    board = board_of(facts, Wishes(policy=Policy(projects=())), now=NOW)
    told = cast("dict[str, Any]", feed_of(board, redact=str))

    (one,) = told["incidents"]
    assert one["links"] == ["https://github.com/acme/shop/actions/runs/101"]
    assert (one["commit"], one["suspects"]) == (None, None)
