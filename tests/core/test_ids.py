"""Names of things as the providers spell them, and which questions were answered."""

import pytest

from builders import HEAD, PARENT, REPO, blind
from pipeline_health.core.model.ids import as_login, as_repo, as_sha
from pipeline_health.core.model.questions import Answers, Contains, RunsOf


@pytest.mark.parametrize(
    ("text", "sha"),
    [
        ("AbCdEf0123" * 4, "abcdef0123" * 4),
        ("abcdef0123" * 4 + "0", None),
        ("abcdef0123" * 3, None),
        ("g" * 40, None),
        ("", None),
        (None, None),
    ],
)
def test_only_a_full_commit_id_is_one(text: str | None, sha: str | None) -> None:
    """However it is spelt; a part of one could be of another commit."""
    assert as_sha(text) == sha


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("acme/shop.git_x-1", True),
        ("Acme_-1/..x", True),
        ("acme/..", False),
        ("acme/.", False),
        ("acme/shop/x", False),
        ("acme/shop?x=1", False),
        ("a.b/shop", False),
        ("acme", False),
        (f"{'a' * 100}/{'b' * 100}", True),
        (f"{'a' * 101}/b", False),
        (f"a/{'b' * 101}", False),
        (None, False),
    ],
)
def test_a_repository_leads_nowhere_else(text: str | None, *, is_one: bool) -> None:
    """It becomes a part of a path and of a link."""
    assert as_repo(text) == (text if is_one else None)


def test_a_login_is_the_same_in_both_of_githubs_spellings() -> None:
    """REST appends what GraphQL does not, and case counts nowhere."""
    assert as_login("Archon[bot]") == as_login("archon") == "archon"


def test_a_question_is_answered_also_by_not_having_been_able_to_look() -> None:
    """It is not asked again in the same look; another one is."""
    asked, other = (
        Contains(repo=REPO, newer=HEAD, older=PARENT),
        RunsOf(repo=REPO, branch="main", event="push"),
    )
    answers = Answers(contains={asked: blind()})
    assert (answers.has(asked), answers.has(other)) == (True, False)
