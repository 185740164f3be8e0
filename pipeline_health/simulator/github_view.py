"""What one login sees of a world through GitHub's GraphQL service."""

from collections.abc import Sequence

from graphql import GraphQLError

from pipeline_health.simulator.executor import Arguments, Value
from pipeline_health.simulator.github_cost import Count
from pipeline_health.simulator.github_records import DeploymentRecord
from pipeline_health.simulator.github_values import (
    actor,
    check_suite,
    commit_status,
    connection,
    deployment,
    is_newest_first,
    is_same_login,
    issue_value,
    listed,
    ordered,
)
from pipeline_health.simulator.github_world import Repo
from pipeline_health.simulator.timeline import seconds
from pipeline_health.simulator.world import Budget, World


class View:
    """Gives values for the executor on behalf of *login*."""

    def __init__(self, world: World, login: str, *, spent: Count, budget: Budget) -> None:
        self._world = world
        self._login = login
        self._spent = spent
        self._budget = budget

    def root(self) -> Value:
        """Give the root value of a query."""
        return {
            "viewer": actor(self._login),
            "rateLimit": {
                "cost": self._spent.points,
                "remaining": self._budget.remaining,
                "resetAt": seconds(self._budget.resets_at),
            },
            "repository": self._repository_named,
            "node": lambda given: self._node(given["id"]),
            "nodes": lambda given: [self._node(node_id) for node_id in given["ids"]],
        }

    def _repository_named(self, given: Arguments) -> Value:
        name = f"{given['owner']}/{given['name']}"
        repo = self._world.registry.named(name)
        if self._login in self._world.shut_out:
            repo = None
        renamed = repo is not None and repo.full_name.lower() != name.lower()
        if repo is None or (renamed and not given["followRenames"]):
            msg = f"Could not resolve to a Repository with the name '{name}'."
            raise _not_found(msg)
        return self._repository(repo)

    def _node(self, node_id: str) -> Value | GraphQLError:
        """Give a check suite or a repository, as we ask for no other; an error leaves a null."""
        kind, _, number = node_id.partition("_")
        at = int(number) if number.isdigit() else 0
        repo = self._world.registry.numbered(at) if kind == "R" else None
        if repo is not None and self._login not in self._world.shut_out:
            return self._repository(repo)
        found = self._world.registry.suites.get(at) if kind == "CS" else None
        if found is None:
            msg = f"Could not resolve to a node with the global id of '{node_id}'."
            return _not_found(msg)
        if self._login in self._world.no_checks:
            return _forbidden()
        return check_suite(*found)

    def _repository(self, repo: Repo) -> Value:
        return {
            "__typename": "Repository",
            "id": f"R_{repo.id}",
            "databaseId": repo.id,
            "nameWithOwner": repo.full_name,
            "isPrivate": repo.private,
            "isArchived": repo.archived,
            "hasIssuesEnabled": repo.has_issues,
            "viewerPermission": "READ" if repo.drops_labels else "WRITE",
            "defaultBranchRef": lambda _: self._ref(repo, repo.default_branch),
            "ref": lambda given: self._ref(repo, given["qualifiedName"]),
            "object": lambda given: self._object(repo, given),
            "issueOrPullRequest": lambda given: self._numbered(repo, given["number"]),
            "issues": lambda given: self._allowed("issues", self._issues(repo, given)),
            "labels": lambda given: self._allowed("issues", _labels(repo, given)),
            "pullRequests": lambda given: self._allowed("pull requests", self._pulls(repo, given)),
            "deployments": lambda given: self._allowed(
                "deployments", _deployments(repo, repo.deployments, given)
            ),
        }

    def _allowed(self, permission: str, value: Value) -> Value:
        """Give *value* to a login from which the permission is not withheld."""
        if permission in self._world.withheld.get(self._login, ()):
            raise _forbidden()
        return value

    # -- commits ---------------------------------------------------------------------------

    def _ref(self, repo: Repo, name: str) -> Value | None:
        branch = name.removeprefix("refs/heads/")
        line = repo.branches.get(branch)
        if not line:
            return None
        return {"name": branch, "target": lambda _: self._commit(repo, line[-1])}

    def _object(self, repo: Repo, given: Arguments) -> Value | None:
        """Give a commit by its id, or by `<commit>:<path>` a file, as far as anybody asks."""
        if given.get("oid") is not None:
            return self._found(repo, given["oid"])
        sha, _, path = (given.get("expression") or "").partition(":")
        blob = repo.blob(sha, path) if sha in repo.commits else None
        return None if blob is None else {"__typename": "Blob", "oid": blob}

    def _found(self, repo: Repo, oid: str) -> Value | None:
        """Give the commit or the file of this id."""
        if oid in repo.commits:
            return self._commit(repo, oid)
        places = ((sha, path) for sha, one in repo.commits.items() for path in one.files)
        is_file = any(repo.blob(sha, path) == oid for sha, path in places)
        return {"__typename": "Blob", "oid": oid} if is_file else None

    def _commit(self, repo: Repo, sha: str) -> Value:
        commit = repo.commits[sha]
        return {
            "__typename": "Commit",
            "id": f"C_{sha}",
            "oid": sha,
            "committedDate": seconds(commit.committed_at),
            "message": commit.message,
            "messageHeadline": commit.message.split("\n")[0],
            "author": {"name": commit.author, "user": {"login": commit.author}},
            "history": lambda given: self._history(repo, sha, given),
            "status": lambda _: _status(repo, sha),
            "checkSuites": lambda given: self._suites(repo, sha, given),
            "deployments": lambda given: _deployments(
                repo, [record for record in repo.deployments if record.sha == sha], given
            ),
        }

    def _history(self, repo: Repo, sha: str, given: Arguments) -> Value:
        path = given.get("path")
        most = (given.get("first") or 0) + 1
        line = repo.ancestry(sha, limit=most) if path is None else repo.touches(sha, path)
        return connection(line, lambda one: self._commit(repo, one), given)

    def _suites(self, repo: Repo, sha: str, given: Arguments) -> Value:
        if self._login in self._world.no_checks:
            raise _forbidden()
        return connection(repo.suites_of(sha), lambda suite: check_suite(repo, suite), given)

    # -- issues ----------------------------------------------------------------------------

    def _issues(self, repo: Repo, given: Arguments) -> Value:
        author = (given.get("filterBy") or {}).get("createdBy")
        states = given.get("states")
        found = [
            issue
            for issue in listed(self._world, repo.issues.values())
            if repo.has_issues
            and (states is None or issue.state.upper() in states)
            and (author is None or is_same_login(issue.user, author))
        ]
        return connection(
            ordered(found, given),
            lambda issue: issue_value(repo, issue, login=self._login),
            given,
        )

    def _pulls(self, repo: Repo, given: Arguments) -> Value:
        found = ordered(listed(self._world, repo.pulls.values()), given)
        return connection(found, lambda pull: {"number": pull.number}, given)

    def _numbered(self, repo: Repo, number: int) -> Value:
        found = repo.find(number)
        if found is None or (found.number in repo.issues and not repo.has_issues):
            msg = f"Could not resolve to an issue or pull request with the number of {number}."
            raise _not_found(msg)
        if found.is_pull:
            return {"__typename": "PullRequest", "number": number}
        return issue_value(repo, found, login=self._login)


def _status(repo: Repo, sha: str) -> Value | None:
    """Give the statuses of a commit: a commit that has none has no status either."""
    found = repo.statuses_of(sha)
    return {"contexts": [commit_status(status) for status in found]} if found else None


def _deployments(repo: Repo, records: Sequence[DeploymentRecord], given: Arguments) -> Value:
    wanted = given.get("environments")
    found = [one for one in records if wanted is None or one.environment in wanted]
    if is_newest_first(given):
        found.reverse()
    return connection(found, lambda record: deployment(repo, record), given)


def _labels(repo: Repo, given: Arguments) -> Value:
    return connection(list(repo.labels.values()), lambda label: {"name": label.name}, given)


def _forbidden() -> GraphQLError:
    msg = "Resource not accessible by personal access token"
    return GraphQLError(msg, extensions={"type": "FORBIDDEN"})


def _not_found(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"type": "NOT_FOUND"})
