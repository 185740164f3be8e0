"""The life of an incident: what heals it, when it is over, and what people decide about it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from builders import a_branch, a_job, a_view, github
from incident_builders import (
    BAD,
    CI,
    FIXED,
    GOOD,
    MINUTE,
    REPO,
    STATUS,
    T0,
    WEB,
    ailment,
    deployment,
    incident,
    page,
    proof,
    run,
)
from pipeline_health.core.incidents import (
    advanced,
    may_heal,
    proof_of,
    proof_questions,
    with_proofs,
)
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Finding, Kind, Proof
from pipeline_health.core.model.ids import Fingerprint, Login, Sha
from pipeline_health.core.model.incident import Ailment, Filing, Incident, Owner, Phase
from pipeline_health.core.model.issue import Gone, IssueRef, Tracked, TrackedIssue
from pipeline_health.core.model.plan import (
    Change,
    CloseIssue,
    Comment,
    HandOver,
    OpenIssue,
    Outcome,
    ReopenIssue,
    UpdateIssue,
)
from pipeline_health.core.model.questions import (
    Answers,
    Contains,
    Job,
    JobsOf,
    Relation,
)
from pipeline_health.core.model.readings import Blind, CheckConclusion, NotAsked, Part, Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.outcomes import with_outcome

NOW = T0 + timedelta(hours=3)
REF = IssueRef(REPO, 7)
AGENTS = frozenset({Login("archon")})
PASSED = a_job("test", CheckConclusion.SUCCESS)


def view(
    *jobs: Job,
    history: tuple[Sha, ...] = (FIXED, BAD, GOOD),
    relation: Relation | None = None,
    failed: tuple[str, ...] | None = None,
) -> ProjectView:
    """Give a look whose branch holds *history*, and whose green run had *jobs*.

    *failed* are the jobs that failed in the red run, None when nobody asked yet.
    """
    green = {JobsOf(run(202)): Seen(at=NOW, value=jobs)} if jobs else {}
    if failed is not None:
        red = tuple(a_job(name, CheckConclusion.FAILURE) for name in failed)
        green[JobsOf(run())] = Seen(at=NOW, value=red)
    related = (
        {}
        if relation is None
        else {Contains(repo=REPO, newer=FIXED, older=BAD): Seen(at=NOW, value=relation)}
    )
    return a_view(
        read=github(branch=a_branch(head=history[0], history=history)),
        answers=Answers(jobs=green, contains=related),
    )


def test_a_newer_success_at_a_commit_that_contains_the_failing_one_heals() -> None:
    """The proof is newer, later on the branch, and by the job that had failed."""
    healed = with_proofs(incident(), [proof()], view(PASSED))

    assert healed.broken == ()
    assert proof_of(healed) == proof()


def test_one_proof_of_several_is_enough() -> None:
    """Two sources speak of one thing; the older word does not drown the newer."""
    proofs = [proof(), proof(at=T0)]

    assert with_proofs(incident(), proofs, view(PASSED)).broken == ()
    assert with_proofs(incident(), proofs[::-1], view(PASSED)).broken == ()


@pytest.mark.parametrize(
    ("of", "by", "seen"),
    [
        pytest.param(ailment(), proof(at=T0), view(), id="not newer than the failure"),
        pytest.param(
            ailment(), replace(proof(), commit=GOOD), view(), id="at a commit before the failing"
        ),
        pytest.param(ailment(), replace(proof(), commit=None), view(), id="at an unknown commit"),
        pytest.param(ailment(), proof(), view(history=(GOOD,)), id="ancestry not known yet"),
        pytest.param(
            ailment(), proof(), view(history=(GOOD,), relation=Relation.BEHIND), id="behind"
        ),
        pytest.param(ailment(jobs=("test",)), proof(), view(), id="jobs not known yet"),
        pytest.param(ailment(jobs=("test",)), proof(), view(a_job("build")), id="the job is gone"),
        pytest.param(
            ailment(jobs=("test",)),
            proof(),
            view(a_job("test", CheckConclusion.SKIPPED)),
            id="the job was skipped",
        ),
        pytest.param(
            ailment(jobs=("test (3.11)",)),
            proof(),
            view(a_job("test (3.11)"), a_job("test (3.12)", CheckConclusion.FAILURE)),
            id="one leg of the matrix still fails",
        ),
        pytest.param(
            ailment(jobs=("Test (e2e)",)),
            proof(),
            view(a_job("Test (unit)"), a_job("Test (e2e)", CheckConclusion.SKIPPED)),
            id="the job itself was skipped, and another of its stem passed",
        ),
        pytest.param(
            ailment(jobs=("ci (linux) / test",)),
            proof(),
            view(a_job("ci (linux) / lint")),
            id="another job of the same called workflow",
        ),
        pytest.param(
            ailment(jobs=("Deploy to staging",)),
            replace(proof(), trace=deployment()),
            view(),
            id="another system's word for a job that failed",
        ),
        pytest.param(ailment(), proof(), view(PASSED), id="failing jobs not known yet"),
        pytest.param(
            ailment(), proof(), view(PASSED, failed=("other",)), id="found to be another job"
        ),
    ],
)
def test_nothing_less_heals(of: object, by: Proof, seen: ProjectView) -> None:
    """Every piece of the proof is needed."""
    assert not may_heal(of, by, seen)  # type: ignore[arg-type]


def test_jobs_that_could_not_be_read_prove_nothing() -> None:
    """Blind closes nothing."""
    answers = Answers(jobs={JobsOf(run(202)): Blind(at=NOW, why="502")})

    assert not may_heal(ailment(jobs=("test",)), proof(), replace(view(), answers=answers))


@pytest.mark.parametrize(
    ("of", "by", "seen"),
    [
        pytest.param(
            ailment(WEB, trace=deployment(), commit=None),
            replace(proof(WEB), trace=deployment(), commit=None),
            view(),
            id="no commit",
        ),
        pytest.param(ailment(), proof(), view(failed=()), id="the failing run had no jobs"),
        pytest.param(
            ailment(),
            proof(),
            view(PASSED, history=(GOOD,), relation=Relation.AHEAD, failed=("test",)),
            id="asked for, and ahead",
        ),
        pytest.param(
            ailment(WEB, trace=deployment()),
            replace(proof(WEB), trace=deployment()),
            view(),
            id="a deployment has no jobs",
        ),
        pytest.param(
            ailment(jobs=("test (3.11)",)), proof(), view(a_job("test (3.12)")), id="matrix"
        ),
        pytest.param(
            ailment(jobs=("ci (linux) / test (a / b)",)),
            proof(),
            view(a_job("ci (mac) / lint"), a_job("ci (mac) / test (c (d), e)")),
            id="a matrix that calls a matrix",
        ),
    ],
)
def test_other_proofs_that_are_enough(of: object, by: Proof, seen: ProjectView) -> None:
    """What cannot be asked for is not asked for."""
    assert may_heal(of, by, seen)  # type: ignore[arg-type]


def test_what_a_proof_needs_is_asked_for() -> None:
    """Ancestry that the history does not show, and the jobs of the green run."""
    asked = set(proof_questions(incident(), [proof()], view(history=(GOOD,))))

    assert asked == {Contains(repo=REPO, newer=FIXED, older=BAD), JobsOf(run(202))}


@pytest.mark.parametrize(
    ("of", "proofs"),
    [
        (incident(), [proof(at=T0)]),
        (incident(), [proof(WEB)]),
        (incident(replace(ailment(), healed=proof())), [proof()]),
        (incident(ailment()), [proof()]),
    ],
    ids=["an old proof", "of something else", "healed already", "nothing more is needed"],
)
def test_nothing_is_asked_in_vain(of: Incident, proofs: list[Proof]) -> None:
    """A proof that cannot heal, or that needs nothing, costs no request."""
    assert set(proof_questions(of, proofs, view(failed=()))) == set()


def test_jobs_that_were_never_seen_are_asked_for() -> None:
    """The log was out of reach while it was red; which job failed can still be read."""
    assert set(proof_questions(incident(ailment()), [proof()], view())) == {JobsOf(run())}


def test_failing_jobs_that_cannot_be_read_prove_nothing() -> None:
    """Any green run would do otherwise."""
    answers = Answers(jobs={JobsOf(run()): Blind(at=NOW, why="502")})

    assert not may_heal(ailment(), proof(), replace(view(), answers=answers))


def tracked(
    *,
    is_open: bool = True,
    not_planned: bool = False,
    by: str | None = "dev",
    bot: bool = False,
    closed_at: datetime | None = NOW,
) -> Seen[Tracked]:
    """Give the issue as the tracker shows it."""
    shown = TrackedIssue(
        ref=REF,
        open=is_open,
        not_planned=not_planned,
        title="t",
        body="",
        labels=frozenset(),
        ours=True,
        created_at=T0,
        updated_at=T0,
        closed_at=closed_at,
        url="u",
        closed_by=None if by is None else Login(by),
        closed_by_bot=bot,
    )
    return Seen(at=NOW, value=shown)


def life(
    of: Incident,
    issue: Part[Tracked] | None = None,
    *,
    fails: bool = True,
    in_flight: bool = False,
    blind: bool = False,
) -> Incident:
    """Give *of* one step further."""
    finding = Finding(
        symptom=CI, project=of.project, since=T0, commit=BAD, trace=run(), says="CI failed."
    )
    found = (Diagnosed(finding=finding, cause=of.cause, evidence=None),) if fails else ()
    case = Case(
        incident=of,
        findings=found,
        in_flight=in_flight,
        blind=blind,
        issue=issue or NotAsked(),
    )
    return advanced(case, agent_logins=AGENTS, now=NOW).incident


def step(*of: Any, **seen: Any) -> Callable[[], Incident]:
    """Give that step, to be made by the test itself: what is made before it tests nothing."""
    return lambda: life(*of, **seen)


HALF = incident(ailment(), replace(ailment(WEB), healed=proof(WEB)))
OVER = incident(replace(ailment(), healed=proof()))
RESOLVED = replace(OVER, phase=Phase.RESOLVED, resolved_at=T0)
MUTED = replace(incident(), phase=Phase.MUTED, filing=Filing(repo=REPO, number=7, url="u"))
KNOWN = replace(MUTED, phase=Phase.OPEN)


@pytest.mark.parametrize(
    ("after", "phase"),
    [
        pytest.param(step(KNOWN), Phase.OPEN, id="it fails"),
        pytest.param(step(incident()), Phase.PENDING, id="it fails and is not filed"),
        pytest.param(step(KNOWN, fails=False), Phase.OPEN, id="nobody says anything"),
        pytest.param(
            step(KNOWN, fails=False, in_flight=True),
            Phase.RECOVERING,
            id="a run is under way",
        ),
        pytest.param(step(HALF, fails=False), Phase.RECOVERING, id="half of it is proved"),
        pytest.param(step(OVER, fails=False), Phase.RESOLVED, id="all of it is proved"),
        pytest.param(step(MUTED), Phase.MUTED, id="muted stays muted while it fails"),
        pytest.param(
            step(replace(OVER, phase=Phase.MUTED)),
            Phase.RESOLVED,
            id="muted until it recovered",
        ),
        pytest.param(step(MUTED, tracked(is_open=True)), Phase.OPEN, id="a person opened it again"),
        pytest.param(step(KNOWN, tracked()), Phase.OPEN, id="open in the tracker"),
        pytest.param(step(KNOWN, tracked(is_open=False)), Phase.OPEN, id="closed while it fails"),
        pytest.param(
            step(KNOWN, tracked(is_open=False, not_planned=True)),
            Phase.MUTED,
            id="closed as not planned by a person",
        ),
        pytest.param(
            step(KNOWN, tracked(is_open=False, not_planned=True, by="archon")),
            Phase.OPEN,
            id="closed as not planned by the agent",
        ),
        pytest.param(
            step(KNOWN, tracked(is_open=False, not_planned=True, bot=True)),
            Phase.OPEN,
            id="closed as not planned by a bot",
        ),
        pytest.param(
            step(KNOWN, tracked(is_open=False, not_planned=True, by=None)),
            Phase.OPEN,
            id="closed as not planned by nobody knows whom",
        ),
        pytest.param(step(KNOWN, Blind(at=NOW, why="502")), Phase.OPEN, id="not readable"),
    ],
)
def test_the_phase_follows_from_what_is_seen(after: Callable[[], Incident], phase: Phase) -> None:
    """One row a way through the life of an incident."""
    assert phase is after().phase


def test_it_is_resolved_at_the_time_of_the_cycle_that_proved_it_and_stays_so() -> None:
    """The first cycle that has every proof dates the end."""
    assert life(OVER, fails=False).resolved_at == NOW
    assert life(RESOLVED, fails=False).resolved_at == T0


def test_an_issue_is_deleted_when_two_looks_an_hour_apart_say_so() -> None:
    """One 404 may be a replica that lags; the second, an hour later, is believed."""
    gone = Seen(at=NOW, value=Gone(ref=REF, why="not found"))

    assert (life(KNOWN, gone).phase, life(KNOWN, gone).gone_since) == (Phase.OPEN, NOW)
    once = replace(KNOWN, gone_since=NOW - 59 * MINUTE)
    assert life(once, gone).phase is Phase.OPEN
    twice = replace(KNOWN, gone_since=NOW - 60 * MINUTE)
    assert life(twice, gone).phase is Phase.MUTED
    assert life(replace(MUTED, gone_since=T0), gone).phase is Phase.MUTED
    assert life(once, tracked()).gone_since is None


@pytest.mark.parametrize(
    ("before", "closed_at", "after"),
    [(None, T0, T0), (None, None, NOW), (T0 - MINUTE, T0, T0 - MINUTE)],
    ids=["closed by somebody", "at an unknown time", "noted before"],
)
def test_the_closed_issue_of_a_resolved_incident_is_noted_once(
    before: datetime | None, closed_at: datetime | None, after: datetime
) -> None:
    """What is known to be closed need not be read in every cycle."""
    filed = replace(RESOLVED, filing=Filing(repo=REPO, number=7, url="u", closed_at=before))

    seen = life(filed, tracked(is_open=False, closed_at=closed_at), fails=False)

    assert seen.filing is not None
    assert after == seen.filing.closed_at


def test_a_resolved_incident_that_was_never_filed_has_nothing_to_note() -> None:
    """No filing, no date."""
    assert life(RESOLVED, tracked(is_open=False), fails=False) == RESOLVED


def test_what_comes_and_goes_is_held_open_until_three_green_looks_in_a_row() -> None:
    """The third end within six hours is believed only after three looks."""
    turns = (NOW - timedelta(hours=6), NOW - timedelta(hours=1))
    first = life(replace(OVER, turns=turns), fails=False)
    second = life(first, fails=False)
    third = life(second, fails=False)

    assert [(Phase.RECOVERING, True), (Phase.RECOVERING, True), (Phase.RESOLVED, False)] == [
        (each.phase, each.flapping) for each in (first, second, third)
    ]
    assert (*turns, NOW) == third.turns


def test_a_blind_look_is_no_green_one() -> None:
    """What comes and goes may be gone again while nobody sees it."""
    turns = (NOW - timedelta(hours=2), NOW - timedelta(hours=1))
    green = life(replace(OVER, turns=turns), fails=False)

    dark = life(life(green, fails=False, blind=True), fails=False, blind=True)

    assert (Phase.RECOVERING, 1) == (dark.phase, dark.green_looks)
    assert life(OVER, fails=False, blind=True).phase is Phase.RESOLVED


@pytest.mark.parametrize(("lately", "wanted"), [(2, 3), (3, 6), (4, 12)])
def test_with_every_further_turn_twice_as_many_looks_are_wanted(lately: int, wanted: int) -> None:
    """What goes on coming and going is told a few times, and not all day."""
    turns = tuple(NOW - timedelta(hours=1) for _ in range(lately))
    before = replace(OVER, turns=turns, green_looks=wanted - 2)

    held = life(before, fails=False)

    assert (Phase.RECOVERING, wanted) == (held.phase, held.looks_wanted)
    assert life(held, fails=False).phase is Phase.RESOLVED


def test_a_failure_between_them_starts_the_green_looks_anew() -> None:
    """In a row means in a row."""
    assert life(replace(incident(), green_looks=2, flapping=True)).green_looks == 0


def test_old_turns_are_no_flapping() -> None:
    """Three ends in a week are three stories."""
    turns = (NOW - timedelta(hours=7), NOW - timedelta(hours=1))

    assert life(replace(OVER, turns=turns), fails=False).phase is Phase.RESOLVED


def test_an_issue_that_was_deleted_after_the_end_is_forgotten() -> None:
    """What breaks again gets a new issue that names the old one."""
    gone = Seen(at=NOW, value=Gone(ref=REF, why="not found"))
    filing = Filing(repo=REPO, number=7, url="u")

    over = life(replace(RESOLVED, gone_since=T0, filing=filing), gone, fails=False)
    assert (None, 7, None) == (over.filing, over.previous, over.gone_since)
    again = replace(incident(), gone_since=T0, filing=replace(filing, closed_at=T0))
    assert (None, 7) == (life(again, gone).filing, life(again, gone).previous)
    assert life(replace(RESOLVED, gone_since=T0), gone, fails=False).previous is None


def test_an_issue_that_is_open_again_can_be_closed_again() -> None:
    """Our note that it was closed is no longer true."""
    before = replace(incident(), filing=Filing(repo=REPO, number=7, url="u", closed_at=T0))

    after = life(before, tracked())

    assert after.filing is not None
    assert after.filing.closed_at is None


def test_there_is_no_proof_while_anything_is_unproved() -> None:
    """The proof of an incident is the last one of all its ailments."""
    assert proof_of(HALF) is None
    late = proof(WEB, at=NOW)
    both = incident(replace(ailment(), healed=proof()), replace(ailment(WEB), healed=late))
    assert proof_of(both) == late


FILED = replace(incident(), filing=Filing(repo=REPO, number=7, url="u", told="old"))
WORDS = Comment(key="k", body="b")
NAMED = {"fingerprint": FILED.fingerprint, "nonce": FILED.nonce, "ref": REF, "reason": "r"}
OPENING = OpenIssue(
    fingerprint=FILED.fingerprint,
    nonce=FILED.nonce,
    repo=REPO,
    title="t",
    body="b",
    labels=(),
    owner=Owner.HUMAN,
    reason="r",
)
UPDATE = UpdateIssue(body="b", **NAMED)  # type: ignore[arg-type]
CLOSE = CloseIssue(body="b", comment=WORDS, **NAMED)  # type: ignore[arg-type]
REOPEN = ReopenIssue(body="b", comment=WORDS, **NAMED)  # type: ignore[arg-type]
HAND = HandOver(
    body="b",
    add=(),
    remove=(),
    owner=Owner.HUMAN,
    comment=WORDS,
    **NAMED,  # type: ignore[arg-type]
)


def done(change: Change, *, told: str = "new") -> Outcome:
    """Give the outcome of a change that was made."""
    return Outcome(change=change, applied=True, ref=REF, url="https://x", told=told)


def test_an_opened_issue_is_filed() -> None:
    """Its number, its text, its owner and the time are kept."""
    after = with_outcome(incident(), done(OPENING), now=NOW).filing

    assert after == Filing(
        repo=REPO, number=7, url="https://x", told="new", owner=Owner.HUMAN, opened_at=NOW
    )


@pytest.mark.parametrize(
    ("change", "told", "after"),
    [
        (UPDATE, "new", {"told": "new"}),
        (UPDATE, "", {"told": "old"}),
        (CLOSE, "new", {"told": "new", "closed_at": NOW}),
        (replace(CLOSE, duplicate_of=7, ref=IssueRef(REPO, 9)), "", {"told": "old"}),
        (replace(CLOSE, duplicate_of=5), "", {"told": "old", "closed_at": NOW}),
        (REOPEN, "new", {"told": "new", "closed_at": None}),
        (HAND, "new", {"told": "new", "owner": Owner.HUMAN, "moves": 1}),
    ],
    ids=[
        "edited",
        "nothing told",
        "closed",
        "a stray was closed",
        "closed as a duplicate",
        "reopened",
        "handed over",
    ],
)
def test_a_change_that_was_made_is_kept(
    change: Change, told: str, after: dict[str, object]
) -> None:
    """So that it is not made again."""
    assert FILED.filing is not None

    kept = with_outcome(FILED, done(change, told=told), now=NOW).filing

    assert replace(FILED.filing, **after) == kept  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("of", "outcome"),
    [
        (FILED, Outcome(change=UPDATE, applied=False)),
        (incident(), done(UPDATE)),
        (incident(), Outcome(change=OPENING, applied=True)),
    ],
    ids=["not made", "nothing filed", "no number"],
)
def test_what_was_not_made_changes_nothing(of: Incident, outcome: Outcome) -> None:
    """The next cycle plans it again."""
    assert with_outcome(of, outcome, now=NOW) == of


def test_a_link_needs_no_jobs() -> None:
    """Another system's status has a page and no jobs of ours."""
    assert may_heal(ailment(trace=page()), replace(proof(), trace=page()), view())


@pytest.mark.parametrize(
    ("of", "by", "seen"),
    [
        pytest.param(ailment(jobs=("test",)), proof(at=T0), view(PASSED), id="not newer"),
        pytest.param(
            ailment(jobs=("test",)), replace(proof(), commit=GOOD), view(PASSED), id="before it"
        ),
        pytest.param(
            ailment(jobs=("test",)), replace(proof(), commit=None), view(PASSED), id="no commit"
        ),
        pytest.param(
            ailment(jobs=("test",)), proof(), view(PASSED, history=(GOOD,)), id="not asked yet"
        ),
        pytest.param(
            ailment(jobs=("test",)),
            proof(),
            view(PASSED, history=(GOOD,), relation=Relation.DIVERGED),
            id="diverged",
        ),
        pytest.param(
            ailment(jobs=("test",)), replace(proof(), trace=page()), view(PASSED), id="no run"
        ),
        pytest.param(
            ailment(trace=page(), jobs=("test",)),
            replace(proof(), trace=page()),
            view(PASSED),
            id="a page, where a job is known to have failed",
        ),
        pytest.param(ailment(), replace(proof(), trace=page()), view(PASSED), id="a page of a run"),
        pytest.param(
            ailment(jobs=("test (3.11)",)),
            proof(),
            view(a_job("test (3.12)", CheckConclusion.SKIPPED)),
            id="every leg was skipped",
        ),
    ],
)
def test_each_piece_of_a_proof_is_needed_by_itself(
    of: Ailment, by: Proof, seen: ProjectView
) -> None:
    """With everything else in its place, what lacks one piece leaves it broken."""
    assert with_proofs(incident(of), [by], seen).broken == (of,)


def test_only_jobs_that_failed_must_pass() -> None:
    """A job that passed in the red run may be gone from the green one."""
    red = (a_job("test", CheckConclusion.FAILURE), a_job("lint"))
    answers = {JobsOf(run()): Seen(at=NOW, value=red), JobsOf(run(202)): seen_jobs(PASSED)}
    shown = replace(view(), answers=Answers(jobs=answers))

    assert with_proofs(incident(ailment()), [proof()], shown).broken == ()


def seen_jobs(*jobs: Job) -> Seen[tuple[Job, ...]]:
    """Give the jobs of a run as they were read."""
    return Seen(at=NOW, value=jobs)


def test_what_is_healed_stays_healed_without_a_new_proof() -> None:
    """The next look need not bring the proof again."""
    assert with_proofs(HALF, [], view()) == HALF


def test_a_duplicate_is_over_and_its_closed_issue_is_noted() -> None:
    """What it is about goes on under the other issue."""
    duplicate = replace(KNOWN, duplicate_of=Fingerprint("0lder"))
    after = life(duplicate, tracked(is_open=False, closed_at=T0))

    assert (after.phase, after.resolved_at) == (Phase.RESOLVED, NOW)
    assert after.filing is not None
    assert after.filing.closed_at == T0


def test_seven_ends_are_remembered() -> None:
    """The oldest is forgotten: what came and went a day ago is another story."""
    turns = tuple(NOW - timedelta(hours=hours) for hours in range(17, 9, -1))
    assert len(life(replace(OVER, turns=turns), fails=False).turns) == 7


@pytest.mark.parametrize(
    "by", [replace(proof(), commit=None), replace(proof(), trace=page())], ids=["commit", "run"]
)
def test_what_no_answer_could_mend_is_not_asked(by: Proof) -> None:
    """A proof without a commit, or of another system, stays too little whatever is answered."""
    assert set(proof_questions(incident(), [by], view(PASSED))) == set()


def test_who_opens_again_what_was_muted_moves_it() -> None:
    """What is open anyway is not moved by being open."""
    assert life(MUTED, tracked()).moved_at == NOW
    assert life(KNOWN, tracked()).moved_at == KNOWN.moved_at


def test_what_is_over_is_not_muted_by_how_its_issue_was_closed() -> None:
    """It was over before, and stays so from then."""
    filed = replace(RESOLVED, filing=Filing(repo=REPO, number=7, url="u"))
    after = life(filed, tracked(is_open=False, not_planned=True), fails=False)

    assert (after.phase, after.resolved_at) == (Phase.RESOLVED, T0)


def test_an_issue_that_is_seen_before_its_number_is_kept_changes_nothing() -> None:
    """Its answer was lost: the filing comes with the next look."""
    assert life(incident(), tracked()).filing is None


def test_a_duplicate_is_over_at_once_though_it_came_and_went() -> None:
    """Green looks are counted where it goes on."""
    turns = (NOW - timedelta(hours=2), NOW - timedelta(hours=1))
    duplicate = replace(KNOWN, duplicate_of=Fingerprint("0lder"), turns=turns)

    assert life(duplicate).phase is Phase.RESOLVED


def test_the_green_looks_begin_anew_after_the_end() -> None:
    """The next time it comes and goes is counted from the beginning."""
    turns = (NOW - timedelta(hours=2), NOW - timedelta(hours=1))
    held = replace(OVER, turns=turns, green_looks=2)

    assert life(held, fails=False).green_looks == 0


@pytest.mark.parametrize(
    ("before", "title"),
    [
        pytest.param(incident(ailment(), ailment(STATUS)), "CI (shop)", id="both are broken"),
        pytest.param(
            incident(replace(ailment(), healed=proof()), ailment(STATUS)),
            "ci/circle (shop)",
            id="what it was called by is over",
        ),
        pytest.param(
            replace(
                incident(replace(ailment(), healed=proof()), ailment(STATUS)),
                filing=Filing(repo=REPO, number=7, url="u"),
            ),
            "CI (shop)",
            id="its issue is there",
        ),
        pytest.param(
            replace(
                incident(replace(ailment(), healed=proof()), ailment(STATUS)),
                kind=Kind.CREDENTIAL_REJECTED,
            ),
            "CI (shop)",
            id="a credential",
        ),
        pytest.param(incident(replace(ailment(), healed=proof())), "CI (shop)", id="all is over"),
    ],
)
def test_what_nobody_was_told_of_is_called_by_what_is_broken(before: Incident, title: str) -> None:
    """The title that an issue bears stays, and so does that of a secret."""
    assert life(before).title == f"Main CI red: {title}"


def test_what_it_is_called_by_gives_it_its_kind() -> None:
    """Of a deployment that did not end, while the one that had failed works again."""
    stuck = replace(WEB, kind=Kind.STAGING_DEPLOY_STUCK)
    before = incident(replace(ailment(), healed=proof()), ailment(stuck))

    after = life(before)

    assert after.title == "Staging deploy stuck: web (shop)"
    assert (after.kind, after.scope) == (stuck.kind, stuck.scope)
    assert after.fingerprint == before.fingerprint


def test_what_never_came_is_called_by_its_commit() -> None:
    """As it would be, had it failed alone."""
    missing = ailment(replace(WEB, kind=Kind.STAGING_DEPLOY_MISSING), commit=FIXED)
    before = incident(replace(ailment(), healed=proof()), missing)

    assert life(before).title == "Staging never deployed 2c2c2c2: web (shop)"
