"""The tables of docs/signal.md and the words of its plot; nothing is read or written here."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from signal_figures import Figures, Times, figures, once, spoken
from signal_records import Cause, Extent, Filed

BEGIN = "<!-- figures: `make signal` writes from here -->"
END = "<!-- to here -->"
CRON, OURS = "bash cron", "pipeline-health"
NOTHING = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What both filed on the recordings, by the names of their files.

    *ours* has no recording that cannot be replayed, and is empty while nothing was replayed.
    *causes* and *extent* are those of the recording named *storm*, *cases* how many issues of the
    cron each single case has.
    """

    cron: Mapping[str, Sequence[Filed]]
    ours: Mapping[str, Sequence[Filed]]
    storm: str
    causes: Sequence[Cause]
    extent: Extent
    cases: Mapping[str, int]


def is_about_ours(text: str) -> bool:
    """Tell whether a page states figures of this product, and not only of the cron."""
    return f"| {OURS} |" in written(text)


def written(text: str) -> str:
    """Give what stands between the two markers of a page."""
    return text.partition(f"{BEGIN}\n")[2].partition(END)[0]


def rewritten(text: str, tables: str) -> str:
    """Give the page with *tables* between its markers."""
    before, begin, rest = text.partition(f"{BEGIN}\n")
    _, end, after = rest.partition(END)
    if not (begin and end):
        message = f"the page needs the lines {BEGIN} and {END}"
        raise ValueError(message)
    return f"{before}{begin}{tables}{end}{after}"


def tables(compared: Compared) -> str:
    """Give all that stands between the markers."""
    rows = list(_rows(compared))
    parts = (
        _table(
            "issues | root causes | repeats | false alarms | cause not recorded | "
            "wrong owner: another's + nobody's | owner not recorded",
            ((name, who, _counts(counted)) for name, who, counted in rows),
        ),
        _table(
            "exactly | at most | at least | not recorded",
            ((name, who, _times(counted)) for name, who, counted in rows),
        ),
        _of_causes(compared),
    )
    counting, waiting, causes = ("\n".join(part) for part in parts)
    about_times = "From failure to issue: median; maximum (of so many issues)."
    about_causes = f"The root causes of `{_short(compared.storm)}`, and when each was first filed."
    shown = (_in_short(compared), counting, about_times, waiting, about_causes, causes)
    return "\n\n".join((*shown, f"{_held(compared.extent)}\n"))


def labels(compared: Compared) -> Sequence[str]:
    """Give the words of the plot that hold figures: one for the cron, one for us."""
    filed = {CRON: compared.cron[compared.storm], OURS: compared.ours.get(compared.storm)}
    return [
        f"{who}: {_number(len(issues))} for {_number(figures(issues).causes, 'root cause')}"
        for who, issues in filed.items()
        if issues is not None
    ]


def filed_then(text: str) -> Mapping[str, int]:
    """Give what a page says of each single case: how many issues of the cron it has."""
    rows = re.findall(r"^\| ([a-z0-9-]+) \([^|]*\| [^|]*\| (\d+) \|", text, re.MULTILINE)
    return {case: int(number) for case, number in rows}


def _in_short(compared: Compared) -> str:
    """Say the most important figures in words."""
    said = [f"On all recordings the bash cron filed {_summed(figures(once(compared.cron)))}."]
    if compared.ours:
        both = figures(once({name: compared.cron[name] for name in compared.ours}))
        ours = figures(tuple(chain.from_iterable(compared.ours.values())))
        said = [
            f"On the recordings that are replayed the bash cron filed {_summed(both)}.",
            f"Pipeline-health filed {_summed(ours)}.",
            *said,
        ]
    return "\n".join(said)


def _held(extent: Extent) -> str:
    return (
        f"It holds {extent.pushes} pushes, {extent.answers} of them the agent's investigations of "
        f"an issue, and {extent.failing_runs} failing runs;\nof {_number(extent.without_check)} it "
        "does not say which check filed them."
    )


def _summed(counted: Figures) -> str:
    found = (
        f"{_number(counted.issues)} for {_number(counted.causes, 'root cause')}",
        f"{_share(counted.repeats, counted)} only repeated another",
        f"{_share(counted.false, counted)} were about nothing",
        f"{_share(counted.misgiven, counted)} went to one who could not mend what another could",
    )
    return f"{found[0]}: {', '.join(found[1:])}"


def _share(number: int, of: Figures) -> str:
    return f"{number} ({number / of.issues:.0%})" if number else "0"


def _number(number: int, noun: str = "issue") -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _rows(compared: Compared) -> Iterator[tuple[str, str, Figures]]:
    for name, issues in compared.cron.items():
        yield f"`{_short(name)}`", CRON, figures(issues)
        if name in compared.ours:
            yield "", OURS, figures(compared.ours[name])
    if compared.ours:
        both = {name: compared.cron[name] for name in compared.ours}
        yield "those that are replayed, together", CRON, figures(once(both))
        yield "", OURS, figures(tuple(chain.from_iterable(compared.ours.values())))
    yield "all, each issue once", CRON, figures(once(compared.cron))


def _short(name: str) -> str:
    return name.removesuffix(".json")


def _table(columns: str, rows: Iterator[tuple[str, str, str]]) -> Iterator[str]:
    yield f"| recording | monitor | {columns} |"
    yield "|---|---|" + "---|" * (columns.count("|") + 1)
    for row in rows:
        yield f"| {' | '.join(row)} |".replace("|  |", "| |")


def _counts(counted: Figures) -> str:
    cells = (
        counted.issues,
        counted.causes,
        counted.repeats,
        counted.false,
        counted.unknown,
        f"{counted.misgiven} + {counted.false_given}",
        counted.owner_unknown,
    )
    return " | ".join(map(str, cells))


def _times(counted: Figures) -> str:
    ways = (counted.exact, counted.at_most, counted.at_least)
    return " | ".join((*map(_time, ways), str(counted.no_time)))


def _time(times: Times) -> str:
    if times.median is None or times.maximum is None:
        return NOTHING
    return f"{spoken(times.median)}; {spoken(times.maximum)} ({times.number})"


def _of_causes(compared: Compared) -> Iterator[str]:
    """Give a row for each root cause of the storm."""
    filed = {CRON: compared.cron[compared.storm]}
    if compared.storm in compared.ours:
        filed[OURS] = compared.ours[compared.storm]
    yield f"| root cause | for | began | {' | '.join(filed)} |"
    yield "|---|---|---|" + "---|" * len(filed)
    for cause in compared.causes:
        cells = (
            f"{cause.id}: {cause.label}",
            cause.owner,
            _moment(cause.began_at) if cause.began_at else "not recorded",
            *(_told([it for it in issues if it.cause == cause.id]) for issues in filed.values()),
        )
        yield f"| {' | '.join(cells)} |"


def _told(issues: Sequence[Filed]) -> str:
    """Say how many issues there are, and when the first of them was filed, of which failure."""
    known = min((it for it in issues if it.filed_by), key=_when, default=None)
    if known is None or known.filed_by is None:
        return _number(len(issues))
    is_exact = known.filed_after == known.filed_by
    said = f"{_number(len(issues))}, {'' if is_exact else 'by '}{_moment(known.filed_by)}"
    if known.failed_at is None or known.false:
        return said
    return f"{said}, of a failure {'by ' if known.a_bound else 'at '}{_moment(known.failed_at)}"


def _when(issue: Filed) -> float:
    return issue.filed_by.timestamp() if issue.filed_by else float("inf")


def _moment(at: datetime) -> str:
    return f"{at:%m-%d %H:%M}"
