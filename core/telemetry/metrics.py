"""What is counted and timed in this process, for Prometheus. `docs/metrics.md` is made from this.

Each process counts for itself and shows it on a listener of its own; Prometheus adds them up. A worker counts in its
main process, which outlives those that do the jobs. What the database knows for the whole installation, the one
scheduler shows (`marketplace.runs.figures`), so that nothing is told twice.

Labels come from short lists: an address is the route that it matched, never what was typed.
"""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from core.database import db
from core.errors import Unavailable

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

OTHER = "other"
"""The one label for all that is on no list."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SHORT = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_LONG = (0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800, 7200)

LABELS = {
    "platsverket_http_requests": ("method", "route", "status"),
    "platsverket_http_request_seconds": ("method", "route"),
    "platsverket_jobs": ("job", "state"),
    "platsverket_job_seconds": ("job",),
    "platsverket_database_connections": ("state",),
}
"""By what each is told apart, for its documentation."""

_requests = Counter(
    "platsverket_http_requests",
    "Requests answered, by method, route and status; `other` stands for addresses that match no route.",
    LABELS["platsverket_http_requests"],
    registry=REGISTRY,
)
_request_seconds = Histogram(
    "platsverket_http_request_seconds",
    "Seconds until a request was answered whole.",
    LABELS["platsverket_http_request_seconds"],
    buckets=_SHORT,
    registry=REGISTRY,
)
_jobs = Counter(
    "platsverket_jobs",
    "Jobs that a worker has ended with, by name and how: done, failed, or expired before it began.",
    LABELS["platsverket_jobs"],
    registry=REGISTRY,
)
_job_seconds = Histogram(
    "platsverket_job_seconds",
    "Seconds that a job took.",
    LABELS["platsverket_job_seconds"],
    buckets=_LONG,
    registry=REGISTRY,
)
JOBS_NOT_SENT = Counter(
    "platsverket_jobs_not_sent", "Jobs that the broker did not take; a sweep sends them again.", registry=REGISTRY
)


class _DatabasePool(Collector):
    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Tell how many connections to the database this process has."""
        now = GaugeMetricFamily(
            "platsverket_database_connections",
            "Connections to PostgreSQL of this process.",
            labels=LABELS["platsverket_database_connections"],
        )
        most = GaugeMetricFamily(
            "platsverket_database_connections_limit",
            "Connections that this process may have at once; when all are in use, whoever wants one waits.",
            value=db.greatest_connections(),
        )
        try:
            pool = db.engine().pool
            now.add_metric(["in_use"], pool.checkedout())  # type: ignore[attr-defined]
            now.add_metric(["idle"], pool.checkedin())  # type: ignore[attr-defined]
        except Unavailable:  # there is none yet
            pass
        return [now, most]


REGISTRY.register(_DatabasePool())


def method_label(method: str) -> str:
    """Return an HTTP method, which may be any word, as a label."""
    return method if method in _METHODS else OTHER


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request that has been answered; a status of 0 is one that went before there was an answer."""
    _requests.labels(method, route, str(status)).inc()
    _request_seconds.labels(method, route).observe(seconds)


def count_job(name: str, state: str, seconds: float | None) -> None:
    """Count a job that has ended, in the worker's main process; without seconds it never began."""
    _jobs.labels(name, state).inc()
    if seconds is not None:
        _job_seconds.labels(name).observe(seconds)
