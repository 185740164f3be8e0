"""What a look finds of a cause, against what is known: better evidence speaks, and nothing less."""

from dataclasses import replace

import pytest

from incident_builders import (
    CI,
    EVIDENCE,
    MINUTE,
    PROJECT,
    REJECTED,
    REPO,
    T0,
    UNKNOWN,
    WEB,
    ailment,
    incident,
    proof,
    run,
)
from pipeline_health.core.causes import jobs_noted, with_cause
from pipeline_health.core.model.case import Diagnosed
from pipeline_health.core.model.findings import Finding, Symptom
from pipeline_health.core.model.incident import Cause, CauseClass, Filing, Incident, Owner
from pipeline_health.core.model.questions import Evidence

CODE = Cause(of=CauseClass.CODE, key="CI", owner=Owner.AGENT, why="A test fails.")
PLATFORM = Cause(
    of=CauseClass.PLATFORM,
    key="GitHub Actions: the runner was lost",
    owner=Owner.HUMAN,
    why="The log says so: the runner was lost.",
)
APPROVAL = Cause(of=CauseClass.APPROVAL, key="web", owner=Owner.HUMAN, why="It waits.")
AFTER = T0 + 30 * MINUTE


def found(cause: Cause, *, symptom: Symptom = CI, evidence: Evidence | None = None) -> Diagnosed:
    """Give a finding of the failure that is noted already, with what it tells now."""
    finding = Finding(
        symptom=symptom, project=PROJECT, since=T0, commit=None, trace=run(), says="CI failed."
    )
    return Diagnosed(finding=finding, cause=cause, evidence=evidence)


def merged(known: Cause, cause: Cause) -> Cause:
    """Give what becomes of the known cause when another is found."""
    return with_cause(incident(cause=known), found(cause)).cause


@pytest.mark.parametrize(
    ("known", "cause", "expected"),
    [
        pytest.param(UNKNOWN, CODE, CODE, id="what was unknown is known"),
        pytest.param(CODE, UNKNOWN, CODE, id="what is known is not forgotten"),
        pytest.param(PLATFORM, UNKNOWN, PLATFORM, id="nor is it for a person"),
        pytest.param(CODE, PLATFORM, PLATFORM, id="to a person at once"),
        pytest.param(PLATFORM, CODE, CODE, id="to the agent"),
        pytest.param(REJECTED, CODE, REJECTED, id="a credential stays one"),
        pytest.param(REJECTED, UNKNOWN, REJECTED, id="a credential is not forgotten"),
        pytest.param(
            replace(REJECTED, key=""), REJECTED, REJECTED, id="a marker forgets which secret it was"
        ),
        pytest.param(
            replace(REJECTED, key="Railway"),
            REJECTED,
            REJECTED,
            id="which secret it is shows later",
        ),
        pytest.param(
            REJECTED, replace(REJECTED, key="NPM_TOKEN"), REJECTED, id="one secret after another"
        ),
        pytest.param(APPROVAL, UNKNOWN, UNKNOWN, id="an approval is not waited for any more"),
        pytest.param(
            replace(UNKNOWN, why="There is no log to judge by yet."),
            UNKNOWN,
            UNKNOWN,
            id="a log came, and says nothing",
        ),
    ],
)
def test_a_class_is_given_up_for_a_better_one_only(
    known: Cause, cause: Cause, expected: Cause
) -> None:
    """The incident is labelled anew in place, whatever it opened as."""
    assert expected == merged(known, cause)


def test_what_was_handed_over_for_good_stays_with_the_person() -> None:
    """The agent used up its attempts; another class of cause gives it no new ones."""
    theirs = replace(UNKNOWN, owner=Owner.HUMAN)
    given_up = replace(incident(cause=theirs), escalated="3 fixes by the agent did not work.")

    after = with_cause(given_up, found(CODE)).cause

    assert (CauseClass.CODE, Owner.HUMAN) == (after.of, after.owner)


def back(evidence: Evidence | None) -> Incident:
    """Give an incident of a credential that was over once, and is open again."""
    return replace(incident(cause=REJECTED), turns=(AFTER,), evidence=evidence)


@pytest.mark.parametrize(
    "evidence",
    [None, EVIDENCE, replace(EVIDENCE, at=AFTER)],
    ids=["none", "of the turn before", "read as it was over"],
)
def test_a_credential_that_was_healed_binds_no_relapse(evidence: Evidence | None) -> None:
    """The secret was replaced; what fails now may be the code."""
    assert CODE == with_cause(back(evidence), found(CODE)).cause


def test_a_credential_that_is_refused_again_stays_one() -> None:
    """Its evidence is of this turn, so that it binds until it is healed again."""
    again = back(replace(EVIDENCE, at=AFTER + MINUTE))

    assert REJECTED == with_cause(again, found(CODE)).cause


def test_the_evidence_and_the_jobs_are_those_of_the_newest_failure() -> None:
    """What an older failure left behind changes only its own jobs."""
    before = incident(ailment(CI), ailment(WEB, failed_at=AFTER))
    seen = replace(EVIDENCE, jobs=("lint",), tail="another log")

    after = with_cause(before, found(CODE, evidence=seen))

    assert EVIDENCE == after.evidence
    assert [("lint",), ()] == [each.jobs for each in after.ailments]
    assert seen == with_cause(incident(), found(CODE, evidence=seen)).evidence


@pytest.mark.parametrize(("moves", "owner"), [(1, Owner.AGENT), (2, Owner.HUMAN)])
def test_what_goes_to_and_fro_stays_with_the_person(moves: int, owner: Owner) -> None:
    """An outage, a failing test, an outage: the third hand-over is the last one."""
    filing = Filing(repo=REPO, number=7, url="u", owner=Owner.HUMAN, moves=moves)
    known = replace(incident(cause=PLATFORM), filing=filing)

    after = with_cause(known, found(CODE))

    assert (owner, CauseClass.CODE) == (after.cause.owner, after.cause.of)
    kept = "What fails there goes to and fro between what an agent and a person can mend."
    assert after.escalated == (kept if owner is Owner.HUMAN else "")


@pytest.mark.parametrize(
    ("known", "complete", "expected"),
    [
        pytest.param(PLATFORM, True, UNKNOWN, id="an outage is not in the whole log"),
        pytest.param(PLATFORM, False, PLATFORM, id="half a log tells nothing"),
        pytest.param(CODE, True, CODE, id="what is broken does not pass by itself"),
    ],
)
def test_what_passes_by_itself_is_given_up_when_the_next_failure_does_not_show_it(
    known: Cause, expected: Cause, *, complete: bool
) -> None:
    """Else a person would be left with a failure that nobody knows, and the agent without one."""
    seen = replace(EVIDENCE, complete=complete)

    assert expected == with_cause(incident(cause=known), found(UNKNOWN, evidence=seen)).cause


def test_a_job_that_failed_before_must_pass_too() -> None:
    """Else the first one could be deleted while the second one is mended, and nobody would know."""
    known = incident(ailment(jobs=("test",)))

    after = with_cause(known, found(CODE, evidence=replace(EVIDENCE, jobs=("lint", "test"))))

    assert [("test", "lint")] == [each.jobs for each in after.ailments]
    assert ("test", "lint") == jobs_noted(replace(EVIDENCE, jobs=("lint",)), known.newest)
    healed = replace(known.newest, healed=proof())
    assert ("lint",) == jobs_noted(replace(EVIDENCE, jobs=("lint",)), healed)
    assert ("test",) == jobs_noted(None, healed)


def test_of_very_many_jobs_the_first_twenty_are_kept() -> None:
    """A matrix of hundreds fits into no issue."""
    many = tuple(f"job {number}" for number in range(21))

    assert many[:20] == jobs_noted(replace(EVIDENCE, jobs=many), ailment())
