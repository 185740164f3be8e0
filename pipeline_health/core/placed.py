"""Incidents in their order, and the few of them to which a finding may belong."""

from collections.abc import Collection, Iterable, Iterator

from pipeline_health.core.model.case import Diagnosed
from pipeline_health.core.model.findings import Scope
from pipeline_health.core.model.ids import Fingerprint, RepoName
from pipeline_health.core.model.incident import Incident
from pipeline_health.core.observe import environment_of


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
