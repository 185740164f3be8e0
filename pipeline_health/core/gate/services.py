"""What each service of staging says of the commit, as Railway tells it.

What counts is what is served, not what was deployed last: a deployment that failed leaves the one
before it running, and a redeploy of an old commit takes the new one away.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.core.deploy_verdict import (
    DeployState,
    is_removed,
    is_watched_path_skip,
    judge_deployment,
)
from pipeline_health.core.gate import steps
from pipeline_health.core.gate.ci import pushed_at
from pipeline_health.core.gate.coming import nameless
from pipeline_health.core.gate.runs import Staged, is_live, newest_staged
from pipeline_health.core.gate.words import short
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.questions import Contains
from pipeline_health.core.model.railway import Deployment, Service
from pipeline_health.core.model.readings import Seen, Unrecognised
from pipeline_health.core.model.verdict import CriterionState, ServedNow
from pipeline_health.core.observe import commit_of, descends
from pipeline_health.core.serving import served_by
from pipeline_health.core.watched import deploy_trace
from pipeline_health.frozen import dataclass

APPEARS_WITHIN = timedelta(minutes=20)
"""Railway shows a deployment of a new commit some time after the push; later than this, never."""
RUNS_WITHIN = timedelta(minutes=5)
"""How long a deployment that succeeded may be missing among those that run."""
_STATES: Mapping[DeployState, CriterionState] = {
    DeployState.FAILED: CriterionState.FAIL,
    DeployState.IN_FLIGHT: CriterionState.PENDING,
    DeployState.ATTENTION: CriterionState.PENDING,
    DeployState.UNKNOWN: CriterionState.UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What one service says of the commit. *says* is a sentence without its full stop.

    *since* is when it was proved, *made* when the deployment of the commit was made, *newer* the
    commit that is served instead and contains the asked one, *asks* what would let more be said,
    *hint* what to do about it.
    """

    state: CriterionState
    says: str
    served: tuple[ServedNow, ...] = ()
    since: datetime | None = None
    made: datetime | None = None
    newer: Sha | None = None
    asks: Contains | None = None
    url: str | None = None
    hint: str = ""


def word_of(matter: Matter, service: Service) -> Word:
    """Say whether *service* is proved to serve the commit, and is not being deployed once more."""
    served = served_by(service)
    word = _word_of(matter, service, served)
    if word.state is not CriterionState.PASS:
        return word
    coming = nameless(service, since=served[0].created_at)
    return word if coming is None else _to_come(matter, service, coming, word)


def _word_of(matter: Matter, service: Service, served: tuple[Deployment, ...]) -> Word:
    found = tuple(
        ServedNow(service=service.name, deployment=one.id, commit=_commit(matter, one))
        for one in served
    )
    if any(isinstance(one.status, Unrecognised) for one in service.serving):
        says = f"service {service.name} runs a deployment in a state that we do not know"
        return Word(state=CriterionState.UNKNOWN, says=says, served=found)
    commits = {one.commit for one in found}
    if len(commits) > 1:
        says = f"service {service.name} is changing over between two deployments"
        return Word(state=CriterionState.PENDING, says=says, served=found)
    at_commit = _at_commit(matter, service)
    newest = next((one for one in at_commit if not is_watched_path_skip(one)), None)
    if newest is not None:
        return _by_newest(matter, service, newest, found)
    if commits == {matter.commit}:  # told by the staging job and the live URL
        return _served_word(matter, service, served[0], found)
    if at_commit:
        return _by_skip(matter, service, served, found)
    return _never_seen(matter, service, found)


def _to_come(matter: Matter, service: Service, coming: Deployment, word: Word) -> Word:
    """Wait for *coming*: as soon as it tells its commit, *word* may be another."""
    state, why = judge_deployment(coming, cron=service.cron)
    return Word(
        state=_STATES[state],
        says=f"service {service.name} {why}, and Railway does not tell yet at which commit",
        served=word.served,
        url=_page(matter, service, coming),
        hint=steps.about(matter, coming, state),
    )


# -- which commit ----------------------------------------------------------------------------


def _at_commit(matter: Matter, service: Service) -> tuple[Deployment, ...]:
    """Give the deployments of the commit, newest first; what was removed proves nothing."""
    return tuple(
        one
        for one in service.deployments
        if commit_of(matter.view, one) == matter.commit and not is_removed(one)
    )


def _commit(matter: Matter, deployment: Deployment) -> Sha | None:
    """Give the commit of *deployment*, also where only the job that made it tells."""
    named = commit_of(matter.view, deployment)
    if named is not None or deployment.commit is not None:
        return named
    return matter.commit if _made_by_job(matter, deployment) else None


def _made_by_job(matter: Matter, deployment: Deployment) -> bool:
    """Tell whether the commit's own staging job made *deployment*, and the live URL confirms it."""
    job = newest_staged(matter)
    if not isinstance(job, Staged) or job.state is not DeployState.HEALTHY or not is_live(matter):
        return False
    if job.began is None or job.ended is None:
        return False
    return job.began <= deployment.created_at <= job.ended


# -- what it says ----------------------------------------------------------------------------


def _by_newest(
    matter: Matter, service: Service, newest: Deployment, found: tuple[ServedNow, ...]
) -> Word:
    """Judge by the newest deployment of the commit, whatever an older one said."""
    state, why = judge_deployment(newest, cron=service.cron)
    if state is not DeployState.HEALTHY:
        says = f"service {service.name} {why} at {short(matter.commit)}"
        url = _page(matter, service, newest)
        hint = steps.about(matter, newest, state)
        word = Word(state=_STATES[state], says=says, served=found, url=url, hint=hint)
        return _or_newer(matter, word)
    if any(one.commit == matter.commit for one in found):
        return _served_word(matter, service, newest, found)
    if not found:
        young = matter.now - newest.changed_at <= RUNS_WITHIN
        says = f"service {service.name} is deployed at {short(matter.commit)}, but does not run"
        return Word(state=CriterionState.PENDING if young else CriterionState.FAIL, says=says)
    return _other(matter, service, found)


def _served_word(
    matter: Matter, service: Service, deployment: Deployment, found: tuple[ServedNow, ...]
) -> Word:
    says = f"service {service.name} serves {short(matter.commit)}"
    return Word(
        state=CriterionState.PASS,
        says=says,
        served=found,
        since=deployment.changed_at,
        made=deployment.created_at,
        url=_page(matter, service, deployment),
    )


def _page(matter: Matter, service: Service, deployment: Deployment) -> str:
    """Give Railway's page of *deployment*."""
    staging = matter.facts.staging
    assert isinstance(staging, Seen), "its services were seen"  # noqa: S101
    return deploy_trace(matter.view, staging.value, service, deployment).url


def _other(matter: Matter, service: Service, found: tuple[ServedNow, ...]) -> Word:
    """Say that something else is served, and whether that contains the commit."""
    commit = found[0].commit
    if commit is None:
        says = f"service {service.name} serves a deployment whose commit nobody knows"
        hint = steps.about_a_nameless_one(matter, service.name)
        return Word(state=CriterionState.UNKNOWN, says=says, served=found, hint=hint)
    says = f"staging serves {short(commit)}, not {short(matter.commit)}, as service {service.name}"
    return _or_newer(matter, Word(state=CriterionState.FAIL, says=says, served=found))


def _or_newer(matter: Matter, word: Word) -> Word:
    """Give *word*, superseded where what is served contains the commit."""
    for one in word.served:
        if one.commit is None or one.commit == matter.commit:
            continue
        answer = descends(matter.view, newer=one.commit, older=matter.commit)
        if answer is True:
            says = (
                f"staging serves {short(one.commit)}, which contains {short(matter.commit)},"
                f" as service {one.service}"
            )
            return Word(state=CriterionState.FAIL, says=says, served=word.served, newer=one.commit)
        if isinstance(answer, Contains):
            return replace(word, asks=answer)
    return word


def _by_skip(
    matter: Matter,
    service: Service,
    served: tuple[Deployment, ...],
    found: tuple[ServedNow, ...],
) -> Word:
    """Judge a service that the commit does not touch: what it serves must be all that it lacks."""
    if not found or found[0].commit is None:
        says = f"service {service.name} skipped the commit, and nobody knows what it serves"
        return Word(state=CriterionState.UNKNOWN, says=says, served=found)
    base = found[0].commit
    behind = descends(matter.view, newer=matter.commit, older=base)
    if isinstance(behind, Contains):
        says = f"it is not known whether {short(base)}, which service {service.name} serves, is"
        return Word(
            state=CriterionState.UNKNOWN,
            says=f"{says} part of {short(matter.commit)}",
            served=found,
            asks=behind,
        )
    if not behind:
        return _other(matter, service, found)
    return _unskipped(matter, service, served[0], found) or Word(
        state=CriterionState.PASS,
        says=f"service {service.name} serves {short(base)}, and nothing since touches it",
        served=found,
        since=served[0].changed_at,
    )


def _unskipped(
    matter: Matter, service: Service, served: Deployment, found: tuple[ServedNow, ...]
) -> Word | None:
    """Say which deployment between what is served and the commit was not skipped, if any.

    Counted from the first deployment of what is served: one that was rolled back to is made anew,
    after what it took away.
    """
    base = found[0].commit
    began = min(one.created_at for one in (served, *_of_commit(matter, service, base)))
    for one in (one for one in service.deployments if one.created_at > began):
        commit = commit_of(matter.view, one)
        if is_watched_path_skip(one) or commit == base:
            continue
        if commit is None and one.created_at <= served.created_at:
            continue  # whatever it was, what is served has replaced it
        inside = commit is None or descends(matter.view, newer=matter.commit, older=commit)
        if inside is False:
            continue
        says = f"service {service.name} was to be deployed at {_at(commit)} since, and was not"
        if isinstance(inside, Contains):
            return Word(state=CriterionState.UNKNOWN, says=says, served=found, asks=inside)
        state = CriterionState.UNKNOWN if commit is None else CriterionState.FAIL
        return Word(state=state, says=says, served=found)
    if not service.complete and served not in service.deployments:
        says = f"what was deployed to service {service.name} since is not listed to its end"
        return Word(state=CriterionState.UNKNOWN, says=says, served=found)
    return None


def _of_commit(matter: Matter, service: Service, commit: Sha | None) -> Iterator[Deployment]:
    """Give the deployments of *commit* that were not skipped."""
    for one in service.deployments:
        if not is_watched_path_skip(one) and commit_of(matter.view, one) == commit:
            yield one


def _at(commit: Sha | None) -> str:
    return "an unknown commit" if commit is None else short(commit)


def _never_seen(matter: Matter, service: Service, found: tuple[ServedNow, ...]) -> Word:
    """Say that no deployment of the commit is listed: too early, or never."""
    if found and found[0].commit is None:
        return _other(matter, service, found)
    if not service.complete:
        says = f"the deployments of service {service.name} are not listed to their end"
        return _or_newer(matter, Word(state=CriterionState.UNKNOWN, says=says, served=found))
    sight = matter.sight
    young = sight is None or matter.now - pushed_at(sight) <= APPEARS_WITHIN
    says = f"service {service.name} has no deployment of {short(matter.commit)}"
    if found and found[0].commit is not None:
        says = f"{says}: it serves {short(found[0].commit)}"
    if young:
        return _or_newer(matter, Word(state=CriterionState.PENDING, says=says, served=found))
    hint = steps.about_one_that_never_came(service.name)
    return _or_newer(matter, Word(state=CriterionState.FAIL, says=says, served=found, hint=hint))
