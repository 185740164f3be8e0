"""The law of the promotion check must be able to be broken, and the check agrees with it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.verdict import Answer
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.railway_world import RailwayService
from properties.gate import Turns, judged, make_ready, unproved
from properties.moves_code import GREEN
from properties.town import Product, Town, founded
from properties.weather import Weather

NO_CHANGE = "No changes to watched files"
BY_CI = "CI check suite failed"
Change = Callable[[Town, Repo, RailwayService], object]


def newer(status: str, reason: str | None = None) -> Change:
    """Let a newer commit be deployed, which comes to *status*."""

    def land(_: Town, repo: Repo, web: RailwayService) -> None:
        repo.push("newer")
        web.deploy(status, skipped_reason=reason)

    return land


def again(status: str) -> Change:
    """Let the commit be deployed once more, which comes to *status*."""
    return lambda _town, _repo, web: web.deploy(status)


def becomes(status: str) -> Change:
    """Let what is served come to *status*."""
    return lambda _town, _repo, web: web.become(web.active[0], status)


def stops(_: Town, __: Repo, web: RailwayService) -> None:
    """Let what is served end, as no web service should."""
    web.active[0].stopped = True


def is_made_good(town: Town, repo: Repo, web: RailwayService) -> None:
    """Let the record fail, a new deployment of the commit make it good, and a newer commit fail."""
    repo.record_deployment("film / staging", "failure")
    town.world.advance(timedelta(minutes=2))
    web.deploy("SUCCESS")
    town.world.advance(timedelta(minutes=2))
    newer("FAILED")(town, repo, web)


def asked(town: Town, product: Product, home: Path) -> tuple[Sha, Callable[[], Answer]]:
    """Give the head, and how the check is asked of it from now on."""
    commit = Sha(product.repo.head)
    wire = Turns(town, Weather(Random(1)))  # noqa: S311 - a story's dice
    return commit, lambda: judged(town, product, commit, wire, home).answer


@pytest.mark.parametrize(
    ("change", "against"),
    [
        pytest.param(newer("FAILED"), [], id="a newer commit failed"),
        pytest.param(newer("BUILDING"), [], id="a newer commit is built"),
        pytest.param(newer("NEEDS_APPROVAL"), [], id="a newer commit waits for a person"),
        pytest.param(newer("SKIPPED", BY_CI), [], id="CI kept a newer commit away"),
        pytest.param(is_made_good, [], id="its failed record was made good, and a newer failed"),
        pytest.param(becomes("SLEEPING"), [], id="it sleeps"),
        pytest.param(newer("SUCCESS"), ["web serves {head}"], id="a newer commit took over"),
        pytest.param(
            again("INITIALIZING"),
            ["web was deployed at it last with INITIALIZING"],
            id="it is deployed again, and Railway does not tell yet what it is",
        ),
        pytest.param(again("FAILED"), ["web was deployed at it last with FAILED"], id="again, not"),
        pytest.param(
            becomes("CRASHED"),
            ["web was deployed at it last with CRASHED", "web serves nothing"],
            id="it crashed",
        ),
        pytest.param(
            stops,
            ["web was deployed at it last with SUCCESS", "web serves nothing"],
            id="it stopped",
        ),
        pytest.param(becomes("REMOVED"), ["web serves nothing"], id="it was taken away"),
    ],
)
def test_what_counts_is_what_staging_serves(
    change: Change, against: list[str], tmp_path: Path
) -> None:
    """A newer commit that never came so far takes nothing from the one that is served."""
    town = founded(Random(1))  # noqa: S311
    product = town.products[1]
    make_ready(town, product, damage="")
    commit, answer = asked(town, product, tmp_path)
    town.world.advance(timedelta(minutes=1))
    change(town, product.repo, product.services[0])
    town.world.advance(timedelta(minutes=10))

    head = product.repo.head[:7]
    assert [one.format(head=head) for one in against] == list(unproved(town, product, commit))
    assert (answer() is Answer.PROMOTE) is (against == [])


@pytest.mark.parametrize(
    ("deployed", "expected"),
    [
        (("SKIPPED", "SKIPPED"), Answer.PROMOTE),
        (("FAILED", "SKIPPED"), Answer.BLOCK),
        (("REMOVED", "SKIPPED"), Answer.BLOCK),
        (("SKIPPED", ""), Answer.BLOCK),
    ],
)
def test_a_commit_that_does_not_touch_a_service_is_served_by_the_one_before(
    deployed: tuple[str, str], expected: Answer, tmp_path: Path
) -> None:
    """But only where all since was skipped likewise, the commit itself among them."""
    town = founded(Random(1))  # noqa: S311
    product = town.products[1]
    make_ready(town, product, damage="")
    for status in deployed:
        product.repo.push("elsewhere")
        for name in town.workflows(product.repo):
            product.repo.run(name, "success", jobs=GREEN)
        if status:
            product.services[0].deploy(status, skipped_reason=NO_CHANGE)
        town.world.advance(timedelta(minutes=1))
    product.repo.record_deployment("film / staging", "success")
    town.world.advance(timedelta(minutes=25))
    commit, answer = asked(town, product, tmp_path)

    assert (not list(unproved(town, product, commit))) is (expected is Answer.PROMOTE)
    assert answer() is expected
