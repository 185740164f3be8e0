"""A defect of ours: told with its traceback, redacted, whether or not the log was configured."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from pipeline_health.secret import Secret
from pipeline_health.telemetry import Redaction, configure, tell_of_defect

HELD = "planted-value-1"
WELL_KNOWN = "ghp_" + "a1B2" * 9


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the two logging systems as they were found."""
    structlog.reset_defaults()
    handlers = logging.getLogger().handlers[:]
    yield
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers


def _refuse(text: str) -> None:
    raise KeyError(text)


def _wrap() -> None:
    try:
        _refuse(HELD)
    except KeyError as exc:
        msg = f"no way with {WELL_KNOWN}"
        raise RuntimeError(msg) from exc


def _defect() -> Exception:
    """Give an error that was caused by another; the texts of both hold secrets."""
    with pytest.raises(RuntimeError) as caught:
        _wrap()
    return caught.value


def test_before_anything_was_configured_well_known_formats_are_struck_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On standard error, as one line of JSON; what we hold is not known yet."""
    tell_of_defect(_defect())

    out, err = capsys.readouterr()
    line = json.loads(err)
    assert (out, line["event"], line["level"]) == ("", "defect", "error")
    assert "RuntimeError: no way with ***" in line["exception"]
    assert "in _wrap" in line["exception"]
    assert WELL_KNOWN not in err


@pytest.mark.parametrize("form", ["json", "console"])
def test_afterwards_what_we_hold_is_struck_out_too(
    form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It goes where the log goes, and the cause is told with it."""
    stream = io.StringIO()
    configure(
        format="json" if form == "json" else "console",
        stream=stream,
        journal_stream=None,
        redaction=Redaction([Secret(HELD)]),
        color=False,
    )

    tell_of_defect(_defect())

    told = stream.getvalue()
    assert "Traceback (most recent call last)" in told
    assert "KeyError: '***'" in told
    assert (HELD in told, WELL_KNOWN in told) == (False, False)
    assert tuple(capsys.readouterr()) == ("", "")
