"""What a story takes many cycles to come to, and a value shows at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from incident_builders import (
    BAD,
    CI,
    EVIDENCE,
    MINUTE,
    PROJECT,
    REPO,
    T0,
    UNKNOWN,
    ailment,
    incident,
    page,
    proof,
    run,
)
from pipeline_health.core import issue_text
from pipeline_health.core.adoption import moved_to
from pipeline_health.core.correlate import Correlation
from pipeline_health.core.incidents import advanced
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.incident import CauseClass, Filing, Incident, Owner, Phase, Remedy
from pipeline_health.core.model.issue import IssueRef, TrackedIssue
from pipeline_health.core.model.plan import CloseIssue, Plan, Requeue
from pipeline_health.core.model.policy import EvidenceMode, Limits, ProjectPolicy, Routing
from pipeline_health.core.model.readings import NotAsked, Seen
from pipeline_health.core.reconcile import reconcile
from pipeline_health.core.terms import Desk, Terms

NOW = T0 + 30 * MINUTE
OLDER = Fingerprint("0ld")
SHOP = ProjectPolicy(name=PROJECT, repo=REPO)
FILED = replace(incident(), filing=Filing(repo=REPO, number=7, url="u"))
RED = Diagnosed(
    finding=Finding(
        symptom=CI, project=PROJECT, since=T0, commit=BAD, trace=run(), says="CI failed."
    ),
    cause=UNKNOWN,
    evidence=EVIDENCE,
)


def issue(number: int = 7, *labels: str) -> TrackedIssue:
    """Give an open issue of ours."""
    return TrackedIssue(
        ref=IssueRef(REPO, number),
        open=True,
        not_planned=False,
        title=FILED.title,
        body="",
        labels=frozenset(labels),
        ours=True,
        created_at=T0,
        updated_at=T0,
        closed_at=None,
        url=f"https://github.com/acme/shop/issues/{number}",
    )


def text(of: Incident) -> str:
    """Give the body of its issue."""
    return issue_text.body(of, routing=Routing(), evidence_shown=EvidenceMode.FULL, project=SHOP)


def planned(of: Incident, shown: TrackedIssue | None = None, **changes: object) -> Plan:
    """Give what is to be done about *of* while it fails."""
    terms = Terms(
        routing=Routing(),
        limits=Limits(),
        sla=timedelta(minutes=30),
        desks={REPO: Desk()},
        opened_lately=0,
        now=NOW,
    )
    case = Case(
        incident=of,
        findings=(RED,),
        issue=NotAsked() if shown is None else Seen(at=NOW, value=shown),
        project=SHOP,
    )
    return reconcile([replace(case, **changes)], terms)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sent", "became"), [(True, "it did not help"), (False, "GitHub refused it")]
)
def test_a_rerun_that_was_tried_is_told_with_what_became_of_it(*, sent: bool, became: str) -> None:
    """Nobody need try it again."""
    remedy = Remedy(
        cause=CauseClass.PLATFORM, commit=BAD, run_id=101, failed_at=T0, at=NOW, sent=sent
    )

    assert f"\n\nA re-run of the failed jobs was tried at 2026-11-22 10:35 UTC; {became}." in text(
        replace(incident(), remedies=(remedy,))
    )


def test_what_comes_and_goes_says_when_it_will_be_closed() -> None:
    """Three green looks in a row, or more after more turns."""
    assert "| flapping | it came and went; it closes after 3 green looks in a row |" in text(
        replace(incident(), flapping=True)
    )


def test_the_issue_of_another_monitor_is_linked() -> None:
    """Who reads ours finds the one that was there before."""
    assert (
        "| told by another monitor before | [no. 3](https://github.com/acme/shop/issues/3) |"
        in text(replace(incident(), beside=3))
    )


def test_an_issue_beside_another_monitors_waits() -> None:
    """It says for how long."""
    waits = "issue 3 of another monitor says so already; ours waits until 10:37 UTC"

    assert planned(replace(incident(), beside=3)) == Plan(waiting=(f"{FILED.title}: {waits}",))


def test_an_incident_that_became_a_duplicate_is_closed_in_favour_of_the_older() -> None:
    """Two that turned out to have one root cause are told once."""
    (change,) = planned(
        replace(FILED, duplicate_of=OLDER), issue(), older=IssueRef(REPO, 5)
    ).changes

    assert isinstance(change, CloseIssue)
    assert (IssueRef(REPO, 7), 5) == (change.ref, change.duplicate_of)


def test_an_incident_that_became_a_duplicate_is_over() -> None:
    """Its symptoms are the older one's now, which go on."""
    case = Case(incident=replace(FILED, duplicate_of=OLDER), findings=(), issue=NotAsked())

    after = advanced(case, agent_logins=frozenset(), now=NOW).incident

    assert (Phase.RESOLVED, NOW) == (after.phase, after.resolved_at)


def test_the_agent_gets_what_its_run_left_broken_again() -> None:
    """Its label for a run that is over makes way for the one that calls it."""
    of = replace(FILED, over_since=T0, counted_until=T0)
    over = Routing().agent_over[0]

    changes = planned(of, issue(7, "pipeline-health", over)).changes

    (again,) = (change for change in changes if isinstance(change, Requeue))
    assert (Routing().agent, (over,)) == (again.add, again.remove)


def test_an_incident_moves_to_the_older_issue_of_its_fingerprint() -> None:
    """With whoever that issue names."""
    told = replace(issue_text.marker_of(FILED), owner=Owner.HUMAN)

    after = moved_to(FILED, issue(4), told)

    assert after.filing is not None
    assert (4, Owner.HUMAN) == (after.filing.number, after.filing.owner)


def test_what_a_marker_does_not_tell_is_learned_at_the_next_look() -> None:
    """An incident found again by its issue has no trace of its own; the same failure gives it."""
    known = replace(FILED, ailments=(ailment(trace=page()), replace(ailment(), healed=proof())))
    correlation = Correlation(
        [known],
        repos={PROJECT: REPO},
        last_green={},
        reopen_within=timedelta(days=7),
        seed="seed",
    )

    correlation.place([RED], now=NOW)

    ((after, _),) = correlation.placed()
    assert (run(), "CI failed.") == (after.ailments[0].trace, after.ailments[0].says)
