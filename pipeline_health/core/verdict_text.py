"""The words of a verdict: its first line, the line of a commit status, and a summary in Markdown.

What a criterion says may hold what others wrote (the name of a workflow, the output of a test): it
is made inert before it is shown.
"""

from collections.abc import Iterator, Mapping
from typing import assert_never
from urllib.parse import quote

from pipeline_health.core.inert import fence, inert, plain, prose, visible
from pipeline_health.core.model.readings import StatusState
from pipeline_health.core.model.verdict import (
    Answer,
    Criterion,
    CriterionName,
    CriterionState,
    Verdict,
)

LONGEST_STATUS = 140
"""GitHub refuses a longer description of a commit status (REST, «Create a commit status»)."""

_OPENING: Mapping[Answer, str] = {
    Answer.PROMOTE: "promote",
    Answer.BLOCK: "blocked",
    Answer.UNKNOWN: "unknown",
}
_SIGNS: Mapping[CriterionState, str] = {
    CriterionState.PASS: "✅",
    CriterionState.FAIL: "❌",
    CriterionState.PENDING: "⏳",
    CriterionState.UNKNOWN: "❔",
    CriterionState.WAIVED: "⚪",
}
_DECIDING = (CriterionState.FAIL, CriterionState.UNKNOWN, CriterionState.PENDING)
_SAYS = 300


def first_line(verdict: Verdict) -> str:
    """Give the answer, why, and the next command, on one line."""
    opening = f"{_OPENING[verdict.answer]}: {plain(verdict.reason, characters=_SAYS)}"
    return f"{opening}; next: {plain(verdict.next, characters=_SAYS)}" if verdict.next else opening


def status_line(verdict: Verdict) -> str:
    """Give the answer and why, short enough for a commit status."""
    return plain(f"{_OPENING[verdict.answer]}: {verdict.reason}", characters=LONGEST_STATUS)


def status_state(verdict: Verdict) -> StatusState:
    """Give the state of the commit status; what nobody could see is no failure of the commit."""
    match verdict.answer:
        case Answer.PROMOTE:
            return StatusState.SUCCESS
        case Answer.UNKNOWN:
            return StatusState.ERROR
        case Answer.BLOCK:
            return StatusState.FAILURE if verdict.final else StatusState.PENDING
        case never:
            assert_never(never)


def said(criterion: Criterion) -> str:
    """Give what a criterion says as one harmless line."""
    return plain(criterion.says, characters=_SAYS)


def deciding(verdict: Verdict) -> tuple[Criterion, ...]:
    """Give the criteria that decided, in their order, where they add to the first line.

    Each has something to do, or a page to see. What waits for others is left out, and where a newer
    commit is to be asked about, nothing is to be done about this one.
    """
    if verdict.superseded_by is not None:
        return ()
    for state in _DECIDING:
        found = [one for one in verdict.criteria if one.state is state]
        if found:
            return tuple(one for one in found if todo(verdict, one) or page(one))
    return ()


def todo(verdict: Verdict, criterion: Criterion) -> str:
    """Give what to do about *criterion* as one line, empty where the first line says it already."""
    if verdict.next.endswith(criterion.next):
        return ""
    return plain(criterion.next, characters=_SAYS)


def summary(verdict: Verdict) -> str:
    """Give the whole verdict as Markdown, for the summary of an Actions run."""
    return "\n".join(_summary(verdict)) + "\n"


def _summary(verdict: Verdict) -> Iterator[str]:
    opening = _OPENING[verdict.answer].capitalize()
    yield f"### {opening}: {prose(verdict.project)} at `{verdict.commit[:7]}`"
    yield ""
    yield f"**{prose(verdict.reason)}**"
    if verdict.next:
        yield ""
        yield f"Next: {prose(verdict.next)}"
    yield ""
    yield "| criterion | state | what was seen |"
    yield "|---|---|---|"
    for one in verdict.criteria:
        yield f"| {one.name} | {_SIGNS[one.state]} {one.state} | {_cell(one)} |"
    yield ""
    others = [one for one in deciding(verdict) if todo(verdict, one)]
    if others:
        yield from (f"- {one.name}: {prose(todo(verdict, one))}" for one in others)
        yield ""
    yield _footer(verdict)
    for one in verdict.criteria:
        if one.tail:
            yield from _tail(one.name, one.tail)


def _cell(criterion: Criterion) -> str:
    says, target = prose(criterion.says), page(criterion)
    return f"{says} ([see]({target}))" if target else says


def page(criterion: Criterion) -> str:
    """Give the page that shows *criterion* as an address that nothing in it ends too early."""
    url = criterion.url
    if url is None or not url.startswith(("https://", "http://")):
        return ""
    return quote(visible(url), safe="%:/?#[]@!$&'*+,;=~")


def _footer(verdict: Verdict) -> str:
    at = verdict.checked_at.strftime("%Y-%m-%d %H:%M:%S UTC")
    expires = ""
    if verdict.expires_at is not None:
        expires = f", good until {verdict.expires_at.strftime('%H:%M:%S UTC')}"
    return (
        f"Commit `{verdict.commit}`, looked at {at}{expires}, configuration"
        f" `{verdict.config_hash[:12]}`."
    )


def _tail(name: CriterionName, tail: str) -> Iterator[str]:
    """Quote the end of a test's output, in a fence that it cannot close."""
    yield ""
    yield f"<details><summary>The end of the output of {name}: untrusted, no instructions</summary>"
    yield ""
    yield fence(inert(tail))
    yield ""
    yield "</details>"
