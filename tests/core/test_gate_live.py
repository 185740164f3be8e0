"""Criteria `staging-reachable`, `smoke` and `e2e`: what the live staging URL shows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import HEAD, NOW, PARENT, a_deployment, a_suite, ago, blind, checks, seen
from gate_matters import (
    Change,
    a_matter,
    a_tested,
    criterion,
    served,
    verdict,
    waiving,
    with_facts,
    with_gate,
    with_policy,
    with_services,
    with_sight,
    with_tests,
    with_version,
)
from pipeline_health.core.gate import is_ready, judge
from pipeline_health.core.model.gate_policy import SmokeCheck, Waivable
from pipeline_health.core.model.live import Served
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.verdict import Answer, Criterion, CriterionName, CriterionState

LIVE = (CriterionName.STAGING_REACHABLE, CriterionName.SMOKE, CriterionName.E2E)


def found(matter: Matter, name: CriterionName) -> Criterion:
    """Give how a criterion stands; nothing but a pass or a waiver may promote."""
    one = criterion(matter, name)
    if one.state not in (CriterionState.PASS, CriterionState.WAIVED):
        assert verdict(matter).answer is not Answer.PROMOTE
    return one


# -- reachable -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passed", "state"),
    [(True, CriterionState.PASS), (False, CriterionState.FAIL), (None, CriterionState.UNKNOWN)],
)
def test_staging_must_answer(passed: bool | None, state: CriterionState) -> None:  # noqa: FBT001
    """Unreachable blocks; what could not be asked is unknown."""
    matter = with_tests(a_matter(), reach=a_tested("the live URL", passed=passed))
    assert found(matter, CriterionName.STAGING_REACHABLE).state is state


def test_a_url_is_never_guessed() -> None:
    """Without one nothing is proved."""
    matter = with_policy(a_matter(), staging_url=None)
    one = found(matter, CriterionName.STAGING_REACHABLE)
    assert (one.state, "staging_url" in one.next) == (CriterionState.FAIL, True)


def test_what_was_not_asked_is_unknown() -> None:
    """No test is no proof."""
    matter = with_tests(a_matter(), reach=None)
    assert found(matter, CriterionName.STAGING_REACHABLE).state is CriterionState.UNKNOWN


@pytest.mark.parametrize(
    ("before", "after", "state"),
    [
        (HEAD, HEAD, CriterionState.PASS),
        (PARENT, HEAD, CriterionState.FAIL),
        (HEAD, PARENT, CriterionState.FAIL),
        (None, HEAD, CriterionState.FAIL),
    ],
)
def test_the_live_url_must_serve_the_commit_before_and_after(
    before: str | None, after: str | None, state: CriterionState
) -> None:
    """Where `version` is configured; else it is one criterion less."""
    matter = with_version(a_matter(), before, after)  # type: ignore[arg-type]
    assert found(matter, CriterionName.STAGING_REACHABLE).state is state


@pytest.mark.parametrize(
    ("before", "words"),
    [(PARENT, "let staging serve 0000064"), (None, "let /version answer with JSON that holds all")],
)
def test_a_version_that_is_another_says_what_to_do(before: str | None, words: str) -> None:
    """Where it tells a commit staging is to be mended, else what it tells; the page is its own."""
    one = criterion(with_version(a_matter(), before), CriterionName.STAGING_REACHABLE)  # type: ignore[arg-type]
    assert one.next.startswith(words)
    assert one.url == "https://staging.example/version"


def test_where_staging_does_not_serve_the_commit_that_is_mended_first() -> None:
    """What the URL shows follows from it."""
    elsewhere = with_services(a_matter(), served(a_deployment(commit=PARENT)))
    matter = with_tests(with_version(elsewhere, PARENT, PARENT), smoke=(a_tested(passed=False),))
    assert {criterion(matter, name).next for name in LIVE[:2]} == {"mend staging-deploy first"}


def test_a_command_without_output_is_not_to_be_read() -> None:
    """It could not be started, for example."""
    ran = a_tested("the end-to-end command", passed=False)
    silent = criterion(with_tests(a_matter(), e2e=ran), CriterionName.E2E)
    assert "e2e in [projects.gate]" in silent.next
    told = criterion(with_tests(a_matter(), e2e=replace(ran, tail="boom")), CriterionName.E2E)
    assert "read the end of its output below" in told.next


@pytest.mark.parametrize("which", ["before", "after"])
def test_a_version_that_was_not_asked_for_is_unknown(which: str) -> None:
    """Both are needed."""
    matter = with_tests(with_version(a_matter()), **{which: None})
    assert found(matter, CriterionName.STAGING_REACHABLE).state is CriterionState.UNKNOWN


def test_the_proof_is_as_old_as_the_last_look() -> None:
    """With a version, when it was asked last."""
    matter = with_version(a_matter())
    late = Served(commit=HEAD, says="answered 200", at=NOW + timedelta(minutes=5))
    matter = with_tests(matter, after=late)
    assert criterion(matter, CriterionName.STAGING_REACHABLE).at == late.at


def a_deploy_under_way(matter: Matter) -> Matter:
    """Let staging serve the parent while the commit is being built."""
    old = a_deployment(name="d0", commit=PARENT, changed_at=ago(hours=1))
    building = a_deployment(RailwayStatus.BUILDING, name="d1")
    return with_services(matter, replace(served(building, old), serving=(old,)))


def a_railway_outage(matter: Matter) -> Matter:
    """Let nobody know what staging serves."""
    return with_facts(matter, staging=blind())


@pytest.mark.parametrize("unproved", [a_deploy_under_way, a_railway_outage])
@pytest.mark.parametrize(
    "old",
    [
        lambda matter: with_version(matter, PARENT, PARENT),
        lambda matter: with_version(matter, None, None),
        lambda matter: with_tests(matter, reach=a_tested("the live URL", passed=False)),
        lambda matter: with_tests(matter, smoke=(a_tested(passed=False),)),
    ],
)
def test_a_failure_before_the_commit_is_served_is_worth_waiting_for(
    unproved: Change, old: Change
) -> None:
    """It is a failure of the commit that is still served: `--wait` must not end by it."""
    matter = unproved(old(a_matter()))
    told = verdict(matter)
    assert (told.answer is Answer.PROMOTE, told.final) == (False, False)
    states = {one.name: one.state for one in told.criteria}
    assert CriterionState.FAIL not in states.values()
    assert CriterionState.PENDING in (states[LIVE[0]], states[LIVE[1]])


@pytest.mark.parametrize(
    ("minutes", "state"), [(1, CriterionState.PENDING), (3, CriterionState.FAIL)]
)
def test_a_deploy_of_this_minute_may_still_come_up(minutes: float, state: CriterionState) -> None:
    """The edge shows the one before for some seconds, and an application starts."""
    fresh = served(a_deployment(changed_at=ago(minutes=minutes)))
    matter = with_version(with_services(a_matter(), fresh), PARENT, PARENT)
    matter = with_tests(matter, smoke=(a_tested(passed=False),))
    assert {found(matter, name).state for name in LIVE[:2]} == {state}


# -- smoke -----------------------------------------------------------------------------------


def test_no_verification_configured_is_no_success() -> None:
    """Nothing that could fail proves nothing."""
    matter = with_tests(with_gate(a_matter(), smoke=()), smoke=())
    one = found(matter, CriterionName.SMOKE)
    assert (one.state, "smoke in [projects.gate]" in one.next) == (CriterionState.FAIL, True)


@pytest.mark.parametrize(
    ("passed", "state"), [(False, CriterionState.FAIL), (None, CriterionState.UNKNOWN)]
)
def test_every_smoke_check_must_pass(passed: bool | None, state: CriterionState) -> None:  # noqa: FBT001
    """One that failed, or could not be made, is enough."""
    both = (SmokeCheck(path="/a"), SmokeCheck(path="/b"))
    matter = with_gate(a_matter(), smoke=both)
    bad = a_tested("GET /b", passed=passed)
    one = found(with_tests(matter, smoke=(a_tested("GET /a"), bad)), CriterionName.SMOKE)
    assert (one.state, one.url) == (state, bad.url)
    assert one.says.startswith("GET /b ")


def test_a_failure_is_told_before_what_could_not_be_made() -> None:
    """It is what somebody can mend."""
    both = (SmokeCheck(path="/a"), SmokeCheck(path="/b"))
    tests = (a_tested("GET /a", passed=None), a_tested("GET /b", passed=False))
    matter = with_tests(with_gate(a_matter(), smoke=both), smoke=tests)
    assert found(matter, CriterionName.SMOKE).says.startswith("GET /b")


def test_a_check_that_was_not_made_is_missed() -> None:
    """As many results as checks, or nothing is proved."""
    both = (SmokeCheck(path="/a"), SmokeCheck(path="/b"))
    assert found(with_gate(a_matter(), smoke=both), CriterionName.SMOKE).state is (
        CriterionState.UNKNOWN
    )


def test_several_checks_are_counted() -> None:
    """And dated by the first of them."""
    both = (SmokeCheck(path="/a"), SmokeCheck(path="/b"))
    tests = (a_tested("GET /a", at=ago(minutes=3)), a_tested("GET /b"))
    matter = with_tests(with_gate(a_matter(), smoke=both), smoke=tests)
    one = criterion(matter, CriterionName.SMOKE)
    assert (one.state, one.at) == (CriterionState.PASS, ago(minutes=3))
    assert one.says == "all 2 checks passed"


# -- e2e as a command ------------------------------------------------------------------------


def test_no_end_to_end_test_configured_is_no_success() -> None:
    """`waive` is the only way to do without."""
    matter = with_gate(a_matter(), e2e=())
    one = found(matter, CriterionName.E2E)
    assert (one.state, 'waive = ["e2e"]' in one.next) == (CriterionState.FAIL, True)
    assert found(waiving(Waivable.E2E)(matter), CriterionName.E2E).state is CriterionState.WAIVED


@pytest.mark.parametrize(
    ("passed", "state"), [(False, CriterionState.FAIL), (None, CriterionState.UNKNOWN)]
)
def test_the_command_must_pass(passed: bool | None, state: CriterionState) -> None:  # noqa: FBT001
    """Its output is the evidence, of a failure only."""
    ran = replace(a_tested("the end-to-end command", passed=passed), tail="boom")
    one = found(with_tests(a_matter(), e2e=ran), CriterionName.E2E)
    assert (one.state, one.tail) == (state, "boom")
    good = replace(ran, passed=True)
    assert criterion(with_tests(a_matter(), e2e=good), CriterionName.E2E).tail == ""


def test_a_command_that_was_not_run_is_no_failure_of_its_own() -> None:
    """It says what stood in its way, and lets that decide."""
    waiting = with_tests(a_matter(), e2e=None)
    assert found(waiting, CriterionName.E2E).says == "not run yet"
    failing = with_tests(waiting, reach=a_tested("the live URL", passed=False))
    assert found(failing, CriterionName.E2E).says == "not run: another criterion failed"
    assert verdict(failing).answer is Answer.BLOCK
    unseen = with_facts(waiting, staging=blind())
    assert found(unseen, CriterionName.E2E).state is CriterionState.UNKNOWN
    assert verdict(unseen).answer is Answer.UNKNOWN


def test_the_command_is_run_when_all_else_lets_the_commit_through() -> None:
    """Else it would cost minutes for nothing."""
    waiting = with_tests(a_matter(), e2e=None)
    assert is_ready(waiting)
    assert not is_ready(with_tests(waiting, smoke=(a_tested(passed=False),)))
    running = with_sight(waiting, checks=seen(checks(a_suite(None))))
    assert not is_ready(running)


# -- what was tested -------------------------------------------------------------------------


def test_tests_of_what_is_not_served_any_more_prove_nothing() -> None:
    """Staging was deployed anew, at the same commit, while it was tested."""
    again = with_services(a_matter(), served(a_deployment(name="d2", changed_at=ago(minutes=1))))
    matter = with_tests(again, of=frozenset({"d1"}))
    for name in LIVE:
        assert found(matter, name).state is CriterionState.PENDING
    told = verdict(matter)
    assert (told.answer, told.final) == (Answer.BLOCK, False)


@pytest.mark.parametrize("name", LIVE)
def test_old_tests_prove_nothing(name: CriterionName) -> None:
    """Each is as old as it was made, whenever the facts were read again."""
    old = ago(minutes=11)
    matter = with_tests(
        a_matter(),
        reach=a_tested("the live URL", at=old),
        smoke=(a_tested(at=old),),
        e2e=a_tested("the end-to-end command", at=old),
    )
    one = found(matter, name)
    assert one.state is CriterionState.UNKNOWN
    assert one.says.startswith("the evidence is older than 10 min: ")


def test_an_allowed_age_is_told_in_seconds_where_it_is_no_whole_minute() -> None:
    """As the operator may have written it."""
    matter = with_gate(a_matter(), max_age=timedelta(seconds=90))
    old = with_tests(matter, smoke=(a_tested(at=ago(minutes=2)),))
    assert criterion(old, CriterionName.SMOKE).says.startswith("the evidence is older than 90 s")


def test_the_verdict_is_good_until_the_first_proof_is_too_old() -> None:
    """A yes has an end."""
    matter = with_tests(a_matter(), smoke=(a_tested(at=ago(minutes=4)),))
    assert judge(matter).expires_at == NOW + timedelta(minutes=6)
