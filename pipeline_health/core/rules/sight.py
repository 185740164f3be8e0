"""Sources that stay blind, and our own tokens that are refused: told to people, by themselves.

A part that could not be read yields nothing in any other rule; here it is the thing that is broken.
A refused token is one thing however many projects it blinds, and no blind source beside.
"""

from collections.abc import Iterator

from pipeline_health.core.model.findings import (
    Finding,
    Kind,
    Observation,
    Proof,
    Scope,
    Subject,
    Symptom,
    Thing,
    Unsettled,
)
from pipeline_health.core.model.questions import LinkTrace
from pipeline_health.core.model.readings import BlindCause, Seen
from pipeline_health.core.model.sight import Refusal, Source, Spell
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import is_archived
from pipeline_health.core.sight import (
    OF_RAILWAY,
    Place,
    blind_of,
    is_our_token,
    is_seen,
    place_of,
    sources_of,
    token_scope,
)

LOOKS = 3


def blind_sources(view: ProjectView) -> Iterator[Observation]:
    """Say of each source whether it was read, or has been blind for longer than is bearable.

    Sources that are blind in the same words are blind for one reason, and so are environments of
    Railway that are blind for the same cause: the first one tells it.
    """
    if is_archived(view):
        return
    told = set[str]()
    for source, parts in sources_of(view).items():
        symptom = _symptom(view, source)
        blind, spell = blind_of(parts), view.sight.dark.get(source)
        if symptom is None:
            continue
        if is_seen(parts):
            yield _read_again(view, symptom, source)
        elif blind is not None and spell is not None:
            reason = blind.cause if source in OF_RAILWAY else blind.why
            if reason not in told:
                told.add(reason)
                yield _blindness(view, symptom, source, spell)


def _symptom(view: ProjectView, source: Source) -> Symptom | None:
    place = place_of(view, source)
    scope = _github_scope(view, source) if place is None else place.scope
    if scope is None:
        return None
    return Symptom(kind=Kind.SOURCE_BLIND, scope=scope, subject=Subject(Thing.SOURCE, source.value))


def _github_scope(view: ProjectView, source: Source) -> Scope | None:
    """Give the scope in the repository; the one that hides all of it has no id, only a name.

    Nothing is ever filed under that name: while it counts, no issue can be filed there.
    """
    repository = view.github.repository
    if source is Source.GITHUB:
        return Scope(f"github:{view.policy.repo.lower()}")
    return Scope(f"github:{repository.value.id}") if isinstance(repository, Seen) else None


def _read_again(view: ProjectView, symptom: Symptom, source: Source) -> Proof:
    return Proof(
        symptom=symptom,
        project=view.policy.name,
        at=view.now,
        commit=None,
        trace=_page(view, source),
        says=f"{source} was read.",
    )


def _blindness(
    view: ProjectView, symptom: Symptom, source: Source, spell: Spell
) -> Finding | Unsettled:
    since = spell.first.at + view.sight.patience
    if spell.looks < LOOKS or view.now <= since:
        why = f"{source} could not be read in this look; it is told when it lasts."
        return Unsettled(symptom=symptom, project=view.policy.name, why=why)
    return Finding(
        symptom=symptom,
        project=view.policy.name,
        since=since,
        commit=None,
        trace=_page(view, source),
        says=f"{source} cannot be read: {spell.first.why}.",
        for_people=True,
    )


def refused_tokens(view: ProjectView) -> Iterator[Observation]:
    """Say of our own tokens whether they are refused, or read what they are for."""
    if is_archived(view):
        return
    for source, parts in sources_of(view).items():
        refusal = view.sight.refusals.get(source)
        if is_seen(parts):
            yield from _proofs(view, source, refusal)
        blind = blind_of(parts)
        if blind is not None and is_our_token(blind) and refusal is not None:
            yield _refused(view, source, refusal)


def _proofs(view: ProjectView, source: Source, refusal: Refusal | None) -> Iterator[Proof]:
    """Prove the token that reads, and that what was refused is not used any more."""
    place = place_of(view, source)
    proved: dict[tuple[Scope, str], None] = {}
    if place is not None and isinstance(place.part, Seen):
        token = place.part.value.token
        scopes = (token_scope(token), place.scope) if token else ()
        proved |= dict.fromkeys((scope, token) for scope in scopes if scope is not None)
    if refusal is not None and (place is None or _is_left(view, place, refusal)):
        proved[refusal.scope, refusal.token] = None
    for scope, token in proved:
        if scope != token_scope(token) or token not in view.sight.refused:
            yield _accepted(view, source, scope, token)


def _is_left(view: ProjectView, place: Place, refusal: Refusal) -> bool:
    """Tell whether a refused token is done with: nothing is read with it, or this place is read."""
    return refusal.token in view.sight.unused or refusal.scope == place.scope


def _accepted(view: ProjectView, source: Source, scope: Scope, token: str) -> Proof:
    return Proof(
        symptom=_token_symptom(scope, token),
        project=view.policy.name,
        at=view.now,
        commit=None,
        trace=_page(view, source),
        says=f"{source} is read, and {token} is not refused.",
    )


def _refused(view: ProjectView, source: Source, refusal: Refusal) -> Finding | Unsettled:
    symptom, spell = _token_symptom(refusal.scope, refusal.token), refusal.spell
    since = spell.first.at
    if view.now - since < view.sight.again:
        why = f"{refusal.token} was of no use in this look; another look confirms it."
        return Unsettled(symptom=symptom, project=view.policy.name, why=why)
    return Finding(
        symptom=symptom,
        project=view.policy.name,
        since=since,
        commit=None,
        trace=_page(view, source),
        says=f"{_verdict(refusal)}: {spell.first.why}.",
        for_people=True,
    )


def _verdict(refusal: Refusal) -> str:
    if refusal.spell.first.cause is BlindCause.MISPLACED:
        return f"{refusal.token} is a token of another environment"
    return f"{refusal.token} is not accepted"


def _token_symptom(scope: Scope, token: str) -> Symptom:
    return Symptom(kind=Kind.CREDENTIAL_REJECTED, scope=scope, subject=Subject(Thing.SECRET, token))


def _page(view: ProjectView, source: Source) -> LinkTrace:
    if source in OF_RAILWAY:
        return LinkTrace(url=f"https://railway.com/project/{view.policy.railway_project}")
    return LinkTrace(url=f"https://github.com/{view.policy.repo}")
