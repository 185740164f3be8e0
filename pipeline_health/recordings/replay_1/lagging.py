"""Alarms that production lagged: the kind of file that has `threshold_seconds`."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.readings import CheckConclusion, CheckStatus, DeploymentState
from pipeline_health.core.model.recording import (
    Fact,
    FiledBefore,
    JobTold,
    Pushed,
    RecordedProject,
    Recording,
    RecordTold,
    RootCause,
    RunTold,
    Stretch,
)
from pipeline_health.core.toml import quoted
from pipeline_health.frozen import dataclass
from pipeline_health.recordings.replay_1.common import (
    CI,
    TESTED_AFTER,
    TICK,
    UNRECORDED,
    Numbers,
    checked,
    earliest,
    first_commit,
    in_order,
    joined,
    numbered,
    owner_of,
    repo_of,
    sha_of,
    whole_time,
)

_PIPELINE = "Pipeline"
_STAGING, _PRODUCTION = "Deploy to staging", "Deploy to production"
_ENVIRONMENT = "production"
_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One alarm: a commit on its way, when it was tested and deployed, and when it was cried."""

    node: Json
    repo: RepoName
    number: int
    push: Pushed
    tested_at: datetime | None
    piped_at: datetime | None
    deployed_at: datetime | None
    cried_at: datetime | None

    @property
    def cause(self) -> str:
        """The id of its root cause."""
        return f"{self.repo}#{self.number}"


def read_lagging(whole: Json) -> Recording:
    """Read the file; raises UnexpectedShapeError."""
    cases = [_case(node, whole) for node in whole.items("issues")]
    numbers = Numbers()
    stretches = joined(stretch for case in cases for stretch in _stretches(case))
    began_at, ended_at = whole_time(stretches, whole)
    told = [*_before(cases, numbers), *(fact for case in cases for fact in _facts(case, numbers))]
    facts = in_order([*_firsts(told, began_at, numbers), *told])
    return Recording(
        name=whole.text("incident"),
        began_at=min(began_at, facts[0].at),
        ended_at=ended_at,
        projects=tuple(_project(repo) for repo in sorted({case.repo for case in cases})),
        facts=facts,
        causes=tuple(map(_cause, cases)),
        filed=tuple(map(_filed, cases)),
        lacks=tuple(_lacks(cases)),
        stretches=stretches,
    )


def _case(node: Json, whole: Json) -> _Case:
    pushed = node.maybe_time("head_committed_at") or node.maybe_time("ci_started_at")
    if pushed is None:
        whole.refuse(f"head_committed_at or ci_started_at of #{node.number('number')}")
    repo, number = repo_of(node), node.number("number")
    sha = sha_of(node, "head_sha") or Sha(f"{number:040x}")
    created = earliest(each.maybe_time("created_at") for each in _records(node))
    piped = node.maybe_time("pipeline_started_at") or created
    return _Case(
        node=node,
        repo=repo,
        number=number,
        push=Pushed(at=pushed, repo=repo, sha=sha, cause=f"{repo}#{number}"),
        tested_at=node.maybe_time("ci_ended_at") or piped,
        piped_at=piped,
        deployed_at=node.maybe_time("pipeline_succeeded_at")
        or node.maybe_time("deployed_at_minute"),
        cried_at=node.maybe_time("detected_at"),
    )


def _records(node: Json) -> Sequence[Json]:
    return tuple(node.items("deployments")) if node.has("deployments") else ()


def _stretches(case: _Case) -> Iterator[Stretch]:
    """Give the time around the deploy, and the one around the alarm."""
    arrived = case.deployed_at or case.push.at
    yield Stretch(began_at=case.push.at - TICK, ended_at=arrived + TICK)
    if case.cried_at is not None:
        yield Stretch(began_at=case.cried_at - TICK, ended_at=case.cried_at + TICK)


def _before(cases: Sequence[_Case], numbers: Numbers) -> Iterator[Fact]:
    """Give what was deployed before, as far as the file names it: each commit once."""
    named: dict[tuple[RepoName, datetime], Sha] = {}
    for case in cases:
        for kind in (
            "last_deployed_sha last_deployed_at",
            "stale_sha_reported stale_time_reported",
        ):
            sha_key, time_key = kind.split()
            sha, at = sha_of(case.node, sha_key), case.node.maybe_time(time_key)
            if sha is not None and at is not None:
                named.setdefault((case.repo, at), sha)
    for (repo, at), sha in named.items():
        push = Pushed(at=at - 2 * TESTED_AFTER, repo=repo, sha=sha)
        yield push
        tested_at, passed = at - TESTED_AFTER, CheckConclusion.SUCCESS
        yield checked(push, tested_at, numbers.at(push.at), passed)
        yield _piped(push, at, numbers.at(at), passed, began=at)


def _firsts(told: Sequence[Fact], began_at: datetime, numbers: Numbers) -> Iterator[Fact]:
    """Give a commit to each repository that has none yet when the first look is made."""
    pushes = [fact for fact in told if isinstance(fact, Pushed)]
    for repo in sorted({push.repo for push in pushes}):
        if all(push.at > began_at for push in pushes if push.repo == repo):
            push = first_commit(repo, began_at - TICK)
            yield push
            yield checked(push, began_at - TICK, numbers.at(push.at), UNRECORDED)


def _facts(case: _Case, numbers: Numbers) -> Iterator[Fact]:
    yield case.push
    if case.node.has("runs_at_head") and case.node.number("runs_at_head") == 0:
        return
    began = case.node.maybe_time("ci_started_at") or case.push.at
    if case.tested_at is not None:
        run_id = case.node.maybe_number("ci_run") or numbers.at(began)
        yield checked(case.push, began, run_id, None, began=began)
        yield checked(case.push, case.tested_at, run_id, CheckConclusion.SUCCESS, began=began)
    if case.piped_at is not None:
        run_id = case.node.maybe_number("pipeline_run") or numbers.at(case.piped_at)
        start = case.piped_at
        yield _piped(case.push, start, run_id, None, began=start)
        if case.deployed_at is not None:
            passed = CheckConclusion.SUCCESS
            yield _piped(case.push, case.deployed_at, run_id, passed, began=start)
    for record in _records(case.node):
        at = record.time("created_at")
        yield RecordTold(
            at=at,
            repo=case.repo,
            id=record.number("id"),
            sha=case.push.sha,
            environment=_ENVIRONMENT,
            state=record.one_of(DeploymentState, "state"),
            created_at=at,
        )


def _piped(
    push: Pushed, at: datetime, run_id: int, ended: CheckConclusion | None, *, began: datetime
) -> RunTold:
    return RunTold(
        at=at,
        repo=push.repo,
        run_id=run_id,
        workflow=_PIPELINE,
        event="workflow_run",
        sha=push.sha,
        status=CheckStatus.IN_PROGRESS if ended is None else CheckStatus.COMPLETED,
        conclusion=ended,
        created_at=began,
        jobs=tuple(JobTold(name=job, conclusion=ended) for job in (_STAGING, _PRODUCTION)),
    )


def _project(repo: RepoName) -> RecordedProject:
    lines = (
        f"ci_workflows = [{quoted(CI)}]",
        f"deploy_workflow = {quoted(_PIPELINE)}",
        f"staging_job = {quoted(_STAGING)}",
        f"production_job = {quoted(_PRODUCTION)}",
    )
    return RecordedProject(name=repo.rpartition("/")[2], repo=repo, lines=lines)


def _cause(case: _Case) -> RootCause:
    is_true = case.node.text("verdict") == "true"
    owner = owner_of(case.node, "who_could_fix") if is_true else None
    return RootCause(id=case.cause, label=case.node.text("cause"), owner=owner)


def _filed(case: _Case) -> FiledBefore:
    return FiledBefore(
        repo=case.repo,
        number=case.number,
        title=case.node.maybe_text("title"),
        cause=case.cause,
        filed_at=case.cried_at,
        failed_at=case.push.at,
        given_to=None,
    )


# -- what is not recorded -------------------------------------------------------------------------


def _lacks(cases: Sequence[_Case]) -> Iterator[str]:
    stand_in: dict[str, list[int]] = {}
    for case in cases:
        for what in _replaced(case):
            stand_in.setdefault(what, []).append(case.number)
    for what, issues in stand_in.items():
        yield f"{numbered(issues)}: {what}"
    yield (
        "What a repository had before its first recorded commit is not recorded: one commit whose "
        "test ended nobody knows how."
    )
    yield (
        "The names of workflows, jobs and environments are not recorded, nor which workflow every "
        f"push begins: {CI}, {_PIPELINE}, {_STAGING}, {_PRODUCTION} and {_ENVIRONMENT} stand in. "
        "Commit ids are short: zeros stand in for their ends. Nor is it recorded whom an issue was "
        "given to."
    )


def _replaced(case: _Case) -> Iterator[str]:
    node = case.node
    if node.at("head_committed_at").missing:
        yield "the push is not recorded: the start of CI stands in."
    if node.at("head_sha").missing:
        yield "the commit is not recorded: an id that stands in."
    if case.tested_at is not None and node.at("ci_ended_at").missing:
        yield "the end of CI is not recorded: what it begins stands in."
    if case.piped_at is not None and node.at("pipeline_started_at").missing:
        yield "the start of the pipeline is not recorded: the first deployment record stands in."
    if node.has("stale_time_reported"):
        yield (
            "that a list of runs led with an old run is not replayed: "
            "docs/signal.md names the story that tells it."
        )
    if case.cried_at is None:
        yield "when it was filed is not recorded."
