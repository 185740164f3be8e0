"""How a URL that does not answer is told: one kind for the agent, one for people."""

from dataclasses import replace

import pytest

from incident_builders import PROJECT, REPO, UNKNOWN, ailment, incident, page, proof
from pipeline_health.core.issue_text import body, closing, title_of
from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.incident import Incident, Owner
from pipeline_health.core.model.policy import EvidenceMode, ProjectPolicy, Routing

SHOP = ProjectPolicy(name=PROJECT, repo=REPO, branch="main", production_environment="live")
URL = "https://shop.example"
STAGING = Symptom(
    kind=Kind.STAGING_UNREACHABLE,
    scope=Scope("railway:p:staging"),
    subject=Subject(Thing.URL, URL),
)
PRODUCTION = replace(STAGING, kind=Kind.PRODUCTION_UNREACHABLE)


def a_silence(symptom: Symptom, *, owner: Owner = Owner.AGENT) -> Incident:
    """Give an incident of one URL."""
    failed = ailment(symptom, trace=page(f"{URL}/healthz"), commit=None)
    return replace(incident(failed, cause=replace(UNKNOWN, owner=owner)), evidence=None)


def text_of(told: Incident, project: ProjectPolicy | None = SHOP) -> str:
    """Give the body as it is filed with the default routing."""
    return body(told, routing=Routing(), evidence_shown=EvidenceMode.LINK, project=project)


@pytest.mark.parametrize("kind", [Kind.STAGING_UNREACHABLE, Kind.PRODUCTION_UNREACHABLE])
def test_both_kinds_have_the_title_that_the_other_crons_know(kind: Kind) -> None:
    """`Deploy down:` and the URL as it is configured."""
    title = title_of(kind, STAGING.subject, project=PROJECT, cause=UNKNOWN)

    assert title == "Deploy down: https://shop.example (shop)"


@pytest.mark.parametrize(
    ("symptom", "environment"), [(STAGING, "`staging`"), (PRODUCTION, "`live`")]
)
def test_the_facts_name_url_and_environment(symptom: Symptom, environment: str) -> None:
    """The link goes to what was asked; there is no branch and no commit in it."""
    text = text_of(a_silence(symptom))

    assert f"URL `{URL}` does not answer in project `shop` (`acme/shop`), and has been" in text
    assert f"| URL | `{URL}` |\n| environment | {environment} |\n| page | [details](" in text
    assert "| branch |" not in text
    assert f"- URL `{URL}` answers after 2026-11-22 10:05 UTC." in text


def test_an_environment_without_a_project_has_its_usual_name() -> None:
    """A project that is not configured any more is told of all the same."""
    assert "| environment | production |" in text_of(a_silence(PRODUCTION), None)


def test_the_agent_mends_staging_and_looks_at_the_path_first() -> None:
    """Nobody shall add a page to please a monitor."""
    text = text_of(a_silence(STAGING))

    assert "**An agent**, in the repository. Severity: HIGH. Staging cannot be tested" in text
    assert "`health_path` in the configuration of this tool names the wrong one" in text


def test_people_bring_production_back() -> None:
    """They restart or deploy again; nothing is said of reverting a commit."""
    text = text_of(a_silence(PRODUCTION, owner=Owner.HUMAN))

    assert "**A person.** No agent is working on it. Severity: CRITICAL. Users cannot" in text
    assert "2. Restart it, or deploy again what worked last." in text
    assert "revert" not in text


def test_the_closing_comment_says_that_it_answered() -> None:
    """Without a commit, which a URL does not have."""
    answered = replace(proof(STAGING), commit=None, trace=page(f"{URL}/healthz"))

    text = closing(a_silence(STAGING), proof=answered)

    assert text.startswith(f"Fixed: URL `{URL}` answered ([details]({URL}/healthz)), 2 h 5 min")


@pytest.mark.parametrize("symptom", [STAGING, PRODUCTION])
def test_what_never_has_a_log_is_not_said_to_have_none_yet(symptom: Symptom) -> None:
    """Nobody waits for the log of a URL."""
    assert "### Evidence\n\nIt left no log: see" in text_of(a_silence(symptom))
