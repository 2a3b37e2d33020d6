"""How much networks lend of somebody in a month, and how evenly their load is shared."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import accumulate

from core.time.clock import STOCKHOLM
from core.time.interval import Interval

COUNTED_DAYS = 365
"""For how long a loan counts in whose turn it is."""

Month = tuple[int, int]
"""The year, and the month of it."""


def minutes_by_month(during: Iterable[Interval]) -> dict[Month, int]:
    """Return how many minutes of each month some times are; one counts where it begins."""
    found: Counter[Month] = Counter()
    for each in during:
        begins = each.start.astimezone(STOCKHOLM)
        found[begins.year, begins.month] += (each.limit - each.start) // timedelta(minutes=1)
    return dict(found)


def gini(loads: Iterable[float]) -> float:
    """Return how unevenly loads are shared: 0 where all have the same, near 1 where one has everything."""
    ordered = sorted(loads)
    total, count = sum(ordered), len(ordered)
    if not total:
        return 0.0
    return (count + 1 - 2 * sum(accumulate(ordered)) / total) / count


def left_of_month(hours: int, lent: Mapping[Month, int], month: Month) -> int:
    """Return how many minutes of a month may still be asked for of somebody who may be asked for so many hours."""
    return max(hours * 60 - lent.get(month, 0), 0)
