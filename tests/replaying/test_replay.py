"""The real agent over a history that a test writes down fact by fact."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog

from builders import MINUTE, NOW, sha
from pipeline_health import replaying
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.readings import CheckConclusion, CheckStatus
from pipeline_health.core.model.recording import (
    Fact,
    JobTold,
    Pushed,
    RecordedProject,
    Recording,
    RootCause,
    RunTold,
    SightTold,
    Stretch,
)

REPO = RepoName("acme/shop")
NPM = "npm ERR! network request to https://registry.npmjs.org/x failed, reason: ECONNRESET"
BUG = RootCause(id="bug", label="a bug", owner=Owner.AGENT)


def commit(
    number: int,
    minutes: int,
    *,
    failed: bool,
    repo: RepoName = REPO,
    log: str = "AssertionError",
    run: int = 0,
) -> Iterator[Fact]:
    """Give a commit that is tested in five minutes."""
    at = NOW + minutes * MINUTE
    ended = CheckConclusion.FAILURE if failed else CheckConclusion.SUCCESS
    yield Pushed(at=at, repo=repo, sha=sha(number), message=f"work {number}")
    yield RunTold(
        at=at + 5 * MINUTE,
        repo=repo,
        run_id=30_000_000_000 + 100 * run + number,
        workflow="CI",
        event="push",
        sha=sha(number),
        status=CheckStatus.COMPLETED,
        conclusion=ended,
        created_at=at,
        jobs=(JobTold(name="test", conclusion=ended, log=log if failed else ""),),
        cause="bug" if failed else None,
    )


def history(*facts: Fact, stretches: tuple[Stretch, ...] = ()) -> Recording:
    """Give a recording of three hours."""
    return Recording(
        name="three hours",
        began_at=NOW,
        ended_at=NOW + 180 * MINUTE,
        projects=(RecordedProject(name="shop", repo=REPO, railway_project="r-1"),),
        facts=facts,
        causes=(BUG,),
        stretches=stretches,
    )


BROKEN_TWICE = (
    *commit(1, 0, failed=False),
    *commit(2, 30, failed=True),
    *commit(3, 60, failed=False),
    *commit(4, 90, failed=True),
)


def test_what_breaks_again_is_one_issue_that_was_reopened(tmp_path: Path) -> None:
    """What the operator wants beside that is done too: jobs run again, and some repository."""
    config = tmp_path / "c.toml"
    config.write_text(
        f'[remedies]\nrerun = true\n\n[limits]\nops_repo = "acme/ops"\n\n'
        f'[[projects]]\nname = "shop"\nrepo = "{REPO}"\nproduction_url = "https://shop.example"\n'
    )

    found = replaying.replay(replaying.prepare(history(*BROKEN_TWICE), config), every=10 * MINUTE)

    (issue,) = found.issues
    assert (Owner.AGENT, 1, None) == (issue.left_with, issue.reopened, issue.closed_at)
    assert found.lacks == ("shop: nothing of production_url is recorded; not asked.",)
    assert [1] == [len(each.issues) for each in found.figures.causes]
    assert found.cycles == 19
    assert all(tick.failed is None for tick in found.ticks)


def test_nothing_is_looked_at_between_two_stretches() -> None:
    """Each begins with the round time in it."""
    first = Stretch(began_at=NOW + MINUTE, ended_at=NOW + 10 * MINUTE)
    second = Stretch(began_at=NOW + 60 * MINUTE, ended_at=NOW + 60 * MINUTE)
    looked: list[tuple[int, int]] = []

    found = replaying.replay(
        replaying.prepare(history(*BROKEN_TWICE, stretches=(first, second))),
        watch=lambda number, total: looked.append((number, total)),
    )

    assert [(1, 3), (2, 3), (3, 3)] == looked
    assert (3, 5 * MINUTE) == (found.cycles, found.every)


def test_one_look_is_a_history_too() -> None:
    """Who recorded a single look, or looks once an hour, is not told that nothing was filed."""
    stretches = tuple(
        Stretch(began_at=at, ended_at=at) for at in (NOW + 31 * MINUTE, NOW + 121 * MINUTE)
    )

    found = replaying.replay(replaying.prepare(history(*BROKEN_TWICE, stretches=stretches)))

    assert found.cycles == len(stretches)
    assert [stretches[-1].ended_at] == [issue.opened_at for issue in found.issues]


def test_nothing_is_filed_while_github_could_not_be_read() -> None:
    """What failed meanwhile is told when it can be read again."""
    blind = SightTold(at=NOW + 20 * MINUTE, provider="github", readable=False)
    seen = SightTold(at=NOW + 118 * MINUTE, provider="github", readable=True)
    facts = sorted((*BROKEN_TWICE[:4], blind, seen), key=lambda fact: fact.at)

    found = replaying.replay(replaying.prepare(history(*facts)), every=20 * MINUTE)

    (issue,) = found.issues
    assert NOW + 120 * MINUTE == issue.opened_at
    assert [85 * MINUTE] == list(found.figures.took)


def test_many_projects_that_fail_for_one_reason_are_one_issue_about_it(tmp_path: Path) -> None:
    """In the repository of the operator; its cause is that of the failures of its members."""
    names = [f"p{number}" for number in range(6)]
    config = tmp_path / "c.toml"
    tables = (f'[[projects]]\nname = "{name}"\nrepo = "acme/{name}"\n' for name in names)
    config.write_text("\n".join(['[limits]\nops_repo = "acme/ops"\n', *tables]))
    facts = [
        fact
        for at, name in enumerate(names)
        for number, failed in ((1, False), (2, True))
        for fact in commit(
            number, number * 20, failed=failed, repo=RepoName(f"acme/{name}"), log=NPM, run=at
        )
    ]
    recording = replace(
        history(*sorted(facts, key=lambda fact: fact.at)),
        projects=tuple(RecordedProject(name=n, repo=RepoName(f"acme/{n}")) for n in names),
    )

    found = replaying.replay(replaying.prepare(recording, config), every=10 * MINUTE)

    (issue,) = found.issues
    assert ("acme/ops", Owner.HUMAN) == (issue.repo, issue.owner)
    assert ([1], 0) == ([len(e.issues) for e in found.figures.causes], found.figures.false_alarms)


def test_what_the_agent_logs_meanwhile_is_not_logged_here(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What was configured before is configured after."""
    prepared = replaying.prepare(history(*BROKEN_TWICE[:2]))
    replaying.replay(prepared, every=60 * MINUTE)
    assert not structlog.is_configured()

    structlog.configure(processors=[structlog.processors.JSONRenderer()])
    before = structlog.get_config()
    try:
        replaying.replay(prepared, every=60 * MINUTE)
        assert before == structlog.get_config()
    finally:
        structlog.reset_defaults()
    assert ("", "") == tuple(capsys.readouterr())
