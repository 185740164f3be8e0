"""The recorder: what goes wrong is told until a look is written again."""

import os
from pathlib import Path

from builders import NOW, a_view
from pipeline_health import recordings
from pipeline_health.core.model.snapshot import Snapshot
from pipeline_health.history.file import HistoryFile
from pipeline_health.history.recorder import HistoryRecorder


def test_trouble_is_over_when_a_look_is_written(tmp_path: Path) -> None:
    """And that look tells what the one before could not."""
    room = [10, 10_000_000]

    def write(file: int, text: bytes) -> int:
        return os.write(file, text[: room.pop(0)])

    path = tmp_path / "history.jsonl"
    with HistoryFile.open(path, write=write) as file:
        recorder = HistoryRecorder(file, redact=str, version="1")
        told = []
        for _ in range(2):
            recorder.keep(Snapshot(now=NOW, projects=(a_view(),)))
            told.append(recorder.trouble is None)

    assert told == [False, True]
    assert [project.name for project in recordings.read(path).projects] == ["shop"]
