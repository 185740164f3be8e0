"""The part of GitHub's published GraphQL schema that our documents use, and no more of it.

Source: docs.github.com/public/schema.docs.graphql; a test compares each type, field and argument.
"""

GITHUB_SDL = """
scalar DateTime
scalar GitObjectID
scalar URI

type Query {
  viewer: User!
  rateLimit: RateLimit
  repository(owner: String!, name: String!, followRenames: Boolean = true): Repository
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
}

interface Node { id: ID! }
interface Actor { login: String! }
interface GitObject { oid: GitObjectID! }

type User implements Actor { login: String! }
type Bot implements Actor { login: String! }
type RateLimit { cost: Int! remaining: Int! resetAt: DateTime! }
type PageInfo { hasNextPage: Boolean! endCursor: String }

type Repository implements Node {
  id: ID!
  databaseId: Int
  nameWithOwner: String!
  isPrivate: Boolean!
  isArchived: Boolean!
  hasIssuesEnabled: Boolean!
  viewerPermission: RepositoryPermission
  defaultBranchRef: Ref
  ref(qualifiedName: String!): Ref
  object(oid: GitObjectID, expression: String): GitObject
  issueOrPullRequest(number: Int!): IssueOrPullRequest
  issues(
    first: Int, after: String, states: [IssueState!], filterBy: IssueFilters, orderBy: IssueOrder
  ): IssueConnection!
  labels(first: Int, after: String): LabelConnection
  pullRequests(first: Int, orderBy: IssueOrder): PullRequestConnection!
  deployments(
    first: Int, environments: [String!], orderBy: DeploymentOrder
  ): DeploymentConnection!
}

enum RepositoryPermission { ADMIN MAINTAIN READ TRIAGE WRITE }

type Ref { name: String! target: GitObject }

type Commit implements GitObject & Node {
  id: ID!
  oid: GitObjectID!
  committedDate: DateTime!
  messageHeadline: String!
  message: String!
  author: GitActor
  history(first: Int, path: String): CommitHistoryConnection!
  status: Status
  checkSuites(first: Int, after: String): CheckSuiteConnection
  deployments(
    first: Int, environments: [String!], orderBy: DeploymentOrder
  ): DeploymentConnection
}
type Blob implements GitObject { oid: GitObjectID! }
type GitActor { name: String user: User }
type CommitHistoryConnection { nodes: [Commit] }

type Status { contexts: [StatusContext!]! }
type StatusContext {
  context: String!
  state: StatusState!
  description: String
  targetUrl: URI
  createdAt: DateTime!
  creator: Actor
}
enum StatusState { ERROR EXPECTED FAILURE PENDING SUCCESS }

type CheckSuiteConnection { pageInfo: PageInfo! nodes: [CheckSuite] }
type CheckSuite implements Node {
  id: ID!
  databaseId: Int
  status: CheckStatusState!
  conclusion: CheckConclusionState
  createdAt: DateTime!
  updatedAt: DateTime!
  app: App
  branch: Ref
  workflowRun: WorkflowRun
  checkRuns(first: Int, filterBy: CheckRunFilter): CheckRunConnection
}
type App { slug: String! }
type WorkflowRun { databaseId: Int event: String! url: URI! workflow: Workflow! }
type Workflow { databaseId: Int name: String! }
type CheckRunConnection { pageInfo: PageInfo! nodes: [CheckRun] totalCount: Int! }
type CheckRun {
  databaseId: Int
  name: String!
  status: CheckStatusState!
  conclusion: CheckConclusionState
  completedAt: DateTime
  url: URI!
}
input CheckRunFilter { checkName: String checkType: CheckRunType }
enum CheckRunType { ALL LATEST }
enum CheckStatusState { COMPLETED IN_PROGRESS PENDING QUEUED REQUESTED WAITING }
enum CheckConclusionState {
  ACTION_REQUIRED CANCELLED FAILURE NEUTRAL SKIPPED STALE STARTUP_FAILURE SUCCESS TIMED_OUT
}

type DeploymentConnection { nodes: [Deployment] }
type Deployment {
  databaseId: Int
  commitOid: String!
  environment: String
  createdAt: DateTime!
  creator: Actor!
  latestStatus: DeploymentStatus
}
type DeploymentStatus {
  state: DeploymentStatusState!
  createdAt: DateTime!
  logUrl: URI
  environmentUrl: URI
}
enum DeploymentStatusState {
  ERROR FAILURE INACTIVE IN_PROGRESS PENDING QUEUED SUCCESS WAITING
}
input DeploymentOrder { direction: OrderDirection! field: DeploymentOrderField! }
enum DeploymentOrderField { CREATED_AT }

union IssueOrPullRequest = Issue | PullRequest
type IssueConnection { pageInfo: PageInfo! nodes: [Issue] }
type Issue {
  number: Int!
  title: String!
  body: String!
  state: IssueState!
  stateReason(enableDuplicate: Boolean = false): IssueStateReason
  createdAt: DateTime!
  updatedAt: DateTime!
  closedAt: DateTime
  url: URI!
  viewerDidAuthor: Boolean!
  author: Actor
  labels(first: Int): LabelConnection
  timelineItems(
    last: Int, itemTypes: [IssueTimelineItemsItemType!]
  ): IssueTimelineItemsConnection!
  closedByPullRequestsReferences(
    first: Int, includeClosedPrs: Boolean = false
  ): PullRequestConnection
}
enum IssueState { CLOSED OPEN }
enum IssueStateReason { COMPLETED DUPLICATE NOT_PLANNED REOPENED }
type LabelConnection { pageInfo: PageInfo! nodes: [Label] }
type Label { name: String! }
type IssueTimelineItemsConnection { nodes: [IssueTimelineItems] }
union IssueTimelineItems = ClosedEvent
enum IssueTimelineItemsItemType { CLOSED_EVENT }
type ClosedEvent { createdAt: DateTime! actor: Actor }
input IssueFilters { createdBy: String }
input IssueOrder { direction: OrderDirection! field: IssueOrderField! }
enum IssueOrderField { COMMENTS CREATED_AT UPDATED_AT }
enum OrderDirection { ASC DESC }

type PullRequestConnection { nodes: [PullRequest] }
type PullRequest { number: Int! mergedAt: DateTime updatedAt: DateTime! }
"""
