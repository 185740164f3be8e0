"""Everything that GitHub shows of one commit: one request, then side by side what it left open."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.github import GitHub
from pipeline_health.clients.github_commit import CommitFound, CommitLook, CommitWanted
from pipeline_health.clients.github_rest import RunAt, runs_back_to
from pipeline_health.clients.github_wire import PAGE
from pipeline_health.core.model.commit import AtCommit, CommitSight, NamedCheck, NoSuchCommit
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.questions import BranchRun, Relation
from pipeline_health.core.model.readings import Blind, Checks, NotAsked, Part, Reading, Seen
from pipeline_health.frozen import dataclass

if TYPE_CHECKING:
    from concurrent.futures import Executor

MOST_JOB_LISTS = 30
"""The jobs of so many runs are read at most, where check runs are not shown."""

AT_ONCE = 6
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rest:
    """What REST told beside the one request: the newest runs of the branch, those of the commit."""

    relation: Reading[Relation]
    lately: Part[tuple[RunAt, ...]]
    here: Part[tuple[RunAt, ...]]


class Commits:
    """Looks at single commits. *redact* sees what a run is called before anything else does."""

    def __init__(self, client: GitHub, *, redact: Callable[[str], str]) -> None:
        self._client = client
        self._look = CommitLook(client.wire)
        self._redact = redact

    def at(self, wanted: CommitWanted, *, workflow: str | None) -> Reading[AtCommit]:
        """Read the commit, and with *workflow* the runs of it; raises when nothing was seen."""
        looked = self._look.at(wanted)
        if isinstance(looked, Blind):
            return looked
        found = looked.value
        if isinstance(found, NoSuchCommit):
            return Seen(at=looked.at, value=found)
        # Imported here: a cycle looks at no single commit and needs no threads.
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            rest = self._rest(found, wanted, pool, runs=workflow is not None)
            rest = rest if workflow is None else self._reaching(rest, found, workflow)
            named = self._named(found, rest, wanted, pool)
        return Seen(
            at=found.at,
            value=CommitSight(
                sha=wanted.sha,
                committed_at=found.committed_at,
                relation=rest.relation,
                checks=_checks(found, rest.here),
                deployments=found.deployments,
                runs=NotAsked() if workflow is None else self._runs(rest, workflow),
                named=named,
            ),
        )

    # -- asking ------------------------------------------------------------------------------

    def _rest(
        self, found: CommitFound, wanted: CommitWanted, pool: "Executor", *, runs: bool
    ) -> _Rest:
        """Ask what is still open, all of it at once."""
        relation = pool.submit(self._relation, found, wanted.sha)
        lately = pool.submit(self._lately, found) if runs else None
        here = pool.submit(self._here, found, wanted.sha) if runs or found.unnamed else None
        return _Rest(
            relation=relation.result(),
            lately=NotAsked() if lately is None else lately.result(),
            here=NotAsked() if here is None else here.result(),
        )

    def _relation(self, found: CommitFound, sha: Sha) -> Reading[Relation]:
        """Tell how the head stands to the commit; what the head lists needs no comparison."""
        if isinstance(found.tip, Blind):
            return found.tip
        tip = found.tip.value
        if sha == tip.head:
            return Seen(at=found.at, value=Relation.IDENTICAL)
        if sha in tip.holds:
            return Seen(at=found.at, value=Relation.AHEAD)
        return _reading(
            found.at, lambda: self._client.compare(found.repo, older=sha, newer=tip.head)
        )

    def _lately(self, found: CommitFound) -> Reading[tuple[RunAt, ...]]:
        if isinstance(found.tip, Blind):
            return found.tip
        branch = found.tip.value.name
        return _reading(found.at, lambda: self._client.runs_lately(found.repo, branch))

    def _reaching(self, rest: _Rest, found: CommitFound, workflow: str) -> _Rest:
        """Give *rest* with a list that reaches back to the runs of the commit.

        What is not listed could have deployed something else since.
        """
        lately, here = rest.lately, rest.here
        if not (
            isinstance(lately, Seen) and isinstance(here, Seen) and isinstance(found.tip, Seen)
        ):
            return rest
        own, listed = _ids(here.value, workflow), _ids(lately.value)
        if len(lately.value) < PAGE or not own or min(listed) <= min(own):
            return rest
        branch, oldest = found.tip.value.name, min(own)
        more = _reading(
            found.at,
            lambda: tuple(runs_back_to(self._client.wire, found.repo, branch, oldest)),
        )
        if isinstance(more, Blind):
            return replace(rest, lately=more)
        return replace(rest, lately=replace(lately, value=(*lately.value, *more.value)))

    def _here(self, found: CommitFound, sha: Sha) -> Reading[tuple[RunAt, ...]]:
        return _reading(found.at, lambda: self._client.runs_at(found.repo, sha))

    def _named(
        self, found: CommitFound, rest: _Rest, wanted: CommitWanted, pool: "Executor"
    ) -> Part[tuple[NamedCheck, ...]]:
        """Give the check runs of the name, read as jobs where check runs are not shown."""
        if wanted.check is None or not found.unnamed or isinstance(rest.here, NotAsked):
            return found.named
        if isinstance(rest.here, Blind):
            return rest.here
        check, runs = wanted.check, rest.here.value
        return _reading(found.at, lambda: self._jobs(found.repo, runs, check, pool))

    def _jobs(
        self, repo: RepoName, runs: tuple[RunAt, ...], check: str, pool: "Executor"
    ) -> tuple[NamedCheck, ...]:
        if len(runs) > MOST_JOB_LISTS:
            msg = f"the jobs of {MOST_JOB_LISTS} runs are read at most; the commit has {len(runs)}"
            raise ClientError(msg)
        suites = {each.suite.run.id: each.suite for each in runs if each.suite.run is not None}
        lists = pool.map(
            lambda run_id: self._look.named_jobs(repo, run_id, suites[run_id], check), suites
        )
        return tuple(chain.from_iterable(lists))

    # -- putting together --------------------------------------------------------------------

    def _runs(self, rest: _Rest, workflow: str) -> Part[tuple[BranchRun, ...]]:
        """Give the runs of *workflow*, each once, newest first."""
        if not isinstance(rest.lately, Seen):
            return rest.lately
        if not isinstance(rest.here, Seen):
            return rest.here
        both = (*rest.lately.value, *rest.here.value)
        return Seen(at=rest.lately.at, value=self._newest_first(both, workflow))

    def _newest_first(self, runs: Iterable[RunAt], workflow: str) -> tuple[BranchRun, ...]:
        known: dict[int, BranchRun] = {}
        for each in sorted(runs, key=lambda each: each.suite.updated_at):
            run = each.suite.run
            if run is not None and run.workflow == workflow:
                title = self._redact(each.title)
                known[run.id] = BranchRun(sha=each.sha, suite=each.suite, run=run, title=title)
        return tuple(known[id_] for id_ in sorted(known, reverse=True))


def _checks(found: CommitFound, here: Part[tuple[RunAt, ...]]) -> Reading[Checks]:
    """Give the checks, by Actions runs where the token may not see check suites."""
    if not found.forbidden or isinstance(here, NotAsked):
        return found.checks
    if isinstance(found.bare, Blind):
        return found.bare
    if isinstance(here, Blind):
        return here
    suites = tuple(run.suite for run in here.value)
    return replace(found.bare, value=replace(found.bare.value, suites=suites, other_apps=False))


def _ids(runs: Iterable[RunAt], workflow: str | None = None) -> tuple[int, ...]:
    """Give the numbers of *runs*, of one workflow where it is named."""
    known = (each.suite.run for each in runs)
    return tuple(run.id for run in known if run is not None and workflow in (None, run.workflow))


def _reading(at: datetime, read: Callable[[], T]) -> Reading[T]:
    try:
        return Seen(at=at, value=read())
    except ClientError as exc:
        return Blind(at=at, why=str(exc))
