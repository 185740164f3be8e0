"""Many repositories in few requests: batches that become smaller where GitHub gives up."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence

from pipeline_health.clients.errors import ClientError, RateLimitedError, UnreachableError
from pipeline_health.clients.github_refusals import TooLargeError
from pipeline_health.clients.github_sighting import Sighting, Wanted, unseen
from pipeline_health.core.model.readings import Blind

MOST_SPLITS = 8
"""One bad repository among 25 is found with 5 splits; an outage must not cost a request each."""


def see_all(
    wanted: Sequence[Wanted],
    ask: Callable[[Sequence[Wanted]], Sequence[Sighting]],
    *,
    size: int,
    blinded: Callable[[ClientError], Blind],
) -> Mapping[Wanted, Sighting]:
    """Ask for everything *wanted*, *size* at once; what failed for good is unseen.

    *blinded* says what an error means.

    A batch that was too much is halved and both halves are asked for, MOST_SPLITS times in all.
    """
    found: dict[Wanted, Sighting] = {}
    queue = deque(wanted[start : start + size] for start in range(0, len(wanted), size))
    splits = MOST_SPLITS
    while queue:
        batch = queue.popleft()
        try:
            found.update(zip(batch, ask(batch), strict=True))
        except ClientError as exc:
            if splits and len(batch) > 1 and _may_pass_in_halves(exc):
                splits -= 1
                half = (len(batch) + 1) // 2
                queue.extend((batch[:half], batch[half:]))
                continue
            lost = [batch, *queue] if isinstance(exc, RateLimitedError) else [batch]
            blind = blinded(exc)
            found.update({each: unseen(each, blind) for some in lost for each in some})
            if len(lost) > 1:
                queue.clear()
    return found


def _may_pass_in_halves(exc: ClientError) -> bool:
    """Tell whether the size may be what is wrong; a host that was never reached is not that."""
    return isinstance(exc, TooLargeError) or (isinstance(exc, UnreachableError) and exc.lost)
