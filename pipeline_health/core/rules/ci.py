"""CI of the branch: every workflow, app and status that judges the head."""

from collections.abc import Iterator
from datetime import datetime

from pipeline_health.core.at_head import head_of
from pipeline_health.core.ci_verdict import Entry, EntryVerdict, is_settled
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
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.questions import LinkTrace, RunTrace, Trace
from pipeline_health.core.model.readings import CheckConclusion, Suite
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.observe import commit_page

_IN_FLIGHT = frozenset({EntryVerdict.PENDING, EntryVerdict.RED_RERUNNING})
_ENDED = {
    CheckConclusion.TIMED_OUT: "timed out",
    CheckConclusion.STARTUP_FAILURE: "could not start",
    CheckConclusion.ACTION_REQUIRED: "waits for somebody's action",
}
_WORDS = {
    EntryVerdict.NEUTRAL: "ended without a verdict",
    EntryVerdict.SKIPPED: "was skipped",
    EntryVerdict.PENDING: "is under way",
    EntryVerdict.RED_RERUNNING: "failed and runs again",
    EntryVerdict.CANCELLED: "was cancelled",
    EntryVerdict.SUPERSEDED: "was cancelled for a newer commit",
    EntryVerdict.STUCK: "has not ended for hours",
    EntryVerdict.UNKNOWN: "is in a state that we do not know",
}


def main_ci(view: ProjectView) -> Iterator[Observation]:
    """Say of each workflow and status at the head whether it failed, passed, or is not settled.

    Says nothing while any part is unseen, or when the checks read are not those of the head.
    """
    head = head_of(view)
    if head is None:
        return
    for subject, entries in _by_subject(head.verdict.entries).items():
        symptom = Symptom(kind=Kind.MAIN_CI_RED, scope=head.scope, subject=subject)
        yield _observation(view, symptom, entries, sha=head.sha, now=head.seen_at)


def _by_subject(entries: tuple[Entry, ...]) -> dict[Subject, list[Entry]]:
    """Group *entries*: workflows of one name, and events of one workflow, are one subject."""
    grouped: dict[Subject, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.since):
        grouped.setdefault(entry.subject, []).append(entry)
    return grouped


def _observation(
    view: ProjectView, symptom: Symptom, entries: list[Entry], *, sha: Sha, now: datetime
) -> Observation:
    """Judge one subject by all its *entries*: broken if any is, proved only if all are."""
    newest = entries[-1]
    red = [entry for entry in entries if entry.verdict is EntryVerdict.RED]
    if red:
        return Finding(
            symptom=symptom,
            project=view.policy.name,
            since=red[-1].since,
            commit=sha,
            trace=_trace(view, red[-1], sha),
            says=_sentence(red[-1], sha, _failure(red[-1])),
            approval=_waits_for_approval(red[-1]),
        )
    doubtful = [entry for entry in entries if entry.verdict is not EntryVerdict.SUCCESS]
    if not doubtful and is_settled(newest, now=now):
        return Proof(
            symptom=symptom,
            project=view.policy.name,
            at=newest.since,
            commit=sha,
            trace=_trace(view, newest, sha),
            says=_sentence(newest, sha, "passed"),
        )
    return Unsettled(
        symptom=symptom,
        project=view.policy.name,
        why=_doubt(doubtful or entries, sha),
        in_flight=not doubtful or any(entry.verdict in _IN_FLIGHT for entry in doubtful),
    )


def _doubt(entries: list[Entry], sha: Sha) -> str:
    """Say what is in the way of a verdict: what is under way before what ended without one."""
    entry = next((entry for entry in entries if entry.verdict in _IN_FLIGHT), entries[-1])
    return _sentence(entry, sha, _WORDS.get(entry.verdict, "passed only seconds ago"))


def _failure(entry: Entry) -> str:
    if not isinstance(entry.source, Suite):
        return "failed"
    conclusion = entry.source.conclusion
    return _ENDED.get(conclusion, "failed") if isinstance(conclusion, CheckConclusion) else "failed"


def _waits_for_approval(entry: Entry) -> bool:
    return (
        isinstance(entry.source, Suite)
        and entry.source.conclusion is CheckConclusion.ACTION_REQUIRED
    )


def _sentence(entry: Entry, sha: Sha, words: str) -> str:
    thing = "Workflow" if entry.subject.thing is Thing.WORKFLOW else "Status"
    return f"{thing} {entry.subject.name} {words} at {sha[:7]}."


def _trace(view: ProjectView, entry: Entry, sha: Sha) -> Trace:
    if isinstance(entry.source, Suite) and entry.source.run is not None:
        run = entry.source.run
        return RunTrace(repo=view.policy.repo, run_id=run.id, updated_at=entry.since, url=run.url)
    return commit_page(view, sha) if entry.url is None else LinkTrace(url=entry.url)
