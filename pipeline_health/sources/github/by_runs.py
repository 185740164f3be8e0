"""Checks by way of Actions runs, for tokens that may not see check suites.

Fine-grained tokens have no permission for checks at all. Runs and commit statuses tell the same of
Actions; what other apps check stays invisible, and the reading says so (`other_apps`).
"""

from dataclasses import replace

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_sighting import Sighting, Wanted
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.readings import (
    Blind,
    Branch,
    Checks,
    GitHubReading,
    Part,
    Reading,
    Seen,
    Suite,
)


def reading_by_runs(client: GitHub, wanted: Wanted, sighting: Sighting) -> GitHubReading:
    """Give the reading of *sighting* with Actions runs in the place of check suites."""
    reading = sighting.reading
    if not isinstance(reading.branch, Seen):
        return reading
    # A redirect from an old name would cost a request more.
    seen = reading.repository
    repo = seen.value.name if isinstance(seen, Seen) else wanted.repo
    return replace(
        reading,
        checks=_head(client, repo, sighting.bare),
        earlier=_earlier(client, repo, reading.branch.value, sighting.bare_earlier),
    )


def _head(client: GitHub, repo: RepoName, bare: Reading[Checks]) -> Reading[Checks]:
    if isinstance(bare, Blind):
        return bare
    try:
        runs = client.runs_at(repo, bare.value.sha)
    except ClientError as exc:
        return Blind(at=bare.at, why=str(exc))
    suites = tuple(run.suite for run in runs)
    return replace(bare, value=replace(bare.value, suites=suites, other_apps=False))


def _earlier(
    client: GitHub, repo: RepoName, branch: Branch, bare: Part[tuple[Checks, ...]]
) -> Part[tuple[Checks, ...]]:
    """Give the checks of every older commit of the branch that the newest runs tell of."""
    if not isinstance(bare, Seen):
        return bare
    try:
        runs = client.runs_on(repo, branch.name)
    except ClientError as exc:
        return Blind(at=bare.at, why=str(exc))
    suites: dict[Sha, tuple[Suite, ...]] = {}
    for run in runs:
        suites[run.sha] = (*suites.get(run.sha, ()), run.suite)
    statuses = {checks.sha: checks.statuses for checks in bare.value}
    return replace(
        bare,
        value=tuple(
            Checks(
                sha=sha,
                suites=suites.get(sha, ()),
                statuses=statuses.get(sha, ()),
                other_apps=False,
            )
            for sha in branch.history
            if sha != branch.head.sha and (sha in suites or sha in statuses)
        ),
    )
