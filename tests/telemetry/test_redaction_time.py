"""Redaction takes its time in proportion to the text; coverage would measure itself."""

from time import thread_time

import pytest

from pipeline_health.secret import Secret
from pipeline_health.telemetry import Redaction


@pytest.mark.parametrize(
    "unit",
    [
        "A",
        "eyJ",
        "a.eyJ",
        "://a:",
        "A_KEY=",
        "A_KEY: '",
        'A_KEY: "Word ',
        "token:",
        "Bearer ",
        "-----BEGIN PRIVATE KEY-----\n",
        "authorization:",
        "\\",
        "planted-value-",
        "TOKEN: word ",
    ],
)
def test_the_time_is_proportional_to_the_text(unit: str) -> None:
    """Of the worst, 300 kB are done in a second, where a square would take minutes."""
    text = unit * (300_000 // len(unit))
    began = thread_time()

    Redaction([Secret("planted-value-1")])(text)

    assert thread_time() - began < 15
