"""Take the guards away, one at a time, and see a test fail for each.

    python tests/guards.py [WORDS …]

A guard is a piece of text of a module, and what the module would say without it. Those in
`laws.toml` keep the six laws of docs/architecture.md, those in `guards.toml` keep the promotion
check from failing open, or blocking for ever, those in `hostile.toml` hold what others write, those
in `telling.toml` keep people told, and once, those in `portfolio.toml` keep an outage one issue and
nobody unnamed, those in `page.toml` keep the page shut and harmless. For each the tree is copied,
the text is replaced, and tests are run until the first one fails. With
*WORDS* only the guards whose name holds one of them are tried. A guard that no test misses is
named, and the exit code is 1; so it is for one whose text is not there any more.
"""

import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
LISTS = tuple(
    ROOT / "tests" / f"{name}.toml"
    for name in ("laws", "guards", "hostile", "telling", "portfolio", "page")
)
PARTS = (
    *("pipeline_health", "tests", "benchmarks"),
    *("docs", "deploy", "README.md", "pyproject.toml"),
)
TESTS: Mapping[str, tuple[str, ...]] = {
    "tables": ("tests/core", "-k", "gate or ci_verdict or deploy_verdict or observe"),
    "stories": ("tests/agent", "-k", "promotion"),
    "commands": ("tests/cli", "-k", "promotion"),
    "contract": ("tests/contract", "-k", "railway"),
    "decisions": ("tests/core", "-k", "observe or incidents or reconcile or restraint or marker"),
    "cycles": (
        "tests/agent/test_applying.py",
        "tests/agent/test_doubt_stories.py",
        "tests/agent/test_filing_stories.py",
        "tests/agent/test_law_stories.py",
        "tests/agent/test_looking.py",
        "tests/agent/test_recovery_stories.py",
        "tests/agent/test_restraint_stories.py",
        "tests/agent/test_trouble_stories.py",
    ),
    "page": ("tests/page",),
    "frontage": ("tests/serving/test_frontage.py",),
    "board": ("tests/core/test_board.py", "tests/core/test_lights.py"),
    "portfolio": ("tests/core", "-k", "parent or crowd or inhibition"),
    "portfolio stories": ("tests/agent/test_portfolio_stories.py",),
    "portfolio crowds": ("tests/agent/test_portfolio_crowds.py",),
    "issues": ("tests/clients/test_github_parse.py", "tests/contract/test_tracker.py"),
    "ledgers": ("tests/ledger", "tests/contract", "-k", "ledger"),
    "texts": (
        "tests/core/test_inert.py",
        "tests/core/test_issue_text_apart.py",
        "tests/core/test_hostile_logs.py",
        "tests/core/test_hostile_issues.py",
    ),
    "edges": (
        "tests/agent/test_hostile_stories.py",
        "tests/cli/test_tables.py",
        "tests/clients/test_github_parse.py",
        "tests/clients/test_json.py",
        "tests/clients/test_web.py",
        "tests/settings/test_private_file.py",
        "tests/settings/test_values.py",
        "tests/telemetry/test_redaction.py",
    ),
    "runs": ("tests/cli/test_run_once.py", "tests/cli/test_defects.py"),
    "telling": (
        "tests/notify/test_delivering.py",
        "tests/notify/test_people.py",
        "tests/notify/test_postroom.py",
        "tests/agent/test_telling_stories.py",
        "tests/clients/test_ntfy.py",
        "tests/contract/test_ledger_letters.py",
        "tests/core/test_concerns_parents.py",
        "tests/core/test_news.py",
    ),
}
FAILED = 1
"""What pytest exits with when a test failed; with more it could not run them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What *name* would let through if *text* of *file* read *without*; *tests* must miss it."""

    name: str
    file: str
    text: str
    without: str
    tests: str = "tables"


def guards() -> tuple[Guard, ...]:
    """Give all that are listed."""
    lists = (tomllib.loads(file.read_text()) for file in LISTS)
    return tuple(Guard(**each) for listed in lists for each in listed["guard"])


def is_missed(guard: Guard) -> bool:
    """Tell whether any test fails without *guard*."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in PARTS:
            source, target = ROOT / part, copy / part
            _ = shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        changed = copy / guard.file
        changed.write_text(changed.read_text().replace(guard.text, guard.without))
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(  # the copy comes first on the path
            [*command, *TESTS[guard.tests]],
            cwd=copy,
            env={"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin", "HOME": folder},
            capture_output=True,
            check=False,
        )
    return done.returncode == FAILED


def misplaced(listed: tuple[Guard, ...]) -> Iterator[str]:
    """Say of each guard whose text is not in its file exactly once that it is not."""
    for guard in listed:
        found = (ROOT / guard.file).read_text().count(guard.text)
        if found != 1:
            yield f"{guard.name}: its text is in {guard.file} {found} times"


def main(words: list[str]) -> int:
    """Try every guard whose name holds one of *words*; give 1 when one is not missed."""
    chosen = tuple(one for one in guards() if not words or any(word in one.name for word in words))
    lost = list(misplaced(chosen))
    if lost or not chosen:
        sys.stderr.write("\n".join(lost or ["no such guard"]) + "\n")
        return 1
    for kind in sorted({one.tests for one in chosen}):
        if is_missed(replace(chosen[0], without=chosen[0].text, tests=kind)):
            sys.stderr.write(f"{' '.join(TESTS[kind])} fails with every guard in its place\n")
            return 1
    with ThreadPoolExecutor(2) as pool:
        missed = list(pool.map(is_missed, chosen))
    for guard, is_guard_missed in zip(chosen, missed, strict=True):
        sys.stdout.write(f"{'missed    ' if is_guard_missed else 'NOT MISSED'}  {guard.name}\n")
    kept = missed.count(False)
    sys.stdout.write(f"{len(chosen) - kept} guards were missed by a test, {kept} were not\n")
    return 1 if kept else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
