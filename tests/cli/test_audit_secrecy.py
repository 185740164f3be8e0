"""No value of a variable, and no hash of one, leaves the process; whatever the answers are."""

from datetime import timedelta

import pytest

from desk import Desk
from pipeline_health import auditing, bootstrap
from pipeline_health.cli.credentials_audit import exit_of
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from pipeline_health.simulator import WorldClock
from pipeline_health.simulator.faults import Mode
from pipeline_health.simulator.railway_world import RailwayService
from secrecy import assert_kept

PASSWORD = "Zq8plantedPassword7Xw"
PLANTED = (
    "Zq8plantedSecretShared",
    "Zq8plantedSecretStaging",
    "Zq8plantedSecretLive",
    f"postgres://planteduser:{PASSWORD}@db.planted.example/shop",
    PASSWORD,
    "12345678901234567890",
)
COMMANDS = (
    ("credentials-audit",),
    ("credentials-audit", "--json"),
    ("run-once", "--dry-run"),
    ("run-once",),
    ("run-once", "--json"),
    ("status",),
    ("status", "--json"),
    ("incidents", "--all", "--json"),
    ("why", "1"),
    ("why", "1", "--json"),
)
PROCESSES = (COMMANDS[0], COMMANDS[3])
"""Those that look at everything run as processes of their own; the others only more quickly."""

SHARED, _, LIVE, URL, _, NUMBER = PLANTED


@pytest.fixture
def live(desk: Desk) -> RailwayService:
    """Plant values: one that both have, one of each, a URL with a password, and a number."""
    desk.repo.push("second", files={".env": f"STRIPE_KEY={SHARED}"})
    railway = desk.world.railway("shop")
    live = railway.environment("production").service("web", desk.repo)
    for service in (desk.web, live):
        service.deploy("SUCCESS")
        service.variables.update(STRIPE_KEY=SHARED, DATABASE_URL=URL, PIN_KEY=NUMBER)
        service.environment.shared["COPY_KEY"] = SHARED
    desk.web.variables["OWN_KEY"] = PLANTED[1]
    live.variables["OWN_KEY"] = LIVE
    return live


def shown(desk: Desk, *printed: str) -> str:
    """Give everything that left the process: output, log, ledger and issues."""
    parts = list(printed)
    kept = desk.ledger.parent.glob("*") if desk.ledger.parent.exists() else ()
    parts += [path.read_bytes().decode("latin-1") for path in kept]
    for issue in desk.repo.issues.values():
        parts += [issue.title, issue.body, *(comment.body for comment in issue.comments)]
    return "\n".join(parts)


def test_no_command_shows_a_value(
    desk: Desk, live: RailwayService, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not what is printed, logged, remembered or filed; and it is found all the same."""
    for command in COMMANDS:
        if command in PROCESSES:
            done = desk.run(*command)
            printed = (done.stdout, done.stderr)
        else:
            run(command)
            out, err = capfd.readouterr()
            printed = (out, err)
        assert "".join(printed) != ""
        assert_kept(shown(desk, *printed), PLANTED)
    titles = desk.repo.open_titles
    assert "Shared credential: COPY_KEY (shop)" in titles
    assert ".env committed: .env (shop)" in titles


@pytest.mark.parametrize(
    ("mode", "status", "body"),
    [
        ("status", 200, SHARED),
        ("status", 200, f'{{"data": {{"v0": "{SHARED}"}}}}'),
        ("status", 200, f'{{"data": {{"v1": {{"STRIPE_KEY": [{{"{SHARED}": 1}}]}}}}}}'),
        ("status", 200, f'{{"errors": [{{"message": "bad value {SHARED}", "path": ["v1"]}}]}}'),
        ("status", 400, f'{{"errors": [{{"message": "bad value {SHARED}"}}]}}'),
        ("status", 502, SHARED),
        ("html", 403, f"<html>{SHARED}</html>"),
        ("graphql_error", 200, f"Problem processing {URL}"),
        ("graphql_error", 200, f"Not Authorized: {SHARED}"),
        ("truncate", 200, ""),
        ("cut_after", 200, ""),
    ],
)
def test_no_answer_makes_a_value_visible(
    desk: Desk,
    live: RailwayService,
    capsys: pytest.CaptureFixture[str],
    mode: Mode,
    status: int,
    body: str,
) -> None:
    """Garbage, a part, or a message that quotes one: what fails is told in words of ours."""
    desk.world.faults.add(
        host="railway", mode=mode, status=status, body=body, match="query Variables", times=99
    )
    settings, clock = bootstrap.load(None, log_format="json"), WorldClock(desk.world)
    audits = auditing.audit_credentials(settings, clock=clock)
    machine = bootstrap.Machine(clock=clock, pace=timedelta(0))
    report = bootstrap.run_once(settings, machine=machine)
    text = shown(desk, repr(audits), repr(report), *capsys.readouterr())
    assert exit_of(audits) == Exit.FOUND  # the committed file
    assert_kept(text, PLANTED)
    assert "Traceback" not in text


def test_values_that_are_no_text_and_names_that_are_odd(
    desk: Desk, live: RailwayService, capsys: pytest.CaptureFixture[str]
) -> None:
    """Half a surrogate pair, a URL that no parser takes, and one without an end."""
    odd = {
        "HALF_KEY": f"\ud800{SHARED}",
        "BAD_URL": f"postgres://[u:{PASSWORD}@[::1/shop",
        "PORT_URL": f"postgres://u:{PASSWORD}@db.planted.example:{SHARED}/shop",
        "KEY {0} %s \n": SHARED,
    }
    for service in (desk.web, live):
        service.variables.update(odd)
    desk.world.advance(timedelta(minutes=1))
    for command in (*COMMANDS[:2], *COMMANDS[3:]):
        assert run(command) in (Exit.DONE, Exit.FOUND)
    text = shown(desk, *capsys.readouterr())
    assert_kept(text, PLANTED)
    assert "web KEY_0_s_" in text
