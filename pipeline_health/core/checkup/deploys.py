"""Railway: each token's kind and place, the environments, the services, and their URLs."""

from collections.abc import Iterator
from typing import assert_never
from urllib.parse import urlsplit

from pipeline_health.core.checkup.words import (
    SHOWN,
    advice,
    correction,
    fault,
    listed,
    nearest,
)
from pipeline_health.core.model.checkup import (
    EnvironmentFacts,
    Facts,
    Invisible,
    NamedEnvironment,
    Place,
    RailwayKind,
    RailwayToken,
    TokenPlace,
    Unread,
)
from pipeline_health.core.model.examination import Told, Unchecked
from pipeline_health.core.model.policy import ProjectPolicy

STAGING, PRODUCTION = "staging_environment", "production_environment"
_RAILWAYS_OWN = ".up.railway.app"
_NEW_TOKEN = (
    "make one in Railway (a project's settings, Tokens; or railway.com/account/tokens) and put it "  # noqa: S105
    "into secrets.env"
)


def railway_tokens(facts: Facts) -> Iterator[Told]:
    """Check what each token is, and whether Railway takes it."""
    for token in facts.tokens:
        match token.kind:
            case Unread(why=why):
                yield Unchecked(where=token.variable, why=why)
            case RailwayKind.FOREIGN:
                says = "wrong kind: is a token of GitHub, not of Railway"
                yield fault(token.variable, says, _NEW_TOKEN)
            case RailwayKind.REFUSED:
                says = "is refused by Railway as an account's, a workspace's and a project's token"
                yield fault(token.variable, says, _NEW_TOKEN)
            case RailwayKind.ACCOUNT | RailwayKind.WORKSPACE as kind:
                yield from _spanning(token, kind)
            case RailwayKind.PROJECT:
                yield from _single(facts, token)
            case _ as unreachable:
                assert_never(unreachable)


def _spanning(token: RailwayToken, kind: RailwayKind) -> Iterator[Told]:
    of = "a workspace token" if kind is RailwayKind.WORKSPACE else "an account token, one person's"
    yield advice(
        token.variable,
        f"is {of}: it reads staging and production, and may deploy to both",
        "least of all: project tokens, RAILWAY_TOKEN_<NAME> for staging and "
        "RAILWAY_TOKEN_<NAME>_PRODUCTION; keep this one away from jobs that run a commit's code",
    )


def _single(facts: Facts, token: RailwayToken) -> Iterator[Told]:
    """Tell of a project token of which more is wanted than it is for."""
    asked = [place for place in facts.places if place.variable == token.variable]
    projects = sorted({place.project for place in asked})
    place = token.place
    if len(projects) > 1 and place is not None:
        yield fault(
            token.variable,
            f"wrong kind: is a project token of {_of(place)}, and {len(projects)} projects are "
            "looked at with it; of all others it shows empty lists",
            "put a workspace token there, or give each project its own RAILWAY_TOKEN_<NAME>",
        )


def railway_scopes(facts: Facts) -> Iterator[Told]:
    """Check that a project token is one of the very environment: of others it says nothing."""
    tokens = {token.variable: token for token in facts.tokens}
    users = [place.variable for place in facts.places]
    for project, place in _placed(facts):
        token = tokens.get(place.variable)
        if token is None or token.place is None or users.count(place.variable) > 1:
            continue
        yield from _misplaced(project, place, token.place)


def _misplaced(project: ProjectPolicy, place: Place, own: TokenPlace) -> Iterator[Told]:
    wanted, where = _wanted(project, place), f"projects[{project.name}]"
    remedy = (
        f"make a project token in {wanted} of that project and put it into {place.variable}, or "
    )
    if own.project_id != project.railway_project:
        yield fault(
            place.variable,
            f"belongs to {_of(own)}, another project than railway_project of {project.name}: all "
            "its lists come back empty, without an error",
            f"{remedy}set {where}.railway_project to {own.project_id}",
        )
    elif not _is(wanted, own.environment_id, own.environment):
        yield fault(
            place.variable,
            f'belongs to {_of(own)}, but {place.key} of {project.name} is "{wanted}": its lists '
            "come back empty, without an error",
            f'{remedy}set {where}.{place.key} to "{own.environment}"',
        )


def production_tokens(facts: Facts) -> Iterator[Told]:
    """Check that a project whose staging has a project token has one of production too."""
    scoped = {token.variable for token in facts.tokens if token.kind is RailwayKind.PROJECT}
    both = {place.project for place in facts.places if place.key == PRODUCTION}
    lacks = [
        place
        for place in facts.places
        if place.key == STAGING and place.variable in scoped and place.project not in both
    ]
    if lacks:
        yield advice(
            f"{lacks[0].variable}_PRODUCTION",
            f"production of {listed([one.project for one in lacks])} is not watched, and not "
            "compared with staging: there is no token for it",
            "make a project token in production and put it into this variable",
        )


def environments(facts: Facts) -> Iterator[Told]:
    """Check that each project and each environment is there and open to its token."""
    scoped = {token.variable for token in facts.tokens if token.place is not None}
    dead = {
        token.variable
        for token in facts.tokens
        if token.kind in (RailwayKind.REFUSED, RailwayKind.FOREIGN)
    }
    for project, place in _placed(facts):
        if place.variable in dead:
            why = f"{place.variable} is no use: {_wanted(project, place)} was not looked at"
            yield Unchecked(where=f"projects[{project.name}].{place.key}", why=why)
        elif place.variable not in scoped:
            yield from _environment(project, place)


def _environment(project: ProjectPolicy, place: Place) -> Iterator[Told]:
    where = f"projects[{project.name}].{place.key}"
    match place.environments:
        case Unread(why=why):
            yield Unchecked(where=where, why=why)
        case Invisible() if place.key == STAGING:  # said once
            yield fault(
                f"projects[{project.name}].railway_project",
                f"{place.variable} does not see the Railway project {project.railway_project}",
                "set it to the id in the project's URL (railway.com/project/…), or let the token's "
                "account into the project",
            )
        case Invisible():
            return
        case there:
            yield from _named(project, place, there, where)


def _named(
    project: ProjectPolicy, place: Place, there: tuple[NamedEnvironment, ...], where: str
) -> Iterator[Told]:
    found = chosen(_wanted(project, place), there)
    names = [one.name for one in there]
    if found is None:
        must_be = place.key == STAGING or project.production_named
        wanted = _wanted(project, place)
        says = f'Railway project {project.railway_project} has no environment "{wanted}"'
        if must_be or nearest(wanted, names):
            yield fault(where, says, correction(wanted, names, key=place.key))
    elif not found.open:
        yield fault(
            where,
            f'{place.variable} is not let into "{found.name}": it is restricted',
            "let the token's account into it in Railway (the project's settings, Environments)",
        )
    elif isinstance(place.inside, Unread):
        yield Unchecked(where=where, why=place.inside.why)


def services(facts: Facts) -> Iterator[Told]:
    """Check that each service that is named is in staging."""
    for project, place in _placed(facts):
        if place.key != STAGING or not isinstance(place.inside, EnvironmentFacts):
            continue
        there = {service.name for service in place.inside.services}
        for name in sorted(set(project.services) - there):
            yield fault(
                f"projects[{project.name}].services",
                f'{place.inside.name} has no service "{name}"',
                correction(name, there, key="services"),
            )


def urls(facts: Facts) -> Iterator[Told]:
    """Check that each URL is under a host that Railway shows for its environment."""
    inside = {
        (project.name, place.key): place.inside
        for project, place in _placed(facts)
        if isinstance(place.inside, EnvironmentFacts)
    }
    for project in facts.policy.projects if facts.policy else ():
        for key, of, other in (
            ("staging_url", STAGING, PRODUCTION),
            ("production_url", PRODUCTION, STAGING),
        ):
            url: str | None = getattr(project, key)
            own, elsewhere = inside.get((project.name, of)), inside.get((project.name, other))
            if url is not None and own is not None:
                yield from _url(f"projects[{project.name}].{key}", url, own, elsewhere)


def _url(
    where: str, url: str, own: EnvironmentFacts, other: EnvironmentFacts | None
) -> Iterator[Told]:
    host, there = f"{urlsplit(url).hostname}".casefold(), sorted(_domains(own))
    if host in there or not there:
        return
    shown = " or ".join(f"https://{one}" for one in there[:SHOWN])
    if other is not None and host in _domains(other):
        yield fault(where, f"{host} is a host of {other.name}, not of {own.name}", f"set {shown}")
    elif host.endswith(_RAILWAYS_OWN):
        says = f"{host} is the host of no service of {own.name}"
        yield fault(
            where, f"{says}: another host is asked than the one deployed to", f"set {shown}"
        )
    else:
        yield advice(
            where,
            f"Railway knows no host {host} in {own.name}; it shows {listed(there)}",
            f"nothing, where a proxy of yours stands in front; else set {shown}",
        )


def _domains(environment: EnvironmentFacts) -> frozenset[str]:
    return frozenset(one.casefold() for service in environment.services for one in service.domains)


def chosen(wanted: str, there: tuple[NamedEnvironment, ...]) -> NamedEnvironment | None:
    """Give the environment that is meant: by id, else by name, else by name in any case."""
    by_id = [one for one in there if one.id == wanted]
    by_name = [one for one in there if one.name == wanted]
    near = [one for one in there if _is(wanted, one.id, one.name)]
    found = by_id or by_name or near
    return found[0] if len(found) == 1 else None


def _is(wanted: str, id_: str, name: str) -> bool:
    return wanted == id_ or wanted.casefold() == name.casefold()


def _of(place: TokenPlace) -> str:
    return f"{place.environment} of Railway project {place.project}"


def _wanted(project: ProjectPolicy, place: Place) -> str:
    named: str = getattr(project, place.key)
    return named


def _placed(facts: Facts) -> Iterator[tuple[ProjectPolicy, Place]]:
    by_name = {project.name: project for project in facts.policy.projects} if facts.policy else {}
    for place in facts.places:
        yield by_name[place.project], place
