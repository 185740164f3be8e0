"""`python -m pipeline_health`, and what the `pipeline-health` command runs."""

import sys

from pipeline_health.cli.main import run


def main() -> None:
    """Run the command and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
