"""`status`, `incidents` and `why`: what the ledger knows, for people and for scripts."""

import json
from datetime import timedelta

import pytest

from desk import Desk
from pipeline_health import bootstrap
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from shelf import Shelf, a_look

MORE_THAN_SETTLING = timedelta(seconds=30)


def look(desk: Desk) -> None:
    """Run one cycle as the command does, but for the second that it waits between two writes."""
    machine = bootstrap.Machine(pace=timedelta(0))
    bootstrap.run_once(bootstrap.load(None, log_format="json"), machine=machine)


@pytest.fixture
def broken(desk: Desk, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Give a product with a red main and a failed deploy, both filed."""
    desk.repo.push("second")
    desk.repo.run("CI", "failure", jobs={"test": "failure"}, log="FAILED test_total")
    desk.web.deploy("FAILED", log="error: boom", events=[("BUILD_IMAGE", "exit 1")])
    look(desk)
    capsys.readouterr()
    return desk


def mend(desk: Desk) -> None:
    """Let both be proved to work."""
    desk.world.advance(MORE_THAN_SETTLING)
    desk.repo.push("third")
    desk.repo.run("CI", "success", jobs={"test": "success"}, minutes=0)
    desk.web.deploy("SUCCESS")


def test_before_the_first_cycle_status_says_what_to_do(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """No ledger is no error, and looking makes none; that nothing is known is not health.

    What status names is kept: after it, status has something to show.
    """
    assert run(["status"]) == Exit.DONE

    assert "Run one: pipeline-health run-once (" in capsys.readouterr().out
    assert not desk.ledger.exists()
    assert run(["incidents"]) == Exit.DONE
    assert capsys.readouterr().out.startswith("No open incidents. No cycle has run yet")
    assert run(["incidents", "--all"]) == Exit.DONE
    assert capsys.readouterr().out.startswith("No incidents. No cycle has run yet")


def test_what_is_old_is_told_where_nothing_is_broken(shelf: Shelf) -> None:
    """An empty list of hours ago is no health, in the terminal neither."""
    shelf.keep(looks=[a_look(shelf.ago(200), project="film"), a_look(shelf.ago(60))])
    old = "Nobody looked for 1 h. What stands here is old"

    assert [command for command in ("status", "incidents") if old not in shelf.tell(command)] == []
    assert shelf.told("status", "--json")["stale"] is True
    shelf.keep(looks=[a_look(shelf.ago(2), project="film"), a_look(shelf.ago(1))])
    assert [command for command in ("status", "incidents") if "old" in shelf.tell(command)] == []


def test_status_shows_each_project_and_the_last_sentence(
    broken: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Broken things by name."""
    assert run(["status"]) == Exit.DONE

    out = capsys.readouterr().out
    assert "main-ci-red CI, staging-deploy-failed web" in out
    assert "Looked at 1 project; broken: shop; opened 2 issues." in out


@pytest.mark.parametrize(
    ("state", "change"),
    [
        ("healthy", lambda _: None),
        ("undecided", lambda desk: desk.web.deploy("BUILDING")),
        (
            "not seen",
            lambda desk: desk.world.faults.add(host="railway", mode="status", status=502, times=99),
        ),
        ("broken", lambda desk: desk.web.deploy("FAILED")),
    ],
    ids=["healthy", "undecided", "not seen", "broken"],
)
def test_a_project_is_healthy_only_when_all_of_it_was_seen(
    desk: Desk, capsys: pytest.CaptureFixture[str], state: str, change: object
) -> None:
    """Blind and undecided are words of their own."""
    assert callable(change)
    change(desk)
    look(desk)
    capsys.readouterr()

    run(["status", "--json"])

    (project,) = json.loads(capsys.readouterr().out)["projects"]
    assert state == project["state"]


def test_status_says_what_is_not_watched_and_what_to_do(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Silence about these things is no health."""
    desk.repo.run("Backup", "failure", event="workflow_dispatch")
    look(desk)
    capsys.readouterr()

    run(["status"])

    assert (
        "Not watched, shop: workflow Backup: it ran in the last week, begun by workflow_dispatch, "
        "which is not judged; let a push or a schedule begin what must not fail unseen; if it "
        "deploys, name it as deploy_workflow.\n"
    ) in capsys.readouterr().out
    run(["status", "--json"])
    (project,) = json.loads(capsys.readouterr().out)["projects"]
    assert ["what", "why", "advice"] == list(project["unwatched"][0])
    assert "workflow Backup" == project["unwatched"][0]["what"]


def test_status_says_what_waits_and_for_what(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is broken and has no issue is not left without a reason."""
    desk.repo.has_issues = False
    desk.web.deploy("FAILED", log="error: boom")
    look(desk)
    capsys.readouterr()
    waits = (
        "Staging deploy failed: web (shop): issues are disabled in acme/shop, so none can be filed "
        "there"
    )

    run(["status"])

    assert f"Waits: {waits}.\n" in capsys.readouterr().out
    run(["status", "--json"])
    assert [waits] == json.loads(capsys.readouterr().out)["waiting"]


def test_status_lists_orphans_until_they_are_closed(
    broken: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their repository left the configuration; the line says how to end it."""
    broken.world.repo("acme/blog").push("first")
    broken.configuration.write_text('[[projects]]\nname = "blog"\nrepo = "acme/blog"\n')
    look(broken)
    capsys.readouterr()

    run(["status"])

    assert (
        "Orphan: acme/shop has issue 1 open (Main CI red: CI (shop)) and is not configured any "
        "more; close such issues with: pipeline-health run-once --close-orphans\n"
    ) in capsys.readouterr().out
    run(["status", "--json"])
    orphans = json.loads(capsys.readouterr().out)["orphans"]
    assert [1, 2] == sorted(orphan["issue"] for orphan in orphans)
    run(["run-once", "--close-orphans"])
    assert broken.repo.open_titles == []
    capsys.readouterr()
    run(["status", "--json"])
    assert [] == json.loads(capsys.readouterr().out)["orphans"]


def test_a_project_with_an_issue_that_nothing_proves_to_be_over_is_not_healthy(
    broken: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """The newest commit has no CI yet: nothing that is seen is broken, and nothing is mended."""
    broken.world.advance(MORE_THAN_SETTLING)
    broken.repo.push("third")
    broken.web.deploy("SUCCESS")
    look(broken)
    capsys.readouterr()

    run(["status", "--json"])

    (project,) = json.loads(capsys.readouterr().out)["projects"]
    assert ("unproved", ["Main CI red: CI (shop)"]) == (project["state"], project["unproved"])


def test_status_json_before_the_first_cycle_has_no_sentence(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Null is the absence of a look."""
    run(["status", "--json"])

    assert json.loads(capsys.readouterr().out) == {
        "sentence": None,
        "at": None,
        "stale": True,
        "waiting": [],
        "orphans": [],
        "projects": [],
        "parents": [],
        "windows": [],
    }


def test_incidents_lists_what_is_open(broken: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """One line an incident, with its issue."""
    assert run(["incidents"]) == Exit.DONE

    out = capsys.readouterr().out
    assert "Main CI red: CI (shop)" in out
    assert "acme/shop#1" in out
    assert "acme/shop#2" in out


def test_incidents_hides_what_is_over_unless_asked(
    broken: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """History is there for whoever wants it."""
    mend(broken)
    broken.world.advance(MORE_THAN_SETTLING)
    look(broken)
    capsys.readouterr()

    run(["incidents", "--json"])
    now = json.loads(capsys.readouterr().out)
    run(["incidents", "--all", "--json"])
    ever = json.loads(capsys.readouterr().out)

    assert [] == [each["phase"] for each in now if each["kind"] == "staging-deploy-failed"]
    assert "resolved" in [each["phase"] for each in ever]


def test_why_tells_the_evidence_and_the_decisions(
    broken: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """By issue number, with or without the sign."""
    run(["incidents", "--json"])
    known = {each["kind"]: each for each in json.loads(capsys.readouterr().out)}
    number = known["main-ci-red"]["issue"]["number"]

    for named in (number, f"#{number}", f"shop#{number}", f"acme/shop#{number}"):
        capsys.readouterr()
        assert run(["why", str(named)]) == Exit.DONE

    out = capsys.readouterr().out
    assert out.startswith("Main CI red: CI (shop)\n")
    assert "FAILED test_total" in out
    assert "OpenIssue: Workflow CI failed" in out


def test_why_by_fingerprint_as_json(broken: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """The start of a fingerprint is enough."""
    run(["incidents", "--json"])
    known = json.loads(capsys.readouterr().out)[0]

    assert run(["why", known["fingerprint"][:10], "--json"]) == Exit.DONE

    told = json.loads(capsys.readouterr().out)
    assert known["fingerprint"] == told["fingerprint"]
    assert len(told["trail"]) == 1


def test_why_of_what_was_not_filed_yet(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """An incident exists before its issue does."""
    desk.repo.has_issues = False
    desk.web.deploy("FAILED")
    look(desk)
    run(["incidents", "--json"])
    fingerprint = json.loads(capsys.readouterr().out.splitlines()[-1])[0]["fingerprint"]

    assert run(["why", fingerprint]) == Exit.DONE

    out = capsys.readouterr().out
    assert "not filed yet" in out
    assert "none yet" in out
    run(["incidents"])
    assert capsys.readouterr().out.splitlines()[-1].endswith("-")


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("99", "no incident '99'"),
        ("blog#1", "no incident 'blog#1'"),
        ("", "names several incidents"),
    ],
    ids=["unknown", "of another project", "ambiguous"],
)
def test_why_refuses_what_is_not_one_incident(
    broken: Desk, capsys: pytest.CaptureFixture[str], wanted: str, says: str
) -> None:
    """It says how to find the right one."""
    assert run(["why", wanted]) == Exit.WRONG

    assert says in capsys.readouterr().err
