"""Which files a commit has, and what is in a small one of them."""

import base64
import binascii

from pipeline_health.clients.errors import NothingThereError, UnexpectedShapeError
from pipeline_health.clients.github_wire import Wire
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The paths of the files of one commit; *whole* is False where GitHub left some out."""

    paths: tuple[str, ...]
    whole: bool


class Files:
    """Reads trees and files; `GitHub.files` is one."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def tree(self, repo: RepoName, sha: Sha) -> Tree:
        """List every file of a commit; GitHub cuts at 100,000 entries (REST docs, 2026-11)."""
        found = self._wire.get(f"/repos/{repo}/git/trees/{sha}", recursive=1)
        files = (entry for entry in found.items("tree") if entry.text("type") == "blob")
        paths = tuple(entry.text("path") for entry in files)
        return Tree(paths=paths, whole=not found.flag("truncated"))

    def text(self, repo: RepoName, sha: Sha, path: str) -> str | None:
        """Give the text of a file of a commit, None where there is none (a link, a folder)."""
        try:
            found = self._wire.get(f"/repos/{repo}/contents/{path}", ref=sha)
        except NothingThereError:
            return None
        if found.maybe_text("type") != "file":
            return None
        try:
            return base64.b64decode(found.text("content")).decode("utf-8", "replace")
        except (ValueError, binascii.Error) as exc:
            msg = f"GitHub's text of {path} in {repo} is not in base64"
            raise UnexpectedShapeError(msg) from exc
