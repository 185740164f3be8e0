"""Whatever others write, an issue says what we say: rendered as GitHub would, text by text.

Every field that anybody else may fill holds pieces that close fences, forge markers, mention,
refer, hide and command; every kind of incident is told with them.
"""

import re
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from hostile import CANARY, MARKER, PIECES, hostile, incidents
from incident_builders import BAD, CI, PROJECT, REPO, T0, ailment, incident, page, proof
from pipeline_health.core import verdict_text
from pipeline_health.core.issue_text import (
    body,
    closing,
    comment_key,
    duplicate,
    handed_over,
    marker_of,
    notes_of,
    orphaned,
    posted,
    read_marker,
    reopened,
    title_of,
)
from pipeline_health.core.issue_text.body import LONGEST
from pipeline_health.core.issue_text.titles import LONGEST as LONGEST_TITLE
from pipeline_health.core.model.findings import Subject, Thing
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import Incident, Silence
from pipeline_health.core.model.plan import Comment
from pipeline_health.core.model.policy import EvidenceMode, ProjectPolicy, Routing
from pipeline_health.core.model.verdict import (
    Answer,
    Criterion,
    CriterionName,
    CriterionState,
    Verdict,
)
from rendered import ALIVE, CALLED, LONGEST_BODY, Rendered, called, rendered

SHOP = ProjectPolicy(name=PROJECT, repo=REPO, branch="main")
SECTIONS = ("Cause", "Who can fix it and how", "Done when", "Occurrences", "Evidence")
OURS = ("https://github.com/acme/shop/", "https://github.com/settings/", "https://railway.com/",
        "https://github.com/organizations/acme/", "https://www.githubstatus.com",
        "https://status.railway.com")  # fmt: skip
"""Where our own links lead."""


def text_of(told: Incident, *, shown: EvidenceMode = EvidenceMode.FULL, notes: str = "") -> str:
    """Give the body as it is filed."""
    return body(told, routing=Routing(), evidence_shown=shown, notes=notes, project=SHOP)


def strange_links(seen: Rendered, told: Incident) -> list[str]:
    """Give the links that are neither ours nor the whole address of a page that was told."""
    pages = {each.trace.url for each in told.ailments}
    pages |= {each.healed.trace.url for each in told.ailments if each.healed}
    pages |= {each.url for each in told.occurrences}
    pages = {MarkdownIt().normalizeLink(page) for page in pages}
    return [link for link in seen.links if link not in pages and not link.startswith(OURS)]


@settings(max_examples=30, deadline=None)
@given(told=incidents(), shown=st.sampled_from(EvidenceMode))
def test_a_body_says_what_we_say(told: Incident, shown: EvidenceMode) -> None:
    """Sections, table and end are ours, and so is all that is alive; a log is in its fence only."""
    text = text_of(told, shown=shown)
    seen = rendered(text)
    marker, _, rest = text.partition("\n")

    assert SECTIONS == seen.headings
    assert {2} == set(seen.rows)
    assert len(seen.fences) <= 2
    assert not seen.fences or seen.shape[-1] == "fence"
    assert not [words for words in (*seen.words, *seen.spans) if CANARY in words]
    assert (marker,) == seen.html
    assert marker_of(told) == read_marker(text)
    assert not [line for line in rest.split("\n") if read_marker(line) or comment_key(line)]
    assert "" == notes_of(text)
    assert [] == seen.alive()
    assert [] == strange_links(seen, told)
    assert [] == called(rest.replace("`<!-- notes -->`", ""))
    assert len(text) <= LONGEST < LONGEST_BODY


@settings(max_examples=20, deadline=None)
@given(told=incidents(), why=hostile)
def test_a_comment_holds_nothing_of_theirs(told: Incident, why: str) -> None:
    """A comment outranks the body for an agent: a name is a code span, and there is no log."""
    healed = next((each.healed for each in told.ailments if each.healed), proof())
    comments = (closing(told, proof=healed), reopened(told, why=why), handed_over(told))

    for comment in comments:
        text = posted(Comment(key=f"closed {told.nonce}", body=comment))
        seen = rendered(text)
        key = text.rpartition("\n")[2]
        assert (key,) == seen.html
        assert f"closed {told.nonce}" == comment_key(text)
        assert () == seen.headings + seen.fences
        assert not [words for words in (*seen.words, *seen.spans) if CANARY in words]
        assert [] == seen.alive()
        assert [] == strange_links(seen, told)
        assert [] == called(comment)
        assert None is read_marker(text)
        assert len(text) < LONGEST_BODY


@settings(max_examples=15, deadline=None)
@given(told=incidents(), project=hostile.filter(str.strip))
def test_a_title_is_one_plain_line(told: Incident, project: str) -> None:
    """A title mentions and refers to nobody, begins with words of ours, and is short enough."""
    subject = told.newest.symptom.subject
    title = title_of(
        told.kind, subject, project=ProjectName(project), cause=told.cause, commit=told.commit
    )

    assert title == " ".join(title.split())
    assert len(title) <= LONGEST_TITLE
    assert [] == called(title)
    assert not re.search(r"(?<![A-Za-z0-9_])@\w|(?<![A-Za-z0-9_&])#[0-9]+\b", title)


@given(said=hostile, tail=hostile, url=hostile.map("https://ci.example/".__add__))
@settings(max_examples=25, deadline=None)
def test_a_verdict_says_what_we_say(said: str, tail: str, url: str) -> None:
    """The output of a test stays in its fence, and what a criterion says in its cell."""
    text = verdict_text.summary(_verdict(said, tail, url))
    seen = rendered(text)

    assert ("Blocked: shop at `1b1b1b1`",) == seen.headings
    assert {3} == set(seen.rows)
    assert [] == seen.alive()
    assert not [link for link in seen.links if not link.startswith("https://ci.example/")]
    assert 1 == len(seen.fences)
    assert 2 == len(seen.html)
    assert [] == called(text.replace(verdict_text.page(_criterion(said, tail, url)), ""))


def _criterion(said: str, tail: str, url: str) -> Criterion:
    return Criterion(
        name=CriterionName.E2E,
        state=CriterionState.FAIL,
        says=said,
        next=said,
        tail=f"{tail}.",
        url=url,
        at=T0,
    )


def _verdict(said: str, tail: str, url: str) -> Verdict:
    return Verdict(
        project=PROJECT,
        repo=REPO,
        commit=BAD,
        final=True,
        answer=Answer.BLOCK,
        reason=said,
        next=said,
        criteria=(_criterion(said, tail, url),),
        checked_at=T0,
        config_hash="0" * 64,
    )


def test_very_many_failures_fit() -> None:
    """However many things failed and were silenced, GitHub takes the text."""
    evil = "`|\n@archon #1 " * 20
    each = replace(
        ailment(replace(CI, subject=Subject(Thing.WORKFLOW, evil)), jobs=(evil,) * 12),
        trace=page("https://circle.example/" + "a" * 400),
    )
    many = (replace(each, silence=Silence(says=f"{number} {evil}", at=T0)) for number in range(250))
    text = text_of(replace(incident(*many), escalated=evil * 9), notes="n" * 1_000)

    assert len(text) <= LONGEST
    assert SECTIONS == rendered(text).headings


def test_a_notice_of_a_duplicate_or_an_orphan_names_ours_only() -> None:
    """The one number in it is that of the older issue."""
    assert ["#12"] == re.findall(r"#\d+", duplicate(of=12))
    assert [] == rendered(orphaned()).alive()


def test_the_pieces_are_dangerous() -> None:
    """Unfenced, the same text does what the tests above exclude: they could fail."""
    seen = [rendered(piece) for piece in PIECES]

    assert (MARKER,) in [each.html for each in seen]
    assert {"Heading", "Task"} <= {heading for each in seen for heading in each.headings}
    assert set(ALIVE) == {what.partition(":")[0] for each in seen for what in each.alive()}
    assert set(CALLED) == set(called("\n".join(PIECES)))
    assert None is not read_marker(MARKER)
