"""Composition root of `replay`: the real agent over a recorded history, under its clock.

Nothing of it is a stand-in but the two providers and the sites, which a `Player` lets happen what
is recorded, and the ledger, which is forgotten. No secret is read and no address is contacted.
"""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline_health import recordings, telemetry
from pipeline_health.core.model.recording import Recording, Stretch
from pipeline_health.core.model.signal import Figures, Issue
from pipeline_health.core.signal import counted, counted_before, figures
from pipeline_health.frozen import dataclass
from pipeline_health.recordings import RecordingError
from pipeline_health.replaying.configuration import as_recorded, settings_for
from pipeline_health.replaying.stage import Stage, Tick
from pipeline_health.settings import ConfigurationError, Settings

__all__ = ["Prepared", "RecordingError", "Replayed", "Tick", "Watch", "prepare", "read", "replay"]

_GARBAGE = 50_000
_MOST = 500_000
"""How many cycles one replay may have: some five years of them, and an hour of waiting."""

Watch = Callable[[int, int], None]
"""Is told how many cycles are over, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What the agent did on a recorded history.

    *before* is what the monitor of that time did, None where that is not recorded. *config* is None
    where the recording implied the configuration; *lacks* says what is not replayed, or what stands
    in for it.
    """

    recording: Recording
    config: Path | None
    every: timedelta
    cycles: int
    ticks: tuple[Tick, ...]
    issues: tuple[Issue, ...]
    figures: Figures
    before: Figures | None
    lacks: tuple[str, ...]

    @property
    def configuration(self) -> str:
        """Where the configuration came from, as «under» goes before it."""
        return "the configuration that it implies" if self.config is None else str(self.config)


def read(path: Path) -> Recording:
    """Read a recording of any format; raises ConfigurationError."""
    return recordings.read(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A recording, and what the agent is told to watch of it; nothing was replayed yet."""

    recording: Recording
    config: Path | None
    settings: Settings
    lacks: tuple[str, ...]


def prepare(recording: Recording, config: Path | None = None) -> Prepared:
    """Configure the agent as *config* wants it, else as the recording implies.

    Raises ConfigurationError; a RecordingError, which does not name the file, where the recording
    is what is wrong.
    """
    with TemporaryDirectory(prefix="pipeline-health-replay-") as home:
        settings = settings_for(recording, config, Path(home))
    policy, unwatched = as_recorded(settings.policy, recording, config)
    return Prepared(
        recording=recording,
        config=config,
        settings=replace(settings, policy=policy),
        lacks=(*recording.lacks, *unwatched),
    )


def replay(
    prepared: Prepared,
    *,
    every: timedelta | None = None,
    watch: Watch = lambda _, __: None,
) -> Replayed:
    """Run cycle after cycle over what is recorded; without *every* one each poll_interval.

    Raises ConfigurationError for more cycles than anybody could wait for.
    """
    recording = prepared.recording
    interval = prepared.settings.policy.poll_interval if every is None else every
    moments = list(islice(_moments(recording, interval), _MOST + 1))
    if len(moments) > _MOST:
        msg = f"{recording.name}: is more than {_MOST} cycles long; expected a larger --every"
        raise ConfigurationError(msg)
    stage = Stage(prepared.settings, recording)
    with telemetry.muted(), _spared():
        for number, moment in enumerate(moments, start=1):
            stage.cycle(moment)
            watch(number, len(moments))
    issues = tuple(stage.issues())
    return Replayed(
        recording=recording,
        config=prepared.config,
        every=interval,
        cycles=len(moments),
        ticks=tuple(stage.ticks),
        issues=issues,
        figures=figures([counted(issue, recording) for issue in issues], recording.causes),
        before=_before(recording),
        lacks=prepared.lacks,
    )


def _before(recording: Recording) -> Figures | None:
    """Give the figures of the monitor of that time, None where nothing is recorded of one."""
    filed = [counted_before(each) for each in recording.filed]
    return figures(filed, recording.causes) if filed else None


@contextmanager
def _spared() -> Iterator[None]:
    """Let the garbage collector look less often: thousands of cycles leave it little to find."""
    before = gc.get_threshold()
    gc.set_threshold(_GARBAGE, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _moments(recording: Recording, every: timedelta) -> Iterator[datetime]:
    """Give the times of all cycles: round ones, as a timer's are, within what is recorded.

    What is too short for a round one was looked at all the same: once, at its end.
    """
    whole = Stretch(began_at=recording.began_at, ended_at=recording.ended_at)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    for stretch in recording.stretches or (whole,):
        moment = stretch.began_at + -(stretch.began_at - epoch) % every
        if moment > stretch.ended_at:
            yield stretch.ended_at
        while moment <= stretch.ended_at:
            yield moment
            moment += every
