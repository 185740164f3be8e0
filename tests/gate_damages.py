"""Every way in which a proof of the gate can be missing: each takes one away from a good commit."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from builders import (
    HEAD,
    PARENT,
    a_deployment,
    a_record,
    a_run,
    a_status,
    a_suite,
    ago,
    an_app_suite,
    blind,
    checks,
    seen,
    sha,
)
from gate_matters import (
    a_tested,
    an_audit,
    later,
    served,
    with_facts,
    with_gate,
    with_policy,
    with_services,
    with_sight,
    with_tests,
    with_version,
)
from pipeline_health.core.model.audit import Compared, SharedBy, Sharing
from pipeline_health.core.model.commit import NoSuchCommit
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.promotion import Matter, OpenIncident
from pipeline_health.core.model.questions import Relation
from pipeline_health.core.model.railway import Deployment, RailwayStatus
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    DeploymentState,
    NotAsked,
    StatusState,
    Suite,
    Unrecognised,
)

Damage = Callable[[Matter], Matter]


def _suites(*suites: Suite) -> Damage:
    return lambda matter: with_sight(matter, checks=seen(checks(*suites)))


def _service(*deployments: Deployment, serving: tuple[Deployment, ...] | None = None) -> Damage:
    def damage(matter: Matter) -> Matter:
        service = served(*deployments)
        if serving is not None:
            service = replace(service, serving=serving)
        return with_services(matter, service)

    return damage


def _records(*records: object) -> Damage:
    return lambda matter: with_sight(matter, deployments=seen(records))


def _tests(**changed: object) -> Damage:
    return lambda matter: with_tests(matter, **changed)


def _facts(**changed: object) -> Damage:
    return lambda matter: with_facts(matter, **changed)


_SHARED = Sharing(subject="KEY", by=SharedBy.VALUE, staging=("web KEY",), production=("web KEY",))
_ISSUE = OpenIncident(
    number=1, url="u", title="t", kind=Kind.STAGING_DEPLOY_FAILED, commits=(HEAD,), over=False
)
DAMAGES: Mapping[str, Damage] = {
    "no CI at all": _suites(),
    "CI red": _suites(a_suite(CheckConclusion.FAILURE)),
    "CI skipped": _suites(a_suite(CheckConclusion.SKIPPED)),
    "CI neutral": _suites(a_suite(CheckConclusion.NEUTRAL)),
    "CI killed": _suites(a_suite(CheckConclusion.TIMED_OUT)),
    "CI could not start": _suites(a_suite(CheckConclusion.STARTUP_FAILURE)),
    "CI in a state nobody knows": _suites(a_suite(Unrecognised("NEW"))),
    "CI under way": _suites(a_suite(None)),
    "CI waits": _suites(a_suite(None, status=CheckStatus.WAITING)),
    "a newer run was cancelled": _suites(
        a_suite(run=a_run(1)), a_suite(CheckConclusion.CANCELLED, run=a_run(2))
    ),
    "a failed run runs again": _suites(
        a_suite(CheckConclusion.FAILURE, run=a_run(1)), a_suite(None, run=a_run(2))
    ),
    "another app says no": _suites(a_suite(), an_app_suite(a_suite(CheckConclusion.FAILURE))),
    "a required workflow is missing": _suites(a_suite(run=a_run(workflow="Docs"))),
    "CI of the head, not of the commit": _suites(a_suite(run=a_run(event="workflow_run"))),
    "a status errored": lambda matter: with_sight(
        matter, checks=seen(checks(a_suite(), statuses=[a_status(StatusState.ERROR)]))
    ),
    "nobody knows what must run": lambda matter: with_policy(matter, ci_workflows=()),
    "checks unread": lambda matter: with_sight(matter, checks=blind()),
    "off the branch": lambda matter: with_sight(matter, relation=seen(Relation.DIVERGED)),
    "not pushed": lambda matter: with_sight(matter, relation=seen(Relation.BEHIND)),
    "branch unread": lambda matter: with_sight(matter, relation=blind()),
    "no such commit": _facts(commit=seen(NoSuchCommit(sha=HEAD))),
    "GitHub unread": _facts(commit=blind()),
    "never deployed": _service(a_deployment(commit=PARENT)),
    "deploy failed": _service(a_deployment(RailwayStatus.FAILED)),
    "crashed since": _service(a_deployment(RailwayStatus.CRASHED)),
    "removed": _service(a_deployment(RailwayStatus.REMOVED)),
    "skipped by CI": _service(
        a_deployment(RailwayStatus.SKIPPED, skipped_reason="CI check suite failed")
    ),
    "under way": _service(a_deployment(RailwayStatus.DEPLOYING)),
    "in a state nobody knows": _service(a_deployment(Unrecognised("NEW"))),
    "stopped": _service(a_deployment(stopped=True)),
    "old commit deployed again": _service(
        a_deployment(name="d2", commit=PARENT, changed_at=ago(minutes=1)), a_deployment()
    ),
    "of another repository": _service(replace(a_deployment(), repo=RepoName("mallory/shop"))),
    "commit unknown": _service(replace(a_deployment(), commit=None)),
    "not active": _service(a_deployment(), serving=()),
    "moved on": _service(
        a_deployment(name="d2", commit=sha(101), changed_at=ago(minutes=1)), a_deployment()
    ),
    "no service": with_services,
    "a service is missing": lambda matter: with_policy(matter, services=("web", "worker")),
    "Railway unread": _facts(staging=blind()),
    "Railway not asked": _facts(staging=NotAsked()),
    "no source of deploys": lambda matter: with_policy(matter, railway_project=None),
    "record failed": _records(a_record(DeploymentState.FAILURE)),
    "record replaced": _records(a_record(DeploymentState.INACTIVE)),
    "record under way": _records(a_record(DeploymentState.IN_PROGRESS)),
    "record of another commit": _records(a_record(commit=PARENT)),
    "no record": _records(),
    "records unread": lambda matter: with_sight(matter, deployments=blind()),
    "silent": _tests(reach=a_tested(passed=False)),
    "not asked": _tests(reach=None),
    "nobody could ask": _tests(reach=a_tested(passed=None)),
    "no URL": lambda matter: with_policy(matter, staging_url=None),
    "another commit is live": lambda matter: with_version(matter, PARENT, PARENT),
    "another commit is live after": lambda matter: with_version(matter, HEAD, PARENT),
    "no smoke check": lambda matter: with_gate(matter, smoke=()),
    "smoke failed": _tests(smoke=(a_tested(passed=False),)),
    "smoke not made": _tests(smoke=()),
    "no e2e": lambda matter: with_gate(matter, e2e=()),
    "e2e failed": _tests(e2e=a_tested(passed=False)),
    "e2e not run": _tests(e2e=None),
    "e2e could not be run": _tests(e2e=a_tested(passed=None)),
    "e2e check missing": lambda matter: with_gate(matter, e2e=(), e2e_check="E2E"),
    "tested something else": _tests(of=frozenset({"d0"})),
    "tested long ago": _tests(e2e=a_tested(at=ago(minutes=30))),
    "a secret is shared": _facts(
        audit=replace(an_audit(), variables=seen(Compared(sharings=(_SHARED,))))
    ),
    "variables unread": _facts(audit=replace(an_audit(), variables=blind())),
    "an issue is open": _facts(incidents=seen((_ISSUE,))),
    "issues unread": _facts(incidents=blind()),
    "seen long ago": lambda matter: later(matter, timedelta(hours=1)),
}
