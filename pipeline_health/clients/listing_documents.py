"""The GraphQL documents of `init`, which asks Railway what there is; see `documents`."""

RAILWAY_PROJECTS_PAGE = """
query ProjectsPage($workspaceId: String!, $first: Int!, $after: String) {
  projects(workspaceId: $workspaceId, first: $first, after: $after) {
    edges { node {
      id name deletedAt
      environments(isEphemeral: false, first: 100) {
        edges { node { id name canAccess deletedAt } } pageInfo { hasNextPage endCursor }
      }
    } }
    pageInfo { hasNextPage endCursor }
  }
}
"""

_SERVED_FACTS = """
fragment ServedFacts on Environment {
  serviceInstances(first: 100) {
    edges { node {
      serviceId serviceName deletedAt
      source { repo }
      domains { customDomains { domain } serviceDomains { domain } }
    } }
    pageInfo { hasNextPage endCursor }
  }
}
"""


def railway_served(count: int) -> str:
    """Build the read of the services of *count* environments, `e<i>` each, with their domains."""
    variables = ", ".join(f"$e{at}: String!" for at in range(count))
    fields = [f"e{at}: environment(id: $e{at}) {{ ...ServedFacts }}" for at in range(count)]
    return "\n".join([f"query Served({variables}) {{", *fields, "}"]) + _SERVED_FACTS
