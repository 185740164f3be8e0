"""From cases to a plan: what is opened, edited, closed, reopened, handed over, and what waits."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from incident_builders import (
    BAD,
    CI,
    EVIDENCE,
    MINUTE,
    PROJECT,
    REJECTED,
    REPO,
    T0,
    UNKNOWN,
    ailment,
    incident,
    proof,
    run,
)
from pipeline_health.core import issue_text
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.ids import Fingerprint, Login, Nonce, ProjectName, RepoName, Sha
from pipeline_health.core.model.incident import (
    Cause,
    CauseClass,
    Filing,
    Incident,
    Owner,
    Phase,
)
from pipeline_health.core.model.issue import Gone, IssueRef, Tracked, TrackedIssue
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.plan import (
    CloseIssue,
    Comment,
    CommentIssue,
    HandOver,
    OpenIssue,
    Plan,
    ReopenIssue,
    Requeue,
    RerunJobs,
    UpdateIssue,
)
from pipeline_health.core.model.policy import EvidenceMode, Limits, ProjectPolicy, Routing
from pipeline_health.core.model.readings import Blind, NotAsked, Part, Seen
from pipeline_health.core.reconcile import reconcile
from pipeline_health.core.terms import Desk, Terms

NOW = T0 + 30 * MINUTE
REF = IssueRef(REPO, 7)
ROUTING = Routing()


def terms(**changes: object) -> Terms:
    """Give terms under which everything may be done."""
    given = Terms(
        routing=ROUTING,
        limits=Limits(),
        sla=timedelta(minutes=30),
        desks={REPO: Desk()},
        opened_lately=0,
        now=NOW,
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def filed(
    of: Incident, *, owner: Owner = Owner.AGENT, closed_at: datetime | None = None
) -> Incident:
    """Give *of* as it is once its issue says what is true."""
    text = issue_text.body(
        of,
        routing=ROUTING,
        evidence_shown=EvidenceMode.FULL,
        project=ProjectPolicy(name=PROJECT, repo=REPO),
    )
    filing = Filing(
        repo=REPO,
        number=7,
        url="u",
        told=issue_text.digest(text),
        owner=owner,
        closed_at=closed_at,
    )
    return replace(of, filing=filing)


def issue(**changes: object) -> TrackedIssue:
    """Give the open issue of an incident, as our own account wrote it."""
    given = TrackedIssue(
        ref=REF,
        open=True,
        not_planned=False,
        title="Main CI red: CI (shop)",
        body="",
        labels=frozenset({"pipeline-health", "bug", "archon:queued"}),
        ours=True,
        created_at=T0,
        updated_at=T0,
        closed_at=None,
        url="u",
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def closed(at: datetime) -> TrackedIssue:
    """Give the issue as somebody closed it."""
    return issue(open=False, closed_at=at)


def standing(*, since: datetime = T0) -> Diagnosed:
    """Give a failure that still stands."""
    finding = Finding(
        symptom=CI, project=PROJECT, since=since, commit=None, trace=run(), says="CI failed."
    )
    return Diagnosed(finding=finding, cause=UNKNOWN, evidence=EVIDENCE)


def case(
    of: Incident,
    *,
    shown: Part[Tracked] | TrackedIssue | None = None,
    found: tuple[Diagnosed, ...] | None = None,
    **changes: object,
) -> Case:
    """Give a case in which the failure stands, unless *found* says otherwise."""
    match shown:
        case None:
            part: Part[Tracked] = NotAsked()
        case TrackedIssue():
            part = Seen(at=NOW, value=shown)
        case _:
            part = shown
    given = Case(
        incident=of,
        findings=(standing(),) if found is None else found,
        issue=part,
        project=ProjectPolicy(name=PROJECT, repo=REPO),
        shows=EvidenceMode.FULL,
    )
    return replace(given, **changes)  # type: ignore[arg-type]


def resolved(of: Incident) -> Incident:
    """Give *of* proved to be over."""
    ailments = tuple(replace(each, healed=proof()) for each in of.ailments)
    return replace(of, ailments=ailments, phase=Phase.RESOLVED, resolved_at=NOW)


def test_an_unfiled_failure_is_opened_for_the_agent() -> None:
    """The issue has its labels from the start, so that no pickup sees it without them."""
    plan = reconcile([case(incident())], terms())

    (change,) = plan.changes
    assert isinstance(change, OpenIssue)
    assert change.labels == ("pipeline-health", "bug", "archon:queued")
    assert change.owner is Owner.AGENT
    assert change.body.startswith("<!-- pipeline-health v1 {")


def test_a_credential_is_opened_for_a_person_and_never_labelled_for_the_agent() -> None:
    """A human's problem never goes to the agent."""
    (change,) = reconcile([case(incident(cause=REJECTED))], terms()).changes

    assert isinstance(change, OpenIssue)
    assert change.labels == ("pipeline-health", "human-needed", "archon:skipped")


@pytest.mark.parametrize(
    ("desks", "why"),
    [
        ({}, "acme/shop was not seen"),
        ({REPO: Desk(why_not="the list is stale")}, "the list is stale"),
    ],
    ids=["repository not seen", "list stale"],
)
def test_nothing_is_opened_where_we_are_blind(desks: dict[object, Desk], why: str) -> None:
    """An issue that we might not see may exist already."""
    plan = reconcile([case(incident())], terms(desks=desks))

    assert plan == Plan(waiting=(f"Main CI red: CI (shop): {why}",))


@pytest.mark.parametrize(
    "quiet",
    [
        case(incident(), found=()),
        case(resolved(incident())),
        case(replace(incident(), phase=Phase.MUTED)),
    ],
    ids=["no failure in this look", "over", "muted"],
)
def test_what_does_not_fail_now_is_not_opened(quiet: Case) -> None:
    """Only a failure that this cycle saw is filed."""
    assert reconcile([quiet], terms()) == Plan()


@pytest.mark.parametrize(
    "limits", [{"limits": Limits(issues_per_cycle=1)}, {"opened_lately": 19}], ids=["cycle", "hour"]
)
def test_the_caps_let_the_oldest_failure_through_first(limits: dict[str, object]) -> None:
    """What exceeds a cap is filed later, and said to wait."""
    young = replace(incident(), first_failed_at=T0 + MINUTE, title="young", nonce=Nonce("2"))
    old = replace(incident(), title="old")

    plan = reconcile([case(young), case(old)], terms(**limits))

    assert [change.nonce for change in plan.changes] == [old.nonce]
    assert plan.waiting == ("young: filed when the caps allow it",)


def test_a_standing_failure_whose_issue_says_so_changes_nothing() -> None:
    """Silence, once everything has been said."""
    assert reconcile([case(filed(incident()), shown=issue())], terms()) == Plan()


def test_a_changed_fact_is_edited_in_place_and_the_notes_are_kept() -> None:
    """What people wrote below the notes line survives every edit."""
    told = filed(incident())
    changed = replace(told, count=2)
    noted = issue(body="old\n\n<!-- notes -->\nask Ann first")

    (change,) = reconcile([case(changed, shown=noted)], terms()).changes

    assert isinstance(change, UpdateIssue)
    assert change.body.endswith("<!-- notes -->\nask Ann first")


def test_proof_closes_with_a_comment_that_can_be_found_again() -> None:
    """One closing comment, keyed by the proof, so that a crash does not repeat it."""
    over = resolved(filed(incident()))

    (change,) = reconcile([case(over, shown=issue(), found=())], terms()).changes

    assert isinstance(change, CloseIssue)
    assert change.comment.key == "closed n0nce 20261122T121000Z"
    assert change.duplicate_of is None
    assert change.reason == proof().says


@pytest.mark.parametrize(
    ("of", "shown"),
    [
        (resolved(filed(incident())), closed(NOW)),
        (resolved(filed(incident(), closed_at=NOW)), issue()),
        (replace(filed(incident()), phase=Phase.MUTED), closed(T0)),
    ],
    ids=["closed already", "reopened by a person after our closing", "muted"],
)
def test_what_people_did_to_a_finished_issue_is_left_alone(
    of: Incident, shown: TrackedIssue
) -> None:
    """We close once, and mute when told to."""
    assert reconcile([case(of, shown=shown)], terms()) == Plan()


@pytest.mark.parametrize(
    ("shown", "found", "changes", "reason"),
    [
        pytest.param(
            closed(T0 - MINUTE),
            (standing(),),
            {},
            "It failed again after this issue was closed.",
            id="a newer failure",
        ),
        pytest.param(
            issue(open=False),
            (standing(),),
            {},
            "It failed again after this issue was closed.",
            id="closed at an unknown time",
        ),
        pytest.param(
            closed(T0),
            (standing(since=T0 - MINUTE),),
            {},
            "It was closed, but it is still broken and nothing is under way that could mend it.",
            id="closed for one SLA",
        ),
    ],
)
def test_what_was_closed_while_it_is_broken_is_reopened(
    shown: TrackedIssue, found: tuple[Diagnosed, ...], changes: dict[str, object], reason: str
) -> None:
    """Whoever closes an issue does not mend anything by it."""
    (change,) = reconcile(
        [case(filed(incident()), shown=shown, found=found, **changes)], terms()
    ).changes

    assert isinstance(change, ReopenIssue)
    assert reason == change.reason


@pytest.mark.parametrize(
    ("shown", "found", "changes"),
    [
        pytest.param(closed(T0 + MINUTE), (standing(),), {}, id="closed a moment ago"),
        pytest.param(
            closed(T0),
            (standing(since=T0 - MINUTE),),
            {"in_flight": True},
            id="a verdict is under way",
        ),
        pytest.param(closed(T0 - MINUTE), (), {}, id="no failure in this look"),
    ],
)
def test_a_closed_issue_stays_closed_until_a_verdict_says_otherwise(
    shown: TrackedIssue, found: tuple[Diagnosed, ...], changes: dict[str, object]
) -> None:
    """The fix may be on its way; not seeing it fail is no reason to speak."""
    given = case(filed(incident()), shown=shown, found=found, **changes)

    assert reconcile([given], terms()) == Plan()


@pytest.mark.parametrize(
    ("desks", "why"),
    [
        ({REPO: Desk(why_not="issues are disabled")}, "issues are disabled"),
        ({}, f"{REPO} was not seen"),
    ],
)
def test_nothing_is_reopened_where_nothing_may_be_filed(
    desks: dict[RepoName, Desk], why: str
) -> None:
    """An issue that nobody could read may say so already."""
    plan = reconcile([case(filed(incident()), shown=closed(T0))], terms(desks=desks))

    assert plan.changes == ()
    assert [why] == [each.rpartition(": ")[2] for each in plan.waiting]


def test_a_relapse_after_our_own_closing_is_reopened_at_once() -> None:
    """The failure may be older than our closing by a minute; it is newer than the proof."""
    of = filed(incident(), closed_at=NOW)

    (change,) = reconcile([case(of, shown=closed(NOW))], terms()).changes

    assert isinstance(change, ReopenIssue)
    assert change.reason == "The same failure is back after it was proved to be over."


def test_a_new_owner_gets_the_issue_in_place() -> None:
    """Our labels are exchanged, once, with one comment; other people's labels stay."""
    of = filed(incident(cause=REJECTED))
    shown = issue(labels=frozenset({"pipeline-health", "bug", "archon:queued", "P1"}))

    (change,) = reconcile([case(of, shown=shown)], terms()).changes

    assert isinstance(change, HandOver)
    assert change.add == ("human-needed", "archon:skipped")
    assert change.remove == ("bug", "archon:queued")
    assert change.owner is Owner.HUMAN


def test_only_labels_that_are_there_are_removed() -> None:
    """A label that a person took off is not asked to be taken off again."""
    of = filed(incident(cause=REJECTED))

    (change,) = reconcile([case(of, shown=issue(labels=frozenset({"bug"})))], terms()).changes

    assert isinstance(change, HandOver)
    assert change.remove == ("bug",)


@pytest.mark.parametrize("label", ["manual-review", "archon:in-progress"])
def test_labels_are_left_alone_while_a_person_or_a_run_has_the_issue(label: str) -> None:
    """The text is edited all the same; the labels wait."""
    of = replace(filed(incident(cause=REJECTED)), count=9)
    shown = issue(labels=frozenset({"bug", label}))

    plan = reconcile([case(of, shown=shown)], terms())

    assert [type(change) for change in plan.changes] == [UpdateIssue]
    assert plan.waiting == (
        f"Main CI red: CI (shop): its labels are left alone while it has {label}",
    )


def test_the_agent_can_get_an_issue_from_a_person() -> None:
    """The exchange works both ways."""
    of = filed(incident(), owner=Owner.HUMAN)
    shown = issue(labels=frozenset({"human-needed"}))

    (change,) = reconcile([case(of, shown=shown)], terms()).changes

    assert isinstance(change, HandOver)
    assert (change.add, change.remove) == (("bug", "archon:queued"), ("human-needed",))


def test_an_issue_that_cannot_be_read_is_not_touched() -> None:
    """Blind closes nothing."""
    plan = reconcile([case(filed(incident()), shown=Blind(at=NOW, why="502"))], terms())

    assert plan == Plan(waiting=("Main CI red: CI (shop): its issue could not be read (502)",))


GONE = Seen(at=NOW, value=Gone(ref=REF, why="not found"))


@pytest.mark.parametrize(
    ("of", "shown"),
    [(filed(incident()), NotAsked()), (replace(filed(incident()), phase=Phase.MUTED), GONE)],
    ids=["not asked", "muted, since it is gone"],
)
def test_an_issue_that_is_not_there_is_not_filed_again(of: Incident, shown: Part[Tracked]) -> None:
    """Whoever deletes an issue means it."""
    assert reconcile([case(of, shown=shown)], terms()) == Plan()


def test_an_issue_that_has_just_gone_is_told() -> None:
    """Nothing is filed in its place, and somebody may want to know why."""
    assert reconcile([case(filed(incident()), shown=GONE)], terms()).waiting == (
        "Main CI red: CI (shop): issue 7 is gone; if it is still gone in an hour, that counts",
    )


def test_the_text_waits_while_its_project_is_not_fully_seen() -> None:
    """Half the facts would make another text, and the next cycle the first one again."""
    changed = replace(filed(incident()), count=2)

    assert reconcile([case(changed, shown=issue(), project=None)], terms()) == Plan()


def test_an_issue_that_somebody_else_wrote_is_never_changed() -> None:
    """A number in the ledger is no proof of authorship."""
    plan = reconcile([case(filed(incident()), shown=issue(ours=False))], terms())

    assert plan == Plan(
        waiting=("Main CI red: CI (shop): issue 7 is not provably ours, so it is left alone",)
    )


def test_the_younger_of_two_issues_is_closed_as_a_duplicate() -> None:
    """Two hosts filed the same; a copy with the same nonce and a stranger's are left alone."""
    of = filed(incident())
    ours = issue_text.marker_of(of)
    twin = issue(ref=IssueRef(REPO, 9), marker=replace(ours, nonce=Nonce("other")))
    strays = (
        twin,
        replace(twin, ref=IssueRef(REPO, 10), open=False),
        replace(twin, ref=IssueRef(REPO, 11), ours=False),
        replace(twin, ref=IssueRef(REPO, 12), marker=ours),
        replace(twin, ref=IssueRef(REPO, 13), marker=None),
    )

    (change,) = reconcile([case(of, shown=issue(), strays=strays)], terms()).changes

    assert isinstance(change, CloseIssue)
    assert (IssueRef(REPO, 9), 7, None) == (change.ref, change.duplicate_of, change.body)
    assert change.comment.key == "duplicate other 7"


def test_an_ailment_that_failed_last_names_the_reason() -> None:
    """The reason of a change is a sentence that a person can read."""
    of = incident(ailment())

    (change,) = reconcile([case(of)], terms()).changes

    assert change.reason == "CI failed. No open issue says so yet."


@pytest.mark.parametrize(("cause", "spoken"), [(UNKNOWN, True), (REJECTED, False)])
def test_an_agents_closing_of_a_persons_issue_is_undone_without_a_word(
    cause: Cause, *, spoken: bool
) -> None:
    """The person was told, and each further fix that does not fix is no news."""
    of = filed(incident(cause=cause), owner=cause.owner)
    shown = replace(closed(T0), closed_by=Login("archon"))

    (change,) = reconcile([case(of, shown=shown)], terms()).changes

    assert isinstance(change, ReopenIssue)
    assert spoken is (change.comment is not None)


# -- every change, all of it ------------------------------------------------------------------

FP, NONCE, TITLE = incident().fingerprint, incident().nonce, incident().title
NOTED = issue(body="old\n\n<!-- notes -->\nask Ann first")


def text(of: Incident, shown: TrackedIssue = NOTED) -> str:
    """Give what the issue of *of* must say, with the notes that are in it."""
    return issue_text.body(
        of,
        routing=ROUTING,
        evidence_shown=EvidenceMode.FULL,
        notes=issue_text.notes_of(shown.body),
        project=ProjectPolicy(name=PROJECT, repo=REPO),
    )


def test_an_opening_says_all_of_it() -> None:
    """What was found, where it goes, and why."""
    assert reconcile([case(incident())], terms()) == Plan(
        changes=(
            OpenIssue(
                fingerprint=FP,
                nonce=NONCE,
                repo=REPO,
                title=TITLE,
                body=text(incident(), issue()),
                labels=("pipeline-health", "bug", "archon:queued"),
                owner=Owner.AGENT,
                reason="CI failed. No open issue says so yet.",
            ),
        )
    )


def test_an_edit_says_all_of_it() -> None:
    """The new text, with the notes of people."""
    changed = replace(filed(incident()), count=2)

    assert reconcile([case(changed, shown=NOTED)], terms()).changes == (
        UpdateIssue(
            fingerprint=FP,
            nonce=NONCE,
            ref=REF,
            body=text(changed),
            reason="The facts in it changed.",
        ),
    )


def test_a_reopening_says_all_of_it() -> None:
    """First whose it is now, then that it is open again, and why."""
    of = filed(incident(), owner=Owner.HUMAN)
    shown = replace(NOTED, open=False, closed_at=T0 - MINUTE, labels=frozenset({"human-needed"}))

    assert reconcile([case(of, shown=shown)], terms()).changes == (
        HandOver(
            fingerprint=FP,
            nonce=NONCE,
            ref=REF,
            body=text(of),
            add=ROUTING.agent,
            remove=("human-needed",),
            owner=Owner.AGENT,
            comment=Comment(key="owner n0nce agent 0", body=issue_text.handed_over(of)),
            reason=f"{UNKNOWN.why} That is for the agent.",
        ),
        ReopenIssue(
            fingerprint=FP,
            nonce=NONCE,
            ref=REF,
            body=text(of),
            comment=Comment(
                key="reopened n0nce 20261122T100500Z",
                body=issue_text.reopened(of, why="It failed again after this issue was closed."),
            ),
            reason="It failed again after this issue was closed.",
        ),
    )


def test_a_closing_says_all_of_it() -> None:
    """The text that tells of the end, and the proof."""
    over = resolved(filed(incident()))

    assert reconcile([case(over, shown=NOTED, found=())], terms()).changes == (
        CloseIssue(
            fingerprint=FP,
            nonce=NONCE,
            ref=REF,
            body=text(over),
            comment=Comment(
                key="closed n0nce 20261122T121000Z",
                body=issue_text.closing(over, proof=proof()),
            ),
            reason=proof().says,
        ),
    )


def of_agent(**changed: object) -> Incident:
    """Give a filed incident whose agent was seen to be over, and whose failure was counted."""
    told = filed(incident())
    return replace(told, **{"over_since": T0, "counted_until": T0, **changed})  # type: ignore[arg-type]


TRIED = issue(labels=frozenset({"bug", "archon:failed"}))


def test_an_agent_whose_run_is_over_is_asked_again() -> None:
    """Its own label of the end goes, and what calls it comes back; nothing else changes."""
    assert reconcile([case(of_agent(), shown=TRIED)], terms()).changes == (
        Requeue(
            fingerprint=FP,
            nonce=NONCE,
            ref=REF,
            add=ROUTING.agent,
            remove=("archon:failed",),
            reason="The agent's run is over, and it failed again since.",
        ),
    )


@pytest.mark.parametrize(
    ("of", "labels"),
    [
        (of_agent(over_since=None, counted_until=None), {"bug", "archon:failed"}),
        (of_agent(counted_until=T0 - MINUTE), {"bug", "archon:failed"}),
        (of_agent(), {"bug"}),
        (of_agent(), {"bug", "archon:failed", "manual-review"}),
    ],
    ids=["not seen to be over", "not counted", "no label of its end", "a person has it"],
)
def test_an_agent_is_not_asked_again_before_that(of: Incident, labels: set[str]) -> None:
    """Each of these is needed."""
    shown = issue(labels=frozenset(labels))
    assert reconcile([case(of, shown=shown)], terms()).changes == ()


def calling() -> Terms:
    """Give terms under which an agent is called by a comment."""
    return terms(routing=replace(ROUTING, comment="@archon fix {number}"))


def test_an_agent_is_called_to_its_issue() -> None:
    """By the words of the configuration, unless a person or a run has it."""
    called = reconcile([case(filed(incident()), shown=issue())], calling()).changes
    assert [(one.ref, one.comment.body) for one in called if isinstance(one, CommentIssue)] == [
        (REF, "@archon fix 7")
    ]
    shown = issue(labels=frozenset({"bug", "manual-review"}))
    kept = reconcile([case(filed(incident()), shown=shown)], calling()).changes
    assert [one for one in kept if isinstance(one, CommentIssue)] == []


def test_whoever_gets_the_issue_is_not_called_in_the_same_breath() -> None:
    """The hand-over brings the text along; a call comes with the next look."""
    of = replace(filed(incident(), owner=Owner.HUMAN), count=9)
    changes = reconcile([case(of, shown=issue())], calling()).changes
    assert [type(one) for one in changes] == [HandOver]


def on_the_platform(commit: Sha | None = BAD) -> tuple[Incident, Diagnosed]:
    """Give a failure that a re-run may mend, and what stands of it."""
    cause = replace(UNKNOWN, of=CauseClass.PLATFORM)
    found = standing()
    return (
        incident(ailment(commit=commit), cause=cause),
        replace(found, finding=replace(found.finding, commit=commit), cause=cause),
    )


@pytest.mark.parametrize(("rerun", "kind"), [(True, RerunJobs), (False, OpenIssue)])
def test_a_rerun_comes_before_an_issue_where_it_is_allowed(*, rerun: bool, kind: type) -> None:
    """What may pass by itself is run again first; where that is not wanted it is filed at once."""
    of, found = on_the_platform()
    plan = reconcile([case(of, found=(found,))], terms(rerun=rerun, now=T0 + 5 * MINUTE))
    assert [type(one) for one in plan.changes] == [kind]


def test_what_another_monitor_says_already_waits() -> None:
    """For an hour since it was first seen, and in words."""
    of = replace(incident(), beside=3)
    plan = reconcile([case(of)], terms(now=of.first_seen + MINUTE))
    assert (plan.changes, len(plan.waiting)) == ((), 1)
    assert plan.waiting[0].startswith(f"{TITLE}: issue 3 of another monitor says so already")


def test_the_issue_of_a_merged_incident_is_closed_as_a_duplicate() -> None:
    """It names the older one; while that has no issue, it waits."""
    of = replace(filed(incident()), duplicate_of=Fingerprint("0lder"))
    older = Filing(repo=REPO, number=3, url="u")

    (change,) = reconcile([case(of, shown=issue(), older=older)], terms()).changes
    assert isinstance(change, CloseIssue)
    assert (change.ref, change.duplicate_of) == (REF, 3)
    assert reconcile([case(of, shown=issue())], terms()) == Plan(
        waiting=(f"{TITLE}: it is a duplicate of an incident that is not filed yet",)
    )


def test_the_newest_failure_counts_for_a_reopening() -> None:
    """One that failed again in the second of the closing did so after it."""
    of = filed(incident())
    shown = replace(closed(T0), closed_by=Login("dev"))
    for found in ((standing(since=T0 - MINUTE), standing(since=T0)), (standing(since=T0),)):
        (change,) = reconcile([case(of, shown=shown, found=found)], terms()).changes
        assert isinstance(change, ReopenIssue)
        assert change.reason == "It failed again after this issue was closed."


def test_what_is_silent_is_not_filed_and_takes_no_room() -> None:
    """A window of maintenance says until when; another failure is filed in its place."""
    silent = MaintenanceWindow(
        project=PROJECT, kind=None, since=T0, until=NOW + MINUTE, reason="a new database"
    )
    limits = replace(Limits(), issues_per_cycle=1)
    other = replace(
        incident(),
        fingerprint=Fingerprint("0ther"),
        project=ProjectName("film"),
        first_failed_at=T0 + MINUTE,
    )
    spoken = replace(standing().finding, project=ProjectName("film"))
    cases = [
        case(incident()),
        case(other, found=(replace(standing(), finding=spoken),)),
    ]
    plan = reconcile(cases, terms(windows=(silent,), limits=limits))
    assert [one.fingerprint for one in plan.changes] == [other.fingerprint]
    assert plan.waiting == (f"{TITLE}: silenced until 10:36 UTC: a new database",)
