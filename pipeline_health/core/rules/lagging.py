"""Production that stays behind what staging proved."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pipeline_health.core.at_head import Head, head_of
from pipeline_health.core.deploy_runs import newest_deploy_run
from pipeline_health.core.deploy_verdict import DeployState, judge_conclusion
from pipeline_health.core.lanes import Lane, is_on_its_way, lanes_of
from pipeline_health.core.model.deployed import Passage
from pipeline_health.core.model.findings import (
    Finding,
    Kind,
    Observation,
    Proof,
    Subject,
    Symptom,
    Thing,
    Unsettled,
)
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.questions import Contains, LinkTrace, Question
from pipeline_health.core.model.readings import Blind
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import commit_page, contains, of_repository
from pipeline_health.core.passages import allowed_lag
from pipeline_health.core.recorded_deploys import record_words, workflow_word
from pipeline_health.core.service_deploys import service_words
from pipeline_health.core.stages import production_of
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class _Late:
    """A commit that production should have since *since*, having been given *allowed*."""

    passage: Passage
    allowed: timedelta

    @property
    def since(self) -> datetime:
        """When production began to lag."""
        return self.passage.proved_at + self.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Production, beside the view that it was seen in."""

    view: ProjectView
    symptom: Symptom
    head: Head

    def finding(self, late: _Late, served: Sha) -> Finding:
        """Say that it lags; nobody but a person can promote what nothing promotes."""
        commit, minutes = late.passage.commit, int(late.allowed.total_seconds()) // 60
        return Finding(
            symptom=self.symptom,
            project=self.view.policy.name,
            since=late.since,
            commit=commit,
            trace=LinkTrace(
                url=f"https://github.com/{self.view.policy.repo}/compare/{served}...{commit}"
            ),
            says=f"Production serves {served[:7]} and not {commit[:7]}, which staging proved more "
            f"than {minutes} min before, and nothing is under way that would bring it there.",
            for_people=True,
        )

    def proof(self, served: Sha) -> Proof:
        """Say that it does not lag, as of this look."""
        return Proof(
            symptom=self.symptom,
            project=self.view.policy.name,
            at=self.head.seen_at,
            commit=served,
            trace=commit_page(self.view, served),
            says=f"Production serves {served[:7]}, and staging proved nothing newer long ago.",
        )

    def unsettled(
        self, why: str, *, in_flight: bool = False, asks: Question | None = None
    ) -> Unsettled:
        """Say that nobody can tell yet, and why."""
        return Unsettled(
            symptom=self.symptom,
            project=self.view.policy.name,
            why=why,
            in_flight=in_flight,
            asks=asks,
        )


def production_lagging(view: ProjectView) -> Iterator[Observation]:
    """Say whether production has what staging proved long ago.

    Silent where something else is in the way that has a kind of its own (a deployment to production
    or a run of the deploy workflow that failed), and where any source is blind.
    """
    place = None if _is_blind(view) or _is_broken(view) else _place(view)
    if place is None:
        return
    words = [word for lane in lanes_of(view) for word in _words_of(place, lane)]
    findings = [word for word in words if isinstance(word, Finding)]
    unsettled = [word for word in words if isinstance(word, Unsettled)]
    if not findings:
        yield from unsettled[:1] or words
    elif is_on_its_way(view):
        why = "Production lags, and something is under way that may bring it up to date."
        yield place.unsettled(why, in_flight=True)
    else:
        yield min(findings, key=lambda finding: finding.since)


def _place(view: ProjectView) -> _Place | None:
    head, scope = head_of(view), of_repository(view, production_of(view).scope)
    if head is None or scope is None:
        return None
    subject = Subject(Thing.PROJECT, view.policy.production_environment)
    symptom = Symptom(kind=Kind.PRODUCTION_LAGGING, scope=scope, subject=subject)
    return _Place(view=view, symptom=symptom, head=head)


def _is_blind(view: ProjectView) -> bool:
    """Tell whether anything was not read that could show that nothing lags."""
    github = view.github
    parts = (github.earlier, github.deployments, github.production, view.staging, view.production)
    return any(isinstance(part, Blind) for part in parts)


def _is_broken(view: ProjectView) -> bool:
    run, stage = newest_deploy_run(view), production_of(view)
    if run is not None and judge_conclusion(run.suite.conclusion) is DeployState.FAILED:
        return True
    words = (workflow_word(stage), *service_words(stage), *record_words(stage))
    return any(isinstance(word, Finding) for word in words)


# -- one lane --------------------------------------------------------------------------------


def _words_of(place: _Place, lane: Lane) -> Iterator[Observation]:
    """Say whether one lane lags; that it does not is proved by all that production serves."""
    late = _oldest_missed(place, lane)
    if late is None:
        yield from (place.proof(served) for served in lane.served)
    elif isinstance(late, Contains):
        yield place.unsettled("What production serves is not compared yet.", asks=late)
    else:
        yield _unless_staging_fell_back(place, lane, late)


def _unless_staging_fell_back(place: _Place, lane: Lane, late: _Late) -> Observation:
    """Say that *late* is missed, while staging itself still works with it."""
    has = _has(place.view, lane.current, late.passage.commit)
    if isinstance(has, Contains):
        return place.unsettled("What staging serves is not compared yet.", asks=has)
    if not has:
        return place.unsettled("Staging does not show now that it works at what it once proved.")
    return place.finding(late, lane.served[0])


def _oldest_missed(place: _Place, lane: Lane) -> _Late | Contains | None:
    """Give the first commit since production's own that it should have, or what must be asked."""
    missed = None
    for late in _late(place, lane):
        answers = [_has(place.view, sha, late.passage.commit) for sha in lane.served]
        if True in answers:
            break
        question = next((answer for answer in answers if isinstance(answer, Contains)), None)
        if question is not None:
            return missed or question
        missed = late
    return missed


def _late(place: _Place, lane: Lane) -> Iterator[_Late]:
    """Give what staging proved longer ago than is allowed, newest first.

    What is allowed depends on what was known then, so that it does not change afterwards.
    """
    for passage in reversed(lane.passages):
        before = (one for one in lane.known if one.proved_at <= passage.proved_at)
        late = _Late(passage=passage, allowed=allowed_lag(before))
        if place.head.seen_at > late.since:
            yield late


def _has(view: ProjectView, newer: Sha | None, older: Sha) -> bool | Contains:
    return False if newer is None else contains(view, newer=newer, older=older)
