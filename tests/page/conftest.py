"""One ledger filled with the gallery, and the application over it."""

from dataclasses import replace
from pathlib import Path

import pytest

from exhibition import Exhibition
from gallery_looks import filled


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Exhibition:
    """Fill the ledger once; nobody writes to it."""
    return Exhibition(filled(tmp_path_factory.mktemp("gallery") / "ledger.db"))


@pytest.fixture
def exhibition(gallery: Exhibition) -> Exhibition:
    """Give the gallery to one test, which may turn it as it likes."""
    return replace(gallery)


@pytest.fixture
def empty(tmp_path: Path) -> Exhibition:
    """Give the page of a ledger that is not there yet."""
    return Exhibition(tmp_path / "ledger.db")
