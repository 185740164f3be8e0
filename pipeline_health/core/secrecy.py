"""What of a variable is secret, as marks by which two environments are compared.

A mark is a keyed digest that the shell makes with a key of its own for each audit; the value itself
ends here. A user name or a host alone leaves no mark: every Railway database user is `postgres`,
and poolers share their hosts.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import field
from typing import NewType, TypeAlias
from urllib.parse import parse_qs, unquote

from pipeline_health.core.model.audit import SharedBy
from pipeline_health.frozen import dataclass
from pipeline_health.patterns import later

Digest = NewType("Digest", bytes)
Digester: TypeAlias = Callable[[str], Digest]
"""Makes the keyed digest of a text: equal texts of one audit have equal digests."""

SHORTEST = 12
_WORDS = ("KEY", "SECRET", "TOKEN", "PASSWORD", "CREDENTIAL", "PRIVATE")
_OPEN = ("RAILWAY_", "PUBLIC_", "NEXT_PUBLIC_", "VITE_")
_NUMBER = later(r"[+-]?[\d.,_]+(?:e[+-]?\d+)?", re.IGNORECASE)
_REFERENCE = "${{"
_MASKED = later(
    r".*(?:\*{3}|[•●]{3}).*|[<\[(]?(?:redacted|masked|hidden|sealed|null|undefined)[>\])]?",
    re.IGNORECASE | re.DOTALL,
)
_SCHEME = later(r"(?:jdbc:)?(?P<scheme>[a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_AUTHORITY = later(r"[^/?#]*")
_HOST = later(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>.*))?", re.DOTALL)
_PORTS = {
    "amqp": "5672",
    "amqps": "5671",
    "clickhouse": "9000",
    "cockroachdb": "26257",
    "mariadb": "3306",
    "mongodb": "27017",
    "mssql": "1433",
    "mysql": "3306",
    "postgres": "5432",
    "postgresql": "5432",
    "redis": "6379",
    "rediss": "6379",
    "sqlserver": "1433",
}
_REDIS = ("redis", "rediss")
_LOCAL = later(r"[^.]*|127\..*|.*\.(?:internal|local|localhost)|\[.*\]", re.DOTALL)
"""Hosts whose name means another machine in each network, as Railway's private ones do."""
_SUPABASE = (
    later(
        r"(?<![a-z0-9-])([a-z0-9]{8,40})\.(?:(?:storage|functions|realtime)\.)?"
        r"supabase\.(?:co|in|net)(?![a-z0-9-])",
        re.IGNORECASE,
    ),
    later(
        r"//[^:/@\s.]+\.([a-z0-9]{8,40})(?::[^@\s]*)?@[a-z0-9.-]*pooler\.supabase\.com",
        re.IGNORECASE,
    ),
)
_ENV_FILE = later(r"\.env(?:\..+)?", re.DOTALL)
_EXAMPLES = (".example", ".sample", ".template")
_JWT = later(r"eyJ[\w-]+\.(?P<claims>[\w-]+)\.[\w-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something secret of a variable; what has the same digest is the same."""

    by: SharedBy
    digest: Digest = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Address:
    """A URL in parts, as they are written; it never shows them."""

    scheme: str
    user: str
    password: str
    host: str
    port: str
    name: str


def is_env_file(path: str) -> bool:
    """Tell whether a file of this *path* holds secrets by its name: any `.env` but an example."""
    name = path.rpartition("/")[2]
    return _ENV_FILE.fullmatch(name) is not None and not name.endswith(_EXAMPLES)


def is_open(name: str) -> bool:
    """Tell whether a variable of this *name* is meant for everybody, or made by Railway."""
    return name.upper().startswith(_OPEN)


def is_readable(value: str | None) -> bool:
    """Tell whether *value* is the real one: sealed ones answer null, masked ones asterisks."""
    return value is not None and _MASKED.fullmatch(value.strip()) is None


def marks_of(name: str, value: str, *, required: bool, digest: Digester) -> frozenset[Mark]:
    """Give the marks of a variable; none for what is no secret, cannot be read, or is a reference.

    A secret that is *required* is one whatever it is called and however short it is.
    """
    text = value.strip().replace("\\n", "\n")
    if not text or not is_readable(text) or (name.upper().startswith("RAILWAY_") and not required):
        return frozenset()
    return frozenset(_marks(name, text, required=required, digest=digest))


def supabase_mark(reference: str, digest: Digester) -> Mark:
    """Give the mark of everything that belongs to the Supabase project of that *reference*."""
    return Mark(by=SharedBy.SUPABASE, digest=digest(f"supabase {reference.lower()}"))


def _marks(name: str, text: str, *, required: bool, digest: Digester) -> Iterator[Mark]:
    address = _address_of(text)
    password = "" if address is None else unquote(address.password)
    named = any(word in name.upper() for word in _WORDS)
    if required or (not is_open(name) and (named or password)):
        if _is_comparable(text, required=required):
            yield Mark(by=SharedBy.VALUE, digest=digest(f"text {text}"))
        if _is_comparable(password, required=required):
            yield Mark(by=SharedBy.PASSWORD, digest=digest(f"text {password}"))
    if address is not None and not is_open(name):
        place = _database(address)
        if place is not None:
            yield Mark(by=SharedBy.DATABASE, digest=digest(f"database {place}"))
    for reference in _references(text):
        yield supabase_mark(reference, digest)


def _is_comparable(text: str, *, required: bool) -> bool:
    """Tell whether two equal ones are no accident: long enough, no number, and no reference."""
    if not text or _REFERENCE in text or not is_readable(text):
        return False
    return required or (len(text) >= SHORTEST and _NUMBER.fullmatch(text) is None)


def _address_of(text: str) -> _Address | None:
    """Read *text* as a URL, None when it is none.

    Not by `urllib`, which quotes what it cannot read in its error. A password may hold what should
    have been encoded, so that of a database ends at the last `@`.
    """
    found = _SCHEME.match(text)
    if found is None:
        return None
    scheme, rest = found["scheme"].lower().partition("+")[0], text[found.end() :]
    authority = _authority(rest)
    at = rest.rfind("@", 0, len(authority))
    if at < 0 and scheme in _PORTS:
        at = rest.rfind("@")
    user, _, password = rest[: max(at, 0)].partition(":")
    tail = rest[at + 1 :]
    authority = _authority(tail)
    path, _, query = tail[len(authority) :].partition("?")
    asked = parse_qs(query)
    host = _HOST.fullmatch(authority)
    return _Address(
        scheme=scheme,
        user=user or asked.get("user", [""])[0],
        password=password or asked.get("password", [""])[0],
        host="" if host is None else host["host"].lower().rstrip("."),
        port=(host and host["port"]) or _PORTS.get(scheme, ""),
        name=path.strip("/"),
    )


def _authority(text: str) -> str:
    found = _AUTHORITY.match(text)
    return "" if found is None else found[0]


def _database(address: _Address) -> str | None:
    """Name the database behind *address*; None where that is the same name for another one."""
    known = address.user or address.password
    redis = address.scheme in _REDIS
    user = address.user or ("default" if redis and known else "")
    name = address.name or ("0" if redis else "")
    parts = (address.host, address.port, unquote(user), unquote(name))
    if address.scheme not in _PORTS or not user or _LOCAL.fullmatch(address.host) is not None:
        return None
    return None if any(_REFERENCE in part for part in parts) else json.dumps(parts)


def _references(text: str) -> Iterator[str]:
    """Name the Supabase projects that *text* leads to: by host, by a pooler's user, by a key."""
    for pattern in _SUPABASE:
        yield from pattern.findall(text)
    token = _JWT.fullmatch(text)
    reference = None if token is None else _claimed(token["claims"])
    if reference is not None:
        yield reference


def _claimed(claims: str) -> str | None:
    try:
        told: object = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    except (ValueError, RecursionError, binascii.Error):
        return None
    if not isinstance(told, dict) or told.get("iss") != "supabase":
        return None
    reference = told.get("ref")
    return reference if isinstance(reference, str) and reference else None
