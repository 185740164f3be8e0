"""One commit of a simulated GitHub, looked at through our source; shared by its contract tests."""

import json

from github_stage import SHOP, Stage, project
from pipeline_health.core.model.commit import AtCommit, CommitSight, NamedCheck
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import BranchRun
from pipeline_health.core.model.readings import Part, Reading, Seen
from pipeline_health.ports import CommitSource

NOWHERE = Sha("f" * 40)


def ask(stage: Stage, sha: str, policy: ProjectPolicy | None = None) -> Reading[AtCommit]:
    """Look at one commit, by the port."""
    return ask_of(stage.source(), stage, sha, policy or project())


def ask_of(
    source: CommitSource, stage: Stage, sha: str, policy: ProjectPolicy
) -> Reading[AtCommit]:
    """Look at one commit through *source*."""
    return source.at_commit(policy, Sha(sha), now=stage.world.now())


def sight(stage: Stage, sha: str, policy: ProjectPolicy | None = None) -> CommitSight:
    """Look at one commit that must be there."""
    seen = ask(stage, sha, policy)
    assert isinstance(seen, Seen), seen
    assert isinstance(seen.value, CommitSight), seen.value
    return seen.value


def seen_parts(sight: CommitSight) -> dict[str, bool]:
    """Tell of each part whether it was seen."""
    parts: dict[str, Part[object]] = {
        "relation": sight.relation,
        "checks": sight.checks,
        "deployments": sight.deployments,
        "runs": sight.runs,
        "named": sight.named,
    }
    return {name: isinstance(part, Seen) for name, part in parts.items()}


def named_of(sight: CommitSight) -> tuple[NamedCheck, ...]:
    """Give the check runs of the name, or fail with why there are none."""
    assert isinstance(sight.named, Seen), sight.named
    return sight.named.value


def runs_of(sight: CommitSight) -> tuple[BranchRun, ...]:
    """Give the runs of the deploy workflow, or fail with why there are none."""
    assert isinstance(sight.runs, Seen), sight.runs
    return sight.runs.value


def without(stage: Stage, answer: object, match: str = "query Commit(") -> None:
    """Let GitHub give *answer* to the next question about a commit."""
    stage.world.faults.add(
        host="github", mode="status", match=match, status=200, body=json.dumps(answer)
    )


SUITE = {
    "id": "CS_1",
    "databaseId": 1,
    "status": "QUEUED",
    "conclusion": None,
    "createdAt": "2026-03-02T10:00:00Z",
    "updatedAt": "2026-03-02T10:00:00Z",
    "app": {"slug": "renovate"},
    "workflowRun": None,
    "counted": {"totalCount": 0},
    "named": {"pageInfo": {"hasNextPage": False}, "nodes": []},
}


def answer(sha: str, *spoiled: str, type_: str = "", **fields: object) -> dict[str, object]:
    """Give a whole answer about a commit, but for an error at each of the *spoiled* paths."""
    suite = {**SUITE, **fields.pop("suite", {})}  # type: ignore[dict-item]
    commit: dict[str, object] = {
        "__typename": "Commit",
        "oid": sha,
        "committedDate": "2026-03-02T10:00:00Z",
        "status": None,
        "checkSuites": {"pageInfo": {"hasNextPage": False, "endCursor": "1"}, "nodes": [suite]},
        "deployments": {"nodes": []},
        **fields,
    }
    branch = {"name": "main", "target": {"oid": sha, "history": {"nodes": [{"oid": sha}]}}}
    errors = [
        {"message": "oh", "type": type_, "path": ["repository", *path.split("/")]}
        for path in spoiled
    ]
    repository = {"nameWithOwner": str(SHOP), "branch": branch, "commit": commit}
    return {"data": {"repository": repository}, "errors": errors}
