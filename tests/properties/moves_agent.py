"""What an agent does with our issues: its best, nothing, or harm."""

from datetime import timedelta
from random import Random

from pipeline_health.simulator.github_records import Issue
from pipeline_health.simulator.github_world import Repo
from properties.moves_code import GREEN, RUNS, run_at_head
from properties.town import AGENT, US, Town

RUNNING = ("archon:triage-in-progress", "archon:in-progress", "archon:blocked")
OVER = ("archon:done", "archon:failed")
BAD_RUNS = tuple(row for row in RUNS if row[0] in ("failure", "timed_out"))


def ours(town: Town, *, state: str, label: str = "") -> list[tuple[Repo, Issue]]:
    """List the issues that our account wrote and that are in *state*."""
    return [
        (repo, issue)
        for repo, issue in town.issues()
        if issue.user == US and issue.state == state and (not label or label in issue.labels)
    ]


def pick_up(town: Town, dice: Random) -> str:
    """Let the agent take an issue that waits for it."""
    queued = ours(town, state="open", label="archon:queued")
    if not queued:
        return ""
    repo, issue = dice.choice(queued)
    _swap(repo, issue, dice.choice(RUNNING), away=("archon:queued",))
    return f"{AGENT} takes {repo.name}#{issue.number}"


def give_up_or_finish(town: Town, dice: Random) -> str:
    """Let a run of the agent be over."""
    taken = [pair for label in RUNNING for pair in ours(town, state="open", label=label)]
    if not taken:
        return ""
    repo, issue = dice.choice(taken)
    label = dice.choice(OVER)
    _swap(repo, issue, label, away=RUNNING)
    return f"{AGENT} says {label} of {repo.name}#{issue.number}"


def close_without_a_fix(town: Town, dice: Random) -> str:
    """Let the agent close an issue, whatever is broken."""
    standing = ours(town, state="open", label="bug")
    if not standing:
        return ""
    repo, issue = dice.choice(standing)
    reason = dice.choice(("completed", "completed", "not_planned"))
    repo.close_issue(issue.number, user=AGENT, reason=reason)
    return f"{AGENT} closes {repo.name}#{issue.number} as {reason}"


def merge_a_fix(town: Town, dice: Random) -> str:
    """Let the agent merge what mends everything."""
    return _merge(town, dice, good=True)


def merge_what_mends_nothing(town: Town, dice: Random) -> str:
    """Let the agent merge what says that it mends, and does not."""
    return _merge(town, dice, good=False)


def _merge(town: Town, dice: Random, *, good: bool) -> str:
    standing = ours(town, state="open")
    if not standing:
        return ""
    repo, issue = dice.choice(standing)
    pull = repo.pull("fix", f"Fixes #{issue.number}", user=f"{AGENT}[bot]")
    town.world.advance(timedelta(seconds=dice.randint(20, 200)))
    repo.push(f"fix (#{pull.number})", f"{AGENT}[bot]")
    repo.merge_pull(pull.number, user=AGENT)
    for workflow in town.workflows(repo):
        conclusion, jobs, _ = ("success", GREEN, 0) if good else dice.choice(BAD_RUNS)
        run_at_head(town, repo, workflow, dice, conclusion=conclusion, jobs=jobs)
    for product, service in town.services:
        if product.repo is repo:
            service.deploy("SUCCESS" if good else dice.choice(("FAILED", "SUCCESS")))
    what = "a fix of" if good else "what does not mend"
    return f"{AGENT} merges {what} {repo.name}#{issue.number}"


def relabel(town: Town, dice: Random) -> str:
    """Let the agent give an issue to a person, or keep everybody's hands off it."""
    standing = ours(town, state="open")
    if not standing:
        return ""
    repo, issue = dice.choice(standing)
    label = dice.choice(("archon:skipped", "manual-review", "human-needed", "factory-gap"))
    _swap(repo, issue, label, away=("archon:queued",))
    return f"{AGENT} puts {label} on {repo.name}#{issue.number}"


def delete_the_check(town: Town, dice: Random) -> str:
    """Let the agent make a check green by taking it away."""
    repo = dice.choice(town.repos)
    present = town.workflows(repo)
    if not present:
        return ""
    gone = dice.choice(present)
    repo.push(f"chore: drop {gone}", f"{AGENT}[bot]", removes=[repo.path_of(gone)])
    for workflow in town.workflows(repo):
        run_at_head(town, repo, workflow, dice, conclusion="success", jobs=GREEN)
    return f"{AGENT} deletes {gone} of {repo.name}"


def restore_the_check(town: Town, dice: Random) -> str:
    """Let somebody bring a deleted check back, green."""
    gone = [
        (product.repo, name)
        for product in town.products
        for name in product.workflows
        if name not in town.workflows(product.repo)
    ]
    if not gone:
        return ""
    repo, name = dice.choice(gone)
    repo.push(f"revert: bring {name} back", files={repo.path_of(name): f"name: {name}"})
    for workflow in town.workflows(repo):
        run_at_head(town, repo, workflow, dice, conclusion="success", jobs=GREEN)
    return f"{name} of {repo.name} is back"


def _swap(repo: Repo, issue: Issue, label: str, *, away: tuple[str, ...]) -> None:
    repo.label_issue(issue.number, [*(one for one in issue.labels if one not in away), label])
