"""In which order the parts of a batch that was too much are asked for, and what they spare."""

from collections.abc import Callable

import pytest

from pipeline_health.clients.batch_sizes import Trial
from pipeline_health.clients.pieces import Line, Piece
from pipeline_health.threads import Outcome, work_off


class TooMuchError(Exception):
    """More was asked for than is answered."""


def asked(
    line: Line[int], answers: Callable[[Piece[int]], bool], *, at_once: int = 1
) -> list[tuple[int, ...]]:
    """Work *line* off, halving whatever has no answer; gives what was asked, in that order."""
    sent: list[tuple[int, ...]] = []

    def ask(piece: Piece[int]) -> None:
        sent.append(piece.things)
        if not answers(piece):
            raise TooMuchError

    def then(piece: Piece[int], outcome: Outcome[None]) -> None:
        try:
            outcome()
        except TooMuchError:
            if not line.puts_off(piece):
                (line.lost if len(piece) == 1 else line.halve)(piece)
        else:
            line.passed(piece)

    work_off(line.waiting, ask, then, at_once=lambda: line.room(at_once))
    return sent


def up_to(size: int) -> Callable[[Piece[int]], bool]:
    """Answer pieces of that size."""
    return lambda piece: len(piece) <= size


def lengths(sent: list[tuple[int, ...]]) -> list[int]:
    """Give how large each piece was."""
    return [len(things) for things in sent]


def test_the_size_that_passed_is_used_for_all_that_waits() -> None:
    """One batch is taken apart, and the other three are cut before they are asked for."""
    trial = Trial()

    sent = asked(Line(range(32), size=8, trial=trial), up_to(2))

    assert [8, 4, 4, 2, 2, 2, 2] == lengths(sent)[:7]
    assert [2] * 12 == lengths(sent)[7:]
    outcome = trial.outcome()
    assert (2, 4, 32) == (outcome.passed, outcome.failed, outcome.asked)


def test_what_was_under_way_meanwhile_waits_as_it_was() -> None:
    """Four failed side by side; one of them teaches what is right, and three are asked anew."""
    sent = asked(Line(range(32), size=8), up_to(4), at_once=4)

    assert [8] * 4 == lengths(sent)[:4]
    assert [4] * 8 == lengths(sent)[4:]
    assert set(range(32)) == {thing for things in sent[4:] for thing in things}


@pytest.mark.parametrize("bad", range(16))
def test_one_that_fails_alone_is_found_between_others_that_pass(bad: int) -> None:
    """Wherever it is, no more than two fail in a row, but where it is found."""
    trial, line = Trial(), Line(range(32), size=16)
    line = Line(range(32), size=16, trial=trial)

    sent = asked(line, lambda piece: bad not in piece.things)

    failed = "".join("F" if bad in things else "." for things in sent)
    assert "FFF" not in failed
    assert 16 == len(sent[-1])
    assert trial.outcome().passed is None


def test_a_large_batch_of_which_little_passes_is_soon_understood() -> None:
    """Fewer than ten in a row fail before something passes."""
    sent = asked(Line(range(50), size=50), up_to(4))

    assert [50, 25, 25, 13, 12, 7, 6, 4] == lengths(sent)[:8]


def test_what_is_left_of_an_answer_is_asked_for_next() -> None:
    """It is part of the same batch."""
    line = Line(range(6), size=3)
    first = line.waiting.popleft()

    line.passed(first, rest=[1, 2])

    assert [(1, 2), (3, 4, 5)] == [piece.things for piece in line.waiting]
    assert [True, False] == [piece.again for piece in line.waiting]


def test_what_does_not_wait_any_more_is_given() -> None:
    """Somebody has to say what became of it."""
    line = Line(range(6), size=3)

    assert [(0, 1, 2), (3, 4, 5)] == [piece.things for piece in line.drop_all()]
    assert not line.waiting


@pytest.mark.parametrize(
    ("passes", "guess"), [pytest.param(2, 2, id="some-passed"), pytest.param(0, None, id="none")]
)
def test_a_search_that_is_given_up_guesses_where_something_passed(
    passes: int, guess: int | None
) -> None:
    """An outage teaches nothing."""
    trial = Trial()
    trial.too_much(0, 16)
    trial.too_much(0, 8)
    for _ in range(passes):
        trial.passed(0, 2)
    trial.lost(0, 4, given_up=True)

    assert guess == trial.outcome().passed
