from collections.abc import Iterator
from pathlib import Path

import pytest

from desk import Desk
from nursery import Nursery, desk_in


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Give an operator's desk."""
    with desk_in(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    """Give a place where runs are started that may be told to die."""
    with Nursery.opened() as opened:
        yield opened
