"""What a provider was asked, when, and what had been answered by then."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came: when it began and when its answer was ready, in seconds."""

    host: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: str
    began: float
    ended: float


def kept(requests: Iterable[Asked], path: Path) -> None:
    """Write *requests* to a file, in the order in which they came."""
    line = sorted(requests, key=lambda each: each.began)
    path.write_text(json.dumps([asdict(each) for each in line]))


def read(path: Path) -> list[Asked]:
    """Read what was kept."""
    return [Asked(**each) for each in json.loads(path.read_text())]


def waited_for(requests: Sequence[Asked]) -> list[tuple[int, ...]]:
    """Tell for each request, in the order in which they came, which were answered before it."""
    return [
        tuple(at for at, other in enumerate(requests) if other.ended <= each.began)
        for each in requests
    ]


def at_once(requests: Sequence[Asked]) -> int:
    """Tell how many were under way in the same moment, at most."""
    return max(
        (sum(o.began <= each.began < o.ended for o in requests) for each in requests), default=0
    )


def in_a_row(requests: Sequence[Asked]) -> int:
    """Tell how many round trips followed one another, at least: the longest chain of them."""
    depths: list[int] = []
    for before in waited_for(requests):
        depths.append(1 + max((depths[at] for at in before), default=0))
    return max(depths, default=0)
