"""One story, told by `status`, `incidents`, `why`, `feed` and the page: the facts are the same."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from desk import Desk
from pipeline_health import aside, bootstrap
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from pipeline_health.page.app import page_app
from pipeline_health.page.guard import Door
from pipeline_health.page.pulse import Pulse
from visitor import Page, Visitor

ROW = re.compile(r"<tr.*?</tr>", re.DOTALL)
CELL = re.compile(r'<td[^>]*data-label="([^"]+)"[^>]*>(.*?)</td>', re.DOTALL)
STATIONS = {"CI": "ci", "Staging": "staging", "Production": "production"}


@pytest.fixture
def story(desk: Desk, capsys: pytest.CaptureFixture[str]) -> Desk:
    """Break CI of one product and its deploy; silence another; let a third be seen in part only."""
    film, reli = (desk.world.repo(f"acme/{name}") for name in ("film", "reli"))
    for repo, ends in ((film, "failure"), (reli, "success")):
        repo.push("first")
        repo.run("CI", ends, jobs={"test": ends}, log="FAILED test_film")
    desk.configuration.write_text(
        desk.configuration.read_text()
        + 'evidence = "full"\n\n[[projects]]\nname = "film"\nrepo = "acme/film"\n\n[[projects]]\n'
        + 'name = "reli"\nrepo = "acme/reli"\nrailway_project = "nobody-knows-it"\n'
    )
    run(["silence", "film", "--for", "2h", "--reason", "a new cutter"])
    desk.repo.push("second")
    desk.repo.run("CI", "failure", jobs={"test": "failure"}, log="FAILED test_total")
    desk.web.deploy("FAILED", log="error: boom", events=[("BUILD_IMAGE", "exit 1")])
    machine = bootstrap.Machine(pace=timedelta(0))
    bootstrap.run_once(bootstrap.load(None, log_format="json"), machine=machine)
    capsys.readouterr()
    return desk


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Give the JSON that a command prints."""
    capsys.readouterr()
    assert run([*arguments, "--json"]) == Exit.DONE
    return json.loads(capsys.readouterr().out)


def visitor() -> Visitor:
    """Give somebody who looks at the page of this very ledger and configuration."""
    pulse = Pulse(monotonic=lambda: 0.0, every=lambda: timedelta(minutes=5))
    door = Door(password=lambda: None, loopback=True, monotonic=lambda: 0.0)
    return Visitor(page_app(aside.reader(None), pulse, door))


def rows(html: str, table: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Give the heading and the cells of each row of a table, by their labels."""
    body = html.partition(f'<h2 id="{table}"')[2].partition("</table>")[0].partition("<tbody")[2]
    for row in ROW.findall(body):
        heading = Page(row.partition("<td")[0]).words
        yield heading, {label: Page(cell).words for label, cell in CELL.findall(row)}


def test_all_of_them_show_the_same_facts(story: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """States, owners, attempts, issues, evidence and decisions: one board, five ways to see it."""
    status, incidents = told(capsys, "status"), told(capsys, "incidents")
    feed = told(capsys, "feed")
    page = visitor()
    first = page.get("/").text

    shown = dict(rows(first, "projects"))
    assert len(shown) == len(status["projects"]) == 3
    for project in status["projects"]:
        heading, cells = next(it for it in shown.items() if it[0].startswith(project["name"]))
        for label, station in STATIONS.items():
            assert cells[label].startswith(project["lights"][station]["state"])
        blocked = {"broken": "blocked", "healthy": "open"}
        gate = project["gate"]["state"]
        assert cells["Gate"].startswith(blocked.get(gate, gate))
        in_feed = next(it for it in feed["projects"] if it["name"] == project["name"])
        assert in_feed["looked_at"] == project["at"]
        assert in_feed["blind"] == sorted({it["source"] for it in project["blind"]})
        assert all(f"blind: {source}" in heading for source in in_feed["blind"])
    assert {it["name"]: it["state"] for it in status["projects"]} == {
        "shop": "broken",
        "film": "broken",
        "reli": "not seen",
    }

    listed = list(rows(first, "incidents"))
    assert len(listed) == len(incidents) == len(feed["incidents"]) == 3
    for known, in_feed, (heading, cells) in zip(incidents, feed["incidents"], listed, strict=True):
        same_everywhere(known, in_feed, told(capsys, "why", known["fingerprint"]), page)
        number = known["issue"] and f"{known['repo']}#{known['issue']['number']}"
        assert heading.startswith(known["title"])
        assert [cells["Owner"], cells["Attempts"], cells["Phase"]] == [
            known["owner"],
            str(known["attempts"]),
            known["phase"],
        ]
        assert cells["Issue"] == (number or "not filed")
        assert (in_feed["wait"] or "") in heading
    assert status["sentence"] == feed["last_look"]["sentence"]
    assert status["sentence"] in Page(first).words
    again = json.loads(page.get("/feed.json").text)
    assert {**again, "generated_at": ""} == {**feed, "generated_at": ""}


def same_everywhere(
    known: Mapping[str, Any], in_feed: Mapping[str, Any], why: Mapping[str, Any], page: Visitor
) -> None:
    """See that one incident is the same in the list, in the feed, by itself and on its page."""
    trail = why["trail"]
    assert {**known, "trail": trail} == why
    assert {key: in_feed[key] for key in known if key != "cause"} == {
        key: value for key, value in known.items() if key != "cause"
    }
    words = Page(page.get(f"/incidents/{known['fingerprint']}").text).words
    facts = [known["title"], f"Phase {known['phase']}", f"Owner {known['owner']}"]
    facts += [f"Failures {known['occurrences']}, the newest", f"Attempts {known['attempts']} by"]
    facts += [f"{known['cause']['class']}: {known['cause']['why']}"]
    facts += [line["says"] for line in trail]
    if in_feed["evidence"] and in_feed["evidence"]["first_error"]:
        facts.append(in_feed["evidence"]["first_error"])
    assert [fact for fact in facts if fact not in words] == []
