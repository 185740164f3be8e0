"""The guards that `make guards` takes away are where their list says, and every law has some."""

import re
from collections import Counter

from guards import ROOT, guards, misplaced


def test_every_listed_guard_is_in_its_file_once() -> None:
    """Else it would be taken away from nowhere, and every test would pass."""
    assert list(misplaced(guards())) == []


def test_every_law_is_broken_at_two_places_at_least() -> None:
    """As many laws as docs/architecture.md has."""
    document = (ROOT / "docs" / "architecture.md").read_text()
    chapter = document.partition("## Six laws")[2].partition("\n## ")[0]
    laws = re.findall(r"^(\d)\. ", chapter, re.MULTILINE)
    broken = Counter(guard.name[4] for guard in guards() if guard.name.startswith("law "))
    assert laws == sorted(broken) == list("123456")
    assert min(broken.values()) > 1
