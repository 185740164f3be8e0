"""What is said of CI that does not run, and of runs that do not end."""

from dataclasses import replace
from datetime import datetime

import pytest

from builders import (
    HEAD,
    PARENT,
    PROJECT,
    REPO,
    a_branch,
    a_policy,
    a_repository,
    a_run,
    a_status,
    a_suite,
    a_view,
    ago,
    an_app_suite,
    blind,
    checks,
    github,
    seen,
)
from pipeline_health.core.model.findings import (
    Finding,
    Kind,
    Observation,
    Proof,
    Scope,
    Subject,
    Symptom,
    Thing,
    Unsettled,
)
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.core.model.questions import LinkTrace, RunTrace
from pipeline_health.core.model.readings import (
    CheckConclusion,
    CheckStatus,
    GitHubReading,
    NotAsked,
    Part,
    Seen,
    StatusState,
    Suite,
    Unrecognised,
)
from pipeline_health.core.rules.ci_runs import main_ci_missing, main_ci_stuck

SCOPE = Scope("github:4711:main")
MISSING = Symptom(kind=Kind.MAIN_CI_MISSING, scope=SCOPE, subject=Subject(Thing.BRANCH, "main"))
STUCK = Symptom(kind=Kind.MAIN_CI_STUCK, scope=SCOPE, subject=Subject(Thing.WORKFLOW, "CI"))
SHORT = HEAD[:7]
PAGE = LinkTrace(url=f"https://github.com/{REPO}/commit/{HEAD}")
LINT = a_suite(run=a_run(2, workflow="Lint"), updated_at=ago(minutes=20))


def reading(
    *suites: Suite,
    learned: Part[frozenset[str]] | None = None,
    subject: str = "",
    author: str = "dev",
    committed_at: datetime | None = None,
) -> GitHubReading:
    """Give a read of a head with *suites*, on a branch where CI and Lint always run."""
    branch = a_branch(committed_at=committed_at)
    head = replace(branch.head, subject=subject, author=author)
    read = github(at_head=checks(*suites), branch=replace(branch, head=head))
    return replace(read, required=learned or seen(frozenset({"CI", "Lint"})))


def missed(read: GitHubReading, policy: ProjectPolicy | None = None) -> list[Observation]:
    """Give what the rule says of missing runs."""
    return list(main_ci_missing(a_view(read=read, policy=policy)))


def test_a_required_workflow_without_a_run_is_a_finding() -> None:
    """It is missing since ten minutes after the push; there is only the commit to look at."""
    expected = Finding(
        symptom=MISSING,
        project=PROJECT,
        since=ago(minutes=50),
        commit=HEAD,
        trace=PAGE,
        says=f"Required workflow CI, Lint has no run at {SHORT}.",
    )
    assert [expected] == missed(
        reading(a_suite(run=a_run(9, workflow="Docs"), created_at=ago(hours=1)))
    )


def test_a_push_at_which_nothing_ran_at_all_is_for_people() -> None:
    """No commit enables Actions, or an account; where a reason is known, one may start CI again."""
    (word,) = missed(reading())
    (skipped,) = missed(reading(subject="docs [skip ci]"))
    assert isinstance(word, Finding)
    assert isinstance(skipped, Finding)
    assert (True, False) == (word.for_people, skipped.for_people)
    assert word.says.startswith(
        f"Required workflow CI, Lint has no run at {SHORT}: no workflow ran there at all, and "
    )


def test_all_required_runs_are_a_proof_however_they_ended() -> None:
    """A red run is no missing run; the one that changed last tells the time."""
    red = a_suite(CheckConclusion.FAILURE)
    expected = Proof(
        symptom=MISSING,
        project=PROJECT,
        at=ago(minutes=20),
        commit=HEAD,
        trace=RunTrace(repo=REPO, run_id=2, updated_at=ago(minutes=20), url=LINT.run.url)
        if LINT.run
        else PAGE,
        says=f"Every required workflow has a run at {SHORT}.",
    )
    assert [expected] == missed(reading(red, LINT))


@pytest.mark.parametrize(
    ("minutes", "kind"),
    [pytest.param(10, Unsettled, id="ten minutes"), pytest.param(10.1, Finding, id="more")],
)
def test_a_run_may_come_for_ten_minutes(minutes: float, kind: type[Observation]) -> None:
    """GitHub may be late; until then a proof is still on its way."""
    (word,) = missed(reading(committed_at=ago(minutes=minutes)))
    assert kind is type(word)
    if isinstance(word, Unsettled):
        assert (True, f"Required workflow CI, Lint has no run at {SHORT} yet.") == (
            word.in_flight,
            word.why,
        )


def test_an_old_commit_that_was_pushed_just_now_is_given_its_time() -> None:
    """GitHub makes the first suite at the push; the date of the commit may be of last week."""
    app = an_app_suite(a_suite(created_at=ago(minutes=5), updated_at=ago(minutes=5)))
    read = reading(app, committed_at=ago(hours=100))
    (word,) = missed(read)
    assert isinstance(word, Unsettled)


@pytest.mark.parametrize(
    ("subject", "author", "reason"),
    [
        ("docs [skip ci]", "dev", ": the commit's message asks to skip CI"),
        ("docs [CI skip]", "dev", ": the commit's message asks to skip CI"),
        ("[no ci] docs", "dev", ": the commit's message asks to skip CI"),
        ("docs [skip actions]", "dev", ": the commit's message asks to skip CI"),
        ("docs [actions skip]", "dev", ": the commit's message asks to skip CI"),
        ("docs skip-checks: true", "dev", ": the commit's message asks to skip CI"),
        (
            "bump",
            "github-actions[bot]",
            ": its author is a bot, and what a workflow's own token pushes starts no workflow",
        ),
        (
            "bump",
            "github-actions",
            ": its author is a bot, and what a workflow's own token pushes starts no workflow",
        ),
        ("skip ci", "robot", ""),
    ],
)
def test_the_reason_is_named_where_it_is_known(subject: str, author: str, reason: str) -> None:
    """A skip token, and a push by a bot, are refusals that GitHub tells nobody of."""
    (word,) = missed(reading(LINT, subject=subject, author=author))
    assert isinstance(word, Finding)
    assert f"Required workflow CI has no run at {SHORT}{reason}." == word.says


def test_a_squash_brings_the_messages_of_its_commits_along() -> None:
    """GitHub looks for a skip token in the whole message, not in its first line."""
    read = reading(subject="Snapshots (#12)")
    assert isinstance(read.branch, Seen)
    message = "Snapshots (#12)\n\n* chore: update [skip ci]"
    (word,) = missed(replace(read, branch=seen(replace(read.branch.value, message=message))))
    assert isinstance(word, Finding)
    assert (False, True) == (word.for_people, word.says.endswith("asks to skip CI."))


@pytest.mark.parametrize(
    ("learned", "policy", "missing"),
    [
        pytest.param(NotAsked(), a_policy(ci_workflows=("Release",)), "Release", id="configured"),
        pytest.param(
            seen(frozenset({"CI"})),
            a_policy(ci_workflows=("Release",)),
            "Release",
            id="configured wins",
        ),
        pytest.param(
            seen(frozenset({"CI", "Deploy"})),
            a_policy(deploy_workflow="Deploy"),
            "CI",
            id="deploys",
        ),
    ],
)
def test_what_is_required_is_configured_or_learned(
    learned: Part[frozenset[str]], policy: ProjectPolicy, missing: str
) -> None:
    """The operator's names win; the workflow that deploys is not CI."""
    (word,) = missed(reading(learned=learned), policy)
    assert isinstance(word, Finding)
    assert word.says.startswith(f"Required workflow {missing} has no run at {SHORT}")


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(reading(learned=seen(frozenset[str]())), id="nothing learned"),
        pytest.param(reading(learned=NotAsked()), id="not asked"),
        pytest.param(reading(learned=blind()), id="not read"),
        pytest.param(replace(reading(), checks=blind()), id="checks unseen"),
        pytest.param(replace(reading(), branch=blind()), id="branch unseen"),
        pytest.param(replace(reading(), repository=blind()), id="repository unseen"),
        pytest.param(replace(reading(), checks=seen(checks(commit=PARENT))), id="another commit"),
        pytest.param(
            replace(reading(), repository=seen(a_repository(archived=True))), id="archived"
        ),
    ],
)
def test_nothing_is_missed_where_nobody_knows(read: GitHubReading) -> None:
    """Blindness and ignorance open nothing and prove nothing."""
    assert [] == missed(read)


def stuck(*suites: Suite) -> list[Observation]:
    """Give what the rule says of runs that do not end."""
    statuses = [a_status(StatusState.PENDING, created_at=ago(hours=9))]
    return list(main_ci_stuck(a_view(read=github(at_head=checks(*suites, statuses=statuses)))))


def test_a_run_that_has_not_changed_for_hours_is_stuck() -> None:
    """It is stuck since three hours after its last change; of its log nothing can be read."""
    run = a_run()
    expected = Finding(
        symptom=STUCK,
        project=PROJECT,
        since=ago(hours=1),
        commit=HEAD,
        trace=LinkTrace(url=run.url),
        says=f"Workflow CI has not ended for hours at {SHORT}.",
    )
    assert [expected] == stuck(a_suite(None, updated_at=ago(hours=4)))


def test_a_run_that_github_gave_up_is_stuck_since_then() -> None:
    """GitHub says STALE after 14 days."""
    (word,) = stuck(a_suite(CheckConclusion.STALE, updated_at=ago(hours=1)))
    assert isinstance(word, Finding)
    assert ago(hours=1) == word.since


@pytest.mark.parametrize(
    "conclusion",
    [CheckConclusion.SUCCESS, CheckConclusion.FAILURE, CheckConclusion.CANCELLED],
    ids=str,
)
def test_a_run_that_ended_is_not_stuck(conclusion: CheckConclusion) -> None:
    """However it ended; red has a kind of its own."""
    run = a_run()
    expected = Proof(
        symptom=STUCK,
        project=PROJECT,
        at=ago(minutes=5),
        commit=HEAD,
        trace=RunTrace(repo=REPO, run_id=1, updated_at=ago(minutes=5), url=run.url),
        says=f"Workflow CI ended at {SHORT}.",
    )
    assert [expected] == stuck(a_suite(conclusion, updated_at=ago(minutes=5)))


@pytest.mark.parametrize(
    ("suites", "in_flight"),
    [
        pytest.param((a_suite(None),), True, id="under way"),
        pytest.param(
            (a_suite(), a_suite(None, run=a_run(3, event="merge_group"))), True, id="another event"
        ),
        pytest.param((a_suite(Unrecognised("NEW")),), False, id="unknown end"),
        pytest.param((a_suite(None, status=CheckStatus.WAITING),), True, id="waiting"),
    ],
)
def test_what_has_not_ended_yet_is_unsettled(suites: tuple[Suite, ...], *, in_flight: bool) -> None:
    """Neither stuck nor over."""
    (word,) = stuck(*suites)
    assert isinstance(word, Unsettled)
    assert (in_flight, f"Workflow CI has not ended at {SHORT}.") == (word.in_flight, word.why)


def test_only_runs_of_workflows_can_be_stuck() -> None:
    """A status that stays pending, and a queued suite of another app, is nobody's run."""
    app = an_app_suite(a_suite(None, updated_at=ago(hours=9)))
    assert [] == stuck(app)
    assert [] == list(main_ci_stuck(a_view(read=replace(github(), checks=blind()))))
