"""The pieces of GraphQL that more than one document is made of; none of them is sent alone."""

SUITE_FACTS = """
fragment SuiteFacts on CheckSuite {
  id databaseId status conclusion createdAt updatedAt
  app { slug } branch { name }
  workflowRun { databaseId event url workflow { databaseId name } }
}
"""

NEWEST = "orderBy: {field: CREATED_AT, direction: DESC}"
DEPLOYMENT_FACTS = """
fragment RecordFacts on DeploymentConnection { nodes { ...DeploymentFacts } }
fragment DeploymentFacts on Deployment {
  databaseId commitOid environment createdAt creator { login }
  latestStatus { state createdAt logUrl environmentUrl }
}
"""

PROJECT_TOKEN = "projectToken { projectId environmentId project { name } environment { name } }"  # noqa: S105

DEPLOY_FACTS = """
fragment DeployFacts on Deployment {
  id serviceId status statusUpdatedAt createdAt updatedAt deploymentStopped meta
  instances { status }
}
"""

INSTANCE_FACTS = """
fragment InstanceFacts on ServiceInstance {
  serviceId serviceName deletedAt cronSchedule
  source { repo image }
  latestDeployment { ...DeployFacts }
  activeDeployments { ...DeployFacts }
}
"""
