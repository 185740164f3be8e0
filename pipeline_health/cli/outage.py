"""The story that `demo` tells: an outage, seen and mended by the real agent in a pretend world."""

import io
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from pipeline_health import bootstrap, telemetry
from pipeline_health import settings as configured
from pipeline_health.cli.tables import moment
from pipeline_health.simulator import Loopback, World, WorldClock

MINUTES = timedelta(minutes=1)
CONFIGURATION = """\
[[projects]]
name = "shop"
repo = "acme/shop"
railway_project = "{railway_project}"
"""
BUILD_LOG = """\
> shop@1.0.0 build
> vite build
transforming...
error during build: Could not resolve './Cart.vue' from src/App.vue
"""
TEST_LOG = """\
tests/test_cart.py::test_total FAILED
E   AssertionError: assert 3 == 4
FAILED tests/test_cart.py::test_total
1 failed, 11 passed
"""


class Story:
    """One product in a pretend world, and the agent that watches it."""

    def __init__(
        self, world: World, loopback: Loopback, home: Path, say: Callable[..., None]
    ) -> None:
        self.world = world
        self.repo = world.repo("acme/shop")
        self.web = world.railway("shop").environment("staging").service("web", self.repo)
        self._say = say
        self._settings = _installed(world, loopback, home)

    def happens(self, what: str) -> None:
        """Tell what happens in the world."""
        self._say(f"\n{moment(self.world.now())}  {what}", bold=True)

    def cycle(self, *, after: timedelta = 5 * MINUTES) -> None:
        """Let time pass, run the real agent once, and tell its sentence."""
        self.world.advance(after)
        machine = bootstrap.Machine(clock=WorldClock(self.world), pace=timedelta(0))
        report = bootstrap.run_once(self._settings, machine=machine)
        self._say(f"{moment(self.world.now())}  {report.sentence}")
        for change in report.changes:
            self._say(f"{'':22}{change.change} issue {change.issue}: {change.reason}")

    def show(self, number: int) -> None:
        """Show an issue as it looks on GitHub."""
        issue = self.repo.issues[number]
        self._say(f"\n    issue {number}, {issue.state}: {issue.title}", bold=True)
        self._say(f"    labels: {', '.join(issue.labels)}")
        for line in issue.body.splitlines():
            self._say(f"    | {line}")

    def show_last_comment(self, number: int) -> None:
        """Show the last comment of an issue."""
        comment = self.repo.issues[number].comments[-1]
        for line in comment.body.splitlines():
            self._say(f"    > {line}")


def outage(say: Callable[..., None]) -> None:
    """Tell the story; *say* prints one line of it, and takes click's styles."""
    telemetry.configure(
        format="json",
        stream=io.StringIO(),
        journal_stream=None,
        redaction=telemetry.Redaction(()),
        color=False,
    )
    world = World()
    with Loopback(world) as loopback, tempfile.TemporaryDirectory() as home:
        tell(Story(world, loopback, Path(home), say))


def tell(story: Story) -> None:
    """Let the outage happen, and be mended."""
    _break_the_deploy(story)
    _break_main(story)
    _mend(story)


def _break_the_deploy(story: Story) -> None:
    repo, web = story.repo, story.web
    story.happens("A healthy product: main is green, staging runs its newest commit.")
    repo.push("feat: a cart")
    repo.run("CI", "success", jobs={"build": "success", "test": "success"})
    web.deploy("SUCCESS")
    story.cycle()

    story.happens("A commit lands. CI passes, but the staging deploy fails.")
    repo.push("feat: a nicer cart", author="archon[bot]")
    repo.run("CI", "success", jobs={"build": "success", "test": "success"})
    web.deploy("FAILED", log=BUILD_LOG)
    story.cycle()
    story.show(1)
    story.happens("Nothing changes, so nothing is said.")
    story.cycle()


def _break_main(story: Story) -> None:
    repo, web = story.repo, story.web
    story.happens("The next commit breaks a test: main goes red, and the deploy still fails.")
    repo.push("fix: the total of a cart")
    repo.run("CI", "failure", jobs={"build": "success", "test": "failure"}, log=TEST_LOG)
    web.deploy("FAILED", log=BUILD_LOG)
    story.cycle()

    story.happens("GitHub does not answer: not seeing is not health, so nothing is closed.")
    story.world.faults.add(host="github", mode="status", status=502, times=9)
    story.cycle()
    story.world.faults.clear()


def _mend(story: Story) -> None:
    repo, web = story.repo, story.web
    story.happens("A fix lands. The deploy is under way: that is no proof yet.")
    repo.push("fix: import the cart, and its total")
    run = repo.run("CI", None, jobs={"build": "success", "test": None})
    deployment = web.deploy("BUILDING")
    story.cycle()

    story.happens("CI is green again, and staging runs the fix.")
    repo.finish(run, "success")
    web.become(deployment, "SUCCESS")
    story.cycle()
    story.show_last_comment(1)
    story.show_last_comment(2)
    story.happens("Two failures, two issues, two proofs.")


def _installed(world: World, loopback: Loopback, home: Path) -> configured.Settings:
    """Write a configuration for the pretend product, and read it as the real command does."""
    config = home / "pipeline-health.toml"
    config.write_text(CONFIGURATION.format(railway_project=world.railway("shop").id))
    (github_token,), (railway_token,) = world.github_tokens, world.railway_tokens
    return configured.load(
        config=config,
        environment={
            "GITHUB_TOKEN": github_token,
            "RAILWAY_TOKEN": railway_token,
            "GITHUB_API_URL": loopback.github_url,
            "RAILWAY_API_URL": loopback.railway_url,
            "PIPELINE_HEALTH_LEDGER": str(home / "ledger.db"),
        },
        home=home,
    )
