"""Staging and production compared: which secrets both have, and of which nobody can tell.

Compared is across all names and services, because a secret is the same one under any name. All
that is here of a value are its marks.
"""

from collections.abc import Iterable, Iterator, Sequence

from pipeline_health.core.model.audit import Compared, SharedBy, Sharing, Unverifiable
from pipeline_health.core.model.gate_policy import AuditPolicy
from pipeline_health.core.secrecy import Digest, Digester, Mark, supabase_mark
from pipeline_health.frozen import dataclass

STAGING, PRODUCTION = "staging", "production"
_WIDEST = (SharedBy.SUPABASE, SharedBy.DATABASE, SharedBy.VALUE, SharedBy.PASSWORD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One variable in one place: *holder* is a service, or `shared`.

    *unreadable* says why its value cannot be compared, in words that follow its name, empty where
    it can; *there* is False for one without a value.
    """

    holder: str
    name: str
    marks: frozenset[Mark] = frozenset()
    unreadable: str = ""
    there: bool = True

    @property
    def place(self) -> str:
        """The holder and the name."""
        return f"{self.holder} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The variables of one environment; *unread* are the holders that could not be read."""

    held: tuple[Held, ...] = ()
    unread: tuple[Unverifiable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """The variables that one secret is in."""

    digests: frozenset[Digest]
    staging: tuple[Held, ...]
    production: tuple[Held, ...]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(held.name for held in (*self.staging, *self.production))

    @property
    def ways(self) -> frozenset[SharedBy]:
        """What about the secret is the same."""
        marks = (mark for held in (*self.staging, *self.production) for mark in held.marks)
        return frozenset(mark.by for mark in marks if mark.digest in self.digests)

    def meets(self, other: "_Group") -> bool:
        """Tell whether both are one secret, or are known by one name."""
        return bool(self.digests & other.digests or self.names & other.names)

    def with_other(self, other: "_Group") -> "_Group":
        return _Group(
            digests=self.digests | other.digests,
            staging=(*self.staging, *other.staging),
            production=(*self.production, *other.production),
        )


def compared(staging: Side, production: Side, *, policy: AuditPolicy, digest: Digester) -> Compared:
    """Compare what both environments hold; names in `shared_ok` count in neither."""
    excused = frozenset(policy.shared_ok)
    ours = tuple(held for held in staging.held if held.name not in excused)
    theirs = tuple(held for held in production.held if held.name not in excused)
    guilty = _guilty(ours, theirs, policy, digest)
    sharings = tuple(sorted(_sharings(ours, theirs, guilty), key=lambda one: one.subject))
    shared = frozenset(name for sharing in sharings for name in names_of(sharing))
    unverifiable = tuple(_unverifiable(ours, theirs, shared))
    unread = (*staging.unread, *production.unread)
    unknown, missing = _required(staging, production, policy)
    doubtful = shared.union(one.name for one in (*unverifiable, *unknown))
    names = {held.name for held in (*ours, *theirs) if held.marks} - doubtful
    return Compared(
        sharings=sharings,
        unverifiable=(*unverifiable, *unknown, *unread),
        missing=missing,
        clean=() if unread else tuple(sorted(names)),
        whole=not unread,
    )


def blocking(compared: Compared, policy: AuditPolicy) -> tuple[Unverifiable, ...]:
    """Give what nobody can tell and the operator wants to be told: required, or all if strict."""
    return tuple(
        one for one in compared.unverifiable if policy.strict or one.name in policy.required
    )


def names_of(sharing: Sharing) -> frozenset[str]:
    """Give every name under which the secret is in either environment."""
    return frozenset(place.rpartition(" ")[2] for place in (*sharing.staging, *sharing.production))


def _guilty(
    ours: Iterable[Held], theirs: Iterable[Held], policy: AuditPolicy, digest: Digester
) -> frozenset[Digest]:
    """Give the marks that must not be: those in both, and those that are of the other one.

    A Supabase project that the operator gives to both is allowed in both.
    """
    in_staging, in_production = _digests(ours), _digests(theirs)
    of_staging = {supabase_mark(one, digest).digest for one in policy.staging}
    of_production = {supabase_mark(one, digest).digest for one in policy.production}
    both = in_staging & in_production
    strangers = (in_staging & of_production) | (in_production & of_staging)
    return frozenset((both | strangers) - (of_staging & of_production))


def _digests(many: Iterable[Held]) -> frozenset[Digest]:
    return frozenset(mark.digest for held in many for mark in held.marks)


def _sharings(
    ours: Sequence[Held], theirs: Sequence[Held], guilty: frozenset[Digest]
) -> Iterator[Sharing]:
    for group in _groups(ours, theirs, guilty):
        names = {held.name for held in group.staging} or group.names
        yield Sharing(
            subject=min(names),
            by=min(group.ways, key=_WIDEST.index),
            staging=_places(group.staging),
            production=_places(group.production),
        )


def _groups(
    ours: Iterable[Held], theirs: Iterable[Held], guilty: frozenset[Digest]
) -> tuple[_Group, ...]:
    """Put together what holds one secret, directly or by way of another variable."""
    groups: list[_Group] = []
    sides = [(held, True) for held in ours] + [(held, False) for held in theirs]
    for held, is_ours in sides:
        digests = frozenset(mark.digest for mark in held.marks) & guilty
        if not digests:
            continue
        group = _Group(
            digests=digests,
            staging=(held,) if is_ours else (),
            production=() if is_ours else (held,),
        )
        for other in [other for other in groups if other.meets(group)]:
            groups.remove(other)
            group = other.with_other(group)
        groups.append(group)
    return tuple(groups)


def _places(many: Iterable[Held]) -> tuple[str, ...]:
    return tuple(sorted({held.place for held in many}))


def _unverifiable(
    ours: Iterable[Held], theirs: Iterable[Held], shared: frozenset[str]
) -> Iterator[Unverifiable]:
    """Name what cannot be compared, once a name, with where and why; what is proved needs none."""
    found: dict[str, dict[str, dict[str, None]]] = {}
    for where, many in ((STAGING, ours), (PRODUCTION, theirs)):
        for held in many:
            if held.unreadable and held.name not in shared:
                found.setdefault(held.name, {}).setdefault(held.unreadable, {})[where] = None
    for name, reasons in sorted(found.items()):
        whys = (f"{reason} in {' and '.join(wheres)}" for reason, wheres in reasons.items())
        yield Unverifiable(name=name, why=" and ".join(whys))


def _required(
    staging: Side, production: Side, policy: AuditPolicy
) -> tuple[tuple[Unverifiable, ...], tuple[Unverifiable, ...]]:
    """Give the required secrets that may be where nobody can read, and those that one lacks."""
    unknown, missing = [], []
    for name in policy.required:
        for where, side in ((STAGING, staging), (PRODUCTION, production)):
            if any(held.name == name and held.there for held in side.held):
                continue
            if side.unread:
                why = f"may be where nothing can be read in {where}"
                unknown.append(Unverifiable(name=name, why=why))
            else:
                missing.append(Unverifiable(name=name, why=f"is not set in {where}"))
    return tuple(unknown), tuple(missing)
