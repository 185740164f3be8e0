"""Which repository is meant, whatever it is called by now: ids outlive renames and transfers.

Whoever takes a name that was given up gets none of the attention that its former owner had.
"""

from pipeline_health.clients.github_sighting import Sighting, Wanted
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.readings import GitHubReading, Seen
from pipeline_health.ports import Memory

TOPIC = "repository-id"


class Identities:
    """Remembers the id of each repository under the name that is configured, in *memory*.

    Another name in the configuration is another repository, until GitHub says that it is the same.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def recall(self, repo: RepoName) -> str | None:
        """Give the id of the repository that *repo* meant when it was first seen."""
        return self._memory.recall(TOPIC, repo.lower())

    def is_lost(self, wanted: Wanted, sighting: Sighting) -> bool:
        """Tell whether the id is no way to what is meant: it led nowhere, or to what was put away.

        Who archives a repository under another name, and puts a new one in its place, means that.
        """
        if wanted.node is None:
            return False
        return sighting.nowhere or _was_put_away(wanted.repo, sighting.reading)

    def forget(self, repo: RepoName) -> None:
        """Ask for *repo* by its name from now on."""
        self._memory.forget(TOPIC, repo.lower())

    def learn(self, repo: RepoName, reading: GitHubReading) -> None:
        """Remember what was seen; what is put away may be replaced under its name."""
        seen = reading.repository
        if isinstance(seen, Seen) and not _was_put_away(repo, reading):
            self._memory.remember(TOPIC, repo.lower(), seen.value.node_id, now=seen.at)


def _was_put_away(repo: RepoName, reading: GitHubReading) -> bool:
    seen = reading.repository
    if not isinstance(seen, Seen):
        return False
    return seen.value.archived and seen.value.name.lower() != repo.lower()
