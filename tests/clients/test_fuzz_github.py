"""Whatever GitHub answers, it is understood, blind, or an error of ours."""

from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from github_answers import ISSUES, LOOK, answering, look
from github_samples import JUNK, REF, SHA, places, spoiled
from github_stage import OWN, SHOP
from pipeline_health.clients.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable


@settings(max_examples=200)
@given(choice=st.randoms(use_true_random=False), junk=JUNK)
def test_junk_anywhere_in_a_look_is_understood_or_blind(choice: Random, junk: object) -> None:
    """Whatever GitHub puts into one place, no other exception than ClientError comes of it."""
    with suppress(ClientError):
        look(spoiled(LOOK, choice.choice(places(LOOK)), junk))


@settings(max_examples=200)
@given(choice=st.randoms(use_true_random=False), junk=JUNK)
def test_junk_anywhere_among_issues_is_understood_or_blind(choice: Random, junk: object) -> None:
    """An issue is read, gone or blind."""
    with suppress(ClientError):
        answering(spoiled(ISSUES, choice.choice(places(ISSUES)), junk)).issues([REF], identity=None)


@given(junk=JUNK)
def test_junk_for_an_answer_is_an_error_of_ours(junk: object) -> None:
    """Of every question."""
    client = answering(junk)
    questions: list[Callable[[], object]] = [
        client.who_am_i,
        lambda: client.runs_at(SHOP, SHA),
        lambda: client.runs_on(SHOP, "main"),
        lambda: client.runs_on(SHOP, "main", event="push"),
        lambda: client.jobs(SHOP, 1),
        lambda: client.compare(SHOP, SHA, SHA),
        lambda: client.ours(SHOP, author=OWN, identity=None),
        lambda: client.highest(SHOP),
        lambda: client.create_issue(SHOP, title="T", body="B", labels=[]),
    ]
    for question in questions:
        with pytest.raises(ClientError):
            question()
