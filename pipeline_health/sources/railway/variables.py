"""The variables of staging and production, read together and compared by their marks."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from pipeline_health.clients.railway import Railway
from pipeline_health.clients.railway_access import Access, HeaderForm
from pipeline_health.clients.railway_variable_documents import View
from pipeline_health.clients.railway_variables import Got, Unread, Wanted, read_variables
from pipeline_health.clients.railway_weighing import weighed
from pipeline_health.core.audit import PRODUCTION, STAGING, Side, compared
from pipeline_health.core.model.audit import Compared, Unverifiable
from pipeline_health.core.model.deployed import Deployed
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import Blind, BlindCause, NotAsked, Part, Seen
from pipeline_health.core.secrecy import Digest, Digester
from pipeline_health.frozen import dataclass
from pipeline_health.ports import Memory
from pipeline_health.secret import NamedSecret
from pipeline_health.sources.railway.watching import Tokens

SHARED = "shared"
_LASTING = frozenset({BlindCause.UNCONFIGURED, BlindCause.UNSEEN})
"""Why production is not seen, where looking again changes nothing: there is nothing to compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Both:
    """The two environments of one project, and who may read the variables of each."""

    project_id: str
    staging: Environment
    production: Environment
    token: NamedSecret
    other: NamedSecret


class VariablesSource:
    """Compares variables; *key* gives the random key by which one audit digests values."""

    def __init__(
        self,
        client: Railway,
        *,
        tokens: Tokens,
        production: Tokens,
        memory: Memory,
        key: Callable[[], bytes],
    ) -> None:
        self._client = client
        self._tokens = tokens
        self._production = production
        self._memory = memory
        self._key = key

    def compared(
        self, project: ProjectPolicy, deployed: Deployed, *, now: datetime
    ) -> Part[Compared]:
        """Compare the variables of both environments, as they are configured now."""
        both = self._both(project, deployed, now=now)
        if not isinstance(both, _Both):
            return both
        got = self._read(both)
        digest: Digester = partial(_digest, self._key())
        required = frozenset(project.audit.required)
        found = compared(
            _side(both.staging, STAGING, got, required=required, digest=digest),
            _side(both.production, PRODUCTION, got, required=required, digest=digest),
            policy=project.audit,
            digest=digest,
        )
        passing = [one.why for one in got.values() if isinstance(one, Unread) and one.passing]
        if passing and not found.sharings:
            why = f"could not read the variables of {project.name}: {passing[0]}"
            return Blind(at=now, why=why)
        return Seen(at=now, value=found)

    def _both(
        self, project: ProjectPolicy, deployed: Deployed, *, now: datetime
    ) -> _Both | Blind | NotAsked:
        """Give what is to be compared, or why nothing can be."""
        staging, production = deployed.staging, deployed.production
        token, other = self._tokens(project.name), self._production(project.name)
        if project.railway_project is None:
            return NotAsked("no Railway project is configured")
        if not isinstance(staging, Seen):
            return _unseen(staging, STAGING, now=now)
        if not isinstance(production, Seen):
            return _unseen(production, PRODUCTION, now=now)
        if token is None or other is None:
            return NotAsked("there is no Railway token")
        if staging.value.id == production.value.id:
            return NotAsked("staging and production are one environment of Railway")
        return _Both(
            project_id=project.railway_project,
            staging=staging.value,
            production=production.value,
            token=token,
            other=other,
        )

    def _read(self, both: _Both) -> Mapping[Wanted, Got]:
        """Read both in one request where one token sees both, else each with its own."""
        of_staging, of_production = tuple(_wanted(both.staging)), tuple(_wanted(both.production))
        if both.token == both.other:
            return self._read_as(both.token, both.project_id, (*of_staging, *of_production))
        return {
            **self._read_as(both.token, both.project_id, of_staging),
            **self._read_as(both.other, both.project_id, of_production),
        }

    def _read_as(
        self, token: NamedSecret, project_id: str, wanted: Sequence[Wanted]
    ) -> Mapping[Wanted, Got]:
        """Read under the header by which the look saw, and under the other when that is refused."""
        remembered = self._memory.recall("railway-header", token.name)
        form = HeaderForm.PROJECT if remembered == HeaderForm.PROJECT else HeaderForm.BEARER
        got = self._read_under(form, token, project_id, wanted)
        if all(isinstance(one, Unread) and one.refused for one in got.values()):
            return self._read_under(form.other, token, project_id, wanted)
        return got

    def _read_under(
        self, form: HeaderForm, token: NamedSecret, project_id: str, wanted: Sequence[Wanted]
    ) -> Mapping[Wanted, Got]:
        access = Access(secret=token.secret, form=form)
        return read_variables(self._client, access, project_id, wanted)


def _digest(key: bytes, text: str) -> Digest:
    return Digest(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), key=key, digest_size=32).digest()
    )


def _unseen(part: Part[Environment], where: str, *, now: datetime) -> Blind | NotAsked:
    if isinstance(part, Blind) and part.cause not in _LASTING:
        return replace(part, at=now, why=f"{where} was not seen: {part.why}")
    why = part.why if isinstance(part, Blind | NotAsked) else ""
    return NotAsked(why or f"there is no {where} to compare")


def _wanted(environment: Environment) -> Iterator[Wanted]:
    yield Wanted(View.NAMES, environment.id)
    yield Wanted(View.SHARED, environment.id)
    for service in environment.services:
        yield Wanted(View.RENDERED, environment.id, service.id)
        yield Wanted(View.UNRENDERED, environment.id, service.id)


def _side(
    environment: Environment,
    where: str,
    got: Mapping[Wanted, Got],
    *,
    required: frozenset[str],
    digest: Digester,
) -> Side:
    names = got[Wanted(View.NAMES, environment.id)]
    held = (
        each
        for holder, service_id, views in _holders(environment, got)
        for each in weighed(
            holder,
            [view for view in views if not isinstance(view, Unread | tuple)],
            sealed=_sealed(names, service_id),
            required=required,
            digest=digest,
        )
    )
    return Side(held=tuple(held), unread=tuple(_unread(environment, where, got)))


def _sealed(names: Got, service_id: str | None) -> frozenset[str]:
    listed = names if isinstance(names, tuple) else ()
    return frozenset(each.name for each in listed if each.sealed and each.service == service_id)


def _unread(
    environment: Environment, where: str, got: Mapping[Wanted, Got]
) -> Iterator[Unverifiable]:
    """Name what could not be read, each thing once, with the first reason."""
    services = {service.id: service.name for service in environment.services}
    whys: dict[str, str] = {}
    for wanted, found in got.items():
        if wanted.environment == environment.id and isinstance(found, Unread):
            whys.setdefault(_label(wanted, services), found.why)
    for name, why in whys.items():
        yield Unverifiable(name=name, why=f"cannot be read in {where}: {why}")


def _label(wanted: Wanted, services: Mapping[str, str]) -> str:
    if wanted.view is View.NAMES:
        return "the list of variables"
    if wanted.view is View.SHARED:
        return "the list of shared variables"
    return f"service {services[wanted.service]}"


def _holders(
    environment: Environment, got: Mapping[Wanted, Got]
) -> Iterator[tuple[str, str | None, tuple[Got, ...]]]:
    """Give whatever holds variables, with its id and what was read of it."""
    yield SHARED, None, (got[Wanted(View.SHARED, environment.id)],)
    for service in environment.services:
        rendered = got[Wanted(View.RENDERED, environment.id, service.id)]
        unrendered = got[Wanted(View.UNRENDERED, environment.id, service.id)]
        yield service.name, service.id, (rendered, unrendered)
