"""The GraphQL documents of `doctor`: what there is, and not how it is doing."""

from pipeline_health.clients import fragments

_REPOSITORY_SURVEY = """
fragment RepositorySurvey on Repository {
  nameWithOwner isPrivate isArchived hasIssuesEnabled viewerPermission
  defaultBranchRef { name }
  labels(first: 100) { pageInfo { hasNextPage endCursor } nodes { name } }
}
fragment BranchSurvey on Ref {
  name
  target { ... on Commit {
    checkSuites(first: 1) { nodes { databaseId } } status { contexts { context } }
  } }
}
"""

GITHUB_LABELS_PAGE = """
query LabelsPage($owner: String!, $name: String!, $after: String) {
  rateLimit { cost remaining resetAt }
  repository(owner: $owner, name: $name) {
    labels(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { name } }
  }
}
"""


def github_survey(branches: list[str | None]) -> str:
    """Build the batched survey of many repositories, one entry each: its branch, None: default.

    Variables: `o<i>` and `n<i>` for the repository at *i*, and with a branch `b<i>`. A list that
    may not be null takes its whole repository with it when it is refused, so that each of those is
    asked for apart: `d<i>`, `i<i>` and `p<i>`.
    """
    variables, fields = [], []
    for at, branch in enumerate(branches):
        variables += [f"$o{at}: String!, $n{at}: String!"]
        variables += [] if branch is None else [f"$b{at}: String!"]
        ref = "defaultBranchRef" if branch is None else f"ref(qualifiedName: $b{at})"
        named = f"repository(owner: $o{at}, name: $n{at}, followRenames: true)"
        recorded = f"deployments(first: 30, {fragments.NEWEST}) {{ nodes {{ environment }} }}"
        fields += [
            f"r{at}: {named} {{ ...RepositorySurvey branch: {ref} {{ ...BranchSurvey }} }}",
            f"d{at}: {named} {{ {recorded} }}",
            f"i{at}: {named} {{ issues(first: 1) {{ nodes {{ number }} }} }}",
            f"p{at}: {named} {{ pullRequests(first: 1) {{ nodes {{ number }} }} }}",
        ]
    head = (
        f"query Survey({', '.join(variables)}) {{ "
        "viewer { login } rateLimit { cost remaining resetAt }"
    )
    return "\n".join([head, *fields, "}"]) + _REPOSITORY_SURVEY


RAILWAY_ME = "query Me { me { id } }"

RAILWAY_ALLOWANCE = """
query Allowance($id: String!) {
  workspace(workspaceId: $id) { apiTokenRateLimit { remainingPoints resetsAt } }
}
"""

_ENVIRONMENT_SURVEY = """
fragment EnvironmentSurvey on Environment {
  id name
  serviceInstances(first: 100) {
    edges { node {
      serviceName deletedAt source { repo image }
      domains { serviceDomains { domain } customDomains { domain } }
    } }
    pageInfo { hasNextPage endCursor }
  }
}
"""


def railway_survey(count: int) -> str:
    """Build the survey of *count* environments, `e<i>` each."""
    variables = ", ".join(f"$e{at}: String!" for at in range(count))
    fields = [f"e{at}: environment(id: $e{at}) {{ ...EnvironmentSurvey }}" for at in range(count)]
    return "\n".join([f"query Survey({variables}) {{", *fields, "}"]) + _ENVIRONMENT_SURVEY
