"""An operation of the API that will end says so in each answer, long before: RFC 9745 and RFC 8594."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from typing import Any

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

DEPRECATION = "deprecation"
"""The key under which an operation's `opt` has its `Deprecation`; `deprecated=True` marks it in the description."""
SHORTEST_NOTICE = timedelta(days=180)
_POLICY = '</developers#changes>; rel="deprecation"; type="text/html"'


@dataclass(frozen=True, slots=True)
class Deprecation:
    """Since when an operation is deprecated, and from when on it may be gone."""

    since: date
    sunset: date

    def __post_init__(self) -> None:
        if self.sunset - self.since < SHORTEST_NOTICE:
            raise ValueError(f"whoever uses it has {SHORTEST_NOTICE.days} days at least to change")


async def tell_deprecation(message: Message, scope: Scope) -> None:
    """Add when an operation ends to the head of its answer, if it is deprecated."""
    handler: Any = scope.get("route_handler")  # none of an address that is not there
    told = handler.opt.get(DEPRECATION) if handler else None
    if told is not None and message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        headers["Deprecation"] = f"@{int(_midnight(told.since).timestamp())}"
        headers["Sunset"] = format_datetime(_midnight(told.sunset), usegmt=True)
        headers["Link"] = _POLICY


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
