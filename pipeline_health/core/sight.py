"""Which sources are blind, since when, and which of our own tokens that is due to.

One look proves nothing: what was blind before is remembered by the shell, and what follows from the
two is decided here.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from pipeline_health.core.model.findings import Scope, Thing
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import Blind, BlindCause, Part, Seen
from pipeline_health.core.model.sight import Refusal, Sight, Source, Spell
from pipeline_health.core.model.snapshot import ProjectView, Snapshot
from pipeline_health.core.observe import blind_parts, production_scope, staging_scope
from pipeline_health.frozen import dataclass

AnyPart: TypeAlias = Part[object]
UNKNOWN_TOKEN = ""
_OUR_TOKENS = frozenset({BlindCause.REFUSED, BlindCause.MISPLACED})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tokens:
    """Our own tokens in one look at all projects; *all_known* says that *used* are all of them.

    Projects that are not looked at this time may use a token that the others do not.
    """

    used: frozenset[str]
    refused: frozenset[str]
    accepted: frozenset[str]
    all_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An environment of Railway's as it was seen, and the scope of what is said of it."""

    part: Part[Environment]
    scope: Scope | None


OF_RAILWAY = (Source.RAILWAY, Source.PRODUCTION)
"""The sources that are an environment of Railway's each."""


def place_of(view: ProjectView, source: Source) -> Place | None:
    """Give the environment that *source* is, None where it is none."""
    match source:
        case Source.RAILWAY:
            return Place(part=view.staging, scope=staging_scope(view))
        case Source.PRODUCTION:
            return Place(part=view.production, scope=production_scope(view))
        case _:
            return None


def sources_of(view: ProjectView) -> Mapping[Source, tuple[AnyPart, ...]]:
    """Give the parts of each source; of a repository that is not seen nothing else is a source."""
    github = view.github
    railway: dict[Source, tuple[AnyPart, ...]] = {
        Source.RAILWAY: (view.staging,),
        Source.PRODUCTION: (view.production,),
    }
    urls = tuple(view.urls.values())
    if isinstance(github.repository, Blind):
        return {**railway, Source.GITHUB: (github.repository,), Source.URLS: urls}
    return {
        **railway,
        Source.GITHUB: (github.repository,),
        Source.BRANCH: (github.branch,),
        Source.CHECKS: (github.checks, github.earlier),
        Source.DEPLOYMENTS: (github.deployments, github.production),
        Source.ISSUES: (github.issues,),
        Source.WORKFLOWS: (github.required,),
        Source.URLS: urls,
    }


def blind_of(parts: Iterable[AnyPart]) -> Blind | None:
    """Give the first of *parts* that could not be read."""
    return next((part for part in parts if isinstance(part, Blind)), None)


def is_seen(parts: Iterable[AnyPart]) -> bool:
    """Tell whether something was asked for, and all of it was read."""
    kept = tuple(parts)
    return blind_of(kept) is None and any(isinstance(part, Seen) for part in kept)


_SHOWN_BY: Mapping[Thing, frozenset[str]] = {
    Thing.WORKFLOW: frozenset({"github"}),
    Thing.STATUS: frozenset({"github"}),
    Thing.BRANCH: frozenset({"github"}),
    Thing.SERVICE: frozenset({"railway"}),
    Thing.ENVIRONMENT: frozenset({"github", "railway"}),
    Thing.PROJECT: frozenset({"github", "railway"}),
    Thing.URL: frozenset({"url"}),
    Thing.CREDENTIAL: frozenset({"audit"}),
    Thing.FILE: frozenset({"audit"}),
    Thing.SOURCE: frozenset(),
    Thing.SECRET: frozenset(),
}
"""Which sources would show that a thing fails; our own sight shows itself."""


def is_blind_to(incident: Incident, view: ProjectView) -> bool:
    """Tell whether a failure of *incident* would not have been seen by what was read of *view*."""
    blind = {source for source, _ in blind_parts(view)}
    things = {ailment.symptom.subject.thing for ailment in incident.ailments}
    return any(_SHOWN_BY[thing] & blind for thing in things)


def is_our_token(blind: Blind) -> bool:
    """Tell whether a token of ours is to blame, so that a person must replace it."""
    return blind.cause in _OUR_TOKENS


def token_scope(token: str) -> Scope:
    """Give the scope of what is wrong with one of our own tokens, wherever it is used."""
    return Scope(f"token:{token}")


def sighted(
    snapshot: Snapshot, remembered: Mapping[ProjectName, Sight], policy: Policy, *, now: datetime
) -> Snapshot:
    """Give *snapshot* with what is known of our own looking: *remembered*, and this look."""
    tokens = _tokens_of(snapshot, policy)
    every = Sight(
        refused=tokens.refused,
        patience=policy.sla / 2,
        again=policy.poll_interval / 2,  # a timer is a little early at times
    )
    return replace(
        snapshot,
        projects=tuple(
            replace(view, sight=_sight(view, remembered, every, tokens, now=now))
            for view in snapshot.projects
        ),
    )


def _sight(
    view: ProjectView,
    remembered: Mapping[ProjectName, Sight],
    every: Sight,
    tokens: _Tokens,
    *,
    now: datetime,
) -> Sight:
    before = remembered.get(view.policy.name, Sight())
    refusals = dict(_refusals(view, before, tokens, now=now))
    known = frozenset(each.token for each in refusals.values())
    return replace(
        every,
        dark=dict(_dark(view, before, now=now)),
        refusals=refusals,
        unused=known - tokens.used if tokens.all_known else frozenset[str](),
    )


def _dark(view: ProjectView, before: Sight, *, now: datetime) -> Iterator[tuple[Source, Spell]]:
    for source, parts in sources_of(view).items():
        blind = blind_of(parts)
        if blind is not None and not is_our_token(blind):
            yield source, _spell(before.dark.get(source), blind, now=now)


def _spell(before: Spell | None, blind: Blind, *, now: datetime) -> Spell:
    """Let the spell *before* go on, with its first words as long as the reason stays."""
    if before is None:
        return Spell(first=replace(blind, at=now))
    same = before.first.cause is blind.cause
    first = before.first if same else replace(blind, at=before.first.at)
    return Spell(first=first, looks=before.looks + 1)


def _refusals(
    view: ProjectView, before: Sight, tokens: _Tokens, *, now: datetime
) -> Iterator[tuple[Source, Refusal]]:
    for source, parts in sources_of(view).items():
        blind, known = blind_of(parts), before.refusals.get(source)
        if blind is not None and is_our_token(blind):
            yield source, _refusal(known, blind, scope_of_refusal(view, source, blind), now=now)
        elif known is not None:
            # One that reads elsewhere is not refused here either: its next refusal is another one.
            reads = known.scope == token_scope(known.token) and known.token in tokens.accepted
            yield source, replace(known, over=known.over or is_seen(parts) or reads)


def _refusal(known: Refusal | None, blind: Blind, scope: Scope, *, now: datetime) -> Refusal:
    goes_on = known is not None and not known.over
    if known is not None and goes_on and (known.token, known.scope) == (blind.token, scope):
        return replace(known, spell=_spell(known.spell, blind, now=now))
    return Refusal(token=blind.token, scope=scope, spell=_spell(None, blind, now=now))


def scope_of_refusal(view: ProjectView, source: Source, blind: Blind) -> Scope:
    """Give where a token is of no use: everywhere, or in the one place that it does not fit."""
    place = place_of(view, source)
    misplaced = blind.cause is BlindCause.MISPLACED
    scope = place.scope if misplaced and place is not None else None
    return scope or token_scope(blind.token)


def _refusals_in(view: ProjectView) -> Iterator[Blind]:
    for parts in sources_of(view).values():
        blind = blind_of(parts)
        if blind is not None and is_our_token(blind):
            yield blind


def _tokens_in(view: ProjectView) -> Iterator[str]:
    """Give the tokens that *view* was read with, or could not be read with."""
    for blind in _refusals_in(view):
        yield blind.token
    for part in (view.staging, view.production):
        match part:
            case Blind(token=token) | Seen(value=Environment(token=token)):
                yield token
            case _:
                pass


def _tokens_of(snapshot: Snapshot, policy: Policy) -> _Tokens:
    used = frozenset(token for view in snapshot.projects for token in _tokens_in(view))
    refused = frozenset(
        blind.token
        for view in snapshot.projects
        for blind in _refusals_in(view)
        if blind.cause is BlindCause.REFUSED
    )
    reading = frozenset(
        part.value.token
        for view in snapshot.projects
        for part in (view.staging, view.production)
        if isinstance(part, Seen)
    )
    return _Tokens(
        used=used,
        refused=refused,
        accepted=reading - refused,
        all_known=UNKNOWN_TOKEN not in used and not policy.others,
    )
