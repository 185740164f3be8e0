"""What is kept of what people are told: redacted, only when it changed, and for somebody."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from concern_builders import NOW, filed, parent, scene
from incident_builders import PROJECT
from pipeline_health.agent.first_looks import keep_first_look
from pipeline_health.agent.look import Look
from pipeline_health.agent.people import People, scene_of, tell
from pipeline_health.core.concerns import Scene
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.incident import Incident, Owner
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.notice import Notice, Told
from pipeline_health.core.model.plan import Plan
from pipeline_health.core.model.policy import Policy, ProjectPolicy
from pipeline_health.core.model.report import CycleReport
from pipeline_health.core.model.snapshot import Snapshot
from pipeline_health.ledger import MemoryLedger
from pipeline_health.ports import Lease

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
POLICY = Policy(projects=(ProjectPolicy(name=PROJECT, repo=RepoName("acme/shop")),))
SOMEBODY = People(receivers=("ntfy",), redact=lambda text: text.replace("planted", "***"))


class Counting(MemoryLedger):
    """A ledger that counts how often somebody was told."""

    def __init__(self) -> None:
        super().__init__()
        self.told_often = 0

    def tell(
        self,
        told: Told,
        notices: Sequence[Notice],
        *,
        receivers: Sequence[str],
        lease: Lease,
        now: object,
    ) -> None:
        """Count, and keep it."""
        self.told_often += 1
        super().tell(told, notices, receivers=receivers, lease=lease, now=NOW)
        assert now is not None


def told(ledger: MemoryLedger, given: Scene, people: People = SOMEBODY) -> None:
    """Tell *people* of a scene."""
    report = CycleReport(cycle="c", started_at=NOW, finished_at=NOW, sentence="")
    with ledger.lease(now=NOW, lasting=HOUR) as lease:
        tell(people, given, report, policy=POLICY, ledger=ledger, lease=lease)


def test_no_secret_is_kept_of_what_people_are_told() -> None:
    """Neither in a letter nor in what they know."""
    incident = filed(title="planted failed (shop)")
    assert incident.filing is not None
    filing = replace(incident.filing, url="https://github.example/planted")
    ledger = MemoryLedger()
    told(ledger, scene(replace(incident, filing=filing)))

    kept = f"{ledger.letters()} {ledger.told()}"
    assert "planted" not in kept
    assert kept.count("***") > 3


def test_what_has_not_changed_is_not_written() -> None:
    """A quiet cycle commits nothing for it."""
    ledger = Counting()
    for _ in range(3):
        told(ledger, scene(filed(title="planted (shop)")))

    assert ledger.told_often == 1


def test_where_nobody_is_to_be_told_nothing_is_kept() -> None:
    """So that whoever is configured later hears of what is broken then, at once."""
    ledger = MemoryLedger()
    told(ledger, scene(filed()), People())

    assert (ledger.told(), ledger.letters()) == (None, ())


@pytest.mark.parametrize(("days", "late"), [(0, False), (6, True)])
def test_what_is_late_counts_from_the_first_look_at_the_project(days: int, *, late: bool) -> None:
    """Which is remembered."""
    ledger = MemoryLedger()
    incident: Incident = replace(filed(Owner.AGENT, after=40), first_seen=NOW)
    keep_first_look(ledger, PROJECT, now=NOW - days * DAY)
    told(ledger, scene(incident))

    assert [each.notice.kind for each in ledger.letters()] == (["late"] if late else [])


def test_the_week_is_of_everything_that_is_kept() -> None:
    """Also of projects that this cycle has no case of."""
    ledger = MemoryLedger()
    with ledger.lease(now=NOW, lasting=HOUR) as lease:
        ledger.save([replace(filed(), project=ProjectName("film"))], lease=lease)
    told(ledger, replace(scene(), now=NOW - DAY))
    told(ledger, replace(scene(), now=NOW + DAY))

    assert [each.notice.title for each in ledger.letters()] == ["The week: 1 incident, 1 look"]


def test_what_is_silent_is_told_when_its_window_ends() -> None:
    """Whoever works on it knows that it is broken."""
    ledger = MemoryLedger()
    window = MaintenanceWindow(
        project=PROJECT, kind=None, since=NOW - HOUR, until=NOW + HOUR, reason="a new database"
    )
    ledger.silence(window)
    told(ledger, scene(filed()))
    assert ledger.letters() == ()

    told(ledger, replace(scene(filed()), now=NOW + HOUR))
    assert len(ledger.letters()) == 1


def test_a_portfolio_incident_without_an_issue_waits_for_what_the_plan_says() -> None:
    """One that is filed waits for nothing, and another's reason is not its own."""
    unfiled, told = parent(filed=False), replace(parent(), title="Filed")
    waiting = (f"{unfiled.title}: it is archived", "Filed: it is gone", "Another: it waits")
    plan = Plan(parents=(unfiled, told), waiting=waiting)
    nothing = Look(snapshot=Snapshot(now=NOW, projects=()), views={}, places={}, observations={})

    given = scene_of((), plan, nothing, POLICY, now=NOW)

    assert given.parents == (unfiled, told)
    assert given.waits == {unfiled.fingerprint: "it is archived"}
