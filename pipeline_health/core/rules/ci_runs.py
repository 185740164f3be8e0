"""CI that says nothing: a workflow that must run and did not, and a run that does not end."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from pipeline_health.core.at_head import Head, head_of
from pipeline_health.core.ci_verdict import MISSING_AFTER, STUCK_AFTER, EntryVerdict
from pipeline_health.core.model.findings import (
    Finding,
    Kind,
    Observation,
    Proof,
    Subject,
    Symptom,
    Thing,
    Unsettled,
)
from pipeline_health.core.model.questions import LinkTrace, RunTrace
from pipeline_health.core.model.readings import CheckStatus, Suite, WorkflowRun
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import commit_page
from pipeline_health.frozen import dataclass

# The tokens by which GitHub leaves out a push, and the trailer ("Skipping workflow runs").
_SKIP = re.compile(
    r"\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]|\bskip-checks: ?true\b", re.IGNORECASE
)
_BOTS = frozenset({"github-actions", "github actions"})
# A push of 2026-05-26 for which a suspended account got no run at all (word-coach-annie no. 753).
_NOTHING_RAN = (
    ": no workflow ran there at all, and neither its message nor its author says why; Actions may "
    "be disabled, or the account suspended"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ran:
    """A run at the head, and what it says there."""

    suite: Suite
    run: WorkflowRun
    verdict: EntryVerdict

    def trace(self, view: ProjectView) -> RunTrace:
        """Tell where it can be read."""
        return RunTrace(
            repo=view.policy.repo,
            run_id=self.run.id,
            updated_at=self.suite.updated_at,
            url=self.run.url,
        )


def main_ci_missing(view: ProjectView) -> Iterator[Observation]:
    """Say whether every required workflow has a run at the head; silent where none is known."""
    head = head_of(view)
    if head is None or not head.required:
        return
    symptom = Symptom(
        kind=Kind.MAIN_CI_MISSING, scope=head.scope, subject=Subject(Thing.BRANCH, head.branch)
    )
    runs = _by_workflow(head)
    missing = sorted(head.required - runs.keys())
    if not missing:
        yield _all_ran(view, symptom, head, [runs[name][-1] for name in head.required])
    elif head.seen_at - head.pushed_at <= MISSING_AFTER:
        why = f"{_listed(missing)} has no run at {head.sha[:7]} yet."
        yield Unsettled(symptom=symptom, project=view.policy.name, why=why, in_flight=True)
    else:
        yield Finding(
            symptom=symptom,
            project=view.policy.name,
            since=head.pushed_at + MISSING_AFTER,
            commit=head.sha,
            trace=commit_page(view, head.sha),
            says=f"{_listed(missing)} has no run at {head.sha[:7]}{_reason(head)}.",
            for_people=_reason(head) == _NOTHING_RAN,
        )


def _by_workflow(head: Head) -> Mapping[str, list[_Ran]]:
    """Group the runs of the head by their workflow, the one that changed last at the end."""
    grouped: dict[str, list[_Ran]] = {}
    for entry in sorted(head.verdict.entries, key=lambda entry: entry.since):
        suite = entry.source
        if isinstance(suite, Suite) and suite.run is not None:
            ran = _Ran(suite=suite, run=suite.run, verdict=entry.verdict)
            grouped.setdefault(suite.run.workflow, []).append(ran)
    return grouped


def _all_ran(view: ProjectView, symptom: Symptom, head: Head, runs: list[_Ran]) -> Proof:
    newest = max(runs, key=lambda ran: ran.suite.updated_at)
    return Proof(
        symptom=symptom,
        project=view.policy.name,
        at=newest.suite.updated_at,
        commit=head.sha,
        trace=newest.trace(view),
        says=f"Every required workflow has a run at {head.sha[:7]}.",
    )


def _listed(missing: list[str]) -> str:
    return f"Required workflow {', '.join(missing)}"


def _reason(head: Head) -> str:
    """Name why no run began, where that is known."""
    if _SKIP.search(head.message):
        return ": the commit's message asks to skip CI"
    author = head.commit.author.lower()
    if author.endswith("[bot]") or author in _BOTS:
        return ": its author is a bot, and what a workflow's own token pushes starts no workflow"
    return "" if any(suite.run is not None for suite in head.suites) else _NOTHING_RAN


def main_ci_stuck(view: ProjectView) -> Iterator[Observation]:
    """Say of every workflow at the head whether a run of it does not end."""
    head = head_of(view)
    if head is None:
        return
    for name, runs in _by_workflow(head).items():
        symptom = Symptom(
            kind=Kind.MAIN_CI_STUCK, scope=head.scope, subject=Subject(Thing.WORKFLOW, name)
        )
        yield _stuck_or_not(view, symptom, head, runs)


def _stuck_or_not(view: ProjectView, symptom: Symptom, head: Head, runs: list[_Ran]) -> Observation:
    what, at_head = f"Workflow {symptom.subject.name}", f"at {head.sha[:7]}"
    stuck = [ran for ran in runs if ran.verdict is EntryVerdict.STUCK]
    if stuck:
        return Finding(
            symptom=symptom,
            project=view.policy.name,
            since=_stuck_since(stuck[-1].suite),
            commit=head.sha,
            # No log can be read of a run that has not ended.
            trace=LinkTrace(url=stuck[-1].run.url),
            says=f"{what} has not ended for hours {at_head}.",
        )
    under_way = any(ran.suite.status is not CheckStatus.COMPLETED for ran in runs)
    if under_way or any(ran.verdict is EntryVerdict.UNKNOWN for ran in runs):
        why = f"{what} has not ended {at_head}."
        return Unsettled(symptom=symptom, project=view.policy.name, why=why, in_flight=under_way)
    newest = runs[-1]
    return Proof(
        symptom=symptom,
        project=view.policy.name,
        at=newest.suite.updated_at,
        commit=head.sha,
        trace=newest.trace(view),
        says=f"{what} ended {at_head}.",
    )


def _stuck_since(suite: Suite) -> datetime:
    """Give when it counted as stuck; of a stale one, GitHub itself says when it gave up."""
    return suite.updated_at + (timedelta(0) if suite.conclusion is not None else STUCK_AFTER)
