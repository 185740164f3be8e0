"""Whoever opens an issue of ours reads what was meant to be read."""

import tomllib

import pytest

from issue_ways import ISSUES
from issue_words import KEPT, told

WORDS = tomllib.loads(KEPT.read_text())


@pytest.mark.parametrize("way", ISSUES)
def test_an_issue_says_what_it_said(way: str) -> None:
    """Title, facts, cause, steps, evidence and comments: word by word."""
    assert WORDS[way] == told(way)


def test_no_word_is_kept_of_an_issue_that_nobody_writes() -> None:
    """Else the list would say more than the issues do."""
    assert set(ISSUES) == set(WORDS)
