"""A source that breaks is blindness, whatever broke, and a cycle ends with a report in any case."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from agent_types import Shop
from builders import NOW, PROJECT, a_policy, github
from hosts import Host
from pipeline_health import bootstrap
from pipeline_health.agent.auditing import Audits
from pipeline_health.agent.looking import Eyes
from pipeline_health.core.model.audit import Audit
from pipeline_health.core.model.deployed import Deployed
from pipeline_health.core.model.ids import ProjectName, Sha
from pipeline_health.core.model.policy import Policy, ProjectPolicy
from pipeline_health.core.model.questions import (
    BranchRun,
    Contains,
    DeployTrace,
    Evidence,
    Job,
    Relation,
    RunsOf,
    RunTrace,
    WorkflowFile,
    WorkflowFileOf,
)
from pipeline_health.core.model.readings import Blind, GitHubReading, NotAsked, Reading
from pipeline_health.core.model.report import Usage
from pipeline_health.core.model.urls import Target, UrlSight
from pipeline_health.core.observe import blind_parts
from pipeline_health.ledger import MemoryLedger
from pipeline_health.settings import GitHubApp
from pipeline_health.simulator import Loopback, World, WorldClock


class BrokenCode:
    """A source of code with a defect."""

    def look(
        self, projects: Sequence[ProjectPolicy], *, now: datetime
    ) -> Mapping[ProjectName, GitHubReading]:
        """Break."""
        raise ZeroDivisionError

    def usage(self) -> Usage:
        """Tell of nothing."""
        return Usage()

    def evidence(self, trace: RunTrace, *, now: datetime) -> Reading[Evidence]:
        """See nothing."""
        return Blind(at=now, why="broken")

    def jobs(self, trace: RunTrace, *, now: datetime) -> Reading[tuple[Job, ...]]:
        """See nothing."""
        return Blind(at=now, why="broken")

    def relation(self, question: Contains, *, now: datetime) -> Reading[Relation]:
        """See nothing."""
        return Blind(at=now, why="broken")

    def runs(self, question: RunsOf, *, now: datetime) -> Reading[tuple[BranchRun, ...]]:
        """See nothing."""
        return Blind(at=now, why="broken")

    def workflow_file(self, question: WorkflowFileOf, *, now: datetime) -> Reading[WorkflowFile]:
        """See nothing."""
        return Blind(at=now, why="broken")


class HealthyCode(BrokenCode):
    """A source of code that sees a green main."""

    def look(
        self, projects: Sequence[ProjectPolicy], *, now: datetime
    ) -> Mapping[ProjectName, GitHubReading]:
        """See that all is well."""
        return {PROJECT: github()}


class BrokenDeploys:
    """A source of deployments with a defect."""

    def look(
        self, projects: Sequence[ProjectPolicy], *, now: datetime
    ) -> Mapping[ProjectName, Deployed]:
        """Break."""
        raise ZeroDivisionError

    def usage(self) -> Usage:
        """Tell of nothing."""
        return Usage()

    def evidence(self, trace: DeployTrace, *, now: datetime) -> Reading[Evidence]:
        """See nothing."""
        return Blind(at=now, why="broken")


class NoDeploys(BrokenDeploys):
    """Nobody asked for deployments."""

    def look(
        self, projects: Sequence[ProjectPolicy], *, now: datetime
    ) -> Mapping[ProjectName, Deployed]:
        """See that nobody asked."""
        return {PROJECT: Deployed(staging=NotAsked(), production=NotAsked())}


class BrokenUrls:
    """A source of URLs with a defect."""

    def look(
        self, targets: Sequence[Target], *, gap: timedelta, now: datetime
    ) -> Mapping[Target, Reading[UrlSight]]:
        """Break."""
        raise ZeroDivisionError


class NothingFound:
    """An audit that finds nothing."""

    def audit(
        self, project: ProjectPolicy, deployed: Deployed, head: Sha | None, *, now: datetime
    ) -> Audit:
        """Find nothing."""
        return Audit(at=now, variables=NotAsked(), files=NotAsked())


def eyes(code: BrokenCode, deploys: BrokenDeploys) -> Eyes:
    """Look with these two, and with a source of URLs that is broken."""
    return Eyes(
        github=code,
        railway=deploys,
        urls=BrokenUrls(),
        audits=Audits(NothingFound(), MemoryLedger()),
        memory=MemoryLedger(),
    )


def test_a_defect_in_one_source_blinds_that_source_only() -> None:
    """The other one is looked at all the same."""
    policy = Policy(projects=(a_policy(),))
    code = eyes(BrokenCode(), NoDeploys())
    deploys = eyes(HealthyCode(), BrokenDeploys())
    urls = eyes(HealthyCode(), NoDeploys())
    with_url = Policy(projects=(replace(a_policy(), staging_url="https://shop.example"),))

    (first,) = code.look(policy, (), now=NOW).snapshot.projects
    (second,) = deploys.look(policy, (), now=NOW).snapshot.projects
    (third,) = urls.look(with_url, (), now=NOW).snapshot.projects

    assert list(blind_parts(first)) == [("github", "GitHub could not be read: ZeroDivisionError: ")]
    assert list(blind_parts(second)) == [
        ("railway", "Railway could not be read: ZeroDivisionError: ")
    ]
    assert list(blind_parts(third)) == [("url", "the URLs could not be asked: ZeroDivisionError: ")]


class FadingClock(WorldClock):
    """A clock that breaks when it is first waited for."""

    def sleep(self, seconds: float) -> None:
        """Break."""
        raise OSError(seconds)


def test_a_cycle_with_a_defect_ends_in_a_report_that_concludes_nothing(shop: Shop) -> None:
    """It says that it failed, and the report is kept."""
    shop.fail_ci()
    shop.world.faults.add(host="github", mode="status", match="/jobs", status=502, times=9)

    report = bootstrap.run_once(
        shop.host.settings(), machine=bootstrap.Machine(clock=FadingClock(shop.world))
    )

    assert report.failed is not None
    assert report.sentence.startswith("The cycle failed: OSError")
    assert shop.repo.issues == {}


def test_a_github_app_that_cannot_log_in_is_blind(
    world: World, loopback: Loopback, tmp_path: Path
) -> None:
    """The message names the app and what to check."""
    host = Host(world, loopback, tmp_path)
    world.repo("acme/shop").push("first")
    host.watch("shop", "acme/shop")
    del host.secrets["GITHUB_TOKEN"]
    host.secrets |= {
        "GITHUB_APP_ID": "17",
        "GITHUB_APP_INSTALLATION_ID": "23",
        "GITHUB_APP_PRIVATE_KEY": "\n".join(
            ["-----BEGIN " + "PRIVATE KEY-----", "bm90IG9uZQ==", "-----END " + "PRIVATE KEY-----"]
        ),
    }
    assert isinstance(host.settings().credentials.github, GitHubApp)

    report = host.cycle()

    assert report.blind
    assert "installation 23 of GitHub App 17" in report.projects[0].blind[0].why
