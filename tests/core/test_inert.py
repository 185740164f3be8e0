"""What untrusted text may not do once it has passed through `core.inert`."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipeline_health.core.inert import CHARACTERS, LINES, fence, inert, inline, plain, prose

NASTY = (
    "@archon", "@", "a@", "#", "12", "#12", "GH-", "gh-3", "&#", ";", "https://", "github.com/o/r",
    "/issues/", "/commit/ab", "<!--", "-->", "--!>", "-", ">", "!", "sweep:", "Sweep", ":", "\n",
    "\r", "\r\n", "\x1b[31m", "\x1b]8;;x\x1b\\", "\x1b", "[", "]", "\u200b", "\u202e", "\x07",
    "\U000e0041", "\ufe0f", "`", "````", "~~~", "|", "\\", "_", "*", "<", "</details>", "(", ")",
    " ", "\t", "word", "v1.2", ".dev", "… 12 earlier lines left out\n", "\u2028", "www.x.dev", "$",
)  # fmt: skip
nasty_text = st.lists(st.sampled_from(NASTY) | st.text(max_size=3), max_size=25).map("".join)
any_text = st.text(max_size=200) | nasty_text


def code_blocks(markdown: str) -> list[str]:
    """Give the contents of the fenced blocks, having seen that there is nothing else."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    assert {"fence"} >= {token.type for token in tokens}
    return [token.content for token in tokens]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("@archon deploy", "(at)archon deploy", id="mention"),
        pytest.param("(@Claude)", "((at)Claude)", id="mention in brackets"),
        pytest.param("x@archon: run", "x(at)archon: run", id="agent behind a word"),
        pytest.param("x@archon.dev", "x(at)archon.dev", id="agent that looks like a domain"),
        pytest.param("x@somebody", "x(at)somebody", id="handle behind a word"),
        pytest.param("é@name.dev", "é(at)name.dev", id="mention behind a letter beyond ASCII"),
        pytest.param("@@name", "@(at)name", id="two signs"),
        pytest.param("@scope/pkg", "(at)scope/pkg", id="package scope"),
        pytest.param("node_modules/@scope/pkg", "node_modules/(at)scope/pkg", id="scope in a path"),
        pytest.param("@\u200barchon", "(at)archon", id="mention behind an invisible character"),
        pytest.param("pkg@1.2 b@^3 c@~4", "pkg@1.2 b@^3 c@~4", id="versions are kept"),
        pytest.param("actions/checkout@v4", "actions/checkout@v4", id="action version is kept"),
        pytest.param("x@" + "ab" * 20, "x@" + "ab" * 20, id="commit is kept"),
        pytest.param("a.b@c.dev", "a.b@c.dev", id="mail address is kept"),
    ],
)
def test_mentions_nobody(text: str, expected: str) -> None:
    """A mention becomes `(at)name`; a version, a mail address or a commit stays as it is."""
    assert expected == inert(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("see #12", "see no. 12", id="number"),
        pytest.param("Fixes #12, closes: #13", "Fixes no. 12, closes: no. 13", id="keywords"),
        pytest.param("acme/shop#12", "acme/shop no. 12", id="other repository"),
        pytest.param("GH-12 and gh-3", "no. 12 and no. 3", id="GH-"),
        pytest.param("@#12", "(at)no. 12", id="reference that would become a mention"),
        pytest.param("#12abc &#39; # 1", "#12abc &#39; # 1", id="colour, entity and heading stay"),
        pytest.param("&#39", "&no. 39", id="entity that is none"),
        pytest.param(
            "https://github.com/o/r/issues/1", "hxxps://github.com/o/r/issues/1", id="issue url"
        ),
        pytest.param(
            "HTTP://ghe.example/o/r/pull/1", "hxxp://ghe.example/o/r/pull/1", id="pull request url"
        ),
        pytest.param(
            "https://github.com/o/r/commit/ab1",
            "hxxps://github.com/o/r/commit/ab1",
            id="commit url",
        ),
        pytest.param(
            "https://api.github.com/repos/o/r/issues/1",
            "hxxps://api.github.com/repos/o/r/issues/1",
            id="api url",
        ),
        pytest.param(
            "https://docs.example/issues", "https://docs.example/issues", id="other url stays"
        ),
    ],
)
def test_refers_to_nothing(text: str, expected: str) -> None:
    """No issue, pull request or commit is referred to, so no thread is touched or followed."""
    assert expected == inert(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a\x1b[1;31mred\x1b[0m", "ared", id="colours"),
        pytest.param("a\x9b31mred", "ared", id="C1 control sequence"),
        pytest.param("\x1b]0;title\x07b", "b", id="OSC ended by BEL"),
        pytest.param("\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\", "link", id="OSC 8 link"),
        pytest.param("\x1b]0;open\nnext", "]0;open\nnext", id="unended OSC hides no line"),
        pytest.param("\x1bP1$r\x1b\\x\x1b(By\x1bMz", "xyz", id="DCS and two-character escapes"),
        pytest.param("a\x00\x08b\x7fc", "abc", id="control characters"),
        pytest.param("a\u200b\u2060\ufeff\u00adb", "ab", id="zero width"),
        pytest.param("a\u202eb\u2066c", "abc", id="bidi"),
        pytest.param("a\U000e0041\U000e0020b", "ab", id="tag characters"),
        pytest.param("a\ufe0f\U000e0100b", "ab", id="variation selectors"),
        pytest.param("a\u3164\u115fb", "ab", id="fillers"),
        pytest.param("a\u2065\ufff0\U000e01f0b", "ab", id="kept free for what cannot be seen"),
        pytest.param("a\ud800b", "ab", id="lone surrogate"),
        pytest.param("a\r\nb\r\r\nc\rd", "a\nb\nc\nd", id="line ends"),
        pytest.param("a\u2028b\x0bc\x0cd\x85e", "a\nb\nc\nd\ne", id="rarer line ends"),
        pytest.param("\n\na\tb\n\n", "a\tb", id="tabs stay and blank ends go"),
        pytest.param("<!-- x -->", "<! -- x -- >", id="HTML comment"),
        pytest.param("--!>", "--! >", id="the other end of a comment"),
        pytest.param("Sweep: x\n  sweep: y", "Sweep : x\n  sweep : y", id="command to Sweep"),
        pytest.param("a sweep: y", "a sweep: y", id="word in a line"),
    ],
)
def test_hides_and_commands_nothing(text: str, expected: str) -> None:
    """What cannot be seen is gone, and what is a command or a comment is broken."""
    assert expected == inert(text)


def test_keeps_the_last_lines_and_says_what_it_cut() -> None:
    """A long log keeps its end, and its first line says how many lines are missing."""
    log = "\n".join(f"line {number}" for number in range(1, 1320))

    kept = inert(log).split("\n")

    assert LINES == len(kept)
    assert "… 1,240 earlier lines left out" == kept[0]
    assert ["line 1241", "line 1319"] == [kept[1], kept[-1]]


def test_keeps_whole_lines_within_the_characters() -> None:
    """A cut by length drops whole lines, and one line is counted in the singular."""
    assert "… 1 earlier line left out\nbbb\nccc" == inert("a" * 99 + "\nbbb\nccc", characters=67)


def test_a_line_that_just_fits_is_not_cut() -> None:
    """Text of exactly the allowed length is left alone."""
    assert "a" * CHARACTERS == inert("a" * CHARACTERS)


def test_one_endless_line_keeps_its_end() -> None:
    """A single line that is too long is cut at its head, and says so by an ellipsis."""
    kept = inert("a" * 9_999 + "END")

    assert kept.startswith("…aaa")
    assert kept.endswith("END")
    assert len(kept) <= CHARACTERS


def test_a_cut_makes_nothing_live() -> None:
    """What was harmless behind a word stays harmless when the word is cut away."""
    kept = inert("x" * 100 + "@1name" + "y" * 93, characters=160)

    assert "@" not in kept


def test_cutting_again_adds_up() -> None:
    """Cut text that is cut again counts what both cuts left out."""
    once = inert("\n".join("abcdefgh"), lines=5)

    assert "… 4 earlier lines left out\ne\nf\ng\nh" == once
    assert "… 6 earlier lines left out\ng\nh" == inert(once, lines=3)


@given(text=any_text, lines=st.integers(1, 6), characters=st.integers(1, 200))
def test_inert_text_stays_as_it_is(text: str, lines: int, characters: int) -> None:
    """Making inert text inert changes nothing, whatever the text and the bounds."""
    once = inert(text, lines=lines, characters=characters)

    assert once == inert(once, lines=lines, characters=characters)


@given(text=any_text)
def test_no_text_stays_alive(text: str) -> None:
    """No mention, reference, comment, escape or invisible character is left of any text."""
    kept = inert(text)

    assert not re.search(r"(?<![A-Za-z0-9_])@\w", kept)
    assert not re.search(r"(?<!&)#[0-9]+(?![A-Za-z0-9_])", kept)
    assert not re.search(r"<!--|--!?>|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202e\U000e0041]", kept)
    assert not re.search(r"(?im)^\s*sweep:", kept)


@given(text=any_text)
def test_a_fence_holds_any_text(text: str) -> None:
    """Rendered, the document is one block whose content is the inert text, and nothing more."""
    quiet = inert(text)

    assert [f"{quiet}\n"] == code_blocks(fence(quiet))


@given(text=any_text.map(lambda text: re.sub(r"[\r\0]", "", text)))
def test_a_fence_holds_text_that_is_not_inert(text: str) -> None:
    """The fence alone holds, too: its safety does not rest on what was stripped before."""
    content = text if text.endswith("\n") else f"{text}\n"

    assert [content] == code_blocks(f"{fence(text)}\n")


def test_a_fence_is_longer_than_what_is_inside() -> None:
    """A run of six backticks is held by seven; without any, there are four."""
    assert "```````text\na `````` b ` c\n```````" == fence("a `````` b ` c")
    assert "````text\na\n````" == fence("a\n")


@given(text=any_text, characters=st.integers(3, 60))
def test_a_name_is_one_code_span(text: str, characters: int) -> None:
    """A name renders as one code span in a paragraph and in a table cell, and is bounded."""
    span = inline(text, characters=max(characters, 12))
    table = f"| a | b |\n|---|---|\n| x | {span} |"

    paragraph = MarkdownIt("commonmark").parse(span)[1].children or []
    cells = [
        token.children or []
        for token in MarkdownIt("commonmark").enable("table").parse(table)
        if token.type == "inline"
    ]

    assert ["code_inline"] == [token.type for token in paragraph]
    assert ["code_inline"] == [token.type for token in cells[3]]
    assert len(span) <= max(characters, 12)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("CI", "`CI`", id="plain"),
        pytest.param("a`b|c", "`a'b¦c`", id="backtick and bar"),
        pytest.param(" \u200b\n", "`(unnamed)`", id="nothing to see"),
        pytest.param("x\n@archon fixes #1", "`x (at)archon fixes no. 1`", id="alive"),
        pytest.param("n" * 120, f"`{'n' * 97}…`", id="too long"),
    ],
)
def test_a_name_is_shown_as_code(name: str, expected: str) -> None:
    """A name stands in a code span, on one line and harmless."""
    assert expected == inline(name)


@given(text=any_text, characters=st.integers(1, 40))
def test_plain_text_stays_as_it_is(text: str, characters: int) -> None:
    """One-line text is within its bound, and making it plain again changes nothing."""
    once = plain(text, characters=characters)

    assert once == plain(once, characters=characters)
    assert len(once) <= characters
    assert "\n" not in once


def test_a_cut_at_the_end_makes_no_reference() -> None:
    """A colour whose end is cut away does not become the number of an issue."""
    assert "x no.…" == plain("x #123abcdef", characters=6)


@given(text=any_text)
def test_prose_shows_what_it_says(text: str) -> None:
    """Prose renders as its own text: no markup, no link, no HTML, no code."""
    parts = MarkdownIt("commonmark").parse(f"Why: {prose(text)}")[1].children or []

    assert {"text", "text_special"} >= {part.type for part in parts}
    assert not re.search(r"(?i)https?://|\bwww\.", prose(text))


def test_prose_reads_well() -> None:
    """Names with underscores stay as they are; markup, links and mail addresses are broken."""
    assert r"RAILWAY_TOKEN: \*see\* \[it](hxxps://x.dev) www\.y.dev" == prose(
        "RAILWAY_TOKEN: *see* [it](https://x.dev) www.y.dev"
    )
    assert "hxxp://x.dev, a.b(at)c.dev, mailto:a(at)b.dev" == prose(
        "FTP://x.dev, a.b@c.dev, mailto:a@b.dev"
    )


@pytest.mark.parametrize("code", [0xFE00, 0xFE0F, 0xFFF0, 0xFFF8, 0xE0000, 0xE0FFF])
def test_what_unicode_keeps_free_for_invisible_signs_is_taken_out(code: int) -> None:
    """The first and the last of each stretch; a secret could be hidden by any of them."""
    assert "ab" == inert(f"a{chr(code)}b")


@pytest.mark.parametrize("code", [0xFE10, 0xE1000])
def test_what_lies_behind_such_a_stretch_stays(code: int) -> None:
    """It is a sign like any other."""
    assert f"a{chr(code)}b" == inert(f"a{chr(code)}b")


@pytest.mark.parametrize(
    ("text", "lines", "characters", "expected"),
    [
        ("  a\n\n", 80, 6_000, "  a"),
        ("Xa\nX", 80, 6_000, "Xa\nX"),
        ("a\nb", 2, 6_000, "a\nb"),
        ("a\nb\nc", 2, 6_000, "… 2 earlier lines left out\nc"),
        ("a\nb\nc", 1, 6_000, "… 2 earlier lines left out\nc"),
        ("… 1,234 earlier lines left out\na\nb", 2, 6_000, "… 1,235 earlier lines left out\nb"),
        ("… 3 earlier lines left out?\na\nb", 2, 6_000, "… 2 earlier lines left out\nb"),
        ("x" * 60 + "\nbb\ncc", 80, 65, "… 1 earlier line left out\nbb\ncc"),
        ("x" * 60 + "\nbbb\ncc", 80, 65, "… 2 earlier lines left out\ncc"),
        ("x" * 99 + "yz", 80, 62, "…z"),
    ],
)
def test_what_is_cut_of_a_log_is_counted_to_the_line(
    text: str, lines: int, characters: int, expected: str
) -> None:
    """Its end stays, as much of it as fits; what was left out before counts too."""
    assert expected == inert(text, lines=lines, characters=characters)


def test_a_sentence_is_longer_than_a_name() -> None:
    """Three hundred signs of it are shown; a blank before the cut is not."""
    assert "x" * 300 == prose("x" * 300)
    assert "x" * 299 + "…" == prose("x" * 301)
    assert "abc…" == plain("abc def", characters=5)
