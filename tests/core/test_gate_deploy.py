"""Criterion `staging-deploy`: the commit is deployed to staging, and is what staging serves now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import (
    GRANDPARENT,
    HEAD,
    NOW,
    PARENT,
    REPO,
    a_deployment,
    a_service,
    ago,
    blind,
    github,
    seen,
    sha,
)
from gate_matters import (
    a_matter,
    criterion,
    later,
    served,
    verdict,
    with_answers,
    with_facts,
    with_policy,
    with_services,
    with_sight,
    with_view,
)
from pipeline_health.core.gate import questions, served_deployments
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.questions import Contains, Relation
from pipeline_health.core.model.railway import Deployment, RailwayStatus
from pipeline_health.core.model.readings import NotAsked, Unrecognised
from pipeline_health.core.model.verdict import Answer, Criterion, CriterionName, CriterionState

SKIP = "No changes to watched files"
NEWER = sha(101)
HISTORY = (NEWER, HEAD, PARENT, GRANDPARENT)


def staging(matter: Matter) -> Criterion:
    """Give how the deployment stands; nothing but a pass may promote."""
    found = criterion(matter, CriterionName.STAGING_DEPLOY)
    if found.state is not CriterionState.PASS:
        assert verdict(matter).answer is not Answer.PROMOTE
    return found


def a_skip(*, commit: Sha = HEAD, name: str = "skip", minutes: float = 10) -> Deployment:
    """Give a commit that touches nothing of the service."""
    skipped = a_deployment(
        RailwayStatus.SKIPPED, name=name, skipped_reason=SKIP, changed_at=ago(minutes=minutes)
    )
    return replace(skipped, commit=commit)


def after(matter: Matter, *history: Sha) -> Matter:
    """Let the branch have this history, newest first."""
    read = github()
    branch = replace(read.branch.value, history=tuple(history))  # type: ignore[union-attr]
    return with_view(matter, github=replace(read, branch=seen(branch)))


def test_a_service_that_serves_the_commit_is_proved() -> None:
    """Its newest deployment of the commit works, and is the active one."""
    found = staging(a_matter())
    assert (found.state, found.says) == (CriterionState.PASS, "service web serves 0000064")


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (RailwayStatus.FAILED, CriterionState.FAIL),
        (RailwayStatus.CRASHED, CriterionState.FAIL),
        (RailwayStatus.SKIPPED, CriterionState.FAIL),
        (RailwayStatus.BUILDING, CriterionState.PENDING),
        (RailwayStatus.WAITING, CriterionState.PENDING),
        (RailwayStatus.NEEDS_APPROVAL, CriterionState.PENDING),
        (Unrecognised("HIBERNATING"), CriterionState.UNKNOWN),
    ],
)
def test_what_became_of_the_newest_deployment_of_the_commit_decides(
    status: RailwayStatus | Unrecognised, state: CriterionState
) -> None:
    """Also where an earlier one of the same commit worked: it crashed since, or is made anew."""
    older = a_deployment(name="d0", changed_at=ago(hours=1))
    newest = a_deployment(status, name="d1")
    assert staging(with_services(a_matter(), served(newest, older))).state is state


def test_a_redeploy_of_the_commit_that_failed_blocks_though_the_old_one_serves() -> None:
    """With the variables of today the commit does not come up any more."""
    older = a_deployment(name="d0", changed_at=ago(hours=1))
    failed = a_deployment(RailwayStatus.FAILED, name="d1")
    service = replace(served(failed, older), serving=(older,))
    assert staging(with_services(a_matter(), service)).state is CriterionState.FAIL


def test_a_crash_after_success_blocks() -> None:
    """The same deployment changes its state, minutes or days later."""
    crashed = a_deployment(RailwayStatus.CRASHED)
    service = a_service(crashed)
    assert staging(with_services(a_matter(), service)).state is not CriterionState.PASS


def test_a_redeploy_of_an_old_commit_takes_the_new_one_away() -> None:
    """What is served counts, not what was deployed once."""
    current = a_deployment(name="d1", changed_at=ago(minutes=40))
    redeploy = a_deployment(name="d2", commit=PARENT, changed_at=ago(minutes=5))
    found = staging(with_services(a_matter(), served(redeploy, current)))
    assert found.state is CriterionState.FAIL
    assert "staging serves 0000063, not 0000064" in found.says


def test_a_deployment_of_another_repository_is_no_proof() -> None:
    """A fork may hold the very same commit."""
    foreign = replace(a_deployment(), repo=RepoName("mallory/shop"))
    assert staging(with_services(a_matter(), served(foreign))).state is CriterionState.UNKNOWN


def test_a_removed_deployment_is_never_a_proof() -> None:
    """It was superseded, aborted or never built."""
    removed = a_deployment(RailwayStatus.REMOVED)
    assert staging(with_services(a_matter(), served(removed))).state is CriterionState.FAIL


def test_a_commit_that_was_never_deployed_is_refused_when_it_is_old() -> None:
    """At first Railway may only be late."""
    matter = with_services(a_matter(), served(a_deployment(commit=PARENT)))
    assert staging(matter).state is CriterionState.FAIL
    young = with_sight(matter, committed_at=NOW, checks=blind())
    assert staging(young).state is CriterionState.PENDING


def test_a_service_that_was_never_deployed_is_not_proved() -> None:
    """Built from this repository, and nothing of it in staging."""
    never = replace(a_service(), repo=REPO)
    found = staging(with_services(a_matter(), never))
    assert (found.state, "has no deployment of" in found.says) == (CriterionState.FAIL, True)


def test_a_list_that_was_not_read_to_its_end_proves_no_absence() -> None:
    """The deployment may be on a further page."""
    cut = served(a_deployment(commit=PARENT), complete=False)
    assert staging(with_services(a_matter(), cut)).state is CriterionState.UNKNOWN


def test_a_stopped_service_does_not_serve() -> None:
    """It exited by itself: fine for a cron job, and a failure for everything else."""
    stopped = a_deployment(stopped=True)
    assert staging(with_services(a_matter(), served(stopped))).state is CriterionState.FAIL
    cron = served(stopped, cron=True)
    assert staging(with_services(a_matter(), cron)).state is CriterionState.PASS
    between = replace(cron, serving=())
    matter = with_services(a_matter(), between)
    assert staging(matter).state is CriterionState.PASS
    assert served_deployments(matter) == {"d1"}


def test_a_service_that_sleeps_is_served() -> None:
    """It had succeeded, and wakes when it is asked; a failure of another commit changes nothing."""
    sleeping = a_deployment(RailwayStatus.SLEEPING)
    failed = a_deployment(RailwayStatus.FAILED, name="d2", commit=NEWER, changed_at=ago(minutes=1))
    service = replace(served(failed, sleeping), serving=())
    assert staging(with_services(a_matter(), service)).state is CriterionState.PASS


def test_what_succeeded_and_is_not_active_does_not_run() -> None:
    """For some minutes Railway may only be late."""
    idle = replace(served(a_deployment()), serving=())
    matter = with_services(a_matter(), idle)
    assert staging(matter).state is CriterionState.FAIL
    fresh = replace(served(a_deployment(changed_at=ago(minutes=1))), serving=())
    assert staging(with_services(a_matter(), fresh)).state is CriterionState.PENDING


def test_two_active_deployments_are_waited_for() -> None:
    """While one takes over from the other nobody can say which one answers."""
    both = (a_deployment(name="d2"), a_deployment(name="d1", commit=PARENT))
    service = replace(served(*both), serving=both)
    assert staging(with_services(a_matter(), service)).state is CriterionState.PENDING


def test_a_failed_deployment_of_a_newer_commit_changes_nothing() -> None:
    """The commit is still what staging serves, and was proved there."""
    failed = a_deployment(RailwayStatus.FAILED, name="d2", commit=NEWER)
    service = replace(served(failed, a_deployment()), serving=(a_deployment(),))
    assert staging(with_services(a_matter(), service)).state is CriterionState.PASS


# -- several services ------------------------------------------------------------------------


def test_every_service_of_the_repository_must_be_proved() -> None:
    """One that is left behind blocks."""
    web = served(a_deployment())
    worker = served(a_deployment(name="w", commit=PARENT), name="worker")
    found = staging(with_services(a_matter(), web, worker))
    assert (found.state, "worker" in found.says) == (CriterionState.FAIL, True)
    both = served(a_deployment(name="w"), name="worker")
    assert "all 2 services" in staging(with_services(a_matter(), web, both)).says


def test_a_database_and_an_image_of_others_have_no_commit_to_prove() -> None:
    """They would block for ever."""
    postgres = replace(a_service(a_deployment(name="p"), name="Postgres"), repo=None)
    image = replace(
        postgres, deployments=(replace(a_deployment(name="p"), repo=None, commit=None),)
    )
    assert staging(with_services(a_matter(), served(a_deployment()), image)).state is (
        CriterionState.PASS
    )


def test_where_no_service_is_of_this_repository_nothing_is_proved() -> None:
    """At least one must be."""
    database = replace(a_service(name="Postgres"), repo=None)
    found = staging(with_services(a_matter(), database))
    assert (found.state, "services" in found.next) == (CriterionState.FAIL, True)


def test_the_services_that_the_operator_names_must_be_there() -> None:
    """A name that is wrong is told, and never passed over."""
    matter = with_policy(a_matter(), services=("web", "wrker"))
    found = staging(matter)
    assert (found.state, found.says) == (CriterionState.FAIL, "staging has no service wrker")
    assert staging(with_policy(a_matter(), services=("web",))).state is CriterionState.PASS


def test_a_named_service_whose_commit_nobody_knows_is_unknown() -> None:
    """`railway up` and an image without the commit in its tag prove nothing."""
    unnamed = replace(a_deployment(), commit=None, repo=None)
    matter = with_policy(
        with_services(a_matter(), replace(served(unnamed), repo=None)), services=("web",)
    )
    found = staging(matter)
    assert (found.state, "nobody knows" in found.says) == (CriterionState.UNKNOWN, True)


@pytest.mark.parametrize(
    ("deployment", "words"),
    [
        (a_deployment(RailwayStatus.FAILED), "see its deployment and logs"),
        (a_deployment(RailwayStatus.SKIPPED), "deploy it at this commit in Railway"),
        (
            a_deployment(RailwayStatus.SKIPPED, skipped_reason="CI check suite failed"),
            "mend CI, then deploy it at this commit",
        ),
        (a_deployment(RailwayStatus.NEEDS_APPROVAL), "approve it in Railway; then pipeline-health"),
        (a_deployment(RailwayStatus.WAITING, changed_at=ago(minutes=29)), "pipeline-health"),
        (a_deployment(RailwayStatus.WAITING, changed_at=ago(minutes=31)), "it may hang"),
        (a_deployment(Unrecognised("HIBERNATING")), "pipeline-health"),
        (replace(a_deployment(), commit=None, repo=None), "deploy web from the repository"),
        (a_deployment(commit=PARENT), "deploy web to staging at this commit"),
    ],
)
def test_who_is_refused_is_told_what_to_do(deployment: Deployment, words: str) -> None:
    """To ask again is no advice where the answer would be the same for ever."""
    told = staging(with_services(a_matter(), served(deployment)))
    assert told.next.startswith(words)


# -- watched paths ---------------------------------------------------------------------------


def skipped(*between: Deployment, base: Sha = GRANDPARENT) -> Matter:
    """Give a commit that the service skipped, and what happened since the one that it serves."""
    serving = replace(a_deployment(name="d1", changed_at=ago(hours=2)), commit=base)
    line = (a_skip(), *between, serving)
    service = replace(served(*line), serving=(serving,))
    return with_services(a_matter(), service)


def test_a_service_that_the_commit_does_not_touch_is_proved_by_what_it_serves() -> None:
    """What it serves is a success of an ancestor, and all since then was skipped likewise."""
    found = staging(skipped(a_skip(commit=PARENT, name="s2", minutes=60)))
    assert (found.state, "nothing since touches it" in found.says) == (CriterionState.PASS, True)


@pytest.mark.parametrize("status", [RailwayStatus.FAILED, RailwayStatus.REMOVED])
def test_a_commit_in_between_that_was_not_skipped_is_missing(status: RailwayStatus) -> None:
    """The service lacks what the commit contains."""
    lost = a_deployment(status, name="x", commit=PARENT, changed_at=ago(hours=1))
    assert staging(skipped(lost)).state is CriterionState.FAIL


def test_a_deployment_in_between_of_an_unknown_commit_is_unknown() -> None:
    """It may hold anything."""
    lost = replace(
        a_deployment(RailwayStatus.FAILED, name="x", changed_at=ago(hours=1)), commit=None
    )
    assert staging(skipped(lost)).state is CriterionState.UNKNOWN


def test_a_failed_deployment_of_a_later_commit_is_another_matter() -> None:
    """What came after the commit says nothing of it."""
    other = a_deployment(RailwayStatus.FAILED, name="x", commit=NEWER, changed_at=ago(minutes=5))
    assert staging(after(skipped(other), *HISTORY)).state is CriterionState.PASS


def test_a_skip_over_something_that_is_no_ancestor_proves_nothing() -> None:
    """What was forced off the branch is not part of the commit."""
    matter, stray = skipped(base=sha(7)), Contains(repo=REPO, newer=HEAD, older=sha(7))
    assert staging(matter).state is CriterionState.UNKNOWN
    assert stray in set(questions(matter))
    told = with_answers(matter, contains={stray: seen(Relation.DIVERGED)})
    assert staging(told).state is CriterionState.FAIL
    told = with_answers(matter, contains={stray: seen(Relation.AHEAD)})
    assert staging(told).state is CriterionState.PASS
    told = with_answers(matter, contains={stray: blind()})
    assert staging(told).state is CriterionState.UNKNOWN


def test_the_ancestry_of_what_is_in_between_is_asked_for() -> None:
    """Until it is known whether the commit contains it, nothing is known."""
    lost = a_deployment(RailwayStatus.FAILED, name="x", commit=sha(7), changed_at=ago(hours=1))
    matter = skipped(lost)
    assert staging(matter).state is CriterionState.UNKNOWN
    assert Contains(repo=REPO, newer=HEAD, older=sha(7)) in set(questions(matter))


def test_a_skip_over_an_unknown_commit_proves_nothing() -> None:
    """Nor one over nothing at all."""
    unknown = replace(a_deployment(name="d1", changed_at=ago(hours=2)), commit=None)
    service = replace(served(a_skip(), unknown), serving=(unknown,))
    assert staging(with_services(a_matter(), service)).state is CriterionState.UNKNOWN
    nothing = replace(served(a_skip()), serving=())
    assert staging(with_services(a_matter(), nothing)).state is CriterionState.UNKNOWN


def test_a_skip_whose_base_is_beyond_the_list_is_unknown() -> None:
    """What lies between is not known."""
    serving = a_deployment(name="d1", commit=GRANDPARENT, changed_at=ago(hours=2))
    service = replace(served(a_skip(), complete=False), serving=(serving,))
    assert staging(with_services(a_matter(), service)).state is CriterionState.UNKNOWN


def test_a_skip_after_which_a_newer_commit_was_deployed_is_superseded() -> None:
    """Staging has moved on, whatever the commit touched."""
    newer = a_deployment(name="d2", commit=NEWER, changed_at=ago(minutes=1))
    matter = after(with_services(a_matter(), served(newer, a_skip())), *HISTORY)
    assert verdict(matter).superseded_by == NEWER


# -- superseded ------------------------------------------------------------------------------


def test_staging_that_serves_a_newer_commit_supersedes_this_one() -> None:
    """The reason says so, and the next command asks about the commit that is served."""
    newer = a_deployment(name="d2", commit=NEWER, changed_at=ago(minutes=1))
    matter = after(with_services(a_matter(), served(newer, a_deployment())), *HISTORY)
    told = verdict(matter)
    assert (told.answer, told.final, told.superseded_by) == (Answer.BLOCK, True, NEWER)
    assert told.reason.startswith("superseded: staging serves ")
    assert told.next == f"pipeline-health promotion-check shop --commit {NEWER}"


def test_superseded_wins_over_every_other_reason() -> None:
    """It files nothing: what failed at this commit is old news."""
    newer = a_deployment(name="d2", commit=NEWER, changed_at=ago(minutes=1))
    failed = a_deployment(RailwayStatus.FAILED)
    matter = after(with_services(a_matter(), served(newer, failed)), *HISTORY)
    told = verdict(with_facts(matter, incidents=blind()))
    assert told.reason.startswith("superseded: ")


def test_the_ancestry_of_what_is_served_is_asked_for() -> None:
    """Until then it is not what was asked about, and that is all."""
    other = a_deployment(name="d2", commit=sha(7), changed_at=ago(minutes=1))
    matter = with_services(a_matter(), served(other, a_deployment()))
    question = Contains(repo=REPO, newer=sha(7), older=HEAD)
    assert question in set(questions(matter))
    assert verdict(matter).superseded_by is None
    told = with_answers(matter, contains={question: seen(Relation.AHEAD)})
    assert verdict(told).superseded_by == sha(7)


# -- not seen --------------------------------------------------------------------------------


def test_a_railway_that_could_not_be_read_is_unknown() -> None:
    """Not seeing is not health."""
    assert staging(with_facts(a_matter(), staging=blind())).state is CriterionState.UNKNOWN


def test_a_railway_that_was_not_asked_is_unknown() -> None:
    """Where the configuration names a project it must be seen."""
    nothing = with_facts(a_matter(), staging=NotAsked("nobody asked"))
    assert staging(nothing).state is CriterionState.UNKNOWN


def test_a_commit_that_is_not_known_yet_is_waited_for() -> None:
    """Without its age, what is not deployed may still come."""
    matter = with_services(a_matter(), served(a_deployment(commit=PARENT)))
    assert staging(with_facts(matter, commit=blind())).state is CriterionState.PENDING


def test_old_evidence_is_none() -> None:
    """What was seen longer ago than `max_age` proves nothing any more."""
    old = later(a_matter(), timedelta(minutes=11))
    assert staging(old).state is CriterionState.UNKNOWN
    assert staging(later(a_matter(), timedelta(minutes=9))).state is CriterionState.PASS
