"""What must be true in the end: when nothing goes wrong any more, the issues say what is so.

The faults stop, everything that is under way ends, people's old words are let alone, and within
three cycles the open issues are those that the world itself wants, and those that a fresh agent
without any ledger would want: it would open, close and reopen nothing.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

from pipeline_health.core.issue_text import read_marker
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.issue import Marker
from pipeline_health.core.model.report import ChangeLine
from pipeline_health.simulator.github_records import Issue
from pipeline_health.simulator.github_world import Repo
from properties.cycles import Passed
from properties.many import consequences, parents_in, told_in
from properties.many import decided as decided_of_many
from properties.moves_code import GREEN
from properties.moves_many import free_the_operators
from properties.scene import about, shelf
from properties.town import OPS, SECRETS, US, Town
from properties.truth import UNDER_WAY, State, Thing, Workflow, truths

REST = timedelta(hours=7)
"""What comes and goes is held open for longer within six hours."""


def no_secret_is_kept(home: Path) -> Iterator[str]:
    """No planted secret is in a ledger or in a copy of one."""
    for path in sorted(home.rglob("*.db*")):
        kept = path.read_bytes()
        for at, secret in enumerate(SECRETS):
            if secret.encode() in kept:
                yield f"planted secret {at} is kept in {path.name}"


def settle(town: Town, dice: Random) -> None:
    """Let everything that is under way end, and every list and right be as it should."""
    world = town.world
    world.list_lag = world.runs_lag = timedelta(0)
    for repo in town.places:
        repo.has_issues, repo.drops_labels = True, False
    free_the_operators(town, dice)
    for repo in town.repos:
        for run in repo.runs:
            if run.status != "completed":
                world.advance(timedelta(seconds=1))
                repo.finish(run, dice.choice(("success", "failure")), log="boom")
    for _, service in town.services:
        for one in service.deployments:
            if one.status in UNDER_WAY or one.status == "NEEDS_APPROVAL":
                world.advance(timedelta(seconds=1))
                service.become(one, dice.choice(("SUCCESS", "FAILED")))
    world.advance(REST)


def mend(town: Town) -> None:
    """Let everything work, long enough for it to be believed."""
    for repo in town.repos:
        gone = [
            name
            for product in town.products
            if product.repo is repo
            for name in product.workflows
            if name not in town.workflows(repo)
        ]
        repo.push("fix: everything", files={repo.path_of(name): f"name: {name}" for name in gone})
        town.world.advance(timedelta(minutes=4))
        for name in town.workflows(repo):
            repo.run(name, "success", jobs=GREEN)
    for _, service in town.services:
        service.deploy("SUCCESS")
    town.world.advance(timedelta(minutes=1))


def nothing_of_many(town: Town) -> Iterator[str]:
    """When everything is mended and seen, no portfolio issue of ours is open.

    One that a person opened again after it was over may be: nobody looks there in vain.
    """
    for issue in () if town.ops is None else town.ops.issues.values():
        ours = issue.user == US and issue.number not in town.wanted_open
        if ours and issue.state == "open":
            yield f"#{issue.number} ({issue.title}) is open"


def wanted(town: Town) -> set[Thing]:
    """Give what is broken, but for what people decided about."""
    broken = {thing for thing, truth in truths(town).items() if truth.state is State.BROKEN}
    return broken - _decided(town)


def _decided(town: Town) -> set[Thing]:
    """Give what a person muted, or may have muted by deleting its issue."""
    decided = decided_of_many(town)
    for repo, issue in town.issues():
        if issue.user == US and _is_muted(issue):
            decided |= about(town, repo, issue)
    for thing in truths(town):
        for product in town.products:
            if product.repo.deleted and _is_of(thing, product.name, product.repo.id):
                decided.add(thing)
    return decided


def _is_muted(issue: Issue) -> bool:
    return issue.state_reason == "not_planned" and issue.closed_by == "dev"


def _is_of(thing: Thing, product: str, repo: int) -> bool:
    return product == getattr(thing, "product", None) or repo == getattr(thing, "repo", None)


def converged(town: Town) -> Iterator[str]:
    """Tell of what is broken and has no issue, and of what is proved to work and has one."""
    for repo, issue, marker in _ours_open(town):
        if _is_over(town, repo, issue, marker):
            yield f"{repo.name}#{issue.number} ({issue.title}) is open, and all of it works"
    for thing in sorted(wanted(town) - _told(town), key=repr):
        yield f"{thing} is broken, and no issue says so"


def _ours_open(town: Town) -> Iterator[tuple[Repo, Issue, Marker]]:
    for repo, issue in town.issues():
        marker = read_marker(issue.body)
        if issue.user == US and issue.state == "open" and marker is not None:
            yield repo, issue, marker


def _told(town: Town) -> set[Thing]:
    """Give what the open issues of ours are about."""
    told = {thing for repo, issue, _ in _ours_open(town) for thing in about(town, repo, issue)}
    for _, issue, _ in parents_in(town, shelf(town)):
        told |= told_in(town, issue)
    return told | (set() if town.ops is None else consequences(town))


def _is_over(town: Town, repo: Repo, issue: Issue, marker: Marker) -> bool:
    """Tell whether all that an issue is about works, and has done so since it last failed.

    What never came to a service is proved by that commit alone, and a workflow that was taken away
    proves nothing.
    """
    found, things = truths(town), about(town, repo, issue)
    missing = any(one.kind is Kind.STAGING_DEPLOY_MISSING for one in marker.symptoms)
    gone = any(
        isinstance(thing, Workflow) and thing.name not in town.workflows(repo) for thing in things
    )
    if missing or gone or len(marker.symptoms) > len(things) or not things <= found.keys():
        return False
    proved = [found[thing] for thing in things if found[thing].state is State.WORKS]
    return len(proved) == len(things) and all(
        truth.since is not None
        and truth.since > marker.failed_at
        and (marker.commit is None or _descends(repo, truth.commit, marker.commit))
        for truth in proved
    )


def _descends(repo: Repo, commit: str | None, failing: str) -> bool:
    return commit is not None and failing in repo.ancestry(commit)


def wants_nothing_else(town: Town, passed: Passed, *, known: str) -> Iterator[str]:
    """Tell what a fresh agent with an empty ledger would open, close or reopen: nothing.

    It reads what the operator wrote down, as the other agent does: a repository that was renamed
    has its old name there, by which Railway's older deployments are known.
    *known* is the last sentence of the agent that has a ledger.
    """
    report = passed.report
    deleted = {repo.full_name for repo in town.repos if repo.deleted}
    learned = {
        repo.full_name
        for repo, issue in town.issues()
        if issue.user == US
        and (issue.state == "open" or issue.state_reason == "not_planned")
        and issue.title.startswith("No CI on ")
    }
    forgotten = _repos_of(town, decided_of_many(town))
    for change in report.changes if report is not None else ():
        if change.change == "open" and change.repo in deleted:
            continue  # nobody but the ledger knows that its issue was deleted
        if change.change == "reopen" and _only_a_deleted_one_told(town, change):
            continue
        if change.change in ("open", "reopen") and "not filed beside the cause" in known:
            continue  # an issue does not tell that it was closed by a proof before its cause came
        if change.change in ("open", "reopen") and change.repo in forgotten:
            continue  # nobody but the ledger knows that all of it was muted in one issue
        if change.repo in learned:
            continue  # which workflows are required is learned, and remembered
        if change.change in ("open", "close", "reopen"):
            what = f"{change.repo} {change.issue or change.fingerprint}"
            yield f"it would {change.change} {what}: {change.reason}"


def _repos_of(town: Town, things: set[Thing]) -> set[str]:
    """Name the repositories of things, and of what names them all."""
    ops = [town.ops.full_name, OPS] if town.ops is not None and things else []
    return {
        *ops,
        *(
            product.repo.full_name
            for product in town.products
            for thing in things
            if _is_of(thing, product.name, product.repo.id)
        ),
    }


def _only_a_deleted_one_told(town: Town, change: ChangeLine) -> bool:
    """Tell whether an issue is about what is broken, and only a deleted issue can have said so.

    The ledger knows that what is broken belongs to the deleted issue, as its second symptom, and
    waits for a person's decision about that one. Without it an older issue about the same thing,
    closed with proof, is the only one there is, and to open it again is right.
    """
    told, found = _told(town), truths(town)
    return any(
        found[thing].state is State.BROKEN
        for repo, issue in town.issues()
        if repo.deleted and (repo.full_name, issue.number) == (change.repo, change.issue)
        for thing in (about(town, repo, issue) & found.keys()) - told
    )
