"""One cycle: collect → observe → diagnose → reconcile → apply → record → report."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from pipeline_health.agent.applying import Hands
from pipeline_health.agent.auditing import Audits
from pipeline_health.agent.cases import case_of, diagnosed, named_today, repo_of
from pipeline_health.agent.counting import Hour, Uncounted, hour_of
from pipeline_health.agent.desks import desks_of
from pipeline_health.agent.look import Look
from pipeline_health.agent.looking import Eyes
from pipeline_health.agent.lost_parents import seen_before
from pipeline_health.agent.neighbours import planned
from pipeline_health.agent.orphans import Orphans
from pipeline_health.agent.parents import Book, ParentBook
from pipeline_health.agent.people import People, scene_of, tell
from pipeline_health.agent.recognising import Recognised, Recogniser
from pipeline_health.agent.recording import Kept, record, settled_by
from pipeline_health.agent.settled_parents import forgotten, settled_parents
from pipeline_health.agent.telling import Told, report_of
from pipeline_health.core.attempts import Patience, with_attempts
from pipeline_health.core.convergence import converged, with_older
from pipeline_health.core.correlate import Correlation
from pipeline_health.core.incidents import advanced
from pipeline_health.core.inhibition import with_hidden
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.parent import Parent
from pipeline_health.core.model.plan import Outcome, Plan
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.report import CycleReport
from pipeline_health.core.parents import gathered, with_names
from pipeline_health.core.restraint import restrained
from pipeline_health.core.terms import Portfolio, Terms
from pipeline_health.frozen import dataclass
from pipeline_health.ports import (
    AuditSource,
    CodeSource,
    DeploySource,
    Lease,
    Ledger,
    Recorder,
    Runner,
    Tracker,
    UrlSource,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """What tells one cycle from another. *seed* is random text; *dry* plans and writes nothing.

    *close_orphans* closes our issues in repositories that are not configured any more.
    """

    id: str
    now: datetime
    seed: str
    dry: bool = False
    close_orphans: bool = False


class Agent:
    """Watches a portfolio by way of its ports; `run_cycle` is all that it does.

    *at_once* is how many questions are asked side by side, where there are many.
    """

    def __init__(  # noqa: PLR0913 - one argument a port
        self,
        policy: Policy,
        *,
        github: CodeSource,
        railway: DeploySource,
        urls: UrlSource,
        audits: AuditSource,
        tracker: Tracker,
        runner: Runner,
        ledger: Ledger,
        people: People | None = None,
        recorder: Recorder | None = None,
        at_once: int = 1,
    ) -> None:
        self._policy = policy
        self._people = people or People()
        self._recorder = recorder
        self._github = github
        self._railway = railway
        self._tracker = tracker
        self._runner = runner
        self._ledger = ledger
        self._book = ParentBook(policy, tracker=tracker, ledger=ledger)
        self._eyes = Eyes(
            github=github,
            railway=railway,
            urls=urls,
            audits=Audits(audits, ledger),
            memory=ledger,
            at_once=at_once,
        )

    def run_cycle(self, cycle: Cycle, lease: Lease) -> CycleReport:
        """Look at everything, decide, make the tracker say it, and keep what was done."""
        every = self._ledger.incidents()
        known = self._watched(every)
        look = self._looked(known, cycle)
        recognised = self._recognised(known, look, now=cycle.now)
        orphans = Orphans(every, self._policy, look)
        book = self._book.opened(look, now=cycle.now)
        cases = self._diagnosed(recognised, look, cycle, restored=book.restored)
        # Those that were found just now count too: a lost ledger is no leave to flood.
        filings = {i.filing for i in (*every, *recognised.incidents)} | {*book.filings}
        hour = hour_of(filings, self._policy.limits, now=cycle.now)
        terms = self._terms(hour, look, recognised, cycle)
        ops = None if book.listed else self._policy.limits.ops_repo
        uncounted = Uncounted(hour=hour, look=look, read=recognised.issues, ops=ops)
        cases, plan = self._planned(cases, terms, book, uncounted)
        if cycle.close_orphans:
            plan = orphans.closing(plan, self._tracker, now=cycle.now)
        outcomes = self._applied(plan, lease, cycle)
        parents = settled_parents(outcomes, plan.parents, now=cycle.now)
        cases = with_names(settled_by(outcomes, cases, now=cycle.now), parents)
        closed = orphans.closed(outcomes, now=cycle.now)
        kept = Kept(
            incidents=(*(case.incident for case in cases), *closed),
            parents=(*parents, *forgotten(book.kept, parents, now=cycle.now)),
        )
        before = frozenset[Incident | Parent]((*known, *book.kept))
        record(self._ledger, kept, outcomes, before=before, lease=lease, now=cycle.now)
        told = Told(
            cases=cases,
            plan=replace(plan, parents=parents),
            outcomes=outcomes,
            stale=recognised.stale,
            orphans=orphans.lines(closed=closed),
        )
        report = self._reported(told, look, cycle)
        self._tell(told, look, report, lease)
        return report

    def _looked(self, known: Sequence[Incident], cycle: Cycle) -> Look:
        look = self._eyes.look(self._policy, known, now=cycle.now)
        if self._recorder is not None:
            self._recorder.keep(look.snapshot)
        return look

    def _planned(
        self, cases: Sequence[Case], terms: Terms, book: Book, uncounted: Uncounted
    ) -> tuple[tuple[Case, ...], Plan]:
        """Gather what is one story of many projects, and plan for all of it."""
        gathered_now, parents = gathered(cases, book.parents(cases, terms), terms)
        beside, shown = self._book.read_back(book.beside(parents), uncounted.look, terms)
        portfolio = replace(terms.portfolio, desk=book.desk or shown)
        terms = replace(terms, parents=beside, portfolio=portfolio)
        desk = partial(self._book.desk, uncounted.look)
        return planned(gathered_now, terms, tracker=self._tracker, desk=desk, uncounted=uncounted)

    def _watched(self, incidents: Sequence[Incident]) -> tuple[Incident, ...]:
        """Give the incidents of the repositories that this cycle looks at.

        One whose project is not configured any more goes to another one of its repository.
        """
        known = {project.name for project in self._policy.projects} | self._policy.others
        repos = {project.repo.lower(): project.name for project in self._policy.projects}
        names = {project.name for project in self._policy.projects}
        return tuple(
            incident
            if incident.project in known
            else replace(incident, project=repos[incident.repo.lower()])
            for incident in incidents
            if incident.project in names or incident.repo.lower() in repos
        )

    def _recognised(
        self, incidents: Sequence[Incident], look: Look, *, now: datetime
    ) -> Recognised:
        recogniser = Recogniser(
            tracker=self._tracker,
            memory=self._ledger,
            reopen_within=self._policy.limits.reopen_within,
            now=now,
        )
        return recogniser.recognise(incidents, look)

    def _diagnosed(
        self, recognised: Recognised, look: Look, cycle: Cycle, *, restored: Sequence[Diagnosed]
    ) -> tuple[Case, ...]:
        """Give every incident its findings and proofs of this cycle, and let its life go on.

        What is *restored* was told by an issue before: it is an incident, and nothing that was
        seen now.
        """
        found = [diagnosed(finding, look) for finding in look.findings()]
        correlation = Correlation(
            [named_today(each, look) for each in recognised.incidents],
            repos={project.name: repo_of(project.name, look) for project in self._policy.projects},
            last_green=self._eyes.last_green(each.finding.symptom for each in found),
            reopen_within=self._policy.limits.reopen_within,
            seed=cycle.seed,
        )
        correlation.place([*restored, *found], now=cycle.now)
        seen = tuple(
            (
                seen_before(incident, findings, restored, now=cycle.now),
                tuple(each for each in findings if each not in restored),
            )
            for incident, findings in correlation.placed()
        )
        placed = converged(seen, closed=recognised.closed(), now=cycle.now)
        cases = [case_of(incident, findings, recognised, look) for incident, findings in placed]
        believed = restrained(cases, [incident for incident, _ in placed], now=cycle.now)
        lived = [self._lived(with_older(case, placed), now=cycle.now) for case in believed]
        return with_hidden(lived, now=cycle.now)

    def _lived(self, case: Case, *, now: datetime) -> Case:
        """Let the life of an incident go on: people's decisions, proofs, the agent's attempts."""
        patience = Patience(routing=self._policy.routing, limits=self._policy.limits)
        grown = advanced(case, agent_logins=patience.agents, now=now)
        return replace(grown, incident=with_attempts(grown, patience, now=now))

    def _terms(
        self,
        hour: Hour,
        look: Look,
        recognised: Recognised,
        cycle: Cycle,
    ) -> Terms:
        now, policy = cycle.now, self._policy
        return Terms(
            routing=self._policy.routing,
            limits=self._policy.limits,
            sla=self._policy.sla,
            desks=desks_of(look, recognised.stale),
            opened_lately=hour.opened,
            now=now,
            rerun=policy.rerun,
            windows=self._ledger.windows(),
            poll=policy.poll_interval,
            portfolio=Portfolio(
                watched=frozenset(each.name for each in policy.projects) | policy.others,
                repo=policy.limits.ops_repo,
                seed=cycle.seed,
            ),
        )

    def _applied(self, plan: Plan, lease: Lease, cycle: Cycle) -> tuple[Outcome, ...]:
        if cycle.dry:
            return tuple(Outcome(change=change, applied=False) for change in plan.changes)
        hands = Hands(
            tracker=self._tracker,
            runner=self._runner,
            ledger=self._ledger,
            lease=lease,
            now=cycle.now,
        )
        return tuple(hands.apply(plan))

    def _reported(self, told: Told, look: Look, cycle: Cycle) -> CycleReport:
        return replace(
            report_of(cycle.id, look, told, started_at=cycle.now, dry=cycle.dry),
            github=self._github.usage(),
            railway=self._railway.usage(),
        )

    def _tell(self, told: Told, look: Look, report: CycleReport, lease: Lease) -> None:
        scene = scene_of(told.cases, told.plan, look, self._policy, now=report.started_at)
        tell(self._people, scene, report, policy=self._policy, ledger=self._ledger, lease=lease)
