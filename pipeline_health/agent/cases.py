"""Put a finding beside its cause, and an incident beside what this cycle saw of it."""

from dataclasses import replace

from pipeline_health.agent.look import Look
from pipeline_health.agent.recognising import Recognised
from pipeline_health.core.incidents import with_proofs
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.policy import EvidenceMode
from pipeline_health.core.model.questions import Evidence, EvidenceOf, LinkTrace
from pipeline_health.core.model.readings import Commit, Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.ownership import owned
from pipeline_health.core.sight import is_blind_to
from pipeline_health.core.silenced import with_silence


def diagnosed(finding: Finding, look: Look) -> Diagnosed:
    """Give *finding* with its cause, as far as its evidence tells it."""
    # Seventy signatures are compiled there, and nothing may be broken.
    from pipeline_health.core.diagnose import diagnose  # noqa: PLC0415

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


def case_of(
    incident: Incident, found: tuple[Diagnosed, ...], recognised: Recognised, look: Look
) -> Case:
    """Put an incident beside what this cycle saw of it."""
    view = look.view(incident.project)
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
        blind=view is None or is_blind_to(incident, view),
        issue=recognised.issue_of(incident),
        strays=recognised.strays.get(incident.fingerprint, ()),
        project=view.policy if view is not None and seen else None,
        shows=EvidenceMode.LINK if view is None else _evidence_mode(incident, view),
    )


def named_today(incident: Incident, look: Look) -> Incident:
    """Give *incident* in its repository as that is called today, as every new failure is.

    One that opened while GitHub could not be seen has the name that the configuration has, and one
    that is filed the name under which its issue was read last.
    """
    view, filing = look.view(incident.project), incident.filing
    if view is None:
        return incident
    if filing is None or filing.repo == view.policy.repo:
        return replace(incident, repo=repo_of(incident.project, look))
    return replace(incident, repo=filing.repo)


def repo_of(project: ProjectName, look: Look) -> RepoName:
    """Give the repository of *project* under the name that it has today."""
    view = look.view(project)
    assert view is not None  # noqa: S101 - every project of the policy has a view
    seen = view.github.repository
    return seen.value.name if isinstance(seen, Seen) else view.policy.repo


def _evidence_mode(incident: Incident, view: ProjectView) -> EvidenceMode:
    """Resolve `auto`: what a running product prints is shown in full in private only."""
    if view.policy.evidence is not EvidenceMode.AUTO:
        return view.policy.evidence
    runtime = incident.evidence is not None and incident.evidence.runtime
    seen = view.github.repository
    private = isinstance(seen, Seen) and seen.value.private
    return EvidenceMode.FIRST_ERROR if runtime and not private else EvidenceMode.FULL
