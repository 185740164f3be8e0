"""Criterion `staging-deploy`: the commit is deployed to staging, and is what staging serves now."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from pipeline_health.core.deploy_verdict import DeployState
from pipeline_health.core.gate import runs
from pipeline_health.core.gate.gated import gated
from pipeline_health.core.gate.runs import Staged
from pipeline_health.core.gate.services import Word, word_of
from pipeline_health.core.gate.steps import SEE_LOGS, about_blindness
from pipeline_health.core.gate.words import criterion, look_again, short
from pipeline_health.core.model.gate_policy import Waivable
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.questions import BranchRun, Contains, JobsOf, Question
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import Blind, NotAsked, Seen
from pipeline_health.core.model.verdict import (
    Criterion,
    CriterionName,
    CriterionState,
    ServedNow,
)
from pipeline_health.core.observe import descends
from pipeline_health.frozen import dataclass

_NAME = CriterionName.STAGING_DEPLOY
_ORDER = (
    CriterionState.FAIL,
    CriterionState.UNKNOWN,
    CriterionState.PENDING,
    CriterionState.PASS,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What is known of the commit in staging.

    *since* is when it was proved, *made* when its newest deployment was made, *served* what staging
    serves, *newer* the commit that it serves instead and that contains this one, *asks* what would
    let more be said.
    """

    criterion: Criterion
    served: tuple[ServedNow, ...] = ()
    since: datetime | None = None
    made: datetime | None = None
    newer: Sha | None = None
    asks: tuple[Question, ...] = ()

    @property
    def is_proved(self) -> bool:
        """Tell whether staging serves the commit."""
        return self.criterion.state is CriterionState.PASS


def staging_deploy(matter: Matter) -> Deployed:
    """Judge what staging serves: by Railway, or by the staging job where there is no Railway."""
    if matter.policy.railway_project is None or matter.waives(Waivable.RAILWAY):
        return replace(_by_job(matter), served=_served_by_runs(matter))
    staging = matter.facts.staging
    if isinstance(staging, Seen):
        return _by_services(matter, staging.value)
    hint = about_blindness(matter, staging)
    says = f"Railway could not be read: {staging.why}"
    return _put(matter, CriterionState.UNKNOWN, says, hint=hint)


def questions(matter: Matter) -> Iterator[Question]:
    """Name what must be found out before it can be judged."""
    yield from runs.questions(matter)
    yield from staging_deploy(matter).asks


def _put(
    matter: Matter,
    state: CriterionState,
    says: str,
    *,
    hint: str = "",
    url: str | None = None,
) -> Deployed:
    """Put it, with what to do about it."""
    return Deployed(criterion=criterion(matter, _NAME, state, says, hint=hint, url=url))


# -- by Railway ------------------------------------------------------------------------------


def _by_services(matter: Matter, environment: Environment) -> Deployed:
    present = {service.name for service in environment.services}
    absent = sorted(set(matter.policy.services) - present)
    if absent:
        says = f"{environment.name} has no service {', '.join(absent)}"
        hint = "take it out of `services` in the configuration, or mend its name there"
        return _put(matter, CriterionState.FAIL, says, hint=hint)
    words = [word_of(matter, service) for service in gated(matter, environment.services)]
    if not words:
        says = f"no service of {environment.name} is built from {matter.policy.repo}"
        hint = "name those that must be proved in `services`"
        return _put(matter, CriterionState.FAIL, says, hint=hint)
    return _of_words(matter, environment, words)


def _of_words(matter: Matter, environment: Environment, words: list[Word]) -> Deployed:
    """Let the worst word decide; a newer commit that any service serves supersedes this one."""
    worst = min(words, key=lambda word: _ORDER.index(word.state))
    newer = next((word.newer for word in words if word.newer is not None), None)
    told = next((word for word in words if word.newer is not None), worst)
    says = told.says
    if worst.state is CriterionState.PASS and len(words) > 1:
        says = f"all {len(words)} services of {environment.name} are proved: {worst.says}"
    proved = [word.since for word in words if word.since is not None]
    put = _put(matter, told.state, says, hint=_hint(matter, told, newer), url=told.url)
    return Deployed(
        criterion=put.criterion,
        served=tuple(one for word in words for one in word.served),
        since=max(proved, default=None),
        made=max((word.made for word in words if word.made is not None), default=None),
        newer=newer,
        asks=tuple(word.asks for word in words if word.asks is not None),
    )


def _hint(matter: Matter, word: Word, newer: Sha | None) -> str:
    if newer is not None:
        return f"pipeline-health promotion-check {matter.policy.name} --commit {newer}"
    return word.hint or (SEE_LOGS if word.state is CriterionState.FAIL else "")


# -- by the staging job ----------------------------------------------------------------------

_OF_JOB: Mapping[DeployState, tuple[CriterionState, str]] = {
    DeployState.FAILED: (CriterionState.FAIL, "failed"),
    DeployState.IN_FLIGHT: (CriterionState.PENDING, "is under way"),
}
"""How the job may stand but for its success; a run in which it deployed nothing does not count."""
_RUN_IT = "let it run at this commit"
_SEE_ITS_LOG = "see the log of its run; a fix is another commit, with a check of its own"
_DEPLOY_IT_AGAIN = "deploy this commit to staging again, or promote the one that is there"


def _by_job(matter: Matter) -> Deployed:
    policy, sight = matter.policy, matter.sight
    if policy.deploy_workflow is None or policy.staging_job is None:
        says = "nothing tells what staging serves"
        hint = "set railway_project, or deploy_workflow and staging_job"
        return _put(matter, CriterionState.FAIL, says, hint=hint)
    if sight is None or not isinstance(sight.runs, Seen):
        return _put(matter, CriterionState.UNKNOWN, f"the runs are not known: {_why(matter)}")
    found = runs.newest_staged(matter)
    job = f"job {policy.staging_job}"
    if isinstance(found, JobsOf):
        says = f"the jobs of {policy.deploy_workflow} could not be read"
        put = _put(matter, CriterionState.UNKNOWN, says)
        return Deployed(criterion=put.criterion, asks=(found,))
    if found is None:
        return _no_run(matter, job)
    if found.state is not DeployState.HEALTHY:
        state, why = _OF_JOB.get(found.state, (CriterionState.UNKNOWN, "gave no verdict"))
        says = f"{job} {why} at {short(matter.commit)}"
        return _put(matter, state, says, hint=_SEE_ITS_LOG if state is CriterionState.FAIL else "")
    return _since_then(matter, found, job)


def _why(matter: Matter) -> str:
    """Say why the runs of the deploy workflow are not known."""
    if isinstance(matter.facts.commit, Blind):
        return matter.facts.commit.why
    sight = matter.sight
    if sight is None:
        return "there is no such commit"
    return sight.runs.why if isinstance(sight.runs, Blind | NotAsked) else ""


def _no_run(matter: Matter, job: str) -> Deployed:
    """Say that no run is about the commit, or that none of them got to the job."""
    about = runs.runs_about(matter)
    if any(runs.staged(matter, run) is None for run in about):
        says = f"the jobs of {matter.policy.deploy_workflow} could not be read"
        return _put(matter, CriterionState.UNKNOWN, says)
    says = f"{job} did not run at {short(matter.commit)}"
    if about:
        return _put(matter, CriterionState.FAIL, says, hint=_RUN_IT)
    hint = f"let the run name of {matter.policy.deploy_workflow} hold the commit that it deploys"
    return _put(
        matter, CriterionState.PENDING, f"no run is known to be about it: {says}", hint=hint
    )


def _since_then(matter: Matter, found: Staged, job: str) -> Deployed:
    """Say whether what the job deployed is still served.

    A later run may have replaced it, or an older one that was made again.
    """
    at, name = short(matter.commit), matter.policy.deploy_workflow
    others = (*runs.later(matter, found.run), *runs.touched_since(matter, found))
    for run in () if runs.is_live(matter) else others:
        after = runs.staged(matter, run)
        if isinstance(after, Staged) and (
            _left_nothing(after, found) or _left_the_commit(matter, after)
        ):
            continue
        if isinstance(after, Staged) and after.state is DeployState.HEALTHY:
            return _moved_on(matter, run)
        if isinstance(after, Staged) and after.state is DeployState.IN_FLIGHT:
            return _put(matter, CriterionState.PENDING, f"a later run of {name} deploys to staging")
        says = f"it is not known what a later run of {name} left in staging"
        return _put(matter, CriterionState.UNKNOWN, says)
    put = _put(matter, CriterionState.PASS, f"{job} passed at {at}, and nothing was deployed since")
    return Deployed(criterion=put.criterion, since=found.ended, made=found.began)


def _left_nothing(other: Staged, found: Staged) -> bool:
    """Tell whether the staging job of *other* changed nothing since that of *found*."""
    if other.state is DeployState.NOTHING_DEPLOYED:
        return True
    return other.run.run.id < found.run.run.id and runs.was_before(other, found)


def _left_the_commit(matter: Matter, other: Staged) -> bool:
    """Tell whether the staging job of *other* deployed this very commit once more."""
    return other.state is DeployState.HEALTHY and runs.is_about(matter, other.run)


def _served_by_runs(matter: Matter) -> tuple[ServedNow, ...]:
    """Give the newest run as what staging serves: with another one it may be something else."""
    sight = matter.sight
    known = sight.runs.value if sight is not None and isinstance(sight.runs, Seen) else ()
    return tuple(
        ServedNow(
            service=matter.policy.staging_environment,
            deployment=f"run {run.run.id}",
            commit=runs.commit_of_run(run),
        )
        for run in known[:1]
    )


def _moved_on(matter: Matter, run: BranchRun) -> Deployed:
    """Say that a later run deployed another commit, and whether that contains this one."""
    commit = runs.commit_of_run(run)
    says = f"a later run of {matter.policy.deploy_workflow} deployed to staging"
    if commit is None:
        return _put(matter, CriterionState.FAIL, says, hint=_DEPLOY_IT_AGAIN)
    answer = descends(matter.view, newer=commit, older=matter.commit)
    newer = commit if answer is True and commit != matter.commit else None
    hint = _DEPLOY_IT_AGAIN if newer is None else look_again(matter).replace(matter.commit, newer)
    put = _put(matter, CriterionState.FAIL, f"{says}: {short(commit)}", hint=hint)
    asks = (answer,) if isinstance(answer, Contains) else ()
    return Deployed(criterion=put.criterion, newer=newer, asks=asks)
