"""`credentials-audit` as a person and a script see it: what was found, what was not, exit codes."""

import json
from datetime import timedelta

import pytest

from desk import Desk
from pipeline_health.cli.exits import Exit
from pipeline_health.cli.main import run
from pipeline_health.simulator.railway_world import RailwayService

SECRET = "planted-value-of-both"


@pytest.fixture
def live(desk: Desk) -> RailwayService:
    """Give the desk's product a production that shares nothing, and a `.gitignore`."""
    desk.repo.push("second", files={".gitignore": ".env.local\n"})
    railway = desk.world.railway("shop")
    live = railway.environment("production").service("web", desk.repo)
    live.deploy("SUCCESS")
    live.variables["OWN_KEY"] = "planted-value-of-production"
    desk.web.variables["OWN_KEY"] = "planted-value-of-staging"
    return live


def share(desk: Desk, live: RailwayService, name: str = "STRIPE_KEY") -> None:
    """Set one secret in both environments."""
    desk.web.variables[name] = live.variables[name] = SECRET


def test_nothing_found(
    desk: Desk, live: RailwayService, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 0, and how much was compared; nothing is written anywhere, not even a ledger."""
    assert run(["credentials-audit"]) == Exit.DONE
    out = capsys.readouterr().out
    assert out == "shop: nothing was found (1 secret compared, none shared)\n"
    assert (desk.ledger.exists(), desk.repo.issues) == (False, {})
    assert desk.world.writes("github") == []


def test_a_shared_secret_is_told_by_its_places(
    desk: Desk, live: RailwayService, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1, and what to do; what cannot be verified is told beside it."""
    share(desk, live)
    live.variables["SEALED_KEY"] = None

    assert run(["credentials-audit", "shop"]) == Exit.FOUND

    shared, doubtful, advice = capsys.readouterr().out.splitlines()
    places = "web STRIPE_KEY in staging; web STRIPE_KEY in production"
    assert shared == f"shop: shared: STRIPE_KEY (the same secret): {places}"
    assert doubtful == "shop: not verifiable: SEALED_KEY is sealed in production"
    assert advice.startswith("shop: To do: make a second one at its provider")


def test_what_cannot_be_verified_is_nothing_found(desk: Desk, live: RailwayService) -> None:
    """Unless the operator wants to be told: strictly, or of what is required."""
    live.variables["SEALED_KEY"] = None
    assert run(["credentials-audit"]) == Exit.DONE
    text = desk.configuration.read_text()
    desk.configuration.write_text(f"{text}\n[projects.audit]\nstrict = true\n")
    assert run(["credentials-audit"]) == Exit.FOUND


def test_a_required_secret_that_is_missing_is_found(
    desk: Desk, live: RailwayService, capsys: pytest.CaptureFixture[str]
) -> None:
    """It must be in both, and differ."""
    desk.web.variables["STRIPE_KEY"] = SECRET
    text = desk.configuration.read_text()
    desk.configuration.write_text(f'{text}\nrequired_secrets = ["STRIPE_KEY", "OTHER_KEY"]\n')
    desk.web.variables["OTHER_KEY"] = None
    live.variables["OTHER_KEY"] = "planted-other-value"

    assert run(["credentials-audit"]) == Exit.FOUND

    missing, doubtful, advice = capsys.readouterr().out.splitlines()
    assert advice.startswith("shop: To do: set what is missing in Railway, and set what is sealed")
    why = "is not set in production; it is in required_secrets"
    assert missing == f"shop: missing: STRIPE_KEY {why}"
    why = "is sealed in staging, which keeps the promotion check from passing"
    assert doubtful == f"shop: not verifiable: OTHER_KEY {why}"


def test_committed_files_and_a_missing_line(
    desk: Desk, live: RailwayService, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each is found by itself."""
    desk.repo.push("third", files={"api/.env": "", ".gitignore": "node_modules\n"})

    assert run(["credentials-audit"]) == Exit.FOUND

    out = capsys.readouterr().out
    assert "shop: committed: api/.env\n" in out
    assert "replace every secret in it at its provider first" in out
    assert "shop: not ignored: .gitignore does not keep .env.local out" in out


def test_a_part_of_a_tree_may_hide_more(
    desk: Desk, live: RailwayService, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said, and what was found counts."""
    desk.repo.push("third", files={".env": ""})
    desk.world.tree_limit = 1
    assert run(["credentials-audit"]) == Exit.FOUND
    assert "partial: GitHub lists only a part" in capsys.readouterr().out


def test_an_unknown_project_is_told_before_anything_is_asked(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 2."""
    assert run(["credentials-audit", "nowhere"]) == Exit.WRONG
    assert "no project nowhere is configured; there are: shop" in capsys.readouterr().err
    assert desk.world.requests == []


def test_what_could_not_be_read_is_exit_three(
    desk: Desk, live: RailwayService, capsys: pytest.CaptureFixture[str]
) -> None:
    """When nothing was found; what was found counts more."""
    desk.world.faults.add(
        host="railway", mode="status", status=502, match="query Variables", times=99
    )
    assert run(["credentials-audit"]) == Exit.BLIND
    out = capsys.readouterr().out
    assert "shop: blind: variables: could not read the variables" in out
    assert "shop: could not tell: not all could be read; nothing was found in the" in out
    desk.repo.push("third", files={".env": ""})
    assert run(["credentials-audit"]) == Exit.FOUND


def test_a_refused_token_is_the_reason_why_no_file_was_looked_at(
    desk: Desk, live: RailwayService, capsys: pytest.CaptureFixture[str]
) -> None:
    """«The newest commit is not known» would send nobody to the token."""
    desk.world.faults.add(host="github", mode="status", status=401, times=99)
    assert run(["credentials-audit"]) == Exit.BLIND
    assert "shop: blind: files: GitHub refused the token" in capsys.readouterr().out


def test_a_service_that_is_not_shown_is_exit_three(desk: Desk, live: RailwayService) -> None:
    """Nobody can tell what is in it."""
    live.secretive = True
    assert run(["credentials-audit"]) == Exit.BLIND


def test_without_production_only_files_are_audited(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """That is said, and is no failure."""
    desk.repo.push("second", files={".gitignore": ".env.local\n"})
    desk.world.advance(timedelta(minutes=1))
    assert run(["credentials-audit"]) == Exit.DONE
    out = capsys.readouterr().out
    assert "shop: not configured: variables: " in out
    assert "shop: nothing was found, but no variables were compared\n" in out


def test_json_is_one_object(
    desk: Desk, live: RailwayService, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scripts rely on these names."""
    share(desk, live)
    live.variables["SEALED_KEY"] = None
    assert run(["credentials-audit", "--json"]) == Exit.FOUND
    (project,) = json.loads(capsys.readouterr().out)["projects"]
    del project["at"]
    assert project == {
        "name": "shop",
        "repo": "acme/shop",
        "found": True,
        "shared": [
            {
                "subject": "STRIPE_KEY",
                "by": "value",
                "staging": ["web STRIPE_KEY"],
                "production": ["web STRIPE_KEY"],
            }
        ],
        "missing": [],
        "unverifiable": [{"name": "SEALED_KEY", "why": "is sealed in production"}],
        "clean": ["OWN_KEY"],
        "committed": [],
        "ignores_local": True,
        "blind": [],
        "not_configured": [],
    }


def test_json_says_what_was_not_seen(
    desk: Desk, live: RailwayService, capsys: pytest.CaptureFixture[str]
) -> None:
    """Why a part is blind, or why it is not configured."""
    desk.configuration.write_text('[[projects]]\nname = "shop"\nrepo = "acme/shop"\n')
    desk.world.faults.add(host="github", mode="status", status=502, match="/git/trees/", times=9)
    assert run(["credentials-audit", "--json"]) == Exit.BLIND
    (project,) = json.loads(capsys.readouterr().out)["projects"]
    assert [line["source"] for line in project["blind"]] == ["files"]
    assert [line["source"] for line in project["not_configured"]] == ["variables"]
