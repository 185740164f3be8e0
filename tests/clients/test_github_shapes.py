from collections.abc import Callable, Mapping
from contextlib import suppress
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from github_samples import (
    CREATED,
    DEPLOYMENT,
    ISSUE,
    JOB,
    JUNK,
    REF,
    REF_NODE,
    REPOSITORY,
    RUN,
    STATUS,
    STUB,
    SUITE,
    places,
    spoiled,
)
from pipeline_health.clients.errors import ClientError
from pipeline_health.clients.github_parse import (
    branch_of,
    counts_of,
    deployments_of,
    issue_of,
    page_of,
    repository_of,
    statuses_of,
    stubs_of,
    suites_of,
)
from pipeline_health.clients.github_rest import created_issue_of, job_of, relation_of, run_of
from pipeline_health.clients.json import Json

PARSERS: Mapping[str, tuple[Mapping[str, object], Callable[[Json], object]]] = {
    "repository": (REPOSITORY, repository_of),
    "branch": (REF_NODE, branch_of),
    "statuses": (STATUS, statuses_of),
    "suites": ({"nodes": [SUITE]}, suites_of),
    "deployments": ({"nodes": [DEPLOYMENT]}, deployments_of),
    "stubs": ({"nodes": [STUB]}, stubs_of),
    "issue": (ISSUE, lambda node: issue_of(node, REF, identity=None)),
    "page": ({"pageInfo": {"hasNextPage": True, "endCursor": "x"}}, page_of),
    "counts": (
        {"nodes": [{"databaseId": 1, "checkRuns": {"totalCount": 1}}]},
        lambda found: list(counts_of(found.items("nodes"))),
    ),
    "run": (RUN, run_of),
    "job": (JOB, job_of),
    "created": (CREATED, lambda node: created_issue_of(node, REF)),
    "relation": ({"status": "ahead"}, relation_of),
}


@pytest.mark.parametrize("name", PARSERS)
@given(choice=st.randoms(use_true_random=False), junk=JUNK)
def test_junk_anywhere_is_understood_or_refused(name: str, choice: Random, junk: object) -> None:
    """Whatever a provider puts into one place, no other exception than ClientError comes of it."""
    sample, parse = PARSERS[name]
    path = choice.choice(places(sample))

    with suppress(ClientError):
        parse(Json(spoiled(sample, path, junk)))


@pytest.mark.parametrize("name", PARSERS)
def test_a_sample_itself_is_understood(name: str) -> None:
    """The samples that are spoiled above are whole before."""
    sample, parse = PARSERS[name]

    assert parse(Json(sample)) is not None
