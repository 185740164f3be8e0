"""A law of the histories must be able to be broken: what was closed, with which proofs."""

from dataclasses import replace
from datetime import datetime
from random import Random

import pytest

from incident_builders import MINUTE, T0, WEB, ailment, incident
from pipeline_health.core.issue_text import marker_of, write_marker
from pipeline_health.core.model.findings import Scope, Subject, Symptom
from pipeline_health.core.model.findings import Thing as SubjectThing
from pipeline_health.core.model.ids import Fingerprint, RepoName
from pipeline_health.core.model.report import ChangeLine, CycleReport
from properties.cycles import Passed
from properties.laws import closed_with_proof
from properties.network import Witness
from properties.scene import Scene, Shown
from properties.town import OPS, US, Town, founded, founded_for_many
from properties.truth import Service, Thing, truths

ONE, TWO = Service("shop", "web"), Service("shop", "worker")
FAILED: dict[Thing, datetime] = {ONE: T0, TWO: T0 + 9 * MINUTE}
"""The second service failed later, so that this is what the marker of both tells."""


def closed(town: Town, *listed: Service) -> Scene:
    """Give a cycle in which we closed an issue that lists services, each of which failed once."""
    shop = town.products[0]
    told = incident(*(ailment(_symptom(town, one), failed_at=FAILED[one]) for one in listed))
    was = Shown(
        title="Staging deploy failed: web (shop)",
        body=write_marker(marker_of(told)),
        state="open",
        reason=None,
        closed_by=None,
        user=US,
        labels=(),
        comments=0,
    )
    found = truths(town)
    return Scene(
        town=town,
        passed=Passed(computer="host-0", began=T0, ended=T0, witness=Witness()),
        before={(shop.repo.id, 1): was},
        after={(shop.repo.id, 1): replace(was, state="closed", closed_by=US)},
        truths=found,
        last_seen=found,
        seen=frozenset(found),
        late=frozenset(),
        failed=FAILED,
    )


def _symptom(town: Town, service: Service) -> Symptom:
    scope = Scope(f"railway:{town.products[0].railway}:staging")
    return replace(WEB, scope=scope, subject=Subject(SubjectThing.SERVICE, service.name))


@pytest.mark.parametrize(
    ("listed", "proved", "says"),
    [
        ((ONE,), {ONE: T0 + MINUTE}, ""),
        ((ONE,), {ONE: T0}, "without a proof of"),
        ((ONE, TWO), {ONE: T0 + MINUTE, TWO: T0 + 10 * MINUTE}, ""),
        ((ONE, TWO), {ONE: T0, TWO: T0 + 10 * MINUTE}, "without a proof of"),
        ((ONE, TWO), {TWO: T0 + 10 * MINUTE}, "without a proof of"),
        ((ONE, TWO), {ONE: T0 + 10 * MINUTE, TWO: T0 + 9 * MINUTE}, "without a proof of"),
    ],
    ids=["since", "not since", "each since its own", "one not since", "one never", "the last not"],
)
def test_each_thing_of_a_closed_issue_is_proved_since_its_own_failure(
    listed: tuple[Service, ...], proved: dict[Thing, datetime], says: str
) -> None:
    """One that was mended before another failed need not be mended once more."""
    scene = closed(founded(Random(1)), *listed)  # noqa: S311 - a story's dice
    scene.proved = proved

    breach = next(closed_with_proof(scene), "")

    assert says in breach
    assert bool(breach) is bool(says)


def test_an_issue_that_somebody_opened_again_is_closed_by_what_is_newer() -> None:
    """What its marker then tells as the failure is none that the world knows."""
    scene = closed(founded(Random(1)), ONE, TWO)  # noqa: S311 - a story's dice
    scene.failed = {ONE: T0, TWO: T0}
    scene.proved = {ONE: T0 + MINUTE, TWO: T0 + MINUTE}

    (breach,) = closed_with_proof(scene)

    assert "without a proof since" in breach


@pytest.mark.parametrize(
    ("tried", "where", "proved", "noticed"),
    [
        ("in vain", OPS, -1, False),
        ("in vain", "acme/shop", -1, False),
        ("in vain", "acme/film", -1, True),
        ("done", OPS, -1, True),
        ("never", OPS, -1, True),
        ("in vain", OPS, 0, True),
    ],
    ids=["for many", "its own", "of others", "it is filed", "never tried", "not proved"],
)
def test_what_failed_anew_may_wait_until_its_issue_can_be_filed(
    tried: str, where: str, proved: int, *, noticed: bool
) -> None:
    """GitHub lost the answer to an earlier try, and the closing of what was proved came late."""
    town = founded_for_many(Random(1))  # noqa: S311 - a story's dice
    town.limits.per_cycle, town.limits.per_hour = 5, 20
    town.world.advance(T0 - town.world.now() + 20 * MINUTE)
    town.products[0].services[0].deploy("FAILED")
    scene = closed(town, ONE)
    failed = scene.truths[ONE].since
    assert failed is not None
    scene.proved, scene.failed = {ONE: failed + proved * MINUTE}, {ONE: failed}
    change = ChangeLine(
        change="close" if tried == "never" else "open",
        repo=RepoName(where),
        issue=None,
        fingerprint=Fingerprint("f"),
        reason="",
        applied=tried == "done",
    )
    scene.passed.report = CycleReport(
        cycle="c", started_at=T0, finished_at=T0, sentence="", changes=(change,)
    )

    breaches = list(closed_with_proof(scene))

    assert noticed is any("was closed while" in breach for breach in breaches)
    assert noticed is bool(breaches)
