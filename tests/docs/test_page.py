"""What docs/page.md tells of the page is what it is."""

import re
from pathlib import Path

from exhibition import Exhibition
from pipeline_health.page.backoff import FREE, LONGEST
from pipeline_health.page.metrics import HELP

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "page.md").read_text()
LARGEST = 250_000


def test_every_figure_has_its_row() -> None:
    """And every row its figure."""
    told = re.findall(r"^\| `pipeline_health_(\w+)` \| .+ \|$", PAGE, re.MULTILINE)
    assert sorted(told) == sorted(HELP)


def test_every_path_answers(tmp_path: Path) -> None:
    """As it is written."""
    paths = re.findall(r"^\| `(/[^`]*)` \|", PAGE, re.MULTILINE)
    visitor = Exhibition(tmp_path / "ledger.db").visitor()
    answers = {path: visitor.get(path).status for path in paths}
    assert answers == {
        "/": 200,
        "/incidents/FINGERPRINT": 404,
        "/feed.json": 200,
        "/metrics": 200,
        "/healthz": 200,
    }


def test_its_numbers_and_pictures_are_there() -> None:
    """Someone may look at them for long, and nobody should load them for long."""
    assert f"after {['five'][FREE - 5]}, an address waits" in PAGE
    assert f"at most {LONGEST:.0f};" in PAGE
    pictures = re.findall(r"!\[[a-z]+\]\(([a-z-]+\.png)\)", PAGE)
    assert len(pictures) == 3
    for name in pictures:
        assert 1_000 < (ROOT / "docs" / name).stat().st_size < LARGEST
    assert "docs/page.md" in (ROOT / "README.md").read_text()
