"""Random histories of a town, and the laws that hold through all of them; `make soak` has more."""

from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.verdict import Answer
from properties import moves
from properties.gate import DAMAGES, Turns, judged, make_ready, unproved
from properties.history import History, LawBrokenError, steps
from properties.laws_end import no_secret_is_kept
from properties.town import SECRETS, US, founded
from properties.weather import Weather

SEEDS = st.integers(min_value=0, max_value=2**32)


class Histories(RuleBasedStateMachine):
    """A town in which anything may happen, and an agent that looks now and then."""

    @initialize(seed=SEEDS)
    def found(self, seed: int) -> None:
        """Found a town."""
        self.shelter = ExitStack()
        self.history = History(seed, opened=self.shelter)

    @rule(move=st.sampled_from(moves.MOVES), seed=SEEDS)
    def something_happens(self, move: moves.Move, seed: int) -> None:
        """Let one thing happen."""
        moves.make(self.history.town, move, Random(seed))  # noqa: S311 - a story's dice

    @rule(seed=SEEDS)
    def the_agent_looks(self, seed: int) -> None:
        """Let time pass and run a cycle, whatever may go wrong in it."""
        self.history.dice = self.history.weather.dice = Random(seed)  # noqa: S311
        self.history.step()

    def teardown(self) -> None:
        """See that it all comes to a good end."""
        with self.shelter:
            self.history.end()


Histories.TestCase.settings = settings(
    max_examples=6,
    stateful_step_count=14,
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)


def test_every_law_holds_whatever_happens() -> None:
    """Whatever people, agents, providers and hosts do, no law is broken, and it ends well."""
    Histories.TestCase().runTest()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_seed_tells_a_history(seed: int) -> None:
    """The dice of a seed draw moves, faults, crashes and cycles by themselves."""
    with ExitStack() as opened:
        history = History(seed, opened=opened)
        for _ in steps(history, 12):
            pass
        history.end()

    assert history.tally.done["cycles"] >= 15
    assert history.town.world.refusals == []


def test_a_history_is_the_same_every_time() -> None:
    """What a seed found once it finds again."""
    told = []
    for _ in range(2):
        with ExitStack() as opened:
            history = History(5, opened=opened)
            for _ in steps(history, 8):
                pass
            told.append([line for line in history.town.told if "ledger" not in line])

    assert told[0] == told[1]


def test_a_secret_in_a_ledger_is_noticed(tmp_path: Path) -> None:
    """Also in what SQLite wrote ahead, or in an old copy."""
    (tmp_path / "host-0").mkdir()
    (tmp_path / "host-0" / "ledger.db-wal").write_bytes(b"x" + SECRETS[2].encode() + b"x")

    assert ["planted secret 2 is kept in ledger.db-wal"] == list(no_secret_is_kept(tmp_path))


@pytest.mark.parametrize("damage", sorted(set(DAMAGES)))
def test_a_town_can_be_promoted_and_what_stands_against_it_is_known(
    damage: str, tmp_path: Path
) -> None:
    """Else the law of the promotion check would hold for want of promotions."""
    town = founded(Random(1))  # noqa: S311 - a story's dice
    product = town.products[0]
    make_ready(town, product, damage=damage)
    wire = Turns(town, Weather(Random(1)))  # noqa: S311
    commit = Sha(product.repo.head)

    verdict = judged(town, product, commit, wire, tmp_path)

    assert (verdict.answer is Answer.PROMOTE) is (damage == "")
    assert bool(list(unproved(town, product, commit))) is (damage != "")


def cycles(history: History, number: int) -> None:
    """Run cycle after cycle while nothing else happens."""
    for _ in range(number):
        history.cycle(history.computers[0])


def test_a_broken_law_is_told_with_its_seed_and_its_story() -> None:
    """A second issue about one cause, which somebody makes in our name, is noticed."""
    with ExitStack() as opened:
        history = History(7, opened=opened)
        product = history.town.products[1]
        product.services[0].deploy("FAILED")
        history.cycle(history.computers[0])
        (issue,) = product.repo.issues.values()
        product.repo.open_issue(issue.title, issue.body, user=US)

        with pytest.raises(LawBrokenError, match=r"(?s)seed 7, .*BROKEN: .*one root cause"):
            cycles(history, 8)
