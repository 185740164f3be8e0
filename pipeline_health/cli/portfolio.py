"""Portfolio incidents, one issue for many projects, as people read them."""

from collections.abc import Iterator, Sequence

from pipeline_health.cli.tables import moment, table
from pipeline_health.core.board import live
from pipeline_health.core.issue_text.wording import counted
from pipeline_health.core.model.incident import Filing, Incident, Naming, Phase
from pipeline_health.core.model.journal import TrailLine
from pipeline_health.core.model.parent import Member, Parent

HEADINGS = ("PORTFOLIO", "WHAT", "PHASE", "SINCE", "GO ON", "ISSUE")


def called(place: Filing | Naming) -> str:
    """Give an issue as people write it."""
    return f"{place.repo}#{place.number}"


def told_in(incident: Incident) -> str:
    """Say which issue tells of *incident*: its own, else one that names it; a dash for none."""
    if incident.filing is not None:
        return f"{incident.repo}#{incident.filing.number}"
    return "-" if incident.named is None else f"named in {called(incident.named)}"


def portfolio_table(parents: Sequence[Parent]) -> Iterator[str]:
    """Give a line for each of *parents* below their headings; nothing where there is none."""
    if parents:
        yield from table(HEADINGS, [_row(parent) for parent in parents])


def lines_of(parents: Sequence[Parent]) -> Iterator[str]:
    """Say of each of *parents* what it is about, and where it is told."""
    for parent in live(parents):
        where = _no_issue(parent) if parent.filing is None else called(parent.filing)
        broken = counted(len(_projects(parent)), "project")
        yield f"Portfolio: {parent.title}: broken in {broken} since {moment(parent.since)}: {where}"


def _no_issue(parent: Parent) -> str:
    """Say why there is no issue for all, as far as that is the operator's choice."""
    return "no issue yet" if parent.repo is not None else "no issue, limits.ops_repo is not set"


def explanation_of(parent: Parent, trail: Sequence[TrailLine]) -> Iterator[str]:
    """Give the story of a portfolio incident, for a person."""
    filing, cause = parent.filing, parent.cause
    never = "never filed" if parent.phase is Phase.RESOLVED else "not filed yet"
    yield parent.title
    yield f"  phase        {parent.phase}, for the human"
    if cause is None:
        yield "  cause        none that they share: they have no issue of their own yet"
    else:
        yield f"  cause        {cause.of}: {cause.why}"
    yield f"  fingerprint  {parent.fingerprint}"
    yield f"  issue        {never if filing is None else filing.url}"
    yield f"  first failed {moment(parent.since)}, seen {moment(parent.first_seen)}"
    for member in parent.members:
        yield f"  {_state(member):<13}{member.project}: {member.title} ({member.fingerprint})"
    yield "Decisions:"
    for line in trail:
        yield f"  {moment(line.at)}  {line.says}"
    if not trail:
        yield "  none yet"


def _row(parent: Parent) -> tuple[str, ...]:
    return (
        parent.fingerprint,
        parent.title,
        parent.phase,
        moment(parent.since),
        f"{len(parent.going_on)} of {len(parent.members)}",
        "-" if parent.filing is None else called(parent.filing),
    )


def _projects(parent: Parent) -> frozenset[str]:
    return frozenset(member.project for member in parent.going_on)


def _state(member: Member) -> str:
    if member.over_at is not None:
        return "over"
    return "elsewhere" if member.left else "goes on"
