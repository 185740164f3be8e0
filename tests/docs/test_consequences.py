"""The table of consequences in docs/rules.md is the table in the code."""

import re
from pathlib import Path

from pipeline_health.core.inhibition import CONSEQUENCES, OF_PROVIDER
from pipeline_health.core.model.findings import Kind

RULES = Path(__file__).parents[2] / "docs" / "rules.md"


def rows() -> list[tuple[str, str]]:
    """Give the two columns of the table, row by row."""
    table = RULES.read_text().partition("| broken upstream | hides |\n|---|---|\n")[2]
    found = re.findall(r"^\| (.+) \| (.+) \|$", table.partition("\n\n")[0], re.MULTILINE)
    return [(upstream, hidden) for upstream, hidden in found]


def kinds(cell: str) -> frozenset[Kind]:
    """Give the kinds that a cell names."""
    return frozenset(Kind(name) for name in re.findall(r"`([a-z-]+)`", cell))


def test_every_consequence_has_a_row() -> None:
    """What hides what is documented as it is built."""
    told = [(kinds(upstream), kinds(hidden)) for upstream, hidden in rows() if kinds(upstream)]

    assert told == [(row.upstream, row.downstream) for row in CONSEQUENCES]


def test_every_provider_has_a_row() -> None:
    """What a refused credential hides is documented for each provider."""
    told = {
        upstream.rpartition(" of ")[2].split(",")[0].lower(): kinds(hidden)
        for upstream, hidden in rows()
        if not kinds(upstream)
    }

    assert told == {str(provider): hidden for provider, hidden in OF_PROVIDER.items()}
