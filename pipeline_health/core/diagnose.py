"""From evidence to a cause and whoever can mend it: an ordered table, first match wins.

A newcomer adds a signature by writing a row into `SIGNATURES` and a real example into its test.
Untrusted text decides a class here and nothing else: no word of it becomes a name, but a secret's
name of the usual shape.
"""

import re
from dataclasses import dataclass

from pipeline_health.core.model.findings import Finding
from pipeline_health.core.model.incident import Cause, CauseClass, Owner
from pipeline_health.core.model.questions import Evidence

_SECRET_NAME = re.compile(
    r"\b(?=[A-Z0-9_]{4,60}\b)[A-Z][A-Z0-9]*_(?:[A-Z0-9]+_)*?"
    r"(?:TOKEN|KEY|SECRET|PASSWORD|CREDENTIALS?)\b"
)
_PROVIDERS = (
    (re.compile(r"railway", re.IGNORECASE), "Railway"),
    (re.compile(r"docker|registry|ghcr|denied:", re.IGNORECASE), "container registry"),
    (re.compile(r"\bnpm\b|npmjs", re.IGNORECASE), "npm"),
    (re.compile(r"github|bad credentials", re.IGNORECASE), "GitHub"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One row: a line that matches *line*, in a step that matches *step* where that is asked for.

    *but_not* names steps in which the line proves nothing: a test that expects a refusal.
    """

    name: str
    of: CauseClass
    owner: Owner
    line: re.Pattern[str]
    step: re.Pattern[str] | None = None
    but_not: re.Pattern[str] | None = None


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_A_TEST = _words(r"\b(?:tests?|smoke|e2e|specs?|lint|coverage)\b")

SIGNATURES: tuple[Signature, ...] = (
    Signature(
        name="a named secret is rejected",
        of=CauseClass.CREDENTIAL,
        owner=Owner.HUMAN,
        line=re.compile(
            _SECRET_NAME.pattern
            + r"[^.;]{0,40}\b(?:invalid|expired|revoked|rejected|unauthori[sz]ed)\b"
            + r"|\b(?:[Ii]nvalid|[Ee]xpired|[Rr]evoked)\s+"
            + _SECRET_NAME.pattern
        ),
        but_not=_A_TEST,
    ),
    Signature(
        name="a named secret is not set",
        of=CauseClass.CREDENTIAL,
        owner=Owner.HUMAN,
        line=re.compile(
            _SECRET_NAME.pattern
            + r"[^.;]{0,40}\b(?:not set|not configured|unset|missing|must be set|is required)\b"
        ),
        but_not=_A_TEST,
    ),
    Signature(
        name="the registry refuses the login",
        of=CauseClass.CREDENTIAL,
        owner=Owner.HUMAN,
        line=_words(
            r"\bdenied: (?:permission_denied|requested access)|\bunauthorized: authentication"
        ),
        but_not=_A_TEST,
    ),
    Signature(
        name="the provider refuses the credential",
        of=CauseClass.CREDENTIAL,
        owner=Owner.HUMAN,
        line=_words(
            r"\bbad credentials\b|\bnot authorized\b|\btoken is (?:invalid|expired)\b"
            r"|\binvalid or expired token\b|\bauthentication (?:required|failed)\b"
        ),
        but_not=_A_TEST,
    ),
    Signature(
        name="refused in a step that deploys or logs in",
        of=CauseClass.CREDENTIAL,
        owner=Owner.HUMAN,
        line=_words(r"\b(?:401|403)\b.{0,20}\b(?:unauthori[sz]ed|forbidden)\b"),
        step=_words(r"\b(?:deploy\w*|log ?in|publish\w*|push|release\w*|validat\w*)\b"),
        but_not=_A_TEST,
    ),
    Signature(
        name="the registry of packages could not be reached",
        of=CauseClass.PLATFORM,
        owner=Owner.HUMAN,
        line=_words(
            r"\bnpm (?:ERR!|error) (?:code|errno|network)\b.*\b(?:ECONNRESET|ETIMEDOUT|EAI_AGAIN)"
        ),
    ),
)


def diagnose(finding: Finding, evidence: Evidence | None) -> Cause:
    """Name the cause of *finding* as far as *evidence* tells; without any it is unknown."""
    if evidence is not None:
        lines = _lines(evidence)
        for signature in SIGNATURES:
            line = _matching_line(signature, evidence, lines)
            if line is not None:
                return _cause(signature, line, lines)
    return Cause(
        of=CauseClass.UNKNOWN,
        key=f"{finding.symptom.kind}:{finding.symptom.subject.name}",
        owner=Owner.AGENT,
        why="No known signature matches the evidence."
        if evidence is not None and evidence.complete
        else "There is no log to judge by yet.",
    )


def _lines(evidence: Evidence) -> tuple[str, ...]:
    first = () if evidence.first_error is None else (evidence.first_error,)
    return (*first, *evidence.tail.splitlines())


def _matching_line(signature: Signature, evidence: Evidence, lines: tuple[str, ...]) -> str | None:
    steps = " ".join((*evidence.jobs, *evidence.steps))
    if signature.step is not None and not signature.step.search(steps):
        return None
    if signature.but_not is not None and signature.but_not.search(" ".join(evidence.steps)):
        return None
    return next((line for line in lines if signature.line.search(line)), None)


def _cause(signature: Signature, line: str, lines: tuple[str, ...]) -> Cause:
    return Cause(
        of=signature.of,
        key=_secret_named(line, lines),
        owner=signature.owner,
        why=f"The log says so: {signature.name}.",
    )


def _secret_named(line: str, lines: tuple[str, ...]) -> str:
    """Give the secret that *line* names, else any that the log names, else the provider."""
    for text in (line, *lines):
        named = _SECRET_NAME.search(text)
        if named is not None:
            return named[0]
    for text in (line, *lines):
        for pattern, provider in _PROVIDERS:
            if pattern.search(text):
                return provider
    return "credential"
