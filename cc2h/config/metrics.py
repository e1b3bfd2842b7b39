"""Figures for the people who run the portal, as Prometheus reads them: /metrics.

Requests are counted by each web process in a file of its own (prometheus_client's way with several processes); the
rest is read from the database when it is asked for.
"""

import os
import time
from collections.abc import Callable, Iterator
from secrets import compare_digest
from typing import Any

from django.conf import settings

# Where processes share what they have counted: must be known before the library is imported.
_shared = settings.DATA_DIR / "metrics"
if not settings.TESTING:
    try:
        _shared.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(_shared))
    except OSError:
        pass  # on a disk that can't be written each process tells of itself

from django.db import DatabaseError  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from prometheus_client import (  # noqa: E402
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily  # noqa: E402
from prometheus_client.multiprocess import MultiProcessCollector  # noqa: E402

from cc2h.config import operations  # noqa: E402
from cc2h.kit import sizes  # noqa: E402

REQUESTS = Counter("cc2h_requests", "Requests answered", ["method", "route", "status"])
SECONDS = Histogram(
    "cc2h_request_seconds",
    "How long an answer took",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


class MetricsMiddleware:
    """Counts requests by route, and answers /metrics before anything else looks at the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/metrics":
            return metrics(request)
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = match.view_name or match.route if match else "none"
        REQUESTS.labels(
            request.method if request.method in ("GET", "POST") else "other", route, response.status_code
        ).inc()
        SECONDS.labels(route).observe(time.perf_counter() - began)
        return response


def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for whoever has the token; without a token set, for everybody in development and nobody else."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if (token and not compare_digest(given.encode(), token.encode())) or (not token and settings.PRODUCTION):
        return HttpResponse(status=404)
    counted = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)
    now = CollectorRegistry()
    now.register(_Now())
    return HttpResponse(generate_latest(counted) + generate_latest(now), content_type=CONTENT_TYPE_LATEST)


class _Now:
    """What the database and the broker say now. A database that does not answer is told as such."""

    def collect(self) -> Iterator[Any]:
        up = GaugeMetricFamily("cc2h_database_up", "Whether the database answers")
        try:
            yield from self._of_database()
        except DatabaseError:
            up.add_metric([], 0)
        else:
            up.add_metric([], 1)
        yield up
        depth = GaugeMetricFamily("cc2h_queue_messages", "Messages that wait in the broker", labels=["queue"])
        for name, messages in (operations.queues() or {}).items():
            depth.add_metric([name], messages)
        yield depth
        free = GaugeMetricFamily("cc2h_disk_free_bytes", "Free space where the portal writes")
        for disk in operations.disks():
            free.add_metric([], disk.free)
        yield free

    def _of_database(self) -> Iterator[Any]:
        pieces = GaugeMetricFamily("cc2h_work_waiting", "Pieces of work not done", labels=["kind"])
        failed = GaugeMetricFamily("cc2h_work_failed", "Pieces of work tried in vain", labels=["kind"])
        oldest = GaugeMetricFamily("cc2h_work_oldest_seconds", "Age of the oldest piece not done", labels=["kind"])
        for one in operations.waiting():
            pieces.add_metric([one.kind], one.pieces)
            failed.add_metric([one.kind], one.failed)
            oldest.add_metric([one.kind], one.seconds)
        files = GaugeMetricFamily("cc2h_imports", "Imported files by state", labels=["state"])
        for state, count in operations.files_by_state().items():
            files.add_metric([state], count)
        size = GaugeMetricFamily("cc2h_database_bytes", "Size of the database", value=sizes.now())
        now, _ = operations.connections()
        connections = GaugeMetricFamily("cc2h_database_connections", "Connections to the database", value=now)
        if disk := operations.database_disk():
            yield GaugeMetricFamily(
                "cc2h_database_disk_free_bytes", "Free space of the database’s disk", value=disk.free
            )
        yield from (pieces, failed, oldest, files, size, connections)
