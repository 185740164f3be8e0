"""Tables of the free remedy: for what, once for what, and for how long an issue waits for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from incident_builders import (
    BAD,
    CI,
    EVIDENCE,
    FIXED,
    MINUTE,
    PROJECT,
    REPO,
    STATUS,
    T0,
    UNKNOWN,
    ailment,
    deployment,
    incident,
    page,
    run,
)
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.incident import Ailment, CauseClass, Incident, Owner, Remedy
from pipeline_health.core.model.plan import Outcome, RerunJobs
from pipeline_health.core.model.readings import NotAsked
from pipeline_health.core.outcomes import with_outcome
from pipeline_health.core.remedy import (
    HELPS_WITHIN,
    RERUNNABLE,
    is_overdue,
    remedies_of,
)

NOW = T0 + 5 * MINUTE
PLATFORM = replace(UNKNOWN, of=CauseClass.PLATFORM, owner=Owner.HUMAN)
TRIED = Remedy(cause=CauseClass.PLATFORM, commit=BAD, run_id=101, failed_at=T0, at=NOW, sent=True)
WAITS = ("a re-run of its failed jobs may still mend it",)


def broken(*of: Ailment, remedies: tuple[Remedy, ...] = ()) -> Incident:
    """Give an incident that the platform is to blame for."""
    return replace(incident(*(of or (ailment(),)), cause=PLATFORM), remedies=remedies)


def case(of: Incident, *, in_flight: bool = False) -> Case:
    """Give a case in which every failure of *of* stands, unless a verdict is under way."""
    found = tuple(
        Diagnosed(
            finding=Finding(
                symptom=each.symptom,
                project=PROJECT,
                since=each.failed_at,
                commit=each.commit,
                trace=each.trace,
                says=each.says,
            ),
            cause=of.cause,
            evidence=EVIDENCE,
        )
        for each in of.broken
    )
    return Case(
        incident=of, findings=() if in_flight else found, in_flight=in_flight, issue=NotAsked()
    )


def test_the_failed_jobs_of_every_run_are_run_again_once() -> None:
    """A re-run is named after its cause, its commit and its run."""
    lint = ailment(replace(CI, subject=replace(CI.subject, name="Lint")), trace=run(102))

    first, second = remedies_of(case(broken(ailment(), lint)), now=NOW)

    assert isinstance(first, RerunJobs)
    assert first == RerunJobs(
        fingerprint=broken().fingerprint,
        nonce=broken().nonce,
        repo=REPO,
        run_id=101,
        commit=BAD,
        cause=CauseClass.PLATFORM,
        failed_at=T0,
        reason="CI failed. That may pass by itself (platform).",
    )
    reason = "Lint failed. That may pass by itself (platform)."
    assert second == replace(first, run_id=102, reason=reason)
    assert f"rerun platform {BAD} 101" == first.key


@pytest.mark.parametrize("of", CauseClass)
def test_only_what_may_pass_by_itself_is_run_again(of: CauseClass) -> None:
    """No re-run mends code, or a secret."""
    known = replace(broken(), cause=replace(PLATFORM, of=of))

    assert (of in RERUNNABLE) is bool(remedies_of(case(known), now=NOW))
    assert {CauseClass.PLATFORM, CauseClass.FLAKY} == RERUNNABLE


@pytest.mark.parametrize(
    ("of", "now", "steps"),
    [
        pytest.param(broken(remedies=(TRIED,)), NOW, WAITS, id="it may still help"),
        pytest.param(broken(remedies=(TRIED,)), T0 + HELPS_WITHIN, (), id="not green in time"),
        pytest.param(broken(), T0 + HELPS_WITHIN, (), id="seen too late"),
        pytest.param(broken(remedies=(replace(TRIED, sent=False),)), NOW, (), id="refused"),
        pytest.param(
            broken(ailment(failed_at=T0 + MINUTE), remedies=(TRIED,)),
            NOW,
            (),
            id="failed again",
        ),
        pytest.param(broken(ailment(trace=deployment())), NOW, (), id="no run"),
        pytest.param(broken(ailment(commit=None)), NOW, (), id="no commit"),
        pytest.param(broken(ailment(), ailment(STATUS, trace=page())), NOW, (), id="not it alone"),
        pytest.param(
            replace(broken(), duplicate_of=incident().fingerprint), NOW, (), id="nothing of its own"
        ),
    ],
)
def test_how_long_an_issue_waits(
    of: Incident, now: object, steps: tuple[RerunJobs | str, ...]
) -> None:
    """Until the re-run failed, or was refused, or a quarter of an hour is over."""
    assert isinstance(now, type(NOW))
    assert steps == remedies_of(case(of), now=now)


def test_another_cause_or_another_commit_is_another_remedy() -> None:
    """Once per cause and commit, not once for ever."""
    others = (replace(TRIED, cause=CauseClass.FLAKY), replace(TRIED, commit=FIXED))

    steps = remedies_of(case(broken(remedies=others)), now=NOW)

    assert [True] == [isinstance(step, RerunJobs) for step in steps]


def test_a_second_run_waits_for_nothing_while_the_first_is_under_way() -> None:
    """What has a verdict under way is not run again, and it is still waited for."""
    lint = ailment(replace(CI, subject=replace(CI.subject, name="Lint")), trace=run(102))

    steps = remedies_of(case(broken(ailment(), lint, remedies=(TRIED,))), now=NOW)

    assert [102] == [step.run_id for step in steps if isinstance(step, RerunJobs)]


@pytest.mark.parametrize(
    ("after", "in_flight", "remedies", "overdue"),
    [
        (HELPS_WITHIN, True, (TRIED,), True),
        (HELPS_WITHIN - MINUTE, True, (TRIED,), False),
        (HELPS_WITHIN, False, (TRIED,), False),
        (HELPS_WITHIN, True, (), False),
    ],
    ids=["too long", "not yet", "nothing under way", "nobody tried"],
)
def test_a_re_run_that_goes_on_is_overdue_after_a_quarter_of_an_hour(
    after: timedelta, *, in_flight: bool, remedies: tuple[Remedy, ...], overdue: bool
) -> None:
    """A run that somebody else began again is not waited for by anybody."""
    seen = case(broken(remedies=remedies), in_flight=in_flight)

    assert overdue is is_overdue(seen, now=T0 + after)


def test_one_re_run_that_goes_on_is_enough_to_be_overdue() -> None:
    """What failed beside it may never have been run again."""
    lint = ailment(replace(CI, subject=replace(CI.subject, name="Lint")), trace=run(102))
    seen = case(broken(ailment(), lint, remedies=(TRIED,)), in_flight=True)

    assert is_overdue(seen, now=T0 + HELPS_WITHIN)


def test_what_is_no_run_is_never_overdue() -> None:
    """There is no re-run of a deployment."""
    seen = case(broken(ailment(trace=deployment())), in_flight=True)

    assert not is_overdue(seen, now=T0 + HELPS_WITHIN)


@pytest.mark.parametrize("applied", [True, False])
def test_a_remedy_is_noted_whatever_became_of_it(*, applied: bool) -> None:
    """Only so many are kept."""
    (change,) = remedies_of(case(broken()), now=NOW)
    assert isinstance(change, RerunJobs)
    before = broken(remedies=(TRIED,) * 20)

    after = with_outcome(before, Outcome(change=change, applied=applied), now=NOW)

    assert 20 == len(after.remedies)
    assert replace(TRIED, sent=applied) == after.remedies[-1]
