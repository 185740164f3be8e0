"""What every ledger promises of what people know, and of the letters on their way to them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledger_kinds import EVERY_LEDGER
from ledger_samples import DAY, LASTING, T0, a_holder
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.notice import Known, Notice, NoticeKind, Told, Topic
from pipeline_health.ledger import DryRunLedger, SqlLedger
from pipeline_health.ports import Lease, LeaseLostError, Ledger

NOTICE = Notice(
    kind=NoticeKind.NEW,
    title="For you: CI is réd",
    body="CI is red\nNext: wait.",
    url="https://github.example/7",
    priority=4,
    tags=("warning",),
)
OVER = replace(NOTICE, kind=NoticeKind.OVER, url="")
TOLD = Told(
    concerns=(
        Known(
            key="incident one n1",
            topic=Topic.INCIDENT,
            project=ProjectName("shop"),
            says="CI is réd",
            url="https://github.example/7",
            owner=Owner.AGENT,
            late=True,
            told_at=T0,
        ),
    ),
    reminded_at=T0,
    noted_at=T0 - DAY,
)


@pytest.fixture(params=EVERY_LEDGER)
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """Give each implementation in turn, empty."""
    with EVERY_LEDGER[request.param](tmp_path) as opened:
        yield opened


def tell(ledger: Ledger, *notices: Notice, told: Told = TOLD, lease: Lease | None = None) -> None:
    """Tell two receivers."""
    if lease is None:
        with ledger.lease(now=T0, lasting=LASTING) as taken:
            tell(ledger, *notices, told=told, lease=taken)
    else:
        ledger.tell(told, notices, receivers=("ntfy", "other"), lease=lease, now=T0)


def test_nobody_was_told_anything_at_first(ledger: Ledger) -> None:
    """Which is not the same as that there is nothing to know."""
    assert (ledger.told(), ledger.letters()) == (None, ())
    tell(ledger, told=Told())

    assert ledger.told() == Told()


def test_what_people_know_comes_back_as_it_was_told(ledger: Ledger) -> None:
    """The newest counts."""
    tell(ledger, told=Told())
    tell(ledger)

    assert ledger.told() == TOLD


def test_each_receiver_has_a_letter_of_its_own_oldest_first(ledger: Ledger) -> None:
    """One that arrived is gone, and no other; twice is harmless."""
    tell(ledger, NOTICE)
    tell(ledger, OVER)
    letters = ledger.letters()
    ledger.drop(letters[0])
    ledger.drop(letters[0])

    assert [(each.receiver, each.notice, each.at) for each in letters] == [
        ("ntfy", NOTICE, T0),
        ("other", NOTICE, T0),
        ("ntfy", OVER, T0),
        ("other", OVER, T0),
    ]
    assert ledger.letters() == letters[1:]


def test_a_number_is_not_given_twice(ledger: Ledger) -> None:
    """A letter that was dropped is never another one."""
    tell(ledger, NOTICE)
    numbers = [letter.id for letter in ledger.letters()]
    for letter in ledger.letters():
        ledger.drop(letter)
    tell(ledger, NOTICE)

    assert not {letter.id for letter in ledger.letters()} & set(numbers)


def test_nothing_is_told_without_the_lease(ledger: Ledger) -> None:
    """Neither what people know nor a letter is kept."""
    with ledger.lease(now=T0, lasting=LASTING) as lease:
        pass

    with pytest.raises(LeaseLostError):
        tell(ledger, NOTICE, lease=lease)

    assert (ledger.told(), ledger.letters()) == (None, ())


def test_a_dry_run_shows_what_people_know_and_sends_no_letter_of_others(tmp_path: Path) -> None:
    """What it would tell is thrown away with it."""
    path = tmp_path / "ledger.db"
    with SqlLedger.open(path, holder=a_holder()) as kept:
        tell(kept, NOTICE)
    with SqlLedger.read_only(path) as base:
        dry = DryRunLedger(base)
        before = (dry.told(), dry.letters())
        tell(dry, OVER, told=Told())

        assert before == (TOLD, ())
        assert (dry.told(), len(dry.letters())) == (Told(), 2)
        assert (base.told(), len(base.letters())) == (TOLD, 2)
