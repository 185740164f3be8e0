from dataclasses import replace
from datetime import timedelta

import pytest

from concern_builders import NOW, URL, filed, over, scene, unfiled
from incident_builders import BAD, MINUTE, PROJECT, REPO, T0, UNKNOWN
from pipeline_health.core.concerns import Scene, concerns_of
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import Fingerprint, ProjectName
from pipeline_health.core.model.incident import CauseClass, Incident, Owner, Phase, Remedy
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.notice import Concern, Topic
from pipeline_health.core.model.plan import BEYOND_CAPS, Plan

AGENTS = replace(unfiled(), cause=UNKNOWN)
OURS = replace(unfiled(), cause=replace(unfiled().cause, key="GITHUB_TOKEN", ours=True))
TRIED = Remedy(
    cause=CauseClass.PLATFORM,
    commit=BAD,
    run_id=1,
    failed_at=T0,
    at=T0,
    sent=True,
)


def told(given: Scene) -> list[str]:
    """Give the keys of all concerns of a scene."""
    return [each.key for each in concerns_of(given)]


@pytest.mark.parametrize(
    ("incident", "of_concern"),
    [
        (filed(), True),
        (replace(filed(), phase=Phase.RECOVERING), True),
        (filed(Owner.AGENT), False),
        (over(filed()), False),
        (replace(filed(), phase=Phase.MUTED), False),
        (replace(filed(), duplicate_of=Fingerprint("older")), False),
        (replace(filed(), hidden_behind=Fingerprint("upstream")), False),
        (filed(Owner.AGENT, after=31), True),
        (replace(filed(Owner.AGENT, after=31), beside=4), False),
        (unfiled(), True),
        (AGENTS, False),
        (replace(unfiled(), first_seen=NOW), False),
        (replace(unfiled(), beside=4), False),
        (replace(unfiled(), remedies=(TRIED,)), False),
    ],
    ids=[
        "a person's",
        "a person's, half over",
        "the agent's",
        "over",
        "muted",
        "a duplicate",
        "hidden",
        "the agent's, filed late",
        "late, but another monitor told",
        "not filed, again",
        "not filed, the agent's",
        "not filed, just seen",
        "not filed, beside another monitor",
        "not filed, run again first",
    ],
)
def test_what_is_of_concern(incident: Incident, *, of_concern: bool) -> None:
    """A person's open incident, what cannot be filed for one, and a broken promise."""
    assert bool(told(scene(incident))) is of_concern


def test_the_promise_is_broken_while_there_is_no_issue() -> None:
    """Nobody waits for the issue to hear that it is late; whoever mends it."""
    (late,) = concerns_of(scene(AGENTS, minutes=1))

    assert late.late == "31 min after the failure there is no issue yet; 30 min were promised."
    assert (late.owner, late.lately, late.no_issue) == (Owner.AGENT, True, "")


@pytest.mark.parametrize(
    ("later", "lately"), [(timedelta(days=1), True), (timedelta(days=2), False)]
)
def test_a_late_issue_says_by_how_much(later: timedelta, *, lately: bool) -> None:
    """And whether that is still news."""
    given = replace(scene(filed(after=43)), now=T0 + later + 43 * MINUTE)
    (late,) = concerns_of(given)

    assert late.late == "Its issue came after 43 min; 30 min were promised."
    assert late.lately is lately


def test_an_issue_of_an_unknown_time_is_not_late() -> None:
    """A lost ledger does not know when it was opened."""
    incident = filed()
    assert incident.filing is not None
    unknown = replace(incident, filing=replace(incident.filing, opened_at=None))
    (concern,) = concerns_of(scene(unknown, minutes=100))

    assert (concern.late, concern.lately) == ("", False)


def test_what_was_broken_before_the_first_look_is_not_late() -> None:
    """Its clock starts when somebody could see it."""
    incident = replace(filed(Owner.AGENT, after=40), first_seen=T0 + 39 * MINUTE)
    given = scene(incident)

    assert told(replace(given, first_looks={PROJECT: T0 + 39 * MINUTE})) == []
    assert told(given) != []


def test_a_repository_without_issues_is_told_of_at_once_and_whoever_could_mend_it() -> None:
    """Nobody will ever read of it elsewhere."""
    incident = replace(AGENTS, first_seen=NOW)
    (concern,) = concerns_of(replace(scene(incident), shut={REPO: "issues are disabled"}))

    assert (concern.no_issue, concern.owner) == ("issues are disabled", Owner.HUMAN)


def test_an_issue_that_could_not_be_filed_says_why() -> None:
    """The link is missing, and a person is told what to wait for."""
    (first,) = concerns_of(scene(unfiled()))
    (second, third) = concerns_of(replace(scene(unfiled()), refused="GITHUB_TOKEN"))

    assert (first.url, first.since, first.project) == ("", T0, PROJECT)
    assert first.no_issue == "it could not be filed yet, which each cycle tries again"
    assert second.key == "token GITHUB_TOKEN"
    assert third.no_issue == "GitHub refuses GITHUB_TOKEN, so none can be filed"


def test_our_own_refused_token_is_told_of_once() -> None:
    """Not by its incident as well, which nobody can file."""
    assert concerns_of(replace(scene(OURS), refused="GITHUB_TOKEN")) == (
        Concern(
            key="token GITHUB_TOKEN",
            topic=Topic.TOKEN,
            project=None,
            says="GitHub refuses GITHUB_TOKEN",
            why="Nothing is seen on GitHub, and no issue can be filed or closed.",
            since=NOW,
            no_issue="replace GITHUB_TOKEN in secrets.env; the next cycle goes on by itself",
        ),
    )
    assert told(scene(OURS)) != []


def test_more_than_the_caps_let_file_is_one_concern() -> None:
    """Not one for each of those that wait."""
    titles = (unfiled().title, *("abcd"), "x" * 90)
    beyond = (f"{title}: {BEYOND_CAPS}" for title in titles)
    plan = Plan(waiting=(*beyond, "Another: its issue is gone"))

    assert concerns_of(replace(scene(unfiled()), crowded=plan.crowded)) == (
        Concern(
            key="crowd",
            topic=Topic.CROWD,
            project=None,
            says="More is broken than [limits] lets file: 6 more",
            why="They are filed as the caps allow, oldest first: CI is red (shop); a; b; c; d",
            since=NOW,
            no_issue="look for one cause that they share; `pipeline-health status` lists them all",
        ),
    )
    (long,) = concerns_of(replace(scene(), crowded=("x" * 90,)))
    assert long.why.endswith(f": {'x' * 79}…")


@pytest.mark.parametrize(
    ("project", "until", "silent"),
    [(PROJECT, NOW + MINUTE, True), (PROJECT, NOW, False), (ProjectName("film"), NOW, False)],
)
def test_what_is_in_a_window_is_silent(
    project: ProjectName, until: object, *, silent: bool
) -> None:
    """Somebody works there, and knows."""
    assert until in (NOW, NOW + MINUTE)
    window = MaintenanceWindow(
        project=project,
        kind=None,
        since=T0,
        until=NOW + MINUTE if until != NOW else NOW,
        reason="a new database",
    )

    assert (told(replace(scene(filed()), windows=[window])) == []) is silent


def test_a_concern_tells_what_it_is() -> None:
    """Where its issue is, what is known, and whether it was seen before."""
    incident = filed()
    assert incident.filing is not None
    handed = replace(
        incident,
        escalated="Three fixes did not work.",
        turns=(T0,),
        kind=Kind.SOURCE_BLIND,
        filing=replace(incident.filing, moves=1),
    )
    (plain,), (concern,) = concerns_of(scene(incident)), concerns_of(scene(handed))

    assert (plain.moved, plain.blind, plain.back) == (False, False, False)
    assert (concern.moved, concern.blind, concern.back) == (True, True, True)
    assert (concern.url, concern.why) == (URL, "Three fixes did not work.")
    assert plain.why == incident.cause.why


def test_the_oldest_failure_comes_first() -> None:
    """Whatever the order of the incidents."""
    young = replace(filed(name="young"), first_failed_at=T0 + MINUTE)

    assert told(scene(young, filed(name="old"))) == ["incident old n0nce", "incident young n0nce"]


def test_what_was_not_seen_to_fail_is_not_told_without_an_issue() -> None:
    """A source that is blind now says nothing."""
    assert told(replace(scene(unfiled()), seen=frozenset())) == []
