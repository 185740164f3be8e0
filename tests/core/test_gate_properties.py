"""No combination of inputs without every required proof is a yes.

Every damage takes one proof away. Any number of them together, in any order, must never give a
promotion; and without any there must be one, else the gate would block for ever.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate_damages import DAMAGES
from gate_matters import a_matter
from pipeline_health.core.gate import judge, questions, served_deployments
from pipeline_health.core.model.verdict import Answer, CriterionName, CriterionState


def test_with_every_proof_the_commit_is_promoted() -> None:
    """Else nothing below would mean anything."""
    assert judge(a_matter()).answer is Answer.PROMOTE


@pytest.mark.parametrize("name", DAMAGES)
def test_one_missing_proof_is_enough_to_block(name: str) -> None:
    """Each of the ways in which such gates failed open."""
    told = judge(DAMAGES[name](a_matter()))
    assert told.answer is not Answer.PROMOTE
    assert told.reason
    assert told.next


@given(st.lists(st.sampled_from(sorted(DAMAGES)), min_size=1, max_size=6))
def test_no_combination_of_missing_proofs_is_a_yes(names: list[str]) -> None:
    """One damage may mend what another one did, but not all of them: what came last is there."""
    matter = a_matter()
    for name in names:
        matter = DAMAGES[name](matter)
    told = judge(matter)
    assert told.answer is not Answer.PROMOTE
    assert [one.name for one in told.criteria] == list(CriterionName)
    blocked = {CriterionState.FAIL, CriterionState.UNKNOWN, CriterionState.PENDING}
    assert any(one.state in blocked for one in told.criteria) or told.rollback


@given(st.lists(st.sampled_from(sorted(DAMAGES)), max_size=6))
def test_the_gate_is_total(names: list[str]) -> None:
    """Whatever was seen, it answers, asks and tells what is served; and it always says the same."""
    matter = a_matter()
    for name in names:
        matter = DAMAGES[name](matter)
    assert judge(matter) == judge(matter)
    assert set(questions(matter)) == set(questions(matter))
    assert served_deployments(matter) == served_deployments(matter)
