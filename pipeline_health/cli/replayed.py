"""What `replay --json` prints, key by key.

`recording`: name, began_at, ended_at, stretches. `configuration`: the file, null where the
recording implied it; every_seconds. `cycles`: how many there were. `changes`: the cycles that did
something: at, sentence, failed, changes. `issues`: what was filed, with its cause (an id; null:
none is recorded), groundless (about no recorded failure), took_seconds and bound (exact, at least,
at most). `causes`: for each root cause its id, label, owner (null: nobody had to mend it), issues
(their numbers), repeats, wrong_owner, false_alarms, and the same below `before`. `summary` and
`before` (the monitor of that time; null: nothing is recorded of one): issues, root_causes, repeats,
false_alarms, wrong_owner, unattributed, groundless, measured, at_least, at_most, median_seconds,
longest_seconds, comments, reopened, handed_over (null: nobody can tell, because it is not recorded,
or no root cause is). `lacks`: sentences. With --diff also `diff`: configuration, issues, causes,
summary, lacks of the second, and differences: repo, title, first, second (numbers), says.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline_health.core.as_json import JsonValue, written
from pipeline_health.core.model.signal import Difference, Figures, Issue, OfCause
from pipeline_health.core.signal import counted, differences

if TYPE_CHECKING:
    from pipeline_health.replaying import Replayed, Tick


def replayed_as_json(of: "Replayed") -> Mapping[str, JsonValue]:
    """Give the object that `replay --json` prints."""
    recording = of.recording
    return {
        "recording": {
            "name": recording.name,
            "began_at": written(recording.began_at),
            "ended_at": written(recording.ended_at),
            "stretches": [
                {"began_at": written(each.began_at), "ended_at": written(each.ended_at)}
                for each in recording.stretches
            ],
        },
        "configuration": _configuration(of),
        "cycles": of.cycles,
        "changes": [_tick(tick) for tick in of.ticks],
        "issues": [_issue(issue, of) for issue in of.issues],
        "causes": _causes(of),
        "summary": figures_as_json(of.figures),
        "before": None if of.before is None else figures_as_json(of.before),
        "lacks": list(of.lacks),
    }


def diff_as_json(first: "Replayed", second: "Replayed") -> Mapping[str, JsonValue]:
    """Give what `--diff` adds: the second replay, and what differs from the first."""
    return {
        "configuration": _configuration(second),
        "issues": [_issue(issue, second) for issue in second.issues],
        "causes": _causes(second),
        "summary": figures_as_json(second.figures),
        "lacks": list(second.lacks),
        "differences": [_difference(each) for each in differences(first.issues, second.issues)],
    }


def figures_as_json(of: Figures) -> Mapping[str, JsonValue]:
    """Give the figures of one monitor; lengths of time are in whole seconds."""
    return {
        "issues": of.issues,
        "root_causes": of.root_causes,
        "repeats": of.repeats,
        "false_alarms": of.false_alarms,
        "wrong_owner": of.wrong_owner,
        "unattributed": len(of.unattributed),
        "groundless": len(of.groundless),
        "measured": len(of.took),
        "at_least": of.at_least,
        "at_most": of.at_most,
        "median_seconds": _seconds(of.median),
        "longest_seconds": _seconds(of.longest),
        "comments": of.comments,
        "reopened": of.reopened,
        "handed_over": of.moved,
    }


def _configuration(of: "Replayed") -> Mapping[str, JsonValue]:
    file = None if of.config is None else str(of.config)
    return {"file": file, "every_seconds": _seconds(of.every)}


def _tick(tick: "Tick") -> Mapping[str, JsonValue]:
    return {
        "at": written(tick.at),
        "sentence": tick.sentence,
        "failed": tick.failed,
        "changes": [
            {
                "change": change.change,
                "repo": change.repo,
                "issue": change.issue,
                "reason": change.reason,
                "applied": change.applied,
                "why": change.why,
            }
            for change in tick.changes
        ],
    }


def _issue(issue: Issue, of: "Replayed") -> Mapping[str, JsonValue]:
    known = counted(issue, of.recording)
    return {
        "repo": issue.repo,
        "number": issue.number,
        "title": issue.title,
        "owner": issue.owner,
        "left_with": issue.left_with,
        "opened_at": written(issue.opened_at),
        "closed_at": _time(issue.closed_at),
        "cause": known.cause,
        "groundless": known.groundless,
        "took_seconds": _seconds(known.took),
        "bound": known.bound,
        "comments": issue.comments,
        "reopened": issue.reopened,
        "handed_over": issue.moved,
    }


def _causes(of: "Replayed") -> list[JsonValue]:
    known = () if of.before is None else of.before.causes
    before = {each.cause.id: _of_cause(each) for each in known}
    return [
        {
            "id": each.cause.id,
            "label": each.cause.label,
            "owner": each.cause.owner,
            **_of_cause(each),
            "before": before.get(each.cause.id),
        }
        for each in of.figures.causes
    ]


def _of_cause(of: OfCause) -> Mapping[str, JsonValue]:
    return {
        "issues": [issue.number for issue in of.issues],
        "repeats": of.repeats,
        "wrong_owner": of.wrong_owner,
        "false_alarms": of.false_alarms,
    }


def _difference(each: Difference) -> Mapping[str, JsonValue]:
    one = each.before or each.after
    return {
        "repo": None if one is None else one.repo,
        "title": None if one is None else one.title,
        "first": None if each.before is None else each.before.number,
        "second": None if each.after is None else each.after.number,
        "says": list(each.says),
    }


def _seconds(of: timedelta | None) -> int | None:
    return None if of is None else int(of.total_seconds())


def _time(at: datetime | None) -> str | None:
    return None if at is None else written(at)
