"""Reads what the bash cron filed from the recordings of `../shared/replay`, and guesses nothing.

Whatever a recording lacks is None here, and is counted as unknown by `signal_figures.py`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias

RECORDINGS = (
    "reli_railway_token_storm.json",
    "http_000_transients.json",
    "prod_lagging.json",
    "single_cases.json",
)
"""In the order in which an issue that two of them tell of is counted: once, for the first."""

Told: TypeAlias = Mapping[str, Any]

HUMAN, AGENT, NOBODY = "human", "agent", "nobody"
FIXERS = {
    "human": HUMAN,
    "agent": AGENT,
    "nobody (no fault)": NOBODY,
    "monitor": NOBODY,  # nothing was wrong but the monitor
    "redeploy": None,  # whoever may: the recording names nobody
    None: None,
}
OF_THE_AGENT = (
    "agent_first_branch_at",
    "agent_branch_started_at",
    "agent_investigated_at",
    "prs",
    "cause_claimed",
    "http_code_at_investigation",
    "worked_on_date",
)
"""What is recorded of an issue only because the agent worked on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long it took from a failure to its issue: exactly, or a bound."""

    least: timedelta | None = None
    most: timedelta | None = None

    @property
    def exact(self) -> timedelta | None:
        """Give the time, where it is known and not only bounded."""
        return self.most if self.least == self.most else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """One issue; *cause* is the id of its root cause, *false* that there was none.

    *given_to* is who got it and *fixer* who could have mended it, `human`, `agent` or `nobody`. It
    was filed between *filed_after* and *filed_by*, which are the same where the time is known. What
    it tells of had failed by *failed_at*, and exactly then unless that is *a_bound*.
    """

    repo: str
    number: int
    cause: str | None = None
    false: bool = False
    fixer: str | None = None
    given_to: str | None = None
    failed_at: datetime | None = None
    a_bound: bool = False
    filed_after: datetime | None = None
    filed_by: datetime | None = None

    @property
    def wait(self) -> Wait | None:
        """Give how long after its failure it was filed; None where that is not recorded."""
        if self.failed_at is None:
            return None
        least = self.filed_after - self.failed_at if self.filed_after else None
        most = self.filed_by - self.failed_at if self.filed_by and not self.a_bound else None
        return None if least is most is None else Wait(least=least, most=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A root cause; a cause of which the end is not recorded was last *seen_at*."""

    id: str
    label: str
    owner: str
    began_at: datetime | None = None
    ended_at: datetime | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much a recording of pushes holds.

    *answers* are the pushes that only told of an issue of the cron, *without_check* the issues of
    which it is not recorded what filed them.
    """

    pushes: int
    answers: int
    failing_runs: int
    without_check: int


def filed_by_the_cron(file: Path) -> tuple[Filed, ...]:
    """Give the issues of the cron that the recording *file* tells of."""
    told: Told = json.loads(file.read_text())
    if told["schema"] != "replay/1":
        message = f"{file} is no replay/1"
        raise ValueError(message)
    return tuple(_READERS[told["incident"]](told))


def missed(file: Path) -> Sequence[str]:
    """Give the cases of which the recording says that the cron missed them."""
    cases: Sequence[Told] = json.loads(file.read_text()).get("cases", ())
    return [case["id"] for case in cases if case.get("verdict") == "missed"]


def extent(file: Path) -> Extent:
    """Give how much a recording holds that has pushes."""
    told: Told = json.loads(file.read_text())
    return Extent(
        pushes=len(told["pushes"]),
        answers=sum(push["kind"] == "investigation" for push in told["pushes"]),
        failing_runs=sum(run["conclusion"] == "failure" for run in told["runs"]),
        without_check=sum(issue["check"] is None for issue in told["issues"]),
    )


def single_cases(file: Path) -> Mapping[str, int]:
    """Give how many issues the cron filed in each case that the recording tells of by an id."""
    cases: Sequence[Told] = json.loads(file.read_text()).get("cases", ())
    return {case["id"]: len(_numbers(case)) for case in cases}


def _numbers(case: Told) -> Sequence[int]:
    return case.get("numbers") or [case[key] for key in ("number",) if key in case]


def on(text: str | None) -> datetime | None:
    """Give a time of the recordings; those of the key `_minute` say no zone, and are UTC too."""
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


def causes(file: Path) -> Sequence[Cause]:
    """Give the root causes that the recording names as such."""
    return [
        Cause(
            id=cause["id"],
            label=cause["label"],
            owner=cause["owner"],
            began_at=on(cause["began_at"]),
            ended_at=on(cause["ended_at"]),
            seen_at=on(cause.get("last_failure_seen_at") or cause.get("ended_before")),
        )
        for cause in json.loads(file.read_text()).get("root_causes", ())
    ]


def _of_the_storm(told: Told) -> Iterator[Filed]:
    """Leave out what another workflow filed."""
    nobodys = {cause["id"] for cause in told["root_causes"] if cause["owner"] == NOBODY}
    for issue in told["issues"]:
        if "not the cron" in (issue["check"] or ""):
            continue
        after, by = _filed_between(issue)
        yield Filed(
            repo=told["repo"],
            number=issue["number"],
            cause=issue["root_cause"],
            false=issue["root_cause"] in nobodys,
            fixer=FIXERS[issue["who_could_fix"]],
            given_to=_given_to(issue),
            failed_at=on(issue["failure_logged_at"]),
            filed_after=after,
            filed_by=by,
        )


def _filed_between(issue: Told) -> tuple[datetime | None, datetime | None]:
    """Give the exact time twice, or the minute's two ends; the agent came after the issue."""
    if exact := on(issue["filed_at"]):
        return exact, exact
    branch, minute = on(issue["agent_first_branch_at"]), on(issue["filed_at_minute"])
    ends = (minute + timedelta(minutes=1) if minute else None, branch)
    return minute, min((end for end in ends if end), default=None)


def _of_silent_ticks(told: Told) -> Iterator[Filed]:
    for issue in told["issues"]:
        yield Filed(
            repo=issue["repo"],
            number=issue["number"],
            false=not issue["outage_confirmed"],
            fixer=FIXERS[issue["who_could_fix"]],
            given_to=_given_to(issue),
            filed_after=on(issue["detected_at"] or issue["detected_at_minute"]),
        )


def _of_lags(told: Told) -> Iterator[Filed]:
    """Take the commit of what is true as its failure; it was filed after it was detected."""
    for issue in told["issues"]:
        false = issue["verdict"] == "false_positive"
        yield Filed(
            repo=issue["repo"],
            number=issue["number"],
            cause=None if false else f"{issue['repo']}#{issue['number']}",
            false=false,
            fixer=NOBODY if false else FIXERS[issue.get("who_could_fix")],
            given_to=_given_to(issue),
            failed_at=None if false else on(issue["head_committed_at"]),
            filed_after=on(issue["detected_at"]),
        )


def _of_single_cases(told: Told) -> Iterator[Filed]:
    """Leave out what was missed, and what another recording tells."""
    for case in told["cases"]:
        if "see" in case:
            continue
        false = case["verdict"] == "false_positive"
        for number in _numbers(case):
            yield Filed(
                repo=case["repo"],
                number=number,
                cause=None if false else case["id"],
                false=false,
                fixer=FIXERS[case.get("who_could_fix")],
                given_to=_given_to(case["facts"]),
            )


def _given_to(facts: Told) -> str | None:
    """Take the agent's work on it as the proof that it got it; no recording says who did."""
    return AGENT if any(facts.get(key) for key in OF_THE_AGENT) else None


_READERS: Mapping[str, Callable[[Told], Iterator[Filed]]] = {
    "reli-railway-token-2026-04": _of_the_storm,
    "http-000-transients": _of_silent_ticks,
    "prod-deploy-lagging": _of_lags,
    "single-cases": _of_single_cases,
}
