"""How a size becomes less and more, and that nothing is written while it stays."""

from datetime import timedelta

import pytest

from pipeline_health.clients.batch_sizes import TOPIC, BatchSize, Trial, Tried
from wire import NOON, Notebook

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CLEAN = Tried(asked=200)


class Diary(Notebook):
    """A notebook that counts how often another fact was written into it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = 0

    def remember(self, topic: str, key: str, fact: str, *, now: object) -> None:
        """Note *fact*, as a ledger does: what is there already costs nothing."""
        self.written += self.facts.get((topic, key)) != fact
        self.facts[topic, key] = fact


def sizes(*, memory: Notebook | None = None, start: int = 25, most: int = 50) -> BatchSize:
    """Give the size of an account, as a new process would."""
    return BatchSize(memory or Diary(), "us", start=start, most=most)


def tried(*parts: tuple[str, int, int]) -> Tried:
    """Tell of parts of batches: what became of each, its batch and its size."""
    trial = Trial()
    for became, batch, size in parts:
        getattr(trial, became)(batch, size)
    return trial.outcome()


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([("passed", 0, 25)], Tried(asked=25), id="all-well"),
        pytest.param(
            [("too_much", 0, 25), ("passed", 0, 13), ("passed", 0, 12)],
            Tried(asked=25, passed=13, failed=25, clean=False),
            id="halved-once",
        ),
        pytest.param(
            [
                ("too_much", 0, 25),
                ("too_much", 0, 13),
                ("passed", 0, 12),
                ("passed", 0, 7),
                ("passed", 0, 6),
            ],
            Tried(asked=25, passed=12, failed=13, clean=False),
            id="halved-twice",
        ),
        pytest.param(
            [("too_much", 0, 2), ("lost", 0, 1), ("passed", 0, 1), ("passed", 2, 2)],
            Tried(asked=4, clean=False),
            id="one-that-fails-alone-is-to-blame-itself",
        ),
        pytest.param([("lost", 0, 25)], Tried(asked=25, clean=False), id="lost"),
        pytest.param(
            [
                ("too_much", 0, 4),
                ("passed", 0, 2),
                ("passed", 0, 2),
                ("too_much", 4, 4),
                ("too_much", 4, 2),
                ("passed", 4, 2),
                ("lost", 4, 1),
                ("passed", 4, 1),
            ],
            Tried(asked=8, passed=2, failed=4, clean=False),
            id="each-batch-for-itself",
        ),
    ],
)
def test_only_a_size_is_blamed_of_which_every_part_passed(
    parts: list[tuple[str, int, int]], expected: Tried
) -> None:
    """What fails alone fails at any size, and an outage teaches nothing."""
    assert expected == tried(*parts)


def test_a_size_that_was_too_much_is_kept_for_the_next_look() -> None:
    """It is the one that would have been right from the start."""
    memory = Diary()

    sizes(memory=memory).learn(Tried(asked=100, passed=13, failed=25, clean=False), now=NOON)

    assert 13 == sizes(memory=memory).size()


def test_a_size_grows_by_a_quarter_an_hour_until_the_most() -> None:
    """Four hours from 25 to 50, a write each, and none in the looks between and after."""
    memory, grown = Diary(), []
    for minutes in range(0, 600, 5):
        size = sizes(memory=memory)
        size.learn(CLEAN, now=NOON + timedelta(minutes=minutes))
        grown.append(sizes(memory=memory).size())

    assert [25, 31, 38, 47, 50] == sorted(set(grown))
    assert 12 == grown.count(25) == grown.count(31)
    assert 5 == memory.written


def test_what_was_too_much_is_not_tried_again_for_a_day() -> None:
    """Each try may cost a timeout, and what is less than it is tried as ever."""
    memory = Diary()
    sizes(memory=memory).learn(Tried(asked=99, passed=20, failed=30, clean=False), now=NOON)
    grown: dict[int, int] = {}
    for hours in range(1, 60):
        sizes(memory=memory).learn(CLEAN, now=NOON + hours * HOUR)
        grown.setdefault(sizes(memory=memory).size(), hours)

    assert {25: 1, 31: 25, 38: 26, 47: 27, 50: 28} == grown


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(Tried(asked=25), id="one-request-was-enough"),
        pytest.param(Tried(asked=200, clean=False), id="something-was-lost"),
    ],
)
def test_a_look_that_teaches_nothing_changes_nothing(look: Tried) -> None:
    """A small portfolio writes no size at all."""
    memory = Diary()
    sizes(memory=memory).learn(look, now=NOON)
    known = memory.written
    for hours in range(2, 30):
        sizes(memory=memory).learn(look, now=NOON + hours * HOUR)

    assert 25 == sizes(memory=memory).size()
    assert known == memory.written <= 1
    assert (look.asked > 25) is bool(memory.written)


def test_a_clock_that_was_set_back_begins_the_hour_anew() -> None:
    """It may have been a year ahead, and the size a small one."""
    memory, grown = Diary(), []
    sizes(memory=memory).learn(CLEAN, now=NOON + 365 * DAY)
    for minutes in (0, 59, 60):
        sizes(memory=memory).learn(CLEAN, now=NOON + timedelta(minutes=minutes))
        grown.append(sizes(memory=memory).size())

    assert [25, 25, 31] == grown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "0 0 2026-03-02T12:00:00+00:00",
        "99 0 2026-03-02T12:00:00+00:00",
        "9 0 2026-03-02",
        "9 0",
        "9 a 2026-03-02T12:00:00+00:00",
    ],
)
def test_what_another_version_wrote_is_nothing(text: str) -> None:
    """The start is right then."""
    memory = Diary()
    memory.facts[TOPIC, "us"] = text

    assert 25 == sizes(memory=memory).size()


def test_one_is_the_least_and_grows() -> None:
    """A quarter of one would be nothing."""
    memory = Diary()
    sizes(memory=memory).learn(Tried(asked=2, passed=1, failed=2, clean=False), now=NOON)
    sizes(memory=memory).learn(Tried(asked=2), now=NOON + 2 * DAY)

    assert 2 == sizes(memory=memory).size()
