"""How well a project is seen: what could not be read, and which of our own tokens were refused."""

from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta
from enum import StrEnum

from pipeline_health.core.model.findings import Scope
from pipeline_health.core.model.readings import Blind
from pipeline_health.frozen import dataclass


class Source(StrEnum):
    """A part of what is looked at, under the name by which people know it."""

    RAILWAY = "Railway"
    PRODUCTION = "Railway production"
    GITHUB = "GitHub"
    BRANCH = "GitHub branch"
    CHECKS = "GitHub checks"
    DEPLOYMENTS = "GitHub deployments"
    ISSUES = "GitHub issues"
    WORKFLOWS = "GitHub workflow runs"
    URLS = "URLs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """Blindness that lasts, over *looks* looks in a row.

    *first* holds the time of the first one. Its words change only with the reason, so that what is
    told of it does not change with every look.
    """

    first: Blind
    looks: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One of our own tokens that was of no use in *scope*; *over* once it, or another one, was."""

    token: str
    scope: Scope
    spell: Spell
    over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What is known of how well one project was seen, this look included.

    *dark* are the sources that could not be read, *refusals* the last trouble of our tokens by
    source. *refused* are the tokens that were refused anywhere in this look, *unused* those of
    *refusals* that no project is read with any more. After *patience* blindness is told to people;
    a refusal is confirmed by another look, *again* after the first one.
    """

    dark: Mapping[Source, Spell] = field(default_factory=dict)
    refusals: Mapping[Source, Refusal] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    unused: frozenset[str] = frozenset()
    patience: timedelta = timedelta(minutes=15)
    again: timedelta = timedelta(minutes=5)
