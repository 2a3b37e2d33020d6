"""W3C Trace Context: which larger errand something is part of, from a request through its jobs to the search.

Every request, job and phase of a run is a span with an id of its own, which the log names. Whoever wants them shown
sets `PLATSVERKET_OTLP_ENDPOINT`: then `core.telemetry.export` is what makes them.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
NOT_SAMPLED = "00"

Attribute = str | int | float | bool


@dataclass(frozen=True)
class Trace:
    """The place of one span: which trace it belongs to, and its own id in it."""

    trace_id: str
    span_id: str
    flags: str

    @classmethod
    def read(cls, traceparent: str) -> "Trace | None":
        """Return what the header says; nothing where it is missing or makes no sense."""
        match = _TRACEPARENT.fullmatch(traceparent.strip())
        if match is None or set(match[1]) == {"0"} or set(match[2]) == {"0"}:
            return None
        return cls(match[1], match[2], match[3])

    @classmethod
    def begun(cls) -> "Trace":
        """Begin a trace."""
        return cls(secrets.token_hex(16), secrets.token_hex(8), NOT_SAMPLED)

    def child(self) -> "Trace":
        """Return a span below this one."""
        return Trace(self.trace_id, secrets.token_hex(8), self.flags)

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


class SpanKind(StrEnum):
    """On which side of a message a span stands."""

    INTERNAL = "internal"
    SERVER = "server"
    CONSUMER = "consumer"


class Span:
    """Something that takes time. As long as nobody exports spans, only its ids matter."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace

    def rename(self, name: str) -> None:
        """Call it something else, known only now."""

    def note(self, **attributes: Attribute) -> None:
        """Say more about it, but nothing of people."""

    def fail(self) -> None:
        """Say that what it stands for went wrong."""


Recorder = Callable[[str, SpanKind, Trace | None, dict[str, Attribute]], AbstractContextManager[Span]]
"""Makes a span, from its name, its kind, what it is part of, and what is said about it."""


@contextmanager
def _unrecorded(_name: str, _kind: SpanKind, within: Trace | None, _attributes: dict[str, Attribute]) -> Iterator[Span]:
    yield Span(within.child() if within else Trace.begun())


_recorder: Recorder = _unrecorded
_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def record_with(recorder: Recorder = _unrecorded) -> None:
    """Let all spans of this process be made by this."""
    global _recorder  # noqa: PLW0603 (one for the process, as its settings are)
    _recorder = recorder


def current() -> Trace | None:
    """Return the span that this runs in."""
    return _current.get()


@contextmanager
def span(
    name: str, *, kind: SpanKind = SpanKind.INTERNAL, traceparent: str = "", **attributes: Attribute
) -> Iterator[Span]:
    """Let the block be a span, below the one that a message came with or else below the current one."""
    within = Trace.read(traceparent) if traceparent else _current.get()
    with _recorder(name, kind, within, attributes) as made:
        token = _current.set(made.trace)
        try:
            yield made
        except BaseException:
            made.fail()
            raise
        finally:
            _current.reset(token)
