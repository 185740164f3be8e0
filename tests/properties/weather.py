"""What goes wrong between the agent and the providers: which kinds there are, and which comes now.

A kind is counted where it really hit: a request was answered so, or was not.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal, TypeAlias

from pipeline_health.simulator.faults import Host, Mode

Way: TypeAlias = Literal["simulated", "connect", "timeout before", "timeout after"]
_ALIAS = re.compile(r"^\s*(\w+): (?:repository|environment)\(", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request before it is answered."""

    host: Host
    method: str
    path: str
    document: str

    @property
    def writes(self) -> bool:
        """Tell whether it would change something."""
        return self.method != "GET" and not self.document

    @property
    def aliases(self) -> Sequence[str]:
        """List the parts of a document that may be missing in a partial answer."""
        return _ALIAS.findall(self.document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One way to go wrong: how it is ordered of the simulator, or done by the transport."""

    name: str
    weight: int = 4
    way: Way = "simulated"
    mode: Mode = "status"
    host: Host | None = None
    statuses: Sequence[int] = (502,)
    bodies: Sequence[str] = ("",)
    seconds: Sequence[float | None] = (None,)
    documents: bool | None = None

    def may_hit(self, asked: Asked) -> bool:
        """Tell whether a request can go wrong in this way."""
        return (
            self.host in (None, asked.host)
            and self.documents in (None, bool(asked.document))
            and (self.mode != "partial" or bool(asked.aliases))
        )


PRIMARY = "primary limit, 403 or 429"
KINDS = (
    Kind(name="5xx", statuses=(500, 502, 503, 504), weight=8),
    Kind(name="page of HTML", mode="html", statuses=(502, 200, 403)),
    Kind(name="truncated answer", mode="truncate"),
    Kind(name="empty answer", mode="empty"),
    Kind(name=PRIMARY, mode="primary_limit", host="github", statuses=(403, 429), seconds=(3, 900)),
    Kind(
        name="secondary limit with Retry-After",
        mode="secondary_limit",
        host="github",
        statuses=(403, 429),
        seconds=(1, 60, 1800),
    ),
    Kind(
        name="secondary limit without Retry-After",
        mode="bare_limit",
        host="github",
        statuses=(403, 429),
    ),
    Kind(name="Railway's limit", mode="primary_limit", host="railway", seconds=(2, 600)),
    Kind(name="GraphQL error", mode="graphql_error", documents=True),
    Kind(name="partial GraphQL data", mode="partial", documents=True, weight=8),
    Kind(name="no connection", way="connect"),
    Kind(name="cut before the effect", mode="cut_before"),
    Kind(name="cut after the effect", mode="cut_after", weight=6),
    Kind(name="timeout before the effect", way="timeout before"),
    Kind(name="timeout after the effect", way="timeout after", weight=6),
    Kind(name="slow answer", mode="delay", seconds=(2, 20)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Season:
    """How bad it is for a while: *rate* of all requests to *host* go wrong, *writes* of writes."""

    name: str
    weight: int
    rate: float
    writes: float
    host: Host | None = None


SEASONS = (
    Season(name="calm", weight=52, rate=0.0, writes=0.0),
    Season(name="drizzle", weight=22, rate=0.05, writes=0.15),
    Season(name="bad for writes", weight=10, rate=0.0, writes=0.5),
    Season(name="storm", weight=6, rate=0.5, writes=0.5),
    Season(name="GitHub is down", weight=5, rate=1.0, writes=1.0, host="github"),
    Season(name="Railway is down", weight=5, rate=1.0, writes=1.0, host="railway"),
)
CALM = SEASONS[0]


@dataclass(slots=True)
class Weather:
    """The season, and how often each kind hit; when it *ends* it is calm for good."""

    dice: Random
    season: Season = CALM
    hits: Counter[str] = field(default_factory=Counter)
    ends: bool = False

    def turn(self) -> None:
        """Let another season come, perhaps."""
        if self.dice.random() < 0.4:
            self.season = self.dice.choices(SEASONS, weights=[one.weight for one in SEASONS])[0]

    def trouble(self, asked: Asked) -> Kind | None:
        """Give what goes wrong with a request, None when it goes well."""
        season = self.season
        rate = season.writes if asked.writes else season.rate
        if not rate or season.host not in (None, asked.host) or self.dice.random() >= rate:
            return None
        kinds = [kind for kind in KINDS if kind.may_hit(asked)]
        return self.dice.choices(kinds, weights=[kind.weight for kind in kinds])[0]

    def order(self, kind: Kind, asked: Asked) -> Mapping[str, object]:
        """Give what the simulator is to be told."""
        body = self.dice.choice(asked.aliases) if kind.mode == "partial" else ""
        return {
            "host": asked.host,
            "mode": kind.mode,
            "status": self.dice.choice(kind.statuses),
            "body": body,
            "seconds": self.dice.choice(kind.seconds),
        }
