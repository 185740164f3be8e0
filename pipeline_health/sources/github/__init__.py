"""GitHub as a source: heads, checks, deployments and our issues, and what failing runs left."""

from pipeline_health.sources.github.files import BranchFiles
from pipeline_health.sources.github.source import GitHubSource

__all__ = ["BranchFiles", "GitHubSource"]
