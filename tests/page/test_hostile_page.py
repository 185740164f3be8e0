"""Text of strangers in every field that has any: nothing of it becomes alive in a page."""

import re
from dataclasses import replace
from pathlib import Path

from exhibition import Exhibition
from gallery import NOW, RED, a_parent, broken, wishes
from gallery_looks import found, the_look
from incident_builders import ailment, proof
from ledger_samples import LASTING, a_holder
from pipeline_health.core.model.board import Wishes
from pipeline_health.core.model.findings import Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import Fingerprint, ProjectName, RepoName
from pipeline_health.core.model.incident import Ailment, Filing, Incident, Naming, Phase
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.questions import Evidence, LinkTrace
from pipeline_health.core.model.report import BlindLine, CycleReport, OrphanLine, UnwatchedLine
from pipeline_health.ledger import SqlLedger
from visitor import Page

EVIL = (
    "\u202e\x1b[31m\x00\ud800</script></pre></textarea><script>alert(1)</script>"
    "<img src=x onerror=alert(1)>\"' onmouseover='alert(1)' {{ 7*7 }} &lt; javascript:alert(1) "
    "https://evil.example/ \u2066"
)
SAID = EVIL.replace("\ud800", "")
"""What can be asked for: what is no text at all, no server gives us as a path."""
REPO = RepoName(f"acme/{EVIL}")
NAME = ProjectName(EVIL)
OURS = {
    *("html", "head", "meta", "title", "link", "script", "body", "a", "svg", "symbol", "path"),
    *("circle", "use", "div", "header", "p", "h1", "span", "nav", "ul", "li", "main", "section"),
    *("h2", "h3", "table", "thead", "tbody", "tr", "th", "td", "strong", "time", "details"),
    *("summary", "dl", "dt", "dd", "desc", "line", "text", "rect", "pre", "code", "ol", "footer"),
    "noscript",
}


def hostile_ailment(trace_url: str) -> Ailment:
    """Give a symptom with nothing harmless in it."""
    base = broken("shop", RED, failed=NOW).newest
    symptom = Symptom(
        kind=base.symptom.kind, scope=Scope(EVIL), subject=Subject(Thing.WORKFLOW, EVIL)
    )
    healed = replace(proof(symptom), says=EVIL)
    made = ailment(symptom, trace=LinkTrace(url=trace_url), failed_at=NOW, jobs=(EVIL,))
    return replace(made, says=EVIL, healed=healed if trace_url else None)


def hostile_incident(fingerprint: str, **changes: object) -> Incident:
    """Give an incident with nothing harmless in it."""
    cause = replace(RED.cause, key=EVIL, why=EVIL)
    made = replace(
        broken("shop", RED, failed=NOW),
        fingerprint=Fingerprint(fingerprint),
        title=EVIL,
        project=NAME,
        repo=REPO,
        cause=cause,
        escalated=EVIL,
        phase=Phase.OPEN,
        ailments=(hostile_ailment("javascript:alert(1)"), hostile_ailment("")),
        evidence=Evidence(
            at=NOW, complete=True, jobs=(EVIL,), steps=(EVIL,), first_error=EVIL, tail=EVIL
        ),
        filing=Filing(repo=REPO, number=7, url="javascript:alert(1)", opened_at=NOW),
        duplicate_of=Fingerprint(EVIL),
        hidden_behind=Fingerprint(EVIL),
        held_since=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def hostile_report(incident: Incident) -> CycleReport:
    """Give a look with nothing harmless in it."""
    line = replace(
        the_look().projects[0],
        name=NAME,
        repo=REPO,
        findings=(found(incident),),
        blind=(BlindLine(source=EVIL, why=EVIL),),
        unsettled=(EVIL,),
        unproved=(EVIL,),
        unwatched=(UnwatchedLine(what=EVIL, why=EVIL, advice=EVIL),),
    )
    orphan = OrphanLine(repo=REPO, issue=3, title=EVIL, url="javascript:alert(1)")
    return replace(the_look(), projects=(line,), sentence=EVIL, waiting=(EVIL,), orphans=(orphan,))


def hostile(path: Path) -> Exhibition:
    """Give the page of a portfolio in which everything is hostile."""
    incident = hostile_incident(EVIL)
    naming = Naming(by=Fingerprint(EVIL), repo=REPO, number=9, url="javascript:alert(1)", at=NOW)
    named = hostile_incident("named0", filing=None, named=naming)
    parent = a_parent()
    members = tuple(
        replace(it, title=EVIL, project=NAME, left=EVIL, url=EVIL) for it in parent.members
    )
    parent = replace(parent, title=EVIL, members=members, cause=incident.cause, repo=REPO)
    window = MaintenanceWindow(
        project=NAME, kind=None, since=NOW, until=NOW.replace(year=2027), reason=EVIL
    )
    with SqlLedger.open(path, holder=a_holder()) as ledger:
        with ledger.lease(now=NOW, lasting=LASTING) as lease:
            ledger.save([incident, named], [parent], lease=lease)
        ledger.silence(window)
        for of in (EVIL, "named0", parent.fingerprint):
            ledger.note(Fingerprint(of), TrailLine(at=NOW, says=EVIL))
        ledger.record(hostile_report(incident))
    wanted = wishes()
    own = replace(wanted.policy.projects[0], name=NAME, railway_project=EVIL)
    policy = replace(wanted.policy, projects=(own,))
    return Exhibition(path, wishes=Wishes(policy=policy, unread=EVIL))


def test_nothing_of_it_becomes_alive(tmp_path: Path) -> None:
    """No element, attribute, link or sign of theirs; what they wrote is there, as text."""
    visitor = hostile(tmp_path / "ledger.db").visitor()
    first = visitor.get("/")
    inner = {link for link in first.page.links if link.startswith("incidents/")}
    assert len(inner) == 3

    for path in ("/", *(f"/{link}" for link in inner), f"/incidents/{SAID}", f"/{SAID}"):
        answer = visitor.get(path)
        harmless(answer.page)
        assert "alert(1)" in answer.text
        assert "49" not in re.findall(r"\{\{ 7\*7 \}\}|\b49\b", answer.text)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202e\u2066]", answer.text)


def harmless(page: Page) -> None:
    """See that a page has no element, attribute or link but ours."""
    for tag, attributes in page.elements:
        assert tag in OURS, tag
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert tag != "script" or (attributes.get("src") or "").endswith("refresh.js")
    for link in page.links:
        assert re.fullmatch(
            r"#[a-z]+|(\.\./)*\.?|(\.\./)*(incidents/[0-9A-Za-z_-]+|feed\.json|metrics|healthz)"
            r"|https://(github|railway)\.com/[0-9A-Za-z_./?=-]*",
            link,
        ), link


def test_what_machines_read_holds_it_as_text(tmp_path: Path) -> None:
    """No line of the figures is theirs."""
    visitor = hostile(tmp_path / "ledger.db").visitor()
    for line in visitor.get("/metrics").text.splitlines():
        assert line.startswith(("# HELP pipeline_health_", "# TYPE pipeline_health_", "pipeline_"))
    answer = visitor.get("/feed.json")
    assert (answer.status, "\u202e" in answer.text) == (200, False)
