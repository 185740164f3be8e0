"""The commits and branches of a simulated repository."""

import hashlib
from collections.abc import Iterable, Mapping

from pipeline_health.core.model.ids import Sha
from pipeline_health.simulator.github_records import Commit
from pipeline_health.simulator.timeline import Timeline


class History:
    """Every commit that was ever pushed, and the branches that hold them, newest last.

    *seed* keeps the ids of two repositories apart.
    """

    def __init__(self, timeline: Timeline, *, seed: str, default_branch: str) -> None:
        self._timeline = timeline
        self._seed = seed
        self.default_branch = default_branch
        self.commits: dict[str, Commit] = {}
        self.branches: dict[str, list[Sha]] = {default_branch: []}

    @property
    def head(self) -> Sha:
        """Tell the newest commit of the default branch; the first push makes one."""
        return self.branches[self.default_branch][-1]

    def push(
        self,
        message: str = "Work",
        author: str = "dev",
        *,
        files: Mapping[str, str] | None = None,
        removes: Iterable[str] = (),
        sha: str | None = None,
        branch: str | None = None,
    ) -> Sha:
        """Land one commit on *branch* (the default one) and give its id."""
        line = self.branches.setdefault(branch or self.default_branch, [])
        parent = line[-1] if line else None
        text = f"{self._seed}:{parent}:{message}:{len(self.commits)}"
        new = Sha(sha or hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())
        self.commits[new] = Commit(
            sha=new,
            message=message,
            author=author,
            committed_at=self._timeline.now(),
            parent=parent,
            files=dict(files or {}),
            removed=frozenset(removes),
        )
        line.append(new)
        return new

    def force_push(self, to_sha: str) -> None:
        """Move the default branch back to *to_sha*; what came after it is on no branch any more."""
        line = self.branches[self.default_branch]
        del line[line.index(Sha(to_sha)) + 1 :]

    def ancestry(self, sha: str, *, limit: int | None = None) -> list[str]:
        """List *sha* and the commits before it, newest first, *limit* at most."""
        found: list[str] = []
        here: str | None = sha
        while here is not None and (limit is None or len(found) < limit):
            found.append(here)
            here = self.commits[here].parent
        return found

    def touches(self, sha: str, path: str) -> list[str]:
        """List the commits up to *sha* that wrote or removed the file at *path*, newest first."""
        line = (self.commits[one] for one in self.ancestry(sha))
        return [commit.sha for commit in line if path in commit.files or path in commit.removed]

    def files_at(self, sha: str) -> dict[str, str]:
        """Give every file of the commit *sha*, by its path."""
        files: dict[str, str] = {}
        for one in reversed(self.ancestry(sha)):
            commit = self.commits[one]
            files = {path: text for path, text in files.items() if path not in commit.removed}
            files |= commit.files
        return files

    def blob(self, sha: str, path: str) -> str | None:
        """Give the id of the file at *path* in the commit *sha*, None when there is none."""
        for last in self.touches(sha, path)[:1]:
            text = self.commits[last].files.get(path)
            if text is not None:
                return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        return None

    def find_commit(self, ref: str) -> str | None:
        """Give the commit that a branch name, a full id or HEAD stands for."""
        if ref in self.commits:
            return ref
        line = self.branches.get(self.default_branch if ref == "HEAD" else ref)
        return line[-1] if line else None

    def branch_of(self, sha: str) -> str:
        """Name a branch that holds *sha*, the default one if there is none."""
        holding = (name for name, line in self.branches.items() if sha in line)
        return next(holding, self.default_branch)
