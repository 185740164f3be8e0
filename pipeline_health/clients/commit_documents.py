"""The GraphQL documents about one commit, the newest commits of branches, the history of services.

They are validated as those in `documents` are. One commit costs GitHub 53 requests inside itself,
103 where check runs are listed by name: one point. A branch costs COMMITS and one more.
"""

from pipeline_health.clients import fragments

_NAMED_RUNS = """
fragment NamedRuns on CheckSuite {
  named: checkRuns(first: 100, filterBy: {checkName: $check, checkType: LATEST}) {
    pageInfo { hasNextPage } nodes { databaseId name status conclusion completedAt url }
  }
}
"""

_SUITES = "pageInfo { hasNextPage endCursor } nodes { ...SuiteFacts counted: "


def _suites(*, named: bool) -> str:
    """Give what is read of a list of suites: each with the number of its check runs."""
    runs = " ...NamedRuns" if named else ""
    return f"{_SUITES}checkRuns(first: 1) {{ totalCount }}{runs} }}"


def _facts(*, named: bool) -> str:
    return fragments.SUITE_FACTS + (_NAMED_RUNS if named else "")


def _variables(*more: str, named: bool) -> str:
    check = ["$check: String!"] if named else []
    always = ["$owner: String!", "$name: String!", "$oid: GitObjectID!"]
    return ", ".join([*always, *more, *check])


COMMITS = 20
"""So many of the newest commits of a branch are read for what they began."""

_PUSHED_FACTS = f"""
fragment PushedFacts on Commit {{
  history(first: {COMMITS}) {{ nodes {{
    oid checkSuites(first: 20) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ ...SuiteFacts }} }}
  }} }}
}}
"""


def github_pushes(count: int) -> str:
    """Build the read of the newest commits of *count* branches, each `o<i>`, `n<i>`, `b<i>`."""
    variables = ", ".join(
        f"$o{at}: String!, $n{at}: String!, $b{at}: String!" for at in range(count)
    )
    fields = "\n".join(
        f"r{at}: repository(owner: $o{at}, name: $n{at}) "
        f"{{ ref(qualifiedName: $b{at}) {{ target {{ ...PushedFacts }} }} }}"
        for at in range(count)
    )
    head = f"query Pushes({variables}) {{ rateLimit {{ cost remaining resetAt }}"
    return f"{head}\n{fields}\n}}" + _PUSHED_FACTS + fragments.SUITE_FACTS


def github_commit(branch: str | None, *, named: bool) -> str:
    """Build the read of one commit and of how the head of *branch* (None: the default) stands.

    Variables: `owner`, `name`, `oid`, `environments`; with a branch `branch`, and with *named* the
    `check` whose runs are listed. The history is there so that a commit that was pushed lately is
    known to be on the branch without another request.
    """
    given = [] if branch is None else ["$branch: String!"]
    ref = "defaultBranchRef" if branch is None else "ref(qualifiedName: $branch)"
    variables = _variables("$environments: [String!]", *given, named=named)
    return (
        f"query Commit({variables}) {{\n"
        "  rateLimit { cost remaining resetAt }\n"
        "  repository(owner: $owner, name: $name, followRenames: true) {\n"
        "    nameWithOwner\n"
        f"    branch: {ref} {{ name target {{ oid ... on Commit {{\n"
        "      history(first: 100) { nodes { oid } }\n"
        "    } } }\n"
        "    commit: object(oid: $oid) { __typename oid ... on Commit {\n"
        "      committedDate\n"
        "      status { contexts {\n"
        "        context state description targetUrl createdAt creator { login }\n"
        "      } }\n"
        f"      checkSuites(first: 50) {{ {_suites(named=named)} }}\n"
        f"      deployments(first: 20, environments: $environments, {fragments.NEWEST}) {{\n"
        "        ...RecordFacts\n"
        "      }\n"
        "    } }\n"
        "  }\n"
        "}\n" + _facts(named=named) + fragments.DEPLOYMENT_FACTS
    )


def github_commit_suites(*, named: bool) -> str:
    """Build the read of one more page of a commit's suites, after the cursor `after`."""
    return (
        f"query CommitSuites({_variables('$after: String', named=named)}) {{\n"
        "  rateLimit { cost remaining resetAt }\n"
        "  repository(owner: $owner, name: $name) { commit: object(oid: $oid) { ... on Commit {\n"
        f"    checkSuites(first: 100, after: $after) {{ {_suites(named=named)} }}\n"
        "  } } }\n"
        "}\n" + _facts(named=named)
    )


_LISTED_FACTS = """
fragment ListedFacts on QueryDeploymentsConnection {
  edges { node { projectId environmentId ...DeployFacts } } pageInfo { hasNextPage endCursor }
}
"""


def railway_history(count: int, *, project_token: bool = False) -> str:
    """Build the read of an environment with the lists `s<i>` of *count* of its services.

    Variables: `id` of the environment, `first`, and for each service its `s<i>`.
    """
    inputs = "".join(f", $s{at}: DeploymentListInput!" for at in range(count))
    lists = [
        f"s{at}: deployments(input: $s{at}, first: $first) {{ ...ListedFacts }}"
        for at in range(count)
    ]
    first = ", $first: Int!" if count else ""
    body = [
        f"query History($id: String!{first}{inputs}) {{",
        *([fragments.PROJECT_TOKEN] if project_token else []),
        "environment(id: $id) { id name projectId serviceInstances(first: 100) {",
        "  edges { node { ...InstanceFacts } } pageInfo { hasNextPage endCursor }",
        "} }",
        *lists,
        "}",
    ]
    used = fragments.INSTANCE_FACTS + fragments.DEPLOY_FACTS
    return "\n".join(body) + (_LISTED_FACTS if count else "") + used


RAILWAY_HISTORY_PAGE = (
    """
query HistoryPage($input: DeploymentListInput!, $first: Int!, $after: String) {
  deployments(input: $input, first: $first, after: $after) { ...ListedFacts }
}
"""
    + _LISTED_FACTS
    + fragments.DEPLOY_FACTS
)
