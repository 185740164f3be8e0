"""What every call takes to a provider and back: a round trip, and a note of it."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeAlias

from benchmarks.recorded import Asked
from pipeline_health.simulator import Answer, Call, World
from pipeline_health.simulator.faults import Host

Key: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An answer that was given before, and what it cost."""

    answer: Answer
    cost: int


class Road:
    """Takes *round_trip* seconds for each call to *world*, and remembers what documents gave.

    The pretend providers think for longer than they are to take, and one after the other. What they
    said once they say again at once, until something is written: the same world gives the same
    answers. *said* is what they said in the same world before, and what they say now.
    """

    def __init__(self, world: World, *, round_trip: float, said: dict[Key, Known]) -> None:
        self._world = world
        self._round_trip = round_trip
        self._gate = threading.Lock()
        self._written = False
        self.said = said
        self.asked: list[Asked] = []
        self.costs: list[tuple[Host, int]] = []

    def __call__(self, host: Host, call: Call, /, *, answer: Callable[[Call], Answer]) -> Answer:
        """Carry one call; a provider that thinks for long adds nothing but what is beyond that."""
        began = time.monotonic()
        known = self._answered(host, call, answer)
        time.sleep(max(began + self._round_trip - time.monotonic(), 0.0))
        asked = Asked(
            host=host,
            method=call.method,
            target=call.target,
            headers=dict(call.headers),
            body=call.body.decode(),
            began=began,
            ended=time.monotonic(),
        )
        with self._gate:
            self.asked.append(asked)
            self.costs.append((host, known.cost))
        return known.answer

    def _answered(self, host: Host, call: Call, answer: Callable[[Call], Answer]) -> Known:
        is_document = call.target.startswith("/graphql")
        key = (host, _who(call), call.body.decode())
        with self._gate:  # they answer one after the other by themselves
            self._written |= not is_document and call.method != "GET"
            known = None if self._written or not is_document else self.said.get(key)
            if known is None:
                known = Known(answer=answer(call), cost=self._world.requests[-1].cost)
            if is_document and not self._written:
                self.said[key] = known
        return known


def _who(call: Call) -> str:
    return next((v for name, v in call.headers.items() if name.lower() == "authorization"), "")


def keep(said: dict[Key, Known], path: Path) -> None:
    """Write down what was said."""
    lines = [
        (key, {**asdict(known.answer), "body": known.answer.body.decode()}, known.cost)
        for key, known in said.items()
    ]
    path.write_text(json.dumps(lines))


def kept(path: Path) -> dict[Key, Known]:
    """Read what was written down, nothing where there is none."""
    if not path.exists():
        return {}
    return {
        tuple(key): Known(answer=replace(Answer(**answer), body=answer["body"].encode()), cost=cost)
        for key, answer, cost in json.loads(path.read_text())
    }
