"""One cycle: collect → observe → diagnose → reconcile → apply → record → report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pipeline_health.agent.applying import Hands
from pipeline_health.agent.looking import Eyes, Look
from pipeline_health.agent.neighbours import planned
from pipeline_health.agent.orphans import Orphans
from pipeline_health.agent.recognising import Recognised, Recogniser
from pipeline_health.agent.recording import record, settled_by
from pipeline_health.agent.telling import Told, report_of
from pipeline_health.core.attempts import Patience, with_attempts
from pipeline_health.core.convergence import converged, with_older
from pipeline_health.core.correlate import Correlation
from pipeline_health.core.diagnose import diagnose
from pipeline_health.core.incidents import advanced, with_proofs
from pipeline_health.core.inhibition import with_hidden
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.plan import Outcome, Plan
from pipeline_health.core.model.policy import EvidenceMode, Policy
from pipeline_health.core.model.questions import Evidence, EvidenceOf, LinkTrace
from pipeline_health.core.model.readings import Commit, Seen
from pipeline_health.core.model.report import CycleReport
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.ownership import owned
from pipeline_health.core.reconcile import Desk, Terms
from pipeline_health.core.silenced import with_silence
from pipeline_health.ports import (
    CodeSource,
    DeploySource,
    Lease,
    Ledger,
    Runner,
    Tracker,
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
    """Watches a portfolio by way of its ports; `run_cycle` is all that it does."""

    def __init__(
        self,
        policy: Policy,
        *,
        github: CodeSource,
        railway: DeploySource,
        tracker: Tracker,
        runner: Runner,
        ledger: Ledger,
    ) -> None:
        self._policy = policy
        self._github = github
        self._railway = railway
        self._tracker = tracker
        self._runner = runner
        self._ledger = ledger
        self._eyes = Eyes(github=github, railway=railway, memory=ledger)

    def run_cycle(self, cycle: Cycle, lease: Lease) -> CycleReport:
        """Look at everything, decide, make the tracker say it, and keep what was done."""
        every = self._ledger.incidents()
        incidents = self._ours(every)
        look = self._eyes.look(self._policy, incidents, now=cycle.now)
        recognised = self._recognise(incidents, look, now=cycle.now)
        terms = self._terms(look, recognised, now=cycle.now)
        cases, plan = planned(self._cases(recognised, look, cycle), terms, tracker=self._tracker)
        orphans = Orphans(every, self._policy, look)
        if cycle.close_orphans:
            plan = orphans.closing(plan, self._tracker, now=cycle.now)
        outcomes = self._applied(plan, lease, cycle)
        settled = settled_by(outcomes, cases, now=cycle.now)
        closed = orphans.closed(outcomes, now=cycle.now)
        unchanged = set(incidents)
        changed = [each for each in (*settled, *closed) if each not in unchanged]
        record(self._ledger, changed, outcomes, lease=lease, now=cycle.now)
        told = Told(
            cases=tuple(
                replace(case, incident=incident)
                for case, incident in zip(cases, settled, strict=True)
            ),
            plan=plan,
            outcomes=outcomes,
            stale=recognised.stale,
            orphans=orphans.lines(closed=closed),
        )
        return replace(
            report_of(cycle.id, look, told, started_at=cycle.now, dry=cycle.dry),
            github=self._github.usage(),
            railway=self._railway.usage(),
        )

    def _ours(self, incidents: Sequence[Incident]) -> tuple[Incident, ...]:
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

    def _recognise(self, incidents: Sequence[Incident], look: Look, *, now: datetime) -> Recognised:
        recogniser = Recogniser(
            tracker=self._tracker,
            memory=self._ledger,
            reopen_within=self._policy.limits.reopen_within,
            now=now,
        )
        return recogniser.recognise(incidents, look)

    def _cases(self, recognised: Recognised, look: Look, cycle: Cycle) -> tuple[Case, ...]:
        """Give every incident its findings and proofs of this cycle, and let its life go on."""
        diagnosed = [_diagnosed(finding, look) for finding in look.findings()]
        correlation = Correlation(
            recognised.incidents,
            repos={project.name: _repo_of(project.name, look) for project in self._policy.projects},
            last_green=self._eyes.last_green(found.finding.symptom for found in diagnosed),
            reopen_within=self._policy.limits.reopen_within,
            seed=cycle.seed,
        )
        correlation.place(diagnosed, now=cycle.now)
        placed = converged(correlation.placed(), now=cycle.now)
        cases = (_case(incident, found, recognised, look) for incident, found in placed)
        lived = [self._lived(with_older(case, placed), now=cycle.now) for case in cases]
        return with_hidden(lived, now=cycle.now)

    def _lived(self, case: Case, *, now: datetime) -> Case:
        """Let the life of an incident go on: people's decisions, proofs, the agent's attempts."""
        patience = Patience(routing=self._policy.routing, limits=self._policy.limits)
        grown = advanced(case, agent_logins=patience.agents, now=now)
        return replace(grown, incident=with_attempts(grown, patience, now=now))

    def _terms(self, look: Look, recognised: Recognised, *, now: datetime) -> Terms:
        lately = now - timedelta(hours=1)
        filings = [i.filing for i in self._ledger.incidents() if i.filing is not None]
        return Terms(
            routing=self._policy.routing,
            limits=self._policy.limits,
            sla=self._policy.sla,
            desks=_desks(look, recognised.stale),
            opened_lately=sum(f.opened_at is not None and f.opened_at > lately for f in filings),
            now=now,
            rerun=self._policy.rerun,
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


def _diagnosed(finding: Finding, look: Look) -> Diagnosed:
    evidence = _evidence_for(finding, look)
    return Diagnosed(
        finding=finding,
        cause=owned(diagnose(finding, evidence), finding),
        evidence=evidence,
        made=_commit_of(finding, look),
    )


def _commit_of(finding: Finding, look: Look) -> Commit | None:
    """Give who made the failing commit, where it is the head: of others the look shows no more."""
    view = look.view(finding.project)
    if view is None or not isinstance(view.github.branch, Seen):
        return None
    head = view.github.branch.value.head
    return head if head.sha == finding.commit else None


def _evidence_for(finding: Finding, look: Look) -> Evidence | None:
    if isinstance(finding.trace, LinkTrace):
        return None
    answer = look.answers.evidence.get(EvidenceOf(finding.trace))
    return answer.value if isinstance(answer, Seen) else None


def _case(
    incident: Incident, found: tuple[Diagnosed, ...], recognised: Recognised, look: Look
) -> Case:
    """Put an incident beside what this cycle saw of it."""
    view = look.view(incident.project)
    if view is not None and incident.filing is None:
        incident = replace(incident, repo=_repo_of(incident.project, look))
    symptoms = {ailment.symptom for ailment in incident.broken}
    for seen_in, proofs in tuple(look.proofs_for(incident)):
        incident = with_proofs(incident, proofs, seen_in)
    if view is not None:
        incident = with_silence(incident, look.told_of(incident), view)
    seen = view is not None and isinstance(view.github.repository, Seen)
    return Case(
        incident=incident,
        findings=found,
        in_flight=any(
            unsettled.in_flight and unsettled.symptom in symptoms
            for project in look.projects_of(incident)
            for unsettled in look.unsettled(project)
        ),
        issue=recognised.issue_of(incident),
        strays=recognised.strays.get(incident.fingerprint, ()),
        project=view.policy if view is not None and seen else None,
        shows=EvidenceMode.LINK if view is None else _evidence_mode(incident, view),
    )


def _repo_of(project: ProjectName, look: Look) -> RepoName:
    """Give the repository of *project* under the name that it has today."""
    view = look.view(project)
    assert view is not None  # noqa: S101 - every project of the policy has a view
    seen = view.github.repository
    return seen.value.name if isinstance(seen, Seen) else view.policy.repo


def _desks(look: Look, stale: Mapping[RepoName, str]) -> Mapping[RepoName, Desk]:
    desks = {}
    for view in look.snapshot.projects:
        desk = _desk(view, stale)
        if desk is not None:
            desks[_repo_of(view.policy.name, look)] = desk
    return desks


def _desk(view: ProjectView, stale: Mapping[RepoName, str]) -> Desk | None:
    seen = view.github.repository
    if not isinstance(seen, Seen) or not isinstance(view.github.issues, Seen):
        return None
    repository = seen.value
    why_not = stale.get(repository.name)
    if repository.archived:
        why_not = f"{repository.name} is archived, so no issue can be filed there"
    elif not repository.has_issues:
        why_not = f"issues are disabled in {repository.name}, so none can be filed there"
    return Desk(private=repository.private, why_not=why_not)


def _evidence_mode(incident: Incident, view: ProjectView) -> EvidenceMode:
    """Resolve `auto`: what a running product prints is shown in full in private only."""
    if view.policy.evidence is not EvidenceMode.AUTO:
        return view.policy.evidence
    runtime = incident.evidence is not None and incident.evidence.runtime
    seen = view.github.repository
    private = isinstance(seen, Seen) and seen.value.private
    return EvidenceMode.FIRST_ERROR if runtime and not private else EvidenceMode.FULL
