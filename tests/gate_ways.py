"""More ways for a commit to fare at the gate: not all of them block."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from builders import (
    GRANDPARENT,
    HEAD,
    PARENT,
    a_deployment,
    a_record,
    a_run,
    a_status,
    a_suite,
    ago,
    an_app_suite,
    an_environment,
    blind,
    checks,
    seen,
)
from gate_damages import DAMAGES, Damage
from gate_job_ways import NEWER, only_just, policy, recorded, then
from gate_matters import (
    a_matter,
    a_tested,
    an_audit,
    served,
    waiving,
    with_answers,
    with_facts,
    with_gate,
    with_policy,
    with_services,
    with_sight,
    with_tests,
    with_version,
    with_view,
)
from pipeline_health.core.model.audit import Compared, SharedBy, Sharing, Unverifiable
from pipeline_health.core.model.findings import Kind
from pipeline_health.core.model.gate_policy import AuditPolicy, Waivable
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.promotion import Matter, OpenIncident
from pipeline_health.core.model.questions import Contains, Relation
from pipeline_health.core.model.railway import Deployment, RailwayStatus
from pipeline_health.core.model.readings import (
    CheckConclusion,
    DeploymentState,
    NotAsked,
    Part,
    StatusState,
    Suite,
    Unrecognised,
)


def _suites(*suites: Suite, **changed: Any) -> Damage:
    return lambda matter: with_sight(matter, checks=seen(replace(checks(*suites), **changed)))


def _gate(**changed: Any) -> Damage:
    return lambda matter: with_gate(matter, **changed)


def _audit(variables: Part[Compared], **policy: Any) -> Damage:
    audit = replace(an_audit(), variables=variables)
    wanted = AuditPolicy(**policy)
    return lambda matter: with_facts(with_policy(matter, audit=wanted), audit=audit)


def _compared(**changed: Any) -> Part[Compared]:
    return seen(replace(Compared(), **changed))


def _issues(*incidents: OpenIncident) -> Damage:
    return lambda matter: with_facts(matter, incidents=seen(incidents))


def _incident(kind: Kind = Kind.STAGING_DEPLOY_FAILED, **changed: Any) -> OpenIncident:
    page = "https://i.example/7"
    one = OpenIncident(number=7, url=page, title="T", kind=kind, commits=(HEAD,), over=False)
    return replace(one, **changed)


_ELSEWHERE = "issue 1 of acme/operations"


def _services(*deployments: Deployment, **changed: Any) -> Damage:
    return lambda matter: with_services(matter, replace(served(*deployments), **changed))


def _known(newer: Sha, older: Sha, relation: Relation) -> Damage:
    def change(matter: Matter) -> Matter:
        asked = Contains(repo=matter.policy.repo, newer=newer, older=older)
        return with_answers(matter, contains={asked: seen(relation)})

    return change


_SKIP = a_deployment(
    RailwayStatus.SKIPPED,
    name="skip",
    skipped_reason="No changes to watched files",
    changed_at=ago(minutes=10),
)
_OLD = a_deployment(name="old", commit=PARENT, changed_at=ago(hours=5))
_SEALED = Unverifiable(name="KEY", why="is sealed")
_TWICE = (_SEALED, Unverifiable(name="OTHER", why="is sealed"))
_MANY = tuple(
    Sharing(subject=f"KEY_{number}", by=SharedBy.VALUE, staging=(), production=())
    for number in range(6)
)
MORE: Mapping[str, Damage] = {
    "nothing is missing": lambda matter: matter,
    # -- main-ci
    "no CI yet": only_just,
    "CI is stuck": _suites(a_suite(None, updated_at=ago(hours=13), created_at=ago(hours=13))),
    "CI was cancelled": _suites(a_suite(CheckConclusion.CANCELLED, updated_at=ago(hours=1))),
    "two fail": _suites(
        a_suite(CheckConclusion.FAILURE, run=a_run(1, workflow="B")),
        a_suite(CheckConclusion.FAILURE, run=a_run(2, workflow="A")),
        a_suite(run=a_run(3, workflow="C")),
    ),
    "a status failed, and has no page": lambda matter: with_sight(
        matter, checks=seen(checks(a_suite(), statuses=[a_status(StatusState.ERROR, url=None)]))
    ),
    "a named workflow was skipped": then(
        policy(ci_workflows=("CI", "Lint", "Types")),
        _suites(
            a_suite(run=a_run(1)),
            a_suite(CheckConclusion.SKIPPED, run=a_run(2, workflow="Lint")),
            a_suite(CheckConclusion.SKIPPED, run=a_run(3, workflow="Types")),
        ),
    ),
    "two workflows are missing": policy(ci_workflows=("CI", "Lint", "Types")),
    "other apps are not visible": _suites(a_suite(), other_apps=False),
    "an app failed": _suites(a_suite(), an_app_suite(a_suite(CheckConclusion.FAILURE))),
    "one fails while another runs": _suites(
        a_suite(None, run=a_run(1, workflow="A")),
        a_suite(CheckConclusion.FAILURE, run=a_run(2, workflow="B")),
    ),
    "two fail, and one has no page": lambda matter: with_sight(
        matter,
        checks=seen(
            checks(
                a_suite(CheckConclusion.FAILURE, run=a_run(2, workflow="b")),
                statuses=[a_status(StatusState.ERROR, context="a", url=None)],
            )
        ),
    ),
    "pushed just now": _suites(a_suite(run=a_run(event="issues"), created_at=ago(minutes=10))),
    "pushed an hour ago": _suites(
        a_suite(run=a_run(1, event="issues"), created_at=ago(minutes=59)),
        a_suite(run=a_run(2, event="issues"), created_at=ago(minutes=1)),
    ),
    "asked by a run of which nothing is seen": lambda matter: replace(
        with_sight(matter, checks=blind()), asked=replace(matter.asked, own_run=5)
    ),
    "ahead of the commit": lambda matter: with_sight(matter, relation=seen(Relation.AHEAD)),
    # -- staging-deploy, by Railway
    "two services are absent": policy(services=("web", "worker", "cron")),
    "two services serve it": lambda matter: with_services(
        matter, served(a_deployment()), replace(served(a_deployment(name="d2")), name="worker")
    ),
    "two deployments are active": _services(
        a_deployment(),
        serving=(a_deployment(), a_deployment(name="d2", commit=PARENT)),
    ),
    "what is active is in a state nobody knows": _services(
        a_deployment(), serving=(a_deployment(Unrecognised("NEW")),)
    ),
    "not active, and young": _services(a_deployment(changed_at=ago(minutes=1)), serving=()),
    "skipped, over the parent": _services(_SKIP, _OLD, serving=(_OLD,)),
    "skipped, over nobody knows what": _services(
        _SKIP, replace(_OLD, commit=None), serving=(replace(_OLD, commit=None),)
    ),
    "skipped, over what is not on the branch": _services(
        _SKIP, replace(_OLD, commit=NEWER), serving=(replace(_OLD, commit=NEWER),)
    ),
    "skipped, and one in between failed": _services(
        _SKIP,
        a_deployment(RailwayStatus.FAILED, name="d3", commit=PARENT, changed_at=ago(minutes=20)),
        replace(_OLD, commit=GRANDPARENT),
        serving=(replace(_OLD, commit=GRANDPARENT),),
    ),
    "skipped, and one in between names no commit": _services(
        _SKIP,
        replace(a_deployment(RailwayStatus.FAILED, name="d3"), commit=None),
        _OLD,
        serving=(_OLD,),
    ),
    "skipped, over what is beyond the list": _services(_SKIP, serving=(_OLD,), complete=False),
    "not listed to the end": _services(_OLD, complete=False),
    "never deployed, and young": then(only_just, _services(_OLD)),
    "never deployed, and nothing serves": _services(),
    "staging serves a newer one": then(
        _services(a_deployment(name="d2", commit=NEWER, changed_at=ago(minutes=1)), a_deployment()),
        _known(NEWER, HEAD, Relation.AHEAD),
    ),
    # -- github-deployment
    "no record, and no name of its own": then(
        recorded(),
        _services(a_deployment(changed_at=ago(minutes=30))),
    ),
    "two services, one deployed just now, and no record": then(
        recorded(),
        lambda matter: with_services(
            matter,
            served(a_deployment(changed_at=ago(minutes=30))),
            replace(served(a_deployment(name="d2", changed_at=ago(minutes=5))), name="worker"),
        ),
    ),
    "no record under a name": then(
        recorded(),
        policy(github_environment="staging"),
        _services(a_deployment(changed_at=ago(minutes=30))),
    ),
    "no record, and the name is not known": then(
        recorded(),
        lambda matter: with_view(matter, staging=blind()),
    ),
    "a record is stuck": lambda matter: with_sight(
        matter,
        deployments=seen((a_record(DeploymentState.IN_PROGRESS, changed_at=ago(minutes=31)),)),
    ),
    "a record nobody knows": lambda matter: with_sight(
        matter, deployments=seen((a_record(Unrecognised("NEW")),))
    ),
    "a record failed, and staging is deployed anew": then(
        DAMAGES["record failed"], DAMAGES["under way"]
    ),
    "a record failed before the deploy": then(
        lambda matter: with_sight(
            matter,
            deployments=seen((a_record(DeploymentState.FAILURE, changed_at=ago(hours=6)),)),
        ),
    ),
    "GitHub's deployments are waived": waiving(Waivable.GITHUB_DEPLOYMENT),
    # -- the live tests
    "it tells its commit": with_version,
    "it does not tell its commit": lambda matter: with_version(matter, None, None),
    "it was not asked before": lambda matter: with_tests(with_version(matter), before=None),
    "staging is production": policy(production_url="https://staging.example"),
    "smoke passed twice": then(
        _gate(smoke=a_matter().gate.smoke * 2),
        lambda matter: with_tests(matter, smoke=(a_tested("GET /a", at=ago(minutes=1)),) * 2),
    ),
    "smoke could not be made": lambda matter: with_tests(matter, smoke=(a_tested(passed=None),)),
    "smoke failed with a tail": lambda matter: with_tests(
        matter, smoke=(replace(a_tested(passed=False), tail="the end"),)
    ),
    "silent while it is deployed": then(DAMAGES["silent"], DAMAGES["under way"]),
    "silent just after it was deployed": then(
        DAMAGES["silent"], _services(a_deployment(changed_at=ago(minutes=1)))
    ),
    "silent, and not deployed": then(DAMAGES["silent"], DAMAGES["deploy failed"]),
    # -- e2e
    "e2e is waived": then(waiving(Waivable.E2E), lambda matter: with_tests(matter, e2e=None)),
    "e2e failed with a tail": lambda matter: with_tests(
        matter, e2e=replace(a_tested(passed=False), tail="the end")
    ),
    "e2e not run, and something failed": then(DAMAGES["e2e not run"], DAMAGES["CI red"]),
    "e2e not run, and something is unknown": then(DAMAGES["e2e not run"], DAMAGES["GitHub unread"]),
    # -- credential-isolation
    "six secrets are shared": _audit(_compared(sharings=_MANY)),
    "one secret is shared": _audit(_compared(sharings=_MANY[:1])),
    "sharing is still told": _issues(_incident(Kind.CREDENTIAL_SHARED)),
    "sharing is over": _issues(_incident(Kind.CREDENTIAL_SHARED, over=True)),
    "one environment": lambda matter: with_view(
        matter, production=seen(an_environment(served(a_deployment())))
    ),
    "variables are waived": waiving(Waivable.RAILWAY),
    "variables are not asked": _audit(NotAsked("no token")),
    "variables are not asked, and strict": _audit(NotAsked("no token"), strict=True),
    "variables are not asked, and required": _audit(NotAsked("no token"), required=("KEY",)),
    "required ones are missing": _audit(
        _compared(
            missing=(
                Unverifiable(name="KEY", why="is missing in staging"),
                Unverifiable(name="OTHER", why="is missing in production"),
            )
        )
    ),
    "one is sealed": _audit(_compared(unverifiable=(_SEALED,), clean=("A", "B"))),
    "one is sealed, and strict": _audit(_compared(unverifiable=(_SEALED,)), strict=True),
    "two are sealed, and required": _audit(
        _compared(unverifiable=_TWICE), required=("KEY", "OTHER")
    ),
    "two were compared": _audit(_compared(clean=("A", "B"))),
    "none was compared": _audit(_compared()),
    # -- no-open-incident
    "its issue is over": _issues(_incident(over=True)),
    "its failure is silent": _issues(_incident(number=None)),
    "it is tested again": _issues(_incident(again=True)),
    "another one is, too": _issues(_incident(again=True), _incident(number=8)),
    "its silent failure is over": _issues(_incident(number=None, over=True)),
    "an issue for many names it": _issues(_incident(number=None, named_in=_ELSEWHERE)),
    "it names it, and nothing fails": _issues(
        _incident(number=None, named_in=_ELSEWHERE, again=True)
    ),
    "it names it, and it is over": _issues(_incident(number=None, named_in=_ELSEWHERE, over=True)),
    "an issue of another kind is over": _issues(_incident(Kind.SOURCE_BLIND, over=True)),
}
