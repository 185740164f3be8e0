"""The batched look at many repositories: one document, and what of its answer can be believed.

An answer can be partial. Each error names the place where it left a null, so one repository's
trouble is nobody else's, and a list that goes on is read to its end or not believed at all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from pipeline_health.clients import documents
from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.github_parse import (
    branch_of,
    counts_of,
    deployments_of,
    name_of,
    page_of,
    repository_of,
    sha_of,
    statuses_of,
    stubs_of,
    suites_of,
)
from pipeline_health.clients.github_refusals import RESOURCE_LIMITS
from pipeline_health.clients.github_sighting import Blame, Sighting, Wanted, blame_of, unseen
from pipeline_health.clients.github_wire import PAGE, Wire
from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.readings import (
    Blind,
    Branch,
    Checks,
    CheckStatus,
    GitHubReading,
    IssueStub,
    NotAsked,
    Part,
    Reading,
    Seen,
    Suite,
)

MOST_PAGES = 20
T = TypeVar("T")


class Look:
    """Reads repositories in one go. Without *checks* no check suite is asked for, nor shown."""

    def __init__(self, wire: Wire, *, author: str, checks: bool) -> None:
        self._wire = wire
        self._author = author
        self._checks = checks

    def at(self, batch: Sequence[Wanted], *, patient: bool = True) -> tuple[Sighting, ...]:
        """Read every repository of *batch*, in its order; raises when nothing came of it.

        Without patience that is tried once.
        """
        document = documents.github_look(
            [wanted.branch for wanted in batch],
            [wanted.earlier for wanted in batch],
            by_id=[wanted.node is not None for wanted in batch],
        )
        result = self._wire.query(
            document, self._variables(batch), splittable=len(batch) > 1, patient=patient
        )
        viewer = result.data.maybe_text("viewer", "login")
        cut = any(problem.type == RESOURCE_LIMITS for problem in result.problems)
        return tuple(
            replace(
                self._sighting(result.data.at(f"r{at}"), blame_of(result, f"r{at}"), wanted),
                viewer=viewer,
                cut=cut,
            )
            for at, wanted in enumerate(batch)
        )

    def _variables(self, batch: Sequence[Wanted]) -> dict[str, object]:
        variables: dict[str, object] = {"author": self._author, "checks": self._checks}
        for at, wanted in enumerate(batch):
            if wanted.node is None:
                owner, name = owner_and_name(wanted.repo)
                variables |= {f"o{at}": owner, f"n{at}": name}
            else:
                variables[f"i{at}"] = wanted.node
            variables |= {f"e{at}": list(wanted.environments), f"p{at}": list(wanted.production)}
            if wanted.branch is not None:
                variables[f"b{at}"] = f"refs/heads/{wanted.branch}"
        return variables

    def _sighting(self, found: Json, blame: Blame, wanted: Wanted) -> Sighting:
        if found.at("id").missing:  # there is nothing, or something else has that id
            why = blame.reason_of_absence(wanted.repo)
            blind = Blind(at=blame.at, why=why, cause=blame.cause_of_absence)
            return unseen(wanted, blind, nowhere=blame.is_nowhere)
        branch = blame.part(lambda: _branch(found, wanted), "branch")
        bare, bare_earlier = _bare_checks(found, blame, wanted, branch)
        reading = GitHubReading(
            repository=blame.part(lambda: repository_of(found)),
            branch=branch,
            checks=self._with_suites(bare, found, blame),
            earlier=self._earlier(bare_earlier, found, blame),
            deployments=blame.part(lambda: deployments_of(found.at("deployments")), "deployments"),
            issues=blame.part(lambda: self._stubs(found), "issues"),
            production=blame.part(lambda: deployments_of(found.at("production")), "production"),
        )
        return Sighting(
            reading=reading,
            forbidden=blame.forbids_suites,
            bare=bare,
            bare_earlier=bare_earlier,
        )

    def _with_suites(self, bare: Reading[Checks], found: Json, blame: Blame) -> Reading[Checks]:
        if isinstance(bare, Blind):
            return bare
        head = found.at("branch", "target")
        return blame.part(lambda: self._checks_of(head, name_of(found)), "suites")

    def _earlier(
        self, bare: Part[tuple[Checks, ...]], found: Json, blame: Blame
    ) -> Part[tuple[Checks, ...]]:
        if not isinstance(bare, Seen):
            return bare
        commits = _before(found.at("branch", "target"))
        return blame.part(
            lambda: tuple(self._checks_of(commit, name_of(found)) for commit in commits), "suites"
        )

    def _checks_of(self, commit: Json, repo: RepoName) -> Checks:
        if not self._checks:
            msg = "check suites were not asked for, because this token may not see them"
            raise ClientError(msg)
        bare = _bare(commit)
        owner, name = owner_and_name(repo)

        def more(after: str) -> Json:
            variables = {"owner": owner, "name": name, "oid": bare.sha, "after": after}
            data = self._whole(documents.GITHUB_SUITES_PAGE, variables)
            return data.at("repository", "object", "checkSuites")

        suites: tuple[Suite, ...] = _followed(commit.at("checkSuites"), more, suites_of)
        return replace(bare, suites=suites)

    def _stubs(self, found: Json) -> tuple[IssueStub, ...]:
        owner, name = owner_and_name(name_of(found))

        def more(after: str) -> Json:
            variables = {"owner": owner, "name": name, "author": self._author, "after": after}
            return self._whole(documents.GITHUB_STUBS_PAGE, variables).at("repository", "issues")

        still_open: tuple[IssueStub, ...] = _followed(found.at("opened"), more, stubs_of)
        return still_open + stubs_of(found.at("closed"))

    def _whole(self, document: str, variables: Mapping[str, object]) -> Json:
        """Ask for one more page; a page with a hole in it is none."""
        result = self._wire.query(document, variables)
        if result.problems:
            msg = f"GitHub: {result.problems[0].message}"
            raise ClientError(msg)
        return result.data


class Counts:
    """Adds how many check runs each unfinished suite of a head has.

    Nested in the batch these counts would cost 13 points a query, so they are asked apart, once for
    all batches. Without them a suite stays as it is, which is never taken for an empty one.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def added(self, sightings: Mapping[Wanted, Sighting]) -> Mapping[Wanted, Sighting]:
        """Give *sightings* with the counts, or as they are where these cannot be had."""
        ids = [
            suite.node_id
            for sighting in sightings.values()
            if isinstance(sighting.reading.checks, Seen)
            for suite in sighting.reading.checks.value.suites
            if suite.status is not CheckStatus.COMPLETED
        ]
        try:
            counts = self._counts(list(dict.fromkeys(ids)))
        except ClientError:
            return sightings
        return {wanted: _counted(one, counts) for wanted, one in sightings.items()}

    def _counts(self, ids: Sequence[str]) -> dict[int, int]:
        counts: dict[int, int] = {}
        for start in range(0, len(ids), PAGE):
            variables = {"ids": list(ids[start : start + PAGE])}
            result = self._wire.query(documents.GITHUB_SUITE_COUNTS, variables)
            counts.update(counts_of(result.data.items("nodes")))
        return counts


def owner_and_name(repo: RepoName) -> tuple[str, str]:
    """Give the two halves of a repository's name."""
    owner, _, name = repo.partition("/")
    return owner, name


def _bare_checks(
    found: Json, blame: Blame, wanted: Wanted, branch: Reading[Branch]
) -> tuple[Reading[Checks], Part[tuple[Checks, ...]]]:
    """Read the commit statuses of the head, and of the commits before it where these are wanted."""
    if isinstance(branch, Blind):
        return branch, branch if wanted.earlier else NotAsked()
    head = found.at("branch", "target")
    bare = blame.part(lambda: _bare(head), "status")
    if not wanted.earlier:
        return bare, NotAsked()
    return bare, blame.part(
        lambda: tuple(_bare(commit) for commit in _before(head)), "status", "earlier"
    )


def _bare(commit: Json) -> Checks:
    return Checks(sha=sha_of(commit, "oid"), statuses=statuses_of(commit))


def _before(head: Json) -> list[Json]:
    """Give the commits before *head*: a history begins with the commit itself."""
    sha = head.text("oid")
    return [commit for commit in head.items("earlier", "nodes") if commit.text("oid") != sha]


def _branch(found: Json, wanted: Wanted) -> Branch:
    if found.at("branch").missing:
        what = "commit yet" if wanted.branch is None else f"branch {wanted.branch}"
        msg = f"{wanted.repo} has no {what}"
        raise ClientError(msg)
    return branch_of(found.at("branch"))


def _followed(
    first: Json, more: Callable[[str], Json], parse: Callable[[Json], tuple[T, ...]]
) -> tuple[T, ...]:
    """Read a connection to its end; half a list could hide the one thing that matters."""
    items, after = parse(first), page_of(first)
    for _ in range(MOST_PAGES):
        if after is None:
            return items
        connection = more(after)
        items, after = items + parse(connection), page_of(connection)
    msg = f"a list goes on after {MOST_PAGES} more pages; the rest of it was not read"
    raise ClientError(msg)


def _counted(sighting: Sighting, counts: Mapping[int, int]) -> Sighting:
    seen = sighting.reading.checks
    if not counts or not isinstance(seen, Seen):
        return sighting
    suites = tuple(replace(suite, check_runs=counts.get(suite.id)) for suite in seen.value.suites)
    checks = replace(seen, value=replace(seen.value, suites=suites))
    return replace(sighting, reading=replace(sighting.reading, checks=checks))
