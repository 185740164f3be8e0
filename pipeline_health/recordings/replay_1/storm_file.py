"""The parts of a file about one repository, of which several facts are made, and what they lack."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.recording import Fact, Pushed, RootCause, RunTold
from pipeline_health.frozen import dataclass
from pipeline_health.recordings.replay_1.common import (
    CI,
    TESTED_AFTER,
    Numbers,
    counted,
    numbered,
)

URL = "https://product.test"
_DOWN = "deploy_http_down"


@dataclass(frozen=True, slots=True, kw_only=True)
class StormFile:
    """The parts of a file that several facts are made of."""

    repo: RepoName
    pushes: tuple[Pushed, ...]
    runs: tuple[Json, ...]
    issues: tuple[Json, ...]
    causes: tuple[RootCause, ...]
    ci: Json
    signals: tuple[Json, ...]
    numbers: Numbers

    @property
    def pipeline(self) -> str:
        """The workflow that deploys."""
        return self.ci.text("pipeline_workflow")

    def issues_of(self, cause: RootCause) -> tuple[Json, ...]:
        """Give what was filed about *cause*."""
        return tuple(i for i in self.issues if i.maybe_text("root_cause") == cause.id)

    def cause_of(self, run: Json) -> str | None:
        """Give the cause of the issues that were filed for a run."""
        known = {i.number("number"): i.maybe_text("root_cause") for i in self.issues}
        told = [known.get(each.number()) for each in run.items("issues")]
        return next((cause for cause in told if cause is not None), None)


def filed_by(issue: Json) -> datetime | None:
    """Give by when an issue was filed: just then, or when an agent took it up at the latest."""
    exact = issue.maybe_time("filed_at")
    return exact or issue.maybe_time("agent_first_branch_at") or issue.maybe_time("filed_at_minute")


def without_run(file: StormFile) -> Iterator[tuple[RootCause, tuple[Json, ...]]]:
    """Give the causes of which issues are recorded, and no run that failed, nor any silence."""
    of_runs = {file.cause_of(run) for run in file.runs}
    for cause in file.causes:
        issues = file.issues_of(cause)
        silences = any(issue.maybe_text("check") == _DOWN for issue in issues)
        if issues and cause.id not in of_runs and not silences:
            yield cause, issues


def silences(file: StormFile) -> Iterator[tuple[Json, datetime]]:
    """Give the issues about a URL, with the time at which it was found silent."""
    for issue in file.issues:
        if issue.maybe_text("check") == _DOWN:
            at = issue.maybe_time("failure_logged_at") or issue.maybe_time("filed_at")
            if at is not None:
                yield issue, at


# -- what is not recorded -------------------------------------------------------------------------


def lacks_of(file: StormFile, facts: Sequence[Fact]) -> Iterator[str]:
    """Give a sentence for everything that is not replayed, or that something stands in for."""
    runs = [fact for fact in facts if isinstance(fact, RunTold) and fact.event == "workflow_run"]
    played = {run.run_id for run in runs}
    left = [run.number("run_id") for run in file.runs if run.number("run_id") not in played]
    if left:
        which = counted(len(left), "failing run", "failing runs")
        yield f"{which} of {len(file.runs)}: commit or time is not recorded; not replayed."
    bound = sum(run.bound for run in runs)
    if bound:
        which = counted(bound, "failing run has", "failing runs have")
        yield f"{which} no time of their own: they failed by when their issue was filed (a bound)."
    yield (
        f"The runs of {CI} are not recorded: one that ends {TESTED_AFTER.seconds // 60} minutes "
        "after each push stands in. It passed where the pipeline is recorded, which begins when "
        "it ended, and at the commit that ended a cause of its own; elsewhere its verdict is "
        "unknown, and so is all that the pipeline did."
    )
    yield from _lacking_causes(file, facts)
    yield from _lacking_signals(file)
    if any(True for _ in silences(file)):
        yield (
            "How long a URL was silent is not recorded: it is from the tick of the monitor of "
            f"that time until that look was over. {URL} stands in for it."
        )


def _lacking_causes(file: StormFile, facts: Sequence[Fact]) -> Iterator[str]:
    told: Mapping[str | None, RunTold] = {f.cause: f for f in facts if isinstance(f, RunTold)}
    for cause, issues in without_run(file):
        numbers = numbered([issue.number("number") for issue in issues])
        run = told.get(cause.id)
        if run is None:
            yield (
                f"{cause.id} ({numbers}): no failing run, no log of one and no end is recorded; "
                "nothing of it can be replayed."
            )
            continue
        yield (
            f"{cause.id} ({numbers}): no failing run is recorded; a run of {run.workflow} that had "
            f"failed by {run.at:%Y-%m-%dT%H:%M:%SZ} stands in, with the label of the cause as its "
            "log. The time is a bound: that of the issue."
        )
        if run.event == "schedule":
            yield (
                f"{cause.id}: what began the run of {run.workflow} is not recorded; a schedule "
                "stands in, and one failure of a schedule is not filed."
            )


def _lacking_signals(file: StormFile) -> Iterator[str]:
    without = [s for s in file.signals if s.at("at").missing]
    if without:
        which = counted(len(without), "failing run", "failing runs")
        yield f"{which} of a schedule: only the day is recorded; not replayed."
    if len(without) < len(file.signals):
        yield "The logs of scheduled runs are not recorded: the line of the pipeline stands in."
