"""What the core asks is found out side by side where it asks for much, and in order where not."""

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pytest

from pipeline_health.agent.answering import Answering
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import (
    Answers,
    BranchRun,
    Contains,
    Evidence,
    EvidenceOf,
    Job,
    Relation,
    RunsOf,
    RunTrace,
    WorkflowFile,
    WorkflowFileOf,
)
from pipeline_health.core.model.readings import Blind, GitHubReading, Reading, Seen
from pipeline_health.core.model.report import Usage
from pipeline_health.ports import DeploySource

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOWHERE: DeploySource = object()  # type: ignore[assignment]


class Library:
    """A source that tells of a run when *readers* ask at the same moment, and who asked."""

    def __init__(self, readers: int = 1) -> None:
        self._desk = threading.Barrier(readers, timeout=10)
        self.asked: list[int] = []
        self.threads: set[int] = set()

    def evidence(self, trace: RunTrace, *, now: datetime) -> Reading[Evidence]:
        """Tell what a run left behind; of one without a number nothing can be told."""
        self.asked.append(trace.run_id)
        self.threads.add(threading.get_ident())
        self._desk.wait()
        if not trace.run_id:
            raise ZeroDivisionError
        return Seen(at=now, value=Evidence(at=now, complete=True, tail=str(trace.run_id)))

    def look(
        self, projects: Sequence[ProjectPolicy], *, now: datetime
    ) -> Mapping[ProjectName, GitHubReading]:
        """See nothing."""
        return {}

    def usage(self) -> Usage:
        """Have asked nobody."""
        return Usage()

    def jobs(self, trace: RunTrace, *, now: datetime) -> Reading[tuple[Job, ...]]:
        """Know no job."""
        return Blind(at=now, why=trace.url)

    def relation(self, question: Contains, *, now: datetime) -> Reading[Relation]:
        """Know no commit."""
        return Blind(at=now, why=question.newer)

    def runs(self, question: RunsOf, *, now: datetime) -> Reading[tuple[BranchRun, ...]]:
        """Know no run."""
        return Blind(at=now, why=question.branch)

    def workflow_file(self, question: WorkflowFileOf, *, now: datetime) -> Reading[WorkflowFile]:
        """Know no file."""
        return Blind(at=now, why=question.older)


def runs(*numbers: int) -> list[EvidenceOf]:
    """Ask what each of these runs left behind."""
    repo = RepoName("acme/shop")
    return [
        EvidenceOf(RunTrace(repo=repo, run_id=number, updated_at=NOON, url="u"))
        for number in numbers
    ]


def tails(answers: Answers) -> set[str]:
    """Give what the runs left behind."""
    return {each.value.tail for each in answers.evidence.values() if isinstance(each, Seen)}


def test_many_questions_are_asked_side_by_side() -> None:
    """Eight at once: each waits until all of them ask."""
    library = Library(readers=8)
    answering = Answering(github=library, railway=NOWHERE, at_once=8)

    found = answering.answered(Answers(), runs(*range(1, 9)), now=NOON)

    assert set("12345678") == tails(found)
    assert 8 == len(library.threads)


@pytest.mark.parametrize(("number", "at_once"), [(4, 8), (9, 1)], ids=["a few", "not allowed"])
def test_a_few_questions_are_asked_in_order_in_this_thread(number: int, at_once: int) -> None:
    """A thread would cost more than it saves, and no certain order of asking is lost for it."""
    library = Library()
    answering = Answering(github=library, railway=NOWHERE, at_once=at_once)

    answering.answered(Answers(), reversed(runs(*range(1, number + 1))), now=NOON)

    assert [*range(1, number + 1)] == library.asked
    assert {threading.get_ident()} == library.threads


def test_a_defect_is_told_whichever_thread_it_is_in() -> None:
    """It ends the look as it would in this one."""
    answering = Answering(github=Library(), railway=NOWHERE, at_once=8)

    with pytest.raises(ZeroDivisionError):
        answering.answered(Answers(), runs(*range(9)), now=NOON)


def test_what_was_found_before_stays_known() -> None:
    """A second round of questions adds to the first."""
    answering = Answering(github=Library(), railway=NOWHERE)
    first = answering.answered(Answers(), runs(1), now=NOON)

    assert {"1", "2"} == tails(answering.answered(first, runs(2), now=NOON))
