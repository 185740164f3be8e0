import threading
from datetime import timedelta

from pipeline_health.rota import Rota


def test_another_interval_counts_from_when_it_is_known() -> None:
    """Nobody waits for the hour that was set before."""
    looks = threading.Semaphore(0)
    with Rota(looks.release, every=timedelta(hours=1)) as rota:
        assert looks.acquire(timeout=10)
        assert not looks.acquire(timeout=0.1)
        rota.keep(every=timedelta(hours=1))
        assert not looks.acquire(timeout=0.1)
        rota.keep(every=timedelta(seconds=0.05))
        assert looks.acquire(timeout=10)
        assert looks.acquire(timeout=10)
