"""A replay does what the live agent did whose looks are recorded, cycle by cycle."""

import pytest

from retaped import lived_and_replayed


@pytest.mark.parametrize("seed", [3, 7])
def test_a_story_that_was_recorded_is_replayed_as_it_was_lived(seed: int) -> None:
    """Two products of one repository, silent URLs, blind hours, and hours without a look."""
    lived, replayed = lived_and_replayed(seed, cycles=16)

    assert lived == replayed
    assert len(lived) > 3
