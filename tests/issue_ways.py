"""The ways in which something can be broken, as issues tell them: one incident each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from builders import a_branch
from incident_builders import (
    BAD,
    CI,
    EVIDENCE,
    FIXED,
    GOOD,
    MINUTE,
    REJECTED,
    REPO,
    STAGING,
    STATUS,
    T0,
    UNKNOWN,
    WEB,
    ailment,
    deployment,
    incident,
    page,
    proof,
    run,
)
from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import Login, ProjectName, RepoName
from pipeline_health.core.model.incident import (
    Ailment,
    Cause,
    CauseClass,
    Incident,
    Occurrence,
    Owner,
    Phase,
    Remedy,
    Silence,
)
from pipeline_health.core.model.policy import EvidenceMode, ProjectPolicy, Routing

PRODUCT = ProjectPolicy(
    name=incident().project,
    repo=REPO,
    branch="trunk",
    staging_environment="stage",
    production_environment="live",
)
DAY = timedelta(days=1)
ROUTING = Routing()
USUAL = "the usual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An incident, and how its issue is to be written; *beside* is the way that it is like."""

    of: Incident
    beside: str = USUAL
    shown: EvidenceMode = EvidenceMode.FULL
    notes: str = ""
    project: ProjectPolicy | None = None
    routing: Routing = ROUTING


def symptom(kind: Kind, thing: Thing, name: str) -> Symptom:
    """Give one way in which *name* can be broken."""
    return Symptom(kind=kind, scope=Scope("somewhere"), subject=Subject(thing, name))


def _cause(of: CauseClass, key: str, why: str, owner: Owner | None = None) -> Cause:
    return Cause(of=of, key=key, owner=owner or of.owner, why=why)


PRODUCTION_WEB = symptom(Kind.PRODUCTION_DEPLOY_FAILED, Thing.SERVICE, "web")
KINDS: Mapping[str, Ailment] = {
    "CI missing": ailment(symptom(Kind.MAIN_CI_MISSING, Thing.BRANCH, "main")),
    "CI stuck": ailment(replace(CI, kind=Kind.MAIN_CI_STUCK)),
    "a commit status": ailment(STATUS, trace=page()),
    "a failed service": ailment(WEB, trace=deployment()),
    "a failed environment": ailment(STAGING, trace=page()),
    "a failed pipeline": ailment(replace(CI, kind=Kind.STAGING_DEPLOY_FAILED)),
    "a stuck service": ailment(replace(WEB, kind=Kind.STAGING_DEPLOY_STUCK), trace=deployment()),
    "a missing deployment": ailment(
        replace(WEB, kind=Kind.STAGING_DEPLOY_MISSING), trace=deployment()
    ),
    "tests of staging": ailment(symptom(Kind.STAGING_TESTS_FAILED, Thing.PROJECT, "shop")),
    "a nightly run": ailment(symptom(Kind.SCHEDULED_WORKFLOW_RED, Thing.WORKFLOW, "Nightly")),
    "a blind source": ailment(
        symptom(Kind.SOURCE_BLIND, Thing.SOURCE, "railway"), trace=page(), commit=None
    ),
    "a token of our own": ailment(
        symptom(Kind.CREDENTIAL_REJECTED, Thing.SECRET, "RAILWAY_TOKEN"), trace=page(), commit=None
    ),
    "a token of our own for production": ailment(
        symptom(Kind.CREDENTIAL_REJECTED, Thing.SECRET, "RAILWAY_TOKEN_PRODUCTION"),
        trace=page(),
        commit=None,
    ),
    "a token of our own for GitHub": ailment(
        symptom(Kind.CREDENTIAL_REJECTED, Thing.SECRET, "GITHUB_TOKEN"), trace=page(), commit=None
    ),
    "staging is down": ailment(
        symptom(Kind.STAGING_UNREACHABLE, Thing.URL, "https://stage.example/"), trace=page()
    ),
    "production is down": ailment(
        symptom(Kind.PRODUCTION_UNREACHABLE, Thing.URL, "https://shop.example/"), trace=page()
    ),
    "a failed production": ailment(PRODUCTION_WEB, trace=deployment()),
    "a failed environment of production": ailment(
        symptom(Kind.PRODUCTION_DEPLOY_FAILED, Thing.ENVIRONMENT, "shop / production")
    ),
    "a failed pipeline of production": ailment(
        symptom(Kind.PRODUCTION_DEPLOY_FAILED, Thing.WORKFLOW, "Release")
    ),
    "production lags": ailment(
        symptom(Kind.PRODUCTION_LAGGING, Thing.PROJECT, "shop"), trace=page()
    ),
    "a shared secret": ailment(
        symptom(Kind.CREDENTIAL_SHARED, Thing.CREDENTIAL, "DATABASE_URL"), trace=page(), commit=None
    ),
    "a committed file": ailment(
        symptom(Kind.ENV_FILE_COMMITTED, Thing.FILE, "api/.env"), trace=page(), commit=None
    ),
    "a committed file of a long name": ailment(
        symptom(Kind.ENV_FILE_COMMITTED, Thing.FILE, f"{'long' * 30}/.env"),
        trace=page(),
        commit=None,
    ),
    "a committed file of a strange name": ailment(
        symptom(Kind.ENV_FILE_COMMITTED, Thing.FILE, "a `b`/.env"), trace=page(), commit=None
    ),
}
"""What can be broken: one of each kind and thing."""
_WHY = "The log says so: it is broken."
CAUSES: Mapping[str, Cause] = {
    "a secret": REJECTED,
    "an unset secret": replace(
        REJECTED, key="STRIPE_KEY", why="The log says so: a named secret is not set."
    ),
    "an action without a credential": replace(
        REJECTED, key="credential", why="The log says so: an action was given no credential."
    ),
    "a credential of a provider": replace(REJECTED, key="npm"),
    "a credential of GitHub": replace(REJECTED, key="GitHub"),
    "a credential of nobody knows whom": replace(REJECTED, key="credential"),
    "the token of Actions": replace(REJECTED, key="GITHUB_TOKEN"),
    "a limit of GitHub": _cause(CauseClass.QUOTA, "GitHub Actions: it is full", _WHY),
    "a limit of Railway": _cause(CauseClass.QUOTA, "Railway: it is full", _WHY),
    "a limit of nobody knows whom": _cause(CauseClass.QUOTA, "", _WHY),
    "a failing provider": _cause(CauseClass.PLATFORM, "npm: it is down", _WHY),
    "an approval": _cause(CauseClass.APPROVAL, "CI", "Workflow CI: it waits."),
    "a setting": _cause(CauseClass.CONFIG, "CI: a variable is not set", _WHY),
    "a package": _cause(CauseClass.DEPENDENCY, "CI: it does not fit", _WHY),
    "a flake": _cause(CauseClass.FLAKY, "CI: test", _WHY),
    "the code": _cause(CauseClass.CODE, "CI", _WHY),
    "the code, for a person": _cause(CauseClass.CODE, "CI", _WHY, Owner.HUMAN),
}
"""Why CI, and a service, can be broken."""


def _of_kinds() -> Iterator[tuple[str, Issue]]:
    for way, one in KINDS.items():
        of = replace(incident(one), evidence=None)
        yield way, Issue(of=of)
        yield (
            f"{way}, of a project that names its places",
            Issue(of=of, project=PRODUCT, beside=way),
        )
        human = replace(of, cause=replace(UNKNOWN, owner=Owner.HUMAN))
        yield f"{way}, for a person", Issue(of=human, beside=way)


def _of_causes() -> Iterator[tuple[str, Issue]]:
    for way, cause in CAUSES.items():
        yield f"{way} breaks CI", Issue(of=incident(cause=cause))
        of_service = incident(ailment(WEB, trace=deployment()), cause=cause)
        yield f"{way} breaks a service", Issue(of=of_service, beside=f"{way} breaks CI")


def _jobs(count: int) -> tuple[str, ...]:
    return tuple(f"job {number}" for number in range(count))


def _many(count: int) -> tuple[Ailment, ...]:
    """Give so many services that failed one after the other."""
    return tuple(
        ailment(
            replace(WEB, subject=replace(WEB.subject, name=f"service {number}")),
            trace=run(300 + number),
            failed_at=T0 + number * MINUTE,
        )
        for number in range(count)
    )


_MADE = replace(a_branch().head, author=Login("dev"))
_HEALED = replace(ailment(WEB, trace=deployment()), healed=proof(WEB))
_REMEDY = Remedy(
    cause=CauseClass.PLATFORM, commit=BAD, run_id=101, failed_at=T0, at=T0 + MINUTE, sent=True
)
_SILENCED = replace(
    ailment(), silence=Silence(says="Workflow CI is gone from the branch.", at=T0 + MINUTE)
)
_LATE = ailment(jobs=("test",), failed_at=T0 + 90 * MINUTE, commit=FIXED, trace=run(102))

MORE: Mapping[str, Issue] = {
    "two things failed": Issue(of=incident(ailment(), _HEALED, _LATE)),
    "three things failed": Issue(of=incident(*_many(3))),
    "ten things failed": Issue(of=incident(*_many(10))),
    "six runs failed, for a person": Issue(
        of=incident(*_many(6), cause=replace(UNKNOWN, owner=Owner.HUMAN))
    ),
    "three runs failed with a provider": Issue(
        of=incident(*_many(3), cause=CAUSES["a failing provider"])
    ),
    "a project of a long name": Issue(of=replace(incident(), project=ProjectName("shop" * 11))),
    "two things beside it are over": Issue(
        of=incident(
            ailment(),
            _HEALED,
            replace(ailment(STATUS, trace=page()), healed=proof(STATUS)),
        )
    ),
    "two alarms were taken away": Issue(
        of=incident(
            _SILENCED,
            replace(
                _SILENCED,
                symptom=STATUS,
                silence=Silence(says="Status ci/circle is gone.", at=T0 + MINUTE),
            ),
        )
    ),
    "eleven things failed": Issue(of=incident(*_many(11))),
    "twelve things failed": Issue(of=incident(*_many(12))),
    "two jobs": Issue(of=incident(ailment(jobs=("test", "lint")))),
    "eleven jobs": Issue(of=incident(ailment(jobs=_jobs(11)))),
    "no job is named": Issue(of=incident(ailment())),
    "no commit is named": Issue(of=incident(ailment(commit=None))),
    "who made the commit": Issue(of=incident(replace(ailment(), made=_MADE))),
    "nobody made the commit": Issue(
        of=incident(replace(ailment(), made=replace(_MADE, author="")))
    ),
    "an alarm was taken away": Issue(of=incident(_SILENCED)),
    "a re-run did not help": Issue(of=replace(incident(), remedies=(_REMEDY,))),
    "a re-run was refused": Issue(
        of=replace(incident(), remedies=(_REMEDY, replace(_REMEDY, at=T0 + DAY, sent=False)))
    ),
    "it comes and goes": Issue(of=replace(incident(), flapping=True, looks_wanted=4)),
    "an earlier issue": Issue(of=replace(incident(), previous=3)),
    "another monitor": Issue(of=replace(incident(), beside=4)),
    "nothing was green before": Issue(of=replace(incident(), last_green=None)),
    "the same commit was green": Issue(of=replace(incident(), last_green=BAD)),
    "a person's, and green before": Issue(of=replace(incident(cause=REJECTED), last_green=GOOD)),
    "one fix did not work": Issue(of=replace(incident(), attempts=1)),
    "two fixes did not work": Issue(of=replace(incident(), attempts=2)),
    "an agent gave it up": Issue(
        of=replace(
            incident(cause=replace(UNKNOWN, owner=Owner.HUMAN)),
            escalated="3 fixes by the agent did not work.",
        )
    ),
    "it is over": Issue(
        of=replace(
            incident(replace(ailment(), healed=proof())),
            phase=Phase.RESOLVED,
            resolved_at=T0 + 125 * MINUTE,
        )
    ),
    "it happened often": Issue(
        of=replace(
            incident(_LATE),
            first_failed_at=T0,
            count=1234,
            occurrences=tuple(
                Occurrence(
                    at=T0 + at * MINUTE, commit=BAD if at % 2 else None, url=f"https://x/{at}"
                )
                for at in range(12)
            ),
        )
    ),
    "it happened nobody knows when": Issue(of=replace(incident(), count=0, occurrences=())),
    "no log yet": Issue(of=replace(incident(), evidence=None)),
    "a page without a log": Issue(of=replace(incident(ailment(trace=page())), evidence=None)),
    "half a log": Issue(of=replace(incident(), evidence=replace(EVIDENCE, complete=False))),
    "an empty log": Issue(
        of=replace(incident(), evidence=replace(EVIDENCE, first_error=None, tail="\n"))
    ),
    "no step is known": Issue(of=replace(incident(), evidence=replace(EVIDENCE, steps=()))),
    "neither step nor job": Issue(
        of=replace(incident(), evidence=replace(EVIDENCE, steps=(), jobs=()))
    ),
    "an error without a log": Issue(of=replace(incident(), evidence=replace(EVIDENCE, tail=""))),
    "a log without an error": Issue(
        of=replace(incident(), evidence=replace(EVIDENCE, first_error=None))
    ),
    "a long error": Issue(
        of=replace(incident(), evidence=replace(EVIDENCE, first_error="x" * 501, tail=""))
    ),
    "a long log": Issue(
        of=replace(incident(), evidence=replace(EVIDENCE, first_error=None, tail="x" * 3501))
    ),
    "only the error is shown": Issue(of=incident(), shown=EvidenceMode.FIRST_ERROR),
    "nothing is shown": Issue(of=incident(), shown=EvidenceMode.LINK),
    "notes": Issue(of=incident(), notes="Ours.\n"),
    "no signature": Issue(of=incident(), routing=Routing(signature="")),
    "another signature": Issue(of=incident(), routing=Routing(signature="By the monitor")),
    "a long signature": Issue(of=incident(), routing=Routing(signature="x" * 201)),
    "a shared secret of a project called X": Issue(
        of=replace(incident(KINDS["a shared secret"]), project=ProjectName("X"))
    ),
    "a repository of a long name": Issue(
        of=replace(incident(cause=REJECTED), repo=RepoName(f"acme/{'long' * 25}"))
    ),
    "a run of a repository of a long name, for a person": Issue(
        of=incident(
            ailment(trace=replace(run(), repo=RepoName(f"acme/{'long' * 25}"))),
            cause=replace(UNKNOWN, owner=Owner.HUMAN),
        )
    ),
    "a run of a repository of a long name": Issue(
        of=incident(ailment(trace=replace(run(), repo=RepoName(f"acme/{'long' * 25}"))))
    ),
    "a repository of a person": Issue(
        of=replace(incident(cause=CAUSES["a limit of GitHub"]), repo=RepoName("dev/shop"))
    ),
    "a failure of a service whose log came": Issue(
        of=replace(incident(ailment(WEB, trace=deployment(), jobs=("build",))), evidence=EVIDENCE)
    ),
}
"""What else can be known of it."""

ISSUES: Mapping[str, Issue] = {
    USUAL: Issue(of=incident()),
    **dict(_of_kinds()),
    **dict(_of_causes()),
    **MORE,
}
