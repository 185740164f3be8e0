"""What the gate says, way by way: kept in `gate_words.toml`, so that a change of it is seen.

    python tests/gate_words.py

writes the file anew from what the gate says now: read the difference before it is committed.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from builders import GRANDPARENT, HEAD, NOW, PARENT
from gate_damages import DAMAGES, Damage
from gate_job_ways import BY_JOB, NEWER
from gate_matters import a_matter
from gate_pair_ways import PAIRS
from gate_ways import MORE
from pipeline_health.core.gate import judge
from pipeline_health.core.model.verdict import Criterion, Verdict

WAYS: Mapping[str, Damage] = {**DAMAGES, **MORE, **BY_JOB, **PAIRS}
_NAMES = {HEAD: "HEAD", PARENT: "PARENT", GRANDPARENT: "GRANDPARENT", NEWER: "NEWER"}
KEPT = Path(__file__).with_suffix(".toml")


def told(way: str) -> list[str]:
    """Say how a good commit fares that goes *way*: the verdict, and what it changes."""
    usual, found = judge(a_matter()), judge(WAYS[way](a_matter()))
    same = () if way == "nothing is missing" else usual.criteria
    lines = (_whole(found), *(_one(each) for each in found.criteria if each not in same))
    return [_named(line) for line in lines]


def _named(line: str) -> str:
    """Say *line* with names for the commits."""
    for sha, name in _NAMES.items():
        line = line.replace(sha, name).replace(sha[:7], name)
    return line


def _whole(found: Verdict) -> str:
    said = [f"{found.answer}: {found.reason}"]
    said += [f"next: {found.next}"] if found.next else []
    said += [f"see {found.url}"] if found.url else []
    said += ["final"] if found.final else []
    said += [f"superseded by {found.superseded_by}"] if found.superseded_by else []
    said += [f"{found.rollback}"] if found.rollback else []
    said += [f"good for {found.expires_at - NOW}"] if found.expires_at else []
    served = [f"{one.service} {one.deployment} {one.commit}" for one in found.served]
    return " | ".join([*said, f"serves {', '.join(served) or 'nothing'}"])


def _one(found: Criterion) -> str:
    said = [f"{found.name} {found.state}: {found.says}"]
    said += [f"next: {found.next}"] if found.next else []
    said += [f"see {found.url}"] if found.url else []
    said += [f"ends with {found.tail}"] if found.tail else []
    said += [f"seen {NOW - found.at} ago"] if found.at != NOW else []
    return " | ".join(said)


def _lines() -> Iterator[str]:
    yield "# What the gate says, way by way; `python tests/gate_words.py` writes it anew."
    for way in WAYS:
        yield f"\n{json.dumps(way)} = ["
        yield from (f"  {json.dumps(line, ensure_ascii=False)}," for line in told(way))
        yield "]"


if __name__ == "__main__":
    _ = KEPT.write_text("\n".join(_lines()) + "\n")
    sys.exit(0)
