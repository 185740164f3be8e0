"""What passed staging and when: how long a project takes to get there, and how long is too long.

The newest passages of every lane are kept between two looks. A lane is a service that Railway
deploys, or the environment as a whole, for what only GitHub tells of.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from pipeline_health.core.at_head import head_of
from pipeline_health.core.deploy_runs import newest_deploy_run
from pipeline_health.core.model.deployed import Passage
from pipeline_health.core.model.findings import Proof, Thing
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.readings import CheckConclusion, Seen
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.recorded_deploys import record_words, workflow_word
from pipeline_health.core.service_deploys import service_words
from pipeline_health.core.stages import staging_of

WHOLE = ""
"""The lane of what tells of the environment and of no service."""

KEPT = 30
PERCENT = 95
FEWEST_KNOWN = 5
LEAST_ALLOWED = timedelta(minutes=30)
ALLOWED_UNKNOWN = timedelta(hours=2)


def passages_of(view: ProjectView) -> tuple[Passage, ...]:
    """Give what passed staging, oldest first: what earlier looks saw, and what this one adds.

    A commit passes once: what is deployed again later was proved before.
    """
    known = {(passage.lane, passage.commit): passage for passage in view.passages}
    for passage in _passing(view):
        before = known.setdefault((passage.lane, passage.commit), passage)
        if passage.proved_at < before.proved_at:
            known[passage.lane, passage.commit] = passage
    return _newest(sorted(known.values(), key=lambda one: (one.proved_at, one.lane, one.commit)))


def _newest(line: Sequence[Passage]) -> tuple[Passage, ...]:
    """Give the newest passages of each lane, in the order of time that *line* has."""
    kept: list[Passage] = []
    count: Counter[str] = Counter()
    for passage in reversed(line):
        count[passage.lane] += 1
        if count[passage.lane] <= KEPT:
            kept.append(passage)
    return tuple(reversed(kept))


def allowed_lag(passages: Iterable[Passage]) -> timedelta:
    """Give how long production may lag: as long as nearly every commit took to pass staging.

    Of a commit that several services passed, the slowest counts.
    """
    took: dict[Sha, timedelta] = {}
    for passage in passages:
        if passage.pushed_at is not None and passage.proved_at > passage.pushed_at:
            length = passage.proved_at - passage.pushed_at
            took[passage.commit] = max(length, took.get(passage.commit, length))
    if len(took) < FEWEST_KNOWN:
        return ALLOWED_UNKNOWN
    return max(LEAST_ALLOWED, percentile(list(took.values()), PERCENT))


def percentile(lengths: Sequence[timedelta], percent: int) -> timedelta:
    """Give the length that so many percent of *lengths* do not exceed (nearest rank)."""
    rank = -(-percent * len(lengths) // 100)
    return sorted(lengths)[max(rank, 1) - 1]


def _passing(view: ProjectView) -> Iterator[Passage]:
    """Give what this look shows to work on staging, at a known commit."""
    for lane, proof in proofs_of(view):
        if proof.commit is not None:
            yield Passage(
                lane=lane,
                commit=proof.commit,
                pushed_at=_pushed_at(view, proof.commit),
                proved_at=proof.at,
            )


def proofs_of(view: ProjectView) -> Iterator[tuple[str, Proof]]:
    """Give the lanes that are proved to work on staging, each with its proof."""
    stage = staging_of(view)
    for word in service_words(stage):
        if isinstance(word, Proof) and word.symptom.subject.thing is Thing.SERVICE:
            yield word.symptom.subject.name, word
    of_workflow = workflow_word(stage) if _passed(view) else None
    for other in (of_workflow, *record_words(stage)):
        if isinstance(other, Proof):
            yield WHOLE, other


def _passed(view: ProjectView) -> bool:
    """Tell whether nothing failed after the deployment to staging either, its tests for one."""
    run = newest_deploy_run(view)
    return run is not None and run.suite.conclusion is CheckConclusion.SUCCESS


def _pushed_at(view: ProjectView, commit: Sha) -> datetime | None:
    """Give when *commit* came, where that is known: of all but the head it is the commit's date."""
    head, branch = head_of(view), view.github.branch
    if head is not None and head.sha == commit:
        return head.pushed_at
    if not isinstance(branch, Seen):
        return None
    return dict(zip(branch.value.history, branch.value.dates, strict=False)).get(commit)
