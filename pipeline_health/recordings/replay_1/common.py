"""What the four kinds of file have in common: times, owners, ids that are short or missing."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import RepoName, Sha, as_repo, as_sha
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.readings import CheckConclusion, CheckStatus, Unrecognised
from pipeline_health.core.model.recording import Fact, JobTold, Pushed, RunTold, Stretch, UrlTold
from pipeline_health.core.model.urls import Place

T = TypeVar("T")

TICK = timedelta(minutes=30)
"""How often the monitor of that time looked: at minute 0 and 30."""

CI = "CI"
TESTED_AFTER = timedelta(minutes=3)
"""How long after a push a CI run that stands in has ended."""

_SHORTEST = 7
_SHA = 40


class Numbers:
    """Gives the ids of runs that stand in for what has none: as a provider's, later ones greater.

    No recorded one is so low.
    """

    def __init__(self) -> None:
        self._given: set[int] = set()

    def at(self, moment: datetime) -> int:
        """Give one more, of what began at *moment*."""
        number = int(moment.timestamp())
        while number in self._given:
            number += 1
        self._given.add(number)
        return number


def repo_of(node: Json, *keys: str) -> RepoName:
    """Give the name of a repository."""
    here = node.at(*(keys or ("repo",)))
    found = as_repo(here.text())
    if found is None:
        here.refuse("owner/name")
    return found


def sha_of(node: Json, *keys: str) -> Sha | None:
    """Give a commit id; the end of a short one is filled with zeros, since ids have 40 digits."""
    here = node.at(*keys)
    if here.missing:
        return None
    text = here.text()
    found = as_sha(text.ljust(_SHA, "0")) if len(text) >= _SHORTEST else None
    if found is None:
        here.refuse("a commit id of at least 7 digits")
    return found


def owner_of(node: Json, *keys: str) -> Owner | None:
    """Give who could mend it; None for everybody who is neither a human nor the agent."""
    text = node.maybe_text(*keys)
    return next((owner for owner in Owner if owner.value == text), None)


def earliest(times: Iterable[datetime | None]) -> datetime | None:
    """Give the first of the *times* that are known."""
    return min((at for at in times if at is not None), default=None)


def tick_before(moment: datetime) -> datetime:
    """Give when the monitor of that time began the look that was under way at *moment*."""
    since_midnight = timedelta(
        hours=moment.hour,
        minutes=moment.minute,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )
    return moment - since_midnight % TICK


def silent_tick(repo: RepoName, at: datetime, *, cause: str | None) -> tuple[UrlTold, UrlTold]:
    """Give a URL that did not answer in the one look that said so *at* that time."""
    began, ended = tick_before(at), at + timedelta(seconds=1)
    place = Place.PRODUCTION
    return (
        UrlTold(at=began, repo=repo, place=place, answers=False, cause=cause),
        UrlTold(at=ended, repo=repo, place=place, answers=True),
    )


UNRECORDED = Unrecognised("unrecorded")
"""How a run ended of which only that is certain: nobody may take it for health."""


def checked(
    push: Pushed,
    at: datetime,
    run_id: int,
    ended: CheckConclusion | Unrecognised | None,
    *,
    began: datetime | None = None,
) -> RunTold:
    """Give a run of CI at the commit of *push*, as it stands from *at* on."""
    return RunTold(
        at=at,
        repo=push.repo,
        run_id=run_id,
        workflow=CI,
        event="push",
        sha=push.sha,
        status=CheckStatus.IN_PROGRESS if ended is None else CheckStatus.COMPLETED,
        conclusion=ended,
        created_at=began or push.at,
        jobs=(JobTold(name=CI.lower(), conclusion=ended),),
    )


def in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Give *facts* in the order of their times; those of one time as they came."""
    return tuple(sorted(facts, key=lambda fact: fact.at))


def counted(number: int, one: str, many: str) -> str:
    """Give a number with its noun."""
    return f"1 {one}" if number == 1 else f"{number} {many}"


def numbered(numbers: Sequence[int]) -> str:
    """Name issues by their numbers."""
    return ", ".join(f"#{number}" for number in numbers)


def head_at(pushes: Sequence[Pushed], moment: datetime) -> Pushed | None:
    """Give the newest push up to *moment*."""
    return next((push for push in reversed(pushes) if push.at <= moment), None)


def found_in(nodes: Iterable[Json], key: str) -> Iterator[Json]:
    """Give the nodes in which *key* is known."""
    return (node for node in nodes if not node.at(key).missing)


def first_commit(repo: RepoName, at: datetime) -> Pushed:
    """Give a commit for a repository of which none is recorded: it cannot be without any."""
    return Pushed(at=at, repo=repo, sha=Sha("1".zfill(_SHA)), message="stands in")


def joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Give *stretches*, oldest first, those that touch as one."""
    found: list[Stretch] = []
    for each in sorted(stretches, key=lambda one: one.began_at):
        if found and each.began_at <= found[-1].ended_at:
            before = found.pop()
            ended_at = max(before.ended_at, each.ended_at)
            found.append(Stretch(began_at=before.began_at, ended_at=ended_at))
        else:
            found.append(each)
    return tuple(found)


def whole_time(stretches: Sequence[Stretch], whole: Json) -> tuple[datetime, datetime]:
    """Give when the first began and the last ended; refuses a file that has no time at all."""
    if not stretches:
        whole.refuse("at least one time, so that something can be replayed")
    return stretches[0].began_at, stretches[-1].ended_at
