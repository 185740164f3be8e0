"""`doctor` as a person and a script see it: what is said, in which order, and the exit codes."""

import json
from datetime import timedelta

import pytest

from clinic import Clinic
from desk import Desk
from pipeline_health import __version__
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from pipeline_health.core.model.examination import Ailing, Examination, Level, Line

CLASSIC = "ghp_planted_for_this_test"


@pytest.fixture
def clinic(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """Give a desk at which nothing is wrong, on a host where nothing starts a cycle."""
    return Clinic(desk, monkeypatch)


def whats(found: Examination, check: str) -> list[str]:
    """Give what one check complains of."""
    told = (line.told for line in found.lines if line.check == check)
    return [one.says for one in told if isinstance(one, Ailing)]


def test_a_healthy_installation(clinic: Clinic, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0 with advice; a person sees what was checked, and under which login we file."""
    assert run(["doctor"]) == Exit.DONE

    out = capsys.readouterr().out
    assert "ok: repositories: 1 repository seen, open to issues\n" in out
    assert "ok: github-login: issues are filed as health-bot" in out
    assert "ok: environments: 1 environment of Railway found\n" in out
    assert "advice: notifications: HEALTHCHECK_URL: nobody notices" in out
    assert "\n    to mend it: set it to a check of healthchecks.io" in out
    assert out.splitlines()[-1].startswith("0 faults, 5 pieces of advice, 0 things that could not")
    assert clinic.world.writes("github") == []


def test_a_fault_comes_last_and_before_what_was_not_seen(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1: it can be mended now; the one object has all of it."""
    clinic.secrets_file.chmod(0o604)
    clinic.secrets(GITHUB_TOKEN=CLASSIC, RAILWAY_TOKEN="rw-good-token")
    clinic.world.github_tokens[CLASSIC] = "health-bot"
    assert run(["doctor", "--json"]) == Exit.FOUND
    out = capsys.readouterr().out
    told = json.loads(out)
    (fault,) = [it for it in told["findings"] if it["level"] == "fault"]
    assert fault == {
        "check": "files",
        "level": "fault",
        "where": str(clinic.secrets_file),
        "says": "others may read the secrets (mode 0604)",
        "mend": f"chmod 600 {clinic.secrets_file}",
    }
    (unchecked,) = told["unchecked"]
    assert unchecked["check"] == "github-scopes"
    assert "github-login" in {it["check"] for it in told["passed"]}
    assert CLASSIC not in out

    run(["doctor"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3].startswith("fault: files: ")
    assert [line for line in lines if line.startswith("not checked: github-scopes: ")]


def test_what_could_not_be_looked_at_is_no_health(clinic: Clinic) -> None:
    """Exit 3, where no fault was found: here GitHub names no scopes of a classic token."""
    clinic.secrets(GITHUB_TOKEN=CLASSIC, RAILWAY_TOKEN="rw-good-token")
    clinic.world.github_tokens[CLASSIC] = "health-bot"

    assert run(["doctor"]) == Exit.BLIND


def test_with_nothing_to_ask_with_nothing_is_asked(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2, and what is missing."""
    clinic.secrets_file.unlink()
    clinic.desk.configuration.unlink()

    assert run(["doctor"]) == Exit.WRONG

    out = capsys.readouterr().out
    assert "there is no such file; make it with" in out
    assert "GITHUB_TOKEN: is not set" in out
    assert clinic.world.requests == []


def test_what_the_ledger_knows_is_told(clinic: Clinic) -> None:
    """A cycle was run, so that there is one; nobody else may read it, and it is not touched."""
    assert run(["run-once"]) == Exit.DONE
    found = clinic.examined()
    assert (whats(found, "cycles"), whats(found, "files")) == ([], [])
    clinic.desk.ledger.chmod(0o644)
    clinic.install("pipeline-health.timer", "[Timer]")
    clinic.systemctl({"pipeline-health.timer": "active"})
    late = clinic.examined(after=timedelta(hours=1))
    assert "others may read the ledger (mode 0644)" in whats(late, "files")
    assert whats(late, "cycles")[0].startswith("pipeline-health.timer is active, but the last")
    clinic.desk.ledger.write_bytes(b"x" * 4096)
    assert "ledger" in [one.where for one in clinic.examined().unchecked]


def test_the_version_that_the_units_start_is_compared(clinic: Clinic) -> None:
    """Ours is the right one."""
    program = clinic.program("pipeline-health", f"echo pipeline-health, version {__version__}")
    unit = f"[Service]\nExecStart={program} run-once\n"
    clinic.install("pipeline-health.service", unit)
    clinic.ship("pipeline-health.service", unit)
    clinic.systemctl({"pipeline-health.service": "inactive"})
    assert whats(clinic.examined(), "versions") == []
    clinic.program("pipeline-health", "echo pipeline-health, version 0.0.1")
    (said,) = whats(clinic.examined(), "versions")
    assert said.endswith(f"of version 0.0.1; this is {__version__}")


def test_a_secret_in_what_somebody_said_is_struck_out(clinic: Clinic) -> None:
    """Every text passes the redaction, whoever wrote it."""
    secret = "planted-healthcheck-secret"
    clinic.secrets(
        GITHUB_TOKEN="gh-good-token",
        RAILWAY_TOKEN="rw-good-token",
        NTFY_TOPIC=secret,
    )
    text = clinic.desk.configuration.read_text()
    clinic.desk.configuration.write_text(f'{text}branch = "{secret}"\n')
    clinic.program("crontab", f"echo {secret}; exit 1")

    found = clinic.examined()

    assert secret not in str(found)
    assert whats(found, "branches")[0].startswith("acme/shop has no branch ***")
    assert Level.FAULT in {one.level for one in _ailing(found.lines)}


def _ailing(lines: tuple[Line, ...]) -> list[Ailing]:
    return [line.told for line in lines if isinstance(line.told, Ailing)]
