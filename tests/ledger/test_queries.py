"""Every statement finds what it wants by an index, however much is kept."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeline_health import ledger
from pipeline_health.ledger import queries
from pipeline_health.ledger.schema import migrate, migrations
from pipeline_health.ledger.store import connect

STATEMENTS = {name: sql for name, sql in vars(queries).items() if name.isupper()}

# What gives all that there is, in the order of an index; reports end after their LIMIT. Rolls and
# lines are those of the newest reports, so that their tables do not grow.
WHOLE = {
    "INCIDENTS": ["SCAN incident USING INDEX incident_by_first_seen"],
    "INTENTS": ["SCAN intent USING INDEX intent_by_time"],
    "LETTERS": ["SCAN letter"],
    "PARENTS": ["SCAN parent USING INDEX parent_by_first_seen"],
    "REPORTS": ["SCAN report"],
    "LENGTHY": ["SCAN report"],
    "LINES": ["SCAN line"],
    "LINE_NUMBERS": ["SCAN line"],
    "ROLLS": ["SCAN roll"],
    "DROP_ROLLS": ["SCAN roll"],
    "LOOKS": ["SCAN report USING COVERING INDEX report_by_time"],
    "WINDOWS": ["SCAN maintenance USING INDEX maintenance_by_time"],
}


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Give an empty ledger in memory."""
    with closing(connect(":memory:")) as opened:
        migrate(opened, migrations())
        yield opened


def slow_steps(connection: sqlite3.Connection, sql: str) -> list[str]:
    """Give the steps of SQLite's plan that read a whole table or index, or sort."""
    values = (None,) * len(re.findall(r"\?(?!2)", sql)) if "?1" not in sql else (None, None)
    plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
    return [step for *_, step in plan if re.search(r"^SCAN|TEMP B-TREE", step)]


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_statement_has_its_index(connection: sqlite3.Connection, name: str) -> None:
    """No step reads a growing table from end to end or sorts it, unless all of it is wanted."""
    assert WHOLE.get(name, []) == slow_steps(connection, STATEMENTS[name])


def test_a_statement_without_an_index_is_noticed(connection: sqlite3.Connection) -> None:
    """The test above can fail."""
    sql = "SELECT fact FROM memory WHERE fact = ? ORDER BY kept_at, fact"

    assert slow_steps(connection, sql)


def test_no_statement_hides_from_these_tests() -> None:
    """Statements are written in `queries` and nowhere else (the schema asks its own questions)."""
    package = Path(ledger.__file__).parent
    spoken = re.compile(r"\b(SELECT .* FROM (?!sqlite_schema)|INSERT|UPDATE \w+ SET|DELETE FROM)")
    found = {path.name for path in package.glob("*.py") if spoken.search(path.read_text())}

    assert {"queries.py"} == found
