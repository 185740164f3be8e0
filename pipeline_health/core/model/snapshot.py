"""One look at the world, with what was found out beside it."""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from pipeline_health.core.model.audit import Audit
from pipeline_health.core.model.deployed import Passage
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import Answers
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import GitHubReading, NotAsked, Part
from pipeline_health.core.model.sight import Sight
from pipeline_health.core.model.urls import Place, UrlSight
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectView:
    """Everything that one look saw of one project, beside what the operator wants of it.

    *urls* has no entry for a URL that nobody named. *passages* are what earlier looks saw pass
    staging, oldest first; *audit* is the newest one, which may be of an earlier cycle. *judged*
    is kept by whoever judges this very view, so that its head is judged once and not by each rule,
    and its services too.
    """

    policy: ProjectPolicy
    now: datetime
    github: GitHubReading
    staging: Part[Environment]
    urls: Mapping[Place, Part[UrlSight]] = field(default_factory=dict)
    production: Part[Environment] = field(default_factory=NotAsked)
    passages: tuple[Passage, ...] = ()
    answers: Answers = field(default_factory=Answers)
    sight: Sight = field(default_factory=Sight)
    audit: Part[Audit] = field(default_factory=NotAsked)
    judged: dict[str, object] = field(default_factory=dict, init=False, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the world looked like in one cycle, project by project."""

    now: datetime
    projects: tuple[ProjectView, ...]
