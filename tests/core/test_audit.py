"""Two environments compared: one row a rule of what is shared, unverifiable, missing and clean."""

from dataclasses import replace

import pytest

from pipeline_health.core.audit import Held, Side, blocking, compared, names_of
from pipeline_health.core.model.audit import Compared, SharedBy, Sharing, Unverifiable
from pipeline_health.core.model.gate_policy import AuditPolicy
from pipeline_health.core.secrecy import Digest, Mark, supabase_mark

STAGING_REF, PRODUCTION_REF = "staging0ref", "production0ref"


def digest(text: str) -> Digest:
    """Give the text itself."""
    return Digest(text.encode())


def has(name: str, *secrets: str, holder: str = "web", by: SharedBy = SharedBy.VALUE) -> Held:
    """Give a variable that holds *secrets*."""
    marks = frozenset(Mark(by=by, digest=digest(secret)) for secret in secrets)
    return Held(holder=holder, name=name, marks=marks)


def of_supabase(name: str, *references: str) -> Held:
    """Give a variable that leads to Supabase projects."""
    marks = frozenset(supabase_mark(reference, digest) for reference in references)
    return Held(holder="web", name=name, marks=marks)


def _two_marks(value: str, database: str) -> Held:
    """Give a variable that holds a secret and leads to a database."""
    marks = {Mark(by=SharedBy.VALUE, digest=digest(value))}
    marks.add(Mark(by=SharedBy.DATABASE, digest=digest(database)))
    return Held(holder="web", name="A", marks=frozenset(marks))


def sealed(name: str, *, holder: str = "web") -> Held:
    """Give a variable whose value nobody can read."""
    return Held(holder=holder, name=name, unreadable="is sealed")


def empty(name: str) -> Held:
    """Give a variable without a value."""
    return Held(holder="web", name=name, there=False)


def unread(what: str = "service api") -> Unverifiable:
    """Give a holder that could not be read."""
    return Unverifiable(name=what, why="cannot be read in staging: refused")


def audit(
    staging: tuple[Held, ...],
    production: tuple[Held, ...],
    *,
    policy: AuditPolicy | None = None,
    unread_there: tuple[Unverifiable, ...] = (),
) -> Compared:
    """Compare the two."""
    return compared(
        Side(held=staging),
        Side(held=production, unread=unread_there),
        policy=policy or AuditPolicy(),
        digest=digest,
    )


@pytest.mark.parametrize(
    ("staging", "production", "subjects"),
    [
        ([], [], []),
        ([has("KEY", "a")], [has("KEY", "b")], []),
        ([has("KEY", "a")], [has("KEY", "a")], ["KEY"]),
        ([has("KEY", "a")], [has("OTHER", "a")], ["KEY"]),
        ([has("KEY", "a")], [has("KEY", "a", holder="api")], ["KEY"]),
        ([has("KEY", "a"), has("COPY", "a")], [has("KEY", "a")], ["COPY"]),
        ([has("KEY", "a"), has("COPY", "a")], [], []),
        ([has("A", "a"), has("B", "b")], [has("A", "a"), has("B", "b")], ["A", "B"]),
        ([has("A", "a"), has("B", "a", "b")], [has("C", "a"), has("D", "b")], ["A"]),
        ([has("A", "a"), has("B", "b"), has("C", "a", "b")], [has("X", "a", "b")], ["A"]),
        ([has("A", "a"), has("A", "b", holder="api")], [has("X", "a"), has("Y", "b")], ["A"]),
        ([sealed("KEY")], [sealed("KEY")], []),
        ([sealed("KEY")], [has("KEY", "a")], []),
        ([has("KEY")], [has("KEY")], []),
    ],
)
def test_what_is_shared(staging: list[Held], production: list[Held], subjects: list[str]) -> None:
    """An equal secret, under whatever name and in whatever service, is one sharing."""
    found = audit(tuple(staging), tuple(production))
    assert [sharing.subject for sharing in found.sharings] == subjects


def test_a_sharing_names_every_place() -> None:
    """One entry, with all the places of both environments."""
    found = audit(
        (has("KEY", "a"), has("COPY", "a", holder="shared")), (has("OTHER", "a", holder="the api"),)
    )
    assert found.sharings == (
        Sharing(
            subject="COPY",
            by=SharedBy.VALUE,
            staging=("shared COPY", "web KEY"),
            production=("the api OTHER",),
        ),
    )
    assert names_of(found.sharings[0]) == {"KEY", "COPY", "OTHER"}


@pytest.mark.parametrize(
    ("staging", "production", "by"),
    [
        (has("A", "a", by=SharedBy.PASSWORD), has("A", "a", by=SharedBy.PASSWORD), "password"),
        (has("A", "a", by=SharedBy.PASSWORD), has("A", "a"), "value"),
        (has("A", "a", by=SharedBy.DATABASE), has("A", "a", by=SharedBy.DATABASE), "database"),
        (of_supabase("A", "r"), of_supabase("A", "r"), "supabase"),
        (_two_marks("a", "b"), _two_marks("a", "c"), "value"),
    ],
)
def test_what_about_it_is_the_same(staging: Held, production: Held, by: str) -> None:
    """The widest thing that is the same: what has to be separated."""
    (sharing,) = audit((staging,), (production,)).sharings
    assert sharing.by == by


@pytest.mark.parametrize(
    ("staging", "production", "places"),
    [
        ((STAGING_REF,), (PRODUCTION_REF,), []),
        (("r",), ("r",), [(("web URL",), ("web URL",))]),
        ((PRODUCTION_REF,), (), [(("web URL",), ())]),
        ((), (STAGING_REF,), [((), ("web URL",))]),
        ((PRODUCTION_REF,), (PRODUCTION_REF,), [(("web URL",), ("web URL",))]),
        (("both0ref",), ("both0ref",), []),
    ],
)
def test_a_supabase_project_belongs_to_one_environment(
    staging: tuple[str, ...],
    production: tuple[str, ...],
    places: list[tuple[tuple[str, ...], tuple[str, ...]]],
) -> None:
    """One reference in both, or one that is of the other, in either direction; but one of both."""
    policy = AuditPolicy(staging=(STAGING_REF, "both0ref"), production=(PRODUCTION_REF, "both0ref"))
    found = audit(
        (of_supabase("URL", *staging),), (of_supabase("URL", *production),), policy=policy
    )
    assert [(one.staging, one.production) for one in found.sharings] == places


@pytest.mark.parametrize(
    ("staging", "production", "subjects"),
    [
        ([has("OK", "a")], [has("OK", "a")], []),
        ([has("OK", "a")], [has("KEY", "a")], []),
        ([has("KEY", "a")], [has("OK", "a")], []),
        ([has("OK", "a"), has("KEY", "a")], [has("OK", "a"), has("KEY", "a")], ["KEY"]),
        ([sealed("OK")], [sealed("OK")], []),
    ],
)
def test_what_may_be_shared(
    staging: list[Held], production: list[Held], subjects: list[str]
) -> None:
    """A name in `shared_ok` counts in neither; the same secret under another name still does."""
    found = audit(tuple(staging), tuple(production), policy=AuditPolicy(shared_ok=("OK",)))
    assert [sharing.subject for sharing in found.sharings] == subjects
    assert "OK" not in {one.name for one in found.unverifiable} | set(found.clean)


@pytest.mark.parametrize(
    ("staging", "production", "whys"),
    [
        ([sealed("KEY")], [has("KEY", "a")], ["is sealed in staging"]),
        ([sealed("KEY")], [sealed("KEY")], ["is sealed in staging and production"]),
        (
            [sealed("KEY"), sealed("KEY", holder="api")],
            [has("KEY", "a")],
            ["is sealed in staging"],
        ),
        ([has("KEY", "a"), sealed("KEY", holder="api")], [has("KEY", "a")], []),
        (
            [sealed("KEY"), replace(sealed("KEY", holder="api"), unreadable="is a file")],
            [sealed("KEY")],
            ["is sealed in staging and production and is a file in staging"],
        ),
    ],
)
def test_what_cannot_be_verified(
    staging: list[Held], production: list[Held], whys: list[str]
) -> None:
    """Null is not equal to null, nor different; what is proved to be shared needs no verifying."""
    found = audit(tuple(staging), tuple(production))
    assert [one.why for one in found.unverifiable] == whys
    assert found.clean == ()


def test_clean_is_what_was_compared_and_is_not_shared() -> None:
    """Not what is sealed or shared somewhere, nor what is no secret."""
    found = audit(
        (has("A", "a"), has("B", "b"), has("C", "c"), has("D")),
        (has("A", "x"), sealed("B"), has("C", "c"), has("E", "e")),
    )
    assert (found.clean, found.whole) == (("A", "E"), True)


def test_where_a_service_was_not_read_nothing_is_clean() -> None:
    """What is not found may be there."""
    found = audit((has("A", "a"),), (has("A", "b"),), unread_there=(unread(),))
    assert (found.clean, found.whole, found.unverifiable) == ((), False, (unread(),))


@pytest.mark.parametrize(
    ("staging", "production", "unread_there", "missing", "unknown"),
    [
        ([has("R", "a")], [has("R", "b")], (), [], []),
        ([has("R", "a")], [], (), ["is not set in production"], []),
        ([], [], (), ["is not set in staging", "is not set in production"], []),
        ([empty("R")], [has("R", "b")], (), ["is not set in staging"], []),
        ([has("R", "a")], [sealed("R")], (), [], ["is sealed in production"]),
        (
            [has("R", "a")],
            [],
            (unread(),),
            [],
            ["may be where nothing can be read in production"],
        ),
    ],
)
def test_what_is_required(
    staging: list[Held],
    production: list[Held],
    unread_there: tuple[Unverifiable, ...],
    missing: list[str],
    unknown: list[str],
) -> None:
    """It must be in both; where one cannot be read, nobody can tell."""
    policy = AuditPolicy(required=("R",))
    found = audit(tuple(staging), tuple(production), policy=policy, unread_there=unread_there)
    assert list(found.missing) == [Unverifiable(name="R", why=why) for why in missing]
    assert [one.why for one in found.unverifiable if one.name == "R"] == unknown
    assert [one.name for one in blocking(found, policy)] == ["R"] * len(unknown)


def test_strictly_everything_that_nobody_can_tell_blocks() -> None:
    """Without `strict` only what is required does."""
    found = audit((sealed("A"),), ())
    assert blocking(found, AuditPolicy()) == ()
    assert [one.name for one in blocking(found, AuditPolicy(strict=True))] == ["A"]
