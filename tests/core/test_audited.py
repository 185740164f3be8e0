"""What an audit means from one look to the next: when it is due, since when, and what it proves."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from builders import NOW, PROJECT, a_policy, a_view, ago, blind, github, seen
from incident_builders import CI, ailment, incident
from pipeline_health.core.audited import (
    apart_proofs,
    continued,
    file_page,
    file_symptom,
    is_due,
    sharing_symptom,
)
from pipeline_health.core.model.audit import (
    Audit,
    Committed,
    Compared,
    SharedBy,
    Sharing,
    Unverifiable,
)
from pipeline_health.core.model.findings import Proof, Symptom
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.model.questions import LinkTrace
from pipeline_health.core.model.readings import GitHubReading, NotAsked, Part
from pipeline_health.core.model.snapshot import ProjectView

DAY = timedelta(hours=24)


def shares(*names: str, subject: str = "") -> Sharing:
    """Give a secret that both have under *names*."""
    places = tuple(f"web {name}" for name in names)
    return Sharing(
        subject=subject or min(names), by=SharedBy.VALUE, staging=places, production=places
    )


def found(*sharings: Sharing, unverifiable: str = "", whole: bool = True) -> Compared:
    """Give what was compared."""
    doubts = (Unverifiable(name=unverifiable, why="is sealed"),) if unverifiable else ()
    return Compared(sharings=sharings, unverifiable=doubts, whole=whole)


def an_audit(
    variables: Part[Compared] | Compared | None = None,
    files: Part[Committed] | Committed | None = None,
    *,
    at: datetime = NOW,
    first: dict[str, datetime] | None = None,
) -> Audit:
    """Give an audit; what is given without a time was seen at its own."""
    if isinstance(variables, Compared):
        variables = seen(variables, at=at)
    if isinstance(files, Committed):
        files = seen(files, at=at)
    return Audit(
        at=at,
        variables=NotAsked() if variables is None else variables,
        files=NotAsked() if files is None else files,
        first=first or {},
    )


def view_of(audit: Audit) -> ProjectView:
    """Give a look that has *audit* as its newest."""
    return replace(a_view(), audit=seen(audit))


@pytest.mark.parametrize(
    ("audit", "due"),
    [
        (None, True),
        (an_audit(at=ago(hours=23)), False),
        (an_audit(at=ago(hours=24)), True),
        (an_audit(at=ago(minutes=59), first={"KEY": NOW}), False),
        (an_audit(at=ago(minutes=60), first={"KEY": NOW}), True),
        (an_audit(blind(), at=ago(minutes=9)), False),
        (an_audit(blind(), at=ago(minutes=10)), True),
        (an_audit(None, blind(), at=ago(minutes=10)), True),
    ],
)
def test_when_a_project_is_due(audit: Audit | None, *, due: bool) -> None:
    """Never audited, or long ago; sooner where it found something, or nothing could be read."""
    assert is_due(audit, interval=DAY, now=NOW) is due


def test_a_short_interval_is_never_prolonged_by_failing() -> None:
    """What is audited every five minutes is tried again after five."""
    audit = an_audit(blind(), at=ago(minutes=5))
    assert is_due(audit, interval=timedelta(minutes=5), now=NOW)


@pytest.mark.parametrize(
    ("before", "now", "first"),
    [
        (None, an_audit(found(shares("KEY"))), {"KEY": NOW}),
        (None, an_audit(None, Committed(paths=(".env",))), {".env": NOW}),
        ({"KEY": ago(hours=9)}, an_audit(found(shares("KEY"))), {"KEY": ago(hours=9)}),
        ({"KEY": ago(hours=9)}, an_audit(found()), {}),
        ({"KEY": ago(hours=9)}, an_audit(blind()), {"KEY": ago(hours=9)}),
        ({"KEY": ago(hours=9)}, an_audit(found(whole=False)), {"KEY": ago(hours=9)}),
        ({"KEY": ago(hours=9)}, an_audit(found(unverifiable="KEY")), {"KEY": ago(hours=9)}),
        ({"KEY": ago(hours=9)}, an_audit(blind(), Committed()), {"KEY": ago(hours=9)}),
        ({".env": ago(hours=9)}, an_audit(found(), blind()), {".env": ago(hours=9)}),
        ({".env": ago(hours=9)}, an_audit(None, Committed()), {}),
        ({".env": ago(hours=9)}, an_audit(None, Committed(paths=("a/.env",))), {"a/.env": NOW}),
        ({".env": ago(hours=9)}, an_audit(None, Committed(whole=False)), {".env": ago(hours=9)}),
    ],
)
def test_since_when(
    before: dict[str, datetime] | None, now: Audit, first: dict[str, datetime]
) -> None:
    """What is found again keeps its time, and so does what could not be read meanwhile."""
    earlier = None if before is None else an_audit(at=ago(hours=9), first=before)
    assert continued(now, earlier).first == first


def test_a_secret_keeps_the_name_by_which_it_is_known() -> None:
    """A copy under a smaller name is no other secret, so that its issue stays one."""
    earlier = an_audit(at=ago(hours=9), first={"KEY": ago(hours=9), "LATER": ago(hours=8)})
    audit = continued(an_audit(found(shares("COPY", "KEY", "LATER"))), earlier)
    assert audit.first["KEY"] == ago(hours=9)
    assert audit.variables == seen(found(shares("COPY", "KEY", "LATER", subject="KEY")))
    older = an_audit(at=ago(hours=9), first={"KEY": ago(hours=8), "LATER": ago(hours=9)})
    audit = continued(an_audit(found(shares("COPY", "KEY", "LATER"))), older)
    assert audit.variables == seen(found(shares("COPY", "KEY", "LATER", subject="LATER")))


def broken(*symptoms: Symptom | None) -> Incident:
    """Give a live incident with *symptoms*, all found nine hours ago."""
    known = (symptom for symptom in symptoms if symptom is not None)
    return incident(*(ailment(symptom, commit=None, failed_at=ago(hours=9)) for symptom in known))


VIEW = a_view()
KEY, FILE = sharing_symptom(VIEW, "KEY"), file_symptom(VIEW, "api/.env")


@pytest.mark.parametrize(
    ("audit", "proved"),
    [
        (an_audit(found(), Committed()), [KEY, FILE]),
        (an_audit(found(shares("OTHER"))), [KEY]),
        (an_audit(found(shares("KEY")), Committed(paths=("api/.env",))), []),
        (an_audit(found(shares("OTHER", "KEY"))), []),
        (an_audit(found(unverifiable="KEY")), []),
        (an_audit(found(whole=False), Committed(whole=False)), []),
        (an_audit(blind(), blind()), []),
        (an_audit(None, Committed(paths=("other/.env",))), [FILE]),
        (an_audit(), []),
    ],
)
def test_what_proves_that_it_is_over(audit: Audit, proved: list[Symptom]) -> None:
    """It was compared and is not shared, or is in neither; nothing that could not be read."""
    told = apart_proofs(broken(KEY, FILE), view_of(audit))
    assert [proof.symptom for proof in told] == proved


def test_a_proof_is_as_old_as_the_audit() -> None:
    """It heals what was found before it, and shows the page on which it is gone."""
    audit = an_audit(found(), Committed(), at=ago(hours=1))

    apart, gone = apart_proofs(broken(KEY, FILE), view_of(audit))

    assert KEY is not None
    assert apart == Proof(
        symptom=KEY,
        project=PROJECT,
        at=ago(hours=1),
        commit=None,
        trace=LinkTrace(url="https://railway.com/project/railway-project"),
        says="The newest audit did not find KEY shared by staging and production.",
    )
    assert FILE is not None
    assert gone == replace(
        apart,
        symptom=FILE,
        trace=LinkTrace(url="https://github.com/acme/shop/blob/main/api/.env"),
        says="The newest audit did not find api/.env on the branch.",
    )


def test_an_audit_of_another_project_proves_nothing() -> None:
    """Its Railway project, or its repository, is not the one in which it was found."""
    elsewhere = replace(a_policy(), railway_project="another")
    view = replace(view_of(an_audit(found())), policy=elsewhere)
    assert list(apart_proofs(broken(KEY), view)) == []
    unseen = replace(view_of(an_audit(None, Committed())), github=unread_github())
    assert list(apart_proofs(broken(FILE), unseen)) == []


def test_what_no_audit_is_about_is_proved_by_none() -> None:
    """Neither without an audit, nor for another kind."""
    assert list(apart_proofs(broken(KEY), VIEW)) == []
    assert list(apart_proofs(broken(CI), view_of(an_audit(found(), Committed())))) == []


def unread_github() -> GitHubReading:
    """Give a read in which the repository was not seen."""
    return replace(github(), repository=blind(), branch=blind())


def test_the_page_of_a_file_is_on_the_branch() -> None:
    """On whatever is the default where the branch was not seen."""
    assert file_page(VIEW, "api/.env").url == "https://github.com/acme/shop/blob/main/api/.env"
    unseen = replace(VIEW, github=unread_github())
    assert file_page(unseen, ".env").url == "https://github.com/acme/shop/blob/HEAD/.env"
