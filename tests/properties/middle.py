"""What may happen in the middle of a cycle, between any two of its effects."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import httpx

from properties import moves_world
from properties.computer import Computer, Fate
from properties.cycles import PLACES, Interruption
from properties.trouble import MIDDLE

if TYPE_CHECKING:
    from properties.history import History

_BEFORE_A_WRITE = ("before a write", "before a write", "before a request")
_PLACES_OF = {
    "crash": (*PLACES, *PLACES[2:4], *PLACES[2:4]),
    "renamed in the middle": _BEFORE_A_WRITE,
    "issues disabled in the middle": ("before a write",),
    "labels dropped in the middle": _BEFORE_A_WRITE,
}
"""Where each may happen; the others between any two requests."""


def drawn(history: "History", computer: Computer) -> Interruption | None:
    """Draw what happens in the middle of the next cycle, and where; mostly it is nothing."""
    dice = history.dice
    names, weights = [name for name, _ in MIDDLE], [weight for _, weight in MIDDLE]
    if dice.randint(1, 1000) > sum(weights):
        return None
    name = dice.choices(names, weights=weights)[0]
    place = dice.choice(_PLACES_OF.get(name, PLACES[:4]))
    return Interruption(
        name=f"crash {place}" if name == "crash" else name,
        place=place,
        count=dice.randint(1, 3 if "write" in place else 9),
        deed=partial(_happen, history, computer, name),
    )


def _happen(history: "History", computer: Computer, name: str, fate: Fate) -> None:
    match name:
        case "crash":
            fate.die()
        case "second agent while the first one works":
            _second(history, computer)
        case "suspended, and a second agent took over":
            _suspend(history, computer)
        case "clock stepped in the middle":
            computer.clock.offset += timedelta(minutes=history.dice.choice((-90, -6, 6, 90)))
            history.stepped_at = history.town.world.now()
        case _:
            _elsewhere(history, name)


def _elsewhere(history: "History", name: str) -> None:
    """Let the owner of a repository do something."""
    repo = history.dice.choice(history.town.places)
    match name:
        case "renamed in the middle":
            history.town.tell(f"in the middle: {moves_world.rename(history.town, history.dice)}")
        case "issues disabled in the middle":
            repo.has_issues = False
            history.town.tell(f"in the middle: {repo.name} has no issues any more")
        case _:
            repo.drops_labels = True
            history.town.tell(f"in the middle: {repo.name} drops our labels")


def _second(history: "History", computer: Computer) -> None:
    passed = history.another(computer)
    if not passed.refused:
        history.broken("A second agent on the same host is refused. It was not.")


def _suspend(history: "History", computer: Computer) -> None:
    computer.clock.suspend(timedelta(minutes=history.dice.choice((5, 20, 90))))
    passed = history.another(computer)
    if passed.report is None:
        history.broken(f"A lease that ran out is taken over. It was not: {passed.refused}")
    msg = "no connection outlasts a suspend"
    raise httpx.ReadError(msg)
