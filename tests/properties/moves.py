"""Everything that may happen in a town between two looks: a name, how often, and the deed.

A deed does one thing and tells it in a line; where it cannot be done it tells nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TypeAlias

from properties import (
    moves_agent,
    moves_code,
    moves_deploys,
    moves_many,
    moves_people,
    moves_world,
)
from properties.town import Town

Deed: TypeAlias = Callable[[Town, Random], str]


@dataclass(frozen=True, slots=True)
class Move:
    """A deed, and how often it is done beside the others."""

    deed: Deed
    weight: int

    @property
    def name(self) -> str:
        """Name it for people."""
        return self.deed.__name__.replace("_", " ")


MOVES = (
    Move(moves_code.land_a_commit, 24),
    Move(moves_code.land_a_good_commit, 14),
    Move(moves_code.end_a_run, 10),
    Move(moves_code.run_again, 5),
    Move(moves_code.run_on_schedule, 2),
    Move(moves_code.let_a_run_go_stale, 1),
    Move(moves_deploys.deploy, 10),
    Move(moves_deploys.move_a_deployment_on, 12),
    Move(moves_deploys.break_what_runs, 4),
    Move(moves_deploys.redeploy_well, 8),
    Move(moves_deploys.record_on_github, 2),
    Move(moves_agent.pick_up, 6),
    Move(moves_agent.give_up_or_finish, 5),
    Move(moves_agent.close_without_a_fix, 3),
    Move(moves_agent.merge_a_fix, 4),
    Move(moves_agent.merge_what_mends_nothing, 4),
    Move(moves_agent.relabel, 2),
    Move(moves_agent.delete_the_check, 1),
    Move(moves_agent.restore_the_check, 2),
    Move(moves_people.write_below_an_issue, 3),
    Move(moves_people.rewrite_an_issue, 2),
    Move(moves_people.take_a_label_off, 2),
    Move(moves_people.close_as_completed, 3),
    Move(moves_people.close_as_not_planned, 2),
    Move(moves_people.open_again, 3),
    Move(moves_people.comment, 3),
    Move(moves_people.delete_an_issue, 1),
    Move(moves_people.file_an_issue, 3),
    Move(moves_people.copy_our_marker, 2),
    Move(moves_world.rename, 2),
    Move(moves_world.turn_issues_off, 1),
    Move(moves_world.turn_issues_on, 3),
    Move(moves_world.drop_labels, 1),
    Move(moves_world.keep_labels, 3),
    Move(moves_world.let_lists_lag, 3),
    Move(moves_world.let_runs_lag, 6),
    Move(moves_world.let_lists_be_fresh, 3),
)

OF_MANY = (
    *MOVES,
    Move(moves_many.an_outage_hits_many, 18),
    Move(moves_many.an_outage_goes_on, 6),
    Move(moves_many.one_fails_for_another_reason, 5),
    Move(moves_many.some_recover, 10),
    Move(moves_many.an_outage_ends, 12),
    Move(moves_many.an_outage_comes_and_goes, 3),
    Move(moves_many.close_the_operators, 4),
    Move(moves_many.open_the_operators_again, 3),
    Move(moves_many.write_into_the_operators, 3),
    Move(moves_many.delete_the_operators, 1),
    Move(moves_many.copy_the_operators, 2),
    Move(moves_many.shut_the_operators, 3),
    Move(moves_many.free_the_operators, 10),
)
"""What may happen where the operator has a repository for what befalls many products."""


def drawn(dice: Random, moves: Sequence[Move] = MOVES) -> Move:
    """Draw a move."""
    return dice.choices(moves, weights=[move.weight for move in moves])[0]


def make(town: Town, move: Move, dice: Random) -> None:
    """Do it, and tell what was done; no two things happen in one moment."""
    town.world.advance(timedelta(seconds=dice.randint(1, 20)))
    said = move.deed(town, dice)
    if said:
        town.tell(said)
