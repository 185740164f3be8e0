"""Variables of Railway's environments, values and all, on their way to being compared.

A value is a `Secret` from the moment it is read. What Railway said when it failed goes no further
than here, because it may quote what it failed at: only our own words for it do.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TypeAlias

from pipeline_health.clients.errors import (
    ClientError,
    NothingThereError,
    RateLimitedError,
    RefusedError,
    UnexpectedShapeError,
)
from pipeline_health.clients.graphql import Result
from pipeline_health.clients.json import Json
from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_access import Access
from pipeline_health.clients.railway_errors import NotAuthorizedError, error_of
from pipeline_health.clients.railway_facts import Page, page_of, pages
from pipeline_health.clients.railway_variable_documents import (
    RAILWAY_NAMES_PAGE,
    View,
    railway_variables,
)
from pipeline_health.frozen import dataclass
from pipeline_health.secret import Secret

AT_ONCE = 60
NAMES_PAGES = 10
_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing to read: the variables of an environment, or of one *service* in it, by id."""

    view: View
    environment: str
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A variable without its value; *service* is None for one that the environment shares."""

    name: str
    sealed: bool
    service: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Why something could not be read, in our words; *passing* says that it may be read later."""

    why: str
    passing: bool
    refused: bool = False


Values: TypeAlias = Mapping[str, Secret | None]
"""Variables by name; None for one whose value Railway keeps to itself."""
_NONE_AT_ALL = Unread(why="Railway shows none at all, not even its own", passing=False)
"""A service as its deployment sees it has `RAILWAY_*` at least: an empty read is none."""
Got: TypeAlias = tuple[Named, ...] | Values | Unread


def read_variables(
    railway: Railway, access: Access, project_id: str, wanted: Sequence[Wanted]
) -> Mapping[Wanted, Got]:
    """Read all of *wanted*, AT_ONCE in a request; each is there, with what it is or why not.

    Never raises for what Railway does. A failing alias turns the whole answer into null: it is left
    out together with what belongs to it, and the others are asked for again.
    """
    reading = _Reading(railway, access, project_id)
    for start in range(0, len(wanted), AT_ONCE):
        reading.read(wanted[start : start + AT_ONCE])
    return reading.got


class _Reading:
    """What is read so far; *refused* counts by environment how often the token was turned away."""

    def __init__(self, railway: Railway, access: Access, project_id: str) -> None:
        self._railway = railway
        self._access = access
        self._project_id = project_id
        self._refused: dict[str, int] = {}
        self.got: dict[Wanted, Got] = {}

    def read(self, wanted: Sequence[Wanted]) -> None:
        """Read until each of *wanted* is settled; every request settles one at least."""
        again = False
        while rest := tuple(one for one in wanted if one not in self.got):
            try:
                result = self._ask(rest, again=again)
            except ClientError as exc:
                self.got |= dict.fromkeys(rest, _unread(exc))
                return
            self._settle(rest, result)
            again = True

    def _ask(self, rest: Sequence[Wanted], *, again: bool) -> Result:
        variables: dict[str, object] = {}
        if any(one.view is not View.NAMES for one in rest):
            variables["project"] = self._project_id
        for at, one in enumerate(rest):
            variables[f"e{at}"] = one.environment
            variables |= {f"s{at}": one.service} if one.service else {}
        document = railway_variables([one.view for one in rest])
        return self._railway.asking.ask(self._access, document, variables, patient=not again)

    def _settle(self, rest: Sequence[Wanted], result: Result) -> None:
        named = {problem.alias: _unread(error_of(problem)) for problem in result.problems}
        for at, one in enumerate(rest):
            alias = f"v{at}"
            if alias in named:
                self._give_up(one, rest, named.pop(alias))
            elif one not in self.got and not result.data.at(alias).missing:
                self.got[one] = self._read(one, result.data.at(alias))
        if named or all(one not in self.got for one in rest):
            nothing = Unread(why="Railway gave no answer that can be used", passing=True)
            why = next(iter(named.values()), nothing)
            self.got |= {one: why for one in rest if one not in self.got}

    def _give_up(self, failed: Wanted, rest: Sequence[Wanted], why: Unread) -> None:
        """Give up what failed with what belongs to it: each would cost another request.

        A token that is turned away twice in one environment is not let into it at all.
        """
        environment = failed.environment
        self._refused[environment] = self._refused.get(environment, 0) + why.refused
        for one in rest:
            kin = one.service == failed.service and (one.view is View.NAMES) is (
                failed.view is View.NAMES
            )
            if one.environment == environment and (kin or self._refused[environment] >= _ENOUGH):
                self.got.setdefault(one, why)

    def _read(self, one: Wanted, found: Json) -> Got:
        try:
            if one.view is View.NAMES:
                return tuple(self._names(one.environment, found.at("variables")))
            names = found.keys()
            if one.view is View.RENDERED and not names:
                return _NONE_AT_ALL
            return {name: _secret(found.at(name)) for name in names}
        except ClientError as exc:
            return _unread(exc)

    def _names(self, environment: str, found: Json) -> Iterator[Named]:
        def fetch(after: str) -> Page[Named]:
            variables = {"id": environment, "after": after}
            result = self._railway.asking.demand(self._access, RAILWAY_NAMES_PAGE, variables)
            return page_of(result.data.at("environment", "variables"), _named)

        first = page_of(found, _named)
        for page in pages(first, partial(fetch), cap=NAMES_PAGES):
            yield from page.items


def _named(node: Json) -> Named:
    return Named(
        name=node.text("name"), sealed=node.flag("isSealed"), service=node.maybe_text("serviceId")
    )


def _secret(value: Json) -> Secret | None:
    text = value.maybe_text()
    return None if text is None else Secret(text)


def _unread(exc: ClientError) -> Unread:
    """Say why in our own words, from the sort of error alone."""
    match exc:
        case NotAuthorizedError():
            why, passing = "Railway does not show them to our token (Not Authorized)", False
        case NothingThereError():
            why, passing = "Railway says that there is no such thing", False
        case RefusedError():
            why, passing = "Railway does not answer what we ask", False
        case RateLimitedError():
            why, passing = "Railway's rate limit is reached", True
        case UnexpectedShapeError():
            why, passing = "Railway's answer is not of the shape that we know", True
        case _:
            why, passing = "Railway gave no answer that can be used", True
    return Unread(why=why, passing=passing, refused=isinstance(exc, NotAuthorizedError))
