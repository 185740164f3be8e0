"""Criteria `credential-isolation` and `no-open-incident`, rollbacks, and the sum of it all."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import (
    HEAD,
    NOW,
    PARENT,
    RAILWAY_PROJECT,
    REPO,
    a_deployment,
    a_service,
    a_suite,
    ago,
    an_environment,
    blind,
    checks,
    seen,
    sha,
)
from gate_matters import (
    a_matter,
    a_tested,
    an_audit,
    criterion,
    later,
    verdict,
    waiving,
    with_answers,
    with_facts,
    with_policy,
    with_sight,
    with_tests,
    with_view,
)
from pipeline_health.core.gate import questions
from pipeline_health.core.model.audit import Compared, SharedBy, Sharing, Unverifiable
from pipeline_health.core.model.findings import Kind, Scope
from pipeline_health.core.model.gate_policy import AuditPolicy, Waivable
from pipeline_health.core.model.ids import Sha
from pipeline_health.core.model.promotion import Matter, OpenIncident
from pipeline_health.core.model.questions import Contains, Relation
from pipeline_health.core.model.readings import CheckConclusion, NotAsked, Part
from pipeline_health.core.model.verdict import Answer, Criterion, CriterionName, CriterionState

STRICT = AuditPolicy(strict=True)
REQUIRED = AuditPolicy(required=("SESSION_SECRET",))
SEALED = Unverifiable(name="SESSION_SECRET", why="is sealed in production")


def found(matter: Matter, name: CriterionName) -> Criterion:
    """Give how a criterion stands; nothing but a pass or a waiver may promote."""
    one = criterion(matter, name)
    lets_through = one.state in (CriterionState.PASS, CriterionState.WAIVED)
    assert lets_through == (verdict(matter).answer is Answer.PROMOTE)
    return one


# -- credential-isolation --------------------------------------------------------------------


def audited(variables: Part[Compared], policy: AuditPolicy | None = None) -> Matter:
    """Give a commit whose audit saw this."""
    audit = replace(an_audit(), variables=variables)
    return with_facts(with_policy(a_matter(), audit=policy or AuditPolicy()), audit=audit)


def isolation(matter: Matter) -> Criterion:
    """Give how the credentials stand."""
    return found(matter, CriterionName.CREDENTIAL_ISOLATION)


def test_a_shared_secret_blocks_and_is_named() -> None:
    """By its name only."""
    sharing = Sharing(subject="STRIPE_KEY", by=SharedBy.VALUE, staging=("web A",), production=())
    one = isolation(audited(seen(Compared(sharings=(sharing,)))))
    assert one.state is CriterionState.FAIL
    assert one.says == "staging and production share STRIPE_KEY"


def test_many_shared_secrets_are_counted() -> None:
    """A sentence stays a sentence."""
    sharings = tuple(
        Sharing(subject=f"KEY_{number}", by=SharedBy.VALUE, staging=(), production=())
        for number in range(7)
    )
    one = isolation(audited(seen(Compared(sharings=sharings))))
    assert one.says.endswith("KEY_0, KEY_1, KEY_2, KEY_3, KEY_4 and 2 more")


@pytest.mark.parametrize(
    ("policy", "state"),
    [
        (AuditPolicy(), CriterionState.PASS),
        (STRICT, CriterionState.FAIL),
        (REQUIRED, CriterionState.FAIL),
        (AuditPolicy(required=("OTHER",)), CriterionState.PASS),
    ],
)
def test_what_cannot_be_verified_blocks_only_where_that_is_asked_for(
    policy: AuditPolicy, state: CriterionState
) -> None:
    """A sealed secret is named, and lets the commit through."""
    one = isolation(audited(seen(Compared(unverifiable=(SEALED,))), policy))
    assert (one.state, "SESSION_SECRET" in one.says) == (state, True)


@pytest.mark.parametrize(
    ("policy", "state"),
    [
        (AuditPolicy(), CriterionState.PASS),
        (STRICT, CriterionState.FAIL),
        (REQUIRED, CriterionState.FAIL),
    ],
)
def test_a_token_that_cannot_read_production_does_not_block_for_ever(
    policy: AuditPolicy, state: CriterionState
) -> None:
    """Unless the operator asks for the comparison."""
    one = isolation(audited(NotAsked("no token may see production"), policy))
    assert (one.state, "no token may see production" in one.says) == (state, True)


def test_a_required_secret_that_is_missing_blocks() -> None:
    """It is named with the environment that lacks it."""
    gone = Unverifiable(name="SESSION_SECRET", why="is not set in staging")
    one = isolation(audited(seen(Compared(missing=(gone,))), REQUIRED))
    assert one.state is CriterionState.FAIL
    assert one.says == "a required secret is missing: SESSION_SECRET is not set in staging"


def test_variables_that_could_not_be_read_are_unknown() -> None:
    """Not seeing is not health."""
    assert isolation(audited(blind())).state is CriterionState.UNKNOWN


def test_doing_without_railway_is_doing_without_its_variables() -> None:
    """And it is said."""
    one = criterion(waiving(Waivable.RAILWAY)(audited(blind())), CriterionName.CREDENTIAL_ISOLATION)
    assert one.state is CriterionState.WAIVED


def test_an_audit_may_be_as_old_as_its_interval() -> None:
    """It has an age of its own."""
    old = replace(an_audit(), at=ago(hours=23))
    assert isolation(with_facts(a_matter(), audit=old)).state is CriterionState.PASS
    older = replace(an_audit(), at=ago(hours=25))
    assert isolation(with_facts(a_matter(), audit=older)).state is CriterionState.UNKNOWN


# -- no-open-incident ------------------------------------------------------------------------


def an_incident(
    kind: Kind = Kind.MAIN_CI_RED,
    *commits: Sha,
    over: bool = False,
    of_tests: bool = False,
    number: int = 12,
) -> OpenIncident:
    """Give an open issue of ours."""
    return OpenIncident(
        number=number,
        url=f"https://github.com/{REPO}/issues/{number}",
        title="Main CI red: CI (shop)",
        kind=kind,
        commits=commits,
        over=over,
        of_tests=of_tests,
    )


def standing(*incidents: OpenIncident) -> Matter:
    """Give a commit while these issues are open."""
    return with_facts(a_matter(), incidents=seen(incidents))


def issues(matter: Matter) -> Criterion:
    """Give how the open issues stand."""
    return found(matter, CriterionName.NO_OPEN_INCIDENT)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CREDENTIAL_SHARED])
def test_what_says_that_staging_or_ci_is_broken_blocks(kind: Kind) -> None:
    """And nothing else: production's troubles are what a promotion may mend."""
    blocks = kind.startswith(("staging-", "main-ci-"))
    one = issues(standing(an_incident(kind, HEAD)))
    assert one.state is (CriterionState.FAIL if blocks else CriterionState.PASS)


@pytest.mark.parametrize("commits", [(HEAD,), (PARENT,), (), (sha(101), PARENT)])
def test_an_issue_about_this_commit_or_an_ancestor_blocks(commits: tuple[Sha, ...]) -> None:
    """So does one that names no commit."""
    answers = {Contains(repo=REPO, newer=sha(101), older=HEAD): seen(Relation.AHEAD)}
    one = issues(with_answers(standing(an_incident(Kind.MAIN_CI_RED, *commits)), contains=answers))
    assert one.state is CriterionState.FAIL
    assert one.says == "issue 12 is open: Main CI red: CI (shop)"
    assert one.url is not None


def test_an_issue_about_a_later_commit_is_another_matter() -> None:
    """What broke after the commit does not make it worse; until that is known, it blocks."""
    matter, later_one = standing(an_incident(Kind.MAIN_CI_RED, sha(101))), sha(101)
    question = Contains(repo=REPO, newer=later_one, older=HEAD)
    assert question in set(questions(matter))
    assert issues(matter).state is CriterionState.FAIL
    for relation, state in (
        (Relation.AHEAD, CriterionState.PASS),
        (Relation.DIVERGED, CriterionState.FAIL),
    ):
        told = with_answers(matter, contains={question: seen(relation)})
        assert issues(told).state is state


@pytest.mark.parametrize(
    ("kind", "scopes", "state"),
    [
        (Kind.STAGING_DEPLOY_FAILED, ("railway:other:staging",), CriterionState.PASS),
        (Kind.STAGING_DEPLOY_FAILED, ("railway:other:staging:x:7",), CriterionState.PASS),
        (Kind.STAGING_DEPLOY_FAILED, (f"railway:{RAILWAY_PROJECT}:staging",), CriterionState.FAIL),
        (
            Kind.STAGING_DEPLOY_FAILED,
            ("railway:other:staging", f"railway:{RAILWAY_PROJECT}:staging"),
            CriterionState.FAIL,
        ),
        (Kind.STAGING_TESTS_FAILED, ("github:7:main",), CriterionState.FAIL),
        (Kind.STAGING_DEPLOY_FAILED, (), CriterionState.FAIL),
        (Kind.MAIN_CI_RED, ("railway:other:staging",), CriterionState.FAIL),
    ],
)
def test_staging_of_another_project_of_the_repository_does_not_block(
    kind: Kind, scopes: tuple[str, ...], state: CriterionState
) -> None:
    """Each has a Railway project of its own; CI, and what is told by Actions, is everybody's."""
    incident = replace(an_incident(kind, HEAD), scopes=tuple(Scope(one) for one in scopes))
    assert issues(standing(incident)).state is state
    without = with_policy(standing(incident), railway_project=None)
    assert issues(without).state is CriterionState.FAIL


def test_an_issue_that_is_proved_to_be_over_does_not_block() -> None:
    """It says that it will be closed."""
    one = issues(standing(an_incident(Kind.MAIN_CI_RED, HEAD, over=True)))
    assert one.state is CriterionState.PASS
    assert one.says == "issue 12 is proved to be over and will be closed by the next look"


def of_tests(*commits: Sha) -> Matter:
    """Give a commit while an issue is open that rests on an earlier verdict of ours alone."""
    return standing(an_incident(Kind.STAGING_TESTS_FAILED, *commits, of_tests=True))


def test_our_own_tests_end_what_they_began() -> None:
    """Else a verdict of ours would block every later one for ever."""
    assert issues(of_tests(PARENT)).state is CriterionState.PASS
    failing = with_tests(of_tests(PARENT), e2e=a_tested("the end-to-end command", passed=False))
    assert issues(failing).state is CriterionState.FAIL
    silent = with_tests(of_tests(PARENT), reach=a_tested("the live URL", passed=False))
    assert issues(silent).state is CriterionState.FAIL


def test_our_own_tests_end_nothing_at_a_commit_without_the_failing_one() -> None:
    """The ancestry is asked for."""
    matter, stray = of_tests(sha(7)), sha(7)
    question = Contains(repo=REPO, newer=HEAD, older=stray)
    assert question in set(questions(matter))
    assert issues(matter).state is CriterionState.FAIL
    told = with_answers(matter, contains={question: seen(Relation.AHEAD)})
    assert issues(told).state is CriterionState.PASS
    known = with_facts(matter, incidents=seen((an_incident(Kind.MAIN_CI_RED, stray, over=True),)))
    assert not set(questions(known))


def test_an_open_issue_of_sharing_blocks_until_it_is_proved_over() -> None:
    """Who seals a shared secret hides it from the audit, and separates nothing."""
    told = standing(an_incident(Kind.CREDENTIAL_SHARED))
    one = isolation(told)
    assert (one.state, one.says) == (
        CriterionState.FAIL,
        "issue 12 is open: Main CI red: CI (shop)",
    )
    over = standing(an_incident(Kind.CREDENTIAL_SHARED, over=True))
    assert isolation(over).state is CriterionState.PASS
    unread = with_facts(a_matter(), incidents=blind())
    assert criterion(unread, CriterionName.CREDENTIAL_ISOLATION).state is CriterionState.PASS


def test_issues_that_could_not_be_read_are_unknown() -> None:
    """So are those of another account, which this token cannot tell apart."""
    why = "it is not known which issues are ours"
    one = issues(with_facts(a_matter(), incidents=blind(why)))
    assert (one.state, one.says) == (CriterionState.UNKNOWN, why)


# -- rollback --------------------------------------------------------------------------------


def in_production(commit: Sha) -> Matter:
    """Give a commit while production serves another one."""
    service = a_service(a_deployment(name="p1", commit=commit))
    environment = replace(an_environment(service), name="production", id="environment-2")
    return with_view(a_matter(), production=seen(environment))


def test_a_commit_that_production_left_behind_is_refused() -> None:
    """Unless the operator means it."""
    newer = sha(101)
    matter, question = in_production(newer), Contains(repo=REPO, newer=newer, older=HEAD)
    assert question in set(questions(matter))
    told = verdict(with_answers(matter, contains={question: seen(Relation.AHEAD)}))
    assert (told.answer, told.final) == (Answer.BLOCK, True)
    assert told.reason.startswith("rollback: production serves ")
    assert "--allow-rollback" in told.next
    meant = replace(matter, asked=replace(matter.asked, rollback=True))
    assert question not in set(questions(meant))
    assert verdict(meant).answer is Answer.PROMOTE


def test_without_knowing_how_production_stands_nothing_is_promoted() -> None:
    """It may be a rollback; what fails anyway is told first."""
    matter = in_production(sha(101))
    told = verdict(matter)
    assert (told.answer, told.final) == (Answer.UNKNOWN, False)
    assert told.reason.startswith("rollback: it is not known whether ")
    red = with_sight(matter, checks=seen(checks(a_suite(CheckConclusion.FAILURE))))
    assert verdict(red).reason.startswith("main-ci: ")


@pytest.mark.parametrize("commit", [HEAD, PARENT])
def test_what_production_serves_may_be_the_commit_or_older(commit: Sha) -> None:
    """That is what a promotion is for."""
    matter = in_production(commit)
    assert verdict(matter).answer is Answer.PROMOTE
    assert not set(questions(matter))


# -- the sum ---------------------------------------------------------------------------------


def test_eight_proofs_are_a_yes() -> None:
    """For exactly this commit, these deployments, this configuration, and until then."""
    told = verdict(a_matter())
    assert (told.answer, told.final, told.commit) == (Answer.PROMOTE, True, HEAD)
    assert [one.name for one in told.criteria] == list(CriterionName)
    assert (told.config_hash, told.expires_at) == ("c" * 64, NOW + timedelta(minutes=10))
    assert [(one.service, one.deployment, one.commit) for one in told.served] == [
        ("web", "d1", HEAD)
    ]


def test_a_failure_is_told_before_what_is_unknown_and_that_before_what_is_pending() -> None:
    """The first of the worst is the reason."""
    pending = with_sight(a_matter(), checks=seen(checks(a_suite(None))))
    told = verdict(pending)
    assert (told.answer, told.final) == (Answer.BLOCK, False)
    unknown = with_facts(pending, incidents=blind())
    assert (verdict(unknown).answer, verdict(unknown).final) == (Answer.UNKNOWN, False)
    failed = with_tests(unknown, reach=a_tested("the live URL", passed=False))
    assert (verdict(failed).answer, verdict(failed).final) == (Answer.BLOCK, True)
    assert verdict(failed).reason.startswith("staging-reachable: ")


def test_an_open_issue_is_waited_for_while_its_proof_may_come() -> None:
    """CI runs at the commit that mends it."""
    running = with_sight(
        standing(an_incident(Kind.MAIN_CI_RED, PARENT)), checks=seen(checks(a_suite(None)))
    )
    assert (verdict(running).answer, verdict(running).final) == (Answer.BLOCK, False)
    assert verdict(standing(an_incident(Kind.MAIN_CI_RED, PARENT))).final


def test_no_yes_has_an_end_that_is_not_told() -> None:
    """And a no has none."""
    assert verdict(with_facts(a_matter(), incidents=blind())).expires_at is None
    assert verdict(later(a_matter(), timedelta(minutes=5))).expires_at == NOW + timedelta(
        minutes=10
    )


def test_a_project_without_railway_compares_nothing_and_says_so() -> None:
    """There are no variables that could be read."""
    one = criterion(
        with_policy(audited(NotAsked("no railway_project")), railway_project=None),
        CriterionName.CREDENTIAL_ISOLATION,
    )
    assert one.state is CriterionState.PASS
    assert RAILWAY_PROJECT not in one.says
