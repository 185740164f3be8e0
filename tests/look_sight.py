"""What a look can show of URLs, of our own sight, of secrets, and of what nobody judges."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from builders import (
    MINUTE,
    NOW,
    a_deployment,
    a_policy,
    a_repository,
    a_service,
    a_sight,
    a_status,
    a_suite,
    a_view,
    ago,
    an_app_suite,
    an_environment,
    blind,
    checks,
    github,
    seen,
)
from look_parts import WHOLE
from pipeline_health.core.model.audit import (
    Audit,
    Committed,
    Compared,
    SharedBy,
    Sharing,
    Unverifiable,
)
from pipeline_health.core.model.findings import Scope
from pipeline_health.core.model.readings import (
    Blind,
    BlindCause,
    GitHubReading,
    Habit,
    NotAsked,
    Part,
    StatusState,
)
from pipeline_health.core.model.sight import Refusal, Sight, Source, Spell
from pipeline_health.core.model.snapshot import ProjectView
from pipeline_health.core.model.urls import Doubt, Miss, Place, UrlSight

# -- URLs, our own sight, secrets -------------------------------------------------------------


def _site(sight: Part[UrlSight], place: Place = Place.STAGING, **policy: object) -> ProjectView:
    urls = {"staging_url": "https://stage.example", "production_url": "https://shop.example"}
    named = replace(a_policy(), **{**urls, **policy})  # type: ignore[arg-type]
    return replace(a_view(policy=named), urls={place: sight})


def _of_urls() -> Iterator[tuple[str, ProjectView]]:
    three = (ago(minutes=10), ago(minutes=5), ago(minutes=1))
    for place in Place:
        yield f"{place} answers", _site(seen(a_sight()), place)
        yield f"{place} is down", _site(seen(a_sight(*three)), place)
    yield "a site without Railway is down", _site(seen(a_sight(*three)), railway_project=None)
    yield "a site was silent once", _site(seen(a_sight(ago())))
    yield "a site is silent beside others", _site(seen(a_sight(*three, shared=True)))
    yield "a site was not asked", _site(blind())
    for doubt in Doubt:
        yield f"a site is silent, but {doubt}", _site(seen(a_sight(doubt=doubt)))
    shared = tuple(Miss(at=at, says="answered 503", shared=at == three[0]) for at in three)
    partly = replace(a_sight(*three), misses=shared)
    yield "a site was silent beside others once", _site(seen(partly))


def _blindness(
    looks: int, age: timedelta, *, cause: BlindCause = BlindCause.UNREADABLE, token: str = ""
) -> Spell:
    return Spell(
        first=Blind(at=NOW - age, why="it timed out", cause=cause, token=token), looks=looks
    )


def _of_sight() -> Iterator[tuple[str, ProjectView]]:
    dark = Blind(at=NOW, why="it timed out")
    for source, look in (
        (Source.RAILWAY, replace(a_view(), staging=dark)),
        (Source.PRODUCTION, replace(a_view(), production=dark)),
        (Source.CHECKS, a_view(read=replace(github(), checks=dark))),
        (Source.GITHUB, a_view(read=_unread(dark))),
    ):
        for words, spell in (
            ("in this look", _blindness(1, MINUTE)),
            ("for long", _blindness(3, 20 * MINUTE)),
        ):
            sight = Sight(dark={source: spell})
            yield f"{source} is dark {words}", replace(look, sight=sight)
    long = _blindness(3, 20 * MINUTE)
    nowhere = a_view(policy=a_policy(railway_project=None), read=_unread(dark), staging=NotAsked())
    yield (
        "GitHub and a URL are dark for long, and Railway is not asked",
        replace(
            nowhere,
            urls={Place.STAGING: replace(dark, why="nobody answered")},
            sight=Sight(dark={Source.GITHUB: long, Source.URLS: long}),
        ),
    )
    other = replace(dark, why="it was cut off")
    half = replace(github(), checks=dark, issues=other, branch=dark)
    spells = dict.fromkeys((Source.BRANCH, Source.CHECKS, Source.ISSUES), long)
    yield (
        "parts of GitHub are dark for long, in two ways",
        replace(a_view(read=half), sight=Sight(dark=spells)),
    )
    for cause in (BlindCause.REFUSED, BlindCause.MISPLACED):
        refused = Blind(at=NOW, why="it says no", cause=cause, token="RAILWAY_TOKEN")
        for words, age in (("at first", MINUTE), ("again", 9 * MINUTE)):
            spell = Spell(first=replace(refused, at=NOW - age), looks=2)
            scope = Scope("railway:railway-project:staging")
            refusal = Refusal(token="RAILWAY_TOKEN", scope=scope, spell=spell)
            sight = Sight(
                dark={Source.RAILWAY: spell},
                refusals={Source.RAILWAY: refusal},
                refused=frozenset({"RAILWAY_TOKEN"}),
            )
            yield f"our token is {cause} {words}", replace(a_view(staging=refused), sight=sight)
    tokened = replace(an_environment(a_service(a_deployment())), token="RAILWAY_TOKEN")
    yield "our token is taken", a_view(staging=tokened)


def _unread(dark: Blind) -> GitHubReading:
    return GitHubReading(
        repository=dark,
        branch=dark,
        checks=dark,
        earlier=dark,
        deployments=dark,
        issues=dark,
        production=dark,
    )


def _audited(
    *sharings: Sharing, files: tuple[str, ...] = (), first: Mapping[str, datetime] | None = None
) -> ProjectView:
    audit = Audit(
        at=ago(minutes=9),
        variables=seen(Compared(sharings=sharings), at=ago(minutes=9)),
        files=seen(Committed(paths=files), at=ago(minutes=9)),
        first=first or {},
    )
    return replace(a_view(), audit=seen(audit))


def _of_secrets() -> Iterator[tuple[str, ProjectView]]:
    here, there = ("web KEY",), ("web KEY", "api KEY")
    many = tuple(f"s{at} KEY" for at in range(6))
    for by in SharedBy:
        one = Sharing(subject="KEY", by=by, staging=here, production=there)
        yield f"both have a {by}", _audited(one)
    known = Sharing(subject="KEY", by=SharedBy.VALUE, staging=here, production=there)
    yield "both have it since long", _audited(known, first={"KEY": ago(hours=9)})
    yield "it is in many places", _audited(replace(known, staging=many, production=many[:4]))
    yield "it is in one place more", _audited(replace(known, staging=many[:5]))
    yield (
        "staging has production's project",
        _audited(replace(known, by=SharedBy.SUPABASE, production=())),
    )
    yield (
        "production has staging's project",
        _audited(replace(known, by=SharedBy.SUPABASE, staging=())),
    )
    yield (
        "two files are committed",
        _audited(files=(".env", "api/.env"), first={".env": ago(hours=9)}),
    )
    yield (
        "an audit could not be made",
        replace(a_view(), audit=seen(Audit(at=NOW, variables=blind(), files=blind()))),
    )


_PROMOTED = {
    "success": (StatusState.SUCCESS, "All is well"),
    "a failed test": (StatusState.FAILURE, "block: e2e: a test failed"),
    "a failed smoke test": (StatusState.ERROR, "The smoke test failed"),
    "another reason": (StatusState.FAILURE, "block: main-ci: e2e is red"),
    "a test that was not made": (StatusState.ERROR, "unknown: e2e: it did not run"),
    "a failed smoke test, and what it said": (
        StatusState.FAILURE,
        "The smoke test said block: main-ci: no",
    ),
    "a test that is under way": (StatusState.PENDING, "block: e2e: it runs"),
}


def _of_promotions() -> Iterator[tuple[str, ProjectView]]:
    for words, (state, description) in _PROMOTED.items():
        for page, url in (("", "https://ci.example/2"), (", without a page", None)):
            status = a_status(state, context="pipeline-health/promotion", url=url)
            status = replace(status, description=description)
            read = github(at_head=checks(a_suite(), statuses=(status,)))
            yield f"the promotion check says {words}{page}", a_view(read=read)


_ARCHIVED = a_repository(archived=True)


def _of_the_unwatched() -> Iterator[tuple[str, ProjectView]]:
    begun = frozenset({"workflow_run", "workflow_dispatch", "pull_request"})
    habits = seen((Habit(workflow="Backup", events=begun),))
    for words, policy in (("", a_policy()), (" beside a pipeline", WHOLE)):
        read = replace(github(earlier=()), habits=habits)
        yield f"somebody begins a workflow{words}", a_view(policy=policy, read=read)
    app = checks(a_suite(), an_app_suite(a_suite(check_runs=1)))
    for words, read in (
        ("and an app checks", replace(github(at_head=app), habits=habits)),
        ("of an archived repository", replace(github(repository=_ARCHIVED), habits=habits)),
    ):
        yield f"somebody begins a workflow {words}", a_view(read=read)
    foreign = frozenset({"pull_request", "pull_request_target", "pull_request_review"})
    of_others = seen((Habit(workflow="Review", events=foreign),))
    yield "others begin a workflow", a_view(read=replace(github(), habits=of_others))
    nothing = replace(github(), required=seen(frozenset[str]()))
    yield "nothing is known to run always", a_view(read=nothing)
    yield "what ran cannot be read", a_view(read=replace(github(), habits=blind()))
    narrow = replace(checks(a_suite()), other_apps=False)
    yield "other apps are not seen", a_view(read=github(at_head=narrow))
    for cause in BlindCause:
        dark = Blind(at=NOW, why="it is not there", cause=cause)
        yield f"staging is {cause}", a_view(staging=dark)
        yield f"production is {cause}", replace(a_view(), production=dark)
    nobody = NotAsked("no token may see it")
    yield "production is nobody's to see", replace(a_view(), production=nobody)
    for count in (5, 6):
        doubts = tuple(Unverifiable(name=f"KEY_{at}", why="is sealed") for at in range(count))
        audit = Audit(at=NOW, variables=seen(Compared(unverifiable=doubts)), files=NotAsked())
        yield f"{count} secrets cannot be compared", replace(a_view(), audit=seen(audit))
    web, api = a_service(a_deployment()), a_service(a_deployment(), name="api")
    yield (
        "services names one and one that is not there",
        a_view(
            staging=an_environment(web, api), policy=a_policy(services=("web", "worker", "mail"))
        ),
    )
    images = tuple(a_deployment(commit=None, name=f"i{at}") for at in range(3))
    for words, deployments in (
        ("three", (*images, a_deployment(name="i3"))),
        ("two", (*images[:2], a_deployment(name="i2"))),
    ):
        yield (
            f"the {words} newest deployments name no commit",
            a_view(staging=an_environment(a_service(*deployments))),
        )


WAYS: Mapping[str, ProjectView] = {
    **dict(_of_urls()),
    **dict(_of_sight()),
    **dict(_of_secrets()),
    **dict(_of_promotions()),
    **dict(_of_the_unwatched()),
}
