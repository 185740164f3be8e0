"""Stories of the credentials audit: what staging and production share, and what is committed."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from agent_types import Shop
from hosts import MINUTE, Host, marker, ours
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.incident import Owner
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.github_records import Issue
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.railway_world import RailwayService

DAY = timedelta(hours=24)
SECRET = "planted-value-of-both"


@dataclass(slots=True)
class Two:
    """A product with a staging and a production that share nothing, and its host."""

    world: World
    host: Host
    repo: Repo
    web: RailwayService
    live: RailwayService

    def share(self, name: str = "STRIPE_KEY", value: str = SECRET) -> None:
        """Set one secret in both environments."""
        self.web.variables[name] = self.live.variables[name] = value

    def separate(self, name: str = "STRIPE_KEY") -> None:
        """Give staging another secret."""
        self.web.variables[name] = "planted-value-of-staging"

    def next_day(self) -> None:
        """Let a day go by as a timer does, so that nothing is late."""
        self.world.advance(DAY)
        self.host.cycle()

    def only(self) -> Issue:
        """Give the one issue that there is."""
        (issue,) = ours(self.repo)
        return issue

    def land(self, *, adds: str = "", removes: str = "") -> None:
        """Land a commit that adds or removes a file, is green and deployed."""
        files = {adds: f"STRIPE_KEY={SECRET}"} if adds else {}
        self.repo.push("work", files=files, removes=[removes] if removes else [])
        self.repo.run("CI", "success")
        for service in (self.web, self.live):
            service.deploy("SUCCESS")

    def audits(self) -> int:
        """Count the requests for variables so far."""
        return sum("query Variables" in (one.document or "") for one in self.world.requests)


@pytest.fixture
def two(world: World, loopback: Loopback, tmp_path: Path) -> Two:
    """Give a healthy product in two environments, not looked at yet."""
    repo = world.repo("acme/shop")
    repo.push("first", files={".gitignore": ".env.local\n"})
    world.advance(5 * MINUTE)
    repo.run("CI", "success")
    railway = world.railway("shop")
    web, live = (
        railway.environment(name).service("web", repo) for name in ("staging", "production")
    )
    for service in (web, live):
        service.deploy("SUCCESS")
        service.variables["OWN_KEY"] = f"planted-value-of-{service.environment.name}"
    host = Host(world, loopback, tmp_path)
    host.watch("shop", "acme/shop", f'railway_project = "{railway.id}"')
    return Two(world, host, repo, web, live)


def test_a_shared_secret_is_one_issue_for_a_person(two: Two) -> None:
    """Names, places and steps; never a value, and no agent is called."""
    two.share()
    two.web.variables["COPY_KEY"] = SECRET

    two.host.cycles(3)

    issue = two.only()
    assert issue.title == "Shared credential: COPY_KEY (shop)"
    assert set(issue.labels) == {"pipeline-health", "human-needed", "archon:skipped"}
    assert (marker(issue).kind, marker(issue).owner) == (Kind.CREDENTIAL_SHARED, Owner.HUMAN)
    said = issue.body.replace("\\", "")
    assert "web COPY_KEY, web STRIPE_KEY in staging, web STRIPE_KEY in production" in said
    assert "Never paste a value into this issue" in issue.body
    assert "**Not for an agent.**" in issue.body
    assert "planted" not in issue.body


def test_a_separated_secret_is_closed_by_the_next_audit(two: Two) -> None:
    """An hour later, not before: nothing looked. The comment says what was seen."""
    two.share()
    two.host.cycle()
    two.separate()
    two.host.cycles(11)
    assert two.only().state == "open"

    two.host.cycle()

    issue = two.only()
    assert (issue.state, issue.state_reason) == ("closed", "completed")
    assert "the secret `STRIPE_KEY` is not found to be shared any more" in issue.comments[-1].body


def test_a_secret_that_is_shared_again_reopens_its_issue(two: Two) -> None:
    """It is the same one."""
    two.share()
    two.host.cycle()
    two.separate()
    two.next_day()
    two.share()

    two.next_day()

    assert two.only().state == "open"


def test_an_audit_that_sees_nothing_opens_and_closes_nothing(two: Two) -> None:
    """It is said to be blind, tried again after ten minutes, and believed only then."""
    two.share()
    two.host.cycle()
    two.separate()
    two.world.advance(DAY)
    two.world.faults.add(
        host="railway", mode="status", status=502, match="query Variables", times=3
    )

    report = two.host.cycle()

    assert "blind to audit of shop" in report.sentence
    assert two.only().state == "open"
    assert "blind to audit of shop" in two.host.cycle().sentence
    two.host.cycle()
    assert two.only().state == "closed"


def test_a_sealed_secret_closes_nothing(two: Two) -> None:
    """It may still be the same: nobody can tell any more, and the issue stays."""
    two.share()
    two.host.cycle()
    two.live.variables["STRIPE_KEY"] = None

    two.next_day()

    assert two.only().state == "open"
    report = two.host.cycle()
    (line,) = [
        line for line in report.projects[0].unwatched if line.what.startswith("whether staging")
    ]
    assert "STRIPE_KEY" in line.why


def test_a_secret_that_may_be_shared_closes_its_issue_at_once(two: Two) -> None:
    """Another configuration is another audit."""
    two.share()
    two.host.cycle()
    two.host.projects[0] += '\n  [projects.audit]\n  shared_ok = ["STRIPE_KEY"]'

    two.host.cycle()

    assert two.only().state == "closed"


def test_a_new_name_of_a_known_secret_is_no_other_issue(two: Two) -> None:
    """A copy that comes first in the alphabet is another symptom of nothing."""
    two.share()
    two.host.cycle()
    two.web.variables["A_COPY_KEY"] = SECRET

    two.next_day()

    assert two.only().title == "Shared credential: STRIPE_KEY (shop)"
    assert "A_COPY_KEY" in two.only().body.replace("\\", "")


def test_a_committed_env_file_is_an_issue_until_it_is_gone(two: Two) -> None:
    """For a person: what is in it must be replaced first."""
    two.repo.push("oops", files={"api/.env": f"STRIPE_KEY={SECRET}"})
    two.repo.run("CI", "success")
    two.host.cycles(2)

    issue = two.only()
    assert issue.title == ".env committed: api/.env (shop)"
    assert (marker(issue).kind, marker(issue).owner) == (Kind.ENV_FILE_COMMITTED, Owner.HUMAN)
    assert "`git rm --cached -- api/.env`" in issue.body
    assert "Replace every secret in it first" in issue.body
    assert "planted" not in issue.body

    two.land(removes="api/.env")
    two.next_day()

    assert two.only().state == "closed"
    assert "the file `api/.env` is gone from the branch" in two.only().comments[-1].body


def test_a_lost_ledger_doubles_nothing_and_closes_what_is_over(two: Two) -> None:
    """The marker tells what the issue is about, and a new audit that it is over."""
    two.share()
    two.land(adds=".env")
    two.host.cycles(2)
    assert len(ours(two.repo, state="open")) == 2
    two.host.forget()

    two.host.cycles(2)

    assert len(ours(two.repo)) == 2
    assert {marker(issue).owner for issue in ours(two.repo)} == {Owner.HUMAN}
    two.separate()
    del two.web.variables["STRIPE_KEY"], two.live.variables["STRIPE_KEY"]
    two.land(removes=".env")
    two.host.forget()
    two.host.cycles(2)
    assert ours(two.repo, state="open") == []
    assert len(ours(two.repo)) == 2


def test_a_person_who_closes_it_while_it_is_shared_sees_it_again(two: Two) -> None:
    """What was found is judged in every cycle, not only when it is audited."""
    two.share()
    two.host.cycle()
    two.repo.close_issue(two.only().number, user="operator")

    two.host.cycles(10)

    assert two.only().state == "open"


def test_one_due_project_a_cycle_is_audited(two: Two) -> None:
    """The one that was never audited or longest ago; the others cost nothing."""
    for name in ("blog", "film"):
        repo = two.world.repo(f"acme/{name}")
        repo.push("first")
        repo.run("CI", "success")
        railway = two.world.railway(name)
        for environment in ("staging", "production"):
            railway.environment(environment).service("web", repo).deploy("SUCCESS")
        two.host.watch(name, f"acme/{name}", f'railway_project = "{railway.id}"')

    counts = []
    for _ in range(5):
        before = two.audits()
        two.host.cycle()
        counts.append(two.audits() - before)

    assert counts == [1, 1, 1, 0, 0]
    two.world.advance(DAY)
    two.host.cycle()
    assert two.audits() == 4


def test_a_project_that_is_blind_does_not_keep_the_others_waiting(two: Two) -> None:
    """What was tried longest ago comes first."""
    two.share()
    other = two.world.repo("acme/blog")
    other.push("first", files={".env": ""})
    other.run("CI", "success")
    two.host.watch("blog", "acme/blog")
    two.world.faults.add(
        host="railway", mode="status", status=502, match="query Variables", times=99
    )

    two.host.cycles(4)

    assert [issue.title for issue in ours(other)] == [".env committed: .env (blog)"]
    assert ours(two.repo) == []


def test_without_railway_only_the_files_are_audited(two: Two) -> None:
    """And a project token of staging leaves nothing to compare; neither is blind."""
    place = f"{two.web.environment.project.id}:{two.web.environment.id}"
    two.world.railway_tokens["rw-staging-token"] = f"project:{place}"
    two.host.secrets = {"GITHUB_TOKEN": "gh-good-token", "RAILWAY_TOKEN_SHOP": "rw-staging-token"}
    two.share()

    report = two.host.cycles(2)[-1]

    assert (ours(two.repo), report.blind, two.audits()) == ([], False, 0)


def test_an_archived_repository_is_not_audited(two: Two) -> None:
    """Nothing can be filed there."""
    two.share()
    two.repo.archived = True
    two.host.cycle()
    assert two.audits() == 0


def test_what_another_version_remembered_is_audited_again(two: Two) -> None:
    """A text that nobody can read is none, and no crash."""
    two.host.cycle()
    settings = two.host.settings()
    damage(settings.ledger_path)
    two.share()

    two.host.cycle()

    assert two.only().state == "open"


def damage(ledger: Path) -> None:
    """Write nonsense where the audit is remembered."""
    import sqlite3  # noqa: PLC0415 - the one test that looks below the port

    with sqlite3.connect(ledger) as file:
        (table,) = file.execute(
            "select name from sqlite_master where type = 'table' and name like '%memory%'"
        ).fetchone()
        changed = file.execute(
            f"update {table} set fact = '{{}}' where topic = 'audit'"  # noqa: S608
        )
        assert changed.rowcount == 1
    file.close()


def test_a_dry_run_audits_and_keeps_nothing(two: Two) -> None:
    """The plan names the issue; the next cycle audits again."""
    two.share()
    report = two.host.cycle(dry=True)
    assert [change.change for change in report.changes] == ["open"]
    assert ours(two.repo) == []
    two.host.cycle()
    assert two.audits() == 2


def test_a_healthy_shop_of_the_other_stories_is_audited_without_a_word(shop: Shop) -> None:
    """Nothing is shared, nothing is committed, and nothing is said."""
    report = shop.host.cycle()
    assert (shop.repo.issues, report.blind) == ({}, False)
