"""Fail when docs/signal.md leaves a recorded case out: python tests/recorded.py REPLAY DOCUMENT."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path


def cases(folder: Path) -> Iterator[tuple[str, str]]:
    """Give each recorded case as the document must name it: an id, or a repository and a number."""
    for case in json.loads((folder / "single_cases.json").read_text())["cases"]:
        yield case["id"], ""
    for file in ("prod_lagging.json", "http_000_transients.json"):
        for issue in json.loads((folder / file).read_text())["issues"]:
            yield issue["repo"].rpartition("/")[2], f"#{issue['number']}"


def is_named(repo: str, number: str, text: str) -> bool:
    """Tell whether a row of *text* names the case."""
    rows = (line for line in text.splitlines() if line.startswith("|"))
    word = re.compile(rf"{re.escape(number)}(?!\d)") if number else re.compile("")
    return any(repo in row and word.search(row) for row in rows)


def main(folder: str, document: str) -> int:
    """Name what is missing; give 1 when anything is."""
    text = Path(document).read_text()
    missing = [case for case in cases(Path(folder)) if not is_named(*case, text)]
    for repo, number in missing:
        sys.stderr.write(f"{document} does not name {repo} {number}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
