"""Traces: continued as they come, and sent to a collector where that is asked for."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from core.errors import BadInput
from core.settings import Settings
from core.telemetry import export, trace

GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def recorder_restored():
    yield
    trace.record_with()


@pytest.fixture
def spans(recorder_restored):
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    export.record_in(provider)
    return exporter.get_finished_spans


def test_spans_stand_in_the_trace_that_came_and_below_one_another(spans):
    with trace.span("request", kind=trace.SpanKind.SERVER, traceparent=GIVEN) as request:
        with trace.span("run", run="1") as run:
            run.note(needs=3)
        request.rename("GET /offers")
    inner, outer = spans()
    assert (outer.name, outer.kind.name, outer.parent.span_id) == ("GET /offers", "SERVER", 0xB7AD6B7169203331)
    assert (inner.name, dict(inner.attributes)) == ("run", {"run": "1", "needs": 3})
    assert inner.parent.span_id == outer.context.span_id == int(request.trace.span_id, 16)
    assert {each.context.trace_id for each in (inner, outer)} == {0x0AF7651916CD43DD8448EB211C80319C}
    assert str(run.trace).endswith("-01")


def test_who_asks_for_no_recording_is_not_recorded_but_still_has_a_trace(spans):
    with trace.span("request", traceparent=GIVEN[:-2] + "00") as request:
        assert str(request.trace).startswith(GIVEN[:36])
    assert spans() == ()


def test_what_fails_is_marked_without_anybodys_words(spans):
    with pytest.raises(KeyError), trace.span("job"):
        raise KeyError("Anna")
    [span] = spans()
    assert span.status.status_code.name == "ERROR"
    assert "Anna" not in span.to_json()
    assert trace.current() is None


@pytest.mark.parametrize("traceparent", ["", "nonsense", f"ff{GIVEN[2:]}", f"00-{'0' * 32}-{'1' * 16}-01"])
@pytest.mark.parametrize("exported", [False, True])
def test_without_a_trace_that_makes_sense_one_begins(traceparent, exported, request):
    if exported:
        request.getfixturevalue("spans")
    with trace.span("a", traceparent=traceparent) as first, trace.span("b", traceparent=traceparent) as other:
        assert trace.Trace.read(str(first.trace)) == first.trace
        assert trace.current() == other.trace
    assert (first.trace.trace_id == other.trace.trace_id) == (traceparent == "")


def test_a_collector_gets_them(recorder_restored, monkeypatch):
    received = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    providers = []
    made = TracerProvider
    monkeypatch.setattr(export, "TracerProvider", lambda **named: providers.append(made(**named)) or providers[0])
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            endpoint = f"http://127.0.0.1:{server.server_port}/v1/traces"
            monkeypatch.setattr(export, "settings", lambda: Settings(otlp_endpoint=endpoint))
            export.export_traces()
            with trace.span("request", traceparent=GIVEN):
                pass
            providers[0].shutdown()
        finally:
            server.shutdown()
            thread.join()
    [resource] = ExportTraceServiceRequest.FromString(received[0]).resource_spans
    assert {"platsverket"} <= {each.value.string_value for each in resource.resource.attributes}
    [span] = resource.scope_spans[0].spans
    assert (span.name, span.trace_id.hex()) == ("request", GIVEN[3:35])


def test_asked_for_without_the_extra_it_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setattr(export, "settings", lambda: Settings(otlp_endpoint="http://127.0.0.1:4318/v1/traces"))
    monkeypatch.setattr(export, "is_installed", False)
    with pytest.raises(BadInput, match=r"requirements-otel\.lock"):
        export.export_traces()
