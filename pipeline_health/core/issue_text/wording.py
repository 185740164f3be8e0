"""The small words of every text: times, durations, names, commits and links.

A name from outside is shown as a code span, and a URL becomes a link only when it is harmless.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import assert_never

from pipeline_health.core.inert import inline, plain, prose
from pipeline_health.core.model.findings import Kind, Subject, Symptom, Thing
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.incident import Cause, CauseClass
from pipeline_health.core.model.questions import DeployTrace, LinkTrace, RunTrace, Trace

GITHUB = "https://github.com"
SHOWN = 10

_LONGEST_URL = 500
_LINKABLE = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:[/?#][A-Za-z0-9._~%/?=&+,:#-]*)?"
)
# GitHub notes no reference at a commit, and our own texts link them.
_COMMIT_PAGE = re.compile(r"https://github\.com/[\w.-]+/[\w.-]+/commit/[0-9a-f]{40}", re.ASCII)
_ISSUE_PAGE = re.compile(r"https://[\w.-]+/[\w.-]+/[\w.-]+/issues/[0-9]+", re.ASCII)
_SECRET_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_UNSET = ("a named secret is not set.", "an action was given no credential.")
"""How the cause ends where the signature is one of a credential that is not there."""
_NOUNS = {
    Thing.WORKFLOW: "workflow",
    Thing.STATUS: "commit status",
    Thing.SERVICE: "service",
    Thing.ENVIRONMENT: "environment",
    Thing.BRANCH: "branch",
    Thing.PROJECT: "project",
    Thing.SOURCE: "source",
    Thing.SECRET: "secret",
    Thing.CREDENTIAL: "secret",
    Thing.FILE: "file",
    Thing.URL: "URL",
}


def moment(at: datetime) -> str:
    """Give *at* to the minute, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def duration(length: timedelta) -> str:
    """Give *length* in its two largest units: `2 h 5 min`, `3 d 4 h`."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 1:
        return "less than a minute"
    days, hours = minutes // 1440, minutes // 60 % 24
    units = ((days, "d"), (hours, "h"), (0 if days else minutes % 60, "min"))
    return " ".join(f"{count} {unit}" for count, unit in units if count)


def sentence(text: str) -> str:
    """Give *text* with a capital at its start."""
    return text[:1].upper() + text[1:]


def counted(count: int, noun: str, nouns: str | None = None) -> str:
    """Give `1 job`, `2 jobs`; *nouns* is the plural where it is not the noun with an s."""
    return f"{count:,} {noun if count == 1 else nouns or f'{noun}s'}"


def names(of: Iterable[str]) -> str:
    """Give names from outside as a list of code spans, the first ten of them."""
    every = tuple(of)
    shown = ", ".join(inline(name) for name in every[:SHOWN])
    return shown if len(every) <= SHOWN else f"{shown} and {len(every) - SHOWN} more"


def jobs_named(jobs: tuple[str, ...]) -> str:
    """Give `job …` or `jobs …` with their names."""
    return f"{'job' if len(jobs) == 1 else 'jobs'} {names(jobs)}"


def noun_of(subject: Subject) -> str:
    """Give what sort of thing *subject* is, in words."""
    return _NOUNS[subject.thing]


def named(subject: Subject) -> str:
    """Give the noun and the name of *subject*: a workflow, a service."""
    return f"{noun_of(subject)} {inline(subject.name)}"


def is_deploy(kind: Kind, subject: Subject) -> bool:
    """Tell whether *subject* is about a deployment, and not about CI."""
    return kind in (Kind.STAGING_DEPLOY_FAILED, Kind.PRODUCTION_DEPLOY_FAILED) or (
        subject.thing in (Thing.SERVICE, Thing.ENVIRONMENT)
    )


def is_production(kind: Kind) -> bool:
    """Tell whether *kind* is about production, and not about staging or CI."""
    return kind.startswith("production-")


def what_runs(symptom: Symptom) -> str:
    """Name what has to succeed: `workflow …`, `the deployment of service …`, the tests."""
    match symptom.subject.thing:
        case Thing.WORKFLOW | Thing.STATUS | Thing.URL:
            scheduled = symptom.kind is Kind.SCHEDULED_WORKFLOW_RED
            return f"scheduled {named(symptom.subject)}" if scheduled else named(symptom.subject)
        case Thing.BRANCH:
            return f"CI of {named(symptom.subject)}"
        case Thing.PROJECT:
            return "production" if is_production(symptom.kind) else "the tests against staging"
        case Thing.SERVICE | Thing.ENVIRONMENT:
            return _deployment(symptom)
        case Thing.CREDENTIAL | Thing.FILE:
            return f"the {named(symptom.subject)}"
        case Thing.SOURCE | Thing.SECRET:
            return _what_sees(symptom.subject)
        case unreachable:
            assert_never(unreachable)


def _deployment(symptom: Symptom) -> str:
    if symptom.subject.thing is Thing.ENVIRONMENT:
        return f"the deployment to {named(symptom.subject)}"
    to_production = " to production" if is_production(symptom.kind) else ""
    return f"the deployment of {named(symptom.subject)}{to_production}"


def _what_sees(subject: Subject) -> str:
    """Name what we see, or what we see with."""
    secret = subject.thing is Thing.SECRET
    return f"the monitor's own {named(subject)}" if secret else inline(subject.name)


def secret_of(cause: Cause) -> str | None:
    """Give the name of the secret that *cause* is about, None when only a provider is known."""
    return cause.key if _SECRET_NAME.fullmatch(cause.key) and len(cause.key) <= SHOWN * 8 else None


def credential(cause: Cause) -> str:
    """Name the credential that was refused, as exactly as *cause* knows it."""
    secret = secret_of(cause)
    if secret is not None:
        return f"the secret `{secret}`"
    provider = plain(cause.key)
    return "a credential" if provider == "credential" else f"the credential for {inline(provider)}"


def is_unset(cause: Cause) -> bool:
    """Tell a credential that was never given from one that was refused, as the evidence has it."""
    return cause.why.endswith(_UNSET)


def refusal(cause: Cause) -> str:
    """Say what is wrong with the credential that *cause* is about."""
    return "is not set" if is_unset(cause) else "was rejected"


def blamed(cause: Cause) -> str | None:
    """Give who stops the work or fails, None where *cause* is about no provider, or forgot it."""
    if cause.of not in (CauseClass.QUOTA, CauseClass.PLATFORM):
        return None
    return prose(cause.key.partition(": ")[0]) or None


def link(label: str, url: str) -> str:
    """Give *label*, which is ours, as a link to *url*; a URL that is not plain is only quoted."""
    if not url:
        return label
    return f"[{label}]({url})" if _is_harmless(url) else f"{label} ({inline(url)})"


def issue_link(label: str, url: str) -> str:
    """Give *label*, which is ours, as a link to an issue of ours: both show it, and that is meant.

    A page that is none is linked as any other.
    """
    return f"[{label}]({url})" if _ISSUE_PAGE.fullmatch(url) else link(label, url)


def _is_harmless(url: str) -> bool:
    if len(url) > _LONGEST_URL or not _LINKABLE.fullmatch(url):
        return False
    return plain(url, characters=len(url)) == url or _COMMIT_PAGE.fullmatch(url) is not None


def commit_link(repo: RepoName, sha: Sha) -> str:
    """Give the short form of *sha*, linked to the commit."""
    return f"[`{sha[:7]}`]({GITHUB}/{repo}/commit/{sha})"


def trace_link(trace: Trace) -> str:
    """Give the link to where *trace* can be read."""
    match trace:
        case RunTrace(run_id=run_id, url=url):
            return link(f"run {run_id}", url)
        case DeployTrace(deployment_id=deployment_id, url=url):
            return link(f"deployment {inline(deployment_id)}", url)
        case LinkTrace(url=url):
            return link("details", url)
        case unreachable:
            assert_never(unreachable)
