"""What a cause is called: a secret, a provider, a subject; never a word of untrusted text else."""

import re
from collections.abc import Iterable
from typing import assert_never

from pipeline_health.core.diagnose.signature import Signature
from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.incident import CauseClass
from pipeline_health.core.model.questions import DeployTrace
from pipeline_health.frozen import dataclass

NAME_SHAPE = (
    r"\b(?=[A-Z0-9_]{4,60}\b)"
    r"(?!(?:CACHE|PRIMARY|FOREIGN|SORT|PARTITION|DUPLICATE|INVALID|EXPIRED|REVOKED|WRONG|BAD|NO"
    r"|MISSING|UNEXPECTED|UNKNOWN|ERR|ERROR)_)"
    r"[A-Z][A-Z0-9]*_(?:[A-Z0-9]+_)*?"
    r"(?:TOKEN|KEY|SECRET|PASSWORD|CREDENTIALS?)\b"
)
"""The shape of a secret's name, but for names of errors and of keys that are no secrets."""
_SECRET = re.compile(NAME_SHAPE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Who refused or failed: recognised by *line*; its secrets have one of *marks* in the name."""

    name: str
    line: re.Pattern[str]
    marks: tuple[str, ...]


def _named(name: str, line: str, *marks: str) -> Provider:
    return Provider(name=name, line=re.compile(line, re.IGNORECASE), marks=marks)


PROVIDERS = (
    _named("Railway", r"railway", "RAILWAY"),
    _named("npm", r"\bnpm\b|npmjs|yarnpkg|pnpm", "NPM", "NODE"),
    _named("Docker Hub", r"docker\.io|docker hub|pull rate limit", "DOCKER"),
    _named(
        "container registry",
        r"docker|ghcr|container registry|denied:|unauthorized: ",
        *("DOCKER", "REGISTRY", "GHCR", "CR", "GITHUB"),
    ),
    _named("PyPI", r"pypi|pythonhosted", "PYPI", "TWINE"),
    _named("AWS", r"\baws\b|amazonaws|security token included", "AWS"),
    _named("Google Cloud", r"google|gcloud|googleapis|gserviceaccount", "GOOGLE", "GCP", "GCLOUD"),
    _named("database", r"postgres|mysql|for user \"", "DATABASE", "DB", "POSTGRES", "PG"),
    _named("GitHub", r"github|bad credentials|\bgh:", "GITHUB", "GH", "PAT"),
)


def key_of(
    signature: Signature, finding: Finding, *, match: re.Match[str] | None, passage: Iterable[str]
) -> str:
    """Give the key of a cause that *signature* recognised, by its class."""
    subject = finding.symptom.subject.name
    match signature.of:
        case CauseClass.CREDENTIAL:
            return _credential(signature, match, tuple(passage))
        case CauseClass.QUOTA | CauseClass.PLATFORM:
            return f"{_provider(signature, finding, match)}: {signature.name}"
        case CauseClass.CONFIG | CauseClass.DEPENDENCY:
            return f"{subject}: {signature.name}"
        case CauseClass.APPROVAL | CauseClass.FLAKY | CauseClass.CODE | CauseClass.UNKNOWN:
            return subject
        case unreachable:
            assert_never(unreachable)


def _credential(signature: Signature, match: re.Match[str] | None, passage: tuple[str, ...]) -> str:
    """Give the secret on the failing line, else the only one it can be, else the provider.

    A log names many secrets that are well: a wrong one must not be blamed for a refusal.
    """
    matched, line = ("", "") if match is None else (match[0], match.string)
    named = _SECRET.findall(matched) or _SECRET.findall(line)
    if named:
        return str(named[-1])
    provider = _fixed(signature) or _told_by(line)
    secrets = tuple(dict.fromkeys(name for line in passage for name in _SECRET.findall(line)))
    if provider is not None:
        secrets = tuple(name for name in secrets if _may_be_of(name, provider))
    if len(secrets) == 1:
        return str(secrets[0])
    told = (_told_by(_SECRET.sub("", line)) for line in passage)
    known = provider or next(filter(None, told), None)
    return "credential" if known is None else known.name


def _told_by(line: str) -> Provider | None:
    return next((provider for provider in PROVIDERS if provider.line.search(line)), None)


def _fixed(signature: Signature) -> Provider | None:
    return next((each for each in PROVIDERS if each.name == signature.provider), None)


def _may_be_of(secret: str, provider: Provider) -> bool:
    return any(mark in secret.split("_") for mark in provider.marks)


def _provider(signature: Signature, finding: Finding, match: re.Match[str] | None) -> str:
    """Name who fails: as the table says, else as the line does, else whose machine it was."""
    if signature.provider is not None:
        return signature.provider
    told = None if match is None else _told_by(match.string)
    if told is not None:
        return told.name
    return "Railway" if isinstance(finding.trace, DeployTrace) else "GitHub Actions"
