"""What `doctor` says of Railway: a row a way to be wrong, and some that are right."""

from collections.abc import Mapping
from dataclasses import replace

from checkup_facts import (
    FACTS,
    INSIDE,
    LIVED,
    OWN,
    PRODUCTION,
    SCOPED,
    STAGED,
    THERE,
    UNREAD,
    WIDE,
    Row,
    with_place,
    with_project,
    with_tokens,
)
from pipeline_health.core.model.checkup import Invisible, RailwayKind
from pipeline_health.core.model.ids import ProjectName

DEPLOYS: Mapping[str, Row] = {
    "token unread": (
        "railway-tokens",
        with_tokens(replace(WIDE, kind=UNREAD)),
        ("not checked", "RAILWAY_TOKEN", "no answer"),
    ),
    "a token of GitHub": (
        "railway-tokens",
        with_tokens(replace(WIDE, kind=RailwayKind.FOREIGN)),
        ("fault", "RAILWAY_TOKEN", "wrong kind: is a token of GitHub", "make one in Railway"),
    ),
    "token refused": (
        "railway-tokens",
        with_tokens(replace(WIDE, kind=RailwayKind.REFUSED)),
        ("fault", "RAILWAY_TOKEN", "is refused by Railway", "make one in Railway"),
    ),
    "account token": (
        "railway-tokens",
        with_tokens(replace(WIDE, kind=RailwayKind.ACCOUNT)),
        (
            "advice",
            "RAILWAY_TOKEN",
            "is an account token, one person's: it reads staging and",
            "least of all",
        ),
    ),
    "workspace token": (
        "railway-tokens",
        with_tokens(WIDE),
        ("advice", "RAILWAY_TOKEN", "is a workspace token: it reads staging and", "least of all"),
    ),
    "a project token for many": (
        "railway-tokens",
        with_tokens(SCOPED, places=(STAGED, replace(STAGED, project=ProjectName("two")))),
        ("fault", "RAILWAY_TOKEN", "wrong kind: is a project token of staging", "workspace token"),
    ),
    "another project's token": (
        "railway-scopes",
        with_tokens(replace(SCOPED, place=replace(OWN, project_id="p2"))),
        (
            "fault",
            "RAILWAY_TOKEN",
            "another project than railway_project of shop",
            "make a project",
        ),
    ),
    "another environment's token": (
        "railway-scopes",
        with_tokens(replace(SCOPED, place=replace(OWN, environment_id="e9", environment="pr"))),
        ("fault", "RAILWAY_TOKEN", "belongs to pr of Railway project Shop, but", 'to "pr"'),
    ),
    "scopes of wide tokens": ("railway-scopes", with_tokens(WIDE), ()),
    "scopes of one for many": (
        "railway-scopes",
        with_tokens(replace(SCOPED, place=replace(OWN, project_id="p2")), places=(STAGED, STAGED)),
        (),
    ),
    "another environment's token beside a wide one": (
        "railway-scopes",
        with_tokens(
            WIDE,
            replace(SCOPED, variable="OWN", place=replace(OWN, project_id="p2")),
            places=(STAGED, replace(STAGED, variable="OWN")),
        ),
        ("fault", "OWN", "another project than railway_project of shop", "make a project token"),
    ),
    "URLs of what could not be looked into": ("urls", with_place(inside=UNREAD), ()),
    "production is not watched": (
        "production-tokens",
        with_tokens(SCOPED),
        (
            "advice",
            "RAILWAY_TOKEN_PRODUCTION",
            "production of shop is not watched",
            "make a project",
        ),
    ),
    "dead token": (
        "environments",
        with_tokens(replace(WIDE, kind=RailwayKind.REFUSED)),
        ("not checked", "projects[shop].staging_environment", "RAILWAY_TOKEN is no use: staging"),
    ),
    "environments unread": (
        "environments",
        with_place(environments=UNREAD),
        ("not checked", "projects[shop].staging_environment", "no answer"),
    ),
    "project not there": (
        "environments",
        with_place(environments=Invisible()),
        ("fault", "projects[shop].railway_project", "does not see the Railway project p1", "URL"),
    ),
    "project not there, said once": (
        "environments",
        with_place(environments=Invisible(), key=PRODUCTION),
        (),
    ),
    "misspelt environment": (
        "environments",
        with_project(with_place(), staging_environment="stageing"),
        ("fault", "projects[shop].staging_environment", 'no environment "stageing"', '"staging"'),
    ),
    "no production, and nobody named it": (
        "environments",
        with_place(key=PRODUCTION, environments=THERE[:1], inside=None),
        (),
    ),
    "no production, and somebody named it": (
        "environments",
        with_project(
            with_place(key=PRODUCTION, environments=THERE[:1], inside=None),
            production_environment="zzz",
            production_named=True,
        ),
        ("fault", "projects[shop].production_environment", "no environment", "write one of: stag"),
    ),
    "misspelt production": (
        "environments",
        with_project(with_place(key=PRODUCTION, inside=None), production_environment="productoin"),
        ("fault", "projects[shop].production_environment", "no env", 'write "production"'),
    ),
    "no staging like that": (
        "environments",
        with_project(with_place(inside=None), staging_environment="zzz"),
        ("fault", "projects[shop].staging_environment", "no environment", "write one of: prod"),
    ),
    "a project token that others do not use": (
        "railway-tokens",
        with_tokens(
            SCOPED,
            places=(STAGED, replace(STAGED, project=ProjectName("two"), variable="OTHER")),
        ),
        (),
    ),
    "two hosts": (
        "urls",
        with_project(
            with_place(
                inside=replace(
                    INSIDE,
                    services=(
                        replace(INSIDE.services[0], domains=frozenset({"b.example", "a.example"})),
                    ),
                )
            ),
            staging_url="https://c.example",
        ),
        (
            "advice",
            "projects[shop].staging_url",
            "it shows a.example, b.example",
            "else set https://a.example or https://b.example",
        ),
    ),
    "restricted": (
        "environments",
        with_place(environments=(replace(THERE[0], open=False),), inside=None),
        (
            "fault",
            "projects[shop].staging_environment",
            "is not let into",
            "let the token's account",
        ),
    ),
    "not to be looked into": (
        "environments",
        with_place(inside=UNREAD),
        ("not checked", "projects[shop].staging_environment", "no answer"),
    ),
    "by id, and in another case": (
        "environments",
        with_project(
            with_tokens(WIDE, places=(STAGED, LIVED)),
            staging_environment="e1",
            production_environment="PRODUCTION",
        ),
        (),
    ),
    "misspelt service": (
        "services",
        with_project(services=("wbe",)),
        ("fault", "projects[shop].services", 'staging has no service "wbe"', 'write "web"'),
    ),
    "a service of nothing": (
        "services",
        with_place(inside=replace(INSIDE, services=())),
        ("fault", "projects[shop].services", "has no service", "take it out of services"),
    ),
    "a service like no other": (
        "services",
        with_project(services=("zzz",)),
        ("fault", "projects[shop].services", "has no service", "in services, write one of: web"),
    ),
    "production's host": (
        "urls",
        with_project(staging_url="https://SHOP.example/x"),
        (
            "fault",
            "projects[shop].staging_url",
            "shop.example is a host of production, not of staging",
            "set https://web-staging.up.railway.app",
        ),
    ),
    "another host of Railway": (
        "urls",
        with_project(staging_url="https://old.up.railway.app"),
        ("fault", "projects[shop].staging_url", "is the host of no service of staging", "set"),
    ),
    "a host of nobody's": (
        "urls",
        with_project(staging_url="https://proxy.example"),
        ("advice", "projects[shop].staging_url", "Railway knows no host proxy.example", "proxy"),
    ),
    "no host is shown": (
        "urls",
        with_project(
            with_place(inside=replace(INSIDE, services=())), staging_url="https://proxy.example"
        ),
        (),
    ),
    "URLs without a policy": ("urls", replace(FACTS, policy=None, places=()), ()),
}
