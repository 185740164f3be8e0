import hashlib
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline_health.core.model.policy import EvidenceMode, Limits, ProjectPolicy, Routing
from pipeline_health.settings import Configuration, Settings, policy_of
from pipeline_health.settings.configuration import (
    GateTable,
    HeaderCheck,
    JsonCheck,
    SmokeCheck,
    VersionCheck,
)
from tables import configuration_from, keys_of, tables_in

EVERYTHING = """
poll_interval = "5m"
sla = "30m"

[[projects]]
name = "reli"
repo = "alexsiri7/reli"
branch = "release/next"
railway_project = "5f3c"
staging_environment = "stage"
production_environment = "prod"
services = ["web"]
staging_url = "https://reli-staging.example/"
production_url = "https://reli.example"
health_path = "/healthz"
evidence = "first-error"
github_environment = "reli / staging"
ci_workflows = ["CI"]
deploy_workflow = "Staging → Production Pipeline"
staging_job = "Deploy to staging"
production_job = "Deploy to production"
required_secrets = ["STRIPE_KEY"]

  [projects.gate]
  smoke = [
    { path = "/healthz", status = [200, 204], contains = '"status":"ok"', within = "2s" },
    { path = "/api", json = { key = "db.ok", value = true }, header = { name = "ETag" } },
  ]
  version = { path = "/version", json = "commit" }
  e2e = ["npm", "run", "test:smoke"]
  e2e_env = ["E2E_USER"]
  waive = ["railway"]
  timeout = "90s"
  max_age = "1m"

  [projects.audit]
  interval = "12h"
  strict = true
  shared_ok = ["LOG_LEVEL_KEY"]
  supabase = { staging = ["abc"], production = ["def"] }

[routing]
base = ["watch"]
agent = ["bug"]
human = ["people"]
agent_states = ["queued"]
agent_over = ["done"]
hands_off = ["wontfix"]
agent_logins = ["Archon[bot]"]
comment = "@archon fix #{number}"
identity = "Health[bot]"
signature = "filed by us"

[limits]
issues_per_cycle = 1
issues_per_hour = 2
attempts = 4
agent_deadline = "1h"
reopen_within = "2d"
cycle_deadline = "2m"
ops_repo = "acme/ops"
retention = "40d"

[remedies]
rerun = true

[notify]
remind = "2h"

[page]
listen = "off"
"""


def test_the_shortest_configuration_has_the_documented_defaults(
    loads: Callable[..., Settings],
) -> None:
    """A name and a repository are enough; everything else is as the core has it by default."""
    policy = loads().policy

    assert (ProjectPolicy(name="shop", repo="acme/shop"),) == policy.projects  # type: ignore[arg-type]
    assert Routing() == policy.routing
    assert Limits() == policy.limits
    assert (timedelta(minutes=30), timedelta(minutes=5)) == (policy.sla, policy.poll_interval)


def test_every_documented_key_is_understood(loads: Callable[..., Settings]) -> None:
    """What the policy needs of a full configuration arrives in it, in the core's types."""
    policy = loads(
        EVERYTHING, GITHUB_TOKEN="planted-github", RAILWAY_TOKEN="planted-railway"
    ).policy

    project = policy.projects[0]
    assert ("release/next", "5f3c", "stage") == (
        project.branch,
        project.railway_project,
        project.staging_environment,
    )
    assert (("web",), ("CI",), "reli / staging", EvidenceMode.FIRST_ERROR) == (
        project.services,
        project.ci_workflows,
        project.github_environment,
        project.evidence,
    )
    assert (
        "prod",
        "https://reli-staging.example",
        "https://reli.example",
        "/healthz",
    ) == (
        project.production_environment,
        project.staging_url,
        project.production_url,
        project.health_path,
    )
    assert (
        "Staging → Production Pipeline",
        "Deploy to staging",
        "Deploy to production",
    ) == (project.deploy_workflow, project.staging_job, project.production_job)
    assert (
        Routing(
            base=("watch",),
            agent=("bug",),
            human=("people",),
            agent_states=("queued",),
            agent_over=("done",),
            hands_off=("wontfix",),
            agent_logins=("archon",),  # type: ignore[arg-type]
            comment="@archon fix #{number}",
            identity="health",  # type: ignore[arg-type]
            signature="filed by us",
        )
        == policy.routing
    )
    assert (
        Limits(
            issues_per_cycle=1,
            issues_per_hour=2,
            attempts=4,
            agent_deadline=timedelta(hours=1),
            reopen_within=timedelta(days=2),
            cycle_deadline=timedelta(minutes=2),
            ops_repo="acme/ops",  # type: ignore[arg-type]
            retention=timedelta(days=40),
        )
        == policy.limits
    )


def test_what_no_command_reads_yet_is_kept_with_its_types(loads: Callable[..., Settings]) -> None:
    """The gate, the audit, the URLs and the remedies are reachable as they were written."""
    settings = loads(EVERYTHING, GITHUB_TOKEN="planted-github", RAILWAY_TOKEN="planted-railway")

    project = settings.configuration.projects[0]
    assert ("https://reli-staging.example", "https://reli.example") == (
        project.staging_url,
        project.production_url,
    )
    assert (
        GateTable(
            smoke=(
                SmokeCheck(
                    path="/healthz",
                    status=(200, 204),
                    contains='"status":"ok"',
                    within=timedelta(seconds=2),
                ),
                SmokeCheck(
                    path="/api",
                    json_value=JsonCheck(key="db.ok", value=True),
                    header=HeaderCheck(name="ETag"),
                ),
            ),
            version=VersionCheck(path="/version", json_key="commit"),
            e2e=("npm", "run", "test:smoke"),
            e2e_env=("E2E_USER",),
            waive=("railway",),
            timeout=timedelta(seconds=90),
            max_age=timedelta(minutes=1),
        )
        == project.gate
    )
    assert (timedelta(hours=12), True) == (project.audit.interval, project.audit.strict)
    assert (True, timedelta(hours=2)) == (
        settings.policy.rerun,
        settings.configuration.notify.remind,
    )


def test_the_example_above_leaves_no_key_out() -> None:
    """Every key of every table is in the full example, so that none goes untested."""
    missing = {
        key
        for key in _keys(Configuration)
        if f"{key} =" not in EVERYTHING and f"{key}]" not in EVERYTHING
    }

    assert {"e2e_check"} == missing  # it excludes e2e


def _keys(table: type) -> set[str]:
    keys = keys_of(table)
    inner = [_keys(each) for key in keys.values() for each in tables_in(key.hint)]
    return ({*keys} - {"projects"}).union(*inner)


def test_the_policy_is_a_function_of_the_configuration() -> None:
    """A configuration that was made without a file gives the same policy."""
    configuration = configuration_from({"projects": [{"name": "shop", "repo": "acme/shop"}]})

    assert "shop" == policy_of(configuration).projects[0].name


def test_an_empty_operations_repository_or_identity_is_none(loads: Callable[..., Settings]) -> None:
    """The documented defaults `""` may be written down."""
    policy = loads(
        '[[projects]]\nname = "shop"\nrepo = "acme/shop"\n'
        '[routing]\nidentity = ""\nsignature = ""\n[limits]\nops_repo = ""\n'
    ).policy

    assert (None, "", None) == (
        policy.routing.identity,
        policy.routing.signature,
        policy.limits.ops_repo,
    )


def test_the_hash_is_of_the_bytes(loads: Callable[..., Settings], toml: Path) -> None:
    """A verdict can name the very configuration that it rests on."""
    settings = loads()

    assert hashlib.sha256(toml.read_bytes()).hexdigest() == settings.config_hash
    assert toml == settings.config_path


def test_a_byte_order_mark_is_no_error(loads: Callable[..., Settings], toml: Path) -> None:
    """An editor that writes one does not stop the agent."""
    toml.write_bytes(b"\xef\xbb\xbf" + toml.read_bytes())

    assert "shop" == loads().policy.projects[0].name


def test_settings_do_not_show_a_secret(loads: Callable[..., Settings]) -> None:
    """Printing the settings prints no token."""
    assert "planted" not in repr(loads())


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"])
def test_plain_http_is_for_this_machine(loads: Callable[..., Settings], url: str) -> None:
    """A pretend API on loopback needs no certificate."""
    assert url == loads(GITHUB_TOKEN="planted-github", GITHUB_API_URL=url + "/").github_api
