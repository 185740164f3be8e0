"""What a survey of both providers found."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from typing import TypeAlias

from pipeline_health.core.model.checkup import (
    Account,
    Invisible,
    Place,
    RailwayToken,
    RepoFacts,
    Unread,
)
from pipeline_health.core.model.ids import RepoName
from pipeline_health.frozen import dataclass

Repo: TypeAlias = RepoFacts | Invisible | Unread


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """What was found out of both providers."""

    account: Account | Unread | None = None
    repos: Mapping[RepoName, Repo] = field(default_factory=dict)
    tokens: tuple[RailwayToken, ...] = ()
    places: tuple[Place, ...] = ()
    skew: Mapping[str, timedelta | Unread] = field(default_factory=dict)
