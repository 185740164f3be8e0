"""URLs that were found silent: the kind of file that has `monitor_probe_history`."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from pipeline_health.clients.json import Json
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.recording import (
    Fact,
    FiledBefore,
    RecordedProject,
    Recording,
    RootCause,
    Stretch,
)
from pipeline_health.recordings.replay_1.common import (
    TICK,
    first_commit,
    in_order,
    joined,
    numbered,
    owner_of,
    repo_of,
    silent_tick,
    tick_before,
    whole_time,
)

_UNPROVED = "unproved"


def read_transients(whole: Json) -> Recording:
    """Read the file; raises UnexpectedShapeError."""
    issues = tuple(whole.items("issues"))
    timed = [(issue, at) for issue in issues if (at := _silent_at(issue)) is not None]
    stretches = joined(_around(at) for _, at in timed)
    began_at, ended_at = whole_time(stretches, whole)
    repos = sorted({repo_of(issue) for issue in issues})
    facts = [
        *(first_commit(repo, began_at) for repo in repos),
        *(fact for issue, at in timed for fact in _facts(issue, at)),
    ]
    return Recording(
        name=whole.text("incident"),
        began_at=began_at,
        ended_at=ended_at,
        projects=tuple(_project(repo) for repo in repos),
        facts=in_order(facts),
        causes=tuple({cause.id: cause for cause in map(_cause, issues)}.values()),
        filed=tuple(_filed(issue) for issue in issues),
        lacks=tuple(_lacks(issues, repos)),
        stretches=stretches,
    )


def _silent_at(issue: Json) -> datetime | None:
    """Give when the monitor of that time found the URL silent, to the minute at least."""
    return issue.maybe_time("detected_at") or issue.maybe_time("detected_at_minute")


def _around(at: datetime) -> Stretch:
    tick = tick_before(at)
    return Stretch(began_at=tick - TICK, ended_at=tick + TICK)


def _facts(issue: Json, at: datetime) -> Iterator[Fact]:
    # A time that is known to the minute may have been up to its end.
    is_exact = not issue.at("detected_at").missing
    ended = at if is_exact else at + timedelta(seconds=59)
    yield from silent_tick(repo_of(issue), ended, cause=_cause(issue).id)


def _cause(issue: Json) -> RootCause:
    if issue.flag("outage_confirmed"):
        number = issue.number("number")
        owner = owner_of(issue, "who_could_fix") or Owner.HUMAN
        return RootCause(id=f"{repo_of(issue)}#{number}", label="an outage", owner=owner)
    return RootCause(id=_UNPROVED, label="no outage is proved", owner=None)


def _project(repo: RepoName) -> RecordedProject:
    name = repo.rpartition("/")[2]
    line = f'production_url = "https://{name}.test"'
    return RecordedProject(name=name, repo=repo, lines=(line,))


def _filed(issue: Json) -> FiledBefore:
    at = _silent_at(issue)
    return FiledBefore(
        repo=repo_of(issue),
        number=issue.number("number"),
        title=issue.maybe_text("title"),
        cause=_cause(issue).id,
        filed_at=at,
        failed_at=None if at is None else tick_before(at),
        given_to=None,
        bound=True,
    )


def _lacks(issues: Sequence[Json], repos: Sequence[RepoName]) -> Iterator[str]:
    for repo in repos:
        untimed = [i.number("number") for i in issues if repo_of(i) == repo and not _silent_at(i)]
        if untimed:
            yield f"{repo} {numbered(untimed)}: the time is not recorded; not replayed."
    yield (
        "How long a URL was silent is not recorded: it is from the tick of the monitor of that "
        "time until that look was over."
    )
    yield (
        "Nothing else of these repositories is recorded: each has one commit, and a host of "
        "`.test` stands in for its URL. Whom an issue was given to is not recorded either."
    )
