"""Measures: the real command and the floor, one after the other, again and again."""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.child import Took, run
from benchmarks.providers import Providers, Told, Visit, Where, providers
from benchmarks.recorded import at_once, in_a_row, read

COMMAND = str(Path(sys.executable).with_name("pipeline-health"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """So many projects, so many of which fail in this moment, so far away (in milliseconds)."""

    projects: int
    failing: int
    round_trip: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One cycle and its floor. *row* requests had to follow one another, *width* were at once."""

    agent: Took
    floor: Took
    told: Told
    row: int
    width: int
    ledger: int


def measured(cases: Sequence[Case], repeats: Mapping[Case, int]) -> Iterator[tuple[Case, Sample]]:
    """Measure every case as often as it is to be repeated, one size of portfolio at a time."""
    for projects in dict.fromkeys(case.projects for case in cases):
        wanted = [case for case in cases if case.projects == projects]
        with TemporaryDirectory() as made, providers(projects, Path(made)) as served:
            bench = Bench(served, Path(made))
            for failing in dict.fromkeys(case.failing for case in wanted):
                bench.cycle(Case(projects=projects, failing=failing, round_trip=0))
            for turn in range(max(repeats[case] for case in wanted)):
                for case in wanted:
                    if turn < repeats[case]:
                        yield case, bench.sample(case)


def require_told(case: Case, told: Told) -> None:
    """Raise RuntimeError unless what failed became an issue in this cycle, and nothing else did.

    A cycle that told nobody is quicker than one that did, and would keep every promise.
    """
    if bool(told.opened) is not bool(case.failing):
        msg = f"{case}, and {told.opened} issues were opened: this cycle is not what was promised"
        raise RuntimeError(msg)


class Bench:
    """One size of portfolio, and an installation that watches it."""

    def __init__(self, served: Providers, home: Path) -> None:
        self._served = served
        self._home = home
        self._recording = home / "recorded.json"

    def sample(self, case: Case) -> Sample:
        """Let the command run once, and the floor."""
        agent, told, ledger = self.cycle(case)
        require_told(case, told)
        floor, again = self._serve(case, self._floor, self._home / "again.json")
        if (told.github, told.railway) != (again.github, again.railway):
            msg = f"the floor asked otherwise: {again}, and not {told}"
            raise RuntimeError(msg)
        requests = read(self._recording)
        return Sample(
            agent=agent,
            floor=floor,
            told=told,
            row=in_a_row(requests),
            width=at_once(requests),
            ledger=ledger,
        )

    def cycle(self, case: Case) -> tuple[Took, Told, int]:
        """Let the command run once; gives the size of its ledger beside it.

        What was never asked for before has to be thought of by the providers, so that the first
        cycle of a case is not like the others.
        """
        ledger = self._home / "copy" / "ledger.db"
        shutil.rmtree(ledger.parent, ignore_errors=True)
        ledger.parent.mkdir(mode=0o700)
        shutil.copy(self._home / ledger.name, ledger)
        agent, told = self._serve(case, lambda where: self._cycle(where, ledger), self._recording)
        size = sum(part.stat().st_size for part in ledger.parent.glob("ledger.db*"))
        return agent, told, size

    def _serve(self, case: Case, visit: Visit, keep: Path) -> tuple[Took, Told]:
        seconds = case.round_trip / 1000
        return self._served.serve(visit, failing=case.failing, round_trip=seconds, keep=keep)

    def _cycle(self, where: Where, ledger: Path) -> Took:
        environment = {
            "HOME": str(self._home),
            "GITHUB_TOKEN": "gh-good-token",
            "RAILWAY_TOKEN": "rw-good-token",
            "GITHUB_API_URL": where.github,
            "RAILWAY_API_URL": where.railway,
            "PIPELINE_HEALTH_LEDGER": str(ledger),
        }
        config = str(self._home / "pipeline-health.toml")
        command = [COMMAND, "--config", config, "run-once", "--json"]
        return self._run(command, environment, "agent")

    def _floor(self, where: Where) -> Took:
        recording = str(self._recording)
        command = [sys.executable, "-m", "benchmarks.floor", recording, where.github, where.railway]
        return self._run(command, {"HOME": str(self._home)}, "floor")

    def _run(self, command: Sequence[str], environment: Mapping[str, str], name: str) -> Took:
        output = self._home / name
        took = run(command, environment=environment, output=output)
        if took.code:
            said = Path(f"{output}.log").read_text()[-2000:]
            msg = f"the {name} ended with {took.code}: {said}"
            raise RuntimeError(msg)
        return took
