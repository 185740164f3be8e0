"""`promotion-check` in GitHub Actions: commit status, summary, outputs, and being cancelled."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from gated import SMOKE, Gated
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from pipeline_health.simulator.faults import Mode

FAILS = 'e2e = ["false"]'


@pytest.fixture
def runner(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run as a step of GitHub Actions; gives the folder with the step's files."""
    folder = gated.desk.home
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_RUN_ID": "4711",
        "GITHUB_SERVER_URL": "https://github.com",
        "GITHUB_REPOSITORY": "acme/shop",
        "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        "GITHUB_OUTPUT": str(folder / "output"),
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return folder


# -- the commit status -----------------------------------------------------------------------


def _pending(gated: Gated) -> None:
    gated.repo.run("CI", None)


def _blind(gated: Gated) -> None:
    gated.world.faults.add(host="railway", mode="graphql_error", body="Not Authorized", times=99)


SHOWN: list[tuple[str, Callable[[Gated], object], Exit, str, str]] = [
    ("promote", lambda _: None, Exit.DONE, "success", "promote: shop may go to production at "),
    ("block", lambda gated: gated.configure(SMOKE, FAILS), Exit.FOUND, "failure", "blocked: e2e: "),
    ("pending", _pending, Exit.FOUND, "pending", "blocked: main-ci: "),
    ("unknown", _blind, Exit.BLIND, "error", "unknown: staging-deploy: "),
]


@pytest.mark.parametrize(
    ("change", "code", "state", "says"), [row[1:] for row in SHOWN], ids=[row[0] for row in SHOWN]
)
@pytest.mark.usefixtures("runner")
def test_a_verdict_is_shown_as_one_status_of_its_commit(
    gated: Gated, change: Callable[[Gated], object], code: Exit, state: str, says: str
) -> None:
    """Nothing else is written to GitHub; it leads to the run that made it."""
    change(gated)

    assert run([*gated.asking, "--publish"]) == code

    (status,) = gated.published()
    assert status.state == state
    assert status.description.startswith(says)
    assert len(status.description) <= 140
    assert status.target_url == "https://github.com/acme/shop/actions/runs/4711"
    (sent,) = gated.world.writes("github")
    assert sent.path == f"/repos/acme/shop/statuses/{gated.head}"
    assert gated.world.writes("railway") == []


def test_nothing_is_shown_unless_it_is_asked_for(gated: Gated) -> None:
    """A check of the operator's own leaves no trace at GitHub."""
    assert run(gated.asking) == Exit.DONE

    assert gated.world.writes("github") == []


def test_a_status_that_was_refused_is_no_yes(
    gated: Gated, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever waits for the status would wait for ever; the verdict is told all the same."""
    gated.repo.drops_labels = True  # the token may not push, in the simulator's words

    assert run([*gated.asking, "--publish"]) == Exit.BLIND

    out, err = capsys.readouterr()
    assert out.startswith("promote: ")
    assert f"showing the verdict on commit {gated.head[:7]} of acme/shop failed: " in err


@pytest.mark.parametrize("mode", ["status", "cut_after"])
def test_a_status_is_sent_once(gated: Gated, mode: Mode) -> None:
    """What became of a lost one is not known, and it is not sent again."""
    match = "POST /repos/acme/shop/statuses"
    gated.world.faults.add(host="github", mode=mode, status=502, match=match, times=9)

    assert run([*gated.asking, "--publish"]) == Exit.BLIND

    assert len(gated.world.writes("github")) == 1


# -- the step --------------------------------------------------------------------------------


def test_the_step_tells_what_later_ones_key_on(gated: Gated, runner: Path) -> None:
    """It adds to what is there, as GitHub asks for."""
    (runner / "summary.md").write_text("# Of an earlier part\n")

    assert run(gated.asking) == Exit.DONE

    output = (runner / "output").read_text()
    assert output == f"verdict=promote\ncommit={gated.head}\nsuperseded_by=\n"
    summary = (runner / "summary.md").read_text()
    assert summary.startswith(f"# Of an earlier part\n### Promote: shop at `{gated.head[:7]}`\n")
    assert summary.count("✅ pass") == 8


def test_a_blocked_step_tells_as_much(gated: Gated, runner: Path) -> None:
    """The reason is on the page of the run, with the end of the tests' output in a fence."""
    gated.configure(SMOKE, 'e2e = ["sh", "-c", "echo \'```\' 1 of 7 failed; exit 1"]')

    assert run(gated.asking) == Exit.FOUND

    assert (runner / "output").read_text().startswith("verdict=block\n")
    summary = (runner / "summary.md").read_text()
    assert summary.startswith(f"### Blocked: shop at `{gated.head[:7]}`\n")
    assert "````\n``` 1 of 7 failed" in summary.replace("text\n", "\n")


def test_a_superseded_step_names_the_commit_that_staging_serves(gated: Gated, runner: Path) -> None:
    """So that the next run can ask about that one."""
    asking = gated.asking
    newer = gated.repo.push("third")
    gated.web.deploy("SUCCESS")

    assert run(asking) == Exit.FOUND

    assert (runner / "output").read_text().splitlines() == [
        "verdict=block",
        f"commit={asking[-1]}",
        f"superseded_by={newer}",
    ]


@pytest.mark.usefixtures("runner")
def test_a_step_that_cannot_be_told_shows_the_verdict_all_the_same(
    gated: Gated, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An old yes must not stay at the commit because a file could not be written."""
    assert run([*gated.asking, "--publish"]) == Exit.DONE
    monkeypatch.setenv("GITHUB_OUTPUT", str(gated.desk.home / "nowhere" / "output"))
    gated.configure(SMOKE, FAILS)

    assert run([*gated.asking, "--publish"]) == Exit.BLIND

    assert "the verdict could not be added to" in capsys.readouterr().err
    assert [status.state for status in gated.published()] == ["failure"]


def test_the_run_that_asks_is_not_ci(
    gated: Gated, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It has not ended while it asks, and would wait for itself."""
    own = gated.repo.run("Promote", None)

    assert run(gated.asking) == Exit.FOUND
    assert "Promote" in capsys.readouterr().out.splitlines()[0]
    monkeypatch.setenv("GITHUB_RUN_ID", str(own.id))
    assert run(gated.asking) == Exit.DONE


# -- being cancelled -------------------------------------------------------------------------


def test_a_cancelled_job_leaves_no_test_behind(gated: Gated, tmp_path: Path) -> None:
    """GitHub sends SIGTERM: the tests end with us, and so does what they started."""
    pids = tmp_path / "pids"
    code = f"sleep 60 & echo $! $$ > {pids}.new; mv {pids}.new {pids}; wait"
    gated.configure(SMOKE, f'e2e = ["sh", "-c", "{code}"]')
    process = gated.desk.start(*gated.asking)
    deadline = time.monotonic() + 30
    while not pids.exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)

    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)

    assert (process.returncode, out) == (Exit.INTERRUPTED, "")
    assert "interrupted" in err
    for pid in map(int, pids.read_text().split()):
        while not _is_gone(pid):  # a signal was sent; when it acts is the kernel's affair
            assert time.monotonic() < deadline + 30
            time.sleep(0.01)


def _is_gone(pid: int) -> bool:
    """Tell whether a process ended; one that only waits to be taken leave of has."""
    with suppress(ProcessLookupError, FileNotFoundError):
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True
