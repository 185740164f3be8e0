"""Facts of an installation at which nothing is wrong, and ways to change one thing of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from pipeline_health.core import checkup
from pipeline_health.core.model.checkup import (
    Account,
    Allowance,
    Channels,
    EnvironmentFacts,
    Facts,
    FileFacts,
    HostFacts,
    Kept,
    NamedEnvironment,
    Place,
    RailwayKind,
    RailwayToken,
    RepoFacts,
    ServiceFacts,
    TokenKind,
    TokenPlace,
    UnitFacts,
    Unread,
    WorkflowFile,
)
from pipeline_health.core.model.examination import Ailing, Sound
from pipeline_health.core.model.ids import ProjectName, RepoName
from pipeline_health.core.model.policy import Policy, ProjectPolicy, Routing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Row: TypeAlias = tuple[str, Facts, tuple[str, ...]]
"""A check, what it looks at, and what it says: level, place, words of what is wrong, of the remedy.

What could not be looked at has no remedy; of what is right nothing is said.
"""

SHOP, OPS = RepoName("acme/shop"), RepoName("acme/ops")
STAGING, PRODUCTION = "staging_environment", "production_environment"
UNREAD = Unread("no answer")
ACCOUNT = Account(
    variable="GITHUB_TOKEN", kind=TokenKind.CLASSIC, login="Bot", scopes=frozenset({"repo"})
)
LABELS = tuple(sorted({*Routing().agent_states, *Routing().agent_over, *Routing().hands_off}))
REPO = RepoFacts(
    name="acme/shop",
    private=True,
    archived=False,
    issues_enabled=True,
    permission="WRITE",
    branches=frozenset({None}),
    default_branch="main",
    labels=LABELS,
    environments=frozenset({"shop / staging"}),
    workflows=(WorkflowFile(id=1, name="CI", state="active"),),
    jobs=frozenset({"Deploy (web)"}),
)
PROJECT = ProjectPolicy(
    name=ProjectName("shop"),
    repo=SHOP,
    railway_project="p1",
    staging_url="https://web-staging.up.railway.app",
    services=("web",),
    ci_workflows=("CI",),
    deploy_workflow="CI",
    staging_job="Deploy",
    github_environment="shop / staging",
)
INSIDE = EnvironmentFacts(
    id="e1",
    name="staging",
    services=(
        ServiceFacts(name="web", repo=SHOP, domains=frozenset({"web-staging.up.railway.app"})),
    ),
)
LIVE = EnvironmentFacts(
    id="e2",
    name="production",
    services=(ServiceFacts(name="web", repo=SHOP, domains=frozenset({"shop.example"})),),
)
THERE = (
    NamedEnvironment(id="e1", name="staging"),
    NamedEnvironment(id="e2", name="production"),
)
STAGED = Place(
    project=PROJECT.name,
    key=STAGING,
    variable="RAILWAY_TOKEN",
    environments=THERE,
    inside=INSIDE,
)
LIVED = replace(STAGED, key=PRODUCTION, inside=LIVE)
OWN = TokenPlace(project_id="p1", project="Shop", environment_id="e1", environment="staging")
WIDE = RailwayToken(variable="RAILWAY_TOKEN", kind=RailwayKind.WORKSPACE)
SCOPED = RailwayToken(variable="RAILWAY_TOKEN", kind=RailwayKind.PROJECT, place=OWN)
TIMER = UnitFacts(
    name="pipeline-health.timer",
    scope="user",
    path="/u/pipeline-health.timer",
    text="[Timer]",
    shipped="[Timer]",
    active=True,
)
SERVICE = replace(
    TIMER,
    name="pipeline-health.service",
    path="/u/pipeline-health.service",
    active=False,
    started="/venv/bin/pipeline-health",
    version="1",
)
FILE = FileFacts(path="/s", what="secrets", mode=0o600)
LEFT = Allowance(of="GitHub REST", limit=5000, remaining=480, resets="13:00 UTC")
APP = dict(checkup.accounts.APP_NEEDS)
FACTS = Facts(
    now=NOON,
    version="1",
    config="/c.toml",
    policy=Policy(projects=(PROJECT,)),
    account=ACCOUNT,
    repos={SHOP: REPO},
    tokens=(SCOPED,),
    places=(STAGED, replace(LIVED, variable="RAILWAY_TOKEN_SHOP_PRODUCTION")),
    skew={"GitHub": timedelta(seconds=3)},
    host=HostFacts(files=(FILE,), units=(TIMER, SERVICE), lingers=True),
    channels=Channels(ntfy=True, healthcheck=True),
)


def with_account(**changes: Any) -> Facts:
    """Give FACTS with another account."""
    return replace(FACTS, account=replace(ACCOUNT, **changes))


def with_repo(**changes: Any) -> Facts:
    """Give FACTS with another repository."""
    return replace(FACTS, repos={SHOP: replace(REPO, **changes)})


def with_project(facts: Facts = FACTS, **changes: Any) -> Facts:
    """Give *facts* with another project."""
    return replace(facts, policy=Policy(projects=(replace(PROJECT, **changes),)))


def with_routing(**changes: Any) -> Facts:
    """Give FACTS with another routing."""
    return replace(FACTS, policy=Policy(projects=(PROJECT,), routing=Routing(**changes)))


def with_tokens(*tokens: RailwayToken, places: tuple[Place, ...] = (STAGED,)) -> Facts:
    """Give FACTS with other tokens of Railway."""
    return replace(FACTS, tokens=tokens, places=places)


def with_place(**changes: Any) -> Facts:
    """Give FACTS with staging seen by a wide token, otherwise."""
    return with_tokens(WIDE, places=(replace(STAGED, **changes),))


def with_host(**changes: Any) -> Facts:
    """Give FACTS on another host."""
    return replace(FACTS, host=replace(FACTS.host, **changes))


def with_units(*units: UnitFacts, **changes: Any) -> Facts:
    """Give FACTS on a host with these units."""
    return with_host(units=units, **changes)


def with_kept(kept: Kept | Unread) -> Facts:
    """Give FACTS with another ledger."""
    return replace(FACTS, kept=kept)


def require(row: Row) -> None:
    """Fail where a check says anything but what *row* expects: one thing, or nothing at all."""
    name, facts, expected = row
    check = next(one for one in checkup.ALL if one.name == name)
    told = list(check.look(facts))
    if not expected:
        assert told == []
        return
    (only,) = told
    assert not isinstance(only, Sound)  # a check does not praise itself
    if isinstance(only, Ailing):
        kind, said = str(only.level), (only.where, only.says, only.mend)
    else:
        kind, said = "not checked", (only.where, only.why, "")
    assert (kind, said[0]) == expected[:2]
    missing = [
        part for part, whole in zip(expected[2:], said[1:], strict=False) if part not in whole
    ]
    assert missing == [], said
