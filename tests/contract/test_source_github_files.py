from collections.abc import Iterator

import pytest

from github_stage import SHOP, Stage, on_stage
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.questions import RunTrace, WorkflowFile, WorkflowFileOf
from pipeline_health.core.model.readings import Blind, Reading, Seen
from pipeline_health.simulator.github_records import Run

PATH = ".github/workflows/ci.yml"


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Give a repository with a workflow, and our clients in front of it."""
    with on_stage() as stage:
        stage.world.repo(SHOP).push("Write CI", files={PATH: "name: CI"})
        yield stage


def ask(stage: Stage, run: Run, *, newer: Sha | None = None) -> Reading[WorkflowFile]:
    """Ask, as a new process would, what became of the file of *run* up to the head."""
    trace = RunTrace(repo=SHOP, run_id=run.id, updated_at=run.updated_at, url="")
    head = stage.world.repo(SHOP).head
    question = WorkflowFileOf(trace=trace, older=Sha(run.sha), newer=newer or head)
    return stage.source().workflow_file(question, now=stage.world.now())


def test_a_file_that_was_removed_is_gone_and_its_remover_is_named(stage: Stage) -> None:
    """What removed it is the newest commit that touched it, also when more work came since."""
    repo = stage.world.repo(SHOP)
    run = repo.run("CI", "failure")
    culprit = repo.push("Tidy up", removes=[PATH])
    repo.push("Work")

    found = ask(stage, run)

    assert isinstance(found, Seen)
    assert found.value == WorkflowFile(
        path=PATH,
        workflow_id=run.workflow_id,
        was_there=True,
        is_there=False,
        touched=culprit,
    )


def test_a_file_that_is_there_is_there_whatever_its_workflow_is_called(stage: Stage) -> None:
    """The path and the id stay when the name changes."""
    repo = stage.world.repo(SHOP)
    run = repo.run("CI", "failure")
    repo.rename_workflow("CI", "Main CI")
    renamed = repo.run("Main CI", "success")

    found = ask(stage, renamed)

    assert isinstance(found, Seen)
    assert (True, True) == (found.value.was_there, found.value.is_there)
    assert (PATH, run.workflow_id) == (found.value.path, found.value.workflow_id)


def test_a_file_that_nobody_ever_wrote_was_touched_by_no_commit(stage: Stage) -> None:
    """Some workflows are not in the repository at all."""
    repo = stage.world.repo(SHOP)
    run = repo.run("CodeQL", "failure")

    found = ask(stage, run)

    assert isinstance(found, Seen)
    assert (False, False, None) == (
        found.value.was_there,
        found.value.is_there,
        found.value.touched,
    )


def test_what_is_known_of_two_commits_is_asked_once(stage: Stage) -> None:
    """Commits do not change; what was written down and makes no sense is asked again."""
    repo = stage.world.repo(SHOP)
    run = repo.run("CI", "failure")
    first = ask(stage, run)

    assert first == ask(stage, run)
    assert 1 == stage.asked("WorkflowFile")
    key = f"{SHOP} {run.id} {run.sha}...{repo.head}"
    stage.memory.remember("workflow-file", key, "[]", now=stage.world.now())
    assert first == ask(stage, run)
    assert 2 == stage.asked("WorkflowFile")


def test_a_head_that_github_does_not_have_is_not_told(stage: Stage) -> None:
    """Not seeing a commit is not seeing that its file is gone."""
    run = stage.world.repo(SHOP).run("CI", "failure")

    assert isinstance(ask(stage, run, newer=Sha("f" * 40)), Blind)


def test_a_read_that_fails_is_blind(stage: Stage) -> None:
    """A cut answer says nothing."""
    run = stage.world.repo(SHOP).run("CI", "failure")
    stage.world.faults.add(host="github", mode="status", match="WorkflowFile", times=9)

    found = ask(stage, run)

    assert isinstance(found, Blind)
    assert "502" in found.why
