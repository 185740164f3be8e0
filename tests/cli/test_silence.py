"""`silence` and `unsilence`, and how the other commands tell of a window."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from desk import Desk
from incident_builders import CI, REJECTED, incident
from pipeline_health import bootstrap
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import Fingerprint, ProjectName, RepoName
from pipeline_health.core.model.incident import CauseClass, Filing, Incident, Owner, Phase
from pipeline_health.core.model.maintenance import MaintenanceWindow
from pipeline_health.core.model.report import CycleReport, FindingLine
from shelf import PLANTED, Shelf, a_look

SHOP = ProjectName("shop")
TWO_HOURS = ("--for", "2h", "--reason", "a new database")
FILED = Filing(repo=RepoName("acme/shop"), number=7, url="https://github.example/7")


def named(fingerprint: str, **changes: object) -> Incident:
    """Give an incident of its own."""
    given = replace(
        incident(), fingerprint=Fingerprint(fingerprint), title=f"It broke: {fingerprint}"
    )
    return replace(given, **changes)  # type: ignore[arg-type]


BROKEN = (
    named("pending", phase=Phase.PENDING),
    named("filed", filing=FILED),
    named("over", phase=Phase.RESOLVED),
    named("muted", phase=Phase.MUTED),
    named("elsewhere", project=ProjectName("film")),
    replace(incident(cause=REJECTED), fingerprint=Fingerprint("token"), title="It broke: token"),
)


def test_a_silence_says_until_when_and_what_it_hides(shelf: Shelf) -> None:
    """What is over, muted or another project's is none of it."""
    shelf.keep(BROKEN)

    out = shelf.tell("silence", "shop", *TWO_HOURS).splitlines()

    until = (shelf.now + timedelta(hours=2)).strftime("%Y-%m-%d")
    assert out[0].startswith(f"Silenced: shop until {until} ")
    assert out[0].endswith(" UTC: a new database")
    assert sorted(out[1:-1]) == [
        "Nobody is called meanwhile to acme/shop#7: It broke: filed; it is still closed with proof",
        "Not filed meanwhile: It broke: pending",
        "Not filed meanwhile: It broke: token",
    ]
    assert out[-1] == "The promotion check is not affected."


def test_a_silence_of_one_kind_hides_no_other(shelf: Shelf) -> None:
    """As JSON, with the window and what was replaced."""
    shelf.keep(BROKEN)

    told = shelf.told("silence", "shop/credential-rejected", *TWO_HOURS, "--json")

    assert [each["fingerprint"] for each in told["hides"]] == ["token"]
    assert told["hides"][0]["silenced_until"] == told["window"]["until"]
    assert (told["window"]["kind"], told["window"]["open"]) == ("credential-rejected", True)
    assert told["replaced"] is None


def test_a_second_silence_replaces_the_first_and_says_so(shelf: Shelf) -> None:
    """So a window is made longer, or shorter."""
    shelf.tell("silence", "shop", *TWO_HOURS)

    out = shelf.tell("silence", "shop", "--for", "30m", "--reason", "nearly done")

    assert "It replaces the window until " in out
    assert "It hides nothing that is known to be broken now." in out
    told = shelf.told("silence", "shop", *TWO_HOURS, "--json")
    assert told["replaced"]["reason"] == "nearly done"
    with shelf.open() as ledger:
        assert len(ledger.windows()) == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("shpo", *TWO_HOURS), "no project shpo is configured (did you mean shop?); there are"),
        (("zzz/main-ci-red", *TWO_HOURS), "no project zzz is configured; there are: shop, film"),
        (("shop/main-ci-rde", *TWO_HOURS), "no kind 'main-ci-rde' (did you mean main-ci-red?)"),
        (("shop/", *TWO_HOURS), "no kind ''; there are: main-ci-red, "),
        (("shop", "--for", "31d", "--reason", "x"), "a window ends after 30d at the latest"),
        (("shop", "--for", "soon", "--reason", "x"), "'soon' is no duration; expected a number"),
        (("shop", "--for", "0h", "--reason", "x"), "'0h' is no duration"),
        (("shop", "--for", "2h", "--reason", " "), "expected one line of 1 to 200 characters"),
        (("shop", "--for", "2h", "--reason", "x" * 201), "expected one line of 1 to 200"),
        (("shop", "--for", "2h"), "Missing option '--reason'"),
        (("shop", "--reason", "x"), "Missing option '--for'"),
    ],
)
def test_what_is_no_window_is_refused(shelf: Shelf, arguments: tuple[str, ...], says: str) -> None:
    """Before anything is written, with what there is and what was meant."""
    err = shelf.tell("silence", *arguments, code=Exit.WRONG)

    assert says in " ".join(err.split())
    assert not shelf.ledger.exists()


def test_a_silence_needs_no_secret_and_keeps_none(shelf: Shelf) -> None:
    """What is a secret of ours, or looks like one, is struck out of the reason."""
    told = shelf.told("silence", "shop", "--for", "2h", "--reason", f"new {PLANTED}", "--json")
    assert told["window"]["reason"] == "new ***"
    shelf.configuration.with_name("secrets.env").unlink()
    token = "ghp_" + "a1B2" * 9
    told = shelf.told("silence", "film", "--for", "2h", "--reason", f"a {token}", "--json")
    assert token not in told["window"]["reason"]


def test_unsilence_ends_just_that_window(shelf: Shelf) -> None:
    """What is still silent is listed."""
    shelf.tell("silence", "shop", *TWO_HOURS)
    shelf.tell("silence", "shop/main-ci-red", *TWO_HOURS)

    out = shelf.tell("unsilence", "shop").splitlines()

    assert out[0] == "Ended: shop; what is broken is filed by the next look"
    assert out[1].startswith("Still silent: shop/main-ci-red until ")
    assert shelf.tell("unsilence", "shop").splitlines()[0] == "No window of shop was open."
    told = shelf.told("unsilence", "shop/main-ci-red", "--json")
    assert (told["ended"]["kind"], told["open"]) == ("main-ci-red", [])
    assert shelf.told("unsilence", "film", "--json") == {"ended": None, "open": []}


def test_unsilence_works_where_the_configuration_is_gone(shelf: Shelf) -> None:
    """A window must never be there for lack of a file."""
    shelf.tell("silence", "shop", *TWO_HOURS)
    shelf.configuration.unlink()

    assert "there are: shop" in shelf.tell("unsilence", "blog", code=Exit.WRONG)
    assert "Ended: shop" in shelf.tell("unsilence", "shop")
    refused = shelf.tell("unsilence", "shop", code=Exit.WRONG)
    assert "there are: none" in refused
    assert "pipeline-health.toml: there is no such file" in refused


def test_windows_are_shown_before_the_first_look_and_after_their_end(shelf: Shelf) -> None:
    """For a day it is told that something was silent."""
    past = MaintenanceWindow(
        project=SHOP, kind=None, since=shelf.ago(90), until=shelf.ago(30), reason="DNS moved"
    )
    with shelf.open() as ledger:
        ledger.silence(replace(past, since=shelf.ago(3000), until=shelf.ago(2000)))
        ledger.silence(past)
    shelf.tell("silence", "film", *TWO_HOURS)

    for command in ("status", "incidents"):
        _, now, before = shelf.tell(command).splitlines()
        assert now.startswith("Silenced: film until ")
        assert before.startswith("Was silenced: shop from ")
    windows = shelf.told("status", "--json")["windows"]
    assert [(one["project"], one["open"]) for one in windows] == [("shop", False), ("film", True)]


def test_an_incident_that_another_project_speaks_of_is_not_silent(shelf: Shelf) -> None:
    """Two projects share a repository; both must be silent."""
    line = FindingLine(
        fingerprint=Fingerprint("pending"),
        symptom=CI,
        since=shelf.now,
        commit=None,
        cause=CauseClass.CODE,
        owner=Owner.AGENT,
        incident=None,
    )
    looks: list[CycleReport] = [a_look(shelf.now, project="film", findings=(line,))]
    shelf.keep([BROKEN[0]], looks=looks)
    shelf.tell("silence", "shop", *TWO_HOURS)
    assert [each["silenced_until"] for each in shelf.told("incidents", "--json")] == [None]
    shelf.tell("silence", "film/main-ci-red", "--for", "1h", "--reason", "DNS")
    (each,) = shelf.told("incidents", "--json")
    assert each["silenced_until"] is not None


def test_every_command_tells_what_is_silent_and_until_when(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """From the command to the plan, and back to whoever asks why there is no issue."""
    desk.web.deploy("FAILED", log="error: boom")
    assert run(["silence", "shop/staging-deploy-failed", *TWO_HOURS]) == Exit.DONE
    machine = bootstrap.Machine(pace=timedelta(0))
    bootstrap.run_once(bootstrap.load(None, log_format="json"), machine=machine)
    capsys.readouterr()

    told = {}
    for command in (["status"], ["incidents"], ["incidents", "--json"]):
        assert run(command) == Exit.DONE
        told[" ".join(command)] = capsys.readouterr().out

    (known,) = json.loads(told["incidents --json"])
    run(["why", known["fingerprint"]])
    told["why"] = capsys.readouterr().out
    assert "Silenced: shop/staging-deploy-failed until " in told["status"]
    assert "Waits: Staging deploy failed: web (shop): silenced until " in told["status"]
    assert "Silenced: shop/staging-deploy-failed until " in told["incidents"]
    assert "  maintenance  silenced until " in told["why"]
    assert known["silenced_until"] is not None
    assert Kind.STAGING_DEPLOY_FAILED == known["kind"]
    assert desk.repo.open_titles == []
