"""What every workflow and action must have, and what none may."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines import ACTIONS, DEPLOY, ROOT, SCRIPTS, WORKFLOWS, read, steps_of

PINNED = re.compile(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$")
PROMOTE, STAGING = DEPLOY / "promote.yml", DEPLOY / "staging.yml"
DOCUMENT = ROOT / "docs" / "promotion.md"
LINTER = Path(sys.executable).parent / "jactionlint"
EVERYTHING = [*WORKFLOWS, *ACTIONS]
EVERY_JOB = [(file, name) for file in WORKFLOWS for name in read(file)["jobs"]]


def named(file: Path) -> str:
    """Name a file for a test."""
    return file.relative_to(DEPLOY).as_posix()


def snippets(language: str) -> list[str]:
    """Give what the document shows in *language*."""
    fence = re.compile(rf"^( *)```{language}\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
    return [match[2] for match in fence.finditer(DOCUMENT.read_text())]


def test_there_are_workflows_and_actions() -> None:
    """The tests below look at something."""
    assert {"promote.yml", "staging.yml"} == {named(file) for file in WORKFLOWS}
    assert 4 == len(ACTIONS)
    assert 5 == len(SCRIPTS)


@pytest.mark.parametrize("file", EVERYTHING, ids=named)
def test_every_action_is_pinned(file: Path) -> None:
    """A tag can be moved to other code, a commit cannot; a comment says which version it is."""
    used = [step["uses"] for step in steps_of(file) if "uses" in step]
    foreign = [one for one in used if not one.startswith("acme/pipeline-health/")]

    assert [] == [one for one in used if not PINNED.match(one)]
    lines = [line.strip() for line in file.read_text().splitlines()]
    for one in foreign:
        assert [line for line in lines if re.search(rf"{one} # v\d+\.\d+\.\d+$", line)]


@pytest.mark.parametrize("file", WORKFLOWS, ids=named)
def test_every_action_of_ours_that_is_used_is_here(file: Path) -> None:
    """With the inputs that it takes, and all that it requires."""
    for step in steps_of(file):
        name = re.match(r"acme/pipeline-health/(.*)@", step.get("uses", ""))
        if name is None:
            continue
        inputs = read(ROOT / name[1] / "action.yml")["inputs"]
        required = {key for key, value in inputs.items() if value.get("required") == "true"}
        assert required <= set(step["with"]) <= set(inputs)


@pytest.mark.parametrize("file", EVERYTHING, ids=named)
def test_no_expression_is_pasted_into_a_script(file: Path) -> None:
    """It would be run, whoever wrote the value."""
    assert [] == [step["run"] for step in steps_of(file) if "${{" in step.get("run", "")]


@pytest.mark.parametrize("file", [*EVERYTHING, *SCRIPTS], ids=named)
@pytest.mark.parametrize(
    "word",
    ["github.sha", "GITHUB_SHA", "continue-on-error", "|| true", "set +e", "pull_request_target"],
)
def test_some_words_are_nowhere(file: Path, word: str) -> None:
    """Of a `workflow_run` run, github.sha is another commit; the others make a failure pass."""
    assert word not in file.read_text()


@pytest.mark.parametrize("file", ACTIONS, ids=named)
def test_an_action_hands_its_inputs_to_the_script_beside_it(file: Path) -> None:
    """Each input, through the environment, under a name that the script knows."""
    handed = set()
    for step in steps_of(file):
        script = re.fullmatch(r'bash "\$GITHUB_ACTION_PATH/([a-z]+\.sh)"', step["run"])
        assert script is not None
        text = (file.parent / script[1]).read_text()
        assert [] == [name for name in step["env"] if not re.search(rf"\$\{{?{name}\b", text)]
        handed |= set(re.findall(r"inputs\.([a-z-]+)", str(step["env"])))

    assert set(read(file)["inputs"]) == handed


@pytest.mark.parametrize("file", SCRIPTS, ids=named)
def test_every_script_stops_at_an_error_and_waits_for_nothing_for_ever(file: Path) -> None:
    """An unset name is an error too; every request has a limit."""
    script = file.read_text()

    assert "set -euo pipefail\n" in script
    assert len(re.findall(r"\bcurl -", script)) == script.count("--max-time")


@pytest.mark.parametrize(("file", "job"), EVERY_JOB)
def test_every_job_is_bounded_and_has_only_what_it_needs(file: Path, job: str) -> None:
    """Nothing is permitted but what a job names."""
    told = read(file)

    assert {} == told["permissions"] or "{}" == told["permissions"]
    assert int(told["jobs"][job]["timeout-minutes"]) <= 60
    assert isinstance(told["jobs"][job]["permissions"], dict)


def test_each_job_of_the_promotion_may_write_one_thing_at_most() -> None:
    """The check publishes a status, the deploy a record, and the restart starts a workflow."""
    jobs = read(PROMOTE)["jobs"]

    written = {
        name: [key for key, value in job["permissions"].items() if value == "write"]
        for name, job in jobs.items()
    }

    assert {
        "check": ["statuses"],
        "deploy": ["deployments"],
        "verify": [],
        "restart": ["actions"],
    } == written


@pytest.mark.parametrize("file", WORKFLOWS, ids=named)
def test_a_run_is_about_the_commit_that_ci_tested(file: Path) -> None:
    """Its name holds the commit; only a push to this repository starts it, and green CI."""
    told = read(file)
    first = next(iter(told["jobs"].values()))

    assert "github.event.workflow_run.head_sha" in told["run-name"]
    assert ["main"] == told["on"]["workflow_run"]["branches"]
    for condition in (
        "github.event.workflow_run.conclusion == 'success'",
        "github.event.workflow_run.event == 'push'",
        "github.event.workflow_run.head_repository.full_name == github.repository",
    ):
        assert condition in first["if"]


def test_one_promotion_at_a_time_and_none_is_cancelled() -> None:
    """Not even one that waits for its turn."""
    assert {
        "group": "promote-shop",
        "cancel-in-progress": "false",
        "queue": "max",
    } == read(PROMOTE)["concurrency"]


def test_only_a_promotion_deploys() -> None:
    """The jobs hang on each other, and nothing but `promote` starts the deploy."""
    jobs = read(PROMOTE)["jobs"]

    assert ("check", "needs.check.outputs.verdict == 'promote'") == (
        jobs["deploy"]["needs"],
        jobs["deploy"]["if"],
    )
    assert ["check", "deploy"] == jobs["verify"]["needs"]
    assert "if" not in jobs["verify"]


def test_a_restart_happens_once() -> None:
    """For the commit that staging serves now; a restart starts no other."""
    restart = read(PROMOTE)["jobs"]["restart"]

    assert "!inputs.restarted" in restart["if"]
    assert "needs.check.outputs.superseded-by != ''" in restart["if"]
    (step,) = restart["steps"]
    assert "${{ needs.check.outputs.superseded-by }}" == step["env"]["COMMIT"]
    assert "restarted=true" in step["run"]


@pytest.mark.parametrize(("file", "job"), EVERY_JOB)
def test_a_secret_reaches_only_the_step_that_needs_it(file: Path, job: str) -> None:
    """Through its environment, never through a whole job or an input of ours."""
    told = read(file)["jobs"][job]

    assert "env" not in told
    for step in told["steps"]:
        given = str(step.get("with", {}))
        if "secrets." in given:
            assert step["uses"].startswith("actions/checkout@")
            assert "false" == step["with"]["persist-credentials"]


def test_the_token_that_deploys_is_production_s_own() -> None:
    """The check has secrets of its own, and no job but the deploy is in `production`."""
    jobs = read(PROMOTE)["jobs"]
    places = {name: job["environment"] for name, job in jobs.items() if "environment" in job}

    assert {
        "check": {"name": "promotion-check", "deployment": "false"},
        "deploy": {"name": "production", "deployment": "false"},
    } == places


def test_what_is_judged_does_not_judge() -> None:
    """The check's only checkout is of another repository, at a branch that is protected there."""
    steps = read(PROMOTE)["jobs"]["check"]["steps"]

    (configuration,) = [step["with"] for step in steps if "checkout" in step.get("uses", "")]
    assert ("acme/operations", "main") == (configuration["repository"], configuration["ref"])


@pytest.mark.parametrize("file", WORKFLOWS, ids=named)
def test_a_record_is_ended_whatever_happened(file: Path) -> None:
    """Also when the deploy failed or was cancelled."""
    steps = [step for step in steps_of(file) if "record-deployment@" in step.get("uses", "")]

    begun, ended = steps
    assert "commit" in begun["with"]
    assert "if" not in begun
    assert "always() && steps.record.outputs.id != ''" == ended["if"]
    assert "${{ job.status }}" == ended["with"]["outcome"]


@pytest.mark.parametrize("text", snippets("yaml"))
def test_every_snippet_of_the_document_is_yaml(text: str) -> None:
    """It can be pasted; its actions are pinned, and it names the commit that was tested."""
    told: Any = yaml.safe_load(text)

    assert told
    assert "github.sha" not in text
    assert [] == [one for one in re.findall(r"\buses: (\S+)", text) if not PINNED.match(one)]


@pytest.mark.parametrize("text", snippets("toml"))
def test_every_snippet_of_the_document_is_toml(text: str) -> None:
    """It can be pasted."""
    assert tomllib.loads(text)


def test_the_document_shows_snippets() -> None:
    """The two tests above look at something."""
    assert snippets("yaml")
    assert snippets("toml")


BROKEN = {
    "an output that nobody sets": ("needs.check.outputs.verdict ==", "needs.check.outputs.word =="),
    "a job that is not there": ("needs: [check, deploy]", "needs: [check, deliver]"),
    "an unknown key": ("cancel-in-progress: false", "cancel-in-progres: false"),
    "an unknown place in the queue": ("queue: max", "queue: most"),
    "queueing and cancelling": ("cancel-in-progress: false", "cancel-in-progress: true"),
    "no time limit": ("    timeout-minutes: 60\n", ""),
    "an unknown permission": ("checks: read", "check: read"),
    "a tag instead of a commit": ("de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2", "v6"),
    "a script that runs its input": ('"commit=$COMMIT"', '"commit=${{ inputs.commit }}"'),
}


def lint(text: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Lint a workflow as `make actions` does, but for shellcheck."""
    if not LINTER.exists():
        if os.environ.get("CI") == "true":  # noqa: TID251 - whether skipping is allowed here
            pytest.fail("no jactionlint in CI")
        pytest.skip("jactionlint is not there for this platform")
    file = home / "promote.yml"
    file.write_text(text)
    return subprocess.run(
        [
            *(str(LINTER), "--no-color", "--strict-exit", "--shellcheck="),
            *("--ignore=dangerous-triggers", str(file)),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_linter_takes_the_workflow_as_it_is(tmp_path: Path) -> None:
    """What it refuses below is what was broken."""
    ran = lint(PROMOTE.read_text(), tmp_path)

    assert 0 == ran.returncode, ran.stdout + ran.stderr


@pytest.mark.parametrize("broken", BROKEN)
def test_the_linter_refuses_a_broken_workflow(broken: str, tmp_path: Path) -> None:
    """What `make actions` runs can fail."""
    before, after = BROKEN[broken]
    assert before in PROMOTE.read_text()

    ran = lint(PROMOTE.read_text().replace(before, after), tmp_path)

    assert 1 == ran.returncode, ran.stdout + ran.stderr
