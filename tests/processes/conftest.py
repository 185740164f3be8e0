from collections.abc import Iterator
from pathlib import Path

import pytest

from deaths import STORIES
from desk import Desk
from nursery import Nursery, desk_in


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let processes die in the first story, and in every story with `--thorough`."""
    if "story" in metafunc.fixturenames:
        thorough = bool(metafunc.config.getoption("--thorough"))
        told = dict(STORIES if thorough else [*STORIES.items()][:1])
        metafunc.parametrize("story", told.values(), ids=told)


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
