"""The document of the promotion check names what there is."""

import re
from pathlib import Path

from pipeline_health.core.gate.record import POST_ONE
from pipeline_health.core.model.verdict import CriterionName, CriterionState

PROMOTION = Path(__file__).parents[2] / "docs" / "promotion.md"
STATES = [state for state in CriterionState if state is not CriterionState.WAIVED]


def test_every_criterion_has_a_row() -> None:
    """The decision table has the eight, in the order in which a verdict tells them."""
    header = "| criterion | " + " | ".join(STATES) + " |\n"
    _, found, rest = PROMOTION.read_text().partition(header)
    rows = rest.partition("\n\n")[0].splitlines()[1:]

    assert found
    assert list(CriterionName) == [re.split(r" *\| *", row)[1].strip("`") for row in rows]
    assert {len(STATES) + 3} == {len(row.split("|")) for row in rows}


def test_the_heading_that_a_verdict_names_is_there() -> None:
    """Who has no record of the deployment is sent to it."""
    named = re.search(r"docs/promotion\.md, «(.+)»", POST_ONE)

    assert named is not None
    assert f"\n## {named[1]}\n" in PROMOTION.read_text()
