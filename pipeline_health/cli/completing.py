"""What the shell may offer where a project or an incident is asked for.

It reads the configuration or the ledger, asks nobody, and says nothing where it cannot: whoever
presses Tab wants no error.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from pipeline_health.core.model.incident import Incident, Phase
from pipeline_health.settings import process_environment
from pipeline_health.settings.names import configured_names
from pipeline_health.settings.sources import configuration_path, ledger_path

_ONE_WORD = re.compile(r"[\w.@+#/-]+")


def projects(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """Offer the names of the configured projects."""
    config = ctx.find_root().params.get("config")
    try:
        path = configuration_path(config, process_environment(), home=Path.home())
        return _begun(configured_names(path), incomplete)
    except Exception:  # noqa: BLE001 - see above
        return []


def incidents(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """Offer the incidents that are not over: by their issue, else by their fingerprint."""
    try:
        return _begun(_known_incidents(), incomplete)
    except Exception:  # noqa: BLE001 - see above
        return []


def _known_incidents() -> Iterator[str]:
    # No other completion needs them.
    from pipeline_health.cli.portfolio import called  # noqa: PLC0415
    from pipeline_health.core.board import live  # noqa: PLC0415
    from pipeline_health.ledger import SqlLedger  # noqa: PLC0415

    path = ledger_path(process_environment(), home=Path.home())
    with SqlLedger.read_only(path) as ledger:
        yield from (_called(one) for one in ledger.incidents() if one.phase is not Phase.RESOLVED)
        for parent in live(ledger.parents()):
            yield parent.fingerprint if parent.filing is None else called(parent.filing)


def _called(incident: Incident) -> str:
    filing = incident.filing
    return incident.fingerprint if filing is None else f"{incident.project}#{filing.number}"


def _begun(names: Iterator[str] | tuple[str, ...], incomplete: str) -> list[str]:
    """Give those that begin so; what is no single word, no shell would take as one."""
    return [name for name in names if name.startswith(incomplete) and _ONE_WORD.fullmatch(name)]
