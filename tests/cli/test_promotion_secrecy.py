"""No secret leaves a promotion check: not by its output, its files, its status or its defects."""

import json
from pathlib import Path

import click
import pytest

from gated import SMOKE, Gated
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from secrecy import assert_kept, traces

PASSWORD = "Zq8plantedOfTheTests"
SHARED, STAGING = "Zq8plantedSecretShared", "Zq8plantedSecretStaging"
IN_URL = "Zq8plantedInTheUrl7Xw"
URL = f"postgres://planteduser:{IN_URL}@db.planted.example/shop"
TOKENS = ("gh-good-token", "rw-good-token")
PLANTED = (PASSWORD, SHARED, STAGING, IN_URL, *TOKENS)
TALKATIVE = """
set -x
echo "password $E2E_PASSWORD, Bearer $E2E_PASSWORD, coded $(printf %s "$E2E_PASSWORD" | base64)"
echo "cannot connect to {url}"
echo "{tokens}"
env
exit {code}
"""


@pytest.fixture
def folder(gated: Gated, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Plant secrets in Railway and in the environment, as a step of Actions; gives its files'."""
    folder = gated.desk.home / "step"
    folder.mkdir()
    monkeypatch.setenv("E2E_PASSWORD", PASSWORD)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(folder / "output"))
    gated.web.variables = {"STRIPE_KEY": STAGING, "DATABASE_URL": URL}
    gated.live.variables = {"STRIPE_KEY": "Zq8plantedSecretLive", "OTHER": "info"}
    return folder


def test_the_traces_of_a_secret_are_found() -> None:
    """A search that finds nothing anywhere would prove nothing here."""
    assert len(set(traces(PASSWORD))) == 7
    with pytest.raises(AssertionError):
        assert_kept(f"... {PASSWORD[:14]} ...", PLANTED)


@pytest.mark.parametrize("code", [0, 1], ids=["the tests pass", "the tests fail"])
@pytest.mark.parametrize("shared", [(), ("COPY_KEY",)], ids=["none is shared", "one is shared"])
def test_no_secret_leaves_a_check(
    gated: Gated,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    code: int,
    shared: tuple[str, ...],
) -> None:
    """Its tests may print their password, a URL of the database, and tokens that they guessed."""
    for service in (gated.web, gated.live):
        service.variables.update(dict.fromkeys(shared, SHARED))
    _configure(gated, code=code)
    expected = Exit.FOUND if code or shared else Exit.DONE
    run(["run-once"])
    for words in (["--publish"], ["--json", "--output", str(folder / "verdict.json")]):
        assert run([*gated.asking, *words]) == expected
    said = capsys.readouterr()
    assert ("COPY_KEY" in said.out) == bool(shared)
    assert ("cannot connect to" in said.out) == (code == 1 and not shared)
    assert len(list(folder.iterdir())) == 3
    assert_kept(_left(gated, folder, *said), PLANTED)


def test_no_secret_leaves_by_what_the_site_answers(
    gated: Gated, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A product that shows its configuration when it fails does harm enough by itself."""
    gated.site.body = f"{PASSWORD} {URL} {' '.join(TOKENS)}"
    gated.configure('smoke = [{ path = "/healthz", contains = "all is well" }]', 'e2e = ["true"]')
    assert run([*gated.asking, "--publish"]) == Exit.FOUND
    assert_kept(_left(gated, folder, *capsys.readouterr()), PLANTED)


def test_no_secret_leaves_by_a_defect_of_ours(
    gated: Gated, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A traceback quotes what it stumbled upon."""

    @click.command()
    def broken() -> None:
        msg = f"unexpected: {PASSWORD}, {URL}, {json.dumps(TOKENS)}"
        raise RuntimeError(msg)

    _configure(gated, code=0)
    assert run(gated.asking) == Exit.DONE
    assert run(["broken"], group=click.Group(commands=[broken])) == Exit.BLIND
    said = capsys.readouterr()
    assert "unexpected: ***" in said.err
    assert_kept(_left(gated, folder, *said), PLANTED)


def _configure(gated: Gated, *, code: int) -> None:
    text = TALKATIVE.format(url=URL, tokens=" ".join(TOKENS), code=code)
    script = gated.desk.home / "tests.sh"
    script.write_text(text)
    gated.configure(SMOKE, f'e2e = ["sh", "{script}"]', 'e2e_env = ["E2E_PASSWORD"]')


def _left(gated: Gated, folder: Path, *said: str) -> str:
    """Give everything that left the process."""
    kept = [*folder.iterdir(), *gated.desk.ledger.parent.glob("*")]
    statuses = (status.description for status in gated.published())
    issues = (issue.title + issue.body for issue in gated.repo.issues.values())
    return "\n".join(
        [*said, *(path.read_bytes().decode("latin-1") for path in kept), *statuses, *issues]
    )
