"""How log lines look: for people on a terminal, or one JSON object a line for a log collector. All go to stderr.

What libraries log goes the same way. No line has anybody's data: whoever logs names ids, and errors are described
without values.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

from core.settings import settings
from core.telemetry import trace
from core.telemetry.faults import described, formatted

Event = MutableMapping[str, Any]

UNHEARD = ("celery.app.trace", "celery.worker.strategy")
"""Celery's own lines about jobs, with their arguments and errors: `core.jobs` writes one that is better."""


def configure_logs() -> None:
    """Set up the log of this process, as the settings say."""
    level = logging.getLevelNamesMapping()[settings().log_level.upper()]
    renderer = (
        structlog.processors.JSONRenderer()
        if settings().log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    common: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _with_trace,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_values,
    ]
    structlog.configure(
        processors=[*common, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_args: structlog.PrintLogger(sys.stderr),  # looked up late: tests replace it
        cache_logger_on_first_use=False,
    )
    _hear_libraries(
        ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *common],
            processors=[ProcessorFormatter.remove_processors_meta, renderer],
        ),
        max(level, logging.WARNING),
    )


def _with_trace(_logger: Any, _method: str, event: Event) -> Event:
    here = trace.current()
    if here is not None:
        event["trace"], event["span"] = here.trace_id, here.span_id
    return event


def _without_values(_logger: Any, _method: str, event: Event) -> Event:
    """Write errors as text, wherever they stand in an event."""
    raised = event.pop("exc_info", None)
    error = sys.exc_info()[1] if raised is True else raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event["exception"] = formatted(error)
    for name, value in event.items():
        if isinstance(value, BaseException):
            event[name] = described(value)
    return event


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what stderr is when there is something to write."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, _stream: TextIO) -> None:
        """Stay with stderr."""


def _hear_libraries(formatter: logging.Formatter, level: int) -> None:
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _Stderr)]:
        root.removeHandler(handler)
    handler = _Stderr()
    handler.setFormatter(formatter)
    handler.addFilter(_arguments_described)
    root.addHandler(handler)
    root.setLevel(level)
    for name in UNHEARD:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _arguments_described(record: logging.LogRecord) -> bool:
    """Take values out of errors that a library puts into its sentence."""
    if isinstance(record.args, tuple):
        record.args = tuple(described(each) if isinstance(each, BaseException) else each for each in record.args)
    return True
