"""Criterion `main-ci`: CI is green at exactly this commit, and the commit is on the branch."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from pipeline_health.core.ci_verdict import (
    MISSING_AFTER,
    CommitVerdict,
    EntryVerdict,
    Ours,
    Standing,
    State,
    judge,
)
from pipeline_health.core.gate.required import required
from pipeline_health.core.gate.steps import about_blindness
from pipeline_health.core.gate.words import criterion, short
from pipeline_health.core.model.commit import CommitSight, NoSuchCommit
from pipeline_health.core.model.findings import Thing
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.questions import Relation
from pipeline_health.core.model.readings import (
    Blind,
    CheckConclusion,
    Checks,
    CheckStatus,
    Reading,
    Seen,
)
from pipeline_health.core.model.verdict import Criterion, CriterionName, CriterionState

_NAME = CriterionName.MAIN_CI
_ON_BRANCH = frozenset({Relation.IDENTICAL, Relation.AHEAD})
_ENDED_WELL = frozenset({CheckConclusion.SUCCESS, CheckConclusion.NEUTRAL, CheckConclusion.SKIPPED})
_PASSED = frozenset({EntryVerdict.SUCCESS, EntryVerdict.NEUTRAL, EntryVerdict.SKIPPED})
_STATES: Mapping[State, CriterionState] = {
    State.GREEN: CriterionState.PASS,
    State.RED: CriterionState.FAIL,
    State.RED_RERUNNING: CriterionState.PENDING,
    State.PENDING: CriterionState.PENDING,
    State.INDETERMINATE: CriterionState.FAIL,
    State.STUCK: CriterionState.FAIL,
    State.MISSING: CriterionState.FAIL,
    State.NO_CI: CriterionState.FAIL,
    State.NOT_MAIN: CriterionState.FAIL,
    State.UNKNOWN: CriterionState.UNKNOWN,
}
_NEXT: Mapping[State, str] = {
    State.RED: "mend what failed; its fix is another commit, with a check of its own",
    State.INDETERMINATE: (
        "run CI again at this commit (gh run rerun), or promote a newer one: a cancelled run"
        " proves nothing"
    ),
    State.STUCK: (
        "cancel the stuck run and run it again; a check of an app can be asked for again on the"
        " commit's page, or its app be removed from the repository"
    ),
    State.MISSING: "run the missing workflow at this commit, or name what must run in ci_workflows",
    State.NO_CI: (
        "push a commit at which CI runs: without a green run nothing is proved"
        " (a message with [skip ci] keeps it from running)"
    ),
}


def main_ci(matter: Matter) -> Criterion:
    """Judge CI at the commit; everything that is not plainly green blocks."""
    seen = matter.facts.commit
    if isinstance(seen, Blind):
        says = f"GitHub could not be read: {seen.why}"
        return _unknown(matter, says, hint=about_blindness(matter, seen))
    match seen.value:
        case NoSuchCommit():
            says = f"{matter.policy.repo} has no commit {short(matter.commit)}"
            return criterion(matter, _NAME, CriterionState.FAIL, says, hint="name another commit")
        case CommitSight() as sight:
            return (
                _not_on_branch(matter, sight)
                or _nothing_yet(matter, sight)
                or _by_ci(matter, sight)
            )
        case never:
            assert_never(never)


def _unknown(matter: Matter, says: str, *, hint: str = "") -> Criterion:
    return criterion(matter, _NAME, CriterionState.UNKNOWN, says, hint=hint)


def _not_on_branch(matter: Matter, sight: CommitSight) -> Criterion | None:
    if isinstance(sight.relation, Blind):
        says = f"it is not known whether it is on the branch: {sight.relation.why}"
        return _unknown(matter, says, hint=about_blindness(matter, sight.relation))
    if sight.relation.value in _ON_BRANCH:
        return None
    branch = matter.view.github.branch
    name = branch.value.name if isinstance(branch, Seen) else "the branch"
    says = f"{short(matter.commit)} is not on {name}"
    hint = "merge it first; only what is on the branch goes to production"
    return criterion(matter, _NAME, CriterionState.FAIL, says, hint=hint)


def _nothing_yet(matter: Matter, sight: CommitSight) -> Criterion | None:
    """Say that nothing ran yet at a commit that was pushed some minutes ago, if that is so."""
    verdict = judge(sight.checks, _standing(matter, sight, frozenset()))
    young = matter.now - pushed_at(sight) <= MISSING_AFTER
    if verdict.state is not State.NO_CI or verdict.entries or not young:
        return None
    says = f"CI at {short(matter.commit)}: no run yet"
    return criterion(matter, _NAME, CriterionState.PENDING, says)


def _by_ci(matter: Matter, sight: CommitSight) -> Criterion:
    must_run = required(matter)
    if isinstance(must_run, str):
        return _unknown(matter, f"it is not known which workflows must run: {must_run}")
    verdict = judge(_of_the_branch(matter, sight.checks), _standing(matter, sight, must_run))
    if verdict.state is State.GREEN:
        return _by_the_named(matter, verdict) or _green(matter, sight, verdict)
    state = _STATES[verdict.state]
    hint = _NEXT.get(verdict.state, "")
    says = f"CI at {short(matter.commit)}: {verdict.why}"
    return criterion(matter, _NAME, state, says, hint=hint, url=_page_of(verdict))


def _of_the_branch(matter: Matter, reading: Reading[Checks]) -> Reading[Checks]:
    """Give the checks; of a workflow that ran for a push to our branch, what ran for others not.

    Whoever begins a branch at this commit lets everything run again there, and it may skip what
    matters: it is newer, and no answer to what failed here.
    """
    branch = matter.view.github.branch
    if isinstance(reading, Blind) or not isinstance(branch, Seen):
        return reading
    name, suites = branch.value.name, reading.value.suites
    ours = {
        suite.run.workflow_id
        for suite in suites
        if suite.run is not None and suite.run.event == "push" and suite.branch == name
    }
    kept = tuple(
        suite
        for suite in suites
        if suite.run is None
        or suite.run.event != "push"
        or suite.run.workflow_id not in ours
        or suite.branch == name
    )
    return replace(reading, value=replace(reading.value, suites=kept))


def _by_the_named(matter: Matter, verdict: CommitVerdict) -> Criterion | None:
    """Say which of the configured workflows was skipped, if any: each of them must succeed."""
    passed = {
        entry.subject.name
        for entry in verdict.entries
        if entry.subject.thing is Thing.WORKFLOW and entry.verdict is EntryVerdict.SUCCESS
    }
    skipped = sorted(set(matter.policy.ci_workflows) - passed)
    if not skipped:
        return None
    says = f"CI at {short(matter.commit)}: {', '.join(skipped)}: was skipped, which proves nothing"
    hint = "let it run at this commit, or take it out of ci_workflows"
    return criterion(matter, _NAME, CriterionState.FAIL, says, hint=hint)


def _green(matter: Matter, sight: CommitSight, verdict: CommitVerdict) -> Criterion:
    """Say that CI is green, and what of it this token cannot see."""
    says = f"CI at {short(matter.commit)}: {verdict.why}"
    if isinstance(sight.checks, Seen) and not sight.checks.value.other_apps:
        says = f"{says}; checks of other apps than Actions are not visible to this token"
    url = _page_of(verdict)
    return criterion(matter, _NAME, CriterionState.PASS, says, url=url)


def _standing(matter: Matter, sight: CommitSight, must_run: frozenset[str]) -> Standing:
    own = matter.asked.own_run
    ours = Ours() if own is None or _has_failed(sight, own) else Ours(runs=frozenset({own}))
    moved_on = isinstance(sight.relation, Seen) and sight.relation.value is Relation.AHEAD
    return Standing(
        committed_at=pushed_at(sight),
        moved_on=moved_on,
        required=must_run,
        deploy_workflow=matter.policy.deploy_workflow,
        ours=ours,
    )


def _has_failed(sight: CommitSight, run_id: int) -> bool:
    """Tell whether a run has ended, and not well: then it is not the one that we are a step of."""
    suites = sight.checks.value.suites if isinstance(sight.checks, Seen) else ()
    return any(
        suite.run is not None
        and suite.run.id == run_id
        and suite.status is CheckStatus.COMPLETED
        and suite.conclusion not in _ENDED_WELL
        for suite in suites
    )


def pushed_at(sight: CommitSight) -> datetime:
    """Give when the commit was pushed, as far as that can be told: GitHub makes suites then."""
    suites = sight.checks.value.suites if isinstance(sight.checks, Seen) else ()
    made = min((suite.created_at for suite in suites), default=sight.committed_at)
    return max(sight.committed_at, made)


def _page_of(verdict: CommitVerdict) -> str | None:
    """Give the page of what decided, the first that failed if any did."""
    decisive = [entry for entry in verdict.entries if entry.verdict not in _PASSED]
    ordered = sorted(
        decisive or verdict.entries, key=lambda entry: entry.verdict is not EntryVerdict.RED
    )
    return next((entry.url for entry in ordered if entry.url is not None), None)
