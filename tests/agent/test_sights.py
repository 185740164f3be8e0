"""What is remembered of our own looking: read back as it was kept, and never believed blindly."""

from dataclasses import replace

import pytest

from builders import NOW, PROJECT, a_policy, a_view, ago, blind
from pipeline_health.agent.sights import with_sight
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.readings import Blind, BlindCause
from pipeline_health.core.model.sight import Sight, Source
from pipeline_health.core.model.snapshot import ProjectView, Snapshot
from pipeline_health.ledger import MemoryLedger

POLICY = Policy(projects=(a_policy(),))
REFUSED = Blind(at=NOW, why="Not\nAuthorized", cause=BlindCause.REFUSED, token="RAILWAY_TOKEN")


def sight(ledger: MemoryLedger, view: ProjectView) -> Sight:
    """Give what is known after one more look."""
    snapshot = Snapshot(now=NOW, projects=(view,))
    (seen,) = with_sight(snapshot, POLICY, ledger, now=NOW).projects
    return seen.sight


def test_a_spell_outlives_its_process() -> None:
    """Looks are counted, and the first words kept, on one line."""
    ledger = MemoryLedger()
    for _ in range(2):
        sight(ledger, a_view(staging=blind("two\nlines")))

    spell = sight(ledger, a_view(staging=blind("others"))).dark[Source.RAILWAY]

    assert (3, blind("two lines")) == (spell.looks, spell.first)


def test_seeing_forgets_the_spell() -> None:
    """The next one begins anew."""
    ledger = MemoryLedger()
    sight(ledger, a_view(staging=blind()))
    sight(ledger, a_view())

    assert 1 == sight(ledger, a_view(staging=blind())).dark[Source.RAILWAY].looks


def test_a_refusal_outlives_its_process_and_its_end() -> None:
    """What proves it over can still name it."""
    ledger = MemoryLedger()
    sight(ledger, a_view(staging=REFUSED))

    again = sight(ledger, a_view(staging=REFUSED)).refusals[Source.RAILWAY]
    sight(ledger, a_view())
    over = sight(ledger, a_view()).refusals[Source.RAILWAY]

    assert (2, replace(REFUSED, why="Not Authorized")) == (again.spell.looks, again.spell.first)
    assert replace(again, over=True) == over


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "2026-03-02T12:00:00+00:00\nmany\nunreadable\n\nwhy", "\n\n\n\n\n"],
)
def test_a_memory_that_is_not_ours_is_none(text: str) -> None:
    """Another version may have written it."""
    ledger = MemoryLedger()
    for topic in ("blind-source", "refused-token"):
        ledger.remember(topic, f"Railway of {PROJECT}", text, now=ago(minutes=5))

    assert 1 == sight(ledger, a_view(staging=blind())).dark[Source.RAILWAY].looks
    assert 1 == sight(ledger, a_view(staging=REFUSED)).refusals[Source.RAILWAY].spell.looks
