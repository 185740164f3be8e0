"""What an issue of many projects becomes whose ledger was lost."""

import pytest

from incident_builders import MINUTE
from pipeline_health.agent.lost_parents import Found, adopted
from pipeline_health.core.issue_text.parent_marker import marker_of_parent
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.parents import gathered
from portfolio_builders import NOW, cases_of, failing, many, ops_issue, over, terms_for

INCIDENTS = many(3)
PARENT = gathered(cases_of(INCIDENTS), (), terms_for(INCIDENTS))[1][0]
EARLIER = over(failing("p0", at=NOW - 90 * MINUTE), at=NOW - 80 * MINUTE)


@pytest.mark.parametrize(
    "incidents",
    [(EARLIER, *INCIDENTS), (*INCIDENTS, EARLIER)],
    ids=["known before", "known after"],
)
def test_a_failure_that_was_over_before_makes_no_second_row(
    incidents: tuple[Incident, ...],
) -> None:
    """It has the identity of the one that goes on, and the issue tells of that."""
    failures = tuple(each for case in cases_of(INCIDENTS) for each in case.findings)
    found = Found(issue=ops_issue(), marker=marker_of_parent(PARENT), failures=failures)

    members = adopted(found, incidents).members

    assert {(each.project, each.since) for each in PARENT.members} == {
        (each.project, each.since) for each in members
    }
    assert len(members) == len(PARENT.members)
