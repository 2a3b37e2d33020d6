"""What Prometheus is shown, and to whom."""

import urllib.request
from socket import socket

import pytest

from core.errors import Conflict
from core.settings import Settings
from core.telemetry import listening, metrics


@pytest.fixture
def asked(monkeypatch):
    """Show what is counted on a port of its own, and ask for it."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    servers = []
    monkeypatch.setattr(listening.os, "register_at_fork", lambda **_: None)
    start = listening.start_http_server
    monkeypatch.setattr(listening, "start_http_server", lambda *args: servers.append(start(*args)) or servers[-1])
    monkeypatch.setattr(listening, "settings", lambda: Settings(metrics_port=port - listening.Place.WORKER))

    def ask() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
            return answer.read().decode()

    yield ask
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


def test_each_process_shows_what_it_counts_on_its_port(asked, database_url):
    metrics.count_job("execute-run", "done", 0.3)
    metrics.count_job("execute-run", "expired", None)
    listening.show_metrics(listening.Place.WORKER)
    said = asked()
    assert 'platsverket_jobs_total{job="execute-run",state="done"} ' in said
    assert 'platsverket_jobs_total{job="execute-run",state="expired"} ' in said
    assert 'platsverket_job_seconds_bucket{job="execute-run",le="0.5"} ' in said
    assert 'platsverket_database_connections{state="in_use"}' in said
    with pytest.raises(Conflict, match="PLATSVERKET_METRICS_PORT"):
        listening.show_metrics(listening.Place.WORKER)


def test_nobody_listens_unless_asked_to_and_then_to_this_machine_alone(monkeypatch):
    monkeypatch.setattr(listening, "start_http_server", lambda *_: pytest.fail("it listens"))
    monkeypatch.setattr(listening, "settings", Settings)
    listening.show_metrics(listening.Place.WEB)
    assert Settings().metrics_host == "127.0.0.1"
