"""How it is told that we ourselves cannot see: on whose host what is to be done."""

from dataclasses import replace

import pytest

from incident_builders import CI, PROJECT, REJECTED, REPO, UNKNOWN, ailment, incident, page, proof
from pipeline_health.core.issue_text import body, closing, orphaned, title_of
from pipeline_health.core.issue_text.steps import who_and_how
from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.incident import Incident, Owner
from pipeline_health.core.model.policy import EvidenceMode, ProjectPolicy, Routing

SHOP = ProjectPolicy(name=PROJECT, repo=REPO, branch="main")
PAGE = page("https://railway.com/project/p1")
WHERE = "project `shop` (`acme/shop`)"
SINCE = "since 2026-11-22 10:05 UTC."
DOES_NOT_WORK = f"does not work in {WHERE}, and has not worked {SINCE}"
RAILWAY = replace(CI, kind=Kind.SOURCE_BLIND, subject=Subject(Thing.SOURCE, "Railway"))
TOKEN = Symptom(
    kind=Kind.CREDENTIAL_REJECTED,
    scope=Scope("token:RAILWAY_TOKEN"),
    subject=Subject(Thing.SECRET, "RAILWAY_TOKEN"),
)
OURS = replace(REJECTED, ours=True, why="RAILWAY_TOKEN is not accepted: Not Authorized.")
FOR_PEOPLE = replace(UNKNOWN, owner=Owner.HUMAN, why="Railway cannot be read: it answered 502.")


def blind() -> Incident:
    """Give the incident of a source that stays blind."""
    return replace(incident(ailment(RAILWAY, trace=PAGE, commit=None), cause=FOR_PEOPLE))


def refused(name: str = "RAILWAY_TOKEN") -> Incident:
    """Give the incident of a token of our own that is refused."""
    symptom = replace(TOKEN, subject=Subject(Thing.SECRET, name))
    return incident(ailment(symptom, trace=PAGE, commit=None), cause=replace(OURS, key=name))


def text_of(told: Incident) -> str:
    """Give the body as it is filed with the default routing."""
    return body(told, routing=Routing(), evidence_shown=EvidenceMode.LINK, project=SHOP)


@pytest.mark.parametrize(
    ("subject", "kind", "expected"),
    [
        (RAILWAY.subject, Kind.SOURCE_BLIND, "Cannot see Railway (shop)"),
        (
            Subject(Thing.SOURCE, "GitHub checks"),
            Kind.SOURCE_BLIND,
            "Cannot see GitHub checks (shop)",
        ),
        (
            TOKEN.subject,
            Kind.CREDENTIAL_REJECTED,
            "RAILWAY_TOKEN rejected: staging cannot be seen (shop)",
        ),
        (
            Subject(Thing.SECRET, "GITHUB_TOKEN"),
            Kind.CREDENTIAL_REJECTED,
            "GITHUB_TOKEN rejected: GitHub cannot be seen (shop)",
        ),
    ],
)
def test_the_title_says_what_cannot_be_seen(subject: Subject, kind: Kind, expected: str) -> None:
    """The consequence of a dead token of our own is that we are blind."""
    assert expected == title_of(kind, subject, project=PROJECT, cause=OURS)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (blind(), f"`Railway` cannot be read in {WHERE}, and has been blind {SINCE}"),
        (
            refused(),
            f"The monitor's own secret `RAILWAY_TOKEN` {DOES_NOT_WORK}",
        ),
    ],
    ids=["source", "token"],
)
def test_the_sentence_says_what_is_wrong(told: Incident, expected: str) -> None:
    """It is said once whose token it is."""
    assert expected == text_of(told).split("\n\n")[1]


@pytest.mark.parametrize(
    ("told", "row", "condition"),
    [
        (blind(), "| source | `Railway` |\n| page |", "`Railway` is read again after"),
        (
            refused(),
            "| secret | `RAILWAY_TOKEN` |\n| page |",
            "The monitor's own secret `RAILWAY_TOKEN` is accepted after",
        ),
    ],
    ids=["source", "token"],
)
def test_table_and_condition_name_it(told: Incident, row: str, condition: str) -> None:
    """Neither has a branch or an environment of its own."""
    text = text_of(told)

    assert row in text
    assert f"### Done when\n\n- {condition} 2026-11-22 10:05 UTC.\n" in text


@pytest.mark.parametrize(
    ("symptom", "expected"),
    [
        (RAILWAY, "Fixed: `Railway` was read again ("),
        (TOKEN, "Fixed: the monitor's own secret `RAILWAY_TOKEN` is accepted ("),
    ],
    ids=["source", "token"],
)
def test_the_closing_comment_says_that_we_see(symptom: Symptom, expected: str) -> None:
    """That is all that the proof shows."""
    over = replace(proof(symptom), commit=None)

    assert closing(incident(ailment(symptom)), proof=over).startswith(expected)


def test_a_token_of_our_own_is_replaced_on_our_host() -> None:
    """It is no secret of the repository, and no agent can help."""
    steps = who_and_how(refused())

    assert steps.startswith("**A person.** No agent is working on it. Severity: HIGH.")
    assert "1. Make a new Railway token: an account or workspace token at" in steps
    assert (
        "2. On the host that runs `pipeline-health`, put it into "
        "`~/.config/archon-cron/secrets.env`" in steps
    )
    assert "as `RAILWAY_TOKEN`. It is not a secret of this repository." in steps
    assert "3. Look again: `pipeline-health run-once`" in steps
    assert "gh secret set" not in steps


def test_a_github_token_is_made_at_github() -> None:
    """Its issue is never filed while it lasts, but `why` shows the same words."""
    assert "1. Make a new value at [github.com/settings/tokens](" in who_and_how(
        refused("GITHUB_TOKEN")
    )


def test_a_blind_source_is_mended_where_the_cause_says() -> None:
    """The provider, the network, the configuration, or what the token may see."""
    steps = who_and_how(blind())

    assert "1. *Cause* says why `Railway` cannot be read." in steps
    assert "What happens there is not seen: no failure is reported" in steps
    assert "Revert" not in steps


def test_an_orphan_is_not_said_to_be_fixed() -> None:
    """Nobody looked."""
    assert "It is not proved to be fixed." in orphaned()
