"""What was recorded can be replayed: the same issues, and others under another configuration."""

from pathlib import Path

import pytest

from agent_types import Shop
from hosts import marker, ours
from pipeline_health import replaying
from pipeline_health.replaying import Replayed
from tape import Tape


@pytest.fixture
def tape(shop: Shop, tmp_path: Path) -> Tape:
    """Give a recording in which a deploy failed by a dead token, and CI was red for a while."""
    tape = Tape(shop.host, tmp_path / "history.jsonl")
    tape.cycle()
    shop.fail_deploy("error: RAILWAY_TOKEN is invalid or expired: Not Authorized")
    tape.cycle()
    shop.fail_ci()
    tape.cycle()
    shop.repo.push("Mend the test")
    shop.repo.run("CI", "success", jobs={"build": "success", "test": "success"})
    shop.web.deploy("SUCCESS")
    tape.cycle()
    tape.cycle()
    return tape


def filed(replayed: Replayed) -> list[tuple[str, str, bool]]:
    """Give title, owner and end of what was filed in a replay."""
    return [(one.title, str(one.owner), one.closed_at is not None) for one in replayed.issues]


def test_a_recording_replays_to_the_issues_that_were_filed(shop: Shop, tape: Tape) -> None:
    """By the same titles, for the same owners, and closed as they were."""
    replayed = replaying.replay(replaying.prepare(replaying.read(tape.path)))

    assert filed(replayed) == [
        (issue.title, str(marker(issue).owner), issue.state == "closed")
        for issue in ours(shop.repo)
    ]
    assert len(replayed.issues) == 2


def test_another_configuration_files_other_issues(tape: Tape, tmp_path: Path) -> None:
    """Here one that watches no deployment."""
    other = tmp_path / "other.toml"
    other.write_text('[[projects]]\nname = "mine"\nrepo = "acme/shop"\n')

    replayed = replaying.replay(replaying.prepare(replaying.read(tape.path), other))

    assert [title for title, _, _ in filed(replayed)] == ["Main CI red: CI (mine)"]
