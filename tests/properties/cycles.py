"""One cycle of the real agent on a computer of ours, and what may happen in the middle of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from pipeline_health import bootstrap
from pipeline_health.core.model.report import CycleReport
from pipeline_health.ports import LeaseHeldError, LedgerError
from pipeline_health.settings import Settings
from pipeline_health.simulator import World
from properties.computer import Computer, Died, Fate
from properties.network import Wire, Witness
from properties.weather import Asked, Weather

PLACES = (
    "before a request",
    "after a request",
    "before a write",
    "after a write",
    "before a commit",
    "after a commit",
)


@dataclass(slots=True, kw_only=True)
class Interruption:
    """Something that happens once, at the *count*-th time that a cycle comes to *place*."""

    name: str
    place: str
    count: int
    deed: Callable[[Fate], None]
    happened: bool = False


@dataclass(slots=True, kw_only=True)
class Passed:
    """A cycle that is over, one way or another."""

    computer: str
    began: datetime
    ended: datetime
    witness: Witness
    interrupted: str = ""
    report: CycleReport | None = None
    refused: str = ""
    broke: str = ""
    died: bool = False
    full: bool = False

    @property
    def clean(self) -> bool:
        """Tell whether nothing at all went wrong in it."""
        wrong = self.witness.spoiled or self.interrupted or self.refused or self.broke
        return not (wrong or self.died or self.full)


@dataclass(slots=True)
class _Places:
    """Counts how often a cycle came to each place, and lets what is due there happen."""

    fate: Fate
    due: Interruption | None
    counts: dict[str, int] = field(default_factory=dict)

    def come_to(self, place: str) -> None:
        self.counts[place] = self.counts.get(place, 0) + 1
        due = self.due
        if due is None or due.happened or due.place != place or self.counts[place] < due.count:
            return
        due.happened = True
        due.deed(self.fate)

    def before(self, asked: Asked) -> None:
        self.come_to("before a request")
        if asked.writes:
            self.come_to("before a write")

    def after(self, asked: Asked) -> None:
        self.come_to("after a request")
        if asked.writes:
            self.come_to("after a write")


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a cycle is run with: *mortal* is a process that can be proved dead when it is."""

    world: World
    settings: Settings
    computer: Computer
    weather: Weather
    dice: Random
    due: Interruption | None = None
    mortal: bool = False
    full: bool = False
    dry: bool = False


def run(around: Circumstances) -> Passed:
    """Run one cycle; whatever it raises is told."""
    fate = Fate(full=around.full)
    places = _Places(fate, around.due)
    fate.at_commit = places.come_to
    computer, dice = around.computer, Random(around.dice.getrandbits(64))  # noqa: S311 - a story's dice
    wire = Wire(
        around.world,
        around.weather,
        exchanges=computer.clock.exchanges,
        before=places.before,
        after=places.after,
    )
    machine = bootstrap.Machine(
        clock=computer.clock,
        transport=wire,
        pace=timedelta(0),
        dice=dice,
        ledger=computer.opening(fate, dice, mortal=around.mortal),
        at_once=1,
    )
    now = around.world.now()
    passed = Passed(
        computer=computer.name, began=now, ended=now, witness=wire.witness, full=around.full
    )
    try:
        passed.report = bootstrap.run_once(around.settings, machine=machine, dry=around.dry)
    except Died:
        passed.died = True
    except LeaseHeldError as exc:
        passed.refused = str(exc)
    except LedgerError as exc:
        passed.broke = str(exc)
    passed.ended = around.world.now()
    if around.due is not None and around.due.happened:
        passed.interrupted = around.due.name
    return passed
