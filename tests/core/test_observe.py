"""From readings to a snapshot, and what may be asked of a view."""

from dataclasses import replace

import pytest

from builders import (
    GRANDPARENT,
    HEAD,
    NOW,
    PARENT,
    PROJECT,
    REPO,
    a_deployment,
    a_policy,
    a_repository,
    a_service,
    a_view,
    an_environment,
    blind,
    github,
    seen,
    sha,
)
from pipeline_health.core.model.audit import Audit
from pipeline_health.core.model.deployed import Deployed, Passage, Remembered
from pipeline_health.core.model.findings import Kind, Scope, Subject, Symptom, Thing
from pipeline_health.core.model.ids import RepoName, Sha
from pipeline_health.core.model.policy import Policy, ProjectPolicy
from pipeline_health.core.model.questions import Answers, Contains, LinkTrace, Relation
from pipeline_health.core.model.railway import Environment
from pipeline_health.core.model.readings import Blind, BlindCause, GitHubReading, NotAsked, Part
from pipeline_health.core.model.snapshot import ProjectView, Snapshot
from pipeline_health.core.model.urls import Place
from pipeline_health.core.observe import (
    blind_parts,
    commit_of,
    commit_page,
    contains,
    environment_of,
    is_archived,
    observe,
    services_seen,
    staging_scope,
    staging_symptom,
)

RUNNING = an_environment(a_service(a_deployment()), a_service(name="idle"))
EMPTY = an_environment(a_service())


def snapshot_of(
    policy: ProjectPolicy,
    *,
    read: GitHubReading | None = None,
    staging: Part[Environment] | None = None,
    production: Part[Environment] | None = None,
    had: frozenset[str] = frozenset(),
) -> Snapshot:
    """Observe one project; a part that is None is missing from what the source gave."""
    return observe(
        Policy(projects=(policy,)),
        github={} if read is None else {policy.name: read},
        railway={}
        if staging is None
        else {policy.name: Deployed(staging=staging, production=production or NotAsked())},
        before={policy.name: Remembered(staging=had, production=had)} if had else {},
        answers=Answers(),
        now=NOW,
    )


def test_a_snapshot_holds_what_was_read() -> None:
    """What the sources saw is in the view unchanged, beside the policy and the answers."""
    read = github()
    snapshot = snapshot_of(a_policy(), read=read, staging=seen(RUNNING), had=frozenset({"web"}))
    expected = ProjectView(policy=a_policy(), now=NOW, github=read, staging=seen(RUNNING))
    assert Snapshot(now=NOW, projects=(expected,)) == snapshot


def test_a_project_that_no_source_mentions_is_blind() -> None:
    """Silence of a source is blindness in every part that was wanted, never health."""
    view = snapshot_of(a_policy(deploy_workflow="Deploy")).projects[0]
    code = blind(f"GitHub was not read for {REPO}")
    environment = blind(f"Railway was not read for {PROJECT}")
    assert view == ProjectView(
        policy=a_policy(deploy_workflow="Deploy"),
        now=NOW,
        github=GitHubReading(
            repository=code,
            branch=code,
            checks=code,
            earlier=code,
            deployments=code,
            issues=code,
            production=code,
        ),
        staging=environment,
        production=environment,
    )
    expected = [
        ("github", f"GitHub was not read for {REPO}"),
        ("railway", f"Railway was not read for {PROJECT}"),
    ]
    assert expected == list(blind_parts(view))


def test_a_snapshot_holds_what_was_remembered_and_answered() -> None:
    """What passed staging in earlier looks, and what was asked between two of them."""
    passage = Passage(lane="web", commit=HEAD, pushed_at=None, proved_at=NOW)
    answers = Answers(contains={QUESTION: seen(Relation.AHEAD)})

    (view,) = observe(
        Policy(projects=(a_policy(),)),
        github={},
        railway={},
        before={PROJECT: Remembered(passages=(passage,))},
        answers=answers,
        now=NOW,
    ).projects

    assert ((passage,), answers) == (view.passages, view.answers)


def test_what_nobody_asked_for_is_not_blind() -> None:
    """Without Railway and without a deploy workflow, not seeing them is nothing to report."""
    view = snapshot_of(a_policy(railway_project=None)).projects[0]
    assert (NotAsked(), NotAsked()) == (view.staging, view.github.earlier)


@pytest.mark.parametrize(
    ("had", "expected"),
    [
        ({"web"}, "Railway shows no deployment of web where there were some"),
        (set("abcde"), "Railway shows no deployment of a, b, c, d, e where there were some"),
        (
            set("abcdefg"),
            "Railway shows no deployment of a, b, c, d, e and 2 more where there were some",
        ),
    ],
    ids=["one", "five", "many"],
)
def test_an_environment_that_lost_all_deployments_is_blind(had: set[str], expected: str) -> None:
    """An empty answer where there was something is a failed read, and says what is missing."""
    staging = snapshot_of(a_policy(), staging=seen(EMPTY), had=frozenset(had)).projects[0].staging
    assert Blind(at=NOW, why=expected, cause=BlindCause.IMPLAUSIBLE) == staging


def test_what_lost_all_deployments_tells_by_which_token_it_was_read() -> None:
    """It may be the token that sees less than it did."""
    empty = seen(replace(EMPTY, token="RAILWAY_TOKEN"))
    staging = snapshot_of(a_policy(), staging=empty, had=frozenset({"web"})).projects[0].staging
    assert isinstance(staging, Blind)
    assert staging.token == "RAILWAY_TOKEN"


def test_an_environment_that_never_had_any_is_seen() -> None:
    """A project that was never deployed is simply empty."""
    assert seen(EMPTY) == snapshot_of(a_policy(), staging=seen(EMPTY)).projects[0].staging


def test_production_that_lost_all_deployments_is_blind() -> None:
    """What holds for staging holds there too, and staging is none the worse for it."""
    view = snapshot_of(
        a_policy(), staging=seen(RUNNING), production=seen(EMPTY), had=frozenset({"web"})
    ).projects[0]
    assert seen(RUNNING) == view.staging
    assert (
        Blind(
            at=NOW,
            why="Railway shows no deployment of web where there were some",
            cause=BlindCause.IMPLAUSIBLE,
        )
        == view.production
    )


def test_a_blind_part_stays_as_it_is() -> None:
    """A read that failed keeps its own reason, whatever is remembered."""
    view = snapshot_of(a_policy(), staging=blind(), had=frozenset({"web"})).projects[0]
    assert blind() == view.staging


def test_the_services_that_are_deployed_are_remembered() -> None:
    """Only services with a deployment, and only where Railway showed them."""
    assert frozenset({"web"}) == services_seen(seen(RUNNING))
    assert frozenset() == services_seen(blind())


def test_the_same_blindness_is_told_once() -> None:
    """Parts that failed for one reason are one line, another reason is another."""
    read = replace(github(), checks=blind("403"), deployments=blind("403"), issues=blind("502"))
    expected = [("github", "403"), ("github", "502"), ("railway", "no answer")]
    assert expected == list(blind_parts(a_view(read=read, staging=blind("no answer"))))


def test_every_part_that_is_blind_is_told_by_its_source() -> None:
    """GitHub's eight, Railway's two, each URL, and both halves of an audit."""
    parts = iter(f"reason {number}" for number in range(1, 14))
    read = GitHubReading(
        repository=blind(next(parts)),
        branch=blind(next(parts)),
        checks=blind(next(parts)),
        earlier=blind(next(parts)),
        deployments=blind(next(parts)),
        issues=blind(next(parts)),
        required=blind(next(parts)),
        production=blind(next(parts)),
    )
    view = replace(
        a_view(read=read, staging=blind(next(parts))),
        production=blind(next(parts)),
        urls={Place.STAGING: blind(next(parts))},
        audit=seen(Audit(at=NOW, variables=blind(next(parts)), files=blind(next(parts)))),
    )
    sources = [*["github"] * 8, *["railway"] * 2, "url", "audit", "audit"]
    assert list(blind_parts(view)) == [
        (source, f"reason {number}") for number, source in enumerate(sources, start=1)
    ]


@pytest.mark.parametrize("archived", [True, False])
def test_an_archived_repository_is_known(*, archived: bool) -> None:
    """A repository is archived when it was seen to be."""
    view = a_view(read=github(repository=a_repository(archived=archived)))
    assert archived is is_archived(view)


def test_an_unseen_repository_is_not_archived() -> None:
    """What could not be read is not taken for archived."""
    assert not is_archived(a_view(read=replace(github(), repository=blind())))


UNSEEN = replace(github(), repository=blind())
NO_RAILWAY = a_policy(railway_project=None)


@pytest.mark.parametrize(
    "view",
    [a_view(), a_view(read=UNSEEN), a_view(staging=blind()), a_view(staging=NotAsked())],
    ids=["seen", "GitHub blind", "Railway blind", "not asked"],
)
def test_the_scope_of_staging_does_not_depend_on_what_was_seen(view: ProjectView) -> None:
    """The same failure of a service has the same scope whichever source is blind."""
    assert "railway:railway-project:staging" == staging_scope(view)


def test_what_a_repository_tells_of_staging_is_its_own() -> None:
    """Another repository may be deployed to the same environment of Railway."""
    expected = Symptom(
        kind=Kind.STAGING_DEPLOY_FAILED,
        scope=Scope("railway:railway-project:staging:github:4711"),
        subject=Subject(Thing.ENVIRONMENT, "staging"),
    )
    assert expected == staging_symptom(a_view())
    assert environment_of(expected.scope) == staging_scope(a_view())
    assert staging_symptom(a_view(read=UNSEEN)) is None


def test_without_railway_staging_belongs_to_the_repository() -> None:
    """The scope is the repository's id, which survives a rename, and the environment."""
    symptom = staging_symptom(a_view(policy=NO_RAILWAY), Subject(Thing.SERVICE, "web"))
    assert symptom is not None
    assert "github:4711:environment:staging" == symptom.scope
    assert Subject(Thing.SERVICE, "web") == symptom.subject


def test_without_railway_and_repository_there_is_no_symptom() -> None:
    """Where neither id is known, nothing is named, so that nothing is misnamed."""
    assert staging_symptom(a_view(policy=NO_RAILWAY, read=UNSEEN)) is None


@pytest.mark.parametrize(
    ("repo", "expected"),
    [(None, HEAD), ("Acme/Shop", HEAD), ("acme/shop-renamed", HEAD), ("acme/fork", None)],
    ids=["not told", "ours", "its name today", "another"],
)
def test_a_commit_of_another_repository_is_no_commit_of_ours(
    repo: str | None, expected: Sha | None
) -> None:
    """A deployment of another repository names no commit of this one."""
    renamed = replace(a_repository(), name=RepoName("acme/Shop-Renamed"))
    view = a_view(read=github(repository=renamed))
    deployment = replace(a_deployment(), repo=None if repo is None else RepoName(repo))
    assert expected == commit_of(view, deployment)


def test_without_the_repository_the_configured_name_decides() -> None:
    """Where GitHub is blind, the configured name is the only one there is."""
    assert HEAD == commit_of(a_view(read=UNSEEN), a_deployment())


def test_a_commit_has_a_page() -> None:
    """What has no page of its own links to the commit."""
    expected = LinkTrace(url=f"https://github.com/acme/shop/commit/{HEAD}")
    assert expected == commit_page(a_view(), HEAD)


FAR = sha(1)
GONE = sha(2)
QUESTION = Contains(repo=REPO, newer=HEAD, older=FAR)


@pytest.mark.parametrize(
    ("newer", "older", "expected"),
    [
        (FAR, FAR, True),
        (HEAD, PARENT, True),
        (PARENT, GRANDPARENT, True),
        (GRANDPARENT, HEAD, False),
        (HEAD, FAR, QUESTION),
        (FAR, HEAD, Contains(repo=REPO, newer=FAR, older=HEAD)),
    ],
    ids=["same", "head", "history", "the other way", "beyond history", "not in history"],
)
def test_history_tells_what_contains_what(
    newer: Sha, older: Sha, *, expected: bool | Contains
) -> None:
    """The commits that were read decide; beyond them there is a question."""
    assert expected == contains(a_view(), newer=newer, older=older)


@pytest.mark.parametrize(
    ("relation", "at_head", "elsewhere"),
    [
        (Relation.IDENTICAL, True, True),
        (Relation.AHEAD, True, True),
        (Relation.BEHIND, False, False),
        (Relation.DIVERGED, True, False),
        (Relation.MISSING, True, False),
    ],
    ids=str,
)
def test_an_answer_tells_what_contains_what(
    relation: Relation, *, at_head: bool, elsewhere: bool
) -> None:
    """What left the branch counts as contained in the head, and in nothing else."""
    other = Contains(repo=REPO, newer=GONE, older=FAR)
    answers = Answers(contains={QUESTION: seen(relation), other: seen(relation)})
    view = a_view(answers=answers)
    assert at_head is contains(view, newer=HEAD, older=FAR)
    assert elsewhere is contains(view, newer=GONE, older=FAR)


def test_an_answer_that_could_not_be_had_leaves_the_question() -> None:
    """A question that was asked in vain is still a question, never a no."""
    view = a_view(answers=Answers(contains={QUESTION: blind()}))
    assert QUESTION == contains(view, newer=HEAD, older=FAR)


def test_without_a_branch_nothing_is_the_head() -> None:
    """Where the branch is unseen, history decides nothing and what diverged is not contained."""
    answers = Answers(contains={QUESTION: seen(Relation.DIVERGED)})
    view = a_view(read=replace(github(), branch=blind()), answers=answers)
    assert contains(view, newer=HEAD, older=FAR) is False
