"""Stories of maintenance: nobody is told while somebody works on it, and nothing is lost."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent_types import Shop
from hosts import MINUTE, Host, marker, ours
from ledger_samples import a_holder
from pipeline_health.agent.first_looks import first_looks
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.incident import Owner
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.verdict import Answer, CriterionName, CriterionState
from pipeline_health.ledger import SqlLedger
from pipeline_health.simulator import Loopback, World
from promotions import GATE, Ready, of, ready

HOUR = timedelta(hours=1)
PIPELINE = ('deploy_workflow = "Pipeline"', 'staging_job = "Deploy to staging"')
JOBS = {"Deploy to staging": "success", "Smoke": "failure"}
REASON = "a new database"


def silence(host: Host, *, kind: Kind | None = None, lasting: timedelta = HOUR) -> datetime:
    """Open a window as the command does, beside the cycles; gives when it ends."""
    since = host.world.now()
    window = MaintenanceWindow(
        project=ProjectName("shop"), kind=kind, since=since, until=since + lasting, reason=REASON
    )
    with SqlLedger.open(host.ledger, holder=a_holder("operator")) as ledger:
        ledger.silence(window)
    return window.until


def test_what_breaks_in_a_window_is_filed_when_it_ends(shop: Shop) -> None:
    """Until then every look says that it waits, until when and why."""
    until = silence(shop.host)
    shop.fail_deploy()

    during = shop.host.cycles(3)

    waits = f"Staging deploy failed: web (shop): silenced until {until:%H:%M} UTC: {REASON}"
    assert [report.waiting for report in during] == [(waits,)] * 3
    assert ours(shop.repo) == []
    assert "1 thing must wait" in during[0].sentence
    shop.host.cycle(after=HOUR)
    (issue,) = ours(shop.repo, state="open")
    assert issue.title == "Staging deploy failed: web (shop)"


def test_what_is_over_by_the_end_was_never_told(shop: Shop) -> None:
    """That is what the window was for."""
    silence(shop.host)
    shop.fail_deploy()
    shop.host.cycles(2)
    shop.web.deploy("SUCCESS")
    shop.host.cycles(2)
    shop.host.cycle(after=HOUR)

    assert ours(shop.repo) == []


def test_a_window_of_one_kind_leaves_the_others_alone(shop: Shop) -> None:
    """What else breaks is filed at once."""
    silence(shop.host, kind=Kind.MAIN_CI_RED)
    shop.fail_ci()
    shop.web.deploy("FAILED", log="error: boom")
    shop.host.cycles(2)

    assert [issue.title for issue in ours(shop.repo)] == ["Staging deploy failed: web (shop)"]


def test_an_open_issue_is_edited_and_closed_with_proof(shop: Shop) -> None:
    """It is not handed over meanwhile, nobody is called to it, and its facts are told."""
    shop.host.extra = '[routing]\ncomment = "@archon fix {number}"'
    shop.fail_deploy()
    silence(shop.host, kind=Kind.STAGING_DEPLOY_STUCK)  # of another kind: it hides nothing
    shop.host.cycle()
    silence(shop.host, lasting=3 * HOUR)
    (issue,) = ours(shop.repo)
    labels, told = list(issue.labels), issue.body

    refused = shop.fail_deploy("npm error code E401\nThe RAILWAY_TOKEN is invalid or expired")
    report = shop.host.cycle()

    assert (issue.labels, issue.comments) == (labels, [])
    assert issue.body != told
    assert (marker(issue).commit, marker(issue).owner) == (refused, Owner.HUMAN)
    assert len(report.waiting) == 1
    shop.web.deploy("SUCCESS")
    shop.host.cycles(2)
    assert issue.state == "closed"
    assert "Fixed" in issue.comments[-1].body


def test_a_relapse_in_a_window_reopens_its_issue_afterwards(shop: Shop) -> None:
    """The same issue, and not before the end."""
    shop.fail_deploy()
    shop.host.cycles(2)
    shop.web.deploy("SUCCESS")
    shop.host.cycles(2)
    (issue,) = ours(shop.repo)
    assert issue.state == "closed"
    silence(shop.host)
    shop.fail_deploy()

    report = shop.host.cycle()

    assert issue.state == "closed"
    assert REASON in report.waiting[0]
    shop.host.cycle(after=HOUR)
    assert issue.state == "open"


def test_a_window_that_begins_while_a_cycle_runs_counts_from_the_next_one(shop: Shop) -> None:
    """The command needs no lease, and the cycle goes on undisturbed."""
    with SqlLedger.open(shop.host.ledger, holder=a_holder("another cycle")) as running:
        now = shop.world.now()
        with running.lease(now=now, lasting=5 * MINUTE) as lease:
            silence(shop.host)
            running.save(running.incidents(), lease=lease)
    shop.fail_deploy()
    shop.host.cycles(2)

    assert ours(shop.repo) == []


def test_a_dry_run_tells_what_is_silent(shop: Shop) -> None:
    """Its plan is the one of the next cycle."""
    silence(shop.host)
    shop.fail_deploy()

    report = shop.host.cycle(dry=True)

    assert (report.changes, len(report.waiting)) == ((), 1)


@pytest.fixture
def product(world: World, loopback: Loopback, tmp_path: Path) -> Ready:
    """Give a product whose head may go to production."""
    return ready(world, loopback, tmp_path)


def test_a_silence_is_no_way_around_the_promotion_check(product: Ready) -> None:
    """It asks the providers, and never whether somebody is told."""
    silence(product.host)
    sha = product.repo.push("second")
    product.repo.run("CI", "success")
    product.web.deploy("FAILED", log="error: boom")
    product.host.cycles(2)
    assert ours(product.repo) == []

    verdict = product.check(sha)

    assert verdict.answer is Answer.BLOCK
    assert of(verdict, CriterionName.STAGING_DEPLOY).state is CriterionState.FAIL


def test_the_first_look_at_a_project_is_remembered(shop: Shop) -> None:
    """Later looks do not move it, and repeat it before it is forgotten."""
    first = shop.world.now()
    shop.fail_deploy()
    shop.host.cycles(2)
    for _ in range(4):
        shop.host.cycle(after=timedelta(days=30))

    with SqlLedger.read_only(shop.host.ledger) as ledger:
        known = [i for i in ledger.incidents() if i.kind is Kind.STAGING_DEPLOY_FAILED]
        assert first_looks(ledger, known) == {"shop": first}


@pytest.mark.parametrize("ledger", [True, False], ids=["on the host", "elsewhere"])
def test_a_silent_job_of_the_pipeline_still_blocks_a_promotion(
    product: Ready, *, ledger: bool
) -> None:
    """No other criterion looks at it: without its issue only the check itself can see it."""
    product.configure(GATE, *PIPELINE)
    sha = product.land()
    silence(product.host)
    product.repo.run("Pipeline", "failure", jobs=JOBS)
    product.host.cycles(2)
    assert ours(product.repo) == []
    if not ledger:
        product.host.forget()
        product.host.extra = '[routing]\nidentity = "health-bot"'

    one = of(product.check(sha), CriterionName.NO_OPEN_INCIDENT)

    assert one.state is CriterionState.FAIL
    assert one.says.startswith("it is broken, and no issue says so yet: ")


def test_a_silent_failure_of_an_earlier_run_still_blocks_a_promotion(product: Ready) -> None:
    """As its issue would; also in the minutes between the end of the window and the next look."""
    product.configure(GATE, *PIPELINE)
    sha = product.land()
    silence(product.host, lasting=20 * MINUTE)
    product.repo.run("Pipeline", "failure", jobs=JOBS)
    product.host.cycles(2)
    product.repo.run("Pipeline", None, jobs={"Deploy to staging": None, "Smoke": None})
    product.world.advance(15 * MINUTE)

    one = of(product.check(sha), CriterionName.NO_OPEN_INCIDENT)

    assert (one.state, ours(product.repo)) == (CriterionState.PENDING, [])
    assert "Staging tests failed (shop)" in one.says


@pytest.mark.parametrize("ledger", [True, False], ids=["on the host", "elsewhere"])
def test_a_job_that_a_person_closed_the_issue_of_blocks_no_promotion(
    product: Ready, *, ledger: bool
) -> None:
    """That is their word, as it ever was, and however long ago."""
    product.configure(GATE, *PIPELINE)
    sha = product.land()
    product.repo.run("Pipeline", "failure", jobs=JOBS)
    product.host.cycles(2)
    silence(product.host)
    (issue,) = ours(product.repo)
    product.repo.close_issue(issue.number)
    product.world.advance(timedelta(days=20))
    if not ledger:
        product.host.forget()
        product.host.extra = '[routing]\nidentity = "health-bot"'

    one = of(product.check(sha), CriterionName.NO_OPEN_INCIDENT)

    assert one.state is CriterionState.PASS


def test_what_is_gone_and_silent_blocks_no_promotion_afterwards(product: Ready) -> None:
    """It never gets an issue, so that nobody could close one."""
    silence(product.host)
    product.repo.push("second")
    product.repo.run("CI", "success")
    product.repo.run("Lint", "failure")
    product.host.cycles(2)
    sha = product.land("third")
    product.host.cycles(2)

    during = of(product.check(sha), CriterionName.NO_OPEN_INCIDENT)
    product.host.cycle(after=HOUR)
    product.host.cycles(2)
    afterwards = of(product.check(sha), CriterionName.NO_OPEN_INCIDENT)

    assert ours(product.repo) == []
    assert (during.state, afterwards.state) == (CriterionState.FAIL, CriterionState.PASS)
