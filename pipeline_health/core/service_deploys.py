"""An environment as Railway shows it: the newest deployment of every watched service."""

from collections.abc import Iterator
from dataclasses import replace

from pipeline_health.core.ci_verdict import EntryVerdict, Standing, judge
from pipeline_health.core.deploy_verdict import DeployState, is_ci_skip, judge_service
from pipeline_health.core.model.findings import (
    Finding,
    Observation,
    Proof,
    Subject,
    Symptom,
    Thing,
    Unsettled,
)
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.railway import Deployment, Environment, Service
from pipeline_health.core.model.readings import Checks, Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import commit_of, is_archived
from pipeline_health.core.stages import Stage
from pipeline_health.core.watched import deploy_trace
from pipeline_health.frozen import dataclass

_CI_RED = "Railway skipped the commit because CI is red there; that has a finding of its own."
_CI_RUNS = "Railway skipped the commit because CI failed there, and CI is under way again."
_CI_UNSEEN = "Railway skipped the commit because CI failed there, and CI there is not seen."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """One service of one environment, beside the view that it was seen in."""

    view: ProjectView
    symptom: Symptom
    environment: Environment
    service: Service

    def unsettled(self, why: str, *, in_flight: bool = False) -> Unsettled:
        """Say that nobody can tell yet, and why."""
        return Unsettled(
            symptom=self.symptom, project=self.view.policy.name, why=why, in_flight=in_flight
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What was said of the services of one environment, for every rule that builds upon it."""

    environment: Environment
    said: tuple[Observation, ...]


def service_words(stage: Stage) -> Iterator[Observation]:
    """Say of each watched service whether its newest deployment failed or works.

    Watched are the configured services, else all that were ever deployed there. When all of them
    work, that is said of the environment too: a record of GitHub may have been all that was seen of
    a failure, and nobody need ever post a second one.
    """
    if not isinstance(stage.environment, Seen) or is_archived(stage.view):
        return
    environment, judged = stage.environment.value, stage.view.judged
    known = judged.get(stage.failed)
    if not isinstance(known, _Words) or known.environment is not environment:
        said = tuple(_services(stage, environment))
        known = _Words(environment=environment, said=(*said, *_whole(stage, said)))
        judged[stage.failed] = known
    yield from known.said


def _whole(stage: Stage, said: tuple[Observation, ...]) -> Iterator[Proof]:
    """Prove the environment where every service works, at the oldest commit that one of them has.

    What that commit contains, every one of them contains.
    """
    proofs = [each for each in said if isinstance(each, Proof)]
    symptom = stage.symptom()
    commit = _oldest(stage.view, {proof.commit for proof in proofs if proof.commit is not None})
    if symptom is None or commit is None or len(proofs) < len(said):
        return
    newest = max((p for p in proofs if p.commit is not None), key=lambda proof: proof.at)
    says = f"In {symptom.subject.name} at {commit[:7]}, every service works."
    yield replace(newest, symptom=symptom, commit=commit, says=says)


def _oldest(view: ProjectView, commits: set[Sha]) -> Sha | None:
    """Give the commit that all of *commits* contain, None where the history does not tell."""
    if len(commits) <= 1:
        return next(iter(commits), None)
    branch = view.github.branch
    history = branch.value.history if isinstance(branch, Seen) else ()
    if not commits <= set(history):
        return None
    return max(commits, key=history.index)


def _services(stage: Stage, environment: Environment) -> Iterator[Observation]:
    view = stage.view
    present = {service.name: service for service in environment.services}
    deployed = tuple(service.name for service in environment.services if service.deployments)
    for name in view.policy.services or deployed:
        symptom = stage.symptom(Subject(Thing.SERVICE, name))
        if symptom is None:
            return
        if name not in present:
            why = f"There is no service {name} in {environment.name}."
            yield Unsettled(symptom=symptom, project=view.policy.name, why=why)
            continue
        yield _observation(
            _Place(view=view, symptom=symptom, environment=environment, service=present[name])
        )


def _observation(place: _Place) -> Observation:
    verdict = judge_service(place.service)
    deployment = verdict.deployment
    commit = None if deployment is None else commit_of(place.view, deployment)
    at_commit = "" if commit is None else f" at {commit[:7]}"
    where = f"In {place.environment.name}{at_commit}"
    says = f"{where}, service {place.service.name} {verdict.why}."
    if deployment is None:
        return place.unsettled(says)
    match verdict.state:
        case DeployState.FAILED:
            return _ci_doubt(place, deployment, commit) or Finding(
                symptom=place.symptom,
                project=place.view.policy.name,
                since=deployment.changed_at,
                commit=commit,
                trace=deploy_trace(place.view, place.environment, place.service, deployment),
                says=says,
            )
        case DeployState.HEALTHY:
            return Proof(
                symptom=place.symptom,
                project=place.view.policy.name,
                at=deployment.changed_at,
                commit=commit,
                trace=deploy_trace(place.view, place.environment, place.service, deployment),
                says=says,
            )
        case state:
            return place.unsettled(says, in_flight=state is DeployState.IN_FLIGHT)


def _ci_doubt(place: _Place, deployment: Deployment, commit: Sha | None) -> Unsettled | None:
    """Say why a commit that Railway skipped for its CI is no finding of a deploy, if it is none."""
    if commit is None or not is_ci_skip(deployment):
        return None
    verdicts = _ci_at(place.view, commit)
    if verdicts is None:
        return None if _knows_the_head(place) else place.unsettled(_CI_UNSEEN)
    if EntryVerdict.RED in verdicts:
        return place.unsettled(_CI_RED)
    if verdicts & {EntryVerdict.PENDING, EntryVerdict.RED_RERUNNING}:
        return place.unsettled(_CI_RUNS, in_flight=True)
    return place.unsettled(_CI_UNSEEN) if EntryVerdict.UNKNOWN in verdicts else None


def _ci_at(view: ProjectView, commit: Sha) -> frozenset[EntryVerdict] | None:
    """Give what CI says at *commit*, None where its checks were not read."""
    for reading in _checks(view):
        if reading.value.sha == commit:
            standing = Standing(
                committed_at=reading.at, deploy_workflow=view.policy.deploy_workflow
            )
            return frozenset(entry.verdict for entry in judge(reading, standing).entries)
    return None


def _checks(view: ProjectView) -> Iterator[Seen[Checks]]:
    if isinstance(view.github.checks, Seen):
        yield view.github.checks
    if isinstance(view.github.earlier, Seen):
        for checks in view.github.earlier.value:
            yield Seen(at=view.github.earlier.at, value=checks)


def _knows_the_head(place: _Place) -> bool:
    """Tell whether Railway has looked at the head too, so that it will not mend this by itself."""
    branch = place.view.github.branch
    return isinstance(branch, Seen) and any(
        deployment.commit == branch.value.head.sha for deployment in place.service.deployments
    )
