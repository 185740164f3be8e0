"""What `doctor` says of the repositories: a row a way to be wrong, and some that are right."""

from collections.abc import Mapping
from dataclasses import replace

from checkup_facts import (
    ACCOUNT,
    APP,
    FACTS,
    LABELS,
    OPS,
    PROJECT,
    REPO,
    SHOP,
    UNREAD,
    Row,
    with_account,
    with_project,
    with_repo,
    with_routing,
)
from pipeline_health.core.model.checkup import Invisible, TokenKind, WorkflowFile
from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.policy import Limits, Policy

PRIVATE_OPS = Policy(projects=(PROJECT,), limits=Limits(ops_repo=OPS))
THREE = Policy(
    projects=tuple(replace(PROJECT, name=ProjectName(name)) for name in ("shop", "film", "bank"))
)

REPOSITORIES: Mapping[str, Row] = {
    "repository unread": (
        "repositories",
        replace(FACTS, repos={SHOP: UNREAD}),
        ("not checked", "projects[shop].repo", "no answer"),
    ),
    "repository not there": (
        "repositories",
        replace(FACTS, repos={SHOP: Invisible()}),
        ("fault", "projects[shop].repo", "acme/shop is not there", "correct repo"),
    ),
    "the second of two is not there": (
        "repositories",
        replace(
            FACTS,
            policy=Policy(projects=(PROJECT, replace(PROJECT, name=ProjectName("two"), repo=OPS))),
            repos={OPS: Invisible()},
        ),
        ("fault", "projects[two].repo", "acme/ops is not there", "correct repo"),
    ),
    "renamed": (
        "repositories",
        with_repo(name="acme/store"),
        ("advice", "projects[shop].repo", "is called acme/store now", 'set repo to "acme/store"'),
    ),
    "archived": (
        "repositories",
        with_repo(archived=True),
        ("fault", "projects[shop].repo", "is archived", "gh repo unarchive acme/shop"),
    ),
    "issues disabled": (
        "repositories",
        with_repo(issues_enabled=False),
        ("fault", "projects[shop].repo", "issues disabled", "--enable-issues"),
    ),
    "public ops_repo": (
        "repositories",
        replace(
            FACTS,
            policy=PRIVATE_OPS,
            repos={SHOP: REPO, OPS: replace(REPO, name="acme/ops", private=False)},
        ),
        ("fault", "limits.ops_repo", "is public, and would tell", "name a private repository"),
    ),
    "three projects without ops_repo": (
        "ops-repo",
        replace(FACTS, policy=THREE),
        (
            "advice",
            "limits.ops_repo",
            "what breaks all 3 projects at once",
            'set it to "owner/name"',
        ),
    ),
    "three projects with ops_repo": (
        "ops-repo",
        replace(FACTS, policy=replace(THREE, limits=Limits(ops_repo=OPS))),
        (),
    ),
    "two projects without ops_repo": (
        "ops-repo",
        replace(FACTS, policy=Policy(projects=THREE.projects[:2])),
        (),
    ),
    "a repository that nobody names": (
        "repositories",
        replace(FACTS, policy=None, repos={SHOP: Invisible()}),
        ("fault", "acme/shop", "is not there", "correct repo"),
    ),
    "branch not there": (
        "branches",
        with_project(branch="master"),
        (
            "fault",
            "projects[shop].branch",
            "no branch master; its default branch is main",
            '"main"',
        ),
    ),
    "no commit yet": (
        "branches",
        with_repo(branches=frozenset(), default_branch=None),
        (
            "fault",
            "projects[shop].branch",
            "has no branch to watch; it has no commit",
            "push a first commit",
        ),
    ),
    "branches without a policy": ("branches", replace(FACTS, policy=None), ()),
    "an App has no role": (
        "permissions",
        replace(
            with_repo(permission="READ"),
            account=replace(ACCOUNT, kind=TokenKind.APP, permissions=APP),
        ),
        (),
    ),
    "may only read": (
        "permissions",
        with_repo(permission="READ"),
        ("fault", "projects[shop].repo", "drop the labels", "role Triage or Write"),
    ),
    **{
        f"our role is {role}": ("permissions", with_repo(permission=role), ())
        for role in ("TRIAGE", "MAINTAIN", "ADMIN")
    },
    "no role is told": ("permissions", with_repo(permission=None), ()),
    "deployments denied": (
        "permissions",
        with_repo(denied=frozenset({"deployments"})),
        ("fault", "GITHUB_TOKEN", "lacks the permission deployments: read for acme/shop", "give"),
    ),
    "checks of a fine-grained token": (
        "permissions",
        replace(
            with_account(kind=TokenKind.FINE_GRAINED),
            repos={SHOP: replace(REPO, denied=frozenset({"checks"}))},
        ),
        (),
    ),
    "permissions in the dark": (
        "permissions",
        replace(FACTS, repos={SHOP: UNREAD}),
        (),
    ),
    "permissions of nobody": (
        "permissions",
        replace(with_repo(denied=frozenset({"deployments"})), account=None),
        (),
    ),
    "misspelt workflow": (
        "workflows",
        with_project(ci_workflows=("CII",), deploy_workflow=None),
        ("fault", "projects[shop].ci_workflows", 'no workflow "CII"', 'write "CI"'),
    ),
    "misspelt workflow that deploys": (
        "workflows",
        with_project(deploy_workflow="CII"),
        ("fault", "projects[shop].deploy_workflow", 'no workflow "CII"', "in deploy_workflow, wr"),
    ),
    "misspelt job of production": (
        "jobs",
        with_project(
            with_repo(jobs=frozenset({"Ship / call (eu)"})), staging_job=None, production_job="Shpi"
        ),
        ("fault", "projects[shop].production_job", 'called "Shpi"', 'production_job, write "Ship"'),
    ),
    "private ops_repo": (
        "repositories",
        replace(FACTS, policy=PRIVATE_OPS, repos={SHOP: REPO, OPS: replace(REPO, name="acme/ops")}),
        (),
    ),
    "public ops_repo of public ones": (
        "repositories",
        replace(
            FACTS,
            policy=PRIVATE_OPS,
            repos={
                SHOP: replace(REPO, private=False),
                OPS: replace(REPO, name="acme/ops", private=False),
            },
        ),
        (),
    ),
    "a label of our own that is made when missing": (
        "labels",
        with_repo(labels=tuple(set(LABELS) - {"archon:queued"})),
        (),
    ),
    "disabled workflow": (
        "workflows",
        with_project(
            with_repo(workflows=(WorkflowFile(id=1, name="CI", state="disabled_manually"),)),
            deploy_workflow=None,
        ),
        (
            "fault",
            "projects[shop].ci_workflows",
            "does not run: disabled_manually",
            "gh workflow enable CI --repo acme/shop",
        ),
    ),
    "workflows unread": (
        "workflows",
        with_repo(workflows=UNREAD),
        ("not checked", "projects[shop]", "could not be listed: no answer"),
    ),
    "workflows not asked": ("workflows", with_repo(workflows=None), ()),
    "workflows in the dark": ("workflows", replace(FACTS, repos={SHOP: UNREAD}), ()),
    "misspelt job": (
        "jobs",
        with_project(staging_job="Deplyo"),
        ("fault", "projects[shop].staging_job", 'called "Deplyo"', 'write "Deploy"'),
    ),
    "jobs unread": (
        "jobs",
        with_repo(jobs=UNREAD),
        ("not checked", "projects[shop].staging_job", "no answer"),
    ),
    "jobs not asked": ("jobs", with_repo(jobs=None), ()),
    "unknown label": (
        "labels",
        with_routing(agent_over=("archon:doen",)),
        (
            "fault",
            "routing.agent_over",
            '"archon:doen" is no label of acme/shop',
            'set it to "archon:done", or: gh label create archon:doen --repo acme/shop',
        ),
    ),
    "a label like no other": (
        "labels",
        with_routing(agent_over=("zzz",)),
        ("fault", "routing.agent_over", '"zzz" is no label', "gh label create"),
    ),
    "default labels": (
        "labels",
        with_repo(labels=tuple(set(LABELS) - {"wontfix"})),
        ("advice", "routing", "has the labels wontfix", "nothing, where nobody sets them"),
    ),
    "labels unread": (
        "labels",
        with_repo(labels=UNREAD),
        ("not checked", "projects[shop].repo", "the labels of acme/shop could not be listed"),
    ),
    "labels without a policy": ("labels", replace(FACTS, policy=None), ()),
    "labels in the dark": ("labels", replace(FACTS, repos={SHOP: Invisible()}), ()),
    "misspelt environment of GitHub": (
        "github-environments",
        with_project(github_environment="shop / stagign"),
        (
            "fault",
            "projects[shop].github_environment",
            "nothing was deployed",
            'write "shop / stag',
        ),
    ),
    "unused environment of GitHub": (
        "github-environments",
        with_project(github_environment="zzz"),
        ("advice", "projects[shop].github_environment", "there were: shop / staging", "record"),
    ),
    "no deployment at all": (
        "github-environments",
        with_repo(environments=frozenset()),
        ("advice", "projects[shop].github_environment", "no deployment at all", "record"),
    ),
    "deployments unread": (
        "github-environments",
        with_repo(environments=UNREAD),
        ("not checked", "projects[shop].github_environment", "no answer"),
    ),
    "no environment of GitHub": (
        "github-environments",
        with_project(github_environment=None),
        (),
    ),
}
