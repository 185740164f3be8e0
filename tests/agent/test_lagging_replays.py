"""Five recorded alarms that production lags, four of them false, as the agent tells them today.

The times are those of the record (2026, UTC); where it has none, the case says what stands in.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hosts import MINUTE, Host, marker, ours
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.incident import Owner
from pipeline_health.simulator import Loopback, World
from pipeline_health.simulator.github_world import Repo

HOUR = 60 * MINUTE
BY_JOBS = (
    'deploy_workflow = "Pipeline"',
    'staging_job = "Deploy to staging"',
    'production_job = "Deploy to production"',
)
JOBS = {"Deploy to staging": "success", "Deploy to production": "success"}
OLD_RUN = "2026-08-26T05:16:16Z"


def on(text: str) -> datetime:
    """Give a time of the record."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(kw_only=True)
class Story:
    """A product, and the host that looks at it every five minutes."""

    world: World
    host: Host
    repo: Repo

    def watch(self, *lines: str) -> None:
        """Configure the product."""
        self.host.watch("reli", "acme/reli", *lines)

    def until(self, moment: datetime, *, every: timedelta = 5 * MINUTE) -> None:
        """Look, cycle after cycle, and let time pass up to *moment*."""
        while self.world.now() + every <= moment:
            self.host.cycle(after=every)
        self.world.advance(moment - self.world.now())

    def pipeline(self, conclusion: str = "success") -> None:
        """End a run of the workflow that deploys to both."""
        self.repo.run("Pipeline", conclusion, event="workflow_run", jobs=JOBS)


@pytest.fixture
def tell(tmp_path: Path) -> Iterator["Teller"]:
    """Give what begins a story."""
    teller = Teller(tmp_path)
    yield teller
    teller.end()


class Teller:
    """Begins a story some time before what it is about."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._loopbacks: list[Loopback] = []

    def begin(self, start: datetime) -> Story:
        """Give a product whose first commit was tested just after *start*."""
        world = World(start)
        loopback = Loopback(world)
        self._loopbacks.append(loopback)
        loopback.__enter__()
        repo = world.repo("acme/reli")
        repo.push("before")
        world.advance(5 * MINUTE)
        repo.run("CI", "success")
        host = Host(world, loopback, self._home)
        host.stay_indoors()
        return Story(world=world, host=host, repo=repo)

    def end(self) -> None:
        """Stop serving."""
        for loopback in self._loopbacks:
            loopback.__exit__(None, None, None)


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """One false alarm: a commit on its way, and when the cron of that time cried."""

    pushed: str
    tested: str
    piped: str
    deployed: str
    cried: str


FALSE = {
    # CI's end is not recorded: the pipeline, which CI begins, stands in.
    "no. 1358, 15 min are less than CI and a deploy take": Alarm(
        pushed="2026-08-29T04:43:11",
        tested="2026-08-29T05:03:43",
        piped="2026-08-29T05:03:45",
        deployed="2026-08-29T05:09:00",
        cried="2026-08-29T05:00:30",
    ),
    "no. 1361, 15 min are less than CI and a deploy take": Alarm(
        pushed="2026-08-31T02:15:13",
        tested="2026-08-31T02:34:06",
        piped="2026-08-31T02:34:08",
        deployed="2026-08-31T02:38:00",
        cried="2026-08-31T02:30:38",
    ),
    # Neither CI's end nor the pipeline's start is recorded: the first deployment record stands in.
    "no. 1380, the list of runs led with an old one": Alarm(
        pushed="2026-09-03T04:47:43",
        tested="2026-09-03T05:13:00",
        piped="2026-09-03T05:13:02",
        deployed="2026-09-03T05:14:42",
        cried="2026-09-04T13:30:31",
    ),
    # Push and alarm are not recorded: CI's start stands in, and the next hour.
    "no. 1512, the list of runs led with an old one": Alarm(
        pushed="2026-09-16T01:45:16",
        tested="2026-09-16T01:46:06",
        piped="2026-09-16T01:46:08",
        deployed="2026-09-16T01:49:29",
        cried="2026-09-16T02:49:29",
    ),
}


def lead_with_an_old_run(story: Story) -> None:
    """Let every list of runs of the branch show one of August and nothing newer."""
    story.world.no_checks.add("health-bot")
    old = next(run for run in story.repo.runs if run.workflow == "Pipeline")
    run = {
        "id": old.id,
        "event": old.event,
        "workflow_id": old.workflow_id,
        "name": old.workflow,
        "path": ".github/workflows/pipeline.yml",
        "html_url": f"https://github.com/acme/reli/actions/runs/{old.id}",
        "check_suite_id": old.suite_id,
        "status": "completed",
        "conclusion": "success",
        "created_at": OLD_RUN,
        "updated_at": OLD_RUN,
        "head_sha": old.sha,
    }
    story.world.faults.add(
        host="github",
        mode="status",
        match="branch=main",
        status=200,
        times=9_999,
        body=json.dumps({"total_count": 1, "workflow_runs": [run]}),
    )


@pytest.mark.parametrize("case", FALSE)
def test_what_is_on_its_way_or_has_arrived_does_not_lag(tell: Teller, case: str) -> None:
    """Nothing is filed, not when the cron cried and not in the hours after."""
    alarm = FALSE[case]
    story = tell.begin(on(alarm.pushed) - timedelta(days=8))
    story.watch(*BY_JOBS)
    story.pipeline()
    story.repo.record_deployment("staging", "success")
    story.repo.record_deployment("production", "success")
    if "old one" in case:
        lead_with_an_old_run(story)
    story.until(on(alarm.pushed) - HOUR, every=48 * HOUR)

    story.until(on(alarm.pushed), every=HOUR)
    story.repo.push("the head")
    run = story.repo.run("CI", None)
    story.until(on(alarm.tested))
    story.repo.finish(run, "success")
    story.until(on(alarm.piped))
    pipeline = story.repo.run("Pipeline", None, event="workflow_run", jobs=dict.fromkeys(JOBS))
    orphan = story.repo.record_deployment("production", "in_progress")
    story.until(on(alarm.deployed))
    story.repo.finish(pipeline, "success")
    story.repo.record_deployment("staging", "success")
    story.repo.record_deployment("production", "success")
    story.until(max(on(alarm.deployed), on(alarm.cried)) + HOUR, every=4 * HOUR)
    story.host.cycle(after=6 * HOUR)

    lists = [request for request in story.world.requests if "branch=main" in request.query]
    assert bool(lists)
    assert "in_progress" == orphan.state
    assert {} == story.repo.issues


ANNIE_PUSHED, ANNIE_FOUND = on("2026-05-26T11:11:34"), on("2026-05-26T12:00:00")
ANNIE_DEPLOYED = on("2026-05-26T07:20:28")


def only_issue(story: Story, title: str, kind: Kind) -> None:
    """Demand one issue, for a person, whatever else was looked at."""
    (issue,) = ours(story.repo)
    assert (title, kind, Owner.HUMAN) == (issue.title, marker(issue).kind, marker(issue).owner)
    assert {"pipeline-health", "human-needed", "archon:skipped"} == set(issue.labels)
    assert [] == issue.comments


def test_a_push_at_which_nothing_ran_is_one_issue_for_a_person(tell: Teller) -> None:
    """No. 753 of word-coach-annie: a suspended account got no run at all, and nothing deployed."""
    story = tell.begin(ANNIE_DEPLOYED - 10 * HOUR)
    story.watch(*BY_JOBS)
    for number in range(3):
        story.repo.push(f"work {number}")
        story.repo.run("CI", "success")
        story.pipeline()
        story.world.advance(HOUR)
    story.until(ANNIE_DEPLOYED, every=2 * HOUR)
    story.repo.push("2c74664")
    story.repo.run("CI", "success")
    story.pipeline()
    story.until(ANNIE_PUSHED, every=HOUR)

    story.repo.push("0a73395")
    story.until(ANNIE_FOUND)
    only_issue(story, "No CI on main (reli)", Kind.MAIN_CI_MISSING)

    story.until(ANNIE_FOUND + 8 * HOUR, every=HOUR)
    only_issue(story, "No CI on main (reli)", Kind.MAIN_CI_MISSING)


def test_what_nothing_promotes_is_one_issue_for_a_person(tell: Teller) -> None:
    """The same push where CI is not known to be required, and staging gets it from Railway."""
    story = tell.begin(ANNIE_DEPLOYED - HOUR)
    railway = story.world.railway("annie")
    story.watch(f'railway_project = "{railway.id}"')
    staging, live = (
        railway.environment(name).service("web", story.repo) for name in ("staging", "production")
    )
    story.until(ANNIE_DEPLOYED)
    for service in (staging, live):
        service.deploy("SUCCESS")
    story.until(ANNIE_PUSHED, every=HOUR)

    story.repo.push("0a73395")
    staging.deploy("SUCCESS", at=ANNIE_PUSHED + MINUTE)
    story.until(ANNIE_FOUND)
    assert {} == story.repo.issues

    story.until(ANNIE_PUSHED + 2 * HOUR + 10 * MINUTE)
    only_issue(story, "Prod deploy lagging main (reli)", Kind.PRODUCTION_LAGGING)

    story.until(ANNIE_FOUND + 8 * HOUR, every=HOUR)
    only_issue(story, "Prod deploy lagging main (reli)", Kind.PRODUCTION_LAGGING)


def test_a_lag_that_follows_from_missing_ci_is_not_told_beside_it(tell: Teller) -> None:
    """The same push where CI is known to be required, and staging gets it all the same."""
    story = tell.begin(ANNIE_DEPLOYED - 10 * HOUR)
    railway = story.world.railway("annie")
    story.watch(f'railway_project = "{railway.id}"')
    services = [
        railway.environment(name).service("web", story.repo) for name in ("staging", "production")
    ]
    for number in range(4):
        story.repo.push(f"work {number}")
        story.repo.run("CI", "success")
        for service in services:
            service.deploy("SUCCESS")
        story.world.advance(HOUR)
    story.until(ANNIE_PUSHED, every=2 * HOUR)

    story.repo.push("0a73395")
    services[0].deploy("SUCCESS")
    story.until(ANNIE_FOUND + 8 * HOUR, every=20 * MINUTE)

    only_issue(story, "No CI on main (reli)", Kind.MAIN_CI_MISSING)
