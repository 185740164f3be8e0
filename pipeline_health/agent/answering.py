"""Answers what the core asks, by way of the sources."""

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from pipeline_health.core.model.questions import (
    Answers,
    Contains,
    DeployTrace,
    Evidence,
    EvidenceOf,
    JobsOf,
    Question,
    RunsOf,
    RunTrace,
    WorkflowFileOf,
)
from pipeline_health.core.model.readings import Reading
from pipeline_health.ports import CodeSource, DeploySource


class Answering:
    """Asks each source what it can tell; what cannot be had is answered with Blind."""

    def __init__(self, *, github: CodeSource, railway: DeploySource) -> None:
        self._github = github
        self._railway = railway

    def answered(self, before: Answers, asked: Iterable[Question], *, now: datetime) -> Answers:
        """Give *before* with an answer to everything that is *asked*."""
        evidence, jobs, relations = dict(before.evidence), dict(before.jobs), dict(before.contains)
        runs, files = dict(before.runs), dict(before.files)
        for question in sorted(asked, key=repr):
            match question:
                case EvidenceOf():
                    evidence[question] = self._evidence(question.trace, now=now)
                case JobsOf():
                    jobs[question] = self._github.jobs(question.trace, now=now)
                case Contains():
                    relations[question] = self._github.relation(question, now=now)
                case RunsOf():
                    runs[question] = self._github.runs(question, now=now)
                case WorkflowFileOf():
                    files[question] = self._github.workflow_file(question, now=now)
                case _:
                    assert_never(question)
        return Answers(evidence=evidence, jobs=jobs, contains=relations, runs=runs, files=files)

    def _evidence(self, trace: RunTrace | DeployTrace, *, now: datetime) -> Reading[Evidence]:
        if isinstance(trace, RunTrace):
            return self._github.evidence(trace, now=now)
        return self._railway.evidence(trace, now=now)
