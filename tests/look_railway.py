"""What a look at Railway can show: staging, and production beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from builders import (
    GRANDPARENT,
    HEAD,
    MINUTE,
    NOW,
    PARENT,
    REPO,
    a_deployment,
    a_policy,
    a_run,
    a_service,
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
from look_parts import NEW, PIPELINE, RED, word_of
from pipeline_health.core.model.deployed import Passage
from pipeline_health.core.model.ids import RepoName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.railway import RailwayStatus, Service
from pipeline_health.core.model.readings import (
    CheckConclusion,
)
from pipeline_health.core.model.snapshot import ProjectView

# -- Railway ----------------------------------------------------------------------------------


def _staging(*services: Service, policy: ProjectPolicy | None = None) -> ProjectView:
    return a_view(staging=an_environment(*services), policy=policy)


def _of_statuses() -> Iterator[tuple[str, ProjectView]]:
    for status in (*RailwayStatus, NEW):
        named = word_of(status)
        for words, age in (("", 9 * MINUTE), (" for long", 99 * MINUTE)):
            there = an_environment(a_service(a_deployment(status, changed_at=NOW - age)))
            of_production = replace(there, name="production")
            yield f"a service is {named}{words}", a_view(staging=there)
            yield (
                f"a service of production is {named}{words}",
                replace(a_view(), production=seen(of_production)),
            )


_UNKNOWN = a_deployment(commit=sha(7))
_OLD = a_deployment(commit=PARENT, changed_at=ago(hours=2), name="d0")
_BY_CI = a_deployment(RailwayStatus.SKIPPED, skipped_reason="CI check suite failed", name="d2")
_BY_PATH = a_deployment(RailwayStatus.SKIPPED, skipped_reason="No changes to watched files")
_API = a_deployment(changed_at=ago(minutes=5))
_SERVICES: Mapping[str, tuple[Service, ...]] = {
    "one of two services names no commit": (
        a_service(a_deployment()),
        a_service(replace(_API, commit=None), name="api"),
    ),
    "one of two services came later": (a_service(a_deployment()), a_service(_API, name="api")),
    "three services work at all the commits that are known": (
        a_service(_OLD),
        a_service(_API, name="api"),
        a_service(a_deployment(commit=GRANDPARENT), name="cron"),
    ),
    "a service works at a commit that nobody knows": (a_service(a_deployment(commit=sha(5))),),
    "two services work": (a_service(a_deployment()), a_service(a_deployment(), name="api")),
    "two services work at two commits": (a_service(_OLD), a_service(a_deployment(), name="api")),
    "two services work at commits that nobody orders": (
        a_service(a_deployment(commit=sha(5))),
        a_service(a_deployment(), name="api"),
    ),
    "one service works, one failed": (
        a_service(a_deployment()),
        a_service(a_deployment(RailwayStatus.CRASHED), name="api"),
    ),
    "a service stopped": (a_service(a_deployment(stopped=True)),),
    "a cron job stopped": (a_service(a_deployment(stopped=True), cron=True),),
    "a service has no deployment": (a_service(),),
    "a service of no commit": (a_service(a_deployment(commit=None)),),
    "a service of another repository": (
        a_service(replace(a_deployment(), repo=RepoName("acme/blog"))),
    ),
    "skipped for its paths": (a_service(_BY_PATH, _OLD),),
    "skipped for CI at a commit before": (a_service(replace(_BY_CI, commit=PARENT)),),
}


def _of_services() -> Iterator[tuple[str, ProjectView]]:
    yield from ((way, _staging(*services)) for way, services in _SERVICES.items())
    web, named = a_service(a_deployment()), a_policy(services=("worker", "web"))
    yield "a service is not there", _staging(web, policy=named)
    unlisted = a_service(complete=False)
    yield "a service has none that is listed", _staging(unlisted, policy=named)
    behind = an_environment(a_service(replace(_BY_CI, commit=PARENT)))
    red = github(earlier=(checks(a_suite(RED), commit=PARENT),))
    yield (
        "skipped for CI at a commit before, and red there",
        a_view(read=red, staging=behind),
    )
    yield (
        "two services work at two commits of a branch that cannot be read",
        replace(
            _staging(*_SERVICES["two services work at two commits"]),
            github=replace(github(), branch=blind()),
        ),
    )
    pipeline = a_suite(RED, run=a_run(7, workflow=PIPELINE))
    yield (
        "skipped for CI, and only the pipeline is red",
        a_view(
            policy=a_policy(deploy_workflow=PIPELINE),
            read=github(at_head=checks(a_suite(), pipeline), earlier=()),
            staging=an_environment(a_service(_BY_CI, _OLD)),
        ),
    )
    yield "Railway cannot be read", a_view(staging=blind())
    yield "a service never got the head", _followed(a_service(_OLD))
    yield "a service got the head lately", _followed(a_service(a_deployment()))
    yield "a service may get the head yet", _followed(a_service(_OLD), green_for=9 * MINUTE)
    two = github(
        at_head=checks(
            a_suite(updated_at=ago(minutes=50)),
            a_suite(run=a_run(2, workflow="Lint"), updated_at=ago(minutes=9)),
        )
    )
    look = _followed(a_service(_OLD))
    yield (
        "a service may get the head since the last check passed",
        replace(look, github=replace(look.github, checks=two.checks)),
    )
    yield "a service follows another branch", _followed(a_service(replace(_OLD, branch="dev")))
    yield "a service may have got the head", _followed(a_service(_OLD, complete=False))
    since = a_deployment(commit=PARENT, changed_at=ago(minutes=30))
    yield "a service got another one since", _followed(a_service(since, _OLD, complete=False))
    yield "a service may have got it since", _followed(a_service(since, complete=False))


def _of_waiting() -> Iterator[tuple[str, ProjectView]]:
    skipped = an_environment(a_service(_BY_CI, _OLD))
    waits = an_environment(a_service(a_deployment(RailwayStatus.WAITING, changed_at=ago(hours=2))))
    for words, conclusion in (
        ("red", RED),
        ("green", CheckConclusion.SUCCESS),
        ("under way", None),
        ("in a new state", NEW),
    ):
        read = github(at_head=checks(a_suite(conclusion, updated_at=ago(hours=1))))
        yield f"skipped for CI, which is {words}", a_view(read=read, staging=skipped)
        yield f"a service waits for CI, which is {words}", a_view(read=read, staging=waits)


def _followed(service: Service, *, green_for: timedelta = 50 * MINUTE) -> ProjectView:
    """Give a look at a service that is built from our repository, under a green head."""
    read = github(at_head=checks(a_suite(updated_at=NOW - green_for)))
    built = replace(service, repo=REPO)
    return a_view(read=read, staging=an_environment(built))


# -- production beside staging ----------------------------------------------------------------


def _lagging(
    *, served: str = GRANDPARENT, proved: datetime | None = None, **view: object
) -> ProjectView:
    """Give a look at a production that serves *served*, under a staging that proved the head."""
    production = an_environment(a_service(a_deployment(commit=sha(98) if served else None)))
    passages = tuple(
        Passage(lane="web", commit=one, pushed_at=at - 9 * MINUTE, proved_at=at)
        for one, at in ((GRANDPARENT, ago(hours=9)), (PARENT, proved or ago(hours=5)))
    )
    look = replace(
        a_view(), production=seen(replace(production, name="production")), passages=passages
    )
    return replace(look, **view)  # type: ignore[arg-type]


def _of_lag() -> Iterator[tuple[str, ProjectView]]:
    current = an_environment(a_service(a_deployment(name="d9")))
    building = an_environment(
        a_service(
            a_deployment(RailwayStatus.BUILDING, changed_at=ago(minutes=1), name="d9"),
            a_deployment(commit=GRANDPARENT, changed_at=ago(hours=9)),
        )
    )
    broken = an_environment(a_service(a_deployment(RailwayStatus.FAILED)))
    older = an_environment(a_service(a_deployment(commit=sha(7))))
    yield "production lags", _lagging()
    yield "production lags a little", _lagging(proved=ago(hours=1))
    yield "production is up to date", _lagging(production=seen(current))
    yield "production is being deployed", _lagging(production=seen(building))
    yield "production failed", _lagging(production=seen(broken))
    yield "production serves what nobody knows", _lagging(production=seen(older))
    yield "production cannot be read", _lagging(production=blind())
    yield (
        "staging fell back",
        _lagging(staging=seen(an_environment(a_service(a_deployment(commit=GRANDPARENT))))),
    )
    returned = an_environment(a_service(a_deployment(commit=PARENT)))
    left = Passage(lane="web", commit=HEAD, pushed_at=ago(hours=9), proved_at=ago(hours=8))
    back = Passage(lane="web", commit=PARENT, pushed_at=ago(hours=7), proved_at=ago(hours=5))
    yield (
        "staging went back to what production serves",
        _lagging(staging=seen(returned), production=seen(returned), passages=(left, back)),
    )
    yield (
        "staging serves what nobody knows",
        _lagging(staging=seen(an_environment(a_service(a_deployment(commit=sha(6)))))),
    )
    yield "production lags while CI runs", _lagging(github=github(at_head=checks(a_suite(None))))


def _of_lanes() -> Iterator[tuple[str, ProjectView]]:
    look = _lagging()
    image = a_deployment(commit=None, changed_at=ago(hours=2))
    skipped = a_deployment(
        RailwayStatus.SKIPPED, skipped_reason="No changes to watched files", name="d3"
    )
    yield (
        "production serves an image, and a commit was skipped since",
        replace(look, production=seen(an_environment(a_service(skipped, image)))),
    )
    whole = tuple(replace(one, lane="") for one in look.passages)
    yield "what staging proved as a whole lags", replace(look, passages=(*whole, look.passages[0]))
    both = tuple(replace(one, lane=lane) for lane in ("web", "api") for one in look.passages)
    current_api = a_service(a_deployment(), name="api")
    staging = seen(an_environment(a_service(a_deployment()), current_api))
    for words, api in (("one of two services", HEAD), ("neither service", sha(8))):
        services = a_service(_UNKNOWN), a_service(a_deployment(commit=api), name="api")
        yield (
            f"what production serves is known of {words}",
            replace(
                look,
                passages=both,
                staging=staging,
                production=seen(an_environment(*services)),
            ),
        )
    many = tuple(
        Passage(lane="web", commit=sha(50 + n), pushed_at=ago(hours=90 - n), proved_at=at)
        for n in range(6)
        for at in (ago(hours=90 - n) + (n + 30) * MINUTE,)
    )
    for words, known in (("usual", many), ("usual, as far as five times tell", many[:3])):
        passages = (*known, *look.passages)
        yield f"production lags by what is {words}", replace(look, passages=passages)


WAYS: Mapping[str, ProjectView] = {
    **dict(_of_statuses()),
    **dict(_of_services()),
    **dict(_of_waiting()),
    **dict(_of_lag()),
    **dict(_of_lanes()),
}
