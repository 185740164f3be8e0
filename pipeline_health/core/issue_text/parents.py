"""The text of a portfolio incident: one issue that names every project, whatever their number.

What is done about one of its members is done about all of them, so that the steps are those of the
first one, and a command that does it for the others where there is one. They come before the list:
who is woken by two hundred rows must not have to look for them below.
"""

from collections.abc import Iterable, Sequence

from pipeline_health.core.inert import inline, plain, prose
from pipeline_health.core.issue_text.body import NOTES, evidence_within
from pipeline_health.core.issue_text.for_all import fitting, run_again, stored_for, stored_once
from pipeline_health.core.issue_text.parent_marker import marker_of_parent, write_parent_marker
from pipeline_health.core.issue_text.steps import who_and_how
from pipeline_health.core.issue_text.titles import LONGEST as LONGEST_TITLE
from pipeline_health.core.issue_text.wording import (
    counted,
    credential,
    duration,
    issue_link,
    link,
    moment,
    secret_of,
    sentence,
)
from pipeline_health.core.model.case import Case
from pipeline_health.core.model.incident import Cause, CauseClass
from pipeline_health.core.model.parent import Member, Parent
from pipeline_health.core.model.policy import Routing

LONGEST = 60_000
_START = "Many projects at once: "
UNREAD = "it cannot be read"
"""What the key of a cause ends with of which nothing is known but that its provider is not seen."""
CROWD_TITLE = "Failures that have no issue of their own yet"
_ROOM, _NAMES, _OVER = 26_000, 22_000, 2_000
_LEAST_ROWS, _MOST_ROWS = 4_000, 18_000
_SHOWN = 10
_NAME = 40
_GAP = "\n\n"
_HEAD = ("| Project | Broken | Since | Where | Issue |", "|---|---|---|---|---|")
_WHO_CLOSES = (
    "This tool watches for that and closes the issue itself, {when}. Closing it by hand while "
    "something of it is broken reopens it."
)
_WHO_WRITES = (
    f"This text is rewritten when a fact changes. What you write below a line `{NOTES}` at the "
    "very end is kept."
)


def parent_title(cause: Cause | None) -> str:
    """Give the title of a portfolio incident of *cause*, stable for its life."""
    if cause is None:
        return CROWD_TITLE
    return plain(f"{_START}{_what(cause)}", characters=LONGEST_TITLE)


def _what(cause: Cause) -> str:
    """Say what is wrong everywhere, in the words of the cause's key."""
    secret = secret_of(cause)
    if cause.of is CauseClass.CREDENTIAL:
        return f"{secret or f'a credential for {cause.key}'} is rejected"
    provider, _, failure = cause.key.partition(": ")
    if failure == UNREAD:
        return f"{provider} cannot be read" if provider != "Network" else "no URL can be asked"
    return failure if failure.casefold().startswith(provider.casefold()) else cause.key


def parent_body(parent: Parent, *, routing: Routing, specimen: Case | None, notes: str = "") -> str:
    """Give the whole body, at most 60,000 characters with its *notes*.

    *specimen* is the member whose steps and evidence stand for all, None where none is known.
    """
    below = f"\n\n{NOTES}\n{notes}" if notes else ""
    above = "\n\n".join(
        part
        for part in (
            write_parent_marker(marker_of_parent(parent)),
            _what_and_since(parent),
            f"### Cause\n\n{_cause(parent)}",
            f"### Who can fix it and how\n\n{_how(parent, specimen)}",
            f"### Where it is broken\n\n{_table(parent.going_on)}",
            _the_rest(parent),
            f"### Done when\n\n{_done(parent)}\n\n{_WHO_CLOSES.format(when=_closed_when(parent))}",
            _WHO_WRITES,
            plain(routing.signature, characters=200),
        )
        if part
    )
    if specimen is None or parent.cause is None:
        return f"{above}{below}"
    room = LONGEST - len(above) - len(below)
    told = evidence_within(room, specimen.incident, specimen.shows)
    of = f"Of the first of them, {_name(specimen.incident.project)}:"
    return f"{above}\n\n{told.replace('### Evidence', f'### Evidence{_GAP}{of}', 1)}{below}"


def parent_closing(parent: Parent) -> str:
    """Say that nothing of it goes on: what was proved, and what goes on elsewhere."""
    over = [member for member in parent.members if member.over_at is not None]
    left = [member for member in parent.members if member.left]
    last = max((each.over_at for each in over if each.over_at is not None), default=None)
    proved = (
        ""
        if last is None
        else f"Over: {counted(len(over), 'failure')} proved to be over, the last at "
        f"{moment(last)}, {duration(last - parent.since)} after the first one failed."
        f"{_proofs(over)}"
    )
    elsewhere = (
        f"{counted(len(left), 'failure')} {'goes' if len(left) == 1 else 'go'} on elsewhere: "
        f"{_named(left, room=_OVER)}."
        if left
        else ""
    )
    return "\n\n".join(part for part in (proved, elsewhere) if part) or "Nothing of it goes on."


def _proofs(over: Sequence[Member]) -> str:
    """Link the proofs of the first few members that are *over*."""
    proofs = [f"{_name(each.project)} {link('passed', each.proof)}" for each in over if each.proof]
    if not proofs:
        return ""
    more = f", and {len(proofs) - _SHOWN} more" if len(proofs) > _SHOWN else ""
    return f" Among them: {', '.join(proofs[:_SHOWN])}{more}."


def parent_reopened(parent: Parent, *, why: str) -> str:
    """Say why the issue is open again, and in how many projects it is broken."""
    projects = counted(len(projects_of(parent.going_on)), "project")
    return (
        f"Reopened. {prose(sentence(why))}\n\nBroken now in {projects}; the description has them."
    )


def parent_grown(new: Sequence[Member]) -> str:
    """Say that many more fail for the same reason."""
    projects = counted(len(projects_of(new)), "more project")
    return f"{sentence(projects)} failed for the same reason: {_named(new, room=_OVER)}."


def projects_of(members: Iterable[Member]) -> tuple[str, ...]:
    """Give the names of the projects of *members*, each once, in their order."""
    return tuple(dict.fromkeys(member.project for member in members))


def _what_and_since(parent: Parent) -> str:
    going_on = parent.going_on
    if not going_on:
        return _nothing_goes_on(parent)
    number = counted(len(projects_of(going_on)), "project")
    if parent.cause is None:
        failures = counted(len(going_on), "failure")
        return (
            f"**{failures} in {number}** cannot have an issue of their own yet: there are more "
            "than may be filed at once, or their repositories take no issues. Each is named here, "
            "and gets its own issue as soon as there is room, the oldest first."
        )
    since, what = moment(parent.since), prose(_what(parent.cause))
    happened = "are not seen" if parent.cause.key.endswith(UNREAD) else "failed for one reason"
    return f"**{number}** {happened} since {since}: {what}."


def _nothing_goes_on(parent: Parent) -> str:
    if parent.cause is None:
        return "Nothing waits any more: each has an issue of its own, or is proved to be over."
    number = counted(len(projects_of(parent.members)), "project")
    if parent.cause.key.endswith(UNREAD):
        return f"**{number}** were not seen, and all of them are again."
    what = prose(_what(parent.cause))
    return f"**{number}** failed for one reason, and none of them does any more: {what}."


def _table(members: Sequence[Member]) -> str:
    """Give a row for each member as long as there is room, and the names of all others."""
    if not members:
        return "Nothing of it is broken now; it is closed when that lasts."
    names = sum(len(_name(project)) + 2 for project in projects_of(members))
    room = min(max(_ROOM - names, _LEAST_ROWS), _MOST_ROWS)
    rows = tuple(fitting(map(_row, members), room))
    rest = members[len(rows) :]
    more = f"\n\nAnd in: {_named(rest, room=_NAMES)}." if rest else ""
    return "\n".join((*_HEAD, *rows)) + more


def _row(member: Member) -> str:
    broken = prose(member.title.removesuffix(f" ({member.project})"), characters=LONGEST_TITLE)
    where = link("details", member.where) if member.where else "-"
    own = issue_link("its own", member.url) if member.url else "this one"
    return f"| {_name(member.project)} | {broken} | {moment(member.since)} | {where} | {own} |"


def _name(project: str) -> str:
    return inline(plain(project, characters=_NAME))


def _named(members: Iterable[Member], *, room: int) -> str:
    """Give the projects of *members* by name, as many as there is *room* for."""
    projects = projects_of(members)
    names = tuple(fitting(map(_name, projects), room))
    left = len(projects) - len(names)
    more = f" and {left} more, which `pipeline-health incidents` lists" if left else ""
    return f"{', '.join(names)}{more}"


def _the_rest(parent: Parent) -> str:
    over = [member for member in parent.members if member.over_at is not None]
    left = [member for member in parent.members if member.left]
    lines = [f"Proved to be over: {_named(over, room=_OVER)}."] if over else []
    if left:
        lines.append(f"No part of this any more: {_named(left, room=_OVER)}.")
    return "\n\n".join(lines)


def _cause(parent: Parent) -> str:
    cause = parent.cause
    if cause is None:
        return (
            "So many failures at once often have one cause that no log of a single one shows: a "
            "provider, an account, a network, a change that reached all of them. Look for what "
            "they share before you look at any of them."
        )
    about = f" ({credential(cause)})" if cause.of is CauseClass.CREDENTIAL else ""
    return f"Class: **{cause.of}**{about}. Why: {prose(cause.why)} Each of them says the same."


def _how(parent: Parent, specimen: Case | None) -> str:
    if parent.cause is None:
        return (
            "**A person.** Nothing is given to an agent from here.\n\n"
            "1. See whether they share one cause, and mend that.\n"
            "2. Else wait: each gets its own issue, with its own steps and its own owner."
        )
    if specimen is None:
        return "**A person.** Open the first of the failures below: it is the same in all of them."
    of = _name(specimen.incident.project)
    return "\n\n".join(
        (
            f"The steps are those for {of}, the first of them; the same holds for every other.",
            *stored_once(parent, specimen),
            who_and_how(specimen.incident),
            *stored_for(parent, specimen),
            *run_again(parent),
        )
    )


def _done(parent: Parent) -> str:
    if parent.cause is None:
        return "Each failure named above has an issue of its own, or is proved to be over."
    return (
        "Every failure named above is proved to be over by the same check that failed, or turns "
        "out to have another cause and gets an issue of its own."
    )


def _closed_when(parent: Parent) -> str:
    if parent.cause is None:
        return "ten minutes after the last of them waits no more"
    return "ten minutes after the last of them is proved to be over"
