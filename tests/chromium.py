"""Debian's Chromium, without a head and without a network, over the gallery on a real port.

The fixtures of `make test-page`: `make test` has no browser.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from exhibition import Exhibition
from gallery_looks import filled
from pipeline_health.core.model.address import Address
from pipeline_health.page.server import PageServer, taken
from theatre import ARGUMENTS, CHROMIUM, Theatre


@pytest.fixture(autouse=True)
def _sockets(socket_enabled: None) -> None:
    """Let playwright speak to its browser by its pipes, whose loop needs a pair of sockets."""


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start the browser once."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=list(ARGUMENTS),
            env={"HOME": str(tmp_path_factory.mktemp("home")), "PATH": "/usr/bin:/bin"},
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill a ledger with the gallery."""
    return filled(tmp_path_factory.mktemp("gallery") / "ledger.db")


@pytest.fixture
def theatre(browser: Browser, ledger: Path, tmp_path: Path) -> Iterator[Theatre]:
    """Serve a copy of the gallery, to which a test may add."""
    exhibition = Exhibition(Path(shutil.copy(ledger, tmp_path)))
    at = taken(Address(host="127.0.0.1", port=0))
    with PageServer(exhibition.app, at):
        yield Theatre(browser, exhibition, f"http://127.0.0.1:{at.getsockname()[1]}")
