"""A repository's pushes, failing runs and issues: the kind of file that has `pushes`."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter

from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.readings import CheckConclusion, CheckStatus
from pipeline_health.core.model.recording import (
    Fact,
    FiledBefore,
    JobTold,
    Pushed,
    RecordedProject,
    Recording,
    RootCause,
    RunTold,
)
from pipeline_health.core.toml import quoted
from pipeline_health.recordings.replay_1.common import (
    CI,
    TESTED_AFTER,
    TICK,
    UNRECORDED,
    Numbers,
    checked,
    in_order,
    owner_of,
    repo_of,
    sha_of,
    silent_tick,
)
from pipeline_health.recordings.replay_1.storm_file import (
    URL,
    StormFile,
    filed_by,
    lacks_of,
    silences,
    without_run,
)
from pipeline_health.recordings.replay_1.storm_runs import failing_runs


def read_storm(whole: Json) -> Recording:
    """Read the file; raises UnexpectedShapeError."""
    repo = repo_of(whole)
    pushes = [_push(repo, each) for each in whole.items("pushes")]
    file = StormFile(
        repo=repo,
        pushes=tuple(sorted(pushes, key=attrgetter("at"))),
        runs=tuple(whole.items("runs")),
        issues=tuple(whole.items("issues")),
        causes=tuple(_cause(each) for each in whole.items("root_causes")),
        ci=whole.at("ci"),
        signals=tuple(whole.items("other_signals")),
        numbers=Numbers(),
    )
    period = [each.time() for each in whole.items("period")]
    if not period:
        whole.at("period").refuse("a list of times")
    told = tuple(failing_runs(file))
    facts = in_order([*file.pushes, *_tested(file, told), *told, *_silent(file)])
    return Recording(
        name=whole.text("incident"),
        began_at=min(period),
        ended_at=max(period) + TICK,  # until the monitor of that time looked again
        projects=(_project(file),),
        facts=facts,
        causes=file.causes,
        filed=tuple(_filed(file, each) for each in file.issues),
        lacks=tuple(lacks_of(file, facts)),
    )


def _push(repo: RepoName, node: Json) -> Pushed:
    sha = sha_of(node, "sha") or Sha(node.text("sha"))
    return Pushed(at=node.time("committed_at"), repo=repo, sha=sha, message=node.text("subject"))


def _cause(node: Json) -> RootCause:
    return RootCause(
        id=node.text("id"),
        label=node.text("label"),
        owner=owner_of(node, "owner"),
        began_at=node.maybe_time("began_at"),
        ended_at=node.maybe_time("ended_at"),
    )


def _project(file: StormFile) -> RecordedProject:
    lines = [
        f"deploy_workflow = {quoted(file.pipeline)}",
        f"staging_job = {quoted(file.ci.text('failed_job'))}",
    ]
    skipped = [job.text() for job in file.ci.items("skipped_jobs")]
    production = [job for job in skipped if "production" in job.lower()]
    lines += [f"production_job = {quoted(job)}" for job in production[:1]]
    if any(True for _ in silences(file)):
        lines.append(f'production_url = "{URL}"')
    name = file.repo.rpartition("/")[2]
    return RecordedProject(name=name, repo=file.repo, lines=tuple(lines))


# -- what was not recorded, and stands in ---------------------------------------------------------


def _tested(file: StormFile, told: Sequence[RunTold]) -> Iterator[RunTold]:
    """Give a run of CI at each commit of which none is recorded.

    It passed where the pipeline is recorded, which begins when it ended, and where a failure of its
    own is recorded to have ended; else how it ended is unknown.
    """
    recorded = {run.sha for run in told if run.workflow == CI}
    piped = {run.sha: run for run in reversed(told) if run.workflow == file.pipeline}
    mended = _mended(file, told)
    for push in file.pushes:
        if push.sha in recorded:
            continue
        number, ended = file.numbers.at(push.at), push.at + TESTED_AFTER
        run = piped.get(push.sha)
        if run is None and push.at not in mended:
            yield checked(push, ended, number, UNRECORDED)
            continue
        yield checked(push, ended, number, CheckConclusion.SUCCESS)
        if run is None or run.bound:
            yield _unknown(file, push, ended, file.numbers.at(ended) if run is None else run.run_id)


def _mended(file: StormFile, told: Sequence[RunTold]) -> frozenset[datetime | None]:
    """Give when failures of CI itself ended: with the commit of that time."""
    of_ci = {run.cause for run in told if run.workflow == CI}
    return frozenset(cause.ended_at for cause, _ in without_run(file) if cause.id in of_ci)


def _unknown(file: StormFile, push: Pushed, at: datetime, run_id: int) -> RunTold:
    """Give the run of the pipeline that a passed CI begins: how it ended is not known then."""
    return RunTold(
        at=at,
        repo=file.repo,
        run_id=run_id,
        workflow=file.pipeline,
        event="workflow_run",
        sha=push.sha,
        status=CheckStatus.COMPLETED,
        conclusion=UNRECORDED,
        created_at=at,
        jobs=(JobTold(name=file.ci.text("failed_job"), conclusion=UNRECORDED),),
    )


def _silent(file: StormFile) -> Iterator[Fact]:
    """Give the looks at which a URL did not answer."""
    for issue, at in silences(file):
        yield from silent_tick(file.repo, at, cause=issue.maybe_text("root_cause"))


# -- what the monitor of that time did -----------------------------------------------------------


def _filed(file: StormFile, issue: Json) -> FiledBefore:
    exact = issue.maybe_time("filed_at")
    is_taken = not issue.at("agent_first_branch_at").missing
    return FiledBefore(
        repo=file.repo,
        number=issue.number("number"),
        title=issue.maybe_text("title"),
        cause=issue.maybe_text("root_cause"),
        filed_at=filed_by(issue),
        failed_at=issue.maybe_time("failure_logged_at"),
        given_to=Owner.AGENT if is_taken or any(issue.items("prs")) else None,
        bound=exact is None,
    )
