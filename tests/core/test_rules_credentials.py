"""What the newest audit found is a finding for people, since it was first found."""

from dataclasses import replace

import pytest

from builders import NOW, a_repository, a_view, ago, blind, github, seen
from pipeline_health.core.model.audit import Audit, Committed, Compared, SharedBy, Sharing
from pipeline_health.core.model.findings import Finding, Kind, Scope, Subject, Thing
from pipeline_health.core.model.readings import NotAsked
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.rules.credentials import committed_files, shared_credentials

SHARING = Sharing(subject="KEY", by=SharedBy.VALUE, staging=("web KEY",), production=("api OTHER",))
FOUND = Audit(
    at=NOW,
    variables=seen(Compared(sharings=(SHARING,))),
    files=seen(Committed(paths=("api/.env",))),
    first={"KEY": ago(hours=9)},
)


def view_of(audit: Audit | None) -> ProjectView:
    """Give a look that has *audit* as its newest."""
    return a_view() if audit is None else replace(a_view(), audit=seen(audit))


def findings(view: ProjectView) -> list[Finding]:
    """Give all that both rules find."""
    said = (*shared_credentials(view), *committed_files(view))
    return [each for each in said if isinstance(each, Finding)]


def test_a_shared_secret_is_for_people_since_it_was_first_found() -> None:
    """Its subject is its name, its page the one of the Railway project."""
    (shared, _) = findings(view_of(FOUND))
    assert shared.symptom.kind is Kind.CREDENTIAL_SHARED
    assert shared.symptom.scope == Scope("railway:railway-project")
    assert shared.symptom.subject == Subject(Thing.CREDENTIAL, "KEY")
    assert (shared.since, shared.for_people, shared.commit) == (ago(hours=9), True, None)
    assert shared.trace.url == "https://railway.com/project/railway-project"


def test_a_committed_file_is_for_people_since_the_audit() -> None:
    """Without an earlier audit the newest one is the first."""
    (_, file) = findings(view_of(FOUND))
    assert file.symptom.kind is Kind.ENV_FILE_COMMITTED
    assert file.symptom.scope == Scope("github:4711:files")
    assert file.symptom.subject == Subject(Thing.FILE, "api/.env")
    assert (file.since, file.for_people) == (NOW, True)
    assert file.trace.url == "https://github.com/acme/shop/blob/main/api/.env"


@pytest.mark.parametrize(
    "audit",
    [
        None,
        Audit(at=NOW, variables=blind(), files=blind()),
        Audit(at=NOW, variables=NotAsked(), files=NotAsked()),
        Audit(at=NOW, variables=seen(Compared()), files=seen(Committed())),
    ],
)
def test_nothing_is_said_of_what_was_not_found(audit: Audit | None) -> None:
    """Nor of what could not be read, which says nothing either way."""
    assert findings(view_of(audit)) == []


def test_an_archived_repository_has_no_findings() -> None:
    """Nothing can be filed there."""
    view = replace(view_of(FOUND), github=github(repository=a_repository(archived=True)))
    assert findings(view) == []


def test_a_file_of_a_repository_that_is_not_seen_has_no_scope() -> None:
    """The shared secret is of Railway, and is still found."""
    view = replace(view_of(FOUND), github=replace(github(), repository=blind()))
    assert [found.symptom.kind for found in findings(view)] == [Kind.CREDENTIAL_SHARED]


@pytest.mark.parametrize(
    ("by", "words"),
    [
        (SharedBy.VALUE, "the same secret"),
        (SharedBy.PASSWORD, "the same password in a URL"),
        (SharedBy.DATABASE, "the same database"),
        (SharedBy.SUPABASE, "the same Supabase project"),
    ],
)
def test_it_says_what_is_the_same_and_where(by: SharedBy, words: str) -> None:
    """The names of all places, as far as they are few."""
    audit = replace(FOUND, variables=seen(Compared(sharings=(replace(SHARING, by=by),))))
    says = findings(view_of(audit))[0].says
    assert says == (
        f"Staging and production have {words}: web KEY in staging, api OTHER in production."
    )


def test_many_places_are_counted() -> None:
    """An issue names the first four."""
    many = replace(SHARING, staging=tuple(f"s{at} KEY" for at in range(6)))
    audit = replace(FOUND, variables=seen(Compared(sharings=(many,))))
    says = findings(view_of(audit))[0].says
    assert "s0 KEY, s1 KEY, s2 KEY, s3 KEY and 2 more in staging" in says


def test_a_supabase_project_of_the_other_one_is_said_so() -> None:
    """In either direction."""
    mixed = (
        replace(SHARING, by=SharedBy.SUPABASE, production=()),
        replace(SHARING, by=SharedBy.SUPABASE, staging=()),
    )
    audit = replace(FOUND, variables=seen(Compared(sharings=mixed)))
    assert [found.says for found in findings(view_of(audit))][:2] == [
        "Staging names a Supabase project of production: web KEY.",
        "Production names a Supabase project of staging: api OTHER.",
    ]
