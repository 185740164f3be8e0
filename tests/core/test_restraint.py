"""Too many recoveries at once wait for another look; what was proved before it stays proved."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from incident_builders import (
    BAD,
    CI,
    MINUTE,
    PROJECT,
    REPO,
    T0,
    UNKNOWN,
    WEB,
    ailment,
    incident,
    proof,
    run,
)
from pipeline_health.core.incidents import advanced
from pipeline_health.core.model.case import Case, Diagnosed
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.ids import Fingerprint
from pipeline_health.core.model.incident import Filing, Incident, Naming, Phase
from pipeline_health.core.model.issue import Gone, IssueRef, TrackedIssue
from pipeline_health.core.model.readings import Blind, NotAsked, Seen
from pipeline_health.core.restraint import MANY, restrained

NOW = T0 + 130 * MINUTE
EARLIER = NOW - 5 * MINUTE
RED = Diagnosed(
    finding=Finding(
        symptom=CI, project=PROJECT, since=T0, commit=BAD, trace=run(), says="CI failed."
    ),
    cause=UNKNOWN,
    evidence=None,
)
FILED = replace(incident(), filing=Filing(repo=REPO, number=7, url="u"))
HEALED = (replace(FILED.ailments[0], healed=proof()),)
OPEN = TrackedIssue(
    ref=IssueRef(REPO, 7),
    open=True,
    not_planned=False,
    title=FILED.title,
    body="",
    labels=frozenset(),
    ours=True,
    created_at=T0,
    updated_at=T0,
    closed_at=None,
    url="u",
)
NAMED = Naming(by=Fingerprint("p"), repo=REPO, number=12, url="u", at=T0)

Seat = tuple[Case, Incident]
"""An incident beside what a look saw of it, and as it was before."""

OVER: Seat = (
    Case(incident=replace(FILED, ailments=HEALED), issue=Seen(at=NOW, value=OPEN)),
    FILED,
)
FAILS: Seat = (Case(incident=FILED, findings=(RED,), issue=Seen(at=NOW, value=OPEN)), FILED)
UNDER_WAY: Seat = (replace(FAILS[0], findings=(), in_flight=True), FILED)
UNHEARD: Seat = (replace(FAILS[0], findings=()), FILED)


def seat(of: Seat, **changes: object) -> Seat:
    """Give *of*, with *changes* to its incident, now and before."""
    case, was = of
    return (
        replace(case, incident=replace(case.incident, **changes)),  # type: ignore[arg-type]
        replace(was, **changes),  # type: ignore[arg-type]
    )


def with_issue(of: Seat, issue: object) -> Seat:
    """Give *of*, whose issue is as *issue* says."""
    return replace(of[0], issue=issue), of[1]  # type: ignore[arg-type]


def after(*seats: Seat) -> Sequence[Incident]:
    """Give the incidents as the look leaves them."""
    cases = restrained([case for case, _ in seats], [was for _, was in seats], now=NOW)
    return [case.incident for case in cases]


def held(*seats: Seat) -> int:
    """Count what a look does not believe yet."""
    return sum(each.held_since is not None for each in after(*seats))


@pytest.mark.parametrize(
    ("look", "number"),
    [
        pytest.param([OVER] * MANY, MANY, id="all of five"),
        pytest.param([OVER] * (MANY - 1), 0, id="all of four"),
        pytest.param([OVER] * MANY + [FAILS] * (MANY - 1), MANY, id="more than half"),
        pytest.param([OVER] * MANY + [FAILS] * MANY, 0, id="half"),
        pytest.param([OVER] * MANY + [UNDER_WAY] * MANY, 0, id="half, and half under way"),
        pytest.param(
            [OVER] * MANY + [UNHEARD] * MANY, MANY, id="all that the look tells anything of"
        ),
        pytest.param([], 0, id="nothing at all"),
    ],
)
def test_more_than_half_and_five_or_more_are_too_many(look: list[Seat], number: int) -> None:
    """Silence does not speak for the others: what is blind is silent, too."""
    assert held(*look) == number


@pytest.mark.parametrize(
    ("sixth", "counts"),
    [
        pytest.param(with_issue(OVER, Blind(at=NOW, why="502")), True, id="its issue is blind"),
        pytest.param(with_issue(OVER, NotAsked()), True, id="its issue was not asked for"),
        pytest.param(
            seat(with_issue(OVER, NotAsked()), filing=None), False, id="it has no issue yet"
        ),
        pytest.param(
            seat(with_issue(OVER, NotAsked()), filing=None, named=NAMED),
            True,
            id="a parent's issue names it",
        ),
        pytest.param(
            seat(with_issue(OVER, NotAsked()), filing=None, part_of=NAMED.by),
            False,
            id="its parent is not filed yet",
        ),
        pytest.param(
            seat(with_issue(OVER, Seen(at=NOW, value=replace(OPEN, open=False))), named=NAMED),
            False,
            id="a parent's issue named it, and its own is closed",
        ),
        pytest.param(
            with_issue(OVER, Seen(at=NOW, value=replace(OPEN, open=False))),
            False,
            id="its issue is closed",
        ),
        pytest.param(
            with_issue(OVER, Seen(at=NOW, value=Gone(ref=OPEN.ref, why="404"))),
            False,
            id="its issue is gone",
        ),
        pytest.param(
            seat(
                with_issue(OVER, NotAsked()),
                filing=Filing(repo=REPO, number=7, url="u", closed_at=T0),
            ),
            False,
            id="its issue was closed with proof",
        ),
        pytest.param(seat(OVER, duplicate_of=Fingerprint("0ld")), False, id="it is a duplicate"),
        pytest.param((OVER[0], OVER[0].incident), False, id="it was proved before"),
    ],
)
def test_what_counts_is_what_an_open_issue_tells_of(sixth: Seat, *, counts: bool) -> None:
    """Four recover beside it, so that it makes the difference; what does not count is not held."""
    four = [OVER] * (MANY - 1)

    assert held(*four, sixth) == (MANY if counts else 0)
    assert held(*four, OVER, sixth) == (MANY + 1 if counts else MANY)


def test_what_is_held_is_broken_again_as_it_was_before() -> None:
    """Only what this look healed must be proved anew."""
    first, second = ailment(WEB), ailment(CI)
    cured = replace(first, healed=proof(WEB))
    was = replace(FILED, ailments=(cured, second))
    now = replace(FILED, ailments=(cured, replace(second, healed=proof())))

    (*_, kept) = after(*[OVER] * MANY, (replace(OVER[0], incident=now), was))

    assert kept == replace(was, held_since=NOW)


def test_what_is_held_recovers_and_is_not_over() -> None:
    """People see that it is awaited, and nothing of its turns is counted."""
    (case, *_) = restrained([OVER[0]] * MANY, [OVER[1]] * MANY, now=NOW)

    grown = advanced(case, agent_logins=frozenset(), now=NOW).incident

    assert (Phase.RECOVERING, None, ()) == (grown.phase, grown.resolved_at, grown.turns)


@pytest.mark.parametrize("others", [[], [OVER] * MANY], ids=["alone", "among too many"])
def test_what_was_held_is_believed_when_it_is_proved_again(others: list[Seat]) -> None:
    """Whatever the numbers are then; those that recover beside it for the first time are held."""
    (first, *rest) = after(seat(OVER, held_since=EARLIER), *others)

    assert (first.held_since, first.broken) == (None, ())
    assert [each.held_since for each in rest] == [NOW] * len(others)


def test_what_fails_again_is_held_anew_the_next_time() -> None:
    """The look that proved it over was wrong: two more must agree."""
    (fails,) = after(seat(FAILS, held_since=EARLIER))

    assert fails.held_since is None
    assert held(seat(OVER, held_since=fails.held_since), *[OVER] * MANY) == MANY + 1


@pytest.mark.parametrize("look", [UNHEARD, UNDER_WAY])
def test_a_look_that_tells_nothing_leaves_it_held(look: Seat) -> None:
    """It waits for the next one that does."""
    (waits,) = after(seat(look, held_since=EARLIER))

    assert waits.held_since == EARLIER


def test_what_comes_and_goes_needs_its_looks_after_that() -> None:
    """The first of three is the one that is believed."""
    often = tuple(NOW - hours * 60 * MINUTE for hours in (3, 2))
    (before, *_) = restrained(
        [case for case, _ in [seat(OVER, turns=often)] * MANY], [FILED] * MANY, now=NOW
    )
    assert advanced(before, agent_logins=frozenset(), now=NOW).incident.green_looks == 0

    (again, *_) = restrained(
        [replace(before, incident=replace(before.incident, ailments=HEALED))],
        [before.incident],
        now=NOW + 5 * MINUTE,
    )
    grown = advanced(again, agent_logins=frozenset(), now=NOW).incident

    assert (Phase.RECOVERING, 1, None) == (grown.phase, grown.green_looks, grown.held_since)
