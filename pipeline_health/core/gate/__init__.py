"""May exactly this commit go to production? Eight criteria, one verdict; pure and total.

A criterion is pass, fail, pending, unknown or waived. Only when every one of them is pass or waived
is the answer a yes, and a yes is for these deployments, this commit and this moment.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from pipeline_health.core.gate import deploy, e2e, incidents, required, rollback
from pipeline_health.core.gate.ci import main_ci
from pipeline_health.core.gate.credentials import allowed_age, credential_isolation
from pipeline_health.core.gate.deploy import Deployed, staging_deploy
from pipeline_health.core.gate.live import smoke, staging_reachable
from pipeline_health.core.gate.record import github_deployment
from pipeline_health.core.gate.summing_up import summed_up
from pipeline_health.core.gate.words import not_older_than
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.questions import Question
from pipeline_health.core.model.verdict import (
    Criterion,
    CriterionName,
    CriterionState,
    Verdict,
)

__all__ = ["is_ready", "judge", "questions", "served_deployments"]

_LETS_THROUGH = frozenset({CriterionState.PASS, CriterionState.WAIVED})


def judge(matter: Matter) -> Verdict:
    """Give the verdict on what was seen; nothing but eight proofs makes it a yes."""
    deployed = staging_deploy(matter)
    criteria = tuple(
        not_older_than(one, _allowed_age(matter, one), now=matter.now)
        for one in _criteria(matter, deployed)
    )
    return summed_up(matter, deployed, criteria, rollback.behind(matter))


def is_ready(matter: Matter) -> bool:
    """Tell whether everything but the end-to-end tests lets the commit through."""
    others = _but_e2e(matter, staging_deploy(matter))
    return _let_through(others) and not rollback.behind(matter).says


def served_deployments(matter: Matter) -> frozenset[str]:
    """Give the deployments that staging serves: what a test that begins now is about."""
    return frozenset(one.deployment for one in staging_deploy(matter).served)


def questions(matter: Matter) -> Iterator[Question]:
    """Name everything that would let more be decided."""
    yield from required.questions(matter)
    yield from deploy.questions(matter)
    yield from e2e.questions(matter)
    yield from incidents.questions(matter)
    yield from rollback.questions(matter)


def _criteria(matter: Matter, deployed: Deployed) -> Iterator[Criterion]:
    """Give the eight, in their order."""
    others = _but_e2e(matter, deployed)
    ran = e2e.e2e(matter, deployed, [one.state for one in others])
    by_name = {one.name: one for one in (*others, ran)}
    if not _let_through([ran]):  # then the tests end no issue
        issues = incidents.no_open_incident(matter, tests_pass=False)
        by_name[issues.name] = issues
    yield from (by_name[name] for name in CriterionName)


def _but_e2e(matter: Matter, deployed: Deployed) -> tuple[Criterion, ...]:
    """Give all but the end-to-end tests, as they are when these pass."""
    live = (staging_reachable(matter, deployed), smoke(matter, deployed))
    return (
        main_ci(matter),
        deployed.criterion,
        github_deployment(matter, deployed),
        *live,
        credential_isolation(matter),
        incidents.no_open_incident(matter, tests_pass=_let_through(live)),
    )


def _let_through(criteria: Iterable[Criterion]) -> bool:
    return all(one.state in _LETS_THROUGH for one in criteria)


def _allowed_age(matter: Matter, criterion: Criterion) -> timedelta:
    if criterion.name is CriterionName.CREDENTIAL_ISOLATION:
        return allowed_age(matter)
    return matter.gate.max_age
