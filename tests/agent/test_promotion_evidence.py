"""The promotion check over real HTTP: every question matters, and evidence grows old."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from hosts import MINUTE, ours
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.verdict import Answer, CriterionName, CriterionState, Verdict
from pipeline_health.simulator import Loopback, World, WorldClock
from pipeline_health.simulator.exchange import Answer as Reply
from pipeline_health.simulator.faults import Host as Provider
from pipeline_health.simulator.faults import Mode
from pipeline_health.simulator.site import Page
from promotions import GATE, Ready, gate, of, ready, short_of

FAIL, PENDING, UNKNOWN = CriterionState.FAIL, CriterionState.PENDING, CriterionState.UNKNOWN
MAIN_CI, STAGING = CriterionName.MAIN_CI, CriterionName.STAGING_DEPLOY
REACHABLE, E2E = CriterionName.STAGING_REACHABLE, CriterionName.E2E
VERSION = 'version = { path = "/version", json = "commit" }'
VISIT = """e2e = ["curl", "--fail", "--silent", "{base}/during"]"""


@pytest.fixture
def shop(world: World, loopback: Loopback, tmp_path: Path) -> Ready:
    """Give a product whose head may go to production."""
    return ready(world, loopback, tmp_path)


@dataclass(slots=True, kw_only=True)
class Event(Page):
    """A page of the site; whoever asks for it lets something happen."""

    happens: Callable[[], object]

    def answer(self) -> Reply:
        """Let it happen, and answer."""
        self.happens()
        return Page.answer(self)


def during(shop: Ready, happens: Callable[[], object]) -> str:
    """Give an end-to-end command during which something *happens*."""
    shop.site.pages["/shop/during"] = Event(happens=happens)
    return VISIT.format(base=f"{shop.loopback.site_url('shop')}/shop")


class WorldTime(WorldClock):
    """A clock whose seconds are the world's, so that a test can last for minutes."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._began = world.now()

    def monotonic(self) -> float:
        """Tell seconds of the world."""
        return super().monotonic() + (self.now() - self._began).total_seconds()


# -- every question --------------------------------------------------------------------------

QUESTIONS: tuple[tuple[Provider, str], ...] = (
    ("railway", "query Look"),
    ("railway", "query History"),
    ("railway", "query Variables"),
    ("github", "query Look"),
    ("github", "query Commit"),
)


@pytest.mark.parametrize("mode", ["status", "truncate", "empty", "cut_after", "html"])
@pytest.mark.parametrize(("host", "question"), QUESTIONS)
def test_one_question_without_an_answer_is_no_yes(
    shop: Ready, host: Provider, question: str, mode: Mode
) -> None:
    """An answer that fails, is broken off, empty, or no JSON: nothing is proved by its lack."""
    fault = shop.world.faults.add(host=host, mode=mode, match=question, times=99)
    told = shop.check()
    assert fault.times < 99
    assert (told.answer, told.final) == (Answer.UNKNOWN, False)
    assert set(short_of(told).values()) == {UNKNOWN}


@pytest.mark.parametrize(("host", "question"), QUESTIONS[:2] + QUESTIONS[3:])
def test_what_fails_only_when_it_is_read_anew_is_no_yes(
    shop: Ready, host: Provider, question: str
) -> None:
    """All was proved before the tests; after them nobody can tell."""

    def fail() -> None:
        shop.world.faults.add(host=host, mode="empty", match=question, times=99)

    shop.configure(gate(during(shop, fail)))
    told = shop.check()
    assert "/shop/during" in shop.site.asked
    assert (told.answer, told.final) == (Answer.UNKNOWN, False)
    assert FAIL not in short_of(told).values()


def test_what_is_asked_is_what_is_tested_here(shop: Ready) -> None:
    """A question that is added has to be in the table above."""
    before = len(shop.world.requests)
    shop.check()
    asked = {
        (one.host, one.document.partition("(")[0])
        for one in shop.world.requests[before:]
        if one.document is not None
    }
    assert asked == set(QUESTIONS)


@pytest.mark.parametrize("alias", ["r0", "repository"])
def test_a_part_of_an_answer_is_no_answer(shop: Ready, alias: str) -> None:
    """GitHub gives null and an error for what it could not find out in time."""
    fault = shop.world.faults.add(host="github", mode="partial", body=alias, times=99)
    told = shop.check()
    assert fault.times < 99
    assert told.answer is Answer.UNKNOWN


def test_a_site_that_hangs_up_is_down(shop: Ready) -> None:
    """No answer is a failure of staging, not of ours."""
    shop.site.status = None
    told = shop.check()
    assert (told.answer, short_of(told)[REACHABLE]) == (Answer.BLOCK, FAIL)


# -- while the tests run ---------------------------------------------------------------------


def _turn_red(shop: Ready) -> object:
    return shop.repo.run("CI", "failure")


def _crash(shop: Ready) -> None:
    deployment = shop.web.latest
    assert deployment is not None
    shop.web.become(deployment, "CRASHED")


def _fail_at_github(shop: Ready) -> object:
    return shop.repo.record_deployment("shop / staging", "failure")


def _land_in_production(shop: Ready) -> object:
    shop.repo.push("another")
    return shop.live.deploy("SUCCESS")


MEANWHILE: dict[str, tuple[Callable[[Ready], object], str]] = {
    "CI turns red": (_turn_red, "main-ci: "),
    "staging crashes": (_crash, "staging-deploy: "),
    "GitHub is told of a failure": (_fail_at_github, "github-deployment: "),
    "production overtakes it": (_land_in_production, "rollback: "),
}


@pytest.mark.parametrize(("happens", "says"), MEANWHILE.values(), ids=MEANWHILE.keys())
def test_what_happens_while_the_tests_run_counts(
    shop: Ready, happens: Callable[[Ready], object], says: str
) -> None:
    """A yes is about the end of the check, not about its beginning."""

    def happen() -> None:
        shop.world.advance(MINUTE)
        happens(shop)
        shop.world.advance(MINUTE)

    commit = shop.head
    shop.configure(gate(during(shop, happen)))
    told = shop.check(commit)
    assert told.answer is Answer.BLOCK
    assert told.reason.startswith(says)


def test_a_site_that_serves_another_commit_after_the_tests_is_no_yes(shop: Ready) -> None:
    """Whatever Railway says, the tests were of something else."""
    page = Page(body=f'{{"commit": "{shop.head}"}}')
    shop.site.pages["/shop/version"] = page

    def turn() -> None:
        page.body = f'{{"commit": "{"0" * 40}"}}'

    shop.configure(gate(VERSION, during(shop, turn)))
    told = shop.check()
    assert told.answer is not Answer.PROMOTE
    assert set(short_of(told)) == {REACHABLE}


def test_tests_that_fail_end_in_one_issue_however_often_they_are_asked(shop: Ready) -> None:
    """And the check of the next commit, which passes, is not blocked by it."""
    shop.host.publishes = True
    shop.configure(gate('e2e = ["sh", "-c", "echo 3 of 9 failed; exit 1"]'))
    for _ in range(2):
        told = of(shop.check(), E2E)
        assert (told.state, told.tail) == (FAIL, "3 of 9 failed")
        shop.host.cycle()
    (issue,) = ours(shop.repo)
    assert issue.title == "Staging tests failed (shop)"
    shop.configure(GATE)
    shop.land()
    assert shop.check().answer is Answer.PROMOTE


# -- time ------------------------------------------------------------------------------------


def _lasting(shop: Ready, length: timedelta, *lines: str) -> Verdict:
    """Check with end-to-end tests that take so long."""
    visit = during(shop, lambda: shop.world.advance(length))
    shop.configure(gate(visit, 'timeout = "1h"', *lines))
    shop.site.asked.clear()
    return shop.host.check("shop", shop.head, clock=WorldTime(shop.world))


@pytest.mark.parametrize(("minutes", "asked"), [(4, 1), (6, 3), (25, 3)])
def test_no_evidence_is_older_than_it_may_be(shop: Ready, minutes: int, asked: int) -> None:
    """The smoke checks are made again where they would be too old; ten minutes are allowed."""
    told = _lasting(shop, minutes * MINUTE)
    assert told.answer is Answer.PROMOTE
    for one in told.criteria:
        if one.name is not CriterionName.CREDENTIAL_ISOLATION:
            assert told.checked_at - one.at <= timedelta(minutes=10)
    assert (told.expires_at or told.checked_at) > told.checked_at
    afterwards = shop.site.asked[shop.site.asked.index("/shop/during") :]
    assert afterwards.count("/shop/healthz") == asked


# -- which CI --------------------------------------------------------------------------------


def _without_ci(shop: Ready) -> Sha:
    sha = shop.repo.push("second")
    shop.web.deploy("SUCCESS")
    shop.repo.record_deployment("shop / staging", "success")
    return sha


def test_a_required_workflow_must_have_run(shop: Ready) -> None:
    """Others that are green do not stand in for it; a young commit may wait for it."""
    shop.configure(GATE, 'ci_workflows = ["CI", "Security"]')
    shop.land()
    assert short_of(shop.check())[MAIN_CI] is PENDING
    shop.world.advance(60 * MINUTE)
    assert short_of(shop.check())[MAIN_CI] is FAIL
    shop.repo.run("Security", "success")
    shop.world.advance(MINUTE)
    assert shop.check().answer is Answer.PROMOTE


def test_a_run_that_another_run_started_is_not_ci(shop: Ready) -> None:
    """GitHub ties it to the newest commit of the branch, whatever it tested."""
    _without_ci(shop)
    shop.repo.run("CI", "success", event="workflow_run")
    shop.world.advance(60 * MINUTE)
    assert short_of(shop.check())[MAIN_CI] in (FAIL, PENDING)


def test_a_workflow_that_the_commit_does_not_touch_need_not_run(shop: Ready) -> None:
    """It is filtered by path: it ran before, and has no run here."""
    shop.repo.run("Docs", "success")
    shop.host.cycle()
    shop.land()
    shop.world.advance(60 * MINUTE)
    shop.configure(GATE, 'ci_workflows = ["CI"]')
    assert shop.check().answer is Answer.PROMOTE


@pytest.mark.parametrize("state", ["inactive", "error", "failure"])
def test_a_record_that_is_no_success_blocks(shop: Ready, state: str) -> None:
    """Whatever Railway and the site show."""
    shop.land()
    shop.repo.record_deployment("shop / staging", state)
    shop.world.advance(MINUTE)
    assert short_of(shop.check())[CriterionName.GITHUB_DEPLOYMENT] is FAIL


@pytest.mark.parametrize("status", ["FAILED", "CRASHED", "BUILDING", "REMOVED", "NEW_STATUS"])
def test_one_service_of_two_that_is_left_behind_blocks(shop: Ready, status: str) -> None:
    """A commit that is half deployed was not tested."""
    api = shop.railway.environment("staging").service("api", shop.repo)
    api.deploy("SUCCESS")
    shop.land()
    api.deploy(status)
    shop.world.advance(MINUTE)
    told = shop.check()
    assert told.answer is not Answer.PROMOTE
    assert "api" in told.reason
    assert set(short_of(told)) >= {STAGING, E2E}
