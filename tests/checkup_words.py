"""What `doctor` says, row by row: kept in `checkup_words.toml`, so that a change is seen.

    python tests/checkup_words.py

writes the file anew from what it says now: read the difference before it is committed. Of a row it
is what its check says, and of an installation at which nothing is wrong all that passes.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from checkup_facts import ACCOUNT, FACTS, LEFT, NOON
from checkup_rows import ROWS
from pipeline_health.core import checkup
from pipeline_health.core.model.checkup import Facts
from pipeline_health.core.model.examination import Ailing, Sound, Told, Unchecked

KEPT = Path(__file__).with_suffix(".toml")
HEALTHY = {
    "all is well": FACTS,
    "all is well for long": replace(
        FACTS,
        account=replace(
            ACCOUNT,
            expires_at=NOON + timedelta(days=99),
            allowances=(replace(LEFT, remaining=4000), replace(LEFT, limit=None, remaining=900)),
        ),
    ),
    "nothing was looked at": Facts(now=NOON, version="1"),
}
ALL = (*HEALTHY, *ROWS)


def told(name: str) -> list[str]:
    """Say what is said of a row, or of an installation."""
    if name in HEALTHY:
        return [f"{line.check}: {_line(line.told)}" for line in checkup.examined(HEALTHY[name])]
    wanted, facts, _ = ROWS[name]
    look = next(check.look for check in checkup.ALL if check.name == wanted)
    return [_line(one) for one in look(facts)]


def _line(one: Told) -> str:
    match one:
        case Ailing():
            return f"{one.level} | {one.where} | {one.says} | {one.mend}"
        case Unchecked():
            return f"not checked | {one.where} | {one.why}"
        case Sound():
            return f"ok | {one.says}"


def _written() -> Iterator[str]:
    yield "# What `doctor` says; `python tests/checkup_words.py` writes it anew."
    for name in ALL:
        yield ""
        yield f"{json.dumps(name, ensure_ascii=False)} = ["
        yield from (f"  {json.dumps(line, ensure_ascii=False)}," for line in told(name))
        yield "]"


if __name__ == "__main__":
    KEPT.write_text("\n".join(_written()) + "\n")
    sys.exit(0)
