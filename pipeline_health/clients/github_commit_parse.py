"""From GitHub's answer about one commit to values of ours; pure, and loud about what is odd."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline_health.clients.errors import ClientError, UnexpectedShapeError
from pipeline_health.clients.github_parse import deployments_of, sha_of, suites_of
from pipeline_health.clients.json import Json
from pipeline_health.core.model.commit import NamedCheck
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    DeploymentRecord,
    Suite,
)
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """The head of a branch, and the newest commits that it contains, itself among them."""

    name: str
    head: Sha
    holds: frozenset[Sha]


def tip_of(branch: Json) -> Tip:
    """Read the head of a branch."""
    target = branch.at("target")
    holds = (sha_of(commit, "oid") for commit in target.items("history", "nodes"))
    return Tip(name=branch.text("name"), head=sha_of(target, "oid"), holds=frozenset(holds))


def deployments_at(sha: Sha, connection: Json) -> tuple[DeploymentRecord, ...]:
    """Read the deployments of the commit *sha*, each of which must be its own."""
    found = deployments_of(connection)
    strange = next((record for record in found if record.sha != sha), None)
    if strange is not None:
        msg = f"asked for the deployments of {sha}, GitHub shows one of {strange.sha}"
        raise UnexpectedShapeError(msg)
    return found


def counted_suites(pages: Sequence[Json], *, counts: bool) -> Iterator[Suite]:
    """Read suites; with *counts* an unfinished one tells how many check runs it has.

    Not knowing the number is never taken for none.
    """
    for suite, node in _suites(pages):
        if counts and suite.status is not CheckStatus.COMPLETED:
            number = node.maybe_number("counted", "totalCount")
            yield replace(suite, check_runs=number)
        else:
            yield suite


def named_runs(pages: Sequence[Json], check: str) -> Iterator[NamedCheck]:
    """Read the check runs called *check* of every suite; raises where not all of them are shown."""
    for suite, node in _suites(pages):
        if node.flag("named", "pageInfo", "hasNextPage"):
            msg = f"a check suite has more check runs called {check} than are read"
            raise ClientError(msg)
        for run in node.items("named", "nodes"):
            if run.text("name") == check:
                yield _named(run, suite, keys=("databaseId", "completedAt", "url"))


def named_job(job: Json, suite: Suite) -> NamedCheck:
    """Read a job, as REST shows it, as the check run that it is: the two have one id."""
    return _named(job, suite, keys=("id", "completed_at", "html_url"))


def _suites(pages: Sequence[Json]) -> Iterator[tuple[Suite, Json]]:
    """Give every suite, beside what it was read from."""
    for page in pages:
        yield from zip(suites_of(page), page.items("nodes"), strict=True)


def _named(node: Json, suite: Suite, *, keys: tuple[str, str, str]) -> NamedCheck:
    number, completed, url = keys
    concluded = not node.at("conclusion").missing
    return NamedCheck(
        id=node.number(number),
        name=node.text("name"),
        suite=suite,
        status=node.one_of(CheckStatus, "status"),
        conclusion=node.one_of(CheckConclusion, "conclusion") if concluded else None,
        completed_at=node.maybe_time(completed),
        url=node.maybe_text(url),
    )
