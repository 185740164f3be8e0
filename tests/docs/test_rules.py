"""The table of rules in docs/rules.md is the table in the code."""

import re
from dataclasses import replace
from pathlib import Path

from builders import (
    NOW,
    PARENT,
    REPO,
    a_branch,
    a_branch_run,
    a_deployment,
    a_job,
    a_policy,
    a_record,
    a_run,
    a_service,
    a_sight,
    a_status,
    a_suite,
    a_view,
    ago,
    an_environment,
    blind,
    checks,
    github,
    seen,
    sha,
)
from pipeline_health.core.deploy_runs import deploy_runs, trace_of
from pipeline_health.core.model.audit import Audit, Committed, Compared, SharedBy, Sharing
from pipeline_health.core.model.findings import Finding, Scope
from pipeline_health.core.model.questions import Answers, JobsOf, RunsOf
from pipeline_health.core.model.railway import RailwayStatus
from pipeline_health.core.model.readings import (
    Blind,
    BlindCause,
    CheckConclusion,
    DeploymentState,
    StatusState,
)
from pipeline_health.core.model.sight import Refusal, Sight, Source, Spell
from pipeline_health.core.model.urls import Place
from pipeline_health.core.rules import ALL, Rule

RULES = Path(__file__).parents[2] / "docs" / "rules.md"
RED = CheckConclusion.FAILURE
REFUSED = Blind(at=NOW, why="refused", cause=BlindCause.REFUSED, token="RAILWAY_TOKEN")

IN_PRODUCTION = a_view(
    policy=replace(a_policy(deploy_workflow="Deploy"), production_job="Live"),
    read=github(at_head=checks(a_suite(RED, run=a_run(2, workflow="Deploy")))),
)

HANGING = a_view(
    policy=a_policy(deploy_workflow="Deploy"),
    read=github(
        at_head=checks(a_suite(None, run=a_run(2, workflow="Deploy"), updated_at=ago(hours=1)))
    ),
)

# Each rule finds something in one of these, and what it finds has the kind that its row names.
EVERYTHING_BROKEN = (
    a_view(
        policy=a_policy(deploy_workflow="Deploy"),
        read=github(
            at_head=checks(a_suite(RED), a_suite(RED, run=a_run(2, workflow="Deploy"))),
            records=[a_record(DeploymentState.FAILURE, commit=sha(7))],
        ),
        staging=an_environment(a_service(a_deployment(RailwayStatus.FAILED))),
    ),
    a_view(
        policy=a_policy(ci_workflows=("CI", "Lint")),
        read=github(
            branch=a_branch(committed_at=ago(hours=9)),
            at_head=checks(
                a_suite(None, updated_at=ago(hours=4)),
                a_suite(RED, run=a_run(4, workflow="Nightly", event="schedule")),
                statuses=[
                    replace(
                        a_status(StatusState.FAILURE, context="pipeline-health/promotion"),
                        description="smoke: /healthz answered 503",
                    )
                ],
            ),
        ),
        staging=an_environment(a_service(a_deployment(RailwayStatus.NEEDS_APPROVAL))),
        answers=Answers(
            runs={
                RunsOf(repo=REPO, branch="main", event="schedule"): seen(
                    (a_branch_run(RED, number=3, workflow="Nightly"),)
                )
            }
        ),
    ),
    a_view(
        staging=an_environment(
            replace(a_service(a_deployment(commit=PARENT)), repo=REPO),
        )
    ),
    replace(
        a_view(staging=blind()),
        sight=Sight(dark={Source.RAILWAY: Spell(first=replace(blind(), at=ago(hours=1)), looks=9)}),
    ),
    replace(
        a_view(staging=REFUSED),
        sight=Sight(
            refusals={
                Source.RAILWAY: Refusal(
                    token=REFUSED.token,
                    scope=Scope(f"token:{REFUSED.token}"),
                    spell=Spell(first=replace(REFUSED, at=ago(hours=1))),
                )
            }
        ),
    ),
    replace(
        a_view(
            policy=replace(
                a_policy(), staging_url="https://shop.example", production_url="https://shop.live"
            )
        ),
        urls={place: seen(a_sight(ago(minutes=10), ago(minutes=5), ago())) for place in Place},
    ),
    replace(
        a_view(
            read=replace(
                github(),
                production=seen((a_record(DeploymentState.FAILURE, commit=sha(7)),)),
            )
        ),
        production=seen(an_environment(a_service(a_deployment(RailwayStatus.FAILED)))),
    ),
    replace(
        HANGING,
        answers=Answers(
            jobs={JobsOf(trace_of(HANGING, each)): seen(()) for each in deploy_runs(HANGING)}
        ),
    ),
    replace(
        IN_PRODUCTION,
        answers=Answers(
            jobs={
                JobsOf(trace_of(IN_PRODUCTION, each)): seen((a_job("Live", RED),))
                for each in deploy_runs(IN_PRODUCTION)
            }
        ),
    ),
    replace(
        a_view(),
        audit=seen(
            Audit(
                at=NOW,
                variables=seen(
                    Compared(
                        sharings=(
                            Sharing(
                                subject="KEY",
                                by=SharedBy.VALUE,
                                staging=("web KEY",),
                                production=("web KEY",),
                            ),
                        )
                    )
                ),
                files=seen(Committed(paths=(".env",))),
            )
        ),
    ),
    replace(
        a_view(staging=an_environment(a_service(a_deployment(changed_at=ago(hours=3))))),
        production=seen(an_environment(a_service(a_deployment(commit=PARENT)))),
    ),
)


def name_of(rule: Rule) -> str:
    """Give the name of *rule* as the table writes it."""
    return f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}"


def kinds_found(rule: Rule) -> str:
    """Give the kinds of what *rule* finds where everything is broken."""
    found = (word for view in EVERYTHING_BROKEN for word in rule(view) if isinstance(word, Finding))
    return ", ".join(sorted({word.symptom.kind for word in found}))


def test_every_rule_has_a_row_with_its_kind() -> None:
    """Each rule is documented once, in order, with the kind of incident that it opens."""
    rows = re.findall(
        r"^\| `([a-z_]+\.[a-z_]+)` \| `([a-z-]+)` \|", RULES.read_text(), re.MULTILINE
    )
    assert [(name_of(rule), kinds_found(rule)) for rule in ALL] == rows
