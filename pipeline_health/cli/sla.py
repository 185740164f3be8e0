"""`sla`: how long it took from a failure at its provider to an issue, and where the time went."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import click

from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import Options
from pipeline_health.cli.parameters import duration
from pipeline_health.cli.tables import moment, table, tell
from pipeline_health.core.as_json import JsonValue, as_line, named_as_json, written
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.promise import Account, Measured, account_of
from pipeline_health.core.service_level import Hops, Spread, is_back

HEADINGS = ("ISSUE", "PROJECT", "WHAT", "OWNER", "FAILED", "TO SIGHT", "TO ISSUE", "WHOLE", "LATE")


@click.command(short_help="Show how long each failure took to become an issue, hop by hop.")
@click.option(
    "--since",
    "length",
    default="30d",
    callback=duration,
    metavar="DURATION",
    help="How far to look back, e.g. 24h or 30d, which is the default; limits.retention is kept.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def sla(options: Options, length: timedelta, *, as_json: bool) -> Exit:
    """Show for each incident the time from its failure at the provider to our issue.

    TO SIGHT is from the provider's own time to the look that saw it, TO ISSUE from there to the
    issue, WHOLE is both. ISSUE is the one that told of it first: its own, or one in ops_repo that
    names many projects. LATE is what took longer than sla of the configuration. Percentiles are
    nearest-rank (each is a time that really happened), of all that have an issue; what has none
    yet and is late already is a breach, too. A breach is a fact and no error: the exit code is 0.

    What was broken before the first look at its project starts its clock at that look. Time in
    a window of maintenance does not count. What is back after it was over is measured anew, from
    the failure that it is back with to the reopening of its issue; of its earlier turns nothing
    counts any more, and when it was first seen to be back is not kept.

    Gaps are stretches without a finished look that are longer than three intervals.

    It reads the ledger, and of the configuration only sla and poll_interval; no secret is needed.

    \b
    Examples:
      pipeline-health sla
      pipeline-health sla --since 7d --json | jq .spread.whole.p95
    """  # noqa: D301 - click reads the backspace as «do not rewrap»
    from pipeline_health import aside  # noqa: PLC0415 - `--help` needs none of it

    now, wishes = aside.now(), aside.wishes(options.config)
    with aside.open_to_read() as ledger:
        facts = aside.facts_of(ledger)
        past = aside.past_of(ledger, facts)
    account = account_of(facts, past, wishes, since=now - length, now=now)
    if as_json:
        click.echo(as_line(account_as_json(account)))
    else:
        for line in lines_of(account):
            tell(line)
    return Exit.DONE


# -- for people ------------------------------------------------------------------------------


def lines_of(account: Account) -> Iterator[str]:
    """Give the account for a person."""
    if not account.looked and not account.every:
        yield "Nothing was looked at yet, so there is nothing to measure."
        return
    if account.assumed:
        counts = f"sla {spelt(account.sla)} and poll_interval {spelt(account.interval)} count"
        yield f"The configuration was not read, so {counts}: {account.assumed}"
    if account.measured:
        yield from table(HEADINGS, [_row(one, account) for one in account.measured])
    yield from _sums(account)
    for start, end in account.gaps:
        until = "now" if end == account.now else moment(end)
        yield f"Nobody looked from {moment(start)} to {until}: {spelt(end - start)}"
    for one in account.every:
        if one.why_not is not None:
            yield f"Not measured: {one.incident.title}: {one.why_not}"


def _sums(account: Account) -> Iterator[str]:
    if not account.measured:
        yield f"No failure since {moment(account.since)} has a time to measure."
        return
    for name, spread in account.spreads().items():
        if spread is not None:
            p50, p95, longest = map(spelt, (spread.p50, spread.p95, spread.longest))
            yield f"{_NAMES[name]}: p50 {p50}, p95 {p95}, max {longest}"
    late = f"{account.breaches} later than {spelt(account.sla)}"
    yield f"{len(account.measured)} measured since {moment(account.since)}, {late}"


_NAMES = {
    "whole": "From failure to issue",
    "to_sight": "From failure to sight",
    "to_issue": "From sight to issue",
}


def _row(one: Measured, account: Account) -> tuple[str, ...]:
    incident, hops = one.incident, one.hops
    told = incident.named if hops.by_parent else incident.filing
    return (
        "-" if told is None else f"{told.repo}#{told.number}",
        incident.project,
        incident.title,
        incident.cause.owner,
        moment(hops.failed_at),
        spelt(hops.to_sight()),
        spelt(hops.to_filing()),
        spelt(hops.taken(now=account.now)),
        "LATE" if account.is_late(one) else "-",
    )


def spelt(of: timedelta | None) -> str:
    """Give a length of time as people say it, in its two largest units; a dash for none."""
    if of is None:
        return "-"
    seconds = max(int(of.total_seconds()), 0)
    parts = (seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)
    told = [f"{count}{unit}" for count, unit in zip(parts, "dhms", strict=True) if count]
    return " ".join(told[:2]) or "0s"


# -- for scripts -----------------------------------------------------------------------------


def account_as_json(account: Account) -> Mapping[str, JsonValue]:
    """Give the account for a script; lengths of time are in whole seconds."""
    return {
        "since": written(account.since),
        "until": written(account.now),
        "sla_seconds": _seconds(account.sla),
        "poll_interval_seconds": _seconds(account.interval),
        "assumed": account.assumed or None,
        "measured": len(account.measured),
        "breaches": account.breaches,
        "spread": {name: _spread(spread) for name, spread in account.spreads().items()},
        "incidents": [_measured_as_json(one, account) for one in account.measured],
        "not_measured": [
            {**_named(one.incident), "why": one.why_not}
            for one in account.every
            if one.why_not is not None
        ],
        "gaps": [
            {"from": written(start), "to": written(end), "seconds": _seconds(end - start)}
            for start, end in account.gaps
        ],
    }


def _named(incident: Incident) -> Mapping[str, JsonValue]:
    filing = incident.filing
    return {
        "fingerprint": incident.fingerprint,
        "kind": incident.kind,
        "title": incident.title,
        "project": incident.project,
        "owner": incident.cause.owner,
        "issue": None if filing is None else {"number": filing.number, "url": filing.url},
        "named": named_as_json(incident.named),
    }


def _measured_as_json(one: Measured, account: Account) -> Mapping[str, JsonValue]:
    hops = one.hops
    return {
        **_named(one.incident),
        "failed_at": written(hops.failed_at),
        "seen_at": written(hops.seen_at) if hops.sight_kept else None,
        "filed_at": None if hops.filed_at is None else written(hops.filed_at),
        "told_by": _told_by(hops),
        "reopened": is_back(one.incident),
        "whole": _seconds(hops.taken(now=account.now)),
        "to_sight": _seconds(hops.to_sight()),
        "to_issue": _seconds(hops.to_filing()),
        "late": account.is_late(one),
    }


def _told_by(hops: Hops) -> str | None:
    """Name the issue that told of it first: its own, or that of a portfolio incident."""
    if hops.filed_at is None:
        return None
    return "portfolio" if hops.by_parent else "issue"


def _spread(spread: Spread | None) -> Mapping[str, JsonValue] | None:
    if spread is None:
        return None
    return {
        "p50": _seconds(spread.p50),
        "p95": _seconds(spread.p95),
        "max": _seconds(spread.longest),
    }


def _seconds(of: timedelta | None) -> int | None:
    return None if of is None else int(of.total_seconds())
