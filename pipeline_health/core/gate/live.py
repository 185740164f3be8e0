"""Criteria `staging-reachable` and `smoke`: what the live staging URL shows.

A test is about what was served when it began. When staging was deployed anew since, it proves
nothing and is made again. While the deploy of the commit is under way, a test that fails is about
the commit before it, and waiting goes on.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from pipeline_health.core.gate.deploy import Deployed
from pipeline_health.core.gate.words import criterion, short
from pipeline_health.core.model.live import Served, Tested
from pipeline_health.core.model.promotion import Matter
from pipeline_health.core.model.verdict import Criterion, CriterionName, CriterionState
from pipeline_health.frozen import dataclass

MOVED = "what was tested is not what staging is seen to serve now"
_BRING_IT_UP = (
    "bring staging up: see its newest deployment and its logs in Railway; where it is up, mend"
    " staging_url or health_path"
)
_FIRST = "mend staging-deploy first"
_MEND_WHAT_ANSWERS = (
    "see what staging answers there; its fix is another commit, or mend the check in smoke of"
    " [projects.gate]"
)


def has_moved(matter: Matter, deployed: Deployed) -> bool:
    """Tell whether staging serves other deployments than when the tests began."""
    return frozenset(one.deployment for one in deployed.served) != matter.tests.of


def staging_reachable(matter: Matter, deployed: Deployed) -> Criterion:
    """Judge whether anything answers, and where `version` is configured, that it is the commit."""
    name, reach = CriterionName.STAGING_REACHABLE, matter.tests.reach
    if matter.policy.staging_url is None:
        return _not_configured(matter, name, "staging_url", "staging_url")
    if matter.policy.staging_url == matter.policy.production_url:
        says = "staging_url is that of production: what is tested there proves nothing of staging"
        hint = f"set staging_url of {matter.policy.name} to that of staging"
        return criterion(matter, name, CriterionState.FAIL, says, hint=hint)
    if reach is None:
        return _not_made(matter, name)
    words = _of_test(reach)
    if words.state is CriterionState.PASS:
        words = _by_version(matter) or words
    if words.state is CriterionState.PASS and has_moved(matter, deployed):
        words = _Words(state=CriterionState.PENDING, says=MOVED)
    words = _if_there_yet(matter, deployed, words)
    return criterion(
        matter,
        name,
        words.state,
        words.says,
        at=words.at or reach.at,
        hint=words.hint(_BRING_IT_UP),
        url=words.url or reach.url,
    )


def smoke(matter: Matter, deployed: Deployed) -> Criterion:
    """Judge the configured HTTP checks; none configured proves nothing."""
    name, tests = CriterionName.SMOKE, matter.tests.smoke
    if not matter.gate.smoke:
        return _not_configured(matter, name, "smoke", "smoke in [projects.gate]")
    if len(tests) != len(matter.gate.smoke):
        return _not_made(matter, name)
    bad = next(_worst_first(tests), None)
    words = _Words(
        state=CriterionState.PASS, says=_all(len(tests)), at=min(test.at for test in tests)
    )
    if bad is not None:
        words = _of_test(bad)
    elif has_moved(matter, deployed):
        words = _Words(state=CriterionState.PENDING, says=MOVED)
    words = _if_there_yet(matter, deployed, words)
    return criterion(
        matter,
        name,
        words.state,
        words.says,
        at=words.at,
        hint=words.hint(_MEND_WHAT_ANSWERS),
        url=None if bad is None else bad.url,
        tail="" if bad is None else bad.tail,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """A state with its sentence, and when it was seen."""

    state: CriterionState
    says: str
    at: datetime | None = None
    on_failure: str = ""
    url: str | None = None

    def hint(self, on_failure: str) -> str:
        """Say what to do next about a failure; what else there is says how to ask again."""
        failed = self.state is CriterionState.FAIL
        return (self.on_failure or on_failure) if failed else ""


SETTLES_WITHIN = timedelta(minutes=2)
"""How long after a deploy the edge may show the one before, and an application may be starting."""
_NOT_THERE_YET = frozenset({CriterionState.PENDING, CriterionState.UNKNOWN})


def _if_there_yet(matter: Matter, deployed: Deployed, words: _Words) -> _Words:
    """Give *words*; while the commit may still come, a failure is one of what was there before."""
    if words.state is not CriterionState.FAIL:
        return words
    if deployed.criterion.state in _NOT_THERE_YET:
        says = f"staging is not proved to serve {short(matter.commit)} yet: {words.says}"
        return replace(words, state=CriterionState.PENDING, says=says)
    if deployed.since is not None and matter.now - deployed.since <= SETTLES_WITHIN:
        says = f"staging was deployed just now: {words.says}"
        return replace(words, state=CriterionState.PENDING, says=says)
    return words if deployed.is_proved else replace(words, on_failure=_FIRST)


def _all(count: int) -> str:
    return f"all {count} checks passed" if count > 1 else "the check passed"


def _worst_first(tests: tuple[Tested, ...]) -> Iterator[Tested]:
    yield from (test for test in tests if test.passed is False)
    yield from (test for test in tests if test.passed is None)


def _of_test(test: Tested) -> _Words:
    """Put one test into words."""
    states = {
        True: CriterionState.PASS,
        False: CriterionState.FAIL,
        None: CriterionState.UNKNOWN,
    }
    return _Words(state=states[test.passed], says=f"{test.what} {test.says}", at=test.at)


def _by_version(matter: Matter) -> _Words | None:
    """Say that the live URL does not serve the commit, None where it does or nobody asked."""
    if matter.gate.version is None:
        return None
    before, after = matter.tests.before, matter.tests.after
    for when, served in (("before", before), ("after", after)):
        if served is None or served.commit != matter.commit:
            return _not_the_commit(matter, when, served)
    assert after is not None  # noqa: S101 - the loop has seen it
    says = f"it answers, and served {short(matter.commit)} before and after the tests"
    return _Words(state=CriterionState.PASS, says=says, at=after.at)


def _not_the_commit(matter: Matter, when: str, served: Served | None) -> _Words:
    wanted = matter.gate.version
    assert wanted is not None  # noqa: S101 - the caller has asked
    url = f"{matter.policy.staging_url}{wanted.path}"
    if served is None:
        says = f"{wanted.path} was not asked {when} the tests which commit is served"
        return _Words(state=CriterionState.UNKNOWN, says=says)
    if served.commit is None:
        says = f"{wanted.path} did not tell which commit is served {when} the tests: {served.says}"
        hint = (
            f"let {wanted.path} answer with JSON that holds all 40 digits of the commit below"
            f" {wanted.key}: docs/live-tests.md"
        )
        return _Words(state=CriterionState.FAIL, says=says, at=served.at, on_failure=hint, url=url)
    other, ours = short(served.commit), short(matter.commit)
    says = f"{wanted.path} told {other} {when} the tests, not {ours}"
    hint = f"let staging serve {ours} at staging_url: see its deployments, and caches in between"
    return _Words(state=CriterionState.FAIL, says=says, at=served.at, on_failure=hint, url=url)


def _not_configured(matter: Matter, name: CriterionName, key: str, where: str) -> Criterion:
    says = f"nothing is configured: {key} is missing"
    hint = f"set {where} for {matter.policy.name}: docs/live-tests.md"
    return criterion(matter, name, CriterionState.FAIL, says, hint=hint)


def _not_made(matter: Matter, name: CriterionName) -> Criterion:
    return criterion(matter, name, CriterionState.UNKNOWN, "it was not tested")
