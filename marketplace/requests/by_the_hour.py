"""What a network is asked for: somebody whole for hours of a day, and who learns beside somebody with experience."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from core.errors import InvalidParameter
from core.time.clock import STOCKHOLM
from core.time.timing import Fixed, Flexible, Timing, Weekly

WHOLE = 100
"""Percent asked of somebody who is lent by the hour: all of the time, for these hours."""
LONGEST_HOURS = 12
"""Of one loan, on one day."""


def loan_faults(amount: int | None, wanted: Timing | None, network: str) -> Iterator[InvalidParameter]:
    """Yield why a network does not lend so: it lends people whole, for hours of a day."""
    if not network:
        return
    if amount not in {None, WHOLE}:
        reason = "whoever is lent by a network is yours for these hours: write 100 percent"
        yield InvalidParameter("amount", amount, reason)
    if wanted is not None and not _is_of_hours(wanted):
        reason = (
            f"a network lends people for hours: choose a time of one day, {LONGEST_HOURS} hours at most, or "
            "days of the week with the same person"
        )
        yield InvalidParameter("timing", network, reason)


def _is_of_hours(wanted: Timing) -> bool:
    longest = timedelta(hours=LONGEST_HOURS)
    match wanted:
        case Fixed():
            days = {each.astimezone(STOCKHOLM).date() for each in (wanted.start, wanted.end - timedelta.resolution)}
            return len(days) == 1 and wanted.end - wanted.start <= longest
        case Flexible():
            return timedelta(minutes=wanted.duration_min) <= longest
    return isinstance(wanted, Weekly) and wanted.same_resource


def pair_faults(needs: Sequence[Any], *, together: bool) -> Iterator[InvalidParameter]:
    """Yield which needs ask for somebody who learns without somebody with experience beside: never for two learners."""
    experienced = Counter(_where(each) for each in needs if not _learns(each))
    for place, need in enumerate(needs):
        if not _learns(need):
            continue
        experienced[_where(need)] -= 1
        if not together or experienced[_where(need)] < 0:
            reason = "whoever learns is lent beside somebody with experience: ask for one of each, belonging together"
            yield InvalidParameter(f"needs[{place}].requirements.learner", True, reason)


def leaves_learner_alone(asked: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether of needs that are served, by their stored requirements, one is of somebody who learns alone."""
    places = Counter((each["network"], bool(each.get("learner"))) for each in asked if each.get("network"))
    return any(count > places[network, False] for (network, learns), count in places.items() if learns)


def _learns(need: Any) -> bool:
    return bool(getattr(need.requirements, "learner", False))


def _where(need: Any) -> tuple[object, ...]:
    return getattr(need.requirements, "network", ""), need.timing, need.municipality_code, need.latitude, need.longitude
