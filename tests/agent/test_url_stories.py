"""Stories of URLs that do not answer: one look is no outage, and our own network is a suspect."""

from datetime import timedelta

import pytest

from hosts import MINUTE, marker, ours
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.incident import Owner
from street import Street


def test_the_base_url_and_the_health_path_are_joined(street: Street) -> None:
    """`/shop` and the default `/` ask for `/shop/`, once a cycle while it answers."""
    street.world.site("shop").asked.clear()

    street.host.cycles(2)

    assert street.world.site("shop").asked == ["/shop/", "/shop/"]


@pytest.mark.parametrize("ticks", [1, 2])
def test_a_site_that_is_silent_for_a_tick_or_two_files_nothing(street: Street, ticks: int) -> None:
    """It answers again before three looks agree, and is counted as a transient."""
    street.silence("shop")
    street.host.cycles(ticks)
    street.mend("shop")

    report = street.host.cycles(3)[-1]

    assert street.titles() == []
    (transient,) = report.projects[0].transients
    assert (transient.hour, transient.count) == (10, 1)


def test_three_silent_looks_are_one_issue_that_closes_with_the_next_answer(street: Street) -> None:
    """It is filed once, for the agent, however long it lasts, and the proof is a look."""
    street.silence("shop")
    street.host.cycles(2)
    assert street.titles() == []

    street.host.cycles(5)

    (issue,) = ours(street.products["shop"].repo)
    assert issue.title == f"Deploy down: {street.url('shop')} (shop)"
    assert marker(issue).kind is Kind.STAGING_UNREACHABLE
    assert marker(issue).owner is Owner.AGENT
    assert marker(issue).failed_at == street.world.now() - 20 * MINUTE
    assert issue.comments == []
    street.mend("shop")
    street.host.cycle()
    assert (issue.state, issue.state_reason) == ("closed", "completed")
    assert f"URL `{street.url('shop')}` answered" in issue.comments[-1].body


def test_production_that_does_not_answer_is_for_people(street: Street) -> None:
    """What mends it is a deployment, which no commit of an agent is."""
    street.host.projects[0] += f'\nproduction_url = "{street.loopback.site_url("live")}"'
    street.world.site("live").status = 503

    street.host.cycles(3)

    (issue,) = ours(street.products["shop"].repo)
    assert issue.title == f"Deploy down: {street.loopback.site_url('live')} (shop)"
    assert marker(issue).kind is Kind.PRODUCTION_UNREACHABLE
    assert marker(issue).owner is Owner.HUMAN
    assert "answered 503, look after look" in issue.body


def test_two_unrelated_sites_that_stay_down_are_filed_after_a_second_window(
    street: Street,
) -> None:
    """Our own network is the first suspect, but only for so long that the SLA is kept."""
    street.silence("shop", "film")
    street.host.cycles(5)
    assert street.titles() == []

    street.host.cycle()

    assert len(street.titles()) == 2
    (issue,) = ours(street.products["film"].repo)
    assert issue.created_at - marker(issue).failed_at < timedelta(minutes=30)


def test_two_unrelated_sites_that_come_back_are_two_transients(street: Street) -> None:
    """Nothing is filed, and each is counted."""
    street.silence("shop", "film")
    street.host.cycles(3)
    street.mend("shop", "film")

    report = street.host.cycles(4)[-1]

    assert street.titles() == []
    assert [(line.hour, line.count) for p in report.projects for line in p.transients] == [
        (10, 1),
        (10, 1),
    ]


def test_a_site_that_was_known_to_be_down_makes_no_suspect_of_our_network(street: Street) -> None:
    """The second one is filed as fast as if it were alone."""
    street.silence("film")
    street.host.cycles(4)
    street.silence("shop")

    street.host.cycles(3)

    assert len(street.titles()) == 2


def test_what_fails_while_github_fails_does_not_count(street: Street) -> None:
    """GitHub is the control host: where it is not seen, nothing is known of anybody else."""
    street.silence("shop")
    street.world.faults.add(host="github", mode="cut_before", times=100)
    street.host.cycles(4)
    street.world.faults.clear()

    street.host.cycles(2)
    assert street.titles() == []

    street.host.cycle()
    assert len(street.titles()) == 1


def test_what_fails_while_a_deployment_is_under_way_does_not_count(street: Street) -> None:
    """A service that is replaced may be silent; once it is through, three looks are enough."""
    street.silence("shop")
    deployment = street.products["shop"].service.deploy("DEPLOYING")
    street.host.cycles(4)
    street.products["shop"].service.become(deployment, "SUCCESS")

    street.host.cycles(2)
    assert street.titles() == []

    street.host.cycle()
    assert len(street.titles()) == 1


def test_a_fix_that_does_not_fix_is_found_by_a_fresh_verdict(street: Street) -> None:
    """After a deployment the looks begin anew, and what is still down has failed once more."""
    street.silence("shop")
    street.host.cycles(3)
    deployment = street.products["shop"].service.deploy("DEPLOYING")
    street.host.cycle()
    street.products["shop"].service.become(deployment, "SUCCESS")

    street.host.cycles(3)

    (issue,) = ours(street.products["shop"].repo)
    assert (issue.state, marker(issue).failed_at) == ("open", street.world.now())
    assert "Failed 2 times" in issue.body


def test_a_sleeper_that_answers_the_second_request_is_well(street: Street) -> None:
    """Waking it is no failure, not even a transient."""
    street.world.site("shop").sleeps = True

    report = street.host.cycle()

    assert street.world.site("shop").asked[-2:] == ["/shop/", "/shop/"]
    assert f"{street.url('shop')}/ answered 200." in report.projects[0].healthy
    assert report.projects[0].transients == ()


def test_a_service_that_railway_put_to_sleep_is_woken_at_every_look(street: Street) -> None:
    """Also when the look before failed."""
    street.products["shop"].service.deploy("SLEEPING")
    street.silence("shop")
    street.host.cycle()
    street.mend("shop")
    street.world.site("shop").sleeps = True

    report = street.host.cycle()

    assert f"{street.url('shop')}/ answered 200." in report.projects[0].healthy


def test_a_cycle_that_was_missed_adds_no_look(street: Street) -> None:
    """Two looks are two, were they ten minutes apart; after a whole SLA they begin anew."""
    street.silence("shop")
    street.host.cycle()
    street.host.cycle(after=10 * MINUTE)
    assert street.titles() == []

    street.host.cycle(after=31 * MINUTE)
    assert street.titles() == []

    street.host.cycles(2)
    assert len(street.titles()) == 1


def test_a_dry_run_looks_and_remembers_nothing(street: Street) -> None:
    """It probes like any other, and its look is no part of a row."""
    street.silence("shop")
    street.host.cycles(2)

    report = street.host.cycle(dry=True)

    assert [change.change for change in report.changes] == ["open"]
    street.mend("shop")
    street.host.cycle(dry=True)
    street.silence("shop")
    street.host.cycle()
    assert len(street.titles()) == 1


def test_a_silence_that_follows_from_a_failed_deployment_is_one_issue(street: Street) -> None:
    """What the deployment explains is hidden behind it, and closes without ever being filed."""
    street.silence("shop")
    street.products["shop"].repo.push("second")
    street.products["shop"].repo.run("CI", "success")
    street.products["shop"].service.deploy("CRASHED", log="error: no such table")
    street.host.cycles(6)
    assert street.titles() == ["Staging deploy failed: web (shop)"]

    street.products["shop"].service.deploy("SUCCESS")
    street.mend("shop")
    street.host.cycles(2)

    assert [issue.state for issue in ours(street.products["shop"].repo)] == ["closed"]


def test_a_name_that_leads_into_our_own_network_is_a_source_that_we_cannot_see(
    street: Street,
) -> None:
    """It is not asked, so that nothing is known of the site; who set it so is told."""
    inside = street.loopback.site_url("live").replace("http://127.0.0.1", "https://127.1")
    street.host.projects[0] += f'\nproduction_url = "{inside}"'

    report = street.host.cycles(5)[-1]

    (blind,) = report.projects[0].blind
    assert (blind.source, "127.1 leads to 127.0.0.1" in blind.why) == ("url", True)
    assert street.titles() == ["Cannot see URLs (shop)"]
    assert street.world.site("live").asked == []
