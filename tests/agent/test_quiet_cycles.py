"""A look that shows what the look before it showed writes down that it looked, and nothing else."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent_types import Shop
from hosts import Host
from ledger_samples import a_holder
from pipeline_health.ledger import SqlLedger
from pipeline_health.ledger.store import Transaction, WritableStore
from pipeline_health.ports import Ledger
from pipeline_health.settings import Settings
from street import Street


class CountingStore(WritableStore):
    """The ledger's file, which counts its commits."""

    commits = 0

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Write as ever."""
        with super().writing() as transaction:
            yield transaction
        CountingStore.commits += 1


@contextmanager
def counted(settings: Settings) -> Iterator[Ledger]:
    """Open the ledger as the command does, in a store that counts."""
    with SqlLedger(CountingStore(settings.ledger_path), holder=a_holder()) as opened:
        yield opened


@pytest.fixture
def host(shop: Shop) -> Host:
    """Give the host of a product that was looked at twice."""
    shop.host.stay_indoors()
    shop.host.cycle()
    return shop.host


@pytest.fixture
def beside(street: Street) -> Host:
    """Give the host of two products that answer at URLs, in staging and in production."""
    for name, product in street.products.items():
        production = street.world.railway(name).environment("production")
        production.service("web", product.repo).deploy("SUCCESS")
    street.host.cycles(3)
    return street.host


def rows(path: Path) -> Mapping[str, Counter[tuple[object, ...]]]:
    """Give all that is in each table."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        return {
            name: Counter(connection.execute(f"SELECT * FROM {name}"))  # noqa: S608 - our tables
            for (name,) in names.fetchall()
        }


def changed(before: Path, after: Path) -> Mapping[str, tuple[int, int]]:
    """Tell of each table that changed how many rows went and how many came."""
    old, new = rows(before), rows(after)
    return {
        name: (len(old[name] - new[name]), len(new[name] - old[name]))
        for name in new
        if old[name] != new[name]
    }


def test_the_ledger_keeps_what_is_over_as_long_as_the_operator_wants(host: Host) -> None:
    """`limits.retention` says how long; the default would have kept the first looks."""
    host.extra = '[limits]\nretention = "40d"'
    host.cycle(after=timedelta(days=39))
    with SqlLedger.read_only(host.ledger) as ledger:
        before = len(ledger.looks())
    host.cycle(after=timedelta(days=2))

    with SqlLedger.read_only(host.ledger) as ledger:
        assert (3, 2) == (before, len(ledger.looks()))


@pytest.mark.parametrize("watched", ["host", "beside"])
def test_a_quiet_look_is_two_commits_and_one_row(
    request: pytest.FixtureRequest, watched: str, tmp_path: Path
) -> None:
    """The lease is taken, then the report is kept and it is given back; no other table changes."""
    host: Host = request.getfixturevalue(watched)
    before = tmp_path / "before.db"
    before.write_bytes(host.ledger.read_bytes())
    host.machine = replace(host.machine, ledger=counted)
    CountingStore.commits = 0

    report = host.cycle()

    assert report.sentence.endswith("; nothing that was seen is broken.")
    assert {"lease": (1, 1), "report": (0, 1)} == changed(before, host.ledger)
    assert CountingStore.commits == 2
