"""
What this process counts, as Prometheus reads it at `/metrics`. Nothing here names a person, a place or a matter.

The figures of the parts are those of `/healthz`, found by the probe: reading them waits for nothing. What is answered
is counted as it happens. Explained, name by name, in docs/metrics.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric

from oneroom.web.health.door import version
from oneroom.web.health.parts import Part, State

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
REGISTRY = CollectorRegistry()
PROCESS = ProcessCollector(namespace="oneroom", registry=REGISTRY)
REQUESTS = Histogram(
    "oneroom_request_seconds", "How long a request took that Django answered", ["route", "method", "status"],
    buckets=(0.025, 0.1, 0.25, 0.5, 1, 2, 5), registry=REGISTRY,
)  # fmt: skip
SHED = Counter("oneroom_shed", "Requests that were told to come again, by who asked", ["who"], registry=REGISTRY)
for _who in ("public", "unknown", "files"):
    SHED.labels(_who)  # told from the first scrape on, while it is still nought
FAULTS = Counter("oneroom_faults", "Requests that broke: each has its number in the log", registry=REGISTRY)

# (part, its figure): the metric's name, what it says, and by what the figure is multiplied to come to base units.
FIGURES: dict[tuple[str, str], tuple[str, str, float]] = {
    ("database", "write_ms"): ("oneroom_database_write_seconds", "How long the last kept write took", 0.001),
    ("clock_skew", "skew_s"): ("oneroom_clock_skew_seconds", "The largest skew of a clock", 1),
    ("disk", "free_mb"): ("oneroom_disk_free_bytes", "Room on the fullest disk that is written to", 1e6),
    ("stream", "seq"): ("oneroom_record_entries", "The last entry of the record that was read", 1),
    ("stream", "listeners"): ("oneroom_stream_listeners", "Open streams of screens and phones", 1),
    ("stream", "positions_waiting"): ("oneroom_positions_waiting", "Positions that are not written yet", 1),
    ("ladders", "behind_s"): ("oneroom_ladders_behind_seconds", "How long the oldest rung that is due waits", 1),
    ("ladders", "messages_waiting"): ("oneroom_messages_waiting", "Messages that the courier has not taken", 1),
}
OF_PARTS = {
    "oneroom_part_ok": "1 while the part is well",
    "oneroom_part_age_seconds": "Since the part's last sign; absent where there was none",
    "oneroom_part_limit_seconds": "The age from which the part counts as silent",
}


class _Parts:
    """The parts as gauges, in the shape of a registry."""

    def __init__(self, parts: Sequence[Part]):
        self._parts = parts

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("oneroom", "What runs here", {"version": version()})
        ok, age, limit = (GaugeMetricFamily(name, text, labels=["part"]) for name, text in OF_PARTS.items())
        for part in self._parts:
            ok.add_metric([part.name], float(part.state == State.OK))
            limit.add_metric([part.name], part.limit_s)
            if part.age_s is not None:
                age.add_metric([part.name], part.age_s)
        yield from (ok, age, limit)
        known = {part.name: part.figures for part in self._parts}
        for (part_name, figure), (name, text, times) in FIGURES.items():
            value = known.get(part_name, {}).get(figure)
            if isinstance(value, int | float):
                yield GaugeMetricFamily(name, text, value=value * times)


def exposition(parts: Sequence[Part]) -> bytes:
    """All of it as text."""
    return generate_latest(_Parts(parts)) + generate_latest(REGISTRY)


class Measured:
    """Middleware: counts each answer by its route, never by its address, which may hold somebody's code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began_s = time.monotonic()
        response = self.get_response(request)
        found = request.resolver_match
        route = found.route if found else "none"
        method = request.method if request.method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} else "other"
        took_s = time.monotonic() - began_s
        REQUESTS.labels(route, method, f"{response.status_code // 100}xx").observe(took_s)
        return response
