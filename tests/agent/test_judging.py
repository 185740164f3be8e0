"""What is judged once is judged as often as it must be."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from agent_types import Shop
from ledger_samples import an_incident
from pipeline_health.agent.look import judged, with_answers
from pipeline_health.agent.recognising import Recogniser
from pipeline_health.core.model.findings import Observation
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.snapshot import ProjectView, Snapshot
from pipeline_health.ledger import MemoryLedger

if TYPE_CHECKING:
    from pipeline_health.ports import Tracker


class Eyewitness:
    """Keeps what each look showed."""

    def __init__(self) -> None:
        self.seen: list[Snapshot] = []

    def keep(self, snapshot: Snapshot) -> None:
        """Keep it."""
        self.seen.append(snapshot)


def test_no_rule_reads_evidence(shop: Shop) -> None:
    """So that a look is not judged again when nothing but evidence was found out."""
    witness = Eyewitness()
    shop.host.machine = replace(shop.host.machine, recorder=witness)
    shop.fail_ci()
    shop.web.deploy("FAILED", log="error: boom")
    shop.host.cycle()
    (snapshot,) = witness.seen
    answers = snapshot.projects[0].answers
    blank = with_answers(snapshot, replace(answers, evidence={}))

    assert len(answers.evidence) == 2
    assert judged(snapshot).observations == judged(blank).observations


class Views(tuple[ProjectView, ...]):
    """Views that notice how often somebody goes through them."""

    __slots__ = ()
    asked = 0

    def __iter__(self) -> Iterator[ProjectView]:
        """Go through them."""
        Views.asked += 1
        return super().__iter__()


class Said(Mapping[ProjectName, tuple[Observation, ...]]):
    """What is said of projects, which notices how often somebody goes through it."""

    def __init__(self, said: Mapping[ProjectName, tuple[Observation, ...]]) -> None:
        self.asked = 0
        self._said = said

    def __getitem__(self, name: ProjectName) -> tuple[Observation, ...]:
        return self._said[name]

    def __len__(self) -> int:
        return len(self._said)

    def __iter__(self) -> Iterator[ProjectName]:
        self.asked += 1
        return iter(self._said)


def test_what_is_over_costs_no_look_at_everything(shop: Shop) -> None:
    """After a season a ledger has thousands of such incidents; each is a matter of itself alone."""
    witness = Eyewitness()
    shop.host.machine = replace(shop.host.machine, recorder=witness)
    shop.host.cycle()
    (snapshot,) = witness.seen
    look = judged(replace(snapshot, projects=Views(snapshot.projects)))
    said = Said(look.observations)
    now = shop.world.now()
    recogniser = Recogniser(
        tracker=cast("Tracker", None),  # nothing is worth reading
        memory=MemoryLedger(),
        reopen_within=timedelta(days=7),
        now=now,
    )
    over = [an_incident(f"over {at}", first_seen=now, resolved_at=now) for at in range(30)]
    closed = [replace(one, filing=replace(one.filing, closed_at=now)) for one in over if one.filing]

    Views.asked = 0
    recognised = recogniser.recognise(closed, replace(look, observations=said))

    assert len(recognised.incidents) == 30
    assert (said.asked < 5, Views.asked < 5) == (True, True)
