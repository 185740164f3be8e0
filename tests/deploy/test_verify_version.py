"""Production is asked until it serves the commit."""

import re

import pytest

from pipeline_health.simulator import World
from pipeline_health.simulator.exchange import Answer, Call
from pipeline_health.simulator.site import Site
from pipelines import COMMIT, Ran, Runner

SCRIPT = "verify-version/verify.sh"
OTHER = "d" * 40


class Versioned(Site):
    """A site that names its commit, from a row of answers; the last one stays."""

    def __init__(self, *bodies: str) -> None:
        super().__init__()
        self.bodies = list(bodies)

    def respond(self, call: Call) -> Answer:
        """Answer with the next body."""
        self.body = self.bodies.pop(0) if len(self.bodies) > 1 else self.bodies[0]
        return super().respond(call)


def says(commit: str) -> str:
    """Write a version as a product may."""
    return f'{{"build": {{"commit": "{commit}"}}, "commit": 7}}'


def verify(runner: Runner, **variables: str) -> Ran:
    """Verify that the shop serves the commit."""
    usual = {
        "URL": f"{runner.loopback.site_url('shop')}/version",
        "KEY": "build.commit",
        "COMMIT": COMMIT,
        "TIMEOUT": "1",
    }
    return runner.run(SCRIPT, **{**usual, **variables})


@pytest.mark.parametrize(
    "bodies",
    [
        [says(COMMIT)],
        [says(COMMIT.upper())],
        [says(OTHER), says(COMMIT), says(OTHER), says(COMMIT)],
    ],
)
def test_the_commit_three_times_in_a_row_is_enough(
    runner: Runner, world: World, bodies: list[str]
) -> None:
    """While two builds take turns behind a URL, one answer proves nothing."""
    site = world.sites["shop"] = Versioned(*bodies)

    ran = verify(runner, TIMEOUT="20")

    assert 0 == ran.code, ran.said
    assert len(bodies) + 2 == len(site.asked)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (says(OTHER), f"it said: {OTHER}"),
        (says(COMMIT[:7]), f"it said: {COMMIT[:7]}"),
        ("<html>", "it said: an answer without build.commit"),
        ("[]", "it said: an answer without build.commit"),
        ('{"build": {"commit": 7}}', "it said: an answer without build.commit"),
    ],
)
def test_anything_else_fails_loudly(runner: Runner, world: World, body: str, said: str) -> None:
    """A short id and an answer that cannot be read are no proof."""
    world.sites["shop"] = Versioned(body)

    ran = verify(runner)

    assert 1 == ran.code
    assert "::error::verify-version" in ran.said
    assert said in ran.said


def test_what_a_site_says_is_no_command_to_the_runner(runner: Runner, world: World) -> None:
    """A line that begins with two colons would be one."""
    world.sites["shop"] = Versioned('{"build": {"commit": "x\\r\\n::set-env name=PATH::/tmp"}}')

    ran = verify(runner)

    assert 1 == ran.code
    assert ["::error::verify-version:"] == re.findall(r"^::\S+", ran.said, re.MULTILINE)


def test_a_site_that_answers_with_an_error_fails(runner: Runner, world: World) -> None:
    """What it says then is told."""
    world.site("shop").status = 503

    ran = verify(runner)

    assert 1 == ran.code
    assert "503" in ran.said


@pytest.mark.parametrize(
    "variables", [{"COMMIT": "main"}, {"TIMEOUT": "soon"}, {"URL": "--output=/tmp/x"}]
)
def test_wrong_inputs_ask_nothing(runner: Runner, world: World, variables: dict[str, str]) -> None:
    """They are found before anything is asked."""
    assert 2 == verify(runner, **variables).code
    assert [] == world.site("shop").asked
