"""Stories of `run-once --record`: what is read back is what happened, and nothing else."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from agent_types import Shop
from hosts import MINUTE
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import CheckConclusion
from pipeline_health.core.model.recording import (
    DeploymentTold,
    Fact,
    Pushed,
    RunTold,
    SightTold,
    UrlTold,
)
from street import Street
from tape import Tape


@pytest.fixture
def tape(shop: Shop, tmp_path: Path) -> Tape:
    """Give the recording of a host that also watches a URL, begun while all is well."""
    host = shop.host
    host.projects[0] += f'\nstaging_url = "{host.loopback.site_url("shop")}"'
    shop.world.site("shop").status = 200
    begun = Tape(host, tmp_path / "history.jsonl")
    begun.cycle()
    return begun


def line_of(fact: Fact) -> tuple[str, ...]:
    """Give what of a fact a story tells."""
    line: tuple[str, ...] = (type(fact).__name__,)
    match fact:
        case Pushed():
            line = "push", fact.message, fact.author
        case RunTold():
            line = "run", fact.workflow, str(fact.conclusion), *(job.log for job in fact.jobs)
        case DeploymentTold():
            line = "deploy", fact.service, str(fact.status), fact.log
        case UrlTold():
            line = "url", fact.place, str(fact.answers)
        case SightTold():
            line = "sight", fact.provider, str(fact.readable)
    return line


def live_through(shop: Shop, tape: Tape) -> dict[str, datetime]:
    """Let CI go red, a deploy fail, a URL fall silent and a look be blind; give when."""
    at = {"red": shop.world.now()}
    shop.fail_ci()
    tape.cycle()
    shop.repo.push("Mend the test")
    shop.repo.run("CI", "success")
    at["failed"] = shop.web.deploy("FAILED", log="error: boom").changed_at
    tape.cycle()
    quiet = len(tape.lines())
    tape.cycle()
    assert len(tape.lines()) == quiet + 1
    shop.web.deploy("SUCCESS")
    shop.world.site("shop").status = None
    tape.cycle()
    at["silent"] = shop.world.now()
    shop.world.faults.add(host="github", mode="status", status=502, times=99)
    tape.cycle()
    at["blind"] = shop.world.now()
    shop.world.faults.clear()
    shop.world.site("shop").status = 200
    tape.cycle()
    return at


def test_a_recording_tells_the_story_of_its_cycles(shop: Shop, tape: Tape) -> None:
    """Every fact once, with its provider's time, or that of the look where it has none."""
    began = shop.world.now()
    at = live_through(shop, tape)

    history = tape.read()

    assert (history.began_at, history.ended_at) == (began, shop.world.now())
    facts = [fact for fact in history.facts if fact.at >= began]
    told = {line_of(fact): fact.at for fact in facts}
    assert [line_of(fact) for fact in facts] == [
        ("push", f"commit {at['red'].isoformat()}", "dev"),
        ("run", "CI", CheckConclusion.FAILURE, "FAILED tests/test_cart.py::test_total"),
        ("url", "staging", "True"),
        ("push", "Mend the test", "dev"),
        ("run", "CI", CheckConclusion.SUCCESS, ""),
        ("deploy", "web", RailwayStatus.FAILED, "error: boom"),
        ("deploy", "web", RailwayStatus.REMOVED, ""),
        ("deploy", "web", RailwayStatus.SUCCESS, ""),
        ("url", "staging", "False"),
        ("sight", "github", "False"),
        ("url", "staging", "True"),
        ("sight", "github", "True"),
    ]
    assert told["deploy", "web", RailwayStatus.FAILED, "error: boom"] == at["failed"]
    assert told["url", "staging", "False"] == at["silent"]
    assert told["sight", "github", "False"] == at["blind"]
    assert any("GitHub of shop could not be read from" in line for line in history.lacks)


def test_a_recording_says_what_it_is_of(shop: Shop, tape: Tape) -> None:
    """Enough to be replayed without any configuration."""
    (project,) = tape.read().projects

    assert (project.name, project.repo, project.branch) == ("shop", "acme/shop", "main")
    assert project.railway_project == shop.web.environment.project.id
    assert project.lines == (f'staging_url = "{shop.host.loopback.site_url("shop")}"',)


def test_nothing_secret_is_in_a_recording(shop: Shop, tape: Tape) -> None:
    """Whoever planted it: in a message, a name, a log, a URL, or our own tokens."""
    known, unknown = "gh-good-token", "ghp_" + "a1B2" * 9
    shop.repo.push(f"Use {known}", author=unknown)
    shop.repo.run(f"CI {known}", "failure", jobs={unknown: "failure"}, log=f"TOKEN={unknown}")
    shop.repo.status("ci", "failure", target_url=f"https://me:{known}@ci.example/1?t={unknown}")
    shop.web.deploy("FAILED", log=f"error: {known} was refused, {unknown} too")

    tape.cycle()

    text = tape.path.read_text()
    assert "was refused" in text
    assert "https://ci.example/1" in text
    assert (known in text, unknown in text, "rw-good-token" in text) == (False, False, False)


def test_a_look_at_one_project_tells_of_that_one(street: Street, tmp_path: Path) -> None:
    """So that nobody takes the others for quiet."""
    tape = Tape(street.host, tmp_path / "history.jsonl")
    tape.cycle()
    for _ in range(2):
        tape.cycle(only=["film"], after=20 * MINUTE)

    tape.cycle()

    assert [line for line in tape.lines() if '"projects"' in line][1:] == [
        '{"looked_at":"2026-03-02T10:30:00Z","projects":["film"]}',
        '{"looked_at":"2026-03-02T10:55:00Z","projects":["shop","film"]}',
    ]
    assert tape.read().lacks[-1] == (
        "Nobody looked at shop from 2026-03-02 10:10 to 2026-03-02 10:55."
    )


def test_a_recording_that_cannot_be_written_costs_nothing_of_the_cycle(
    shop: Shop, tape: Tape
) -> None:
    """The issue is filed all the same, and the next look tells what was missed."""
    shop.fail_deploy()
    tape.write = lambda _, text: len(text) - 1
    report = tape.cycle()

    assert tape.trouble is not None
    assert tape.trouble.endswith("could not be written to its end; is the disk full?")
    assert (len(shop.repo.open_titles), report.failed) == (1, None)
    tape.write = os.write
    tape.cycle(after=MINUTE)
    assert tape.trouble is None
    assert ("deploy", "web", RailwayStatus.FAILED, "error: boom") in [
        line_of(fact) for fact in tape.read().facts
    ]


def test_a_defect_of_the_recorder_costs_nothing_of_the_cycle_either(shop: Shop, tape: Tape) -> None:
    """It is logged with its traceback, and told."""

    def defect(_: int, text: bytes) -> int:
        raise ZeroDivisionError(text[:1].decode())

    tape.write = defect
    report = tape.cycle()

    assert report.failed is None
    assert tape.trouble == "a defect of ours: ZeroDivisionError: {"


def test_a_dry_run_can_be_recorded(shop: Shop, tape: Tape) -> None:
    """Whoever does not let it file yet can still ask later what it would have filed."""
    shop.fail_ci()

    tape.cycle(dry=True)

    assert shop.repo.open_titles == []
    assert any(
        isinstance(fact, RunTold) and fact.conclusion is CheckConclusion.FAILURE
        for fact in tape.read().facts
    )
