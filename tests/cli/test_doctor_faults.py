"""Fifteen faults planted over several projects, and more: one run of `doctor` finds each."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from clinic import Clinic
from desk import Desk
from pipeline_health.core.model.examination import Ailing, Level, Line

FINE_GRAINED = "github_pat_planted_for_this_test"
OF_GITHUB = "ghp_planted_for_this_test"
CONFIGURATION = """\
[routing]
agent_states = ["archon:queued", "archon:bussy"]

[limits]
issues_per_cycel = 3

[[projects]]
name = "shop"
repo = "acme/shop"
railway_project = "{shop}"
services = ["wbe"]
ci_workflows = ["CII"]
staging_url = "https://shop-old.up.railway.app"

[[projects]]
name = "cart"
repo = "acme/cart"
railway_project = "{cart}"
staging_environment = "stageing"

[[projects]]
name = "kiosk"
repo = "acme/quiet"
railway_project = "{kiosk}"

[[projects]]
name = "till"
repo = "acme/old"
railway_project = "{till}"
"""
FAULTS = {
    "wrong token kind": (
        "railway-tokens",
        "RAILWAY_TOKEN_KIOSK",
        "wrong kind: is a token of GitHub, not of Railway",
        "make one in Railway",
    ),
    "missing scope": (
        "permissions",
        "GITHUB_TOKEN",
        "lacks the permission deployments: read",
        "give the token deployments: read",
    ),
    "fine-grained token": (
        "github-token",
        "GITHUB_TOKEN",
        "is a fine-grained token, and GitHub has no Checks permission",
        "use a GitHub App that may read checks, or a classic token",
    ),
    "misspelt environment": (
        "environments",
        "projects[cart].staging_environment",
        'has no environment "stageing"',
        'in staging_environment, write "staging"',
    ),
    "misspelt service": (
        "services",
        "projects[shop].services",
        'staging has no service "wbe"',
        'in services, write "web"',
    ),
    "misspelt workflow": (
        "workflows",
        "projects[shop].ci_workflows",
        'acme/shop has no workflow "CII"',
        'in ci_workflows, write "CI"',
    ),
    "archived repository": (
        "repositories",
        "projects[till].repo",
        "acme/old is archived",
        "gh repo unarchive acme/old",
    ),
    "issues disabled": (
        "repositories",
        "projects[kiosk].repo",
        "acme/quiet has its issues disabled",
        "gh repo edit acme/quiet --enable-issues",
    ),
    "URL of another host": (
        "urls",
        "projects[shop].staging_url",
        "shop-old.up.railway.app is the host of no service of staging",
        "set https://shop-staging.up.railway.app",
    ),
    "clock skew": ("clock", "clock", "s behind GitHub", "timedatectl set-ntp true"),
    "loose permissions": (
        "files",
        "secrets.env",
        "others may read the secrets (mode 0644)",
        "chmod 600 ",
    ),
    "stale unit": (
        "units",
        "pipeline-health.service",
        "stale: pipeline-health.service is not the one that version",
        "deploy/install.sh --user",
    ),
    "duplicate crontab": (
        "crontab",
        "crontab",
        "line 3 starts pipeline-health, and so does pipeline-health.timer",
        "crontab -e, and take line 3 out",
    ),
    "silent project token": (
        "railway-scopes",
        "RAILWAY_TOKEN_TILL",
        'belongs to preview of Railway project till, but staging_environment of till is "staging"',
        "make a project token in staging of that project and put it into RAILWAY_TOKEN_TILL",
    ),
    "unknown label state": (
        "labels",
        "routing.agent_states",
        '"archon:bussy" is no label of acme/cart, acme/old, acme/quiet, acme/shop',
        'set it to "archon:busy"',
    ),
    "a configuration that is wrong by itself": (
        "configuration",
        "limits.issues_per_cycel",
        "no such key; did you mean issues_per_cycle?",
        "mend that",
    ),
}


@pytest.fixture
def clinic(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """Give a desk at which everything is wrong that FAULTS names."""
    world = desk.world
    projects = {}
    for name, repo in (("cart", "cart"), ("kiosk", "quiet"), ("till", "old")):
        world.repo(f"acme/{repo}").push("first")
        projects[name] = world.railway(name)
        projects[name].environment("staging").service("web", world.repo(f"acme/{repo}"))
    desk.web.domains.append("shop-staging.up.railway.app")
    desk.repo.make_label("archon:busy")
    world.repo("acme/old").archived = True
    world.repo("acme/quiet").has_issues = False
    world.github_tokens[FINE_GRAINED] = "health-bot"
    world.no_checks.add("health-bot")
    world.withheld["health-bot"] = {"deployments"}
    preview = projects["till"].environment("preview")
    world.railway_tokens["rw-of-preview"] = f"project:{projects['till'].id}:{preview.id}"
    world.clock_skew = timedelta(seconds=90)
    clinic = Clinic(desk, monkeypatch)
    ids = {name: project.id for name, project in projects.items()}
    desk.configuration.write_text(CONFIGURATION.format(shop=world.railway("shop").id, **ids))
    clinic.secrets(
        GITHUB_TOKEN=FINE_GRAINED,
        RAILWAY_TOKEN="rw-good-token",
        RAILWAY_TOKEN_KIOSK=OF_GITHUB,
        RAILWAY_TOKEN_TILL="rw-of-preview",
    )
    clinic.secrets_file.chmod(0o644)
    clinic.ship("pipeline-health.timer", "[Timer]\n")
    clinic.ship("pipeline-health.service", "[Service]\nExecStart=/new\n")
    clinic.install("pipeline-health.timer", "[Timer]\n")
    clinic.install("pipeline-health.service", "[Service]\nExecStart=/old\n")
    clinic.systemctl({"pipeline-health.timer": "active", "pipeline-health.service": "inactive"})
    clinic.crontab(
        "MAILTO=me\n# */5 pipeline-health run-once\n*/5 * * * * pipeline-health run-once\n"
    )
    return clinic


def findings(lines: Sequence[Line]) -> list[tuple[str, Ailing]]:
    """Give what is to be mended, with the check that says so."""
    return [(line.check, line.told) for line in lines if isinstance(line.told, Ailing)]


def test_one_run_finds_every_planted_fault_with_its_remedy(clinic: Clinic) -> None:
    """Each says where, what, and how to mend it; all but the kind of the token are faults."""
    found = findings(clinic.examined().lines)

    for fault, (check, where, says, mend) in FAULTS.items():
        matching = [
            told
            for by, told in found
            if (by, says in told.says, mend in told.mend) == (check, True, True)
            and where in told.where
        ]
        assert len(matching) == 1, (fault, [told for by, told in found if by == check])
        is_advice = fault == "fine-grained token"
        assert matching[0].level is (Level.ADVICE if is_advice else Level.FAULT), fault


def test_nothing_is_written_no_secret_is_told_and_few_requests_are_made(clinic: Clinic) -> None:
    """Whatever is wrong, it is looked at from outside only."""
    before = clinic.state()
    text = str(clinic.examined())

    assert clinic.state() == before
    assert [secret for secret in (FINE_GRAINED, OF_GITHUB, "rw-") if secret in text] == []
    documents = [one for one in clinic.world.requests if one.document and one.host == "github"]
    assert len(documents) == 1
    assert len(clinic.world.requests) < 20
    assert not Path(clinic.desk.ledger).exists()
