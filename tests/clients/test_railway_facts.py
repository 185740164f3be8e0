import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline_health.clients.errors import ClientError, UnexpectedShapeError
from pipeline_health.clients.json import Json
from pipeline_health.clients.railway_facts import (
    Deployed,
    Instance,
    Page,
    Step,
    deployed_of,
    deployment_of,
    horizon_of,
    instance_of,
    is_counted,
    knows_newest,
    lines_of,
    page_of,
    pages,
    project_of,
    scope_of,
    serving,
    step_of,
    tagged_commit,
    union,
)
from pipeline_health.core.model.railway import Deployment, RailwayStatus, Service
from pipeline_health.core.model.readings import Unrecognised
from wire import NOON

SHA = "0123456789abcdef0123456789abcdef01234567"
AT = "2026-03-02T12:00:00.000Z"


def node(**fields: Any) -> Json:
    """Give a deployment as Railway shows it, with some fields changed."""
    whole: dict[str, Any] = {
        "id": "d1",
        "serviceId": "s1",
        "status": "SUCCESS",
        "statusUpdatedAt": None,
        "createdAt": AT,
        "updatedAt": AT,
        "deploymentStopped": False,
        "meta": {},
        "instances": [],
    }
    return Json(whole | fields)


def deployment(
    name: str,
    status: RailwayStatus = RailwayStatus.SUCCESS,
    *,
    minute: int = 0,
    changed: int = 0,
    reason: str | None = None,
) -> Deployment:
    """Give a deployment made *minute* minutes after noon."""
    return Deployment(
        id=name,
        status=status,
        created_at=NOON + timedelta(minutes=minute),
        changed_at=NOON + timedelta(minutes=changed),
        skipped_reason=reason,
    )


SKIPPED = deployment("skip", RailwayStatus.SKIPPED, minute=9, reason="No changes to watched files")


def instance(*, latest: Deployment | None = None, active: tuple[Deployment, ...] = ()) -> Instance:
    """Give a service instance."""
    return Instance(service=Service(id="s1", name="web"), latest=latest, active=active)


@pytest.mark.parametrize(
    ("fields", "attribute", "expected"),
    [
        pytest.param({"meta": {"commitHash": SHA.upper()}}, "commit", SHA, id="commit"),
        pytest.param({"meta": {"commitHash": SHA[:7]}}, "commit", None, id="short-commit"),
        pytest.param({"meta": {"commitHash": 7}}, "commit", None, id="number-for-commit"),
        pytest.param({"meta": None}, "commit", None, id="no-meta"),
        pytest.param({"meta": [1]}, "commit", None, id="list-for-meta"),
        pytest.param({"meta": 3}, "commit", None, id="number-for-meta"),
        pytest.param({"meta": "no json"}, "commit", None, id="words-for-meta"),
        pytest.param({"meta": "[" * 100_000}, "commit", None, id="deep-meta"),
        pytest.param({"meta": "[]"}, "commit", None, id="json-list-for-meta"),
        pytest.param({"meta": ""}, "commit", None, id="empty-meta"),
        pytest.param({"meta": json.dumps({"commitHash": SHA})}, "commit", SHA, id="json-text"),
        pytest.param({"meta": {"image": f"ghcr.io/a/web:{SHA}"}}, "commit", SHA, id="tag"),
        pytest.param({"meta": {"image": "redis:7"}}, "image", "redis:7", id="image"),
        pytest.param({"meta": {"repo": "acme/shop"}}, "repo", "acme/shop", id="repo"),
        pytest.param({"meta": {"repo": ""}}, "repo", None, id="empty-repo"),
        pytest.param({"meta": {"branch": "main"}}, "branch", "main", id="branch"),
        pytest.param({"meta": {"skippedReason": "x"}}, "skipped_reason", "x", id="skipped-reason"),
        pytest.param({"deploymentStopped": True}, "stopped", True, id="stopped"),
        pytest.param({"deploymentStopped": None}, "stopped", False, id="stopped-null"),
        pytest.param({"status": "MELTED"}, "status", Unrecognised("MELTED"), id="status"),
        pytest.param(
            {"statusUpdatedAt": "2026-03-02T12:03:00.123456789Z"},
            "changed_at",
            datetime(2026, 3, 2, 12, 3, 0, 123456, tzinfo=UTC),
            id="status-changed",
        ),
        pytest.param(
            {"updatedAt": "2026-03-02T12:02:00Z"},
            "changed_at",
            NOON + timedelta(minutes=2),
            id="updated",
        ),
        pytest.param({"updatedAt": None}, "changed_at", NOON, id="created"),
    ],
)
def test_a_deployment_is_read(fields: dict[str, Any], attribute: str, expected: object) -> None:
    """Every field is read as it comes, and what nobody promised may be missing or of any type."""
    assert expected == getattr(deployment_of(node(**fields)), attribute)


@pytest.mark.parametrize(
    "fields",
    [{"id": None}, {"status": None}, {"createdAt": "noon"}, {"deploymentStopped": "no"}],
    ids=["id", "status", "created", "stopped"],
)
def test_a_deployment_without_what_was_promised_is_refused(fields: dict[str, Any]) -> None:
    """What the schema promises is not guessed."""
    with pytest.raises(UnexpectedShapeError):
        deployment_of(node(**fields))


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (f"ghcr.io/acme/web:{SHA}", SHA),
        (f"localhost:5000/web:{SHA.upper()}", SHA),
        (f"ghcr.io/acme/web:{SHA}@sha256:{'0' * 64}", SHA),
        ("ghcr.io/acme/web:v1", None),
        (f"localhost:5000/{SHA}", None),
        (f"web@sha256:{SHA}", None),
        ("web", None),
        (None, None),
    ],
)
def test_a_tag_may_be_a_commit(image: str | None, expected: str | None) -> None:
    """Only a full commit id as a tag says which commit an image was built from."""
    assert expected == tagged_commit(image)


def an_instance(**fields: Any) -> Json:
    """Give a service instance as Railway shows it, with some fields changed."""
    whole: dict[str, Any] = {
        "serviceId": "s1",
        "serviceName": "web",
        "deletedAt": None,
        "cronSchedule": None,
        "source": None,
        "latestDeployment": None,
        "activeDeployments": [],
    }
    return Json(whole | fields)


def test_a_service_without_anything_is_read() -> None:
    """A service that was never deployed and has no source is a service all the same."""
    assert instance() == instance_of(an_instance())


def test_a_service_is_read_with_what_it_runs() -> None:
    """The source, the schedule, the newest and the running deployments are read."""
    read = instance_of(
        an_instance(
            cronSchedule="0 * * * *",
            source={"repo": "acme/shop", "image": None},
            latestDeployment={"id": "d2", "status": "FAILED", "createdAt": AT},
            activeDeployments=[{"id": "d1", "status": "SUCCESS", "createdAt": AT}],
        )
    )

    assert read is not None
    assert (True, "acme/shop") == (read.service.cron, read.service.repo)
    assert read.latest is not None
    assert ("d2", ["d1"]) == (read.latest.id, [one.id for one in read.active])


def test_a_deleted_service_is_left_out() -> None:
    """What was deleted is not watched."""
    assert instance_of(an_instance(deletedAt=AT)) is None


def test_a_deployment_of_no_service_is_read() -> None:
    """Railway does not always say whose deployment it is."""
    assert deployed_of(node(serviceId=None)).service_id is None


@pytest.mark.parametrize(
    ("status", "reason", "expected"),
    [
        (RailwayStatus.SKIPPED, "No changes to watched files", False),
        (RailwayStatus.SKIPPED, "No deployment needed - watched paths not modified", False),
        (RailwayStatus.SKIPPED, "CI check suite failed", True),
        (RailwayStatus.SKIPPED, None, True),
        (RailwayStatus.REMOVED, None, False),
        (RailwayStatus.REMOVING, None, False),
        (RailwayStatus.FAILED, None, True),
        (RailwayStatus.BUILDING, None, True),
    ],
)
def test_a_watched_path_skip_and_what_was_removed_do_not_count(
    status: RailwayStatus, reason: str | None, *, expected: bool
) -> None:
    """The newest deployment that is judged is none of those."""
    assert expected == is_counted(deployment("d", status, reason=reason))


def test_a_deployment_told_twice_is_one() -> None:
    """Deployments are told apart by id, newest first, each as it was when it changed last."""
    old, new = deployment("a", minute=1), deployment("b", minute=2)
    twin = deployment("c", minute=2)
    crashed = deployment("a", RailwayStatus.CRASHED, minute=1, changed=5)

    assert (twin, new, crashed) == union([old, new], [crashed, twin], [old])


def test_what_sleeps_is_served() -> None:
    """Railway leaves a sleeping deployment out of the active ones."""
    asleep = deployment("b", RailwayStatus.SLEEPING, minute=2)
    active = deployment("a", minute=1)

    assert (asleep,) == serving(instance(latest=asleep))
    assert (active,) == serving(instance(latest=SKIPPED, active=(active,)))
    assert () == serving(instance())


def listing(*minutes: int, more: bool) -> Page[Deployed]:
    """Give a page of deployments made at so many minutes after noon."""
    items = tuple(
        Deployed(service_id="s1", deployment=deployment(str(at), minute=at)) for at in minutes
    )
    return Page(items=items, more=more, after=None)


def test_a_list_reaches_back_to_its_oldest() -> None:
    """A list with further pages tells nothing of the time before its oldest deployment."""
    assert NOON + timedelta(minutes=3) == horizon_of(listing(5, 3, 4, more=True))
    assert horizon_of(listing(5, 3, more=False)) is None
    far = horizon_of(listing(more=True))
    assert far is not None
    assert far > NOON + timedelta(days=365_000)


OLD = deployment("old", minute=1)
LATE = NOON + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("latest", "known", "horizon", "expected"),
    [
        pytest.param(None, (), None, True, id="whole-list"),
        pytest.param(None, (), LATE, False, id="nothing-in-a-part"),
        pytest.param(SKIPPED, (SKIPPED,), LATE, False, id="only-a-skip"),
        pytest.param(OLD, (OLD,), LATE, True, id="the-newest-of-all"),
        pytest.param(None, (OLD,), LATE, False, id="active-but-no-latest"),
        pytest.param(SKIPPED, (SKIPPED, OLD), LATE, False, id="behind-a-skip-too-old"),
        pytest.param(SKIPPED, (SKIPPED, OLD), NOON, True, id="behind-a-skip-on-the-page"),
    ],
)
def test_the_newest_that_counts_is_known_or_not(
    latest: Deployment | None,
    known: tuple[Deployment, ...],
    horizon: datetime | None,
    *,
    expected: bool,
) -> None:
    """Behind a watched-path skip something may have failed that is no longer on the page."""
    assert expected == knows_newest(instance(latest=latest), known, horizon=horizon)


def test_pages_are_followed_to_the_end() -> None:
    """Every page is given, the last of which has no more."""
    further = {
        "a": Page(items=(2,), more=True, after="b"),
        "b": Page(items=(3,), more=False, after=None),
    }

    read = list(pages(Page(items=(1,), more=True, after="a"), further.__getitem__, cap=9))

    assert [(1,), (2,), (3,)] == [page.items for page in read]
    assert not read[-1].more


@pytest.mark.parametrize(
    ("after", "cap", "count"),
    [
        pytest.param(["a", "a"], 9, 2, id="cursor-repeats"),
        pytest.param(["a", None], 9, 2, id="cursor-is-null"),
        pytest.param(["a", "b", "c", "d"], 2, 3, id="cap"),
    ],
)
def test_pages_that_do_not_end_are_left(after: list[str | None], cap: int, count: int) -> None:
    """A cursor that is null or repeats, or too many pages, end it, and the last page says so."""
    given_pages: list[Page[int]] = [Page(items=(), more=True, after=cursor) for cursor in after]
    left = iter(given_pages[1:])

    read = list(pages(given_pages[0], lambda _: next(left), cap=cap))

    assert count == len(read)
    assert read[-1].more


def test_a_project_is_read_with_its_environments() -> None:
    """The environments come with what the token may do there."""
    page = {
        "edges": [{"node": {"id": "e1", "name": "staging", "canAccess": False}}],
        "pageInfo": {"hasNextPage": True, "endCursor": "x"},
    }

    found = project_of(Json({"id": "p1", "name": "shop", "environments": page}))

    assert ("p1", "shop", False) == (found.id, found.name, found.whole)
    assert [("e1", "staging", False)] == [
        (one.id, one.name, one.accessible) for one in found.environments
    ]


def test_a_scope_is_read() -> None:
    """A project token tells its project and its environment, by id and by name."""
    scope = scope_of(
        Json(
            {
                "projectId": "p1",
                "environmentId": "e1",
                "project": {"name": "shop"},
                "environment": {"name": "staging"},
            }
        )
    )

    assert ("p1", "shop", "e1", "staging") == (
        scope.project_id,
        scope.project,
        scope.environment_id,
        scope.environment,
    )


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (None, None),
        ({"error": None, "reason": "skipped"}, None),
        ({"error": "boom"}, "boom"),
        ({"error": "boom", "reason": "boom", "detail": "at port 80"}, "boom: at port 80"),
    ],
    ids=["no-payload", "no-error", "error", "error-and-detail"],
)
def test_a_step_failed_when_it_has_an_error(
    payload: dict[str, Any] | None, error: str | None
) -> None:
    """Reason and detail make an error clearer, and are none by themselves."""
    step = step_of(Json({"step": "HEALTHCHECK", "payload": payload}))

    assert Step(name="HEALTHCHECK", error=error) == step


def test_a_log_is_given_in_its_order_without_one_line_too_many() -> None:
    """Lines are ordered by their times, and what the API gives beyond the limit is left out."""
    log = [
        {"timestamp": f"2026-03-02T12:00:0{at}.000000001Z", "message": str(at)} for at in (3, 1, 2)
    ]

    assert ("2", "3") == lines_of(Json(log), limit=2)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "status", "createdAt", "meta", "node", "edges", "pageInfo", "hasNextPage"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(ANYTHING)
def test_no_json_breaks_the_reader(value: object) -> None:
    """Whatever comes, it is a value of ours or a ClientError."""
    for read in (instance_of, deployed_of, project_of, scope_of, step_of):
        try:
            read(Json(value))
        except ClientError as exc:
            assert "expected" in str(exc)  # noqa: PT017 - most answers raise, some do not
    with pytest.raises(ClientError):
        page_of(Json({"edges": value}), deployed_of)


@given(ANYTHING)
def test_no_meta_breaks_a_deployment(value: object) -> None:
    """`meta` is an undocumented scalar: whatever it is, the deployment is read."""
    assert "d1" == deployment_of(node(meta=value)).id
    assert "d1" == deployment_of(node(meta={"commitHash": value, "image": value})).id
