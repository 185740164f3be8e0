"""The table of signatures: every row has a real line, is needed for it, and takes no other."""

import pytest

from incident_builders import CI, PROJECT, T0, run
from pipeline_health.core.diagnose import SIGNATURES, Signature, diagnose
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.incident import CauseClass
from pipeline_health.core.model.questions import Evidence
from signatures import EXAMPLES, GREEN, QUOTED, TEST, Example

FINDING = Finding(
    symptom=CI, project=PROJECT, since=T0, commit=None, trace=run(), says="Workflow CI failed."
)
ROWS = [
    pytest.param(of, example, id=f"{example.name}: {example.line[:40]}")
    for of, examples in EXAMPLES.items()
    for example in examples
]


def evidence(example: Example) -> Evidence:
    """Give the evidence in which only *example* tells anything."""
    steps = (example.step,) if example.step else ()
    tail = f"Preparing.\n{example.line}\nDone." if example.line else ""
    return Evidence(at=T0, complete=True, steps=steps, tail=tail, jobless=example.jobless)


@pytest.mark.parametrize(("of", "example"), ROWS)
def test_a_real_line_is_recognised_by_its_row(of: str, example: Example) -> None:
    """Class, owner and key are those of the row, whatever else the line could be taken for."""
    cause = diagnose(FINDING, evidence(example))

    assert (of, example.key) == (cause.of, cause.key)
    assert cause.owner is CauseClass(of).owner
    witness = "log" if example.line else "run" if example.jobless else "failed step"
    assert cause.why == f"The {witness} says so: {example.name}."


def test_every_row_has_an_example_and_a_name_of_its_own() -> None:
    """A row that nothing was ever seen to match is a guess; the order is that of the classes."""
    told = [example.name for examples in EXAMPLES.values() for example in examples]

    assert list(dict.fromkeys(told)) == [signature.name for signature in SIGNATURES]


@pytest.mark.parametrize("name", [signature.name for signature in SIGNATURES])
def test_every_row_is_needed(name: str) -> None:
    """With the row taken out, a line that it is there for is diagnosed otherwise."""
    others = [signature for signature in SIGNATURES if signature.name != name]

    assert any(
        _without(others, example) != (of, example.key)
        for of, examples in EXAMPLES.items()
        for example in examples
        if example.name == name
    )


def _without(others: list[Signature], example: Example) -> tuple[str, str]:
    cause = diagnose(FINDING, evidence(example), signatures=others)
    return cause.of, cause.key


@pytest.mark.parametrize("line", GREEN)
def test_a_line_of_a_green_log_decides_nothing(line: str) -> None:
    """What stands in logs in which nothing is wrong is no cause."""
    seen = Evidence(at=T0, complete=True, steps=("deploy / Deploy",), tail=line)

    assert diagnose(FINDING, seen).of is CauseClass.UNKNOWN


@pytest.mark.parametrize("line", QUOTED)
@pytest.mark.parametrize("step", [TEST, "e2e / smoke tests", "test / make", "unit / Unit tests"])
def test_a_test_that_expects_such_words_decides_nothing(line: str, step: str) -> None:
    """An assertion about a refused token is the agent's to mend, not a person's."""
    seen = Evidence(at=T0, complete=True, steps=(step,), tail=line)

    assert diagnose(FINDING, seen).of is CauseClass.UNKNOWN
