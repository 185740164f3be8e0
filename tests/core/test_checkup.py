"""What `doctor` says of an installation as a whole."""

from dataclasses import replace
from datetime import timedelta

from checkup_facts import ACCOUNT, APP, FACTS, LEFT, NOON, OPS, PROJECT, with_account
from pipeline_health.core import checkup
from pipeline_health.core.checkup.words import listed, nearest
from pipeline_health.core.model.checkup import Facts
from pipeline_health.core.model.examination import (
    Ailing,
    Examination,
    Level,
    Line,
    Sound,
    Unchecked,
)
from pipeline_health.core.model.policy import Limits, Policy


def test_every_check_passes_where_everything_is_right() -> None:
    """And each says so in one line, but for those that have nothing to say then."""
    lines = checkup.examined(FACTS)

    assert [line for line in lines if not isinstance(line.told, Sound)] == []
    silent = {check.name for check in checkup.ALL} - {line.check for line in lines}
    assert silent == {"ops-repo", "production-tokens", "rate-limits"}


def test_nothing_passes_that_nobody_looked_at() -> None:
    """Without a configuration or a token there is no health to tell of."""
    lines = checkup.examined(Facts(now=NOON, version="1"))

    passed = {line.check for line in lines if isinstance(line.told, Sound)}
    assert passed == {"crontab", "cycles", "orphans"}


def test_what_passes_is_told_with_what_it_is() -> None:
    """The login, the kind, the end and what is left are worth knowing where nothing is wrong."""
    account = replace(
        ACCOUNT,
        expires_at=NOON + timedelta(days=99),
        allowances=(replace(LEFT, remaining=4000), replace(LEFT, limit=None, remaining=900)),
    )
    said = {
        line.check: line.told.says
        for line in checkup.examined(replace(FACTS, account=account))
        if isinstance(line.told, Sound)
    }

    assert said["github-token"] == "GITHUB_TOKEN: classic token, and GitHub takes it"
    assert said["github-expiry"].startswith("GITHUB_TOKEN lasts until 2026")
    assert said["github-login"].startswith("issues are filed as Bot")
    assert "4000 of 5000 (GitHub REST), 900 (GitHub REST)" in said["rate-limits"]


def test_where_many_projects_are_told_together_is_told() -> None:
    """Nothing of it where the operator names no such repository."""
    policy = Policy(projects=(PROJECT,), limits=Limits(ops_repo=OPS))
    lines = checkup.examined(replace(FACTS, policy=policy))

    said = [line.told.says for line in lines if isinstance(line.told, Sound)]
    assert "what breaks many projects at once is one issue in acme/ops" in said


def test_an_apps_end_is_no_news() -> None:
    """Its token is made anew each hour."""
    lines = checkup.examined(with_account(permissions=APP))

    assert "github-expiry" not in {line.check for line in lines}


def test_an_examination_is_sorted() -> None:
    """Faults and advice apart, and what nobody saw."""
    lines = tuple(
        Line(check="clock", told=told)
        for told in (
            Ailing(level=Level.FAULT, where="a", says="b", mend="c"),
            Ailing(level=Level.ADVICE, where="d", says="e", mend="f"),
            Unchecked(where="g", why="h"),
            Sound(says="i"),
        )
    )
    found = Examination(lines=lines, asked=True)

    assert [one.where for one in found.of(Level.FAULT)] == ["a"]
    assert [one.where for one in found.of(Level.ADVICE)] == ["d"]
    assert [one.where for one in found.unchecked] == ["g"]


def test_names_are_shown_in_bounds_and_found_in_any_case() -> None:
    """A long list is cut; the nearest name is the right one's spelling."""
    assert listed([str(number) for number in range(12)]).endswith("9 and 2 more")
    ten = [str(number) for number in range(10)]
    assert listed(ten) == ", ".join(ten)
    assert nearest("STAGEING", ["Production", "Staging"]) == "Staging"
    assert nearest("x", ["Production"]) is None
