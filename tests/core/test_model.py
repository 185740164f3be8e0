"""The few questions that the words of the model answer by themselves."""

from dataclasses import replace

import pytest

from builders import HEAD, NOW, PROJECT, REPO, blind, github
from pipeline_health.core.model.report import BlindLine, CycleReport, ProjectLine

SEEN = ProjectLine(name=PROJECT, repo=REPO)
UNSEEN = replace(SEEN, blind=(BlindLine(source="github", why="502"),))


def test_the_head_is_known_where_the_branch_was_seen() -> None:
    """And nowhere else."""
    assert (github().head, replace(github(), branch=blind()).head) == (HEAD, None)


@pytest.mark.parametrize(
    ("projects", "is_blind"), [((), False), ((SEEN,), False), ((SEEN, UNSEEN), True)]
)
def test_one_project_that_was_not_seen_makes_the_cycle_blind(
    projects: tuple[ProjectLine, ...], *, is_blind: bool
) -> None:
    """Whoever reads the exit code must not take it for health."""
    told = CycleReport(cycle="c", started_at=NOW, finished_at=NOW, sentence="s", projects=projects)
    assert told.blind is is_blind
