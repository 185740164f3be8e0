"""Each check says of facts what is expected of it, and word for word what it said before."""

import tomllib

import pytest

from checkup_facts import require
from checkup_rows import ROWS
from checkup_words import ALL, KEPT, told

WORDS = tomllib.loads(KEPT.read_text())


@pytest.mark.parametrize("row", ROWS)
def test_a_check_says_what_is_wrong_and_how_to_mend_it(row: str) -> None:
    """One finding, or what could not be looked at, or nothing at all."""
    require(ROWS[row])


@pytest.mark.parametrize("name", ALL)
def test_the_words_are_the_ones_that_were_read(name: str) -> None:
    """A change of any is seen in the list of them, which somebody reads."""
    assert WORDS[name] == told(name)


def test_no_word_is_kept_of_what_nobody_checks() -> None:
    """Else the list would say more than the checks do."""
    assert set(ALL) == set(WORDS)
