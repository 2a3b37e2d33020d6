"""How log lines look: for people on a terminal, or one JSON object a line for a log collector. All go to stderr."""

import logging
import sys

import structlog

from core.settings import settings


def configure_logs() -> None:
    """Set up structlog for this process, as the settings say."""
    level = logging.getLevelNamesMapping()[settings().log_level.upper()]
    renderer = (
        structlog.processors.JSONRenderer()
        if settings().log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,  # without local variables: they may be secret
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([structlog.processors.format_exc_info] if settings().log_format == "json" else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_args: structlog.PrintLogger(sys.stderr),  # looked up late: tests replace it
        cache_logger_on_first_use=False,
    )
