"""What counts as broken: one module a family, each rule a function of one project's view.

A newcomer adds a rule by writing a function, naming it in `ALL`, giving it a table test and a row
in `docs/rules.md`; a test compares the two lists.
"""

from collections.abc import Callable, Iterator

from pipeline_health.core.model.findings import Observation
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.rules import (
    ci,
    ci_runs,
    credentials,
    lagging,
    production,
    schedules,
    sight,
    staging,
    staging_missing,
    staging_records,
    staging_runs,
    staging_stuck,
    staging_tests,
    urls,
)

Rule = Callable[[ProjectView], Iterator[Observation]]

ALL: tuple[Rule, ...] = (
    ci.main_ci,
    staging.railway_deploys,
    staging_records.deploy_workflow,
    staging_records.deployment_records,
    staging_tests.staging_tests,
    ci_runs.main_ci_missing,
    ci_runs.main_ci_stuck,
    staging_stuck.stuck_deploys,
    staging_runs.stuck_runs,
    staging_missing.never_deployed,
    schedules.scheduled_workflows,
    sight.blind_sources,
    sight.refused_tokens,
    urls.staging_unreachable,
    urls.production_unreachable,
    production.production_services,
    production.production_job,
    production.production_records,
    lagging.production_lagging,
    credentials.shared_credentials,
    credentials.committed_files,
)
