"""Compile all tests once, before the workers of pytest-xdist ask for them.

pytest rewrites the asserts of each file that it imports. Every worker would do it for every file,
under coverage as well, which is a sixth of what the tests take. It looks for what was rewritten
before even where Python was told to write no bytecode, so this leaves it where pytest looks.

    python tests/rewritten.py
"""

import ast
import importlib.util
import os
import py_compile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from struct import pack

from _pytest.assertion.rewrite import (
    PYC_TAIL,
    _read_pyc,
    _write_pyc_fp,
    get_cache_dir,
    rewrite_asserts,
)

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Compile what is new or has changed since."""
    files = [*ROOT.glob("tests/**/*.py"), *ROOT.glob("pipeline_health/**/*.py")]
    with ProcessPoolExecutor() as processes:
        for _ in processes.map(compiled, files, chunksize=20):
            pass


def compiled(path: Path) -> None:
    """Leave the bytecode of one file where its importer looks for it."""
    if path.name.startswith("test_") or path.name == "conftest.py":
        _rewrite(path)
    else:
        _compile(path)


def _rewrite(path: Path) -> None:
    kept = get_cache_dir(path) / (path.stem + PYC_TAIL)
    if _read_pyc(path, kept) is not None:
        return
    source = path.read_bytes()
    tree = ast.parse(source, filename=str(path))
    rewrite_asserts(tree, source, str(path))
    code = compile(tree, str(path), "exec", dont_inherit=True)
    kept.parent.mkdir(parents=True, exist_ok=True)
    partly = kept.with_name(f"{kept.name}.{os.getpid()}")
    with partly.open("wb") as file:
        _write_pyc_fp(file, importlib.util.source_hash(source), code)
    partly.replace(kept)


def _compile(path: Path) -> None:
    kept = Path(importlib.util.cache_from_source(str(path)))
    written = path.stat()
    stamp = pack("<II", int(written.st_mtime) & 0xFFFFFFFF, written.st_size & 0xFFFFFFFF)
    if not kept.exists() or kept.read_bytes()[8:16] != stamp:
        py_compile.compile(str(path), str(kept), doraise=True)


if __name__ == "__main__":
    main()
