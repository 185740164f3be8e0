"""One history of a town: moves, weather and cycles, in the order that a seed's dice draw."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from pipeline_health.settings import Settings
from properties import gate, laws_end, middle, moves
from properties.computer import Computer, HostClock
from properties.cycles import Circumstances, Interruption, Passed, run
from properties.laws import LAWS
from properties.laws_many import LAWS as LAWS_OF_MANY
from properties.laws_time import Watch, told_within_the_sla
from properties.scene import Scene, Shelf, shelf
from properties.told import line_of, waits_for_the_caps
from properties.town import founded, founded_for_many
from properties.truth import Service, State, Thing, Truth, Workflow, failed_at, product_of, truths
from properties.weather import CALM, Weather

MEMORY = Path("/dev/shm")  # noqa: S108 - a directory of our own below it
CHECKED = 0.05
"""After how many of its steps the promotion check is asked."""

ENDING = 3
CAPPED = 12
"""How many cycles more may be needed where the operator allows few issues."""

PAUSES = ((timedelta(minutes=5), 80), (timedelta(seconds=40), 8), (timedelta(minutes=35), 6))
LONG_PAUSES = ((timedelta(hours=4), 4), (timedelta(days=2), 1))


class LawBrokenError(AssertionError):
    """A law does not hold; says the seed, the law and how it came to be."""

    def __init__(self, breach: str, *, seed: int, cycles: int, told: Sequence[str]) -> None:
        story = "\n".join(told[-60:])
        super().__init__(f"seed {seed}, after {cycles} cycles\n{story}\nBROKEN: {breach}")
        self.breach = breach


@dataclass(slots=True)
class Tally:
    """What was done and hit, for the table."""

    hits: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)


class History:
    """A town, the computers that watch it, and the weather between them."""

    def __init__(self, seed: int, *, opened: ExitStack) -> None:
        self.seed = seed
        self.dice = Random(seed)  # noqa: S311 - a story's dice
        of_many = seed % 3 == 0
        self.town = founded_for_many(self.dice) if of_many else founded(self.dice)
        self.moves = moves.OF_MANY if of_many else moves.MOVES
        self.weather = Weather(self.dice)
        self.tally = Tally(hits=self.weather.hits)
        shelter = MEMORY if MEMORY.is_dir() else None
        home = opened.enter_context(tempfile.TemporaryDirectory(dir=shelter))
        hosts = 2 if self.dice.random() < 0.12 else 1
        self.computers = [self._computer(Path(home), f"host-{at}") for at in range(hosts)]
        self._settings: dict[str, Settings] = {}
        self.last_seen: dict[Thing, Truth] = {}
        self.opened_at: list[tuple[datetime, tuple[int, int]]] = []
        self.proved: dict[Thing, datetime] = {}
        self.failed: dict[Thing, datetime] = {}
        self.stepped_at: datetime | None = None
        self.given: dict[tuple[int, int], int] = {}
        self.doubled: dict[object, int] = {}
        self.named: dict[tuple[int, int], set[Thing]] = {}
        self.watch = Watch()
        self.beside: list[Passed] = []

    def _computer(self, home: Path, name: str) -> Computer:
        below = home / name
        below.mkdir()
        return Computer(name=name, home=below, clock=HostClock(self.town.world))

    def settings(self, computer: Computer) -> Settings:
        """Give what a computer is configured with."""
        if computer.name not in self._settings:
            self._settings[computer.name] = self.town.settings(computer.home)
        return self._settings[computer.name]

    # -- what happens ------------------------------------------------------------------------

    def step(self) -> None:
        """Let something happen, let time pass, and look."""
        for _ in range(self.dice.choice((0, 0, 1, 1, 2, 3))):
            moves.make(self.town, moves.drawn(self.dice, self.moves), self.dice)
        self.pass_time()
        self.weather.turn()
        self.trouble_at_home()
        for computer in self.computers:
            self.cycle(computer)
        if self.dice.random() < CHECKED:
            self.check()

    def check(self) -> None:
        """Ask whether something may go to production."""
        home, seed = self.computers[0].home, self.dice.getrandbits(32)
        for breach in gate.promoted_with_proof(self.town, seed, home, self.tally.done):
            self.broken(f"{gate.promoted_with_proof.__doc__} {breach}")

    def pass_time(self) -> None:
        """Let seconds to days go by."""
        pauses = (*PAUSES, *LONG_PAUSES)
        pause = self.dice.choices([one for one, _ in pauses], weights=[w for _, w in pauses])[0]
        self.town.world.advance(pause + timedelta(seconds=self.dice.randint(0, 30)))

    def trouble_at_home(self) -> None:
        """Let a computer lose its ledger, find an old one, or have its clock set."""
        computer, draw = self.dice.choice(self.computers), self.dice.random()
        now = self.town.world.now()
        if draw < 0.015 and computer.ledger.exists():
            computer.lose()
            self._hit("ledger lost", computer)
        elif draw < 0.04:
            made = computer.restore(now=now)
            if made is not None:
                self._hit("ledger restored from an old copy", computer)
        elif draw < 0.06:
            computer.clock.offset = timedelta(minutes=self.dice.choice((-120, -20, 7, 90)))
            self.stepped_at = now
            self._hit("clock stepped", computer)
        elif draw < 0.10 and computer.clock.offset:
            computer.clock.offset = timedelta(0)
            self.stepped_at = now

    def _hit(self, kind: str, computer: Computer) -> None:
        self.tally.hits[kind] += 1
        self.town.tell(f"{computer.name}: {kind}")

    # -- looking -----------------------------------------------------------------------------

    def cycle(self, computer: Computer) -> Passed:
        """Run one cycle, and hold the world to every law."""
        before = shelf(self.town)
        ends = self.weather.ends
        due = None if ends else middle.drawn(self, computer)
        full = self.dice.random() < 0.012 and not ends
        passed = run(self._around(computer, due=due, full=full, mortal=self.dice.random() < 0.5))
        for other in self.beside:
            passed.witness.add(other.witness)
        self.beside.clear()
        self._note(passed)
        self.judge(passed, before)
        self.town.world.requests.clear()
        computer.copy(now=self.town.world.now())
        return passed

    def _around(
        self, computer: Computer, *, due: Interruption | None, full: bool, mortal: bool
    ) -> Circumstances:
        calm = due is not None and due.name.startswith("second agent")
        return Circumstances(
            world=self.town.world,
            settings=self.settings(computer),
            computer=computer,
            weather=self.weather,
            dice=self.dice,
            due=due,
            full=full,
            mortal=mortal and not calm,
        )

    def _note(self, passed: Passed) -> None:
        done = self.tally.done
        done["cycles"] += 1
        done["requests"] += passed.witness.requests
        done["writes"] += len(passed.witness.sent)
        done["refused by the lease"] += bool(passed.refused)
        for name in (passed.interrupted, "full disk" if passed.full else ""):
            if name:
                self.tally.hits[name] += 1
        self.town.tell(line_of(passed, self.weather.season.name))

    def judge(self, passed: Passed, before: Shelf) -> None:
        """Raise for the first law that does not hold."""
        found = truths(self.town)
        seen = frozenset(one for one in found if self._place(one) in passed.witness.shown)
        late = {one for one in found if self._place(one) in passed.witness.late} - seen
        self.last_seen |= {thing: found[thing] for thing in seen}
        for thing in seen:
            truth = found[thing]
            if truth.state is State.WORKS and truth.since is not None:
                self.proved[thing] = truth.since
            failed = failed_at(self.town, thing, truth)
            if failed is not None:
                self.failed[thing] = failed
        after, hits = shelf(self.town), self.tally.hits
        scene = Scene(
            town=self.town,
            passed=passed,
            before=before,
            after=after,
            truths=found,
            last_seen=self.last_seen,
            seen=seen,
            late=frozenset(late),
            proved=self.proved,
            failed=self.failed,
            hosts=len(self.computers),
            opened_at=self.opened_at,
            doubled=self.doubled,
            named=self.named,
            stepped_at=self.stepped_at,
            given=self.given,
            losses=hits["ledger lost"] + hits["ledger restored from an old copy"],
            clock_off=max(abs(one.clock.offset) for one in self.computers),
        )
        opened, closed = list(scene.opened()), list(scene.closed())
        if self.town.ops is not None:
            self.town.wanted_open -= {at for (of, at), _ in closed if of == self.town.ops.id}
        self.opened_at += [(passed.ended, key) for key, _ in opened]
        self.tally.done["issues opened"] += len(opened)
        self.tally.done["issues closed"] += len(closed)
        for law in (*LAWS, *LAWS_OF_MANY):
            for breach in law(scene):
                self.broken(f"{law.__doc__} {breach}")
        for breach in told_within_the_sla(scene, self.watch):
            self.broken(f"{told_within_the_sla.__doc__} {breach}")

    def _place(self, thing: Thing) -> int | str:
        """Give the id of the repository or the environment that shows a thing."""
        match thing:
            case Workflow():
                return thing.repo
            case Service():
                return product_of(self.town, thing.product).services[0].environment.id

    def end(self) -> None:
        """Let the faults stop, and hold the world to what must be true in the end."""
        self.weather.season, self.weather.ends = CALM, True
        for computer in self.computers:
            computer.clock.offset = timedelta(0)
        laws_end.settle(self.town, self.dice)
        self.town.tell("from here on nothing goes wrong, and nothing happens")
        for at in range(ENDING + CAPPED):
            self.town.world.advance(timedelta(minutes=10))
            last = [self.cycle(computer) for computer in self.computers]
            if at >= ENDING - 1 and not any(map(waits_for_the_caps, last)):
                break
        for breach in laws_end.converged(self.town):
            self.broken(f"{laws_end.__doc__} {breach}")
        for breach in laws_end.no_secret_is_kept(self.computers[0].home.parent):
            self.broken(f"{laws_end.no_secret_is_kept.__doc__} {breach}")
        self._wants_nothing_else("fresh")
        if self.town.ops is not None:
            self._end_of_all()

    def _end_of_all(self) -> None:
        """Let everything work again: no portfolio issue is left."""
        laws_end.mend(self.town)
        self.town.tell("from here on everything works")
        for computer in self.computers * (ENDING + 1):
            self.town.world.advance(timedelta(minutes=10 // len(self.computers)))
            self.cycle(computer)
        for breach in (*laws_end.converged(self.town), *laws_end.nothing_of_many(self.town)):
            self.broken(f"{laws_end.nothing_of_many.__doc__} {breach}")
        self._wants_nothing_else("afresh")

    def _wants_nothing_else(self, name: str) -> None:
        known, fresh = self.town.told[-1], self._fresh(name)
        for breach in laws_end.wants_nothing_else(self.town, fresh, known=known):
            self.broken(f"{laws_end.wants_nothing_else.__doc__} {breach}")

    def _fresh(self, name: str) -> Passed:
        """Ask an agent that knows nothing what it would do."""
        computer = self._computer(self.computers[0].home, name)
        around = self._around(computer, due=None, full=False, mortal=False)
        return run(replace(around, dry=True))

    def broken(self, breach: str) -> None:
        """Raise, with the whole story."""
        raise LawBrokenError(
            breach, seed=self.seed, cycles=self.tally.done["cycles"], told=self.town.told
        )

    def another(self, computer: Computer) -> Passed:
        """Run a second agent on a computer, in good weather."""
        season, self.weather.season = self.weather.season, CALM
        passed = run(self._around(computer, due=None, full=False, mortal=False))
        self.weather.season = season
        self.beside.append(passed)
        return passed


def steps(history: History, number: int) -> Iterator[int]:
    """Step after step."""
    for at in range(number):
        history.step()
        yield at
