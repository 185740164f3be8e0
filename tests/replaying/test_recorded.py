"""What is promised of the recorded incidents; `.ci/run` replays the two long ones beside these."""

from pathlib import Path

import pytest

from pipeline_health.settings import process_environment
from recorded_incidents import CASES, LAGGING, Promise, broken, replayed

FOLDER = Path(__file__).parents[3] / "shared" / "replay"


@pytest.mark.skipif(
    not FOLDER.is_dir() and process_environment().get("CI") != "true",
    reason="CI has the recordings, and fails without them",
)
@pytest.mark.parametrize("promise", [LAGGING, CASES], ids=lambda promise: promise.file)
def test_a_recorded_incident_comes_out_as_promised(promise: Promise) -> None:
    """Under the configuration that the file implies, by the real agent."""
    assert [] == list(broken(promise, replayed(promise, FOLDER)))
