"""What the shell remembers of its own looking, so that blindness has a beginning.

One line a fact, the reason last, because it is the only one that is free text.
"""

from datetime import datetime

from pipeline_health.core.model.findings import Scope
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.policy import Policy
from pipeline_health.core.model.readings import Blind, BlindCause
from pipeline_health.core.model.sight import Refusal, Sight, Source, Spell
from pipeline_health.core.model.snapshot import Snapshot
from pipeline_health.core.sight import sighted
from pipeline_health.ports import Memory

_DARK = "blind-source"
_REFUSED = "refused-token"
_OVER = "over"


def with_sight(snapshot: Snapshot, policy: Policy, memory: Memory, *, now: datetime) -> Snapshot:
    """Give *snapshot* with what is remembered of earlier looks, and remember this one."""
    names = [view.policy.name for view in snapshot.projects]
    remembered = {name: _recalled(memory, name) for name in names}
    seen = sighted(snapshot, remembered, policy, now=now)
    for view in seen.projects:
        _keep(memory, view.policy.name, remembered[view.policy.name], view.sight, now=now)
    return seen


def _recalled(memory: Memory, project: ProjectName) -> Sight:
    dark: dict[Source, Spell] = {}
    refusals: dict[Source, Refusal] = {}
    for source in Source:
        spell = _spell_of(memory.recall(_DARK, _key(project, source)))
        refusal = _refusal_of(memory.recall(_REFUSED, _key(project, source)))
        dark |= {} if spell is None else {source: spell}
        refusals |= {} if refusal is None else {source: refusal}
    return Sight(dark=dark, refusals=refusals)


def _keep(
    memory: Memory, project: ProjectName, before: Sight, after: Sight, *, now: datetime
) -> None:
    for source in before.dark.keys() - after.dark.keys():
        memory.forget(_DARK, _key(project, source))
    for source, spell in after.dark.items():
        memory.remember(_DARK, _key(project, source), _spell_text(spell), now=now)
    for source, refusal in after.refusals.items():
        memory.remember(_REFUSED, _key(project, source), _refusal_text(refusal), now=now)


def _key(project: ProjectName, source: Source) -> str:
    return f"{source} of {project}"


def _spell_text(spell: Spell) -> str:
    first = spell.first
    why = " ".join(first.why.split())
    return "\n".join((first.at.isoformat(), str(spell.looks), first.cause, first.token, why))


def _spell_of(text: str | None) -> Spell | None:
    """Read a spell; a text that another version wrote is none."""
    try:
        at, looks, cause, token, why = (text or "").split("\n")
        first = Blind(at=datetime.fromisoformat(at), why=why, cause=BlindCause(cause), token=token)
        return Spell(first=first, looks=int(looks))
    except ValueError:
        return None


def _refusal_text(refusal: Refusal) -> str:
    state = _OVER if refusal.over else ""
    return f"{state}\n{refusal.scope}\n{_spell_text(refusal.spell)}"


def _refusal_of(text: str | None) -> Refusal | None:
    state, _, rest = (text or "").partition("\n")
    scope, _, kept = rest.partition("\n")
    spell = _spell_of(kept)
    if spell is None:
        return None
    return Refusal(token=spell.first.token, scope=Scope(scope), spell=spell, over=state == _OVER)
