"""`run-once` as a script sees it: output, exit codes, and what is asked before anything is read."""

import json
import signal
import sqlite3
import time
from datetime import timedelta

import pytest

from desk import Desk
from pipeline_health.bootstrap import SystemClock
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from pipeline_health.ledger import Holder, SqlLedger


def test_a_healthy_portfolio_ends_in_one_sentence(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is broken: exit 0, and the sentence is all that is printed."""
    assert run(["run-once"]) == Exit.DONE

    out, err = capsys.readouterr()
    assert out == "Looked at 1 project; nothing that was seen is broken.\n"
    assert json.loads(err.splitlines()[-1])["sentence"] == out.strip()


def test_a_failure_is_filed_and_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """What is broken, whose it is, and what was done about it."""
    desk.repo.push("second")
    desk.repo.run("CI", "failure", jobs={"test": "failure"}, log="boom")

    assert run(["run-once"]) == Exit.DONE

    out = capsys.readouterr().out
    assert "shop: broken: main-ci-red: workflow CI at " in out
    assert "done: open issue 1 in acme/shop: Workflow CI failed" in out
    assert desk.repo.open_titles == ["Main CI red: CI (shop)"]


def test_a_dry_run_prints_what_would_be_done(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """The plan, and not even a ledger is made."""
    desk.repo.push("second")
    desk.repo.run("CI", "failure", log="boom")

    assert run(["run-once", "--dry-run"]) == Exit.DONE

    out = capsys.readouterr().out
    assert "would open issue in acme/shop: Workflow CI failed" in out
    assert "would open 1 issue" in out
    assert (desk.repo.issues, desk.ledger.exists()) == ({}, False)


def test_json_is_one_object_with_the_promised_keys(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scripts rely on these names."""
    desk.web.deploy("FAILED", log="error: boom")

    assert run(["run-once", "--json"]) == Exit.DONE

    told = json.loads(capsys.readouterr().out)
    assert {
        "cycle",
        "started_at",
        "finished_at",
        "sentence",
        "projects",
        "changes",
        "requests",
    } <= (told.keys())
    (project,) = told["projects"]
    (finding,) = project["findings"]
    assert {"fingerprint", "kind", "subject", "since", "cause", "owner", "incident"} <= (
        finding.keys()
    )
    assert ("staging-deploy-failed", "web", 1) == (
        finding["kind"],
        finding["subject"],
        finding["incident"],
    )
    (change,) = told["changes"]
    assert {"change", "repo", "issue", "fingerprint", "reason", "applied"} <= change.keys()
    assert {"requests", "points", "remaining"} == told["requests"]["github"].keys()
    assert {"requests"} == told["requests"]["railway"].keys()


def test_what_is_under_way_is_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A run in progress is neither broken nor healthy."""
    desk.repo.push("second")
    desk.repo.run("CI", None)

    assert run(["run-once"]) == Exit.DONE

    assert "shop: not decided: Workflow CI is under way" in capsys.readouterr().out


def test_a_blind_source_is_exit_3_and_says_so(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not seeing is not health, and scripts can tell."""
    desk.world.faults.add(host="railway", mode="status", status=502, times=99)

    assert run(["run-once"]) == Exit.BLIND

    out, err = capsys.readouterr()
    assert "shop: blind: railway: " in out
    assert '"event": "blind"' in err


def test_production_that_was_named_and_is_not_there_is_exit_3(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a name in the configuration it need not be there; with one, not seeing it is told."""
    assert run(["run-once"]) == Exit.DONE
    desk.configuration.write_text(
        desk.configuration.read_text() + 'production_environment = "live"\n'
    )

    assert run(["run-once"]) == Exit.BLIND

    out = capsys.readouterr().out
    assert "has no environment called live; there are: staging; set production_environment" in out


def test_a_change_that_was_not_made_is_exit_3(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """The cycle did what could be done, and that was not all."""
    desk.web.deploy("FAILED", log="error: boom")
    desk.world.faults.add(
        host="github", mode="status", status=503, match="POST /repos/acme/shop/issues"
    )

    assert run(["run-once"]) == Exit.BLIND

    assert "not done: open issue in acme/shop: " in capsys.readouterr().out


def test_what_waits_is_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """A repository without issues cannot be told anything; the operator can."""
    desk.repo.has_issues = False
    desk.web.deploy("FAILED", log="error: boom")

    run(["run-once"])

    assert "waits: Staging deploy failed: web (shop): issues are disabled" in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run-once", "--project", "nope"], "no project nope is configured; there are: shop"),
        (["run-once", "--nope"], "No such option"),
        (["nope"], "No such command"),
        (["--config", "/nowhere.toml", "run-once"], "/nowhere.toml"),
    ],
    ids=["unknown project", "unknown option", "unknown command", "no configuration"],
)
def test_bad_input_is_exit_2_before_anything_is_asked(
    desk: Desk, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    """It is refused with words that help, and nobody hears of it."""
    assert run(arguments) == Exit.WRONG

    assert says in capsys.readouterr().err
    assert (desk.world.requests, desk.ledger.exists()) == ([], False)


def test_a_bad_configuration_names_file_and_key(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """The operator knows where to look."""
    desk.configuration.write_text('poll_intervall = "5m"\n' + desk.configuration.read_text())

    assert run(["run-once"]) == Exit.WRONG

    err = capsys.readouterr().err
    assert "pipeline-health.toml" in err
    assert "poll_intervall" in err


def test_loose_permissions_are_exit_2_with_the_command_to_run(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Secrets that others can read are not used."""
    desk.configuration.with_name("secrets.env").chmod(0o644)

    assert run(["run-once"]) == Exit.WRONG

    assert "chmod 600" in capsys.readouterr().err


def test_another_run_is_exit_4(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Two runs at once: one works, the other says who does."""
    run(["run-once"])
    now = SystemClock().now()
    with (
        SqlLedger.open(desk.ledger, holder=Holder.current("other")) as ledger,
        ledger.lease(now=now, lasting=timedelta(minutes=4)),
    ):
        capsys.readouterr()
        desk.world.requests.clear()
        assert run(["run-once"]) == Exit.HELD

    assert "lease" in capsys.readouterr().err
    assert desk.world.requests == []


def test_a_ledger_that_is_none_is_exit_3_and_names_the_file(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """What to do is in the message."""
    desk.ledger.parent.mkdir(parents=True)
    desk.ledger.write_bytes(b"not a database at all, but long enough to look at" * 40)

    assert run(["run-once"]) == Exit.BLIND

    assert str(desk.ledger) in capsys.readouterr().err


def test_an_interrupt_is_exit_130(desk: Desk) -> None:
    """Control-C ends it with one word on standard error."""
    slow = desk.world.faults.add(host="railway", mode="delay", seconds=20, times=9)
    process = desk.start("run-once")
    deadline = time.monotonic() + 30
    while slow.times == 9 and time.monotonic() < deadline:  # until it waits for the answer
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)

    assert process.returncode == Exit.INTERRUPTED
    assert "interrupted" in err


def test_no_secret_is_printed_logged_or_stored(desk: Desk) -> None:
    """Whatever a log says, the loaded values leave no trace."""
    desk.web.deploy("FAILED", log="error: token gh-good-token and rw-good-token")

    done = desk.run("run-once")

    stored = b"".join(path.read_bytes() for path in desk.ledger.parent.glob("*"))
    for secret in ("gh-good-token", "rw-good-token"):
        assert secret not in done.stdout + done.stderr
        assert secret.encode() not in stored
        assert secret not in desk.repo.issues[1].body


def test_the_ledger_is_private(desk: Desk) -> None:
    """Nobody else reads what was seen."""
    run(["run-once"])

    assert desk.ledger.stat().st_mode & 0o077 == 0
    with sqlite3.connect(desk.ledger) as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_orphans_of_one_project_only_cannot_be_told(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is not looked at would seem to be one."""
    assert run(["run-once", "--close-orphans", "--project", "shop"]) == Exit.WRONG

    assert "leave --project out" in capsys.readouterr().err
    assert not desk.ledger.exists()
