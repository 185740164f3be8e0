"""Whatever a provider answers, a client gives a value of ours or an error of ours, and soon.

Every entry of every client is asked; its answers are real ones of the simulator, spoiled.
"""

import json
import time
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entries import ENTRIES, READS, played, recorded, with_body
from github_samples import JUNK, places, spoiled
from pipeline_health.clients.errors import ClientError

LATEST = "9999-12-31T23:59:59-14:00"
ODD: tuple[object, ...] = (
    10**30, -(2**63) - 1, 2**63, -1, 0, 1e308, LATEST, "0001-01-01T00:00:00+14:00", "\ud800", "",
    "../../../user", "a/b/c", "x\x00y", [[]], {"": {}}, [None], True, "COMPLETED", "N" * 10_000,
)  # fmt: skip
BODIES = (
    b"", b"\xff\xfe", b"\xef\xbb\xbf{}", b"null", b"[]", b"{}", b"[" * 9_999, b'{"a":' * 9_999,
    b"NaN", b"1e999", b'{"data":NaN}', b'{"data":{}}', b'{"errors":[]}', b'{"errors":[null]}',
    b'{"data":null,"errors":[{"message":7,"path":{"a":1}}]}', b"9" * 5_000, b'{"data":[[]]}',
    b"<html>", b'{"message":{"a":1},"errors":"x"}',
)  # fmt: skip
AT_MOST = 5.0
UNREAD = {"workflow_of", "open_issues_of_others", "jobs of a workflow"}
"""What is asked for things of one state, or reads none."""


def documents(entry: str) -> list[tuple[int, object]]:
    """Give the JSON among the answers to *entry*, each with its place."""
    found = []
    for at, answer in enumerate(recorded(entry)):
        with suppress(ValueError):
            found.append((at, json.loads(answer.body)))
    return found


def asked(entry: str, at: int, body: bytes) -> str:
    """Play the answers to *entry* with another body at one place, and show what came of it."""
    began = time.monotonic()
    try:
        return repr(played(entry, with_body(recorded(entry), at, body)))
    except ClientError as exc:
        return f"refused: {exc}"
    finally:
        assert time.monotonic() - began < AT_MOST


@pytest.mark.parametrize("entry", ENTRIES)
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 9**9), junk=JUNK | st.sampled_from(ODD))
def test_junk_anywhere_is_a_value_or_an_error_of_ours(entry: str, seed: int, junk: object) -> None:
    """Nobody promised that a provider keeps to its schema."""
    for at, document in documents(entry):
        place = Random(seed).choice(places(document))  # noqa: S311 - nothing secret
        asked(entry, at, json.dumps(spoiled(document, place, junk)).encode())


@pytest.mark.parametrize("entry", ENTRIES)
def test_another_body_is_a_value_or_an_error_of_ours(entry: str) -> None:
    """No JSON, JSON without end, an empty envelope, a page of HTML."""
    for at in range(len(recorded(entry))):
        for body in BODIES:
            asked(entry, at, body)


@pytest.mark.parametrize("entry", sorted(READS.keys() - UNREAD))
def test_an_unknown_word_is_never_taken_for_a_known_one(entry: str) -> None:
    """A state that is in no table of ours is shown as it is, or makes the whole unreadable."""
    for at, document in documents(entry):
        changed = document
        for place in places(document):
            if (
                place
                and place[-1] in ("status", "conclusion", "state")
                and _is_word(changed, place)
            ):
                changed = spoiled(changed, place, "MAGENTA")
        told = asked(entry, at, json.dumps(changed).encode())
        assert changed == document or any(it in told for it in ("MAGENTA", "refused", "Blind("))


def _is_word(document: object, place: tuple[str | int, ...]) -> bool:
    for step in place:
        document = document[step]  # type: ignore[index]
    return isinstance(document, str)
