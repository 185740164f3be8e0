"""The guards that `make guards` takes away are where their list says."""

from guards import guards, misplaced


def test_every_listed_guard_is_in_its_file_once() -> None:
    """Else it would be taken away from nowhere, and every test would pass."""
    assert list(misplaced(guards())) == []
