"""The part of Railway's published GraphQL schema that our documents use, and no more of it.

Source: src/gql/schema.json of railwayapp/cli; a test compares each type, field and argument.
"""

RAILWAY_SDL = """
scalar DateTime
scalar DeploymentMeta
scalar EnvironmentVariables

type Query {
  me: User!
  workspace(workspaceId: String!): Workspace!
  apiToken: ApiTokenContext!
  projectToken: ProjectToken!
  projectsByIds(ids: [String!]!): [Project!]!
  projects(workspaceId: String, first: Int, after: String): QueryProjectsConnection!
  environment(id: String!): Environment!
  variables(
    projectId: String!, environmentId: String!, serviceId: String, unrendered: Boolean
  ): EnvironmentVariables!
  variablesForServiceDeployment(
    projectId: String!, environmentId: String!, serviceId: String!
  ): EnvironmentVariables!
  deployments(
    input: DeploymentListInput!, first: Int, after: String
  ): QueryDeploymentsConnection!
  buildLogs(deploymentId: String!, limit: Int): [Log!]!
  deploymentLogs(deploymentId: String!, limit: Int): [Log!]!
  deploymentEvents(id: String!, first: Int): QueryDeploymentEventsConnection!
}

type Mutation {
  serviceInstanceDeployV2(
    commitSha: String, environmentId: String!, serviceId: String!
  ): String!
}

type PageInfo { hasNextPage: Boolean! endCursor: String }

type User { id: ID! }
type Workspace { id: ID! apiTokenRateLimit: ApiTokenRateLimit }
type ApiTokenRateLimit { remainingPoints: Int! resetsAt: String! }
type ApiTokenContext { workspaces: [ApiTokenWorkspace!]! }
type ApiTokenWorkspace { id: String! name: String! }
type ProjectToken {
  projectId: String!
  environmentId: String!
  project: Project!
  environment: Environment!
}

type QueryProjectsConnection {
  edges: [QueryProjectsConnectionEdge!]!
  pageInfo: PageInfo!
}
type QueryProjectsConnectionEdge { node: Project! }
type Project {
  id: ID!
  name: String!
  deletedAt: DateTime
  environments(first: Int, isEphemeral: Boolean): ProjectEnvironmentsConnection!
}
type ProjectEnvironmentsConnection {
  edges: [ProjectEnvironmentsConnectionEdge!]!
  pageInfo: PageInfo!
}
type ProjectEnvironmentsConnectionEdge { node: Environment! }

type Environment {
  id: ID!
  name: String!
  projectId: String!
  canAccess: Boolean!
  deletedAt: DateTime
  serviceInstances(first: Int, after: String): EnvironmentServiceInstancesConnection!
  deployments(first: Int): EnvironmentDeploymentsConnection!
  variables(first: Int, after: String): EnvironmentVariablesConnection!
}
type EnvironmentVariablesConnection {
  edges: [EnvironmentVariablesConnectionEdge!]!
  pageInfo: PageInfo!
}
type EnvironmentVariablesConnectionEdge { node: Variable! }
type Variable { name: String! isSealed: Boolean! serviceId: String }
type EnvironmentServiceInstancesConnection {
  edges: [EnvironmentServiceInstancesConnectionEdge!]!
  pageInfo: PageInfo!
}
type EnvironmentServiceInstancesConnectionEdge { node: ServiceInstance! }
type EnvironmentDeploymentsConnection {
  edges: [EnvironmentDeploymentsConnectionEdge!]!
  pageInfo: PageInfo!
}
type EnvironmentDeploymentsConnectionEdge { node: Deployment! }

type ServiceInstance {
  serviceId: String!
  serviceName: String!
  deletedAt: DateTime
  cronSchedule: String
  source: ServiceSource
  latestDeployment: Deployment
  activeDeployments: [Deployment!]!
  domains: AllDomains!
}
type AllDomains { customDomains: [CustomDomain!]! serviceDomains: [ServiceDomain!]! }
type CustomDomain { domain: String! }
type ServiceDomain { domain: String! }
type ServiceSource { repo: String image: String }

type Deployment {
  id: ID!
  projectId: String!
  environmentId: String!
  serviceId: String
  status: DeploymentStatus!
  statusUpdatedAt: DateTime
  createdAt: DateTime!
  updatedAt: DateTime!
  deploymentStopped: Boolean!
  meta: DeploymentMeta
  instances: [DeploymentDeploymentInstance!]!
}
type DeploymentDeploymentInstance { status: DeploymentInstanceStatus! }
enum DeploymentInstanceStatus {
  CRASHED CREATED EXITED INITIALIZING REMOVED REMOVING RESTARTING RUNNING SKIPPED STOPPED
}
enum DeploymentStatus {
  BUILDING CRASHED DEPLOYING FAILED INITIALIZING NEEDS_APPROVAL QUEUED REMOVED REMOVING SKIPPED
  SLEEPING SUCCESS WAITING
}

input DeploymentListInput {
  projectId: String
  environmentId: String
  serviceId: String
  includeDeleted: Boolean
  status: DeploymentStatusInput
}
input DeploymentStatusInput { in: [DeploymentStatus!] notIn: [DeploymentStatus!] }
type QueryDeploymentsConnection {
  edges: [QueryDeploymentsConnectionEdge!]!
  pageInfo: PageInfo!
}
type QueryDeploymentsConnectionEdge { node: Deployment! }

type Log { timestamp: String! message: String! }
type QueryDeploymentEventsConnection {
  edges: [QueryDeploymentEventsConnectionEdge!]!
  pageInfo: PageInfo!
}
type QueryDeploymentEventsConnectionEdge { node: DeploymentEvent! }
type DeploymentEvent {
  step: DeploymentEventStep!
  createdAt: DateTime!
  completedAt: DateTime
  payload: DeploymentEventPayload
}
type DeploymentEventPayload { error: String reason: String detail: String }
enum DeploymentEventStep {
  BUILD_IMAGE CONFIGURE_NETWORK CREATE_CONTAINER DRAIN_INSTANCES HEALTHCHECK MIGRATE_VOLUMES
  PRE_DEPLOY_COMMAND PUBLISH_IMAGE SNAPSHOT_CODE WAIT_FOR_DEPENDENCIES
}
"""
