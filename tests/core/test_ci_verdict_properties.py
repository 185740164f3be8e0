"""What holds of the verdict on CI, whatever is read."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import NOW, checks, seen
from pipeline_health.core.ci_verdict import (
    CommitVerdict,
    EntryVerdict,
    Standing,
    State,
    judge,
)
from pipeline_health.core.model.findings import Subject, Thing
from pipeline_health.core.model.ids import Login
from pipeline_health.core.model.readings import (
    CheckConclusion,
    Checks,
    CheckStatus,
    CommitStatus,
    StatusState,
    Suite,
    Unrecognised,
    WorkflowRun,
)

FINE = {EntryVerdict.SUCCESS, EntryVerdict.NEUTRAL, EntryVerdict.SKIPPED}
STRANGE = st.just(Unrecognised("WOBBLY"))
MOMENTS = st.integers(-20, 4 * 60 * 60).map(lambda seconds: NOW - timedelta(seconds=seconds))
NAMES = st.sampled_from(["CI", "Lint", "Deploy"])

# Green is likely, so that the properties of GREEN are tried, and every value is possible.
CONCLUSIONS = st.one_of(
    st.just(CheckConclusion.SUCCESS), st.sampled_from(CheckConclusion), st.none(), STRANGE
)
STATUSES = st.one_of(st.just(CheckStatus.COMPLETED), st.sampled_from(CheckStatus), STRANGE)

runs = st.builds(
    WorkflowRun,
    id=st.integers(1, 5),
    event=st.sampled_from(["push", "push", "merge_group", "schedule"]),
    workflow_id=st.integers(1, 3),
    workflow=NAMES,
    url=st.just("https://github.com/acme/shop/actions/runs/1"),
)
suites = st.builds(
    Suite,
    id=st.integers(1, 10_000),
    app=st.sampled_from(["github-actions", "codecov", "pipeline-health"]),
    status=STATUSES,
    conclusion=CONCLUSIONS,
    created_at=MOMENTS,
    updated_at=MOMENTS,
    run=st.one_of(runs, runs, st.none()),
    check_runs=st.sampled_from([None, 0, 3]),
)
statuses = st.builds(
    CommitStatus,
    context=st.sampled_from(["ci/external", "shop - web", "pipeline-health/promotion"]),
    state=st.one_of(st.just(StatusState.SUCCESS), st.sampled_from(StatusState), STRANGE),
    created_at=MOMENTS,
    creator=st.sampled_from([None, Login("railway-app"), Login("someone")]),
)


def checks_of(suites: list[Suite], statuses: list[CommitStatus]) -> Checks:
    """Give what was read of one commit."""
    return checks(*suites, statuses=statuses)


readings = st.builds(
    checks_of,
    st.lists(suites, max_size=5, unique_by=lambda suite: suite.id),
    st.lists(statuses, max_size=3, unique_by=lambda status: (status.context, status.created_at)),
)
standings = st.builds(
    Standing,
    committed_at=MOMENTS,
    on_branch=st.booleans(),
    moved_on=st.booleans(),
    required=st.sampled_from([frozenset[str](), frozenset({"CI"})]),
    deploy_workflow=st.sampled_from([None, "Deploy"]),
    was_red=st.sampled_from([frozenset[Subject](), frozenset({Subject(Thing.WORKFLOW, "CI")})]),
)


def verdict_of(reading: Checks, standing: Standing) -> CommitVerdict:
    """Give the verdict on what was read."""
    return judge(seen(reading), standing)


@settings(deadline=None)  # the machine may be busy
@given(readings, standings)
def test_green_means_that_nothing_is_in_doubt(reading: Checks, standing: Standing) -> None:
    """GREEN rests on nothing but success, neutral and skipped, and on one success at least."""
    verdict = verdict_of(reading, standing)
    said = {entry.verdict for entry in verdict.entries}
    green = verdict.state is State.GREEN
    assert not green or (said <= FINE and EntryVerdict.SUCCESS in said and standing.on_branch)


@settings(deadline=None)  # the machine may be busy
@given(readings, standings)
def test_green_means_that_what_is_required_ran(reading: Checks, standing: Standing) -> None:
    """GREEN never leaves out a required workflow."""
    verdict = verdict_of(reading, standing)
    ran = {entry.subject.name for entry in verdict.entries if entry.subject.thing is Thing.WORKFLOW}
    assert verdict.state is not State.GREEN or standing.required <= ran


@settings(deadline=None)  # the machine may be busy
@given(readings, standings)
def test_every_reading_has_a_verdict_with_a_reason(reading: Checks, standing: Standing) -> None:
    """Whatever is read, there is one of the known verdicts, and a sentence for it."""
    verdict = verdict_of(reading, standing)
    assert verdict.state in set(State)
    assert verdict.why


def shuffled(reading: Checks) -> st.SearchStrategy[tuple[Checks, Checks]]:
    """Give *reading* beside the same with its lists in any order."""
    return st.tuples(
        st.just(reading),
        st.builds(checks_of, st.permutations(reading.suites), st.permutations(reading.statuses)),
    )


@settings(deadline=None)  # the machine may be busy
@given(readings.flatmap(shuffled), standings)
def test_the_order_of_a_list_decides_nothing(
    pair: tuple[Checks, Checks], standing: Standing
) -> None:
    """The same suites and statuses in another order are the same verdict, word for word."""
    first, second = pair
    assert verdict_of(first, standing) == verdict_of(second, standing)
