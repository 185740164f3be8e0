"""The account that asks GitHub: its token's kind, what it may, until when, and its login."""

from collections.abc import Iterator
from datetime import timedelta

from pipeline_health.core.checkup.words import advice, fault, listed
from pipeline_health.core.model.checkup import Account, Facts, RepoFacts, TokenKind, Unread
from pipeline_health.core.model.examination import Told, Unchecked
from pipeline_health.core.model.ids import as_login

SOON = timedelta(days=14)
NEW_TOKEN = (
    "make a classic token with the scope repo, or better a GitHub App (docs/security.md), "  # noqa: S105
    "and put it into secrets.env"
)
APP_NEEDS = {
    "metadata": "read",
    "contents": "read",
    "actions": "read",
    "checks": "read",
    "statuses": "read",
    "deployments": "read",
    "pull_requests": "read",
    "issues": "write",
}
"""What a GitHub App is granted for a cycle, by GitHub's own names (docs/security.md)."""

_APP_REMEDY = (
    "compare GITHUB_APP_ID and GITHUB_APP_INSTALLATION_ID with the App's settings, or make a new "
    "private key there"
)
_LEVELS = ("read", "write", "admin")
_SCOPED = (TokenKind.CLASSIC, TokenKind.OAUTH)
_WRONG = {
    TokenKind.REFRESH: "is a refresh token, with which nothing can be asked",
    TokenKind.INSTALLATION: "is an installation token, which ends within the hour or with its run",
    TokenKind.FOREIGN: "is no token of GitHub",
}


def account_of(facts: Facts) -> Account | None:
    """Give the account where GitHub was asked as somebody."""
    return facts.account if isinstance(facts.account, Account) else None


def github_token(facts: Facts) -> Iterator[Told]:
    """Check the token's kind, and whether GitHub takes it at all."""
    if isinstance(facts.account, Unread):
        yield Unchecked(where="GitHub", why=facts.account.why)
    account = account_of(facts)
    if account is None:
        return
    if account.kind in _WRONG:
        yield fault(account.variable, f"wrong kind: {_WRONG[account.kind]}", NEW_TOKEN)
    elif account.refused is not None:
        remedy = _APP_REMEDY if account.kind is TokenKind.APP else NEW_TOKEN
        yield fault(account.variable, f"is refused: {account.refused}", remedy)
    elif account.kind is TokenKind.FINE_GRAINED:
        yield advice(
            account.variable,
            "is a fine-grained token, and GitHub has no Checks permission for those: checks of "
            "other apps than Actions are not seen, and it does not tell whether it may write "
            "issues",
            "use a GitHub App that may read checks, or a classic token; that it may write is "
            "proved by: pipeline-health drill PROJECT",
        )


def github_scopes(facts: Facts) -> Iterator[Told]:
    """Check the scopes of a classic token, or the permissions of an App."""
    account = account_of(facts)
    if account is None or account.refused is not None:
        return
    if account.permissions is not None:
        yield from _app(account, facts)
    elif account.scopes is not None:
        yield from _scopes(account, account.scopes, facts)
    elif account.kind in _SCOPED:
        why = "GitHub did not name its scopes"
        yield Unchecked(where=account.variable, why=why)


def _app(account: Account, facts: Facts) -> Iterator[Told]:
    needs = APP_NEEDS | ({"actions": "write"} if facts.policy and facts.policy.rerun else {})
    granted = account.permissions or {}
    lacks = [
        f"{name.replace('_', ' ')}: {level}"
        for name, level in needs.items()
        if not _reaches(granted.get(name), level)
    ]
    if lacks:
        yield fault(
            account.variable,
            f"the GitHub App lacks {', '.join(lacks)}",
            "add it in the App's settings, Permissions; accept the change where it is installed",
        )


def _reaches(granted: str | None, wanted: str) -> bool:
    return granted in _LEVELS and _LEVELS.index(granted) >= _LEVELS.index(wanted)


def _scopes(account: Account, scopes: frozenset[str], facts: Facts) -> Iterator[Told]:
    public = facts.repos and all(
        isinstance(repo, RepoFacts) and not repo.private for repo in facts.repos.values()
    )
    if "repo" in scopes or (public and "public_repo" in scopes):
        return
    has = f"it has {listed(sorted(scopes))}" if scopes else "it has none"
    yield fault(
        account.variable,
        f"lacks the scope repo ({has})",
        "github.com/settings/tokens: edit the token, tick repo (public_repo where every repository "
        "is public), update",
    )


def github_expiry(facts: Facts) -> Iterator[Told]:
    """Check when the token ends by itself."""
    account = account_of(facts)
    if account is None or account.expires_at is None or account.refused is not None:
        return
    left = account.expires_at - facts.now
    if left < SOON and account.permissions is None:
        yield fault(
            account.variable,
            f"ends on {account.expires_at:%Y-%m-%d}, in {max(left.days, 0)} days",
            "make its successor for the same account now, replace it in secrets.env, look with "
            "pipeline-health run-once --dry-run",
        )


def github_login(facts: Facts) -> Iterator[Told]:
    """Check that routing.identity and the ledger name the login under which we file."""
    account = account_of(facts)
    if account is None or account.login is None:
        return
    login = as_login(account.login)
    identity = facts.policy.routing.identity if facts.policy else None
    if identity not in (None, login):
        yield fault(
            "routing.identity",
            f"is {identity}, but {account.variable} files as {account.login}: the promotion check "
            "would look for another account's issues",
            f'set routing.identity to "{login}", or put the token of {identity} into '
            f"{account.variable}",
        )
    filed_as = None if isinstance(facts.kept, Unread) else facts.kept.filed_as
    if identity is None and filed_as is not None and as_login(filed_as) != login:
        yield fault(
            account.variable,
            f"files as {account.login}, but the ledger has filed as {filed_as}, whose open issues "
            "would be filed again",
            f'set routing.identity to "{as_login(filed_as)}", or put its token back',
        )


def github_rate_limit(facts: Facts) -> Iterator[Told]:
    """Check what is left of this hour's requests, with both providers."""
    account = account_of(facts)
    kept = [(account.variable, one) for one in account.allowances] if account else []
    kept += [(one.variable, one.allowance) for one in facts.tokens if one.allowance]
    for variable, allowance in kept:
        if allowance.remaining * 10 < (allowance.limit or 100):
            yield advice(
                variable,
                f"has {allowance.remaining} of {allowance.limit or 'its'} requests left "
                f"({allowance.of}), until {allowance.resets}",
                "see what else uses this account, give pipeline-health one of its own, or raise "
                "poll_interval",
            )
