"""Which incident a finding belongs to: continuity first, then one incident per root cause."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from builders import a_branch
from incident_builders import (
    BAD,
    CI,
    EVIDENCE,
    FIXED,
    GOOD,
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
    run,
)
from pipeline_health.core.belonging import are_about_one_thing
from pipeline_health.core.correlate import Correlation, fingerprint_of
from pipeline_health.core.issue_text.marker import marker_of
from pipeline_health.core.model.case import Diagnosed
from pipeline_health.core.model.findings import Finding, Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import Fingerprint, Nonce, RepoName, Sha
from pipeline_health.core.model.incident import (
    Ailment,
    Cause,
    CauseClass,
    Filing,
    Incident,
    Occurrence,
    Owner,
    Phase,
)
from pipeline_health.core.model.questions import Evidence

LATER = T0 + 30 * MINUTE
WEEK = timedelta(days=7)


def found(
    symptom: Symptom = CI,
    *,
    since: datetime = T0,
    commit: Sha = BAD,
    cause: Cause = UNKNOWN,
    evidence: Evidence | None = None,
) -> Diagnosed:
    """Give a finding with its cause."""
    finding = Finding(
        symptom=symptom,
        project=PROJECT,
        since=since,
        commit=commit,
        trace=run(),
        says=f"{symptom.subject.name} failed.",
    )
    return Diagnosed(finding=finding, cause=cause, evidence=evidence)


def placed(
    known: Sequence[Incident], *diagnosed: Diagnosed, now: datetime = LATER
) -> tuple[tuple[Incident, tuple[Diagnosed, ...]], ...]:
    """Give every incident with its findings."""
    correlation = Correlation(
        known,
        repos={PROJECT: REPO},
        last_green={CI: GOOD},
        reopen_within=WEEK,
        seed="seed",
    )
    correlation.place(diagnosed, now=now)
    return correlation.placed()


def resolved(*, at: datetime = T0 + 10 * MINUTE, filed: int | None = 7) -> Incident:
    """Give an incident of CI that was proved to be over."""
    healed = replace(ailment(), healed=proof(at=at))
    filing = None if filed is None else Filing(repo=REPO, number=filed, url="u")
    return replace(incident(healed), phase=Phase.RESOLVED, resolved_at=at, filing=filing)


def test_a_new_failure_opens_an_incident() -> None:
    """Nothing is known, so the failure gets an incident that names it in its title."""
    ((opened, findings),) = placed([], found())

    assert opened.title == "Main CI red: CI (shop)"
    assert (Kind.MAIN_CI_RED, Phase.PENDING, 1) == (opened.kind, opened.phase, opened.count)
    assert (T0, LATER, GOOD) == (opened.first_failed_at, opened.first_seen, opened.last_green)
    assert findings == (found(),)


def test_the_same_symptom_at_another_commit_is_the_same_incident() -> None:
    """Root cause, not SHA, is identity."""
    ((same, _),) = placed([incident(ailment())], found(since=LATER, commit=FIXED))

    assert (2, FIXED, LATER) == (same.count, same.commit, same.failed_at)
    assert [BAD, FIXED] == [each.commit for each in same.occurrences]


def test_a_standing_failure_changes_nothing() -> None:
    """The same failure seen again is no second occurrence."""
    before = incident(ailment())

    assert placed([before], found()) == ((before, (found(),)),)


def test_a_cause_that_shows_later_changes_the_owner_and_not_the_incident() -> None:
    """A first look often has no log yet; the second names a credential."""
    before = replace(incident(ailment()), evidence=None)

    ((after, _),) = placed([before], found(cause=REJECTED, evidence=EVIDENCE))

    assert before.fingerprint == after.fingerprint
    assert (REJECTED, EVIDENCE) == (after.cause, after.evidence)
    assert after.newest.jobs == EVIDENCE.jobs


def test_a_credential_is_not_forgotten_when_the_next_log_is_lost() -> None:
    """A human's problem never goes back to the agent because a log is gone."""
    before = incident(ailment(), cause=REJECTED)

    ((after, _),) = placed([before], found(since=LATER, cause=UNKNOWN))

    assert after.cause == REJECTED


def test_an_incident_found_again_by_its_marker_learns_the_name_of_its_secret() -> None:
    """A marker says whose an issue is, not which secret; evidence does."""
    before = incident(ailment(), cause=replace(REJECTED, key=""))

    ((after, _),) = placed([before], found(cause=REJECTED))

    assert after.cause == REJECTED


def test_one_rejected_secret_is_one_incident_across_kinds() -> None:
    """CI and the deploy fail for the same token: one issue, that lists both."""
    ((one, findings),) = placed([], found(cause=REJECTED), found(WEB, since=LATER, cause=REJECTED))

    assert one.kind is Kind.CREDENTIAL_REJECTED
    assert [CI, WEB] == [each.symptom for each in one.ailments]
    assert len(findings) == 2


def test_the_same_secret_in_another_repository_is_another_incident() -> None:
    """A secret's name is an identity within its repository only."""
    elsewhere = replace(incident(ailment(WEB), cause=REJECTED), repo=type(REPO)("acme/blog"))

    assert len(placed([elsewhere], found(cause=REJECTED))) == 2


@pytest.mark.parametrize(
    ("first", "second"), [(STAGING, WEB), (WEB, STAGING)], ids=["record first", "Railway first"]
)
def test_a_deployment_record_and_the_service_behind_it_are_one_incident(
    first: Symptom, second: Symptom
) -> None:
    """GitHub's record names no service; Railway tells the same failure by the service's name."""
    ((one, _),) = placed([incident(ailment(first))], found(second, since=LATER))

    assert {first, second} == {each.symptom for each in one.ailments}


@pytest.mark.parametrize("first", [STAGING, WEB], ids=["workflow first", "service first"])
def test_what_never_came_to_a_service_is_one_with_the_failed_deployment(first: Symptom) -> None:
    """The workflow that deploys failed, so that Railway has nothing new: one root cause."""
    second = WEB if first is STAGING else STAGING
    missing = replace(second, kind=Kind.STAGING_DEPLOY_MISSING)

    assert 1 == len(placed([incident(ailment(first))], found(missing, since=LATER)))
    over = replace(incident(ailment(first)), phase=Phase.RESOLVED, resolved_at=T0)
    assert 2 == len(placed([over], found(missing, since=LATER)))


def test_what_two_repositories_tell_of_one_environment_is_two_incidents() -> None:
    """Each deploys its own code there, and each has its own failure."""
    other = replace(STAGING, scope=Scope("staging-id:github:4712"))

    assert 2 == len(placed([incident(ailment(STAGING))], found(other, since=LATER)))


def test_two_services_are_two_incidents() -> None:
    """What fails alone is filed alone."""
    api = replace(WEB, subject=replace(WEB.subject, name="api"))

    assert len(placed([incident(ailment(WEB))], found(api))) == 2


STUCK_WEB = replace(WEB, kind=Kind.STAGING_DEPLOY_STUCK)


@pytest.mark.parametrize(
    ("first", "second", "incidents"),
    [
        pytest.param(STUCK_WEB, WEB, 1, id="stuck, then failed"),
        pytest.param(WEB, replace(WEB, kind=Kind.STAGING_DEPLOY_MISSING), 1, id="then missing"),
        pytest.param(replace(CI, kind=Kind.MAIN_CI_STUCK), CI, 1, id="a run"),
        pytest.param(
            STUCK_WEB, replace(WEB, subject=replace(WEB.subject, name="api")), 2, id="two services"
        ),
        pytest.param(STUCK_WEB, replace(WEB, scope=CI.scope), 2, id="two environments"),
        pytest.param(CI, replace(CI, kind=Kind.SCHEDULED_WORKFLOW_RED), 2, id="by the clock"),
    ],
)
def test_one_thing_that_is_broken_in_another_way_is_the_same_incident(
    first: Symptom, second: Symptom, incidents: int
) -> None:
    """A deployment that does not end and then fails is one failure, told once."""
    assert incidents == len(placed([incident(ailment(first))], found(second, since=LATER)))


def test_another_way_to_be_broken_opens_nothing_that_is_over() -> None:
    """What was resolved is opened again by the same symptom only."""
    healed = replace(ailment(STUCK_WEB), healed=proof(STUCK_WEB, at=T0))
    over = replace(incident(healed), phase=Phase.RESOLVED, resolved_at=T0)

    assert 2 == len(placed([over], found(WEB, since=LATER)))


@pytest.mark.parametrize(("closed_at", "incidents"), [(None, 1), (T0, 2)])
def test_an_issue_that_is_not_closed_yet_takes_another_way_to_be_broken(
    closed_at: datetime | None, incidents: int
) -> None:
    """A second issue beside it would be about what the first one still says."""
    healed = replace(ailment(STUCK_WEB), healed=proof(STUCK_WEB, at=T0))
    over = replace(
        incident(healed),
        phase=Phase.RESOLVED,
        resolved_at=T0,
        filing=Filing(repo=REPO, number=7, url="u", closed_at=closed_at),
    )

    assert incidents == len(placed([over], found(WEB, since=LATER)))


def test_an_open_issue_comes_before_a_closed_one_about_the_very_same_failure() -> None:
    """What it tells of works again, and it could not be closed yet."""
    failed = replace(ailment(WEB), healed=proof(WEB, at=T0))
    stuck = replace(ailment(STUCK_WEB), healed=proof(STUCK_WEB, at=T0))
    shut = Filing(repo=REPO, number=6, url="u", closed_at=T0)
    closed = replace(resolved(at=T0), ailments=(failed,), filing=shut)
    told = replace(resolved(at=T0), ailments=(stuck,))

    after = placed([told, closed], found(WEB, since=LATER))

    assert [Phase.OPEN, Phase.RESOLVED] == [each.phase for each, _ in after]


def test_what_was_resolved_lately_is_opened_again() -> None:
    """A relapse within a week reopens its issue instead of filing a second one."""
    before = resolved()

    ((again, findings),) = placed([before], found(since=LATER))

    assert (before.nonce, Phase.OPEN, None) == (again.nonce, again.phase, again.resolved_at)
    assert again.broken == again.ailments
    assert len(findings) == 1


def test_after_the_window_a_relapse_is_a_new_incident_that_names_the_old() -> None:
    """An old story is linked, and not continued."""
    now = T0 + 8 * timedelta(days=1)

    (_, (new, _)) = placed([resolved()], found(since=now), now=now)

    assert (7, Phase.PENDING) == (new.previous, new.phase)


@pytest.mark.parametrize("now", [LATER, T0 + 8 * timedelta(days=1)])
def test_a_relapse_of_what_was_never_filed_begins_anew(now: datetime) -> None:
    """There is no issue that could be named, and its title may be about another thing."""
    healed = tuple(
        replace(ailment(symptom), healed=proof(symptom, at=T0 + 10 * MINUTE))
        for symptom in (CI, STATUS)
    )
    over = replace(resolved(filed=None), ailments=healed)

    (_, (new, _)) = placed([over], found(STATUS, since=now), now=now)

    assert (None, Phase.PENDING) == (new.previous, new.phase)
    assert "Main CI red: ci/circle (shop)" == new.title
    assert [STATUS] == [each.symptom for each in new.ailments]


def test_a_failure_from_before_the_proof_reopens_nothing() -> None:
    """A stale look shows a failure that was proved to be over since."""
    before = resolved()

    assert placed([before], found(since=T0 + 5 * MINUTE)) == ((before, ()),)


def test_a_failure_from_before_the_proof_opens_nothing_whatever_is_read_of_it() -> None:
    """A secret was mended; the log in which it was rejected is gone, and its run is shown still."""
    before = replace(resolved(), cause=REJECTED)

    assert placed([before], found(since=T0 + 5 * MINUTE)) == ((before, ()),)


def test_a_stale_failure_does_not_break_what_was_healed_in_a_live_incident() -> None:
    """One symptom is proved, another stands: an old look at the first changes nothing."""
    healed = replace(ailment(), healed=proof(at=T0 + 10 * MINUTE))
    before = incident(healed, ailment(WEB))

    assert placed([before], found(since=T0 + 5 * MINUTE)) == ((before, ()),)


def test_an_older_failure_than_the_one_noted_changes_nothing() -> None:
    """Times only go forward: the newest failure is what is told."""
    before = incident(ailment(failed_at=LATER))

    ((after, _),) = placed([before], found(since=T0, cause=REJECTED))

    assert before == after


@pytest.mark.parametrize(
    ("known", "key"),
    [
        (replace(REJECTED, key=""), "RAILWAY_TOKEN"),
        (replace(REJECTED, key="NPM_TOKEN"), "NPM_TOKEN"),
        (replace(UNKNOWN, key=""), ""),
    ],
    ids=["of its class", "known", "of another class"],
)
def test_an_older_failure_tells_the_key_where_only_the_class_of_the_cause_is_known(
    known: Cause, key: str
) -> None:
    """Its own issue tells no key; that of many projects does, as a failure of before."""
    before = incident(ailment(failed_at=LATER), cause=known)

    ((after, _),) = placed([before], found(since=T0, cause=REJECTED))

    assert after == replace(before, cause=replace(known, key=key))


def test_better_evidence_is_kept_over_worse() -> None:
    """A whole log is not thrown away for a later look that found none."""
    before = incident(ailment())
    nothing_yet = Evidence(at=LATER, complete=False)

    ((after, _),) = placed([before], found(since=LATER, evidence=nothing_yet))

    assert after.evidence == EVIDENCE


def test_a_failure_of_the_moment_of_its_cure_is_no_news() -> None:
    """The proof is about it; a later one would be another."""
    healed = replace(ailment(), healed=proof(at=LATER))
    before = incident(healed, ailment(WEB))

    assert [before] == [each for each, _ in placed([before], found(since=LATER))]


def test_an_incident_whose_secret_the_marker_does_not_name_is_known_by_its_fingerprint() -> None:
    """Another thing fails for the same secret: neither symptom nor cause tell it."""
    known = replace(
        incident(ailment(), cause=replace(REJECTED, key="")),
        fingerprint=fingerprint_of(CI, REJECTED, REPO),
    )

    ((one, _),) = placed([known], found(WEB, since=LATER, cause=REJECTED))

    assert [CI, WEB] == [each.symptom for each in one.ailments]


@pytest.mark.parametrize(
    ("healed", "jobs"), [(False, ("test", "lint")), (True, ("lint",))], ids=["stands", "healed"]
)
def test_a_new_failure_keeps_the_jobs_that_did_not_pass_since(
    jobs: tuple[str, ...], *, healed: bool
) -> None:
    """And it says who made the commit at which it failed."""
    before = replace(ailment(jobs=("test",)), healed=proof(at=T0 + MINUTE) if healed else None)
    evidence = replace(EVIDENCE, jobs=("lint",))
    seen = replace(found(since=LATER, evidence=evidence), made=a_branch().head)

    ((after, _),) = placed([incident(before)], seen)

    assert (replace(ailment(failed_at=LATER, jobs=jobs), made=seen.made),) == after.ailments


def test_the_title_of_a_new_incident_names_what_is_broken_and_why() -> None:
    """A secret by its name, for a deployment or a workflow; what never came by its commit."""
    missing = replace(WEB, kind=Kind.STAGING_DEPLOY_MISSING)
    told = [
        one.title
        for symptom, cause in (
            (missing, UNKNOWN),
            (CI, REJECTED),
            (WEB, REJECTED),
            (replace(WEB, kind=Kind.PRODUCTION_DEPLOY_FAILED), REJECTED),
        )
        for one, _ in placed([], found(symptom, cause=cause))
    ]

    assert told == [
        "Staging never deployed 1b1b1b1: web (shop)",
        "RAILWAY_TOKEN rejected: CI cannot run (shop)",
        "RAILWAY_TOKEN rejected: staging cannot deploy (shop)",
        "RAILWAY_TOKEN rejected: production cannot deploy (shop)",
    ]


def test_occurrences_are_bounded_and_counted() -> None:
    """A storm of commits stays one issue of bounded length."""
    known: tuple[Incident, ...] = ()
    for minute in range(25):
        known = tuple(one for one, _ in placed(known, found(since=T0 + minute * MINUTE)))

    assert (25, 20) == (known[0].count, len(known[0].occurrences))


def test_the_fingerprint_holds_no_commit_and_tells_causes_apart() -> None:
    """A symptom has one identity, a secret has another, and the repository's case is no part."""
    assert fingerprint_of(CI, UNKNOWN, REPO) != fingerprint_of(CI, REJECTED, REPO)
    assert fingerprint_of(CI, REJECTED, REPO) == fingerprint_of(WEB, REJECTED, REPO)
    assert fingerprint_of(CI, REJECTED, REPO) == fingerprint_of(
        CI, REJECTED, type(REPO)(REPO.upper())
    )


def test_a_token_of_our_own_is_not_a_pipelines_secret_of_that_name() -> None:
    """What we look with may be called like what a workflow deploys with; it is filed once."""
    own = replace(CI, kind=Kind.CREDENTIAL_REJECTED, subject=Subject(Thing.SECRET, REJECTED.key))
    ours = replace(REJECTED, ours=True)

    (pipelines, first), (monitors, second) = placed(
        [], found(WEB, cause=REJECTED), found(own, since=T0 + MINUTE, cause=ours)
    )

    assert pipelines.fingerprint != monitors.fingerprint
    assert (1, 1) == (len(first), len(second))
    assert fingerprint_of(own, ours, REPO) == fingerprint_of(own, ours, RepoName("acme/blog"))


def test_who_mutes_the_environment_mutes_no_service() -> None:
    """A service that fails later is news; the same record seen again is not."""
    muted = replace(incident(ailment(STAGING)), phase=Phase.MUTED)

    assert 2 == len(placed([muted], found(WEB, since=LATER)))
    assert 1 == len(placed([muted], found(STAGING, since=LATER)))


EXPIRED = replace(REJECTED, key="NPM_TOKEN")
LIMIT = Cause(
    of=CauseClass.QUOTA, key="GitHub Actions: no more minutes", owner=Owner.HUMAN, why="It says so."
)
OUTAGE = replace(LIMIT, of=CauseClass.PLATFORM, key="npm: packages cannot be fetched")


@pytest.mark.parametrize(
    ("then", "now", "back"),
    [
        pytest.param(UNKNOWN, UNKNOWN, True, id="nothing is known of either"),
        pytest.param(REJECTED, REJECTED, True, id="the same secret"),
        pytest.param(replace(REJECTED, key=""), REJECTED, True, id="a marker names no secret"),
        pytest.param(LIMIT, LIMIT, True, id="the same limit"),
        pytest.param(OUTAGE, UNKNOWN, True, id="an outage that is over"),
        pytest.param(REJECTED, EXPIRED, False, id="another secret"),
        pytest.param(REJECTED, UNKNOWN, False, id="a secret then, and nobody knows now"),
        pytest.param(UNKNOWN, REJECTED, False, id="a secret now"),
        pytest.param(LIMIT, REJECTED, False, id="a limit then, a secret now"),
    ],
)
def test_what_fails_in_the_same_place_for_another_reason_is_no_relapse(
    then: Cause, now: Cause, *, back: bool
) -> None:
    """Whoever replaced a token last week is not told that it is rejected when a test fails."""
    before = replace(resolved(), cause=then)

    incidents = placed([before], found(since=LATER, cause=now))

    assert (1 if back else 2) == len(incidents)


@pytest.mark.parametrize("cause", [LIMIT, OUTAGE], ids=["limit", "outage"])
def test_what_stops_many_workflows_is_one_incident(cause: Cause) -> None:
    """No more minutes, or a registry that does not answer, is one thing for one person."""
    ((one, _),) = placed([], found(cause=cause), found(WEB, since=LATER, cause=cause))

    assert [CI, WEB] == [each.symptom for each in one.ailments]


def test_nothing_is_back_beside_a_living_incident_of_its_identity() -> None:
    """CI fails by a limit, which is another story; then the service that failed with it last time.

    Its issue and that of the limit would be two of one identity.
    """
    both = (ailment(), ailment(WEB))
    healed = tuple(replace(each, healed=proof(at=T0 + 10 * MINUTE)) for each in both)
    before = replace(resolved(), ailments=healed, fingerprint=fingerprint_of(CI, UNKNOWN, REPO))

    (past, _), (living, _), (own, _) = placed(
        [before],
        found(since=LATER, cause=LIMIT),
        found(WEB, since=LATER + MINUTE),
        now=LATER + 2 * MINUTE,
    )

    assert (past.phase, past.fingerprint) == (Phase.RESOLVED, living.fingerprint)
    assert [CI, WEB] == [one.ailments[0].symptom for one in (living, own)]


def test_an_outage_of_last_week_is_not_the_one_of_today() -> None:
    """It passes by itself; what it stops next time may be something else, under another title."""
    before = replace(resolved(), cause=OUTAGE)

    assert 2 == len(placed([before], found(WEB, since=LATER, cause=OUTAGE)))


# -- every incident, all of it ----------------------------------------------------------------


def test_a_new_incident_is_all_of_this() -> None:
    """Its fingerprint and its nonce are the same in every version: they stand in issues."""
    ((opened, _),) = placed([], found())

    assert opened == Incident(
        fingerprint=Fingerprint("9da2f35f1bc455ed"),
        nonce=Nonce("17648515de23"),
        kind=Kind.MAIN_CI_RED,
        project=PROJECT,
        repo=REPO,
        scope=CI.scope,
        phase=Phase.PENDING,
        cause=UNKNOWN,
        first_seen=LATER,
        first_failed_at=T0,
        ailments=(ailment(),),
        title="Main CI red: CI (shop)",
        last_green=GOOD,
        occurrences=(Occurrence(at=T0, commit=BAD, url=run().url),),
        count=1,
    )


def test_the_fingerprint_of_a_secret_is_of_its_name_in_its_repository() -> None:
    """However a repository is spelt; it stands in issues, and must not change."""
    one = fingerprint_of(CI, REJECTED, REPO)
    assert one == fingerprint_of(WEB, REJECTED, RepoName("Acme/Shop"))
    assert one == Fingerprint("53e910c1fb1f7658")


def test_a_relapse_opens_the_same_incident_as_it_was() -> None:
    """From the failure on, and what was tried before the end did work."""
    before = replace(resolved(), gone_since=T0)
    ((again, _),) = placed([before], found(since=LATER))

    assert (again.phase, again.resolved_at, again.gone_since) == (Phase.OPEN, None, None)
    assert (again.first_failed_at, again.counted_until) == (LATER, before.resolved_at)


def test_a_relapse_at_the_end_of_the_window_is_the_same_incident() -> None:
    """To the second."""
    end = T0 + 10 * MINUTE + WEEK
    assert len(placed([resolved()], found(since=end), now=end)) == 1
    assert len(placed([resolved()], found(since=end), now=end + timedelta(seconds=1))) == 2


def test_a_stale_failure_keeps_no_other_from_its_place() -> None:
    """One is older than its cure; the next one is placed all the same."""
    stale, fresh = found(since=T0), found(WEB, since=LATER)
    after = placed([resolved()], stale, fresh)
    assert [findings for _, findings in after] == [(), (fresh,)]


def test_what_a_marker_does_not_tell_is_learnt_when_it_fails_again() -> None:
    """Of that failure alone, and only where the trace is a mere link."""
    known = incident(ailment(WEB), replace(ailment(), trace=page(), says="It is red."))
    seen = replace(found(), made=a_branch().head)
    ((learnt, _),) = placed([known], seen)
    assert learnt.ailments == (known.ailments[0], replace(ailment(), made=seen.made))
    exact = incident(replace(ailment(trace=run(99)), says="It is red."))
    assert list(placed([exact], seen)) == [(exact, (seen,))]


def test_a_new_failure_stands_beside_the_others() -> None:
    """It replaces what was noted of its own symptom, and nothing else."""
    known = incident(ailment(WEB), ailment())
    later = found(since=LATER, commit=FIXED)
    ((after, _),) = placed([known], later)
    assert after.ailments == (ailment(WEB), ailment(failed_at=LATER, commit=FIXED))
    assert after.occurrences[-1] == Occurrence(at=LATER, commit=FIXED, url=run().url)


STAGING_WEB = marker_of(incident(ailment(WEB)))


@pytest.mark.parametrize(
    ("other", "one"),
    [
        pytest.param(ailment(WEB), True, id="the same"),
        pytest.param(ailment(STUCK_WEB), True, id="broken in another way"),
        pytest.param(ailment(CI), False, id="another thing"),
        pytest.param(ailment(replace(WEB, scope=Scope("elsewhere"))), False, id="another place"),
        pytest.param(
            ailment(replace(WEB, kind=Kind.STAGING_TESTS_FAILED)), False, id="a test of it"
        ),
    ],
)
def test_two_issues_that_tell_of_one_thing_are_about_one_thing(
    other: Ailment, *, one: bool
) -> None:
    """Whatever else either of them tells of."""
    both = marker_of(incident(ailment(STATUS), other))

    assert are_about_one_thing(STAGING_WEB, both) is one
    assert are_about_one_thing(both, STAGING_WEB) is one
