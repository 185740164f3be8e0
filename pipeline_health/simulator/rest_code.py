"""GitHub's REST routes for the repository itself, its commits and its Actions runs."""

from datetime import timedelta

from pipeline_health.simulator.github_records import Job, Run
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.rest import Asked, RefusedError, Reply
from pipeline_health.simulator.rest_shapes import (
    annotation_shape,
    commit_shape,
    job_shape,
    repo_shape,
    run_shape,
    status_shape,
    suite_shape,
)
from pipeline_health.simulator.timeline import seconds


def get_repo(asked: Asked) -> Reply:
    """Give the repository."""
    return Reply(payload=repo_shape(asked))


def list_runs(asked: Asked) -> Reply:
    """List workflow runs, newest first; new ones appear late when the world says so."""
    shown = asked.world.now() - max(asked.world.runs_lag, timedelta(0))
    found = [
        run
        for run in reversed(asked.repo.runs)
        if run.created_at <= shown and _is_wanted(asked, run)
    ]
    return asked.page([run_shape(asked, run) for run in found], wrap="workflow_runs")


def _is_wanted(asked: Asked, run: Run) -> bool:
    wanted = asked.query
    return (
        wanted.get("head_sha", run.sha) == run.sha
        and wanted.get("branch", run.branch) == run.branch
        and wanted.get("event", run.event) == run.event
        and wanted.get("status", run.status) in (run.status, run.conclusion)
    )


def get_run(asked: Asked, number: str) -> Reply:
    """Give one workflow run."""
    return Reply(payload=run_shape(asked, _run_of(asked, number)))


def rerun_failed_jobs(asked: Asked, number: str) -> Reply:
    """Begin another attempt of the jobs that failed; a run that has not ended is not run again."""
    run = _run_of(asked, number)
    if run.status != "completed":
        raise RefusedError(403, "This workflow is already running")
    asked.repo.rerun(run, only_failed=True)
    return Reply(payload={}, status=201)


def list_jobs(asked: Asked, number: str) -> Reply:
    """List the jobs of a run's newest attempt, or of all."""
    run = _run_of(asked, number)
    earlier = run.earlier if asked.query.get("filter") == "all" else []
    return asked.page([job_shape(asked, run, job) for job in (*earlier, *run.jobs)], wrap="jobs")


def list_annotations(asked: Asked, number: str) -> Reply:
    """List what was noted at a job, to those who may read checks."""
    if asked.login in asked.world.no_checks:
        raise RefusedError(403, "Resource not accessible by personal access token")
    job = find_job(asked.repo, number)
    if job is None:
        raise RefusedError(404, "Not Found")
    return asked.page([annotation_shape(asked, note) for note in job.annotations])


def job_log(asked: Asked, number: str) -> Reply:
    """Send the client on to the stored log of a job, if there is one yet."""
    job = find_job(asked.repo, number)
    if job is None or not job.log:
        raise RefusedError(404, "Not Found")
    return Reply(status=302, headers={"Location": f"{asked.base}/_blob/{asked.repo.id}/{number}"})


def find_job(repo: Repo, number: str) -> Job | None:
    """Find a job of any run by its id."""
    jobs = (job for run in repo.runs for job in (*run.earlier, *run.jobs))
    return next((job for job in jobs if job.id == int(number)), None)


def stored_log(job: Job) -> bytes:
    """Give a log as GitHub stores it: a byte-order mark, and a time before every line."""
    stamp = (seconds(job.completed_at or job.started_at) or "").replace("Z", ".1234567Z")
    text = "".join(f"{stamp} {line}\n" for line in job.log.splitlines())
    return ("\ufeff" + text).encode()


def combined_status(asked: Asked, ref: str) -> Reply:
    """Give the newest status of each context; none at all is called pending."""
    sha = _commit_of(asked, ref)
    found = asked.repo.statuses_of(sha)
    states = {status.state for status in found}
    worst = "failure" if states & {"failure", "error"} else "pending"
    return Reply(
        payload={
            "sha": sha,
            "state": "success" if states == {"success"} else worst,
            "total_count": len(found),
            "statuses": [status_shape(asked, status) for status in found],
            "repository": repo_shape(asked),
            "url": f"{asked.url}/commits/{sha}/status",
            "commit_url": f"{asked.url}/commits/{sha}",
        }
    )


def list_suites(asked: Asked, ref: str) -> Reply:
    """List the check suites of a commit, to those who may read checks."""
    if asked.login in asked.world.no_checks:
        raise RefusedError(403, "Resource not accessible by personal access token")
    suites = asked.repo.suites_of(_commit_of(asked, ref))
    return asked.page([suite_shape(suite) for suite in suites], wrap="check_suites")


def compare(asked: Asked, base: str, head: str) -> Reply:
    """Tell how *head* stands to *base*."""
    older, newer = _commit_of(asked, base), _commit_of(asked, head)
    before, after = asked.repo.ancestry(older), asked.repo.ancestry(newer)
    known, reached = set(before), set(after)
    common = next((sha for sha in before if sha in reached), None)
    if common is None:
        raise RefusedError(404, "No common ancestor between the two commits.")
    ahead = [sha for sha in reversed(after) if sha not in known]
    behind = _beyond(before, reached)
    return Reply(
        payload={
            "status": _relation(len(ahead), behind),
            "ahead_by": len(ahead),
            "behind_by": behind,
            "total_commits": len(ahead),
            "base_commit": commit_shape(asked, older),
            "merge_base_commit": commit_shape(asked, common),
            "commits": [commit_shape(asked, sha) for sha in ahead],
            "files": [
                {"filename": name, "status": "modified"}
                for sha in ahead
                for name in asked.repo.commits[sha].files
            ],
            "url": f"{asked.url}/compare/{base}...{head}",
            "html_url": f"https://github.com/{asked.repo.full_name}/compare/{base}...{head}",
        }
    )


def _beyond(line: list[str], reached: set[str]) -> int:
    return sum(sha not in reached for sha in line)


def _relation(ahead: int, behind: int) -> str:
    if ahead and behind:
        return "diverged"
    if ahead:
        return "ahead"
    return "behind" if behind else "identical"


def _run_of(asked: Asked, number: str) -> Run:
    found = next((run for run in asked.repo.runs if run.id == int(number)), None)
    if found is None:
        raise RefusedError(404, "Not Found")
    return found


def _commit_of(asked: Asked, ref: str) -> str:
    found = asked.repo.find_commit(ref)
    if found is None:
        raise RefusedError(404, "Not Found")
    return found
