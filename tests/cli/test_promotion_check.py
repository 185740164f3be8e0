"""`promotion-check` as a pipeline sees it: exit codes, text, and what is left in files."""

import json
from pathlib import Path

import click
import pytest

from gated import SMOKE, Gated, settled
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run

PROMOTE = """\
promote: shop may go to production at {short}; next: deploy exactly {head} to production, before \
this expires

CRITERION             STATE  WHAT WAS SEEN
main-ci               pass   CI at {short}: everything that ran passed
staging-deploy        pass   service web serves {short}
github-deployment     pass   the deployment to shop / staging at {short} succeeded
staging-reachable     pass   the live URL answered 200
smoke                 pass   the check passed
e2e                   pass   the end-to-end command exited with 0 after TOOK
credential-isolation  pass   1 secret compared, none shared
no-open-incident      pass   no issue of ours says that this commit is broken

Commit {head} of acme/shop, seen at TIME, good until TIME; configuration HASH.
"""
BLOCKED = """\
blocked: e2e: the end-to-end command exited with 1 after TOOK; next: read the end of its output \
below; its fix is another commit

CRITERION             STATE  WHAT WAS SEEN
main-ci               pass   CI at {short}: everything that ran passed
staging-deploy        pass   service web serves {short}
github-deployment     pass   the deployment to shop / staging at {short} succeeded
staging-reachable     pass   the live URL answered 200
smoke                 pass   the check passed
e2e                   fail   the end-to-end command exited with 1 after TOOK
credential-isolation  pass   1 secret compared, none shared
no-open-incident      pass   no issue of ours says that this commit is broken

Commit {head} of acme/shop, seen at TIME; configuration HASH.

The end of the output of e2e (untrusted):
  1 of 7 tests failed
"""
FAILING = (SMOKE, 'e2e = ["sh", "-c", "echo 1 of 7 tests failed; exit 1"]')


# -- exit codes and text ---------------------------------------------------------------------


def test_a_promotion_is_exit_0_and_every_proof_is_named(
    gated: Gated, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first line says what to do, a table why."""
    assert run(gated.asking) == Exit.DONE

    expected = PROMOTE.format(short=gated.head[:7], head=gated.head)
    assert settled(capsys.readouterr().out) == expected


def test_a_failure_is_exit_1_and_ends_with_what_the_tests_said(
    gated: Gated, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever reads the log of the job need not look anywhere else."""
    gated.configure(*FAILING)

    assert run(gated.asking) == Exit.FOUND

    expected = BLOCKED.format(short=gated.head[:7], head=gated.head)
    assert settled(capsys.readouterr().out) == expected


def test_what_is_pending_is_exit_1_and_names_the_command_that_waits(
    gated: Gated, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing has failed, and nothing is deployed."""
    gated.repo.run("CI", None)

    assert run(gated.asking) == Exit.FOUND

    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("blocked: main-ci: ")
    assert first.endswith(
        f"next: pipeline-health promotion-check shop --commit {gated.head} --wait 10m"
    )


def test_what_could_not_be_seen_is_exit_3(gated: Gated, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a yes nor the commit's failure."""
    gated.world.faults.add(host="railway", mode="graphql_error", body="Not Authorized", times=99)

    assert run(gated.asking) == Exit.BLIND

    assert capsys.readouterr().out.startswith("unknown: staging-deploy: ")


def test_a_commit_in_capitals_is_the_same_commit(
    gated: Gated, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told as git writes it."""
    assert run(["promotion-check", "shop", "--commit", gated.head.upper()]) == Exit.DONE

    assert f"deploy exactly {gated.head} to production" in capsys.readouterr().out


def test_no_colour_is_in_any_output(
    gated: Gated, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the terminal can do, and whatever the tests print: what reads it is a log."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    gated.configure(SMOKE, r"""e2e = ["sh", "-c", 'printf "\033[31mred\033[0m"; exit 1']""")

    assert run(gated.asking) == Exit.FOUND
    assert run([*gated.asking, "--json"]) == Exit.FOUND

    out, err = capsys.readouterr()
    assert "red" in out
    assert "\x1b" not in out + err


# -- json and files --------------------------------------------------------------------------


def test_json_and_the_file_are_one_object(
    gated: Gated, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A pipeline keys on these names; a file that was there is replaced."""
    place = tmp_path / "verdict.json"
    place.write_text("of an earlier run, and much longer than that\n" * 99)

    assert run([*gated.asking, "--json", "--output", str(place)]) == Exit.DONE

    told = json.loads(capsys.readouterr().out)
    assert json.loads(place.read_text()) == told
    served = {"service": "web", "deployment": told["deployments"][0], "commit": gated.head}
    assert told["served"] == [served]
    assert (told["verdict"], told["commit"], told["repo"]) == ("promote", gated.head, "acme/shop")
    assert {one["state"] for one in told["criteria"]} == {"pass"}
    assert told["checked_at"] < told["expires_at"]
    assert [path.name for path in tmp_path.glob("*verdict*")] == ["verdict.json"]


def test_a_refusal_is_left_in_the_file_as_well(gated: Gated, tmp_path: Path) -> None:
    """An old yes must not stay there for the next step to find."""
    place = tmp_path / "verdict.json"
    assert run([*gated.asking, "--output", str(place)]) == Exit.DONE
    gated.configure(*FAILING)

    assert run([*gated.asking, "--output", str(place)]) == Exit.FOUND

    left = json.loads(place.read_text())
    assert (left["verdict"], left["expires_at"]) == ("block", None)
    assert left["criteria"][5]["tail"] == "1 of 7 tests failed"


@pytest.mark.parametrize("place", ["nowhere/verdict.json", "."], ids=["no folder", "a folder"])
def test_a_place_that_cannot_be_written_is_refused_before_anything_is_asked(
    gated: Gated, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    """Not after half an hour of tests."""
    assert run([*gated.asking, "--output", place]) == Exit.WRONG

    assert place in capsys.readouterr().err
    assert gated.world.requests == []


SPOILED = {"the folder is gone": "rm -r {folder}", "a folder is in its place": "mkdir {place}"}


@pytest.mark.parametrize("command", SPOILED.values(), ids=SPOILED.keys())
def test_a_file_that_could_not_be_written_is_no_yes(
    gated: Gated, capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    """It is known only when the tests are over; the verdict is told and shown all the same."""
    folder = tmp_path / "left"
    folder.mkdir()
    place = folder / "verdict.json"
    words = command.format(folder=folder, place=place).split()
    gated.configure(SMOKE, f"e2e = {json.dumps(words)}")

    assert run([*gated.asking, "--publish", "--output", str(place)]) == Exit.BLIND

    out, err = capsys.readouterr()
    assert out.startswith("promote: ")
    assert f"the verdict could not be written to {place}: " in err
    assert [status.state for status in gated.published()] == ["success"]
    assert list(tmp_path.rglob(".verdict*")) == []


# -- a defect --------------------------------------------------------------------------------


def test_a_defect_of_ours_concludes_nothing(
    gated: Gated, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its traceback is told without what we hold, and the exit code is no yes and no no."""

    @click.command()
    def broken() -> None:
        msg = "the token gh-good-token was not expected"
        raise RuntimeError(msg)

    assert run(gated.asking) == Exit.DONE  # from here on it is known what we hold
    capsys.readouterr()
    assert run(["broken"], group=click.Group(commands=[broken])) == Exit.BLIND

    out, err = capsys.readouterr()
    assert "a defect of ours (RuntimeError); nothing is concluded" in err
    assert "the token *** was not expected" in err
    assert "gh-good-token" not in out + err
