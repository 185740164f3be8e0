"""The files of the branch as GitHub lists them: in whole, in part, or not at all."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pipeline_health.clients.github import GitHub
from pipeline_health.core.model.audit import Committed
from pipeline_health.core.model.ids import ProjectName, RepoName, Sha
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.readings import Blind, Reading, Seen
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.github_world import Repo
from pipeline_health.sources.github import BranchFiles
from pipeline_health.sources.github.files import keeps_out
from wire import StillClock, github_wire, http_at

POLICY = ProjectPolicy(name=ProjectName("shop"), repo=RepoName("acme/shop"))


@dataclass(kw_only=True)
class Listing:
    """The source over a pretend GitHub with one repository."""

    world: World
    repo: Repo
    source: BranchFiles

    def committed(self, head: Sha | None = None) -> Reading[Committed]:
        """Look at the head, or at another commit."""
        return self.source.committed(POLICY, head or self.repo.head, now=self.world.now())

    def seen(self) -> Committed:
        """Look at the head, and fail with why that could not be."""
        part = self.committed()
        assert isinstance(part, Seen), part
        return part.value

    def why(self, head: Sha | None = None) -> str:
        """Give why nothing was seen."""
        part = self.committed(head)
        assert isinstance(part, Blind), part
        return part.why


@pytest.fixture
def listing() -> Iterator[Listing]:
    """Give a repository without any file."""
    world = World()
    repo = world.repo("acme/shop")
    repo.push("first")
    clock = StillClock(world.now())
    with Loopback(world) as loopback, http_at(clock) as http:
        wire = github_wire(http, loopback.github_url, clock=clock, token="gh-good-token")
        source = BranchFiles(GitHub(wire), redact=lambda text: text.replace("planted", "***"))
        yield Listing(world=world, repo=repo, source=source)
    assert world.refusals == []


def test_a_committed_env_file_is_found_wherever_it_is(listing: Listing) -> None:
    """By its name alone: no file but `.gitignore` is read."""
    files = {"api/.env": "A=1", ".env.local": "B=2", ".env.example": "", "src/main.py": ""}
    listing.repo.push("second", files={**files, ".gitignore": ".env*\n"})
    assert listing.seen() == Committed(paths=(".env.local", "api/.env"), ignores_local=True)
    paths = [request.path for request in listing.world.requests]
    assert [path.rpartition("/")[2] for path in paths] == [listing.repo.head, ".gitignore"]


def test_a_file_that_was_removed_is_gone(listing: Listing) -> None:
    """The branch counts, not its history."""
    listing.repo.push("second", files={".env": "A=1"})
    listing.repo.push("third", removes=[".env"])
    assert listing.seen().paths == ()


def test_without_a_gitignore_nothing_is_kept_out(listing: Listing) -> None:
    """One request tells."""
    assert listing.seen() == Committed(ignores_local=False)
    assert len(listing.world.requests) == 1


@pytest.mark.parametrize(
    ("ignored", "kept_out"),
    [
        ("", False),
        (".env", False),
        (".env.local", True),
        (".env*", True),
        ("*.local", True),
        ("/.env.local", True),
        ("api/.env.local", False),
        (".env.*\n!.env.local", False),
        ("# .env.local", False),
        ("!\n.env.local", True),
    ],
)
def test_what_a_gitignore_keeps_out(ignored: str, *, kept_out: bool) -> None:
    """As Git reads it: globs, anchors, exceptions, comments; a broken line counts not."""
    assert keeps_out(ignored, ".env.local") is kept_out


def test_a_cut_list_that_shows_one_has_found_it(listing: Listing) -> None:
    """What is proved is proved."""
    listing.repo.push("second", files={".env": "", "a": "", "b": ""})
    listing.world.tree_limit = 1
    assert listing.seen() == Committed(paths=(".env",), ignores_local=False, whole=False)


def test_a_cut_list_that_shows_none_is_blind(listing: Listing) -> None:
    """There may be one among the rest."""
    listing.repo.push("second", files={"a": "", "z/.env": ""})
    listing.world.tree_limit = 1
    assert "has more files than GitHub lists" in listing.why()


def test_a_github_that_does_not_answer_is_blind(listing: Listing) -> None:
    """Its words are redacted."""
    listing.world.faults.add(host="github", mode="status", status=502, times=9, body="planted")
    why = listing.why()
    assert why.startswith("could not list the files of acme/shop: ")
    assert "planted" not in why


def test_a_gitignore_that_cannot_be_read_is_blind(listing: Listing) -> None:
    """What it keeps out is not known."""
    listing.repo.push("second", files={".gitignore": "x"})
    body = '{"type": "file", "content": "é"}'
    listing.world.faults.add(host="github", mode="status", status=200, match="contents", body=body)
    assert "is not in base64" in listing.why()


def test_a_gitignore_that_would_take_for_ever_is_blind(listing: Listing) -> None:
    """Whoever commits it could keep a cycle busy."""
    listing.repo.push("second", files={".gitignore": "a*b*c*d\n" * 10_000})
    assert "is longer than 65536 characters" in listing.why()


@pytest.mark.parametrize(("status", "body"), [(404, ""), (200, '{"type": "symlink"}')])
def test_a_gitignore_that_is_no_file_keeps_nothing_out(
    listing: Listing, status: int, body: str
) -> None:
    """It may lead anywhere, or be gone since."""
    listing.repo.push("second", files={".gitignore": ".env.local"})
    listing.world.faults.add(
        host="github", mode="status", status=status, match="contents", body=body
    )
    assert listing.seen().ignores_local is False


def test_a_head_that_is_not_known_is_blind(listing: Listing) -> None:
    """Nothing is asked; and a commit that is gone is no tree without files."""
    part = listing.source.committed(POLICY, None, now=listing.world.now())
    assert isinstance(part, Blind)
    assert part.why == "the newest commit of acme/shop is not known"
    assert listing.world.requests == []
    assert "shows no such thing" in listing.why(Sha("0" * 40))
