"""The stage of a replay: the real agent, its forgetful ledger, and the world that it looks at."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline_health import bootstrap
from pipeline_health.clients.within import Within
from pipeline_health.core.model.ids import Fingerprint, RepoName
from pipeline_health.core.model.incident import Incident, Owner
from pipeline_health.core.model.recording import Recording
from pipeline_health.core.model.report import ChangeLine, CycleReport
from pipeline_health.core.model.signal import Issue
from pipeline_health.core.signal import failures_of
from pipeline_health.frozen import dataclass
from pipeline_health.ledger import MemoryLedger
from pipeline_health.ports import Ledger
from pipeline_health.replaying.configuration import TOKEN
from pipeline_health.replaying.line import Line
from pipeline_health.settings import Settings
from pipeline_health.simulator import World, WorldClock
from pipeline_health.simulator.playing import Player

_LOGIN = "health-bot"
_OPEN, _REOPEN, _HAND_OVER = "open", "reopen", "hand over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A cycle that did something, or that failed."""

    at: datetime
    sentence: str
    changes: tuple[ChangeLine, ...]
    failed: str | None


@dataclass(slots=True)
class _Account:
    """What is kept of one issue while it lives."""

    fingerprint: Fingerprint
    owner: Owner | None
    incidents: tuple[Incident, ...]
    reopened: int = 0
    moved: int = 0


class Stage:
    """The agent, its ledger, and the world in which the recording happens."""

    def __init__(self, settings: Settings, recording: Recording) -> None:
        self.ticks: list[Tick] = []
        self._settings = settings
        self._watched = {each.repo.lower(): each.stretches for each in recording.watched}
        self._last = datetime.min.replace(tzinfo=UTC)
        self._world = World(min(recording.began_at, *(fact.at for fact in recording.facts[:1])))
        self._world.github_tokens[TOKEN] = settings.policy.routing.identity or _LOGIN
        if settings.policy.limits.ops_repo is not None:
            self._world.repo(settings.policy.limits.ops_repo)
        self._player = Player(self._world, recording)
        self._ledger = MemoryLedger()
        line = Line(self._world, self._player, settings.policy.projects)
        self._machine = bootstrap.Machine(
            clock=WorldClock(self._world),
            transport=Within(line.answer),
            ledger=self._kept,
            pace=timedelta(0),
            dice=random.Random(1),  # noqa: S311 - the same history is the same story
            at_once=1,
        )
        self._accounts: dict[tuple[RepoName, int], _Account] = {}

    @contextmanager
    def _kept(self, _: Settings) -> Iterator[Ledger]:
        yield self._ledger

    def cycle(self, moment: datetime) -> None:
        """Let everything happen up to *moment*, and let the agent look."""
        self._player.until(moment)
        report = bootstrap.run_once(self._settings_at(moment), machine=self._machine)
        self._last = moment
        self._world.requests.clear()
        if report.changes or report.failed is not None:
            self._note(report)

    def _settings_at(self, moment: datetime) -> Settings:
        """Give the settings with what was looked at then: nothing is known of the rest."""
        policy = self._settings.policy
        projects = tuple(one for one in policy.projects if self._is_watched(one.repo, moment))
        if len(projects) == len(policy.projects):
            return self._settings
        return replace(self._settings, policy=replace(policy, projects=projects))

    def _is_watched(self, repo: RepoName, moment: datetime) -> bool:
        """Tell whether it was looked at, or was since the last cycle: too short for a round one."""
        stretches = self._watched.get(repo.lower())
        return stretches is None or any(
            each.began_at <= moment and (moment <= each.ended_at or self._last < each.began_at)
            for each in stretches
        )

    def _note(self, report: CycleReport) -> None:
        self.ticks.append(
            Tick(
                at=report.started_at,
                sentence=report.sentence,
                changes=report.changes,
                failed=report.failed,
            )
        )
        for change in report.changes:
            if not change.applied or change.issue is None:
                continue
            place = change.repo, change.issue
            if change.change == _OPEN:
                self._accounts[place] = self._opened(change.fingerprint)
            elif place in self._accounts:
                self._accounts[place].reopened += change.change == _REOPEN
                self._accounts[place].moved += change.change == _HAND_OVER

    def _opened(self, fingerprint: Fingerprint) -> _Account:
        return _Account(
            fingerprint=fingerprint,
            owner=self._owner(fingerprint),
            incidents=self._incidents(fingerprint),
        )

    def _owner(self, fingerprint: Fingerprint) -> Owner | None:
        """Tell whom the labels of an issue name, of a portfolio incident's too."""
        filings = (
            *(one.filing for one in self._ledger.incidents() if one.fingerprint == fingerprint),
            *(one.filing for one in self._ledger.parents() if one.fingerprint == fingerprint),
        )
        return next((filing.owner for filing in filings if filing is not None), None)

    def _incidents(self, fingerprint: Fingerprint) -> tuple[Incident, ...]:
        """Give the incident of an issue, or the members of a portfolio incident."""
        return tuple(
            incident
            for incident in self._ledger.incidents()
            if fingerprint in (incident.fingerprint, incident.part_of)
        )

    def issues(self) -> Iterator[Issue]:
        """Give every issue that was filed, as it is now."""
        for (repo, number), account in self._accounts.items():
            kept = self._world.repo(repo).issues[number]
            yield Issue(
                repo=repo,
                number=number,
                title=kept.title,
                owner=account.owner,
                left_with=self._owner(account.fingerprint) or account.owner,
                opened_at=kept.created_at,
                closed_at=kept.closed_at,
                failures=tuple(f for each in account.incidents for f in failures_of(each)),
                comments=len(kept.comments),
                reopened=account.reopened,
                moved=account.moved,
            )
