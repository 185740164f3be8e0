"""The figures of a monitor: repeats, false alarms, wrong owners, and the time that it took."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from builders import MINUTE, NOW, sha
from incident_builders import incident
from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import ProjectName, RepoName, Sha
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.questions import DeployTrace, LinkTrace, RunTrace, Trace
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    DeploymentState,
    StatusState,
)
from pipeline_health.core.model.recording import (
    DeploymentTold,
    Fact,
    FiledBefore,
    Pushed,
    RecordedProject,
    Recording,
    RecordTold,
    RootCause,
    RunTold,
    SightTold,
    StatusTold,
    SuiteTold,
    UrlTold,
)
from pipeline_health.core.model.signal import Bound, Counted, Failure, Issue
from pipeline_health.core.model.urls import Place
from pipeline_health.core.signal import (
    cause_of,
    counted,
    counted_before,
    differences,
    failures_of,
    figures,
)

REPO = RepoName("acme/shop")
TOKEN = RootCause(id="token", label="a token that ended", owner=Owner.HUMAN)
LINT = RootCause(id="lint", label="58 violations", owner=Owner.AGENT)
NOTHING = RootCause(id="nothing", label="no fault", owner=None)
CAUSES = (TOKEN, LINT, NOTHING)
FAILED = CheckConclusion.FAILURE


def at(minutes: float) -> datetime:
    """Give a time so many minutes after the beginning."""
    return NOW + minutes * MINUTE


def run(
    number: int, minutes: float, *, cause: str | None = "token", bound: bool = False
) -> RunTold:
    """Give a run that failed."""
    return RunTold(
        at=at(minutes),
        repo=REPO,
        run_id=number,
        workflow="CI",
        event="push",
        sha=sha(number),
        status=CheckStatus.COMPLETED,
        conclusion=FAILED,
        created_at=at(minutes),
        cause=cause,
        bound=bound,
    )


def failure(
    *,
    commit: Sha | None = None,
    run_id: int | None = None,
    deployment: str | None = None,
    place: Place | None = None,
) -> Failure:
    """Give a failure in the repository."""
    return Failure(repo=REPO, commit=commit, run_id=run_id, deployment=deployment, place=place)


def issue(number: int, minutes: float, *failures: Failure, owner: Owner = Owner.HUMAN) -> Issue:
    """Give an issue that was filed so late and told of *failures*."""
    return Issue(
        repo=REPO,
        number=number,
        title=f"Issue {number}",
        owner=owner,
        left_with=owner,
        opened_at=at(minutes),
        failures=failures,
    )


def history(*facts: Fact) -> Recording:
    """Give a recording of *facts*."""
    return Recording(
        name="a history",
        began_at=NOW,
        ended_at=at(600),
        projects=(RecordedProject(name="shop", repo=REPO),),
        facts=facts,
        causes=CAUSES,
    )


def about(cause: str | None, number: int = 1, *owners: Owner) -> Counted:
    """Give an issue about *cause* that took five minutes."""
    return Counted(
        repo=REPO,
        number=number,
        title=None,
        cause=cause,
        groundless=False,
        owners=frozenset(owners),
        filed_at=at(number),
        took=5 * MINUTE,
        bound=Bound.EXACT,
    )


DEPLOYMENT = DeploymentTold(
    at=at(2),
    project="shop",
    environment="staging",
    service="web",
    id="d-1",
    status=RailwayStatus.FAILED,
    created_at=at(1),
    cause="token",
)
DOWN = UrlTold(at=at(2), repo=REPO, place=Place.PRODUCTION, answers=False, cause="token")
PUSHED = Pushed(at=at(2), repo=REPO, sha=sha(7), cause="token")
SUITE = SuiteTold(
    at=at(2),
    repo=REPO,
    suite_id=1,
    app="circleci",
    sha=sha(7),
    status=CheckStatus.COMPLETED,
    conclusion=FAILED,
    created_at=at(1),
    cause="token",
)
STATUS = StatusTold(
    at=at(2), repo=REPO, sha=sha(7), context="ci", state=StatusState.FAILURE, cause="token"
)
RECORD = RecordTold(
    at=at(2),
    repo=REPO,
    id=1,
    sha=sha(7),
    environment="staging",
    state=DeploymentState.FAILURE,
    created_at=at(1),
    cause="token",
)
UNREADABLE = SightTold(at=at(2), provider="github", readable=False)


@pytest.mark.parametrize(
    ("fact", "of"),
    [
        (run(4711, 2), failure(run_id=4711)),
        (DEPLOYMENT, failure(deployment="d-1")),
        (DOWN, failure(place=Place.PRODUCTION)),
        (PUSHED, failure(commit=sha(7))),
        (SUITE, failure(commit=sha(7))),
        (STATUS, failure(commit=sha(7))),
        (RECORD, failure(commit=sha(7))),
    ],
    ids=lambda given: type(given).__name__,
)
def test_an_issue_is_about_the_fact_that_its_failure_names(fact: Fact, of: Failure) -> None:
    """By the run, the deployment or the URL; else by the commit."""
    found = counted(issue(1, 7, of), history(UNREADABLE, run(9, 1, cause=None), fact))

    assert ("token", False, 5 * MINUTE) == (found.cause, found.groundless, found.took)


@pytest.mark.parametrize(
    ("fact", "of"),
    [
        (run(4711, 2), failure(run_id=4712)),
        (replace(run(4711, 2), repo=RepoName("acme/film")), failure(run_id=4711)),
        (run(4711, 8), failure(run_id=4711)),
        (run(7, 2), failure(commit=sha(7))),
        (replace(DOWN, answers=True), failure(place=Place.PRODUCTION)),
        (DOWN, failure(place=Place.STAGING)),
        (replace(PUSHED, cause=None), failure(commit=sha(7))),
        (replace(PUSHED, repo=RepoName("acme/film")), failure(commit=sha(7))),
        (UNREADABLE, failure()),
    ],
)
def test_an_issue_is_about_nothing_that_another_fact_tells(fact: Fact, of: Failure) -> None:
    """Another run, another repository, another URL, a later time, or no failure at all."""
    found = counted(issue(1, 7, of), history(fact))

    assert (None, True, None) == (found.cause, found.groundless, found.took)


def test_time_runs_from_the_earliest_failure_that_the_issue_told_of() -> None:
    """And of what is told twice of one run, the last word counts."""
    facts = (run(1, 1), run(1, 2), run(2, 3, cause="lint"))

    found = counted(issue(1, 7, failure(run_id=2), failure(run_id=1)), history(*facts))

    assert ("token", 5 * MINUTE, Bound.EXACT) == (found.cause, found.took, found.bound)


def test_from_a_failure_that_is_a_bound_it_took_at_least_so_long() -> None:
    """It may have failed earlier."""
    found = counted(issue(1, 7, failure(run_id=1)), history(run(1, 2, bound=True)))

    assert (5 * MINUTE, Bound.AT_LEAST) == (found.took, found.bound)


def before(*, filed: float | None, failed: float | None, bound: bool = False) -> FiledBefore:
    """Give an issue of the monitor of that time."""
    return FiledBefore(
        repo=REPO,
        number=1,
        title=None,
        cause="token",
        filed_at=None if filed is None else at(filed),
        failed_at=None if failed is None else at(failed),
        given_to=Owner.AGENT,
        bound=bound,
    )


@pytest.mark.parametrize(
    ("filed", "took", "bound"),
    [
        (before(filed=30, failed=4), 26 * MINUTE, Bound.EXACT),
        (before(filed=30, failed=4, bound=True), 26 * MINUTE, Bound.AT_MOST),
        (before(filed=None, failed=4), None, Bound.EXACT),
        (before(filed=30, failed=None), None, Bound.EXACT),
    ],
)
def test_an_issue_of_that_time_took_as_long_as_is_recorded(
    filed: FiledBefore, took: timedelta | None, bound: Bound
) -> None:
    """By when it was filed makes the length an upper bound; without both times there is none."""
    found = counted_before(filed)

    assert (took, bound, "token") == (found.took, found.bound, found.cause)
    assert (frozenset({Owner.AGENT}), None) == (found.owners, found.comments)
    assert frozenset() == counted_before(replace(filed, given_to=None)).owners


def test_issues_beyond_the_first_repeat_it() -> None:
    """Cause by cause."""
    found = figures([about("token", 3), about("token", 2), about("lint", 1)], CAUSES)

    assert (3, 2, 1, 0) == (found.issues, found.root_causes, found.repeats, found.false_alarms)
    token, lint, nothing = found.causes
    assert ([2, 3], 1) == ([one.number for one in token.issues], token.repeats)
    assert ([1], 0) == ([one.number for one in lint.issues], lint.repeats)
    assert ((), 0, 0) == (nothing.issues, nothing.repeats, nothing.false_alarms)


def test_what_nobody_had_to_mend_is_a_false_alarm() -> None:
    """So is what is about no recorded failure; it repeats nothing, and its time counts not."""
    stray = replace(about(None, 3), groundless=True, took=None)

    found = figures([about("nothing", 1), about("nothing", 2), stray], CAUSES)

    assert (0, 0, 3) == (found.root_causes, found.repeats, found.false_alarms)
    assert ((stray,), (), None, None) == (
        found.groundless,
        found.unattributed,
        found.median,
        found.longest,
    )


def test_where_no_cause_is_known_nothing_is_called_false() -> None:
    """The times count all the same."""
    stray = replace(about(None), groundless=True)

    found = figures([stray], ())

    assert (None, (), (stray,), 5 * MINUTE) == (
        found.false_alarms,
        found.groundless,
        found.unattributed,
        found.median,
    )


def test_where_no_cause_is_known_nobody_can_tell_repeats_from_news() -> None:
    """That is no zero."""
    found = figures([about(None)], ())

    assert (None, None, None) == (found.root_causes, found.repeats, found.wrong_owner)


def test_a_cause_that_is_not_recorded_makes_an_issue_neither_false_nor_a_repeat() -> None:
    """Nobody knows."""
    found = figures([about(None, 1), about("another", 2)], CAUSES)

    assert (2, 0, 0) == (len(found.unattributed), found.repeats, found.false_alarms)


@pytest.mark.parametrize(
    ("cause", "owners", "wrong"),
    [
        ("token", (Owner.HUMAN,), 0),
        ("token", (Owner.AGENT,), 1),
        ("token", (Owner.AGENT, Owner.HUMAN), 1),
        ("token", (), 0),
        ("lint", (Owner.HUMAN,), 1),
        ("nothing", (Owner.AGENT,), 0),
    ],
)
def test_an_owner_is_wrong_who_could_not_mend_it(
    cause: str, owners: tuple[Owner, ...], wrong: int
) -> None:
    """First or last; who had it is not always recorded, and nobody is right where nothing was."""
    assert wrong == figures([about(cause, 1, *owners)], CAUSES).wrong_owner


def test_the_median_is_a_time_that_happened() -> None:
    """The lower one of two in the middle; bounds are counted."""
    took = [4 * MINUTE, 1 * MINUTE, 2 * MINUTE, 3 * MINUTE]
    issues = [replace(about("token", n), took=length) for n, length in enumerate(took)]
    issues[0] = replace(issues[0], bound=Bound.AT_LEAST)
    issues[1] = replace(issues[1], bound=Bound.AT_MOST)

    found = figures([*issues, replace(about("token", 9), took=None, bound=Bound.AT_MOST)], CAUSES)

    assert (2 * MINUTE, 4 * MINUTE) == (found.median, found.longest)
    assert (4, 1, 1) == (len(found.took), found.at_least, found.at_most)


def test_what_is_not_recorded_of_comments_is_no_zero() -> None:
    """An issue of ours counts its own."""
    ours = counted(replace(issue(1, 7), comments=2, reopened=1, moved=1), history())
    found = figures([ours], CAUSES)

    assert (2, 1, 1) == (found.comments, found.reopened, found.moved)
    assert figures([ours, about("token")], CAUSES).comments is None


def test_issues_without_a_time_come_last() -> None:
    """The first of a cause is the one that was filed first."""
    timeless = replace(about("token", 1), filed_at=None)

    (token, *_) = figures([timeless, about("token", 2)], CAUSES).causes

    assert (about("token", 2), timeless) == token.issues


SYMPTOM = Symptom(kind=Kind.MAIN_CI_RED, scope=Scope("here"), subject=Subject(Thing.WORKFLOW, "CI"))
DOWN_SYMPTOM = replace(SYMPTOM, kind=Kind.PRODUCTION_UNREACHABLE)
RUN = RunTrace(repo=REPO, run_id=4711, updated_at=NOW, url="")
DEPLOY = DeployTrace(project=ProjectName("shop"), deployment_id="d-1", changed_at=NOW, url="")


@pytest.mark.parametrize(
    ("trace", "symptom", "of"),
    [
        (RUN, SYMPTOM, failure(commit=sha(1), run_id=4711)),
        (DEPLOY, SYMPTOM, failure(commit=sha(1), deployment="d-1")),
        (LinkTrace(url=""), SYMPTOM, failure(commit=sha(1))),
        (LinkTrace(url=""), DOWN_SYMPTOM, failure(commit=sha(1), place=Place.PRODUCTION)),
    ],
)
def test_an_incident_tells_of_what_its_traces_name(
    trace: Trace, symptom: Symptom, of: Failure
) -> None:
    """Symptom by symptom."""
    (ailment, *_) = incident().ailments
    ill = replace(ailment, trace=trace, symptom=symptom, commit=sha(1))

    assert (of,) == failures_of(replace(incident(), ailments=(ill,)))


def test_that_a_provider_could_not_be_read_has_no_cause() -> None:
    """Every other fact may have one."""
    assert (None, "token") == (cause_of(UNREADABLE), cause_of(PUSHED))


def test_two_replays_that_agree_differ_in_nothing() -> None:
    """Whatever the numbers of their issues."""
    assert [] == list(differences([issue(1, 7)], [replace(issue(1, 7), number=4)]))


def test_two_replays_differ_issue_by_issue() -> None:
    """What only one of them filed, and what became of what both did."""
    other = replace(
        issue(1, 8, owner=Owner.AGENT), closed_at=at(60), left_with=None, comments=1, moved=1
    )

    changed, gone, new = differences([issue(1, 7), issue(2, 7)], [other, issue(3, 7)])

    assert (issue(1, 7), other) == (changed.before, changed.after)
    assert (
        "owner: human, then agent",
        "left with: human, then nobody",
        "filed at: 2026-03-02 12:07:00 UTC, then 2026-03-02 12:08:00 UTC",
        "closed at: never, then 2026-03-02 13:00:00 UTC",
        "comments: 0, then 1",
        "handed over: 0, then 1",
    ) == changed.says
    assert (issue(2, 7), None) == (gone.before, gone.after)
    assert (None, issue(3, 7)) == (new.before, new.after)
