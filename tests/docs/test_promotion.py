"""The document of the promotion check names what there is."""

import re
from pathlib import Path

PROMOTION = Path(__file__).parents[2] / "docs" / "promotion.md"
STATES = ["pass", "fail", "pending", "unknown"]
CRITERIA = [
    "main-ci",
    "staging-deploy",
    "github-deployment",
    "staging-reachable",
    "smoke",
    "e2e",
    "credential-isolation",
    "no-open-incident",
]


def test_every_criterion_has_a_row() -> None:
    """The decision table has the eight, in the order in which a verdict tells them."""
    header = "| criterion | " + " | ".join(STATES) + " |\n"
    _, found, rest = PROMOTION.read_text().partition(header)
    rows = rest.partition("\n\n")[0].splitlines()[1:]

    assert found
    assert CRITERIA == [re.split(r" *\| *", row)[1].strip("`") for row in rows]
    assert {len(STATES) + 3} == {len(row.split("|")) for row in rows}


def test_the_heading_that_a_verdict_names_is_there() -> None:
    """Who has no record of the deployment is sent to it."""
    assert "\n## Record the deployment\n" in PROMOTION.read_text()
