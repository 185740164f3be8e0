"""Texts as strings of TOML."""

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_health.core.toml import quoted


def test_what_has_a_short_form_is_written_by_it() -> None:
    """And the rest by its number."""
    assert quoted('\n\r\t"\\\x00\uffff\U000e0001') == (r'"\n\r\t\"\\\u0000\uFFFF\U000E0001"')


@settings(max_examples=60, deadline=None, database=None)
@given(st.text(st.characters(codec="utf-8")))
def test_any_text_is_quoted_so_that_it_is_read_again(text: str) -> None:
    """On one line, with nothing in it that cannot be seen."""
    line = quoted(text)

    assert tomllib.loads(f"x = {line}") == {"x": text}
    assert line.isprintable()
