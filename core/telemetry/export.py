"""Sending traces to an OpenTelemetry collector, for whoever asks for it; the extra `otel` brings what it takes."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import BadInput
from core.settings import settings
from core.telemetry import trace
from core.telemetry.trace import Attribute, Span, SpanKind, Trace
from core.version import __version__

try:
    from opentelemetry import trace as otel
    from opentelemetry.context import Context
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    is_installed = True
except ImportError:
    is_installed = False


def export_traces() -> None:
    """Send the spans of this process to where the settings say, in a thread of its own.

    Raises
    ------
    BadInput
        The settings ask for it, and the extra is not installed.
    """
    endpoint = settings().otlp_endpoint
    if endpoint is None:
        return
    if not is_installed:
        reason = "it takes the extra `otel`: install requirements-otel.lock in place of requirements.lock"
        raise BadInput("PLATSVERKET_OTLP_ENDPOINT", endpoint, reason)
    provider = TracerProvider(resource=Resource.create({"service.name": "platsverket", "service.version": __version__}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    record_in(provider)


def record_in(provider: "TracerProvider") -> None:
    """Make all spans of this process in a provider."""
    tracer = provider.get_tracer("platsverket", __version__)

    @contextmanager
    def recorded(name: str, kind: SpanKind, within: Trace | None, attributes: dict[str, Attribute]) -> Iterator[Span]:
        around = otel.set_span_in_context(otel.NonRecordingSpan(_context(within)), Context())
        made = tracer.start_span(name, around, otel.SpanKind[kind.name], attributes)
        try:
            yield _Exported(made)
        finally:
            made.end()

    trace.record_with(recorded)


class _Exported(Span):
    def __init__(self, made: "otel.Span") -> None:
        here = made.get_span_context()
        super().__init__(
            Trace(otel.format_trace_id(here.trace_id), otel.format_span_id(here.span_id), f"{here.trace_flags:02x}")
        )
        self._made = made

    def rename(self, name: str) -> None:
        self._made.update_name(name)

    def note(self, **attributes: Attribute) -> None:
        self._made.set_attributes(attributes)

    def fail(self) -> None:
        self._made.set_status(otel.StatusCode.ERROR)  # without words: these may quote somebody's data


def _context(within: Trace | None) -> "otel.SpanContext":
    if within is None:
        return otel.INVALID_SPAN_CONTEXT
    flags = otel.TraceFlags(int(within.flags, 16))
    return otel.SpanContext(int(within.trace_id, 16), int(within.span_id, 16), is_remote=True, trace_flags=flags)
