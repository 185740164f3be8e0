"""A clock for whoever acts in a simulated world: it waits for nothing."""

import time
from datetime import datetime

from pipeline_health.simulator.world import World


class WorldClock:
    """Tells the world's time; waiting costs none of it, and none of ours."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        """Tell the simulated time, aware, in UTC."""
        return self._world.now()

    def monotonic(self) -> float:
        """Tell real seconds: a request that hangs is cut off in a simulated world, too."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Return at once."""
