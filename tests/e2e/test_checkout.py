"""Which commit is in the work tree that tests are run from, asked of real repositories."""

import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline_health.bootstrap import SystemClock
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.live import Tested
from pipeline_health.e2e import LocalEndToEnd, Surroundings
from pipeline_health.e2e.checkout import is_of

GIT = shutil.which("git") or "git"
PATH = os.pathsep.join([str(Path(GIT).parent), os.defpath])
SHOP = RepoName("Acme/shop.js")
ORIGIN = "https://github.com/acme/shop.js.git"
OTHER = Sha("b2" * 20)


class Tree:
    """A work tree with one commit."""

    def __init__(self, directory: Path, origin: str | None = ORIGIN) -> None:
        self.directory = directory
        self.path = PATH
        self.git("init", "--quiet")
        self.git("commit", "--quiet", "--allow-empty", "--message", "first")
        if origin is not None:
            self.git("remote", "add", "origin", origin)

    @property
    def head(self) -> Sha:
        """Which commit is checked out."""
        return Sha(self.git("rev-parse", "HEAD"))

    def git(self, *arguments: str) -> str:
        """Run git as somebody who has no configuration."""
        who = ["-c", "user.name=x", "-c", "user.email=x@example.invalid"]
        done = subprocess.run(
            [GIT, *who, *arguments],
            cwd=self.directory,
            env={"PATH": PATH, "HOME": str(self.directory)},
            capture_output=True,
            check=True,
            text=True,
        )
        return done.stdout.strip()

    def tested(self, commit: Sha, *, below: str = ".") -> Tested:
        """Run a command that passes."""
        here = Surroundings(
            directory=self.directory / below, path=self.path, home=str(self.directory)
        )
        runner = LocalEndToEnd(here, redact=str, clock=SystemClock())
        return runner.run(
            [sys.executable, "-ISc", "print('run')"],
            passing=(),
            base="https://shop.example",
            commit=commit,
            repo=SHOP,
            timeout=timedelta(seconds=20),
        )


def says_no(tested: Tested) -> bool:
    """Tell whether the command was not run because of the commit, as proved."""
    return tested.passed is False and tested.tail == ""


def test_the_commit_itself_is_tested(tmp_path: Path) -> None:
    """Nothing is in the way."""
    tree = Tree(tmp_path)

    assert tree.tested(tree.head).passed is True


def test_another_commit_is_not_tested(tmp_path: Path) -> None:
    """It says which one is there and what to do."""
    tree = Tree(tmp_path)

    tested = tree.tested(OTHER)

    assert says_no(tested)
    assert tested.says == (
        f"was not run: the work tree is at {tree.head}, not at {OTHER}; run: git checkout {OTHER}"
    )


@pytest.mark.parametrize("staged", [False, True])
def test_a_changed_tree_is_not_at_its_commit(tmp_path: Path, staged: bool) -> None:  # noqa: FBT001
    """What somebody changed there proves nothing of what was committed."""
    tree, spec = Tree(tmp_path), tmp_path / "spec of it.js"
    spec.write_text("expect(true)")
    assert tree.tested(tree.head).passed is True, "what was never committed is no change of it"
    tree.git("add", spec.name)
    tree.git("commit", "--quiet", "--message", "second")
    assert tree.tested(tree.head).passed is True
    spec.write_text("skip()")
    if staged:
        tree.git("add", spec.name)

    tested = tree.tested(tree.head)

    assert says_no(tested)
    assert "spec of it.js" in tested.says


def test_a_directory_below_is_in_the_tree(tmp_path: Path) -> None:
    """The tests need not be at its root."""
    (tmp_path / "a/b").mkdir(parents=True)

    assert says_no(Tree(tmp_path).tested(OTHER, below="a/b"))


def test_a_linked_work_tree_is_one(tmp_path: Path) -> None:
    """Its `.git` is a file."""
    (tmp_path / "main").mkdir()
    tree = Tree(tmp_path / "main")
    tree.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "linked"))

    assert says_no(tree.tested(OTHER, below="../linked"))


def test_a_tree_without_a_commit_is_at_none(tmp_path: Path) -> None:
    """There is nothing that it could prove."""
    tree = Tree(tmp_path)
    tree.git("checkout", "--quiet", "--orphan", "empty")

    assert "the work tree is at no commit, not at" in tree.tested(OTHER).says


@pytest.mark.parametrize("origin", [None, "https://github.com/acme/tests.git", "../mirror"])
def test_tests_of_another_repository_have_commits_of_their_own(
    tmp_path: Path, origin: str | None
) -> None:
    """No such thing is asked of them."""
    assert Tree(tmp_path, origin).tested(OTHER).passed is True


def test_an_address_that_git_rewrites_is_known(tmp_path: Path) -> None:
    """In either direction: an abbreviation of ours, and a mirror in front of it."""
    tree = Tree(tmp_path, "gh:acme/shop.js")
    tree.git("config", "--global", "url.https://github.com/.insteadOf", "gh:")
    (tmp_path / "mirrored").mkdir()
    mirrored = Tree(tmp_path / "mirrored")
    mirrored.git("config", "url.https://mirror.example/.insteadOf", "https://github.com/")

    assert says_no(tree.tested(OTHER))
    assert says_no(mirrored.tested(OTHER))


def test_a_directory_that_only_looks_like_a_tree_is_none(tmp_path: Path) -> None:
    """An empty `.git`, and the inside of a real one."""
    tree = Tree(tmp_path)
    inside = tree.tested(OTHER, below=".git")
    shutil.rmtree(tmp_path / ".git")
    (tmp_path / ".git").mkdir()

    assert (inside.passed, tree.tested(OTHER).passed) == (True, True)


def test_without_git_nobody_can_tell(tmp_path: Path) -> None:
    """The command is not run, and nothing is proved against the commit."""
    tree = Tree(tmp_path)
    tree.path = str(tmp_path / "nothing")

    tested = tree.tested(tree.head)

    assert (tested.passed, tested.tail) == (None, "")
    assert tested.says.endswith(" is unknown, because there is no git in PATH")


def test_a_tree_that_git_cannot_read_is_unknown(tmp_path: Path) -> None:
    """Its own words are repeated, in one line."""
    tree = Tree(tmp_path)
    head = tree.head
    (tmp_path / ".git/config").write_text("[core\n")

    tested = tree.tested(head)

    assert tested.passed is None
    assert "because git could not read it (fatal: bad config line 1 in file" in tested.says


def test_a_git_that_cannot_be_started_is_no_answer(tmp_path: Path) -> None:
    """It is as good as missing."""
    tree = Tree(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/git").write_bytes(b"\x7fELF and nothing more")
    (tmp_path / "bin/git").chmod(0o755)
    tree.path = str(tmp_path / "bin")

    assert tree.tested(OTHER).says.endswith("is unknown, because git does not answer")


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme/shop.js",
        "https://github.com/acme/shop.js.git",
        "https://github.com/acme/shop.js.git/",
        "HTTPS://GitHub.com/ACME/Shop.JS",
        "https://www.github.com/acme/shop.js",
        "https://x-access-token:planted@github.com/acme/shop.js",
        "http://github.com:80/acme/shop.js",
        "ssh://git@github.com/acme/shop.js.git",
        "ssh://git@ssh.github.com:443/acme/shop.js.git",
        "git+ssh://git@github.com/acme/shop.js",
        "git@github.com:acme/shop.js.git",
        "git@github.com:/acme/shop.js",
        "github.com:acme/shop.js",
    ],
)
def test_all_spellings_of_a_repository(url: str) -> None:
    """Https, ssh and its short form, with and without the ending, in any case."""
    assert is_of(url, SHOP)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://github.com/acme/shop",
        "https://github.com/acme/shop.js/tree",
        "https://github.com.example/acme/shop.js",
        "https://gitlab.com/acme/shop.js",
        "https://example.com/github.com/acme/shop.js",
        "git@gitlab.com:acme/shop.js",
        "/srv/github.com/acme/shop.js",
        "../shop.js",
    ],
)
def test_others_are_not_taken_for_it(url: str) -> None:
    """The host, the owner and the name must all be the same."""
    assert not is_of(url, SHOP)
