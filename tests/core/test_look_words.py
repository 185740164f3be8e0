"""Whatever a look shows, the rules say of it what they said."""

import tomllib

import pytest

from look_ways import LOOKS
from look_words import KEPT, told

WORDS = tomllib.loads(KEPT.read_text())


@pytest.mark.parametrize("way", LOOKS)
def test_the_rules_say_of_a_look_what_they_said(way: str) -> None:
    """What is broken, proved or unsettled, since when, at which commit, and where it is read."""
    assert WORDS[way] == told(way)


def test_no_word_is_kept_of_a_look_that_nobody_has() -> None:
    """Else the list would say more than the rules do."""
    assert set(LOOKS) == set(WORDS)
