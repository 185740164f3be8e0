"""Criterion `no-open-incident`: no open issue of ours says that this commit is broken.

An issue that the facts just read prove to be over does not block: the next cycle closes it.
"""

from collections.abc import Iterator

from pipeline_health.core.gate.steps import about_blindness
from pipeline_health.core.gate.words import criterion
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.promotion import Matter, OpenIncident
from pipeline_health.core.model.questions import Contains
from pipeline_health.core.model.readings import Blind
from pipeline_health.core.model.verdict import Criterion, CriterionName, CriterionState
from pipeline_health.core.observe import descends

_NAME = CriterionName.NO_OPEN_INCIDENT
_STAGING = "staging-"
_PREFIXES = (_STAGING, "main-ci-")
_RAILWAY = "railway:"


def blocks(kind: Kind) -> bool:
    """Tell whether an incident of *kind* stands between staging and production."""
    return kind.startswith(_PREFIXES)


def no_open_incident(matter: Matter, *, tests_pass: bool) -> Criterion:
    """Judge the open issues; what cannot be seen to be none is unknown.

    *tests_pass* says that the tests that are being made pass: they end what nothing else can end.
    """
    seen = matter.facts.incidents
    if isinstance(seen, Blind):
        hint = about_blindness(matter, seen)
        return criterion(matter, _NAME, CriterionState.UNKNOWN, seen.why, hint=hint)
    standing = [
        incident
        for incident in seen.value
        if not _is_over(matter, incident, tests_pass=tests_pass) and _concerns(matter, incident)
    ]
    if standing:  # one that may still end by itself speaks last
        return _blocked(matter, min(standing, key=lambda incident: incident.again))
    over = [
        one
        for one in seen.value
        if blocks(one.kind)
        and one.number is not None
        and _is_over(matter, one, tests_pass=tests_pass)
    ]
    says = "no issue of ours says that this commit is broken"
    if over:
        numbers = ", ".join(str(one.number) for one in over)
        says = f"issue {numbers} is proved to be over and will be closed by the next look"
        if len(over) > 1:
            says = f"issues {numbers} are proved to be over and will be closed by the next look"
    url = over[0].url if over else None
    return criterion(matter, _NAME, CriterionState.PASS, says, url=url)


def questions(matter: Matter) -> Iterator[Contains]:
    """Ask how the failing commits stand to this one."""
    seen = matter.facts.incidents
    for incident in () if isinstance(seen, Blind) else seen.value:
        if blocks(incident.kind) and not incident.over:
            for commit in incident.commits:
                yield from _asked(matter, newer=commit, older=matter.commit)
                if incident.of_tests:
                    yield from _asked(matter, newer=matter.commit, older=commit)


def _asked(matter: Matter, *, newer: Sha, older: Sha) -> Iterator[Contains]:
    answer = descends(matter.view, newer=newer, older=older)
    if isinstance(answer, Contains):
        yield answer


def _blocked(matter: Matter, incident: OpenIncident) -> Criterion:
    if incident.named_in:
        return _named(matter, incident)
    if incident.again:
        says = f"a run is under way that tests again what failed: {incident.title}"
        return criterion(matter, _NAME, CriterionState.PENDING, says, url=incident.url)
    if incident.number is None:
        says = f"it is broken, and no issue says so yet: {incident.title}"
        hint = "this passes when that works again; a window of maintenance does not end it"
        return criterion(matter, _NAME, CriterionState.FAIL, says, hint=hint, url=incident.url)
    says = f"issue {incident.number} is open: {incident.title}"
    hint = (
        f"see issue {incident.number}: this passes when what it is about works again; if that is"
        " gone, close the issue"
    )
    return criterion(matter, _NAME, CriterionState.FAIL, says, hint=hint, url=incident.url)


def _named(matter: Matter, incident: OpenIncident) -> Criterion:
    """Give what an issue for many projects tells of; each look says there what works again."""
    place = incident.named_in
    if incident.again:
        says = f"{place} says that it is broken, until a look sees that it works: {incident.title}"
        return criterion(matter, _NAME, CriterionState.PENDING, says, url=incident.url)
    says = f"{place} says that it is broken: {incident.title}"
    hint = f"see {place}: this passes when what it says of {matter.policy.name} works again"
    return criterion(matter, _NAME, CriterionState.FAIL, says, hint=hint, url=incident.url)


def _concerns(matter: Matter, incident: OpenIncident) -> bool:
    """Tell whether *incident* may be about this commit: all but what began after it is."""
    if not blocks(incident.kind) or _is_elsewhere(matter, incident):
        return False
    return not incident.commits or not all(_is_later(matter, commit) for commit in incident.commits)


def _is_elsewhere(matter: Matter, incident: OpenIncident) -> bool:
    """Tell whether *incident* is about staging of other Railway projects only.

    Several projects may be built from one repository. Its CI is that of all of them.
    """
    project = matter.policy.railway_project
    if project is None or not incident.kind.startswith(_STAGING) or not incident.scopes:
        return False
    ours = f"{_RAILWAY}{project}:"
    return all(
        one.startswith(_RAILWAY) and not f"{one}:".startswith(ours) for one in incident.scopes
    )


def _is_over(matter: Matter, incident: OpenIncident, *, tests_pass: bool) -> bool:
    """Tell whether it is proved to be over, or is by our own tests at a commit that contains it."""
    if incident.over or not incident.of_tests:
        return incident.over
    return tests_pass and all(
        descends(matter.view, newer=matter.commit, older=commit) is True
        for commit in incident.commits
    )


def _is_later(matter: Matter, commit: Sha) -> bool:
    """Tell whether *commit* is known to be a descendant of ours."""
    return (
        commit != matter.commit and descends(matter.view, newer=commit, older=matter.commit) is True
    )
