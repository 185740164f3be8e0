"""Whoever is refused, or let through, reads what was meant to be read."""

import tomllib

import pytest

from builders import HEAD, NOW, PROJECT, REPO
from gate_matters import CONFIG, a_matter
from gate_words import KEPT, WAYS, told
from pipeline_health.core.gate import judge, questions
from pipeline_health.core.model.questions import Contains, JobsOf, RunsOf
from pipeline_health.core.model.verdict import CriterionState

WORDS = tomllib.loads(KEPT.read_text())


@pytest.mark.parametrize("way", WAYS)
def test_the_gate_says_what_it_said(way: str) -> None:
    """Every sentence, what to do about it, the page, and how old it is: word by word."""
    assert WORDS[way] == told(way)


def test_no_word_is_kept_of_a_way_that_nobody_goes() -> None:
    """Else the list would say more than the gate does."""
    assert set(WAYS) == set(WORDS)


@pytest.mark.parametrize("way", WAYS)
def test_whoever_is_refused_is_told_what_to_do(way: str) -> None:
    """A criterion that does not let the commit through says what would."""
    found = judge(WAYS[way](a_matter()))
    through = {CriterionState.PASS, CriterionState.WAIVED}
    assert [one for one in found.criteria if one.state not in through and not one.next] == []
    assert found.next
    assert {type(asked) for asked in questions(WAYS[way](a_matter()))} <= {Contains, JobsOf, RunsOf}


def test_a_verdict_is_about_one_commit_of_one_project() -> None:
    """Whoever keeps it can tell later what it was about, and under which configuration."""
    told = judge(a_matter())
    assert (told.project, told.repo, told.commit) == (PROJECT, REPO, HEAD)
    assert (told.config_hash, told.checked_at) == (CONFIG, NOW)
