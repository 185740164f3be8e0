"""The files of the branch that must not be there: committed `.env` files, read by name only."""

from collections.abc import Callable
from datetime import datetime

from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.github import GitHub
from pipeline_health.core.model.audit import Committed
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.readings import Blind, Reading, Seen
from pipeline_health.core.secrecy import is_env_file

IGNORED = ".gitignore"
LOCAL = ".env.local"

LARGEST = 64 * 1024
"""Characters of a `.gitignore`; judging a longer one would take a cycle's time."""


class BranchFiles:
    """Looks at the tree of the branch's head; *redact* is applied to GitHub's words."""

    def __init__(self, client: GitHub, *, redact: Callable[[str], str]) -> None:
        self._client = client
        self._redact = redact

    def committed(
        self, project: ProjectPolicy, head: Sha | None, *, now: datetime
    ) -> Reading[Committed]:
        """Name the committed `.env` files; what a cut list lacks may be there."""
        if head is None:
            return Blind(at=now, why=f"the newest commit of {project.repo} is not known")
        try:
            found = self._committed(project, head)
        except ClientError as exc:
            why = f"could not list the files of {project.repo}: {exc}"
            return Blind(at=now, why=self._redact(why))
        if not found.whole and not found.paths:
            why = f"{project.repo} has more files than GitHub lists; no .env is among those listed"
            return Blind(at=now, why=why)
        return Seen(at=now, value=found)

    def _committed(self, project: ProjectPolicy, head: Sha) -> Committed:
        tree = self._client.files.tree(project.repo, head)
        text = self._client.files.text(project.repo, head, IGNORED) if IGNORED in tree.paths else ""
        if text and len(text) > LARGEST:
            msg = f"{IGNORED} is longer than {LARGEST} characters, and was not judged"
            raise ClientError(msg)
        return Committed(
            paths=tuple(sorted(path for path in tree.paths if is_env_file(path))),
            ignores_local=keeps_out(text or "", LOCAL),
            whole=tree.whole,
        )


def keeps_out(ignored: str, path: str) -> bool:
    """Tell whether Git ignores *path* by the lines of a `.gitignore`; a broken line counts not."""
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - one audit a day needs it, of 288 looks

    lines = [line for line in ignored.splitlines() if _is_pattern(line)]
    return GitIgnoreSpec.from_lines(lines).match_file(path)


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 - as above
    from pathspec.patterns.gitignore import GitIgnorePatternError  # noqa: PLC0415 - as above

    try:
        GitIgnoreSpec.from_lines([line])
    except GitIgnorePatternError:
        return False
    return True
