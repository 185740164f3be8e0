"""`python -m pipeline_health`, and what the `pipeline-health` command runs."""

import gc
import sys

_ROOM = 100_000
"""So many new objects are worth a search for garbage.

A start makes 50,000 that all stay, and Python's own 700 would search among them 130 times: 40 ms of
CPU. What a cycle leaves behind in circles, one object in thirty, waits a little longer.
"""


def main() -> None:
    """Run the command and leave with its exit code."""
    gc.set_threshold(_ROOM)
    from pipeline_health.cli.main import run  # noqa: PLC0415 - after that

    code = run(sys.argv[1:])
    gc.freeze()  # what goes with the process is not searched for garbage first: 50 ms of CPU
    sys.exit(code)


if __name__ == "__main__":
    main()
