"""What the figures of a monitor are made of: issues, what they told of, and what they amount to."""

from datetime import datetime, timedelta
from enum import StrEnum

from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.recording import RootCause
from pipeline_health.core.model.urls import Place
from pipeline_health.frozen import dataclass


class Bound(StrEnum):
    """How well a length of time is known: one of its two ends may be a bound itself."""

    EXACT = "exact"
    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failure in *repo* that an issue told of when it was filed, by whatever names it."""

    repo: RepoName
    commit: Sha | None = None
    run_id: int | None = None
    deployment: str | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An issue as a replay left it. *owner* is whose it was first, *left_with* whose it is last.

    *failures* are those that it told of when it was filed; *comments* counts all of ours.
    """

    repo: RepoName
    number: int
    title: str
    owner: Owner | None
    left_with: Owner | None
    opened_at: datetime
    closed_at: datetime | None = None
    failures: tuple[Failure, ...] = ()
    comments: int = 0
    reopened: int = 0
    moved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One issue of whatever monitor, as the figures take it.

    *cause* is the root cause that it is about, None where that is not recorded; *groundless* says
    that it is about no recorded failure at all. *owners* are all who had it, as far as is known.
    *took* is the time from the failure to the issue, as well as *bound* says; *comments*, how often
    it was *reopened* and *moved* to another owner are None where that is not recorded.
    """

    repo: RepoName
    number: int
    title: str | None
    cause: str | None
    groundless: bool
    owners: frozenset[Owner]
    filed_at: datetime | None
    took: timedelta | None
    bound: Bound
    comments: int | None = None
    reopened: int | None = None
    moved: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCause:
    """What was filed about one root cause, in the order of filing."""

    cause: RootCause
    issues: tuple[Counted, ...]
    wrong_owner: int

    @property
    def repeats(self) -> int:
        """How many issues there are beyond the first; a false alarm repeats nothing."""
        return 0 if self.cause.owner is None else max(len(self.issues) - 1, 0)

    @property
    def false_alarms(self) -> int:
        """How many issues there are although nobody had to mend anything."""
        return len(self.issues) if self.cause.owner is None else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The figures of one monitor on one recording.

    *unattributed* are issues whose cause is not recorded: they are neither repeats nor false.
    *took* are the times from failure to issue of what somebody had to mend, shortest first; of so
    many of them only a bound is known.
    """

    issues: int
    causes: tuple[OfCause, ...]
    groundless: tuple[Counted, ...]
    unattributed: tuple[Counted, ...]
    took: tuple[timedelta, ...]
    at_least: int
    at_most: int
    comments: int | None
    reopened: int | None
    moved: int | None

    @property
    def median(self) -> timedelta | None:
        """The median of the times, the lower one of two: each is one that happened."""
        return self.took[(len(self.took) - 1) // 2] if self.took else None

    @property
    def longest(self) -> timedelta | None:
        """The longest of the times."""
        return self.took[-1] if self.took else None

    @property
    def root_causes(self) -> int | None:
        """How many root causes were filed that somebody had to mend."""
        return self._known(
            sum(bool(of.issues) and of.cause.owner is not None for of in self.causes)
        )

    @property
    def repeats(self) -> int | None:
        """How many issues told again of a cause that had one."""
        return self._known(sum(of.repeats for of in self.causes))

    @property
    def wrong_owner(self) -> int | None:
        """How many issues somebody had who could not mend it."""
        return self._known(sum(of.wrong_owner for of in self.causes))

    @property
    def false_alarms(self) -> int | None:
        """How many issues there are about nothing that anybody had to mend."""
        return self._known(len(self.groundless) + sum(of.false_alarms for of in self.causes))

    def _known(self, number: int) -> int | None:
        """Give *number*, None where no root cause is recorded: then nobody can tell."""
        return number if self.causes else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One issue that two replays do not have in common, or not alike; None where one has none."""

    before: Issue | None
    after: Issue | None
    says: tuple[str, ...]
