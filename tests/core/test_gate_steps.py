"""What a verdict tells people to do: asking again is advice only where the answer may change."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from builders import HEAD, blind, seen
from gate_matters import a_matter, an_audit, criterion, with_facts, with_policy, with_sight
from pipeline_health.core.model.audit import Compared, Unverifiable
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.gate_policy import AuditPolicy
from pipeline_health.core.model.promotion import Matter, OpenIncident
from pipeline_health.core.model.readings import Blind, BlindCause, NotAsked
from pipeline_health.core.model.verdict import CriterionName, CriterionState

AGAIN = f"pipeline-health promotion-check shop --commit {HEAD}"


def ci(why: Blind) -> tuple[Matter, CriterionName]:
    """Let GitHub be unread."""
    return with_facts(a_matter(), commit=why), CriterionName.MAIN_CI


def branch(why: Blind) -> tuple[Matter, CriterionName]:
    """Let the branch be unread."""
    return with_sight(a_matter(), relation=why), CriterionName.MAIN_CI


def staging(why: Blind) -> tuple[Matter, CriterionName]:
    """Let Railway be unread."""
    return with_facts(a_matter(), staging=why), CriterionName.STAGING_DEPLOY


def record(why: Blind) -> tuple[Matter, CriterionName]:
    """Let GitHub's deployments be unread."""
    return with_sight(a_matter(), deployments=why), CriterionName.GITHUB_DEPLOYMENT


def variables(why: Blind) -> tuple[Matter, CriterionName]:
    """Let the variables be unread."""
    audit = replace(an_audit(), variables=why)
    return with_facts(a_matter(), audit=audit), CriterionName.CREDENTIAL_ISOLATION


def issues(why: Blind) -> tuple[Matter, CriterionName]:
    """Let our issues be unread."""
    return with_facts(a_matter(), incidents=why), CriterionName.NO_OPEN_INCIDENT


@pytest.mark.parametrize("unread", [ci, branch, staging, record, variables, issues])
@pytest.mark.parametrize(
    ("cause", "words"),
    [
        (BlindCause.REFUSED, f"replace RAILWAY_TOKEN; then {AGAIN}"),
        (
            BlindCause.MISPLACED,
            f"give RAILWAY_TOKEN a token of the right environment; then {AGAIN}",
        ),
        (BlindCause.UNCONFIGURED, f"set what is missing; then {AGAIN}"),
        (
            BlindCause.UNSEEN,
            f"mend the name in the configuration, or give RAILWAY_TOKEN access; then {AGAIN}",
        ),
        (BlindCause.IMPLAUSIBLE, AGAIN),
        (BlindCause.UNREADABLE, AGAIN),
    ],
)
def test_a_token_is_mended_and_not_asked_again(
    unread: Callable[[Blind], tuple[Matter, CriterionName]], cause: BlindCause, words: str
) -> None:
    """Every criterion says the same, so that the first line does."""
    matter, name = unread(replace(blind(), cause=cause, token="RAILWAY_TOKEN"))
    told = criterion(matter, name)
    assert (told.state, told.next) == (CriterionState.UNKNOWN, words)


def test_what_nobody_asked_is_asked_again() -> None:
    """There is nothing else to be done about it here."""
    told = criterion(with_facts(a_matter(), staging=NotAsked()), CriterionName.STAGING_DEPLOY)
    assert (told.state, told.next) == (CriterionState.UNKNOWN, AGAIN)


def test_a_token_without_a_name_is_still_a_token() -> None:
    """An adapter does not always know which variable held it."""
    matter, name = ci(replace(blind(), cause=BlindCause.REFUSED))
    assert criterion(matter, name).next.startswith("replace the token; then ")


@pytest.mark.parametrize(
    ("names", "words"),
    [(("A_KEY",), "A_KEY differs, and"), (("A_KEY", "B_KEY"), "A_KEY, B_KEY differ, and")],
)
def test_one_secret_differs_and_two_differ(names: tuple[str, ...], words: str) -> None:
    """A sentence is one that a person would say."""
    sealed = tuple(Unverifiable(name=name, why="is sealed in staging") for name in names)
    audit = replace(an_audit(), variables=seen(Compared(unverifiable=sealed)))
    matter = with_facts(with_policy(a_matter(), audit=AuditPolicy(strict=True)), audit=audit)
    told = criterion(matter, CriterionName.CREDENTIAL_ISOLATION)
    assert words in told.says
    assert "credentials-audit shop" in told.next


def test_several_issues_that_are_over_are_told_in_the_plural() -> None:
    """By their numbers, once."""
    over = tuple(
        OpenIncident(
            number=number,
            url="https://x.example",
            title="Main CI red: CI (shop)",
            kind=Kind.MAIN_CI_RED,
            commits=(HEAD,),
            over=True,
        )
        for number in (3, 5)
    )
    told = criterion(with_facts(a_matter(), incidents=seen(over)), CriterionName.NO_OPEN_INCIDENT)
    assert told.says == "issues 3, 5 are proved to be over and will be closed by the next look"
