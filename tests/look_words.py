"""What the rules say of a look, way by way: kept in `look_words.toml`, so that a change is seen.

    python tests/look_words.py

writes the file anew from what they say now: read the difference before it is committed. The usual
look is kept as a whole; of every other way what the rules do not say of the usual one, and, behind
`without`, how that begins which they say only of that one.
"""

import json
import sys
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import assert_never

from builders import GRANDPARENT, HEAD, NOW, PARENT
from look_ways import LOOKS, USUAL
from pipeline_health.core import rules
from pipeline_health.core.model.findings import Finding, Observation, Proof, Unsettled
from pipeline_health.core.model.questions import (
    Contains,
    DeployTrace,
    JobsOf,
    LinkTrace,
    Question,
    RunTrace,
    Trace,
)
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.passages import passages_of
from pipeline_health.core.unwatched import unwatched

KEPT = Path(__file__).with_suffix(".toml")
_NAMES = {HEAD: "HEAD", PARENT: "PARENT", GRANDPARENT: "GRANDPARENT"}
_BEGINNING = 40


def told(way: str) -> list[str]:
    """Say what every rule says of *way*, what passed staging in it, and what nobody judges."""
    lines = _lines(LOOKS[way])
    if way == USUAL:
        return lines
    return [
        *(line for line in lines if line not in _usual()),
        *(f"without: {line[:_BEGINNING]}" for line in _usual() if line not in lines),
    ]


@cache
def _usual() -> tuple[str, ...]:
    return tuple(_lines(LOOKS[USUAL]))


def _lines(view: ProjectView) -> list[str]:
    words = [_named(_one(word)) for rule in rules.ALL for word in rule(view)]
    passed = (
        f"passed {one.lane or 'the whole'} {one.commit} {_ago(one.pushed_at)} {_ago(one.proved_at)}"
        for one in passages_of(view)
    )
    unseen = (f"unwatched {one.what}: {one.why} | {one.advice}" for one in unwatched(view))
    return [*words, *map(_named, passed), *unseen]


def _one(word: Observation) -> str:
    symptom = word.symptom
    what = f"{symptom.kind} {symptom.subject.thing} {symptom.subject.name} [{symptom.scope}]"
    return f"{what}: {' | '.join(_said(word))} | {word.project}"


def _said(word: Observation) -> Iterator[str]:
    match word:
        case Finding():
            yield f"broken since {_ago(word.since)}"
            yield from (word.says, f"at {word.commit}", _where(word.trace))
            yield from ("for people",) if word.for_people else ()
            yield from ("approval",) if word.approval else ()
        case Proof():
            yield f"proved {_ago(word.at)}"
            yield from (word.says, f"at {word.commit}", _where(word.trace))
        case Unsettled():
            yield f"unsettled: {word.why}"
            yield from ("in flight",) if word.in_flight else ()
            yield from () if word.asks is None else (_asked(word.asks),)
        case unreachable:
            assert_never(unreachable)


def _asked(question: Question) -> str:
    match question:
        case Contains(repo=repo, newer=newer, older=older):
            return f"asks whether {newer} contains {older} in {repo}"
        case JobsOf(trace=trace):
            return f"asks for the jobs of {_where(trace)}"
        case _:
            return f"asks {question}"


def _where(trace: Trace) -> str:
    match trace:
        case RunTrace():
            return f"run {trace.run_id} of {trace.repo}, {_ago(trace.updated_at)}: {trace.url}"
        case DeployTrace():
            what = f"{trace.deployment_id} of {trace.project}"
            return f"deployment {what}, {_ago(trace.changed_at)}: {trace.url}"
        case LinkTrace():
            return trace.url
        case unreachable:
            assert_never(unreachable)


def _ago(at: datetime | None) -> str:
    return "at no known time" if at is None else f"{NOW - at} ago"


def _named(line: str) -> str:
    """Say *line* with names for the commits."""
    for sha, name in _NAMES.items():
        line = line.replace(sha, name).replace(sha[:7], name)
    return line


def _kept() -> Iterator[str]:
    yield "# What the rules say of a look; `python tests/look_words.py` writes it anew."
    for way in LOOKS:
        yield f"\n{json.dumps(way)} = ["
        yield from (f"  {json.dumps(line, ensure_ascii=False)}," for line in told(way))
        yield "]"


if __name__ == "__main__":
    _ = KEPT.write_text("\n".join(_kept()) + "\n")
    sys.exit(0)
