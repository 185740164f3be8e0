"""Stories that a live agent recorded, and their replays: `python tests/retaped.py 100` tells more.

The agent looks at a town of `properties`, in which commits land, deployments fail, URLs fall silent
and providers cannot be read, as dice will have it, and hours in which nobody looks. What it does
must be what the replay of its recording does, cycle by cycle.
"""

import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TypeAlias

from pipeline_health import bootstrap, replaying, telemetry
from pipeline_health.clients.within import Given, Posed, Within
from pipeline_health.core.model.report import ChangeLine
from pipeline_health.history.file import HistoryFile
from pipeline_health.history.recorder import HistoryRecorder
from pipeline_health.ledger import MemoryLedger
from pipeline_health.ports import Ledger
from pipeline_health.settings import Settings
from pipeline_health.simulator import Call, Simulator, WorldClock
from pipeline_health.simulator.faults import Host
from properties import moves_code, moves_deploys
from properties.moves import MOVES, drawn, make
from properties.town import GITHUB, RAILWAY, Town, founded

FIVE = timedelta(minutes=5)
GAP = timedelta(hours=1)
_LONGEST_MOVE = timedelta(minutes=4)
_HOSTS: tuple[Host, ...] = ("github", "railway")
_PROVIDERS = [move for move in MOVES if move.deed.__module__ in (
    moves_code.__name__, moves_deploys.__name__
)]  # fmt: skip

Did: TypeAlias = tuple[datetime, str, str, int | None, str]
"""When, what, in which repository, at which issue, and why."""


@dataclass(slots=True, kw_only=True)
class Life:
    """A live agent in its town; *answers* says of each URL whether it does."""

    town: Town
    home: Path
    dice: random.Random
    answers: dict[str, bool] = field(default_factory=dict)
    did: list[Did] = field(default_factory=list)
    ledger: Ledger = field(default_factory=MemoryLedger)
    due: datetime = field(init=False)
    settings: Settings = field(init=False)
    simulator: Simulator = field(init=False)

    def __post_init__(self) -> None:
        for product in self.town.products:
            urls = (f"https://staging.{product.name}.test", f"https://{product.name}.test")
            self.answers |= dict.fromkeys(urls, True)
            product.extra = f'staging_url = "{urls[0]}"\nproduction_url = "{urls[1]}"\n'
        # What the agent itself sets going is a part of no recording.
        self.town.limits.rerun = False
        self.settings = self.town.settings(self.home)
        self.simulator = Simulator(self.town.world)
        now = self.town.world.now()
        self.due = now - timedelta(minutes=now.minute % 5, seconds=now.second) + FIVE

    @property
    def recording(self) -> Path:
        """Where the looks are recorded."""
        return self.home / "history.jsonl"

    @contextmanager
    def kept(self, _: Settings) -> Iterator[Ledger]:
        """Open the ledger."""
        yield self.ledger

    def answer(self, posed: Posed) -> Given | None:
        """Answer for both providers and the URLs."""
        host = next((host for host, at in zip(_HOSTS, (GITHUB, RAILWAY), strict=True)
                     if posed.url.startswith(at.removesuffix("/graphql/v2"))), None)  # fmt: skip
        if host is None:
            silent = [url for url, it in self.answers.items() if not it]
            is_silent = any(posed.url.startswith(f"{url}/") or posed.url == url for url in silent)
            return None if is_silent else Given(status=200, headers={}, body=b"")
        answer = self.simulator.answer(
            host,
            Call(method=posed.method, target=posed.target, headers=posed.headers, body=posed.body),
        )
        date = {"Date": format_datetime(self.town.world.now(), usegmt=True)}
        return Given(status=answer.status, headers={**answer.headers, **date}, body=answer.body)

    def step(self) -> None:
        """Let something happen, and look when it is time to."""
        world = self.town.world
        for _ in range(self.dice.choice((0, 0, 1, 1, 2))):
            if self.due - world.now() >= _LONGEST_MOVE:
                make(self.town, drawn(self.dice, _PROVIDERS), self.dice)
        draw = self.dice.random()
        if draw < 0.25:
            world.faults.clear()
        if draw < 0.05:
            host = self.dice.choice(_HOSTS)
            world.faults.add(host=host, mode="status", status=502, times=10**6)
        if self.dice.random() < 0.15:
            url = self.dice.choice(list(self.answers))
            self.answers[url] = not self.answers[url]
        if self.dice.random() < 0.04:
            self.due += GAP
        self.look()

    def look(self) -> None:
        """Run a cycle at the round time, and record it."""
        world = self.town.world
        world.advance(self.due - world.now())
        self.due += FIVE
        with HistoryFile.open(self.recording) as file, telemetry.muted():
            recorder = HistoryRecorder(file, redact=lambda text: text, version="1")
            machine = bootstrap.Machine(
                clock=WorldClock(world),
                transport=Within(self.answer),
                ledger=self.kept,
                pace=timedelta(0),
                dice=random.Random(1),  # noqa: S311 - the same story each time
                recorder=recorder,
            )
            report = bootstrap.run_once(self.settings, machine=machine)
        assert recorder.trouble is None, recorder.trouble
        self.did += [_did(report.started_at, change) for change in report.changes]
        world.requests.clear()


def _did(at: datetime, change: ChangeLine) -> Did:
    return at, change.change, change.repo, change.issue, change.reason


def lived_and_replayed(seed: int, cycles: int) -> tuple[list[Did], list[Did]]:
    """Give what a live agent did, and what the replay of its recording did."""
    dice = random.Random(seed)  # noqa: S311 - a story's dice
    with tempfile.TemporaryDirectory() as home:
        life = Life(town=founded(dice), home=Path(home), dice=dice)
        life.look()
        for _ in range(cycles):
            life.step()
        recording = replaying.read(life.recording)
        found = replaying.replay(replaying.prepare(recording, life.settings.config_path))
    # Railway's name is known of what has told GitHub of a deployment: elsewhere its id stands in.
    names = {product.railway: product.name for product in life.town.products}
    replayed = [_did(tick.at, change) for tick in found.ticks for change in tick.changes]
    return life.did, [(*rest, _renamed(reason, names)) for *rest, reason in replayed]  # type: ignore[misc]


def _renamed(reason: str, names: dict[str, str]) -> str:
    for railway, name in names.items():
        reason = reason.replace(railway, name)
    return reason


def main(stories: str = "20", cycles: str = "36") -> None:
    """Tell which of so many stories differ, and where first."""
    for seed in range(int(stories)):
        lived, replayed = lived_and_replayed(seed, int(cycles))
        if lived != replayed:
            first = min(set(lived) ^ set(replayed), default=None)
            sys.stdout.write(f"story {seed} differs: {first}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
