"""What `doctor` says: findings, what is sound, and what nobody could look at."""

from enum import StrEnum
from typing import TypeAlias

from pipeline_health.frozen import dataclass


class Level(StrEnum):
    """How much a finding matters: a fault keeps something from working, advice makes it better."""

    FAULT = "fault"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ailing:
    """Something to mend: *where* it is set, what is wrong, and how to *mend* it."""

    level: Level
    where: str
    says: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """Something that was looked at and is as it should be."""

    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchecked:
    """Something that nobody could look at, and *why*: that is not health."""

    where: str
    why: str


Told: TypeAlias = Ailing | Sound | Unchecked


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that one *check* says."""

    check: str
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What every check says. Where nothing *asked* anybody, there was nothing to check with."""

    lines: tuple[Line, ...]
    asked: bool

    def of(self, level: Level) -> tuple[Ailing, ...]:
        """Give the findings of one level."""
        found = (line.told for line in self.lines)
        return tuple(told for told in found if isinstance(told, Ailing) and told.level is level)

    @property
    def unchecked(self) -> tuple[Unchecked, ...]:
        """Give what nobody could look at."""
        found = (line.told for line in self.lines)
        return tuple(told for told in found if isinstance(told, Unchecked))
