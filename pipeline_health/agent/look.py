"""What one cycle saw, what every rule says of it, and what would let more be said."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline_health.core import rules
from pipeline_health.core.audited import apart_proofs
from pipeline_health.core.earlier import earlier_proofs, earlier_questions, told_by_head
from pipeline_health.core.incidents import proof_questions
from pipeline_health.core.model.findings import Finding, Observation, Proof, Symptom, Unsettled
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.questions import (
    Answers,
    EvidenceOf,
    LinkTrace,
    Question,
)
from pipeline_health.core.model.snapshot import ProjectView, Snapshot
from pipeline_health.core.silenced import silence_questions, under_other_names
from pipeline_health.core.under_way import proofs_under_way, questions_under_way
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one cycle saw, and what every rule says of it."""

    snapshot: Snapshot
    views: Mapping[ProjectName, ProjectView]
    places: Mapping[Symptom, tuple[ProjectName, ...]]
    observations: Mapping[ProjectName, tuple[Observation, ...]]

    def findings(self) -> Iterator[Finding]:
        """Give everything that is broken."""
        for observation in self._all():
            if isinstance(observation, Finding):
                yield observation

    def proofs(self, project: ProjectName) -> Iterator[Proof]:
        """Give everything of *project* that is proved to work."""
        for observation in self.observations.get(project, ()):
            if isinstance(observation, Proof):
                yield observation

    def unsettled(self, project: ProjectName) -> Iterator[Unsettled]:
        """Give everything of *project* that nobody can tell yet."""
        for observation in self.observations.get(project, ()):
            if isinstance(observation, Unsettled):
                yield observation

    @property
    def answers(self) -> Answers:
        """What was found out beside the look: every view has the same answers."""
        return self.snapshot.projects[0].answers if self.snapshot.projects else Answers()

    def projects_of(self, incident: Incident) -> tuple[ProjectName, ...]:
        """Give the projects that speak of anything broken in *incident*: a repository has many."""
        named = (self.places.get(ailment.symptom, ()) for ailment in incident.broken)
        return tuple(dict.fromkeys(name for names in named for name in names))

    def told_of(self, incident: Incident) -> tuple[Observation, ...]:
        """Give all that was said by its own project and by those that speak of it."""
        projects = dict.fromkeys((incident.project, *self.projects_of(incident)))
        return tuple(said for name in projects for said in self.observations.get(name, ()))

    def proofs_for(self, incident: Incident) -> Iterator[tuple[ProjectView, tuple[Proof, ...]]]:
        """Give what may heal *incident*, beside the view in which it was seen."""
        for project in self.projects_of(incident):
            yield self.views[project], tuple(self.proofs(project))
        home = self.view(incident.project)
        if home is not None:
            yield (
                home,
                tuple(earlier_proofs(incident, home, told=self.told_by_head(incident, home))),
            )
            yield home, tuple(apart_proofs(incident, home))
            yield home, tuple(proofs_under_way(incident, home))
            yield home, tuple(under_other_names(incident, self.told_of(incident), home))

    def told_by_head(self, incident: Incident, home: ProjectView) -> frozenset[Symptom]:
        """Give what is broken in *incident* and the head tells of."""
        proofs = tuple(self.proofs(home.policy.name))
        return told_by_head(incident, home, said=self.places, proofs=proofs)

    def view(self, project: ProjectName) -> ProjectView | None:
        """Give what was seen of *project*."""
        return self.views.get(project)

    def _all(self) -> Iterator[Observation]:
        for observations in self.observations.values():
            yield from observations


def judged(
    snapshot: Snapshot, *, known: Mapping[ProjectName, tuple[Observation, ...]] | None = None
) -> Look:
    """Put *snapshot* to every rule, unless what they say of it is *known*."""
    observations = known or {
        view.policy.name: tuple(observation for rule in rules.ALL for observation in rule(view))
        for view in snapshot.projects
    }
    places: dict[Symptom, tuple[ProjectName, ...]] = {}
    for name, said in observations.items():
        for symptom in dict.fromkeys(observation.symptom for observation in said):
            places[symptom] = (*places.get(symptom, ()), name)
    return Look(
        snapshot=snapshot,
        views={view.policy.name: view for view in snapshot.projects},
        places=places,
        observations=observations,
    )


def questions_of(look: Look, incidents: Sequence[Incident]) -> Iterator[Question]:
    """Name everything that would let more be decided."""
    for finding in look.findings():
        if not isinstance(finding.trace, LinkTrace):
            yield EvidenceOf(finding.trace)
    for view in look.snapshot.projects:
        for unsettled in look.unsettled(view.policy.name):
            if unsettled.asks is not None:
                yield unsettled.asks
    for incident in incidents:
        yield from _questions_about(incident, look)


def _questions_about(incident: Incident, look: Look) -> Iterator[Question]:
    for view, proofs in look.proofs_for(incident):
        yield from proof_questions(incident, proofs, view)
    home = look.view(incident.project)
    if home is not None:
        yield from earlier_questions(incident, home, told=look.told_by_head(incident, home))
        yield from questions_under_way(incident, home)
        yield from silence_questions(incident, look.told_of(incident), home)


def with_answers(snapshot: Snapshot, answers: Answers) -> Snapshot:
    """Give *snapshot* with what was found out."""
    return replace(
        snapshot,
        projects=tuple(replace(view, answers=answers) for view in snapshot.projects),
    )
