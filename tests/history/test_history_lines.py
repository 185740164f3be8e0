"""Lines of our own recordings: what is written is read back, and nothing else is."""

import types
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import NOW, REPO
from pipeline_health.core.model.ids import Login, ProjectName, RepoName, Sha
from pipeline_health.core.model.readings import CheckConclusion, Unrecognised
from pipeline_health.core.model.recording import JobTold
from pipeline_health.core.model.shown import LONGEST_LOG, Heading, LookedAt, Shown
from pipeline_health.history.lines import (
    LONGEST_TEXT,
    MOST_FACTS,
    SCHEMA,
    LineError,
    fit_to_keep,
    read,
    without_logs,
    written,
)
from pipeline_health.secret import Secret
from pipeline_health.telemetry import Redaction
from shown_samples import A_DEPLOYMENT, A_PUSH, A_RUN, A_STATUS, short

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMED: dict[object, st.SearchStrategy[Any]] = {
    Sha: st.text("0123456789abcdef", min_size=40, max_size=40),
    RepoName: st.sampled_from(["acme/shop", "a/b.c"]),
    Login: TEXTS,
    ProjectName: TEXTS,
    str: TEXTS,
    int: st.integers(0, 2**60),
    bool: st.booleans(),
    type(None): st.none(),
    Unrecognised: TEXTS.map(Unrecognised),
    datetime: st.datetimes(timezones=st.just(UTC)),
}


def any_of(kind: Any) -> st.SearchStrategy[Any]:
    """Draw anything of *kind*, key by key, whatever keys it has."""
    if kind in NAMED:
        return NAMED[kind]
    origin, inner = get_origin(kind), get_args(kind)
    if origin is tuple:
        return st.lists(any_of(inner[0]), max_size=2).map(tuple)
    if origin in (Union, types.UnionType):
        return st.one_of(*map(any_of, inner))
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: any_of(hints[field.name]) for field in fields(kind)})


@settings(max_examples=25)
@given(st.one_of(any_of(Heading), any_of(LookedAt), any_of(Shown)))
def test_what_is_written_is_read_back(line: Heading | LookedAt | Shown) -> None:
    """Each on a line of its own, whatever stands in it."""
    text = written(line)

    assert read(text) == line
    assert (text.count(b"\n"), text.isascii()) == (1, True)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"", "no JSON"),
        (b'{"looked_at"', "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"\xff", "no JSON"),
        (b"[]", "no object"),
        (b'{"looked":1}', "none of the keys schema, looked_at and project"),
        (b'{"schema":"s"}', "version: Field required"),
        (b'{"looked_at":"yesterday"}', "looked_at: "),
        (b'{"looked_at":"2026-03-02T10:00:00"}', "looked_at: has no time zone"),
        (b'{"looked_at":"2026-03-02T10:00:00Z","projects":"shop"}', "projects: "),
        (b'{"project":"shop"}', "at: Field required"),
        (b'{"project":"shop","at":"2026-03-02T10:00:00Z","head":"main"}', "head: is no commit"),
        (
            written(Shown(project=ProjectName("s"), at=NOW, pushes=(A_PUSH,))).replace(
                REPO.encode(), b"../up"
            ),
            "repo: is no repository",
        ),
        (
            written(Shown(project=ProjectName("s"), at=NOW, runs=(A_RUN,))).replace(
                b'"COMPLETED"', b'"DONE"'
            ),
            "runs.0.status",
        ),
        (
            written(Shown(project=ProjectName("s"), at=NOW, runs=(A_RUN,))).replace(
                b'"run_id":1', b'"run_id":"1"'
            ),
            "runs.0.run_id",
        ),
    ],
    ids=short,
)
def test_what_is_not_ours_is_refused_with_its_place(line: bytes, says: str) -> None:
    """Whoever wrote the line by hand knows what to mend."""
    with pytest.raises(LineError, match=says.replace(".", r"\.")):
        read(line)


def test_a_key_of_a_later_version_is_skipped() -> None:
    """A key with a default needs no other schema."""
    assert read(b'{"looked_at":"2026-03-02T12:00:00Z","mood":"good"}') == LookedAt(looked_at=NOW)


def shown(**seen: Any) -> Shown:
    """Give what a look showed."""
    return replace(Shown(project=ProjectName("shop"), at=NOW), **seen)


def identity(text: str) -> str:
    """Redact nothing."""
    return text


def job(log: str) -> JobTold:
    """Give a failing job."""
    return JobTold(name="test", conclusion=CheckConclusion.FAILURE, log=log)


PLANTED = "ghp_" + "a1B2" * 9


@pytest.mark.parametrize(
    "told",
    [
        shown(pushes=(replace(A_PUSH, message=f"use {PLANTED}"),)),
        shown(pushes=(replace(A_PUSH, author="my-own-secret"),)),
        shown(runs=(replace(A_RUN, workflow="my-own-secret"),)),
        shown(runs=(replace(A_RUN, jobs=(job(f"{'x' * LONGEST_LOG}{PLANTED}"),)),)),
        shown(runs=(replace(A_RUN, jobs=(job(f"{PLANTED}{'x' * (LONGEST_LOG - 20)}"),)),)),
        shown(statuses=(replace(A_STATUS, url="https://u:my-own-secret@ci.example/"),)),
        shown(statuses=(replace(A_STATUS, description=f"{'x' * 1980}{PLANTED}"),)),
        shown(deployments=(replace(A_DEPLOYMENT, log="TOKEN=my-own-secret"),)),
        shown(deployments=(replace(A_DEPLOYMENT, image="r.example/my-own-secret"),)),
    ],
)
def test_every_text_is_redacted_before_it_is_cut(told: Shown) -> None:
    """Half a secret is one too."""
    text = written(fit_to_keep(told, Redaction([Secret("my-own-secret")])))

    assert b"my-own-secret" not in text
    assert PLANTED[:12].encode() not in text
    assert PLANTED[-12:].encode() not in text


def test_a_text_is_bounded_and_a_log_keeps_its_end() -> None:
    """So is how many facts there are, of which the newest stay."""
    pushes = tuple(replace(A_PUSH, message=f"{number} {'m' * 5_000}") for number in range(300))
    told = shown(pushes=pushes, runs=(replace(A_RUN, jobs=(job("l" * 5_000 + "end"),)),))

    kept = fit_to_keep(told, identity)

    assert len(kept.pushes) == MOST_FACTS
    assert kept.pushes[-1].message == pushes[-1].message[:LONGEST_TEXT]
    assert kept.runs[0].jobs[0].log == ("l" * 5_000 + "end")[-LONGEST_LOG:]


def test_logs_can_be_left_out() -> None:
    """The last thing before a line is given up."""
    told = shown(runs=(A_RUN,), deployments=(A_DEPLOYMENT,))

    bare = without_logs(told)

    assert bare.runs[0].jobs == (replace(A_RUN.jobs[0], log=""),)
    assert bare.deployments == (replace(A_DEPLOYMENT, log=""),)


def test_times_are_written_in_utc_with_their_fractions() -> None:
    """ISO 8601 with a Z, as the page says."""
    line = written(LookedAt(looked_at=NOW + timedelta(milliseconds=5)))

    assert line == b'{"looked_at":"2026-03-02T12:00:00.005000Z"}\n'
    heading = written(Heading(schema=SCHEMA, version="1", began_at=NOW))
    assert heading.startswith(b'{"schema":"pipeline-health-recording/1",')
