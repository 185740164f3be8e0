"""A pattern that is compiled later is, to whoever uses it, one that was compiled at once."""

import re

import pytest

from pipeline_health.patterns import later

LATE, AT_ONCE = (make(r"(?P<word>[a-z]+)\d", re.IGNORECASE) for make in (later, re.compile))


def test_it_finds_and_replaces_as_the_other_does() -> None:
    """The first time, and every time."""
    for _ in range(2):
        assert LATE.sub(r"\g<word>", "A1 b2") == AT_ONCE.sub(r"\g<word>", "A1 b2") == "A b"
        found = LATE.fullmatch("A1")
        assert found is not None
        assert found["word"] == "A"
        assert (LATE.pattern, LATE.flags) == (AT_ONCE.pattern, AT_ONCE.flags)


def test_what_is_no_pattern_is_told_when_it_is_used() -> None:
    """Each of ours is used by a test, so that none goes out broken."""
    broken = later("(")

    with pytest.raises(re.error, match="unterminated"):
        broken.search("a")
