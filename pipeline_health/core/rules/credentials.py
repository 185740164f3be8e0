"""What the newest audit found: secrets that both environments have, and committed `.env` files."""

from collections.abc import Iterator
from typing import assert_never

from pipeline_health.core.audited import file_page, file_symptom, project_page, sharing_symptom
from pipeline_health.core.model.audit import Audit, SharedBy, Sharing
from pipeline_health.core.model.findings import Finding, Observation
from pipeline_health.core.model.readings import Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import is_archived

PLACES_NAMED = 4


def shared_credentials(view: ProjectView) -> Iterator[Observation]:
    """Say of each secret that staging and production share that it is, since it was first found."""
    audit = _audit(view)
    if audit is None or not isinstance(audit.variables, Seen):
        return
    for sharing in audit.variables.value.sharings:
        yield Finding(
            symptom=sharing_symptom(view, sharing.subject),
            project=view.policy.name,
            since=audit.first.get(sharing.subject, audit.variables.at),
            commit=None,
            trace=project_page(view),
            says=_says(sharing),
            for_people=True,
        )


def committed_files(view: ProjectView) -> Iterator[Observation]:
    """Say of each `.env` file on the branch that it is there, since it was first found."""
    audit = _audit(view)
    if audit is None or not isinstance(audit.files, Seen):
        return
    for path in audit.files.value.paths:
        symptom = file_symptom(view, path)
        if symptom is not None:
            yield Finding(
                symptom=symptom,
                project=view.policy.name,
                since=audit.first.get(path, audit.files.at),
                commit=None,
                trace=file_page(view, path),
                says=f"The file {path} is on the branch, and so is every value in it.",
                for_people=True,
            )


def _audit(view: ProjectView) -> Audit | None:
    if is_archived(view) or not isinstance(view.audit, Seen):
        return None
    return view.audit.value


def _says(sharing: Sharing) -> str:
    if not sharing.production:
        return f"Staging names a Supabase project of production: {_named(sharing.staging)}."
    if not sharing.staging:
        return f"Production names a Supabase project of staging: {_named(sharing.production)}."
    return (
        f"Staging and production have the same {what_is_shared(sharing.by)}: "
        f"{_named(sharing.staging)} in staging, {_named(sharing.production)} in production."
    )


def what_is_shared(by: SharedBy) -> str:
    """Name what about a secret is the same in both environments."""
    match by:
        case SharedBy.VALUE:
            return "secret"
        case SharedBy.PASSWORD:
            return "password in a URL"
        case SharedBy.DATABASE:
            return "database"
        case SharedBy.SUPABASE:
            return "Supabase project"
        case unreachable:
            assert_never(unreachable)


def _named(places: tuple[str, ...]) -> str:
    more = len(places) - PLACES_NAMED
    return ", ".join(places[:PLACES_NAMED]) + (f" and {more} more" if more > 0 else "")
