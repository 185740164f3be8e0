"""Names of things, each of its own type so that one is never taken for another."""

import re
from typing import NewType

ProjectName = NewType("ProjectName", str)
"""The operator's label for a project; a label, never an identity."""

RepoName = NewType("RepoName", str)
"""`owner/name` as GitHub spells it today; a rename changes it."""

Sha = NewType("Sha", str)
"""A full commit id: 40 lower-case hexadecimal digits."""

Login = NewType("Login", str)
"""A GitHub login without the `[bot]` that REST appends and GraphQL does not."""

Fingerprint = NewType("Fingerprint", str)
"""The identity of an incident; set once at opening and kept in the marker."""

Nonce = NewType("Nonce", str)
"""Tells one filing of a fingerprint from another; a copy of an issue repeats it."""

_SHA = re.compile(r"[0-9a-f]{40}")
_REPO = re.compile(r"[A-Za-z0-9_-]{1,100}/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")


def as_sha(text: str | None) -> Sha | None:
    """Give *text* as a commit id, or None when it is not a full one."""
    lowered = (text or "").lower()
    return Sha(lowered) if _SHA.fullmatch(lowered) else None


def as_repo(text: str | None) -> RepoName | None:
    """Give *text* as the name of a repository, or None when a path or a link could lead elsewhere.

    It becomes a part of both, whoever said it.
    """
    return RepoName(text) if text is not None and _REPO.fullmatch(text) else None


def as_login(text: str) -> Login:
    """Give *text* as a login that compares equal however the provider spelt it.

    REST says `name[bot]` where GraphQL says `name`; logins ignore case.
    """
    return Login(text.removesuffix("[bot]").lower())
