"""The format of ../shared/replay: one JSON object a file, whose keys say which of four kinds it is.

What a file does not record is said in `lacks`, and so is what stands in where the world could not
be without it. Nothing here knows any incident: only what its kind of file holds.
"""

import json
from collections.abc import Callable, Mapping

from pipeline_health.clients.json import Json
from pipeline_health.core.model.recording import Recording
from pipeline_health.recordings.replay_1.cases import read_cases
from pipeline_health.recordings.replay_1.lagging import read_lagging
from pipeline_health.recordings.replay_1.storm import read_storm
from pipeline_health.recordings.replay_1.transients import read_transients

SCHEMA = "replay/1"

_KINDS: Mapping[str, Callable[[Json], Recording]] = {
    "pushes": read_storm,
    "monitor_probe_history": read_transients,
    "threshold_seconds": read_lagging,
    "cases": read_cases,
}
"""How each kind of file is read, by a key that no other kind has."""


def read(content: bytes) -> Recording | None:
    """Read *content*, or give None for what is of another format.

    Raises UnexpectedShapeError, which says where something else was expected.
    """
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        return None
    whole = Json(value)
    kind = next((read for key, read in _KINDS.items() if whole.has(key)), None)
    if kind is None:
        whole.refuse(f"an object with one of the keys {', '.join(_KINDS)}")
    return kind(whole)
