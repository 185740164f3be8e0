"""The figures, as Prometheus scrapes them: from the same board as the page, with units in names."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from pipeline_health.core.model.incident import Owner, Phase
from pipeline_health.core.model.report import CycleReport, Glow
from pipeline_health.page.reading import View

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS: Final = (60, 300, 600, 900, 1800, 3600, 7200, 21600, 86400)
"""Upper ends in seconds; the promise is half an hour unless somebody wants another."""
_PREFIX: Final = "pipeline_health"
HELP: Final = {
    "projects": "Watched projects, by the worst of each; not_seen is also what no look reached.",
    "open_incidents": "Incidents that are not over, by who can mend them.",
    "blind_sources": "Projects of which a source was not seen.",
    "issues_filed_30d": "Measured failures of the last 30 days that became an issue.",
    "sla_seconds": "The promise: from a failure to its issue.",
    "sla_breaches_30d": "Measured failures of the last 30 days that broke the promise.",
    "time_to_issue_seconds": "From a failure to its issue, in the last 30 days.",
    "last_cycle_timestamp_seconds": "When the last cycle finished; absent where none did.",
    "last_cycle_duration_seconds": "How long the last cycle took.",
    "last_cycle_requests": "Requests of the last cycle.",
    "last_cycle_points": "GraphQL points of the last cycle.",
    "points_remaining": "Points that the provider has left for us.",
}


def figures(view: View) -> bytes:
    """Give every figure in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(view))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, view: View) -> None:
        self._view = view

    def collect(self) -> Iterator[Metric]:
        """Give one family after the other."""
        board = self._view.board
        if board.last is not None:
            yield from _cycle(board.last)
        yield self._projects()
        yield self._incidents()
        yield self._blind()
        yield from self._promise()

    def _projects(self) -> Metric:
        states = Counter(tile.state for tile in self._view.board.tiles)
        states[Glow.BLIND] += len(self._view.board.unseen)
        named = {glow.replace(" ", "_"): states[glow] for glow in Glow}
        return _each("projects", "state", named)

    def _incidents(self) -> Metric:
        open_now = [it.incident for it in self._view.board.open]
        owners = Counter(it.cause.owner for it in open_now if it.phase is not Phase.MUTED)
        return _each("open_incidents", "owner", {owner.value: owners[owner] for owner in Owner})

    def _blind(self) -> Metric:
        sources = Counter(
            self._view.told(source)
            for newest in self._view.board.newest
            for source in {line.source for line in newest.project.blind}
        )
        known = sorted({"github", "railway", "url", "audit", *sources})
        return _each("blind_sources", "source", {source: sources[source] for source in known})

    def _promise(self) -> Iterator[Metric]:
        account = self._view.account
        seconds = [hops.taken(now=account.now).total_seconds() for hops in account.filed]
        yield _alone("issues_filed_30d", len(seconds))
        yield _alone("sla_seconds", account.sla.total_seconds())
        yield _alone("sla_breaches_30d", account.breaches)
        yield _spread(seconds)


def _cycle(last: CycleReport) -> Iterator[Metric]:
    lasted = last.finished_at - last.started_at
    used = {"github": last.github, "railway": last.railway}
    yield _alone("last_cycle_timestamp_seconds", last.finished_at.timestamp())
    yield _alone("last_cycle_duration_seconds", lasted.total_seconds())
    requests = {name: usage.requests for name, usage in used.items()}
    yield _each("last_cycle_requests", "provider", requests)
    yield _each("last_cycle_points", "provider", {it: used[it].points for it in used})
    yield _each("points_remaining", "provider", {it: used[it].remaining for it in used})


def _spread(seconds: Sequence[float]) -> Metric:
    """Give how long it took: a histogram that forgets is a gauge of one."""
    counts = [(str(float(end)), float(sum(it <= end for it in seconds))) for end in BUCKETS]
    return GaugeHistogramMetricFamily(
        f"{_PREFIX}_time_to_issue_seconds",
        HELP["time_to_issue_seconds"],
        buckets=[*counts, ("+Inf", float(len(seconds)))],
        gsum_value=sum(seconds),
    )


def _each(name: str, label: str, values: Mapping[str, float | None]) -> Metric:
    """Give one gauge for each value that is known."""
    family = GaugeMetricFamily(f"{_PREFIX}_{name}", HELP[name], labels=[label])
    for key, value in values.items():
        if value is not None:
            family.add_metric([key], value)
    return family


def _alone(name: str, value: float) -> Metric:
    return GaugeMetricFamily(f"{_PREFIX}_{name}", HELP[name], value=value)
