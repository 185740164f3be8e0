"""One look at the world, with what was found out beside it."""

from dataclasses import dataclass, field
from datetime import datetime

from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import Answers
from pipeline_health.core.model.readings import Environment, GitHubReading, Part
from pipeline_health.core.model.sight import Sight


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectView:
    """Everything that one look saw of one project, beside what the operator wants of it."""

    policy: ProjectPolicy
    now: datetime
    github: GitHubReading
    staging: Part[Environment]
    answers: Answers = field(default_factory=Answers)
    sight: Sight = field(default_factory=Sight)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the world looked like in one cycle, project by project."""

    now: datetime
    projects: tuple[ProjectView, ...]
