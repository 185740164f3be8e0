"""Look at every project, judge what was seen, and find out what the judgement needs to know.

The core asks, the shell answers, and the same rules run again: at most `ROUNDS` times, since one
answer can raise the next question (a run's jobs, then the ancestry of its commit).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from pipeline_health.agent.answering import Answering
from pipeline_health.agent.auditing import Audits
from pipeline_health.agent.look import Look, judged, questions_of, with_answers
from pipeline_health.agent.remembering import Remembering
from pipeline_health.agent.sights import with_sight
from pipeline_health.core.model.deployed import Deployed
from pipeline_health.core.model.findings import Symptom
from pipeline_health.core.model.ids import ProjectName, Sha
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.policy import Policy, ProjectPolicy
from pipeline_health.core.model.questions import (
    Answers,
    EvidenceOf,
    Question,
)
from pipeline_health.core.model.readings import Blind, GitHubReading
from pipeline_health.core.model.snapshot import Snapshot
from pipeline_health.core.model.urls import UrlSights
from pipeline_health.core.observe import observe, unlooked, unread
from pipeline_health.core.reach import targets, with_urls
from pipeline_health.ports import RAILWAY_NAMES, CodeSource, DeploySource, Memory, UrlSource
from pipeline_health.threads import both

ROUNDS = 3


class Eyes:
    """Looks by way of the sources, and remembers between cycles what a look is judged against.

    Without *audits* nothing is audited; without *evidence* no log is read. *at_once* is how many
    questions are asked side by side; with more than one, both providers are read side by side too.
    """

    def __init__(  # noqa: PLR0913 - one argument a part
        self,
        *,
        github: CodeSource,
        railway: DeploySource,
        urls: UrlSource,
        audits: Audits | None,
        memory: Memory,
        evidence: bool = True,
        at_once: int = 1,
    ) -> None:
        self._github = github
        self._railway = railway
        self._evidence = evidence
        self._urls = urls
        self._audits = audits
        self._memory = memory
        self._at_once = at_once
        self._remembering = Remembering(memory)
        self._answering = Answering(github=github, railway=railway, at_once=at_once)

    def look(
        self,
        policy: Policy,
        incidents: Sequence[Incident],
        *,
        now: datetime,
        side_by_side: bool = False,
    ) -> Look:
        """Read everything, then judge and ask until nothing more is asked.

        *side_by_side* reads both providers at once in any case: an earlier look has taught us all
        names.
        """
        railway, github = self._read(policy.projects, now=now, side_by_side=side_by_side)
        snapshot = observe(
            policy,
            github=github,
            railway=railway,
            before={
                project.name: self._remembering.of(project.name) for project in policy.projects
            },
            answers=Answers(),
            now=now,
        )
        if self._audits is not None:
            snapshot = self._audits.with_audits(snapshot, now=now)
        # Last: what a silent URL means depends on what the others show.
        snapshot = with_urls(snapshot, self._sites(snapshot, gap=policy.sla))
        look = judged(with_sight(snapshot, policy, self._memory, now=now))
        look = self.asked_out(look, incidents, now=now)
        self._remember(look, now=now)
        return look

    def asked_out(self, look: Look, incidents: Sequence[Incident], *, now: datetime) -> Look:
        """Find out what would let more be said of *look* and of *incidents*, and judge again."""
        for _ in range(ROUNDS):
            asked = {
                question
                for question in questions_of(look, incidents)
                if not look.answers.has(question) and self._wants(question)
            }
            if not asked:
                break
            answers = self._answering.answered(look.answers, asked, now=now)
            # Evidence is for the cause and the words of what is broken: no rule reads it.
            same = all(isinstance(question, EvidenceOf) for question in asked)
            known = look.observations if same else None
            look = judged(with_answers(look.snapshot, answers), known=known)
        return look

    def _wants(self, question: Question) -> bool:
        return self._evidence or not isinstance(question, EvidenceOf)

    def _read(
        self, projects: Sequence[ProjectPolicy], *, now: datetime, side_by_side: bool
    ) -> tuple[Mapping[ProjectName, Deployed], Mapping[ProjectName, GitHubReading]]:
        named = projects if side_by_side else self._named(projects)
        if not named:
            # Railway first: it learns the project's name, by which GitHub calls the environment.
            railway = self._deployed(projects, now=now)
            return railway, self._code(projects, now=now)
        railway, code = both(
            partial(self._deployed, projects, now=now), partial(self._code, named, now=now)
        )
        unnamed = [project for project in projects if project.name not in code]
        return railway, {**code, **self._code(unnamed, now=now)} if unnamed else code

    def _named(self, projects: Sequence[ProjectPolicy]) -> Sequence[ProjectPolicy]:
        """Give the projects that can be read at GitHub before Railway has told anything."""
        if self._at_once == 1:
            return ()
        return [
            project
            for project in projects
            if project.railway_project is None
            or self._memory.recall(RAILWAY_NAMES, project.railway_project) is not None
        ]

    def _deployed(
        self, projects: Sequence[ProjectPolicy], *, now: datetime
    ) -> Mapping[ProjectName, Deployed]:
        try:
            return self._railway.look(projects, now=now)
        except Exception as exc:  # noqa: BLE001 - a defect of ours is blindness, not the end
            why = f"Railway could not be read: {type(exc).__name__}: {exc}"
            return {project.name: unlooked(project, why=why, now=now) for project in projects}

    def _code(
        self, projects: Sequence[ProjectPolicy], *, now: datetime
    ) -> Mapping[ProjectName, GitHubReading]:
        try:
            return self._github.look(projects, now=now)
        except Exception as exc:  # noqa: BLE001 - a defect of ours is blindness, not the end
            why = f"GitHub could not be read: {type(exc).__name__}: {exc}"
            return {project.name: unread(project, why=why, now=now) for project in projects}

    def _sites(self, snapshot: Snapshot, *, gap: timedelta) -> UrlSights:
        asked = tuple(targets(snapshot))
        try:
            return self._urls.look(asked, gap=gap, now=snapshot.now) if asked else {}
        except Exception as exc:  # noqa: BLE001 - a defect of ours is blindness, not the end
            why = f"the URLs could not be asked: {type(exc).__name__}: {exc}"
            return dict.fromkeys(asked, Blind(at=snapshot.now, why=why))

    def last_green(self, symptoms: Iterable[Symptom]) -> Mapping[Symptom, Sha]:
        """Give the commits at which *symptoms* were last proved to work."""
        return self._remembering.last_green(symptoms)

    def _remember(self, look: Look, *, now: datetime) -> None:
        for view in look.snapshot.projects:
            self._remembering.keep(view, now=now)
            self._remembering.keep_green(look.proofs(view.policy.name), now=now)
