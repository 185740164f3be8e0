"""Take the rows of the decision tables away, one at a time, and see a test fail for each.

    python tests/rows.py [FILE:TABLE …]

A table is a tuple, list, set or dict (also inside `frozenset(…)`) that a module binds to a name.
For each of its rows the tree is copied, the row is deleted, and tests are run until the first one
fails: those of the core, for a rule the stories of the agent. That the documents name a row is no
reason why the code needs it. A row that no test misses is named, and the exit code is 1.
"""

import ast
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
CORE = Path("pipeline_health/core")
TABLES = (
    f"{CORE}/rules/__init__.py:ALL",
    f"{CORE}/deploy_verdict.py:_RAILWAY",
    f"{CORE}/deploy_verdict.py:_RECORDS",
    f"{CORE}/deploy_verdict.py:_CONCLUSIONS",
    f"{CORE}/deploy_verdict.py:_WATCHED_PATHS",
    f"{CORE}/outage.py:_REFUSES_US",
    f"{CORE}/belonging.py:_KIN",
    f"{CORE}/inhibition.py:CONSEQUENCES",
    f"{CORE}/inhibition.py:OF_PROVIDER",
    f"{CORE}/remedy.py:RERUNNABLE",
    f"{CORE}/beside.py:_SHARED",
    f"{CORE}/beside.py:_OF_EVERY_SERVICE",
)


def rows_of(table: str) -> Iterator[tuple[str, str]]:
    """Give what each row of *table* says, and the text of its file without that row."""
    file, _, name = table.partition(":")
    text = (ROOT / file).read_text()
    for first, last in _spans(ast.parse(text), name):
        lines = text.splitlines(keepends=True)
        row = "".join(lines[first.lineno - 1 : last.end_lineno]).strip()
        yield " ".join(row.split())[:90], _without(lines, first, last)


def _spans(tree: ast.Module, name: str) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Give the first and the last expression of each row."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=bound)], value=value) if bound == name:
                yield from _elements(value)
            case ast.AnnAssign(target=ast.Name(id=bound), value=ast.expr() as value) if (
                bound == name
            ):
                yield from _elements(value)
            case _:
                continue


def _elements(table: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    match table:
        case ast.Call(args=[inner]):
            yield from _elements(inner)
        case ast.Dict(keys=keys, values=values):
            yield from ((key or row, row) for key, row in zip(keys, values, strict=True))
        case ast.Tuple(elts=rows) | ast.List(elts=rows) | ast.Set(elts=rows):
            yield from ((row, row) for row in rows)
        case _:
            msg = f"{ast.unparse(table)[:60]} is no table"
            raise SystemExit(msg)


def _without(lines: list[str], first: ast.expr, last: ast.expr) -> str:
    """Give the text without one row and the comma behind it."""
    assert last.end_lineno is not None
    assert last.end_col_offset is not None
    head = "".join(lines[: first.lineno - 1]) + _cut(lines[first.lineno - 1], end=first.col_offset)
    tail = _cut(lines[last.end_lineno - 1], start=last.end_col_offset)
    rest = tail + "".join(lines[last.end_lineno :])
    return head + rest.lstrip().removeprefix(",")


def _cut(line: str, *, start: int = 0, end: int | None = None) -> str:
    """Give a part of *line*; the columns of a syntax tree count bytes."""
    return line.encode()[start:end].decode()


def tests_of(table: str) -> str:
    """Give the tests that a row of *table* must be missed by: a rule's by the stories."""
    return "tests/agent" if table.startswith(f"{CORE}/rules/") else "tests/core"


def is_missed(table: str, text: str) -> bool:
    """Tell whether any test fails when the file of *table* reads *text*."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in ("pipeline_health", "tests", "docs", "pyproject.toml"):
            source, target = ROOT / part, copy / part
            _ = shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        (copy / table.partition(":")[0]).write_text(text)
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
        done = subprocess.run(  # the copy comes first on the path
            [*command, tests_of(table)],
            cwd=copy,
            env={"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            check=False,
        )
    return done.returncode != 0


def main(tables: list[str]) -> int:
    """Try every row of *tables*; give 1 when a row is not missed."""
    for whole in {tests_of(table): table for table in tables}.values():
        if is_missed(whole, (ROOT / whole.partition(":")[0]).read_text()):
            sys.stderr.write(f"{tests_of(whole)} fails with every row in its place\n")
            return 1
    rows = [(table, *row) for table in tables for row in rows_of(table)]
    with ThreadPoolExecutor(2) as pool:
        missed = list(pool.map(lambda row: is_missed(row[0], row[2]), rows))
    for (table, says, _), is_row_missed in zip(rows, missed, strict=True):
        sys.stdout.write(f"{'missed    ' if is_row_missed else 'NOT MISSED'}  {table}  {says}\n")
    kept = missed.count(False)
    sys.stdout.write(f"{len(rows) - kept} rows were missed by a test, {kept} were not\n")
    return 1 if kept or not rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(TABLES)))
