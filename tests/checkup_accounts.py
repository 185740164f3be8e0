"""What `doctor` says of the account at GitHub: a row a way to be wrong, or right."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from checkup_facts import (
    APP,
    FACTS,
    LEFT,
    NOON,
    PROJECT,
    REPO,
    SHOP,
    UNREAD,
    WIDE,
    Row,
    with_account,
    with_kept,
    with_routing,
    with_tokens,
)
from pipeline_health.core.model.checkup import Kept, TokenKind
from pipeline_health.core.model.ids import Login, RepoName
from pipeline_health.core.model.policy import Policy

EXPIRED = NOON + timedelta(days=3, hours=1)

ACCOUNTS: Mapping[str, Row] = {
    "GitHub is silent": (
        "github-token",
        replace(FACTS, account=UNREAD),
        ("not checked", "GitHub", "no answer"),
    ),
    "no account": ("github-token", replace(FACTS, account=None), ()),
    "refresh token": (
        "github-token",
        with_account(kind=TokenKind.REFRESH),
        ("fault", "GITHUB_TOKEN", "wrong kind: is a refresh token", "make a classic token"),
    ),
    "refused": (
        "github-token",
        with_account(refused="Bad credentials"),
        ("fault", "GITHUB_TOKEN", "is refused: Bad credentials", "make a classic token"),
    ),
    "App refused": (
        "github-token",
        with_account(kind=TokenKind.APP, refused="no"),
        ("fault", "GITHUB_TOKEN", "is refused: no", "compare GITHUB_APP_ID"),
    ),
    "fine-grained": (
        "github-token",
        with_account(kind=TokenKind.FINE_GRAINED),
        ("advice", "GITHUB_TOKEN", "no Checks permission", "use a GitHub App"),
    ),
    "missing scope": (
        "github-scopes",
        with_account(scopes=frozenset({"gist", "public_repo"})),
        ("fault", "GITHUB_TOKEN", "lacks the scope repo (it has gist, public_repo)", "tick repo"),
    ),
    "no scope": (
        "github-scopes",
        with_account(scopes=frozenset()),
        ("fault", "GITHUB_TOKEN", "lacks the scope repo (it has none)", "tick repo"),
    ),
    "public_repo for public ones": (
        "github-scopes",
        replace(
            with_account(scopes=frozenset({"public_repo"})),
            repos={SHOP: replace(REPO, private=False)},
        ),
        (),
    ),
    "scopes not told": (
        "github-scopes",
        with_account(scopes=None),
        ("not checked", "GITHUB_TOKEN", "did not name its scopes"),
    ),
    "scopes of a fine-grained token": (
        "github-scopes",
        with_account(scopes=None, kind=TokenKind.FINE_GRAINED),
        (),
    ),
    "scopes of a refused token": ("github-scopes", with_account(refused="no"), ()),
    "App with everything": ("github-scopes", with_account(permissions=APP), ()),
    "App without": (
        "github-scopes",
        with_account(permissions=APP | {"issues": "read", "checks": "odd"}),
        (
            "fault",
            "GITHUB_TOKEN",
            "the GitHub App lacks checks: read, issues: write",
            "Permissions",
        ),
    ),
    "App that is to run again": (
        "github-scopes",
        replace(with_account(permissions=APP), policy=Policy(projects=(PROJECT,), rerun=True)),
        ("fault", "GITHUB_TOKEN", "lacks actions: write", "Permissions"),
    ),
    "ends soon": (
        "github-expiry",
        with_account(expires_at=EXPIRED),
        ("fault", "GITHUB_TOKEN", "in 3 days", "make its successor"),
    ),
    "ends in two weeks": ("github-expiry", with_account(expires_at=NOON + timedelta(days=14)), ()),
    "has ended": (
        "github-expiry",
        with_account(expires_at=NOON - timedelta(days=2)),
        ("fault", "GITHUB_TOKEN", "in 0 days", "make its successor"),
    ),
    "ends late": ("github-expiry", with_account(expires_at=NOON + timedelta(days=99)), ()),
    "an App's hour": (
        "github-expiry",
        with_account(expires_at=EXPIRED, permissions=APP),
        (),
    ),
    "another identity": (
        "github-login",
        with_routing(identity=Login("boss")),
        ("fault", "routing.identity", "is boss, but GITHUB_TOKEN files as Bot", 'to "bot"'),
    ),
    "the same identity": ("github-login", with_routing(identity=Login("bot")), ()),
    "another login than before": (
        "github-login",
        with_kept(Kept(filed_as="Old")),
        ("fault", "GITHUB_TOKEN", "the ledger has filed as Old", 'routing.identity to "old"'),
    ),
    "login without a policy or a ledger": (
        "github-login",
        replace(FACTS, policy=None, kept=UNREAD),
        (),
    ),
    "login not told": ("github-login", with_account(login=None), ()),
    "hardly anything left": (
        "rate-limits",
        with_account(allowances=(LEFT,)),
        (
            "advice",
            "GITHUB_TOKEN",
            "480 of 5000 requests left (GitHub REST)",
            "raise poll_interval",
        ),
    ),
    "a tenth left": ("rate-limits", with_account(allowances=(replace(LEFT, remaining=500),)), ()),
    "ten left of nobody knows how many": (
        "rate-limits",
        with_tokens(replace(WIDE, allowance=replace(LEFT, limit=None, remaining=10))),
        (),
    ),
    "public_repo for public and private ones": (
        "github-scopes",
        replace(
            with_account(scopes=frozenset({"public_repo"})),
            repos={SHOP: replace(REPO, private=False), RepoName("acme/two"): REPO},
        ),
        ("fault", "GITHUB_TOKEN", "lacks the scope repo (it has public_repo)", "tick repo"),
    ),
    "App that administers, and lacks a permission whole": (
        "github-scopes",
        with_account(permissions={**APP, "issues": "admin", "pull_requests": "none"}),
        ("fault", "GITHUB_TOKEN", "the GitHub App lacks pull requests: read", "Permissions"),
    ),
    "installation token": (
        "github-token",
        with_account(kind=TokenKind.INSTALLATION),
        ("fault", "GITHUB_TOKEN", "wrong kind: is an installation token", "make a classic"),
    ),
    "a token of Railway": (
        "github-token",
        with_account(kind=TokenKind.FOREIGN),
        ("fault", "GITHUB_TOKEN", "wrong kind: is no token of GitHub", "make a classic token"),
    ),
    "enough left": (
        "rate-limits",
        with_account(allowances=(replace(LEFT, remaining=4000),)),
        (),
    ),
    "Railway's rest": (
        "rate-limits",
        with_tokens(replace(WIDE, allowance=replace(LEFT, limit=None, remaining=3))),
        ("advice", "RAILWAY_TOKEN", "3 of its requests left", "poll_interval"),
    ),
}
