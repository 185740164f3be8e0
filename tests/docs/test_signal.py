"""Every story that docs/signal.md names is there."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
SIGNAL = TESTS.parent / "docs" / "signal.md"


def test_every_story_that_is_named_exists() -> None:
    """A case whose story was renamed or dropped would be claimed and not told."""
    named = set(re.findall(r"`(test_\w+)`", SIGNAL.read_text()))
    told = {
        name
        for file in (TESTS / "agent").glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", file.read_text(), re.MULTILINE)
    }

    assert named
    assert set() == named - told


def test_every_recorded_story_is_named() -> None:
    """The stories of recorded cases are the ones that the document is about."""
    told = {
        name
        for file in ("recorded_stories", "url_replays", "lagging_replays")
        for name in re.findall(
            r"^def (test_\w+)\(", (TESTS / "agent" / f"test_{file}.py").read_text(), re.MULTILINE
        )
    }

    assert told <= set(re.findall(r"`(test_\w+)`", SIGNAL.read_text()))
