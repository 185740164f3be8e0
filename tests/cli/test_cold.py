"""A timer starts us 288 times a day, and nearly always nothing is new: such a run loads little."""

import re
import subprocess
import sys
from pathlib import Path

from cold_modules import LIST, listed, loaded

ROOT = Path(__file__).parents[2]
_DEAR = re.compile(r"^from dataclasses import .*\bdataclass\b", re.MULTILINE)


def test_a_quiet_run_loads_what_is_listed_and_nothing_else(tmp_path: Path) -> None:
    """A scheduler, a web framework or a signature that nothing asks for costs CPU in each run."""
    found = loaded(tmp_path)

    more, gone = sorted(found - listed()), sorted(listed() - found)
    assert not more, (
        f"A quiet run-once loads more than it did: {', '.join(more)}.\n"
        "Import it where it is needed (inside the function, with `# noqa: PLC0415 - why`); "
        "`python -X importtime -m pipeline_health run-once` tells who does. If each quiet run "
        f"needs it: `python tests/cold_modules.py` adds it to {LIST.name}, and "
        "`python -m benchmarks.cold` tells what it costs."
    )
    assert not [name for name in gone if name.startswith("pipeline_health")], (
        f"A quiet run-once does not load these any more: {', '.join(gone)}.\n"
        f"`python tests/cold_modules.py` takes them out of {LIST.name}, so that they stay out."
    )


def test_what_a_quiet_run_loads_makes_its_classes_cheaply() -> None:
    """The standard library's decorator costs 0.7 ms for each, and there are two hundred."""
    dear = [
        name
        for name in sorted(listed())
        if name.startswith("pipeline_health.") and _DEAR.search(_source(name))
    ]

    assert not dear, f"import dataclass from pipeline_health.frozen in {', '.join(dear)}"


def _source(module: str) -> str:
    path = ROOT.joinpath(*module.split("."))
    found = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = found.read_text()
    return text if "@dataclass(frozen=True, slots=True" in text else ""


def test_version_and_help_load_no_part_of_a_look() -> None:
    """People wait for them, and a shell for each Tab."""
    script = (
        "import sys\nfrom pipeline_health.cli.main import run\n"
        "for word in ('--version', '--help'):\n"
        "    run([word])\n"
        "    print(*{name.split('.')[1] for name in sys.modules if 'pipeline_health.' in name})\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    of_version, *_, of_help = ({*line.split()} for line in told.stdout.splitlines()[1:])
    assert of_version == {"cli", "frozen"}
    assert of_help & {"agent", "bootstrap", "clients", "sources", "wiring"} == set()
