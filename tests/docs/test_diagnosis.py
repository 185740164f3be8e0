"""The tables in docs/diagnosis.md are those of the code."""

import re
from pathlib import Path

from pipeline_health.core.diagnose import APPROVAL, FLAKY, SIGNATURES
from pipeline_health.core.model.incident import CauseClass, Owner

DIAGNOSIS = Path(__file__).parents[2] / "docs" / "diagnosis.md"
OWNERS = {Owner.HUMAN: "a person", Owner.AGENT: "an agent"}


def test_every_class_has_a_row_with_its_owner() -> None:
    """The classes are documented in the order in which they are asked for."""
    rows = re.findall(
        r"^\| ([a-z]+) \| (a person|an agent) \|", DIAGNOSIS.read_text(), re.MULTILINE
    )

    assert [(of.value, OWNERS[of.owner]) for of in CauseClass] == rows


def test_every_signature_has_a_row_in_order() -> None:
    """Each row of the table in the code is documented once, with its class, where it is asked."""
    table = DIAGNOSIS.read_text().partition("## The table")[2]
    rows = re.findall(r"^\| ([a-z]+) \| ([^|]+) \| [^|]", table, re.MULTILINE)[1:]
    told = [(signature.of.value, signature.name) for signature in SIGNATURES]

    assert [("approval", APPROVAL), ("flaky", FLAKY)] == [row for row in rows if row not in told]
    assert told == [row for row in rows if row in told]
    assert [of.value for of in CauseClass][:-1] == list(dict.fromkeys(of for of, _ in rows))
