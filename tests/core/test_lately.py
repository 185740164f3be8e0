"""A note of a moment holds for a while, and one that makes no sense for no time at all."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline_health.core.lately import is_lately

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("noted", "holds"),
    [
        ("2026-03-02T10:00:00+00:00", True),
        ("2026-03-02T09:00:01+00:00", True),
        ("2026-03-02T09:00:00+00:00", False),
        ("2026-03-02T10:00:01+00:00", False),
        ("2026-03-02T10:30:00+01:00", True),
        ("2026-03-02T10:00:00", False),
        ("yesterday", False),
        ("", False),
        (None, False),
    ],
    ids=["now", "lately", "an hour ago", "to come", "elsewhere", "no zone", "words", "none", "no"],
)
def test_a_note_holds_for_an_hour_from_its_moment(noted: str | None, *, holds: bool) -> None:
    """A ledger of another version, or a clock that was ahead, is no reason to believe it longer."""
    assert holds is is_lately(noted, within=HOUR, now=NOW)
