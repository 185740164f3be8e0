"""What GitHub showed of a project in one look, as facts with GitHub's own times."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit, urlunsplit

from pipeline_health.core.ci_verdict import is_orphan
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.questions import (
    Answers,
    Evidence,
    EvidenceOf,
    JobsOf,
    RunTrace,
)
from pipeline_health.core.model.readings import (
    CheckConclusion,
    Checks,
    DeploymentRecord,
    Seen,
    Suite,
    WorkflowRun,
)
from pipeline_health.core.model.recording import (
    JobTold,
    Pushed,
    RecordTold,
    RunTold,
    StatusTold,
    SuiteTold,
)
from pipeline_health.core.model.shown import LONGEST_LOG
from pipeline_health.core.model.snapshot import ProjectView

_ERROR = "##[error]"


def pushes(view: ProjectView) -> Iterator[Pushed]:
    """Give the commits of the branch, oldest first; only of the head is there a message."""
    branch = view.github.branch
    if not isinstance(branch, Seen):
        return
    head, repo = branch.value.head, view.policy.repo
    dated = dict(zip(branch.value.history, branch.value.dates, strict=False))
    for sha, at in reversed(dated.items()):
        if sha != head.sha:
            yield Pushed(at=at, repo=repo, sha=sha)
    yield Pushed(
        at=head.committed_at,
        repo=repo,
        sha=head.sha,
        message=branch.value.message or head.subject,
        author=head.author,
    )


def runs(view: ProjectView) -> Iterator[RunTold]:
    """Give every workflow run that was seen, with the jobs that were asked for."""
    for sha, suite in _suites(view):
        if suite.run is not None:
            yield _run(view, sha, suite, suite.run)
    for question, answer in view.answers.runs.items():
        if question.repo == view.policy.repo and isinstance(answer, Seen):
            for each in answer.value:
                yield _run(view, each.sha, each.suite, each.run)


def suites(view: ProjectView) -> Iterator[SuiteTold]:
    """Give the suites of other apps than Actions; one that nobody will fill tells nothing."""
    for sha, suite in _suites(view):
        if suite.run is None and not is_orphan(suite, now=view.now):
            yield SuiteTold(
                at=suite.updated_at,
                repo=view.policy.repo,
                suite_id=suite.id,
                app=suite.app,
                sha=sha,
                status=suite.status,
                conclusion=suite.conclusion,
                created_at=suite.created_at,
            )


def statuses(view: ProjectView) -> Iterator[StatusTold]:
    """Give every commit status that was seen."""
    for checks in _checks(view):
        for status in checks.statuses:
            yield StatusTold(
                at=status.created_at,
                repo=view.policy.repo,
                sha=checks.sha,
                context=status.context,
                state=status.state,
                creator=status.creator,
                url=bare_url(status.url),
                description=status.description,
            )


def records(view: ProjectView) -> Iterator[RecordTold]:
    """Give GitHub's deployments to staging and to production, oldest first."""
    seen: list[DeploymentRecord] = []
    for part in (view.github.deployments, view.github.production):
        seen += part.value if isinstance(part, Seen) else ()
    for record in sorted(seen, key=lambda each: (each.created_at, each.id)):
        yield RecordTold(
            at=record.changed_at,
            repo=view.policy.repo,
            id=record.id,
            sha=record.sha,
            environment=record.environment,
            state=record.state,
            created_at=record.created_at,
            creator=record.creator,
        )


def bare_url(url: str | None) -> str | None:
    """Give *url* without what could be secret in it: user, password, query and fragment."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def log_of(evidence: Evidence, log: str | None = None, *, mark: str = "") -> str:
    """Give the end of *log*, below the first error of *evidence* where the end lacks it."""
    whole = evidence.tail if log is None else log
    first, end = evidence.first_error, whole[-LONGEST_LOG:]
    if first is None or first in end:
        return end
    line = f"{mark}{first}"[: LONGEST_LOG // 2]
    return f"{line}\n{whole[-(LONGEST_LOG - len(line) - 1) :]}".rstrip("\n")


# -- runs and their jobs ---------------------------------------------------------------------


def _checks(view: ProjectView) -> Iterator[Checks]:
    github = view.github
    if isinstance(github.earlier, Seen):
        yield from reversed(github.earlier.value)
    if isinstance(github.checks, Seen):
        yield github.checks.value


def _suites(view: ProjectView) -> Iterator[tuple[Sha, Suite]]:
    for checks in _checks(view):
        for suite in checks.suites:
            yield checks.sha, suite


def _run(view: ProjectView, sha: Sha, suite: Suite, run: WorkflowRun) -> RunTold:
    trace = RunTrace(repo=view.policy.repo, run_id=run.id, updated_at=suite.updated_at, url=run.url)
    return RunTold(
        at=suite.updated_at,
        repo=view.policy.repo,
        run_id=run.id,
        workflow=run.workflow,
        event=run.event,
        sha=sha,
        status=suite.status,
        conclusion=suite.conclusion,
        created_at=suite.created_at,
        jobs=tuple(_jobs(view.answers, trace)),
        branch=suite.branch,
    )


def _jobs(answers: Answers, trace: RunTrace) -> Iterator[JobTold]:
    """Give the jobs that were asked for, and those that failed with what they left behind."""
    asked, evidence = answers.jobs.get(JobsOf(trace)), answers.evidence.get(EvidenceOf(trace))
    named = {job.name: job for job in asked.value} if isinstance(asked, Seen) else {}
    logs = _logs(evidence.value) if isinstance(evidence, Seen) else {}
    for name in dict.fromkeys((*named, *logs)):
        job = named.get(name)
        step, log = logs.get(name, ("", ""))
        yield JobTold(
            name=name,
            conclusion=CheckConclusion.FAILURE if job is None else job.conclusion,
            step=step or (job and job.step) or "",
            log=log,
        )


def _logs(evidence: Evidence) -> Mapping[str, tuple[str, str]]:
    """Give step and log of each failing job; the first error stands in the first if in no other."""
    parts = _parts(evidence)
    ends = [part[-LONGEST_LOG:] for part in parts]
    first = evidence.first_error
    if ends and first is not None and not any(first in end for end in ends):
        ends[0] = log_of(evidence, parts[0], mark=_ERROR)
    told = zip(evidence.jobs, evidence.steps, ends, strict=False)
    return {job: (place.removeprefix(job).removeprefix(" / "), end) for job, place, end in told}


def _parts(evidence: Evidence) -> list[str]:
    """Give the log of each failing job: the tail names the step above the lines of each."""
    parts: list[list[str]] = [[] for _ in evidence.jobs]
    headings = {
        f"--- {place} ---": part for place, part in zip(evidence.steps, parts, strict=False)
    }
    part = parts[0] if parts else []
    for line in evidence.tail.splitlines():
        if line in headings:
            part = headings[line]
        else:
            part.append(line)
    return ["\n".join(each) for each in parts]
