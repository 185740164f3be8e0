"""Says when the work tree that tests would be run from is not at the commit they are to prove.

That is asked of the project's own repository only: tests that live elsewhere have commits of their
own.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pipeline_health.core.inert import plain
from pipeline_health.core.model.ids import RepoName, Sha, as_sha
from pipeline_health.frozen import dataclass
from pipeline_health.ports import PipelineHealthError

_PATIENCE: Final = 10.0
_HOSTS: Final = frozenset({"github.com", "www.github.com", "ssh.github.com"})
_URL: Final = re.compile(
    r"[a-z+]+://(?:[^/@]*@)?(?P<host>[^/:@]+)(?::[0-9]+)?/(?P<path>.+)", re.IGNORECASE
)
_SCP: Final = re.compile(r"(?:[^/@:]+@)?(?P<host>[^/:@]+):(?P<path>.+)", re.IGNORECASE)
_NO_WRITING: Final = {"GIT_OPTIONAL_LOCKS": "0"}
_NOT_A_TREE: Final = "not a git repository"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """Why tests from here would prove nothing; *certain* is False when nobody could tell."""

    says: str
    certain: bool


class CheckoutError(PipelineHealthError):
    """git gave no answer; the message says why, as the end of a sentence."""


class Checkout:
    """The work tree around *directory*, if it is in one."""

    def __init__(self, directory: Path, *, path: str, home: str) -> None:
        self._directory = directory
        self._path = path
        self._home = home

    def head(self) -> Sha | None:
        """Give the commit that the work tree is at, None where there is none.

        Raises CheckoutError where nobody can tell.
        """
        if not self._is_in_one() or not self._is_tree():
            return None
        return as_sha(self._git("rev-parse", "--verify", "--quiet", "HEAD"))

    def mismatch(self, repo: RepoName, commit: Sha) -> Mismatch | None:
        """Say why this work tree of *repo* is not *commit*, None when nothing is wrong with it."""
        if not self._is_in_one():
            return None
        try:
            if not self._is_tree() or not any(is_of(url, repo) for url in self._origins()):
                return None
            head, changed = self.head(), self._changed()
        except CheckoutError as exc:
            says = f"was not run: whether {self._directory} is at the commit is unknown, {exc}"
            return Mismatch(says=says, certain=False)
        if head == commit and changed:
            says = (
                f"was not run: {plain(changed[0])} of the work tree is not as it is in {commit}; "
                "run: git stash"
            )
            return Mismatch(says=says, certain=True)
        if head == commit:
            return None
        return Mismatch(
            says=(
                f"was not run: the work tree is at {head or 'no commit'}, not at {commit}; "
                f"run: git checkout {commit}"
            ),
            certain=True,
        )

    def _changed(self) -> list[str]:
        """Name the files of the commit that are not as it has them; others may be there as well."""
        changes = self._git("status", "--porcelain", "--untracked-files=no") or ""
        return [line.strip().partition(" ")[2].strip() for line in changes.splitlines()]

    def _is_in_one(self) -> bool:
        return any((each / ".git").exists() for each in _upwards(self._directory))

    def _is_tree(self) -> bool:
        return self._git("rev-parse", "--is-inside-work-tree") == "true"

    def _origins(self) -> Iterator[str]:
        """Give the URLs of origin as they are written, and as git rewrites them."""
        written = self._git("config", "--get-all", "remote.origin.url")
        if written is not None:
            yield from written.splitlines()
            yield from (self._git("remote", "get-url", "--all", "origin") or "").splitlines()

    def _git(self, *arguments: str) -> str | None:
        """Give what git says, None when it says no."""
        git = shutil.which("git", path=self._path)
        if git is None:
            msg = "because there is no git in PATH"
            raise CheckoutError(msg)
        # Whose the directory is does not matter: its own tests are about to be run.
        safely = ("-c", "safe.directory=*", "-c", "core.fsmonitor=false")
        command = [git, *safely, "-C", str(self._directory), *arguments]
        try:
            done = subprocess.run(  # noqa: S603 - git, and no shell
                command,
                env={"PATH": self._path, "HOME": self._home, "LC_ALL": "C", **_NO_WRITING},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError) as exc:
            msg = "because git does not answer"
            raise CheckoutError(msg) from exc
        if done.returncode == 0:
            return done.stdout.decode("utf-8", "replace").strip()
        said = done.stderr.decode("utf-8", "replace")
        if said and _NOT_A_TREE not in said:
            msg = f"because git could not read it ({plain(said)})"
            raise CheckoutError(msg)
        return None


def is_of(url: str, repo: RepoName) -> bool:
    """Tell whether *url*, as git writes it, is that of *repo* on GitHub."""
    found = _URL.fullmatch(url) or _SCP.fullmatch(url)
    if found is None or found["host"].lower() not in _HOSTS:
        return False
    return found["path"].strip("/").lower().removesuffix(".git") == repo.lower()


def _upwards(directory: Path) -> Iterator[Path]:
    here = directory.resolve()
    yield here
    yield from here.parents
