"""What people are told outside the issues: concerns, the notices of their changes, and letters."""

from datetime import datetime
from enum import StrEnum

from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import Owner
from pipeline_health.frozen import dataclass


class Topic(StrEnum):
    """What a concern is about: one incident, one of many projects, our token, or the caps."""

    INCIDENT = "incident"
    PARENT = "parent"
    TOKEN = "token"  # noqa: S105 - a topic, no value
    CROWD = "crowd"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Something that people should know now; *key* is the same for as long as it lasts.

    *says* is what is broken, *why* what is known of it, and *no_issue* why there is no issue, which
    is otherwise at *url*. *late* says that the promise of the SLA was broken, *lately* that it was
    within the last day. *moved* says that another owner had it before, *blind* that it is a source
    that cannot be read, and *back* that it was over before. *names* are the projects that it is
    about, where they are many.
    """

    key: str
    topic: Topic
    project: ProjectName | None
    says: str
    since: datetime
    why: str = ""
    url: str = ""
    no_issue: str = ""
    owner: Owner = Owner.HUMAN
    late: str = ""
    lately: bool = False
    moved: bool = False
    blind: bool = False
    back: bool = False
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A concern as people were told of it, first at *told_at*."""

    key: str
    topic: Topic
    project: ProjectName | None
    says: str
    url: str
    owner: Owner
    late: bool
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that people know: the concerns, when they were reminded of them, and the Monday noted."""

    concerns: tuple[Known, ...] = ()
    reminded_at: datetime | None = None
    noted_at: datetime | None = None


class NoticeKind(StrEnum):
    """What a notice tells."""

    NEW = "new"
    PORTFOLIO = "portfolio"
    HANDED = "handed-over"
    LEFT = "left-to-the-agent"
    LATE = "late"
    BLIND = "blind"
    TOKEN = "token-refused"  # noqa: S105 - a kind, no value
    CROWD = "crowd"
    OVER = "over"
    SUMMARY = "summary"
    REMINDER = "reminder"
    MONDAY = "monday"
    DRILL = "drill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message to people: *priority* from 1 to 5 and *tags* as ntfy knows them."""

    kind: NoticeKind
    title: str
    body: str
    url: str
    priority: int
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A notice on its way to one receiver; *id* is its place in the box, given at *at*."""

    id: int
    receiver: str
    at: datetime
    notice: Notice
