"""Railway as a source: what is deployed to staging, and what a failed deployment left behind."""

from pipeline_health.sources.railway.source import RailwaySource

__all__ = ["RailwaySource"]
