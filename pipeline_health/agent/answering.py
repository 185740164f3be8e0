"""Answers what the core asks, by way of the sources, side by side where it asks for much.

Hundreds of failures at once would take longer than a cycle has, one after the other: each is some
three requests.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import assert_never

from pipeline_health.core.model.questions import (
    Answers,
    BranchRun,
    Contains,
    DeployTrace,
    Evidence,
    EvidenceOf,
    Job,
    JobsOf,
    Question,
    Relation,
    RunsOf,
    RunTrace,
    WorkflowFile,
    WorkflowFileOf,
)
from pipeline_health.core.model.readings import Reading
from pipeline_health.ports import CodeSource, DeploySource
from pipeline_health.threads import for_each

_FEW = 4
"""So many questions are asked one after the other: threads would cost more than they save."""


@dataclass(slots=True)
class _Found:
    """What has been found out so far; each question is written by one thread."""

    evidence: dict[EvidenceOf, Reading[Evidence]] = field(default_factory=dict)
    jobs: dict[JobsOf, Reading[tuple[Job, ...]]] = field(default_factory=dict)
    contains: dict[Contains, Reading[Relation]] = field(default_factory=dict)
    runs: dict[RunsOf, Reading[tuple[BranchRun, ...]]] = field(default_factory=dict)
    files: dict[WorkflowFileOf, Reading[WorkflowFile]] = field(default_factory=dict)

    def beside(self, before: Answers) -> Answers:
        """Give it beside what was known *before*."""
        return Answers(
            evidence={**before.evidence, **self.evidence},
            jobs={**before.jobs, **self.jobs},
            contains={**before.contains, **self.contains},
            runs={**before.runs, **self.runs},
            files={**before.files, **self.files},
        )


class Answering:
    """Asks each source what it can tell; what cannot be had is answered with Blind.

    *at_once* is how many questions are asked side by side, where there are more than a few.
    """

    def __init__(self, *, github: CodeSource, railway: DeploySource, at_once: int = 1) -> None:
        self._github = github
        self._railway = railway
        self._at_once = at_once

    def answered(self, before: Answers, asked: Iterable[Question], *, now: datetime) -> Answers:
        """Give *before* with an answer to everything that is *asked*."""
        found = _Found()
        self._each(partial(self._find_out, found, now), sorted(asked, key=repr))
        return found.beside(before)

    def _each(self, find_out: Callable[[Question], None], asked: list[Question]) -> None:
        for_each(asked, find_out, at_once=1 if len(asked) <= _FEW else self._at_once)

    def _find_out(self, found: _Found, now: datetime, question: Question) -> None:
        match question:
            case EvidenceOf():
                found.evidence[question] = self._evidence(question.trace, now=now)
            case JobsOf():
                found.jobs[question] = self._github.jobs(question.trace, now=now)
            case Contains():
                found.contains[question] = self._github.relation(question, now=now)
            case RunsOf():
                found.runs[question] = self._github.runs(question, now=now)
            case WorkflowFileOf():
                found.files[question] = self._github.workflow_file(question, now=now)
            case _:
                assert_never(question)

    def _evidence(self, trace: RunTrace | DeployTrace, *, now: datetime) -> Reading[Evidence]:
        if isinstance(trace, RunTrace):
            return self._github.evidence(trace, now=now)
        return self._railway.evidence(trace, now=now)
