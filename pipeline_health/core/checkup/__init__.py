"""What `doctor` checks: one function a check, in the order in which a person mends.

A newcomer adds a check by writing a function, naming it in `ALL`, giving it a table test and a row
in `docs/doctor.md`; a test compares the two lists. A check says what is wrong, or what could not be
looked at; of one that says nothing it is told that it passed.
"""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from pipeline_health.core.checkup import accounts, deploys, hosts, repositories
from pipeline_health.core.checkup.words import counted, fault
from pipeline_health.core.model.checkup import EnvironmentFacts, Facts
from pipeline_health.core.model.examination import Line, Sound, Told
from pipeline_health.frozen import dataclass

Look: TypeAlias = Callable[[Facts], Iterator[Told]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: its *name*, how it looks, and what it *passes* with, empty where nobody asked."""

    name: str
    look: Look
    passes: Callable[[Facts], str]


def configuration(facts: Facts) -> Iterator[Told]:
    """Check that the configuration and the secrets say nothing that is wrong by itself."""
    for flaw in facts.flaws:
        where = ": ".join(part for part in (flaw.where, flaw.key) if part)
        yield fault(where, flaw.says, "mend that; every other check went on without it")


def _configured(facts: Facts) -> str:
    if facts.policy is None:
        return ""
    projects = counted(len(facts.policy.projects), "project")
    return f"{facts.config} says nothing that is wrong; {projects}"


def _account(facts: Facts) -> str:
    account = accounts.account_of(facts)
    return f"{account.variable}: {account.kind.value}, and GitHub takes it" if account else ""


def _login(facts: Facts) -> str:
    account = accounts.account_of(facts)
    if account is None or account.login is None:
        return ""
    return f"issues are filed as {account.login}; whoever picks them up must trust that login"


def _expiry(facts: Facts) -> str:
    account = accounts.account_of(facts)
    if account is None or account.permissions is not None:
        return ""
    if account.expires_at is None:
        return f"GitHub names no day on which {account.variable} ends"
    return f"{account.variable} lasts until {account.expires_at:%Y-%m-%d}"


def _limits(facts: Facts) -> str:
    account = accounts.account_of(facts)
    kept = list(account.allowances) if account else []
    kept += [token.allowance for token in facts.tokens if token.allowance]
    said = (
        f"{one.remaining} of {one.limit} ({one.of})" if one.limit else f"{one.remaining} ({one.of})"
        for one in kept
    )
    return f"requests left: {', '.join(said)}" if kept else ""


def _together(facts: Facts) -> str:
    repo = None if facts.policy is None else facts.policy.limits.ops_repo
    return f"what breaks many projects at once is one issue in {repo}" if repo else ""


def _asked(says: str, *, when: Callable[[Facts], object]) -> Callable[[Facts], str]:
    """Make what is said of a check that passes, where there was anything to check."""
    return lambda facts: says if when(facts) else ""


def _counted(what: str, says: str, many: Callable[[Facts], int]) -> Callable[[Facts], str]:
    return lambda facts: (
        f"{counted(number, *what.split('|'))} {says}" if (number := many(facts)) else ""
    )


ALL: tuple[Check, ...] = (
    Check(name="configuration", look=configuration, passes=_configured),
    Check(
        name="files",
        look=hosts.files,
        passes=_asked("nobody else reads the secrets and the ledger", when=lambda f: f.host.files),
    ),
    Check(
        name="clock",
        look=hosts.clock,
        passes=_asked("this host's clock agrees with the providers'", when=lambda f: f.skew),
    ),
    Check(name="github-token", look=accounts.github_token, passes=_account),
    Check(
        name="github-scopes",
        look=accounts.github_scopes,
        passes=_asked(
            "its scopes are enough",
            when=lambda f: (one := accounts.account_of(f)) and (one.scopes or one.permissions),
        ),
    ),
    Check(name="github-expiry", look=accounts.github_expiry, passes=_expiry),
    Check(name="github-login", look=accounts.github_login, passes=_login),
    Check(name="rate-limits", look=accounts.github_rate_limit, passes=_limits),
    Check(
        name="repositories",
        look=repositories.repositories,
        passes=_counted("repository|repositories", "seen, open to issues", lambda f: len(f.repos)),
    ),
    Check(name="ops-repo", look=repositories.together, passes=_together),
    Check(
        name="branches",
        look=repositories.branches,
        passes=_asked("every watched branch is there", when=lambda f: f.repos),
    ),
    Check(
        name="permissions",
        look=repositories.permissions,
        passes=_asked("nothing that is read was refused", when=lambda f: f.repos),
    ),
    Check(
        name="workflows",
        look=repositories.workflows,
        passes=_asked(
            "every workflow that is named may run",
            when=lambda f: (
                f.policy
                and any(one.ci_workflows or one.deploy_workflow for one in f.policy.projects)
            ),
        ),
    ),
    Check(
        name="jobs",
        look=repositories.jobs,
        passes=_asked(
            "every job that is named ran lately",
            when=lambda f: (
                f.policy and any(one.staging_job or one.production_job for one in f.policy.projects)
            ),
        ),
    ),
    Check(
        name="labels",
        look=repositories.labels,
        passes=_asked("every label of a state is there", when=lambda f: f.repos),
    ),
    Check(
        name="github-environments",
        look=repositories.github_environments,
        passes=_asked(
            "every environment of GitHub that is named was deployed to",
            when=lambda f: f.policy and any(one.github_environment for one in f.policy.projects),
        ),
    ),
    Check(
        name="railway-tokens",
        look=deploys.railway_tokens,
        passes=_counted("token", "of Railway, each of the least kind", lambda f: len(f.tokens)),
    ),
    Check(
        name="railway-scopes",
        look=deploys.railway_scopes,
        passes=_asked(
            "every project token is one of its own environment",
            when=lambda f: [one for one in f.tokens if one.place],
        ),
    ),
    Check(name="production-tokens", look=deploys.production_tokens, passes=lambda _: ""),
    Check(
        name="environments",
        look=deploys.environments,
        passes=_counted(
            "environment",
            "of Railway found",
            lambda f: sum(isinstance(one.inside, EnvironmentFacts) for one in f.places),
        ),
    ),
    Check(
        name="services",
        look=deploys.services,
        passes=_asked(
            "every service that is named is in staging",
            when=lambda f: f.policy and any(one.services for one in f.policy.projects),
        ),
    ),
    Check(
        name="urls",
        look=deploys.urls,
        passes=_asked(
            "every URL is under a host that Railway shows, where it shows any",
            when=lambda f: (
                f.policy and any(one.staging_url or one.production_url for one in f.policy.projects)
            ),
        ),
    ),
    Check(
        name="units",
        look=hosts.units,
        passes=_counted(
            "unit",
            "installed as this version ships them",
            lambda f: sum(one.text is not None for one in f.host.units),
        ),
    ),
    Check(
        name="versions",
        look=hosts.versions,
        passes=_asked(
            "the units start this version",
            when=lambda f: [one for one in f.host.units if one.started],
        ),
    ),
    Check(
        name="scheduling",
        look=hosts.scheduling,
        passes=lambda _: "one thing starts the cycles",
    ),
    Check(
        name="crontab",
        look=hosts.crontab,
        passes=lambda _: "no line of the crontab does the same",
    ),
    Check(
        name="cycles",
        look=hosts.cycles,
        passes=lambda _: "the ledger can be read, and no look is overdue",
    ),
    Check(
        name="orphans",
        look=hosts.orphans,
        passes=lambda _: "no open issue of ours is in a repository that nobody configured",
    ),
    Check(
        name="notifications",
        look=hosts.notifications,
        passes=lambda _: "somebody is told, and somebody notices when we are dead",
    ),
)


def examined(facts: Facts) -> tuple[Line, ...]:
    """Give what every check says of *facts*, in their order."""
    return tuple(Line(check=check.name, told=told) for check in ALL for told in _told(check, facts))


def _told(check: Check, facts: Facts) -> Iterator[Told]:
    found = tuple(check.look(facts))
    says = check.passes(facts)
    if found or not says:
        return iter(found)
    return iter((Sound(says=says),))
