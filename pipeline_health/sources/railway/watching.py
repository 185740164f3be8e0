"""What of each project is to be looked at on Railway, and as whom."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from pipeline_health.core.model.ids import ProjectName
from pipeline_health.core.model.policy import ProjectPolicy
from pipeline_health.secret import NamedSecret
from pipeline_health.sources.railway.places import Watched

Tokens: TypeAlias = Callable[[ProjectName], NamedSecret | None]


def staging_of(policy: ProjectPolicy, project_id: str) -> Watched:
    """Give the staging environment, which must be there."""
    return Watched(name=policy.name, project_id=project_id, environment=policy.staging_environment)


def production_of(policy: ProjectPolicy, project_id: str, *, borrowed: bool) -> Watched:
    """Give the production environment; whoever gave it a token of its own named it, too."""
    return Watched(
        name=policy.name,
        project_id=project_id,
        environment=policy.production_environment,
        key="production_environment",
        named=policy.production_named or not borrowed,
        borrowed=borrowed,
    )


def watched_of(
    policy: ProjectPolicy, project_id: str, tokens: Tokens, production: Tokens
) -> Iterator[tuple[Watched, NamedSecret | None]]:
    """Give both environments of a project, staging first, each with the token that looks at it."""
    token, other = tokens(policy.name), production(policy.name)
    yield staging_of(policy, project_id), token
    yield production_of(policy, project_id, borrowed=other == token), other
