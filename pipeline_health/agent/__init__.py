"""The imperative shell: one cycle from looking to reporting. It knows ports, and no provider."""

from pipeline_health.agent.cycle import Agent, Cycle

__all__ = ["Agent", "Cycle"]
