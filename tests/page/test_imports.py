"""What the page stands on is imported by those who show it, and by nobody else."""

import subprocess
import sys
from pathlib import Path

LIBRARIES = ("starlette", "uvicorn", "jinja2", "markupsafe", "prometheus_client")
COMMANDS = (["status"], ["incidents"], ["feed"], ["sla"], ["why", "x"], ["serve", "--help"])


def test_no_other_command_pays_for_the_page(tmp_path: Path) -> None:
    """A look every few minutes would pay each time."""
    program = (
        "import sys; from pipeline_health.cli.main import run; import pipeline_health.bootstrap\n"
        f"for arguments in {COMMANDS!r}: run(arguments)\n"
        f"print([name for name in {LIBRARIES!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines()[-1] == "[]"
