"""From an issue back to its incident, when the ledger knows nothing of it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from incident_builders import (
    CI,
    FIXED,
    MINUTE,
    PROJECT,
    REJECTED,
    REPO,
    STAGING,
    STATUS,
    T0,
    UNKNOWN,
    WEB,
    ailment,
    incident,
    page,
    proof,
)
from pipeline_health.core.adoption import (
    adopted,
    caught_up,
    filing_of,
    found_again,
    is_worth_adopting,
    opened_again,
)
from pipeline_health.core.issue_text import body, digest, marker_of
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import Fingerprint, RepoName
from pipeline_health.core.model.incident import Cause, CauseClass, Filing, Incident, Owner, Phase
from pipeline_health.core.model.issue import IssueRef, TrackedIssue
from pipeline_health.core.model.policy import EvidenceMode, Routing

NOW = T0 + timedelta(days=10)
WEEK = timedelta(days=7)
FILED = incident(ailment(), ailment(WEB))


def issue(*, is_open: bool = True, closed_at: datetime | None = None) -> TrackedIssue:
    """Give the issue that was filed for an incident."""
    return TrackedIssue(
        marker=marker_of(FILED),
        ref=IssueRef(REPO, 7),
        open=is_open,
        not_planned=False,
        title=FILED.title,
        body=body(FILED, routing=Routing(), evidence_shown=EvidenceMode.FULL),
        labels=frozenset(),
        ours=True,
        created_at=T0,
        updated_at=T0,
        closed_at=closed_at,
        url="https://github.com/acme/shop/issues/7",
    )


@pytest.mark.parametrize(
    ("of", "worth"),
    [
        (issue(), True),
        (issue(is_open=False, closed_at=NOW - WEEK), True),
        (issue(is_open=False, closed_at=NOW - WEEK - timedelta(seconds=1)), False),
        (issue(is_open=False), False),
        (replace(issue(), marker=None), False),
        (replace(issue(), marker=replace(marker_of(FILED), symptoms=())), False),
    ],
    ids=[
        "open",
        "closed lately",
        "closed long ago",
        "closed at an unknown time",
        "no marker",
        "a marker without a symptom",
    ],
)
def test_what_would_not_be_reopened_is_not_adopted(of: TrackedIssue, worth: bool) -> None:  # noqa: FBT001
    """Old stories stay closed."""
    assert is_worth_adopting(of, reopen_within=WEEK, now=NOW) is worth


def test_an_adopted_incident_knows_what_its_marker_tells() -> None:
    """Identity, symptoms, dates, attempts and owner survive a lost ledger; nothing is made up."""
    told = replace(marker_of(FILED), failed_at=T0 + MINUTE, commit=FIXED, jobs=(("test",), ()))

    back = adopted(issue(), told, project=PROJECT)

    lost = ailment(failed_at=T0 + MINUTE, commit=FIXED, trace=page(issue().url), jobs=("test",))
    lost = replace(lost, says=f"{FILED.title}.")
    assert back == Incident(
        fingerprint=FILED.fingerprint,
        nonce=FILED.nonce,
        kind=FILED.kind,
        project=PROJECT,
        repo=REPO,
        scope=CI.scope,
        phase=Phase.OPEN,
        cause=Cause(
            of=CauseClass.UNKNOWN,
            key="",
            owner=Owner.AGENT,
            why="Its issue says so; what else was known of it is lost.",
        ),
        first_seen=FILED.first_seen,
        first_failed_at=T0 + MINUTE,
        ailments=(lost, replace(lost, symptom=WEB, jobs=())),
        title=FILED.title,
        counted_until=T0 + MINUTE,
        filing=Filing(
            repo=REPO,
            number=7,
            url="https://github.com/acme/shop/issues/7",
            told=digest(issue().body),
            owner=Owner.AGENT,
            nonce=FILED.nonce,
            opened_at=T0,
        ),
    )


def test_a_failure_after_the_first_look_does_not_make_the_outage_younger() -> None:
    """It had failed when it was first seen, at the latest."""
    later = replace(marker_of(FILED), failed_at=FILED.first_seen + MINUTE)

    assert FILED.first_seen == adopted(issue(), later, project=PROJECT).first_failed_at


def test_what_its_marker_counted_is_not_counted_again() -> None:
    """An attempt is written down with the failure that showed that it was one."""
    back = adopted(issue(), replace(marker_of(FILED), attempts=2), project=PROJECT)

    assert (2, FILED.failed_at) == (back.attempts, back.counted_until)


def test_a_persons_issue_comes_back_as_a_persons() -> None:
    """The agent does not get it because a ledger was lost."""
    back = adopted(issue(), marker_of(incident(cause=REJECTED)), project=PROJECT)

    assert (CauseClass.CREDENTIAL, Owner.HUMAN) == (back.cause.of, back.cause.owner)


def test_what_was_handed_to_a_person_stays_with_a_person() -> None:
    """Why is lost; that it was is not, and the agent does not get it back."""
    theirs = incident(cause=replace(UNKNOWN, owner=Owner.HUMAN))

    back = adopted(issue(), marker_of(theirs), project=PROJECT)

    assert (CauseClass.UNKNOWN, Owner.HUMAN) == (back.cause.of, back.cause.owner)
    assert back.escalated == "It was handed to a person before; why is lost with the ledger."


@pytest.mark.parametrize("kind", [Kind.SCHEDULED_WORKFLOW_RED, Kind.STAGING_DEPLOY_STUCK])
def test_what_is_a_persons_anyway_comes_back_without_a_secret(kind: Kind) -> None:
    """Nobody is told to replace a credential because a nightly run is red."""
    person = replace(UNKNOWN, owner=Owner.HUMAN)
    filed = incident(ailment(replace(CI, kind=kind)), cause=person)

    back = adopted(issue(), marker_of(filed), project=PROJECT)

    assert (CauseClass.UNKNOWN, Owner.HUMAN) == (back.cause.of, back.cause.owner)


def test_a_lost_answer_gives_an_incident_its_number() -> None:
    """The issue is there; only nobody had said so."""
    back = found_again(FILED, issue(), marker_of(FILED))

    assert back == replace(FILED, filing=filing_of(issue(), owner=Owner.AGENT))


def test_an_issue_of_a_renamed_repository_is_known_under_its_new_name() -> None:
    """The number stays, the name changes."""
    before = replace(
        FILED, repo=RepoName("acme/old"), filing=Filing(repo=RepoName("acme/old"), number=7, url="")
    )

    back = found_again(before, issue(), marker_of(FILED))

    assert back == replace(FILED, repo=REPO, filing=Filing(repo=REPO, number=7, url=issue().url))


@pytest.mark.parametrize("of", [of for of in CauseClass if of.owner is Owner.HUMAN])
def test_what_is_a_persons_by_its_class_was_not_given_up(of: CauseClass) -> None:
    """A lost ledger hands nothing over for good: when the cause is another, the agent has it."""
    theirs = incident(cause=replace(UNKNOWN, of=of, owner=Owner.HUMAN))

    back = adopted(issue(), marker_of(theirs), project=PROJECT)

    assert (of, Owner.HUMAN, "") == (back.cause.of, back.cause.owner, back.escalated)


def test_an_issue_of_an_earlier_version_comes_back_by_its_kind() -> None:
    """Its marker tells no class; that it was a credential is told by the kind."""
    old = replace(marker_of(incident(cause=REJECTED)), cause=None)

    back = adopted(issue(), old, project=PROJECT)

    assert (CauseClass.CREDENTIAL, "") == (back.cause.of, back.escalated)
    of_ci = adopted(issue(), replace(marker_of(FILED), cause=None), project=PROJECT)
    assert of_ci.cause.of is CauseClass.UNKNOWN


def test_what_is_opened_again_lives_again_until_a_newer_proof() -> None:
    """Whoever opens it knows better than the proof that closed it; older attempts do not count."""
    filing = Filing(repo=REPO, number=7, url="u", closed_at=T0)
    over = replace(
        incident(replace(ailment(), healed=proof()), ailment(WEB, failed_at=NOW + MINUTE)),
        phase=Phase.RESOLVED,
        resolved_at=T0,
        duplicate_of=Fingerprint("older"),
        filing=filing,
    )

    back = opened_again(over, at=NOW)

    assert back == replace(
        over,
        phase=Phase.OPEN,
        resolved_at=None,
        duplicate_of=None,
        moved_at=NOW,
        counted_until=T0,
        filing=replace(filing, closed_at=None),
        ailments=(ailment(failed_at=NOW), ailment(WEB, failed_at=NOW + MINUTE)),
    )


@pytest.mark.parametrize("of", [FILED, replace(FILED, phase=Phase.RESOLVED, filing=None)])
def test_what_is_alive_or_not_filed_is_not_opened_again(of: Incident) -> None:
    """There is nothing to wake."""
    assert opened_again(of, at=NOW) is of


def test_an_incident_of_an_old_ledger_learns_from_its_issue_what_failed_since() -> None:
    """A later failure, its jobs, a further symptom, the attempts; a newer proof still counts."""
    later = T0 + timedelta(hours=3)
    told = replace(
        marker_of(FILED),
        failed_at=later,
        commit=FIXED,
        attempts=2,
        symptoms=(CI, WEB, STAGING),
        jobs=(("test", "lint"), (), ()),
    )
    early, late = proof(at=later), proof(WEB, at=later + MINUTE)
    known = incident(
        replace(ailment(), jobs=("build", "test"), healed=early),
        replace(ailment(WEB), healed=late),
        ailment(STATUS),
    )

    back = caught_up(known, issue(), told, elsewhere=())

    ci, web, status, staging = back.ailments
    assert (2, FIXED) == (back.attempts, ci.commit)
    assert (later, ("build", "test", "lint"), None) == (ci.failed_at, ci.jobs, ci.healed)
    assert (later, late) == (web.failed_at, web.healed)
    assert known.ailments[2] == status
    assert (STAGING, later, None) == (staging.symptom, staging.failed_at, staging.healed)
    assert 3 == len(caught_up(known, issue(), told, elsewhere={STAGING}).ailments)


@pytest.mark.parametrize(
    ("minutes", "duplicate", "phase"),
    [(10, None, Phase.OPEN), (5, None, Phase.RESOLVED), (10, "other", Phase.RESOLVED)],
    ids=["it failed again since", "its proof is newer", "it is a duplicate"],
)
def test_what_an_old_ledger_holds_for_over_and_failed_since_is_alive(
    minutes: int, duplicate: str | None, phase: Phase
) -> None:
    """Its issue is open and tells of a later failure than the proof that the copy knows."""
    of = None if duplicate is None else Fingerprint(duplicate)
    over = replace(
        incident(replace(ailment(), healed=proof(at=T0 + 7 * MINUTE))),
        phase=Phase.RESOLVED,
        resolved_at=T0 + 7 * MINUTE,
        duplicate_of=of,
    )
    told = replace(marker_of(over), failed_at=T0 + minutes * MINUTE)

    back = caught_up(over, issue(), told, elsewhere=())

    assert back.phase is phase
    assert (back.resolved_at is None) is (phase is Phase.OPEN)
    assert (back.counted_until == over.resolved_at) is (phase is Phase.OPEN)


def test_an_incident_that_is_as_new_as_its_issue_stays_as_it_is() -> None:
    """The ledger knows more than a marker has room for."""
    for failed_at in (FILED.failed_at, FILED.failed_at - MINUTE):
        told = replace(marker_of(FILED), failed_at=failed_at, commit=FIXED, attempts=2)
        assert FILED == caught_up(FILED, issue(), told, elsewhere=())
