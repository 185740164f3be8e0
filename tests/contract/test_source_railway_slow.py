"""An environment that Railway never answers for, in a portfolio whose looks have an end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import httpx

from indoors import Indoors
from pipeline_health.clients.http import REQUEST, Http
from pipeline_health.clients.railway import Railway
from pipeline_health.core.model.readings import Seen
from pipeline_health.simulator import Loopback, World
from pipeline_health.sources.railway.source import IN_DOUBT
from railway_watch import Watch, policy_of, product
from wire import Notebook, StillClock

TIME = timedelta(seconds=90)
"""What a look has for Railway by default."""


class Gateway(Indoors):
    """Answers, but for what asks about the *slow* environment: that takes as long as we wait."""

    def __init__(self, world: World, loopback: Loopback, clock: StillClock) -> None:
        super().__init__(world, loopback)
        self._clock = clock
        self.slow = ""
        self.sizes: list[int] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer, or not."""
        body = request.read().decode()
        self.sizes.append(body.count(": environment("))
        if self.slow and self.slow in body:
            self._clock.sleep(REQUEST.total_seconds())
            msg = "nothing came"
            raise httpx.ReadTimeout(msg, request=request)
        return super().handle_request(request)


@contextmanager
def at_a_gateway() -> Iterator[tuple[Watch, Gateway, Callable[[], Sequence[int]]]]:
    """Give eight products behind a gateway, and a look: who of them is blind, by number."""
    world, clock, memory = World(), StillClock(), Notebook()
    policies = [policy_of(product(world, f"p{at}")) for at in range(8)]
    with Loopback(world) as loopback:
        gate = Gateway(world, loopback, clock)
        http = Http(clock=clock, jitter=lambda: 0.0, transport=gate)
        client = Railway(http, api=loopback.railway_url, clock=clock, memory=memory)
        watch = Watch(world=world, clock=clock, client=client, memory=memory, batch=2)

        def look() -> Sequence[int]:
            gate.sizes.clear()
            http.ending.end_within(TIME)
            looked = watch.source().look(policies, now=world.now())
            seen = [(each.staging, each.production) for each in looked.values()]
            return [
                at for at, both in enumerate(seen) if not all(isinstance(one, Seen) for one in both)
            ]

        assert not look()  # it learns where they are
        try:
            yield watch, gate, look
        finally:
            http.close()


def test_one_that_never_answers_blinds_nobody_else_in_the_long_run() -> None:
    """One look has no time to find it, and the next one goes on where that ended."""
    with at_a_gateway() as (watch, gate, look):
        gate.slow = watch.world.railway("p1").environment("staging").id
        assert len(look()) > 1

        for _ in range(2):
            assert [1] == look()
        assert [4, 4, 4, 3, 1] == gate.sizes

        gate.slow = ""
        for sizes in ([4, 4, 4, 3, 1], [4, 4, 4, 4]):
            assert not look()
            assert sizes == gate.sizes


def test_an_outage_leaves_none_in_doubt() -> None:
    """When it is over everything is asked for as before."""
    with at_a_gateway() as (_, gate, look):
        gate.slow = "environment("
        assert list(range(8)) == look()

        gate.slow = ""
        assert not look()
        assert [4, 4, 4, 4] == gate.sizes


def test_what_is_gone_is_in_doubt_no_more() -> None:
    """Railway says so, and that is an answer."""
    with at_a_gateway() as (watch, gate, look):
        gate.slow = watch.world.railway("p1").environment("staging").id
        look()
        assert IN_DOUBT in {topic for topic, _ in watch.memory.facts}

        gate.slow = ""
        del watch.world.railway("p1").environments["staging"]
        look()

    assert IN_DOUBT not in {topic for topic, _ in watch.memory.facts}
