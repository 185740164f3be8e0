"""The GraphQL documents of the cycle; those of the promotion check are in `commit_documents`.

Together they are all that we can send, and nothing that is not sent.

The tests validate each of them against the two published schemas, and the simulator refuses a field
that its subset does not know. No value is ever pasted into a document: values are variables.

GitHub's price is (connections asked for) / 100 points: one repository here costs 6 connections, 10
with the commits before the head, so that 20 repositories are one point or two.
"""

from collections.abc import Sequence

from pipeline_health.clients import fragments

GITHUB_WHO_AM_I = "query WhoAmI { viewer { login } rateLimit { cost remaining resetAt } }"

_LOOK_FRAGMENTS = """
fragment RepositoryFacts on Repository {
  id databaseId nameWithOwner isPrivate isArchived hasIssuesEnabled
  opened: issues(
    first: 50, states: [OPEN], filterBy: {createdBy: $author},
    orderBy: {field: CREATED_AT, direction: DESC}
  ) { pageInfo { hasNextPage endCursor } nodes { ...StubFacts } }
  closed: issues(
    first: 20, states: [CLOSED], filterBy: {createdBy: $author},
    orderBy: {field: UPDATED_AT, direction: DESC}
  ) { nodes { ...StubFacts } }
}
fragment StubFacts on Issue { number state updatedAt }
fragment BranchFacts on Ref {
  name
  target { ... on Commit {
    oid committedDate messageHeadline message
    author { name user { login } }
    history(first: 30) { nodes { oid committedDate } }
    ...CheckFacts
  } }
}
fragment EarlierFacts on Ref {
  target { ... on Commit { earlier: history(first: 4) { nodes { ...CheckFacts } } } }
}
fragment CheckFacts on Commit {
  oid
  status { contexts { context state description targetUrl createdAt creator { login } } }
  checkSuites(first: 50) @include(if: $checks) {
    pageInfo { hasNextPage endCursor } nodes { ...SuiteFacts }
  }
}
"""


_NEWEST_FIRST = "$new: DeploymentOrder = {field: CREATED_AT, direction: DESC}"


def github_look(
    branches: Sequence[str | None], earlier: Sequence[bool], *, by_id: Sequence[bool] = ()
) -> str:
    """Build the batched read of many repositories.

    One entry a repository: the branch asked for (None: the default branch), whether the commits
    before the head are judged too, and whether it is asked for *by_id* or, as they all are by
    default, by its name. Variables: `author`, `checks`, and for the repository at *i* `i<i>`, or
    `o<i>` and `n<i>`; `e<i>` and `p<i>` (what deployments to staging and to production are called)
    and, with a branch, `b<i>`. The two are lists of their own: neither crowds out the other.
    """
    variables = [f"$author: String, $checks: Boolean!, {_NEWEST_FIRST}"]
    fields = []
    asked = zip(branches, earlier, by_id or [False] * len(branches), strict=True)
    for at, (branch, before, known) in enumerate(asked):
        variables.append(f"$i{at}: ID!" if known else f"$o{at}: String!, $n{at}: String!")
        variables.append(f"$e{at}: [String!], $p{at}: [String!]")
        variables += [] if branch is None else [f"$b{at}: String!"]
        facts = _facts_asked(at, branch, before=before)
        fields.append(
            f"r{at}: node(id: $i{at}) {{ ... on Repository {facts} }}"
            if known
            else f"r{at}: repository(owner: $o{at}, name: $n{at}) {facts}"  # and follows renames
        )
    used = _LOOK_FRAGMENTS
    if not any(earlier):  # an unused fragment is an error by the specification
        start, end = used.index("fragment EarlierFacts"), used.index("fragment CheckFacts")
        used = used[:start] + used[end:]
    head = (
        f"query Look({', '.join(variables)}) {{ "
        "viewer { login } rateLimit { cost remaining resetAt }"
    )
    return (
        "\n".join([head, *fields, "}"]) + used + fragments.SUITE_FACTS + fragments.DEPLOYMENT_FACTS
    )


def _facts_asked(at: int, branch: str | None, *, before: bool) -> str:
    """Select what is asked of the repository at *at*: short, because a document has many."""
    ref = "defaultBranchRef" if branch is None else f"ref(qualifiedName: $b{at})"
    earlier = " ...EarlierFacts" if before else ""
    return (
        f"{{ ...RepositoryFacts branch: {ref} {{ ...BranchFacts{earlier} }} "
        f"deployments(first: 10, environments: $e{at}, orderBy: $new) {{ ...RecordFacts }} "
        f"production: deployments(first: 10, environments: $p{at}, orderBy: $new) "
        "{ ...RecordFacts } }"
    )


GITHUB_SUITES_PAGE = (
    """
query SuitesPage($owner: String!, $name: String!, $oid: GitObjectID!, $after: String) {
  rateLimit { cost remaining resetAt }
  repository(owner: $owner, name: $name) { object(oid: $oid) { ... on Commit {
    checkSuites(first: 100, after: $after) {
      pageInfo { hasNextPage endCursor } nodes { ...SuiteFacts }
    }
  } } }
}
"""
    + fragments.SUITE_FACTS
)

GITHUB_SUITE_COUNTS = """
query SuiteCounts($ids: [ID!]!) {
  rateLimit { cost remaining resetAt }
  nodes(ids: $ids) { ... on CheckSuite { databaseId checkRuns(first: 1) { totalCount } } }
}
"""

GITHUB_STUBS_PAGE = """
query StubsPage($owner: String!, $name: String!, $author: String, $after: String) {
  rateLimit { cost remaining resetAt }
  repository(owner: $owner, name: $name) {
    issues(
      first: 100, after: $after, states: [OPEN], filterBy: {createdBy: $author},
      orderBy: {field: CREATED_AT, direction: DESC}
    ) { pageInfo { hasNextPage endCursor } nodes { number state updatedAt } }
  }
}
"""

_ISSUE_FACTS = """
fragment IssueFacts on Issue {
  number title body state stateReason(enableDuplicate: true) createdAt updatedAt closedAt url
  viewerDidAuthor
  author { login __typename }
  labels(first: 50) { nodes { name } }
  timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) {
    nodes { ... on ClosedEvent { createdAt actor { login __typename } } }
  }
  closedByPullRequestsReferences(first: 10, includeClosedPrs: true) {
    nodes { number mergedAt updatedAt }
  }
}
"""


def github_issues(count: int) -> str:
    """Build the read of *count* issues by number, each with `o<i>`, `n<i>` and `i<i>`."""
    variables = ", ".join(f"$o{at}: String!, $n{at}: String!, $i{at}: Int!" for at in range(count))
    fields = "\n".join(
        f"i{at}: repository(owner: $o{at}, name: $n{at}) {{ nameWithOwner "
        f"issueOrPullRequest(number: $i{at}) {{ __typename ... on Issue {{ ...IssueFacts }} }} }}"
        for at in range(count)
    )
    head = f"query Issues({variables}) {{ rateLimit {{ cost remaining resetAt }}"
    return f"{head}\n{fields}\n}}" + _ISSUE_FACTS


GITHUB_OURS = (
    """
query Ours($owner: String!, $name: String!, $author: String, $after: String) {
  rateLimit { cost remaining resetAt }
  repository(owner: $owner, name: $name) {
    issues(
      first: 50, after: $after, filterBy: {createdBy: $author},
      orderBy: {field: UPDATED_AT, direction: DESC}
    ) { pageInfo { hasNextPage endCursor } nodes { ...IssueFacts } }
  }
}
"""
    + _ISSUE_FACTS
)

GITHUB_HIGHEST = """
query Highest($owner: String!, $name: String!) {
  rateLimit { cost remaining resetAt }
  repository(owner: $owner, name: $name) {
    issues(first: 1, orderBy: {field: CREATED_AT, direction: DESC}) { nodes { number } }
    pullRequests(first: 1, orderBy: {field: CREATED_AT, direction: DESC}) { nodes { number } }
  }
}
"""

# An expression is `<commit>:<path>`; there is null where the commit has no such file.
GITHUB_WORKFLOW_FILE = """
query WorkflowFile(
  $owner: String!, $name: String!, $before: String!, $after: String!, $head: GitObjectID!,
  $path: String!
) {
  rateLimit { cost remaining resetAt }
  repository(owner: $owner, name: $name) {
    before: object(expression: $before) { oid }
    after: object(expression: $after) { oid }
    head: object(oid: $head) { ... on Commit {
      history(first: 1, path: $path) { nodes { oid } }
    } }
  }
}
"""

RAILWAY_SCOPE = "query TokenScope { apiToken { workspaces { id name } } }"

RAILWAY_PROJECT_SCOPE = f"query ProjectTokenScope {{ {fragments.PROJECT_TOKEN} }}"

RAILWAY_FIND = """
query Find($ids: [String!]!) {
  projectsByIds(ids: $ids) {
    id name
    environments(isEphemeral: false, first: 100) {
      edges { node { id name canAccess } } pageInfo { hasNextPage endCursor }
    }
  }
}
"""

_ENVIRONMENT_FACTS = """
fragment EnvironmentFacts on Environment {
  id name projectId
  serviceInstances(first: 100) {
    edges { node { ...InstanceFacts } } pageInfo { hasNextPage endCursor }
  }
  deployments(first: 30) {
    edges { node { ...DeployFacts } } pageInfo { hasNextPage endCursor }
  }
}
"""


def railway_look(count: int, *, project_token: bool = False) -> str:
    """Build the read of *count* environments, `e<i>` each; with the scope of a project token."""
    variables = ", ".join(f"$e{at}: String!" for at in range(count))
    fields = [f"e{at}: environment(id: $e{at}) {{ ...EnvironmentFacts }}" for at in range(count)]
    scope = [fragments.PROJECT_TOKEN] if project_token else []
    head = f"query Look({variables}) {{"
    body = "\n".join([head, *scope, *fields, "}"])
    return body + _ENVIRONMENT_FACTS + fragments.INSTANCE_FACTS + fragments.DEPLOY_FACTS


RAILWAY_INSTANCES_PAGE = (
    """
query InstancesPage($id: String!, $after: String) {
  environment(id: $id) {
    serviceInstances(first: 100, after: $after) {
      edges { node { ...InstanceFacts } } pageInfo { hasNextPage endCursor }
    }
  }
}
"""
    + fragments.INSTANCE_FACTS
    + fragments.DEPLOY_FACTS
)

RAILWAY_DEPLOYMENTS_PAGE = (
    """
query DeploymentsPage($input: DeploymentListInput!, $first: Int!, $after: String) {
  deployments(input: $input, first: $first, after: $after) {
    edges { node { ...DeployFacts } } pageInfo { hasNextPage endCursor }
  }
}
"""
    + fragments.DEPLOY_FACTS
)

RAILWAY_BUILD_LOG = """
query BuildLog($id: String!, $limit: Int!) {
  buildLogs(deploymentId: $id, limit: $limit) { timestamp message }
}
"""

RAILWAY_DEPLOY_LOG = """
query DeployLog($id: String!, $limit: Int!) {
  deploymentLogs(deploymentId: $id, limit: $limit) { timestamp message }
}
"""

RAILWAY_EVENTS = """
query Events($id: String!, $first: Int!) {
  deploymentEvents(id: $id, first: $first) {
    edges { node { step createdAt completedAt payload { error reason detail } } }
    pageInfo { hasNextPage }
  }
}
"""
