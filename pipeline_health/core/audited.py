"""What the newest audit of a project means from one look to the next, and what it proves apart."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.core.audit import names_of
from pipeline_health.core.model.audit import Audit, Committed, Compared, Sharing
from pipeline_health.core.model.findings import Kind, Proof, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.incident import Ailment, Incident
from pipeline_health.core.model.questions import LinkTrace
from pipeline_health.core.model.readings import Blind, Part, Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.secrecy import is_env_file

TRIED_AGAIN_AFTER = timedelta(minutes=10)
CHECKED_AGAIN_AFTER = timedelta(hours=1)
"""What was found is looked at sooner than the interval: somebody is asked to mend it, and waits."""
_RAILWAY = "https://railway.com/project"


def is_due(audit: Audit | None, *, interval: timedelta, now: datetime) -> bool:
    """Tell whether a project is to be audited: never yet, or so long ago as its audit allows."""
    if audit is None:
        return True
    if isinstance(audit.variables, Blind) or isinstance(audit.files, Blind):
        interval = min(TRIED_AGAIN_AFTER, interval)
    elif audit.first:
        interval = min(CHECKED_AGAIN_AFTER, interval)
    return now - audit.at >= interval


def continued(audit: Audit, before: Audit | None) -> Audit:
    """Give *audit* in the words of the one *before*: the same subjects, and since when.

    A secret that has several names keeps the one by which it is known. What could not be read this
    time keeps its time, for it may still be there.
    """
    known = {} if before is None else before.first
    variables = audit.variables
    if isinstance(variables, Seen):
        sharings = tuple(_known_as(sharing, known) for sharing in variables.value.sharings)
        compared = replace(variables.value, sharings=sharings)
        variables = replace(variables, value=compared)
    found = {**_subjects(variables), **_paths(audit.files)}
    kept = {
        name: at
        for name, at in known.items()
        if name in found or not _is_over(name, variables, audit.files)
    }
    return replace(audit, variables=variables, first={**found, **kept})


def _known_as(sharing: Sharing, known: Mapping[str, datetime]) -> Sharing:
    names = sorted(names_of(sharing) & known.keys(), key=lambda name: (known[name], name))
    return replace(sharing, subject=names[0]) if names else sharing


def _subjects(variables: Part[Compared]) -> dict[str, datetime]:
    if not isinstance(variables, Seen):
        return {}
    return {sharing.subject: variables.at for sharing in variables.value.sharings}


def _paths(files: Part[Committed]) -> dict[str, datetime]:
    return dict.fromkeys(files.value.paths, files.at) if isinstance(files, Seen) else {}


def _is_over(name: str, variables: Part[Compared], files: Part[Committed]) -> bool:
    """Tell whether what was found is there no more; the name says if it is a file or a secret."""
    return _is_gone(name, files) if is_env_file(name) else _is_apart(name, variables)


def _is_apart(name: str, variables: Part[Compared]) -> bool:
    """Tell whether no secret of this *name* is shared: it was compared, or is in neither."""
    if not isinstance(variables, Seen):
        return False
    compared = variables.value
    doubtful = {one.name for one in compared.unverifiable}
    shared = {each for sharing in compared.sharings for each in names_of(sharing)}
    return compared.whole and name not in doubtful | shared


def _is_gone(path: str, files: Part[Committed]) -> bool:
    return isinstance(files, Seen) and files.value.whole and path not in files.value.paths


def sharing_symptom(view: ProjectView, subject: str) -> Symptom:
    """Give the symptom of a secret that both environments of the Railway project have."""
    return Symptom(
        kind=Kind.CREDENTIAL_SHARED,
        scope=Scope(f"railway:{view.policy.railway_project}"),
        subject=Subject(Thing.CREDENTIAL, subject),
    )


def file_symptom(view: ProjectView, path: str) -> Symptom | None:
    """Give the symptom of a file in the repository, None while the repository is not seen."""
    repository = view.github.repository
    if not isinstance(repository, Seen):
        return None
    return Symptom(
        kind=Kind.ENV_FILE_COMMITTED,
        scope=Scope(f"github:{repository.value.id}:files"),
        subject=Subject(Thing.FILE, path),
    )


def project_page(view: ProjectView) -> LinkTrace:
    """Give Railway's page of the project, where its variables are."""
    return LinkTrace(url=f"{_RAILWAY}/{view.policy.railway_project}")


def file_page(view: ProjectView, path: str) -> LinkTrace:
    """Give GitHub's page of a file on the branch."""
    branch = view.github.branch
    name = branch.value.name if isinstance(branch, Seen) else "HEAD"
    return LinkTrace(url=f"https://github.com/{view.policy.repo}/blob/{name}/{path}")


def apart_proofs(incident: Incident, view: ProjectView) -> Iterator[Proof]:
    """Give the proofs that what an audit found once is over, as the newest audit has it.

    They answer what is broken, and are no rule's: an audit does not list all that it did not find.
    """
    if not isinstance(view.audit, Seen):
        return
    audit = view.audit.value
    for ailment in incident.broken:
        name = ailment.symptom.subject.name
        if ailment.symptom == sharing_symptom(view, name) and _is_apart(name, audit.variables):
            says = f"The newest audit did not find {name} shared by staging and production."
            yield _proof(ailment, view, audit.variables, says, project_page(view))
        if ailment.symptom == file_symptom(view, name) and _is_gone(name, audit.files):
            says = f"The newest audit did not find {name} on the branch."
            yield _proof(ailment, view, audit.files, says, file_page(view, name))


def _proof(
    ailment: Ailment,
    view: ProjectView,
    part: Part[Compared] | Part[Committed],
    says: str,
    trace: LinkTrace,
) -> Proof:
    assert isinstance(part, Seen), "what proves was seen"  # noqa: S101
    return Proof(
        symptom=ailment.symptom,
        project=view.policy.name,
        at=part.at,
        commit=None,
        trace=trace,
        says=says,
    )
