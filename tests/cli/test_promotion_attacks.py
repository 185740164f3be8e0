"""`promotion-check` in a world that tries to make it say yes; and what must not keep it from it."""

import json
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from desk import Desk
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from pipeline_health.simulator.exchange import Answer
from pipeline_health.simulator.railway_world import RailwayService
from pipeline_health.simulator.site import Page

CONFIGURATION = """\
[[projects]]
name = "shop"
repo = "acme/shop"
railway_project = "{railway}"
staging_url = "{url}"
{more}
[projects.gate]
smoke = [{{ path = "/healthz", contains = "ok" }}]
version = {{ path = "/version", json = "commit" }}
e2e = {e2e}

[routing]
identity = "health-bot"
"""
PASSES = [sys.executable, "-ISc", "pass"]
MINUTE = timedelta(minutes=1)
KEY = "planted-value-of-both"


class Pipeline:
    """A commit that may go to production, in whatever a test makes of its world."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.repo, self.web = desk, desk.repo, desk.web
        self.world, self.url = desk.world, desk.loopback.site_url("staging")
        self.site = desk.world.site("staging")
        desk.world.advance(-18 * MINUTE)
        for _ in range(3):
            self.push()
        desk.world.advance(9 * MINUTE)
        self.configure()

    def push(self, *, ci: str | None = "success") -> None:
        """Push a commit that is green and deployed."""
        self.repo.push("work")
        self.world.advance(3 * MINUTE)
        if ci is not None:
            self.repo.run("CI", ci)
        self.repo.run("Lint", "success")
        self.web.deploy("SUCCESS")
        self.repo.record_deployment("shop / staging", "success")
        self.serve(self.repo.head)

    def serve(self, commit: str) -> None:
        """Let the live URL serve *commit*."""
        self.site.pages = {
            "/healthz": Page(body='{"status":"ok"}'),
            "/version": Page(body=f'{{"commit":"{commit}"}}'),
        }

    def configure(self, *more: str, e2e: list[str] | None = None) -> None:
        """Write the configuration."""
        text = CONFIGURATION.format(
            railway=self.world.railway("shop").id,
            url=self.url,
            more="\n".join(more),
            e2e=str(e2e or PASSES).replace("'", '"'),
        )
        self.desk.configuration.write_text(text)

    def production(self, name: str = "production") -> RailwayService:
        """Give a production with a secret of its own."""
        self.web.variables["STRIPE_KEY"] = KEY
        live = self.world.railway("shop").environment(name).service("web", self.repo)
        live.deploy("SUCCESS", commit=next(iter(self.repo.commits)))
        live.variables["STRIPE_KEY"] = "planted-value-of-production"
        return live

    def script(self, path: Path, code: str) -> list[str]:
        """Give a command that runs *code*."""
        path.write_text(code)
        return [*shlex.split(f"{sys.executable} -IS"), str(path)]

    def check(self, *more: str) -> int:
        """Ask about the head."""
        return run(["promotion-check", "shop", "--commit", self.repo.head, *more])


@dataclass(slots=True, kw_only=True)
class Moving(Page):
    """A page at whose reading staging is rolled back."""

    pipeline: Pipeline

    def answer(self) -> Answer:
        """Roll back, and answer."""
        oldest = next(iter(self.pipeline.repo.commits))
        self.pipeline.web.deploy("SUCCESS", commit=oldest)
        return Page.answer(self)


@pytest.fixture
def pipeline(desk: Desk) -> Pipeline:
    """Give a commit that may go to production."""
    return Pipeline(desk)


def test_a_proven_commit_goes(pipeline: Pipeline) -> None:
    """Without this, nothing below would prove anything."""
    assert pipeline.check() == Exit.DONE


def test_a_commit_without_its_ci_does_not_teach_that_it_needs_none(pipeline: Pipeline) -> None:
    """There is no ledger here, as in a pipeline; everything that did run is green."""
    pipeline.push(ci=None)
    pipeline.world.advance(15 * MINUTE)
    assert pipeline.check() == Exit.FOUND


def test_a_red_ci_is_not_left_out_by_claiming_to_be_it(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is not required by name, its id in GITHUB_RUN_ID would hide it."""
    pipeline.configure('ci_workflows = ["Lint"]')
    pipeline.world.advance(-5 * MINUTE)
    red = pipeline.repo.run("CI", "failure")
    pipeline.world.advance(5 * MINUTE)
    monkeypatch.setenv("GITHUB_RUN_ID", str(red.id))
    assert pipeline.check() == Exit.FOUND


def test_a_branch_that_begins_at_a_red_commit_does_not_make_it_green(pipeline: Pipeline) -> None:
    """An agent that is to mend it pushes its branch first, and everything runs again there."""
    pipeline.push(ci="failure")
    pipeline.world.advance(MINUTE)
    pipeline.repo.branches["fix-1"] = list(pipeline.repo.branches["main"])
    pipeline.repo.run("CI", "success", branch="fix-1")
    pipeline.world.advance(MINUTE)
    assert pipeline.check() == Exit.FOUND


def copied(pipeline: Pipeline) -> None:
    """Make production by copying staging."""
    pipeline.production().variables["STRIPE_KEY"] = KEY


def one_environment(pipeline: Pipeline) -> None:
    """Name one environment twice, once by its id."""
    staging = pipeline.world.railway("shop").environment("staging")
    pipeline.configure(f'production_environment = "{staging.id}"')


def error_page(pipeline: Pipeline) -> None:
    """Answer 200, and an error."""
    pipeline.site.pages["/healthz"] = Page(body="Something went wrong")


def leads_away(pipeline: Pipeline) -> None:
    """Lead to another host."""
    pipeline.site.pages["/healthz"] = Page(
        status=302, body="ok", headers={"Location": "https://elsewhere.example/"}
    )


def serves_another(pipeline: Pipeline) -> None:
    """Let the live URL serve what nobody has asked for."""
    pipeline.serve("f" * 40)


def of_another_environment(pipeline: Pipeline) -> None:
    """Deploy to an environment that is called nearly as staging is."""
    pipeline.repo.push("only in a preview")
    pipeline.repo.run("CI", "success")
    preview = pipeline.world.railway("shop").environment("staging-2")
    preview.service("web", pipeline.repo).deploy("SUCCESS")
    pipeline.repo.record_deployment("shop / staging-2", "success")
    pipeline.serve(pipeline.repo.head)


def forced_off(pipeline: Pipeline) -> None:
    """Force the head off the branch."""
    pipeline.repo.branches["main"].pop()
    pipeline.repo.push("instead")


@pytest.mark.parametrize(
    "attack",
    [copied, one_environment, error_page, leads_away, serves_another, of_another_environment],
)
def test_what_looks_nearly_like_a_proof_is_none(
    pipeline: Pipeline, attack: Callable[[Pipeline], None]
) -> None:
    """Each of these was taken for one by some gate."""
    attack(pipeline)
    assert pipeline.check() in {Exit.FOUND, Exit.BLIND}


def test_a_commit_that_was_forced_off_the_branch_does_not_go(pipeline: Pipeline) -> None:
    """Staging serves it, and CI was green."""
    sha = pipeline.repo.head
    forced_off(pipeline)
    assert run(["promotion-check", "shop", "--commit", sha]) == Exit.FOUND


def test_a_production_that_was_made_since_the_last_look_is_compared(pipeline: Pipeline) -> None:
    """The ledger remembers for a day that there was none; it was copied from staging since."""
    assert run(["run-once"]) == Exit.DONE
    assert pipeline.check() == Exit.DONE
    copied(pipeline)
    assert pipeline.check() == Exit.FOUND


@pytest.mark.parametrize(
    "code",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "raise SystemExit(1)",
        "import sys; sys.exit('no tests ran')",
    ],
)
def test_a_test_that_did_not_pass_is_none(pipeline: Pipeline, tmp_path: Path, code: str) -> None:
    """However it ended."""
    pipeline.configure(e2e=pipeline.script(tmp_path / "e2e.py", code))
    assert pipeline.check() == Exit.FOUND


def test_staging_that_moves_on_while_it_is_tested_is_not_what_was_tested(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    """The facts are read anew before anything is promised."""
    command = pipeline.script(
        tmp_path / "e2e.py",
        f"import urllib.request; urllib.request.urlopen('{pipeline.url}/moves').read()",
    )
    pipeline.configure(e2e=command)
    pipeline.site.pages["/moves"] = Moving(pipeline=pipeline)
    assert pipeline.check() == Exit.FOUND
    assert "/moves" in pipeline.site.asked


@pytest.mark.parametrize("place", ["/dev/null", "/dev/null/verdict.json"])
def test_a_verdict_that_cannot_be_left_is_no_yes(pipeline: Pipeline, place: str) -> None:
    """A device is no file; put in its place, the verdict would take it away from everybody."""
    assert pipeline.check("--output", place) == Exit.WRONG
    assert Path("/dev/null").is_char_device()


def test_a_yes_of_an_earlier_check_does_not_outlive_a_later_one(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    """Whoever reads the file, and not the exit code, finds nothing when the check breaks off."""
    verdict = tmp_path / "verdict.json"
    assert pipeline.check("--output", str(verdict)) == Exit.DONE
    assert json.loads(verdict.read_text())["verdict"] == "promote"
    pipeline.desk.configuration.write_text("nonsense")
    assert pipeline.check("--output", str(verdict)) == Exit.WRONG
    assert not verdict.exists()
