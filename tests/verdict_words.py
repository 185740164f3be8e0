"""How verdicts read, way by way: kept in `verdict_words.toml`, so that a change of it is seen.

    python tests/verdict_words.py

writes the file anew from how they read now: read the difference before it is committed.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from builders import HEAD, a_suite, blind, checks, seen
from gate_matters import a_matter, a_tested, with_facts, with_gate, with_sight, with_tests
from pipeline_health.core.gate import judge
from pipeline_health.core.model.commit import NoSuchCommit
from pipeline_health.core.model.gate_policy import Waivable
from pipeline_health.core.model.verdict import Verdict
from pipeline_health.core.verdict_text import first_line, status_line, summary

KEPT = Path(__file__).with_suffix(".toml")


def promoted() -> Verdict:
    """Give a yes."""
    return judge(a_matter())


def blocked() -> Verdict:
    """Give a no, because of what a test printed."""
    ran = replace(a_tested("the end-to-end command", passed=False), tail="```\n</details>\nboom")
    return judge(with_tests(a_matter(), e2e=ran))


def pending() -> Verdict:
    """Give a no that waiting may change."""
    return judge(with_sight(a_matter(), checks=seen(checks(a_suite(None)))))


def unknown() -> Verdict:
    """Give an answer that nobody could find."""
    return judge(with_facts(a_matter(), staging=blind()))


def two_failures() -> Verdict:
    """Give a no with two reasons, and something that waits for both."""
    bare = with_gate(with_tests(a_matter(), smoke=(), e2e=None), smoke=())
    return judge(with_facts(bare, commit=seen(NoSuchCommit(sha=HEAD))))


def waived() -> Verdict:
    """Give a yes without an end-to-end test."""
    return judge(with_gate(a_matter(), waive=frozenset({Waivable.E2E})))


VERDICTS: Mapping[str, Callable[[], Verdict]] = {
    "promoted": promoted,
    "blocked": blocked,
    "pending": pending,
    "unknown": unknown,
    "two failures": two_failures,
    "waived": waived,
}


def told_of(way: str) -> list[str]:
    """Give the first line, the line of a commit status, and the lines of the summary."""
    verdict = VERDICTS[way]()
    return [first_line(verdict), status_line(verdict), *summary(verdict).split("\n")]


def _kept() -> Iterator[str]:
    yield "# How verdicts read, way by way; `python tests/verdict_words.py` writes it anew."
    for way in VERDICTS:
        yield f"\n{json.dumps(way)} = ["
        yield from (f"  {json.dumps(line, ensure_ascii=False)}," for line in told_of(way))
        yield "]"


if __name__ == "__main__":
    _ = KEPT.write_text("\n".join(_kept()) + "\n")
    sys.exit(0)
