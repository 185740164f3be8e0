"""Whether a finding belongs to an incident: by its symptom, its subject, its cause or its place.

Each test is of one incident and one finding alone; which incident is asked first is decided by
`correlate`.
"""

from collections.abc import Collection, Iterable, Iterator

from pipeline_health.core.model.case import Diagnosed
from pipeline_health.core.model.findings import Finding, Kind, Scope, Symptom, Thing
from pipeline_health.core.model.ids import Fingerprint, RepoName
from pipeline_health.core.model.incident import Cause, CauseClass, Incident, Phase
from pipeline_health.core.model.issue import Marker
from pipeline_health.core.observe import environment_of

_KIN = (
    frozenset({Kind.MAIN_CI_RED, Kind.MAIN_CI_STUCK}),
    frozenset({Kind.STAGING_DEPLOY_FAILED, Kind.STAGING_DEPLOY_STUCK, Kind.STAGING_DEPLOY_MISSING}),
)
"""Ways to be broken that follow from each other in one thing."""
_SHARED = frozenset({CauseClass.CREDENTIAL, CauseClass.QUOTA, CauseClass.PLATFORM})
"""Causes that break many things at once: one incident for all of them."""
LASTING = frozenset({CauseClass.CREDENTIAL, CauseClass.QUOTA})
"""Of these, the ones that are still the same cause when they are back days later."""


def lists_symptom(incident: Incident, found: Diagnosed) -> bool:
    """Tell whether *incident* already lists the symptom of the finding."""
    return any(ailment.symptom == found.finding.symptom for ailment in incident.ailments)


def lists_subject(incident: Incident, found: Diagnosed) -> bool:
    """Tell whether *incident* lists the very thing that is broken now in another way.

    A deployment that did not end and then failed, or a run, is one failure of one thing.
    """
    symptom = found.finding.symptom
    kin = _kin_of(symptom.kind)
    return any(
        ailment.symptom.kind in kin
        and ailment.symptom.scope == symptom.scope
        and ailment.symptom.subject == symptom.subject
        for ailment in incident.ailments
    )


def are_about_one_thing(marker: Marker, other: Marker) -> bool:
    """Tell whether two issues tell of one thing, be it that it is broken in another way."""
    things = {(each.scope, each.subject): _kin_of(each.kind) for each in marker.symptoms}
    return any(each.kind in things.get((each.scope, each.subject), ()) for each in other.symptoms)


def lists_all_of(incident: Incident, other: Incident) -> bool:
    """Tell whether everything that is broken in *other* is broken in *incident* too."""
    listed = {(each.symptom.scope, each.symptom.subject): each.symptom for each in incident.broken}
    pairs = (
        (each.symptom.kind, listed.get((each.symptom.scope, each.symptom.subject)))
        for each in other.broken
    )
    return bool(other.broken) and all(
        there is not None and there.kind in _kin_of(kind) for kind, there in pairs
    )


def _kin_of(kind: Kind) -> frozenset[Kind]:
    """Give the kinds that are one failure with *kind* in one thing, itself among them."""
    return next((kinds for kinds in _KIN if kind in kinds), frozenset({kind}))


def is_broken(incident: Incident, symptom: Symptom) -> bool:
    """Tell whether *symptom* stands in *incident*: it failed, and no proof came since."""
    return any(ailment.symptom == symptom for ailment in incident.broken)


def has_cause(incident: Incident, found: Diagnosed) -> bool:
    """Tell whether the finding has the root cause that *incident* has."""
    root = root_of(found.cause)
    return root is not None and root == root_of(incident.cause)


def root_of(cause: Cause) -> tuple[CauseClass, str] | None:
    """Give what all incidents of one root cause share, None where the cause is of one thing only.

    A secret breaks whatever reads it. What a marker tells of a cause has no key. A token of our own
    is another one than a pipeline's, whatever it is called.
    """
    if cause.of not in _SHARED or not cause.key:
        return None
    return cause.of, f"our own {cause.key}" if cause.ours else cause.key


def may_be_back(incident: Incident, found: Diagnosed) -> bool:
    """Tell whether the finding may be a relapse of *incident*, which is over.

    What fails again in the same place for another reason than a secret or a limit that was the
    cause then, or is now, is none. A marker does not tell the name of its secret.
    """
    then, now = incident.cause, found.cause
    if then.of not in LASTING and now.of not in LASTING:
        return True
    return then.of is now.of and then.key in ("", now.key)


def covers_environment(incident: Incident, found: Diagnosed) -> bool:
    """Tell whether one of the two names the environment in which the other names a service.

    A deployment record of GitHub names no service; it and Railway's own word are one failure, and
    so is what never came to a service after the workflow that deploys failed. Who mutes the
    environment has not muted every service that may fail in it later.
    """
    symptom = found.finding.symptom
    over = incident.phase is Phase.RESOLVED
    kinds = frozenset({symptom.kind}) if over else _kin_of(symptom.kind)
    if incident.phase is Phase.MUTED and symptom.subject.thing is not Thing.ENVIRONMENT:
        return False
    return any(
        ailment.symptom.kind in kinds
        and environment_of(ailment.symptom.scope) == environment_of(symptom.scope)
        and (ailment.symptom.subject.thing is Thing.ENVIRONMENT)
        is not (symptom.subject.thing is Thing.ENVIRONMENT)
        for ailment in incident.ailments
    )


def is_older_than_the_cure(incident: Incident, finding: Finding) -> bool:
    """Tell whether *finding* failed before the proof that it is over: a stale look."""
    return any(
        ailment.symptom == finding.symptom
        and ailment.healed is not None
        and finding.since <= ailment.healed.at
        for ailment in incident.ailments
    )


class Incidents:
    """Incidents in their order, of which those near a finding are found without asking all of them.

    Whatever makes a finding belong to an incident makes the two agree in a repository, in an
    environment, or in a fingerprint.
    """

    def __init__(self, known: Iterable[Incident]) -> None:
        self.all: list[Incident] = []
        self._near: dict[tuple[str, str], set[int]] = {}
        for incident in known:
            self.add(incident)

    def add(self, incident: Incident) -> int:
        """Add one; gives its place."""
        self.all.append(incident)
        self.put(len(self.all) - 1, incident)
        return len(self.all) - 1

    def put(self, at: int, incident: Incident) -> None:
        """Put another state of an incident in its place."""
        self.all[at] = incident
        scopes = {ailment.symptom.scope for ailment in incident.ailments}
        for key in _keys(incident.repo, incident.fingerprint, scopes):
            self._near.setdefault(key, set()).add(at)

    def near(self, found: Diagnosed, repo: RepoName, fingerprint: Fingerprint) -> list[int]:
        """Give the places of all to which the finding may belong, in their order.

        *repo* and *fingerprint* are those of the incident that it would open.
        """
        keys = _keys(repo, fingerprint, {found.finding.symptom.scope})
        return sorted(set[int]().union(*(self._near.get(key, ()) for key in keys)))


def _keys(
    repo: RepoName, fingerprint: Fingerprint, scopes: Collection[Scope]
) -> Iterator[tuple[str, str]]:
    yield "repo", repo
    yield "fingerprint", fingerprint
    for scope in scopes:
        yield "environment", environment_of(scope)
