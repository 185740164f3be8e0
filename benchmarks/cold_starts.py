"""Cold starts, as `python -m benchmarks.cold` tells of them: in a process of its own."""

import re
import subprocess
import sys

from benchmarks.bounds import Bound

ALLOWED = 150
_BEYOND = re.compile(r"^\| .*beyond the baseline \| (?P<ms>-?\d+) \|$", re.MULTILINE)


def cold_starts() -> tuple[str, Bound]:
    """Give its table, and whether a quiet cold run costs no more than it may.

    It is not imported here: a child never seems smaller than whoever starts it.
    """
    command = [sys.executable, "-m", "benchmarks.cold"]
    table = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout
    table = "".join(f"{line}\n" for line in table.splitlines() if line.startswith("|"))
    found = _BEYOND.search(table)
    if found is None:
        msg = f"python -m benchmarks.cold does not say what is beyond the baseline: {table!r}"
        raise RuntimeError(msg)
    what = "a quiet cold run-once beyond its libraries: CPU, ms"
    return table, Bound(what=what, most=ALLOWED, found=int(found["ms"]))
