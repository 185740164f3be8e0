"""Railway as a source: what is deployed to staging, and what a failed deployment left behind."""

from pipeline_health.sources.railway.source import RailwaySource
from pipeline_health.sources.railway.variables import VariablesSource

__all__ = ["RailwaySource", "VariablesSource"]
