"""What of an older monitor is the same as ours, and how long it is waited for."""

from dataclasses import replace

import pytest

from incident_builders import (
    CI,
    MINUTE,
    PROJECT,
    REJECTED,
    REPO,
    STATUS,
    T0,
    UNKNOWN,
    WEB,
    ailment,
    incident,
    run,
)
from pipeline_health.core.beside import WAITS, reason_to_wait, repos_in_question, with_others
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.ids import Fingerprint, Nonce, RepoName
from pipeline_health.core.model.incident import Filing, Incident, Owner
from pipeline_health.core.model.issue import IssueRef, OtherIssue
from pipeline_health.core.model.plan import Comment, CommentIssue, OpenIssue, Plan
from pipeline_health.core.model.readings import NotAsked

SIGNATURE = "Auto-filed by `pipeline-health-cron.sh`"


def other(title: str, *, number: int = 3, body: str = f"text\r\n{SIGNATURE}\r\n") -> OtherIssue:
    """Give an issue of the older monitor."""
    return OtherIssue(number=number, title=title, body=body)


def beside(of: Incident, *others: OtherIssue) -> int | None:
    """Give what *of* is beside when *others* are open."""
    case = Case(incident=of, issue=NotAsked())
    (after,) = with_others([case], {REPO: others}, signature=SIGNATURE)
    return after.incident.beside


def titled(title: str) -> Incident:
    """Give an incident of a service under *title*."""
    return replace(incident(ailment(WEB)), title=title)


@pytest.mark.parametrize(
    ("of", "title", "same"),
    [
        (incident(), "Main CI red: CI", True),
        (incident(), "Main CI red: CI (shop)", True),
        (incident(), "Main CI red: CI nightly", False),
        (incident(), "CI red: CI", False),
        (incident(ailment(CI), cause=REJECTED), "Main CI red: CI", True),
        (incident(ailment(STATUS)), "Main CI red: ci/circle", True),
        (titled("Prod deploy failed: web (shop)"), "Prod deploy failed on main", True),
        (titled("Prod deploy lagging main (shop)"), "Prod deploy lagging main", True),
        (titled("Prod deploy lagging main (shop)"), "Prod deploy failed on main", False),
        (titled("Deploy down: https://a.example (shop)"), "Deploy down: https://a.example", True),
        (titled("Deploy down: https://a.example (shop)"), "Deploy down: https://b.example", False),
        (titled("Staging deploy failed: web (shop)"), "Staging deploy failed: web", False),
        (titled("Staging deploy failed: web (shop)"), "Main CI red: web", False),
    ],
)
def test_titles_that_say_the_same(of: Incident, title: str, *, same: bool) -> None:
    """The portfolio's crons share a few beginnings of titles, and name no project."""
    assert (3 if same else None) == beside(of, other(title))


def test_the_oldest_signed_issue_counts() -> None:
    """A person's report under the same title is no monitor's."""
    title = "Main CI red: CI"

    assert 5 == beside(
        incident(), other(title, number=9), other(title, number=5), other(title, body="red!")
    )


def test_what_is_filed_and_what_was_not_listed_stays_as_it_is() -> None:
    """An issue that is there needs no neighbour, and an unread list says nothing."""
    known = replace(incident(), beside=4)
    filed = replace(known, filing=Filing(repo=REPO, number=7, url="u"))
    cases = [Case(incident=each, issue=NotAsked()) for each in (known, filed)]

    unread = with_others(cases, {REPO: None}, signature=SIGNATURE)
    read = with_others(cases, {REPO: ()}, signature=SIGNATURE)

    assert [4, 4] == [case.incident.beside for case in unread]
    assert [None, 4] == [case.incident.beside for case in read]
    assert tuple(cases) == with_others(cases, {}, signature=SIGNATURE)


def test_it_is_waited_for_half_an_hour_after_we_saw_it() -> None:
    """On the first day everything that is broken is old."""
    waiting = replace(incident(), beside=4, first_seen=T0, first_failed_at=T0 - 100 * MINUTE)

    assert reason_to_wait(waiting, now=T0 + 29 * MINUTE) == (
        "issue 4 of another monitor says so already; ours waits until 10:35 UTC"
    )
    assert reason_to_wait(waiting, now=T0 + WAITS) is None
    assert reason_to_wait(incident(), now=T0) is None


def test_nothing_is_listed_for_what_is_not_broken_now() -> None:
    """What waits and was not found again is not about to be filed."""
    case = Case(incident=replace(incident(), beside=4), issue=NotAsked())

    assert frozenset() == repos_in_question([case], Plan())


def test_the_repositories_asked_for_are_those_where_something_waits_or_is_to_be_filed() -> None:
    """What is filed already, is beside nothing, or is only commented on needs no list."""
    seen = Finding(
        symptom=CI, project=PROJECT, since=T0, commit=None, trace=run(), says="CI failed."
    )
    found = (Diagnosed(finding=seen, cause=UNKNOWN, evidence=None),)
    waits = replace(incident(), beside=4, repo=RepoName("acme/waits"))
    filed = replace(waits, repo=RepoName("acme/filed"), filing=Filing(repo=REPO, number=7, url=""))
    alone = replace(waits, repo=RepoName("acme/alone"), beside=None)
    cases = [Case(incident=i, findings=found, issue=NotAsked()) for i in (waits, filed, alone)]
    to_file = OpenIssue(
        fingerprint=Fingerprint("f"),
        nonce=Nonce("n"),
        repo=RepoName("acme/files"),
        title="t",
        body="b",
        labels=(),
        owner=Owner.AGENT,
        reason="r",
    )
    said = CommentIssue(
        fingerprint=Fingerprint("f"),
        nonce=Nonce("n"),
        ref=IssueRef(RepoName("acme/says"), 1),
        comment=Comment(key="k", body="b"),
        reason="r",
    )

    asked = repos_in_question(cases, Plan(changes=(said, to_file)))

    assert {RepoName("acme/waits"), RepoName("acme/files")} == asked
