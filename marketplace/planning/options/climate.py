"""What an option does to the climate, roughly: kilograms of CO2e from the journeys and transports that it asks for.

A yardstick to compare options by, not a forecast: nobody knows yet who will travel how. So everybody is counted as
going alone in an average car, furniture as fetched in a van, and a vehicle as driven as far each day as the average
car is. What the loan saves, furniture or a room that need not be bought, is won by serving the need at all, whichever
option does, so that it is no reason to prefer one.
"""

from math import inf

import numpy as np
from numpy.typing import NDArray

from core.settings import settings
from marketplace.planning.candidates.candidates import CandidateBlock
from marketplace.planning.candidates.possible_times import Patterns
from marketplace.planning.snapshot.calendar import LocalDays, Minutes
from resources.families.family import Journey, Measure

Kilograms = NDArray[np.float64]

DAILY_KM = 31
"""What an average Swedish car goes a day: 11,260 km in 2022 (Trafikanalys, Körsträckor 2022)."""


def co2e_kg(days: LocalDays, now: int, block: CandidateBlock) -> Kilograms:
    """Return what each offer found would emit for all that its need asks for, in kilograms of CO2e."""
    metres = np.where(block.distances_m == inf, 0.0, block.distances_m)  # infinite: nobody has to go there
    km = metres / 1000 * settings().detour_factor
    family = block.table.family
    match family.journey:
        case Journey.FETCHED:  # there and back to fetch it, and once more to return it
            driven = km * 2 * (1 if block.patterns.shape.for_good else 2)
        case Journey.DRIVEN:
            driven = km * 2 + DAILY_KM * _times(now, block) * days_used(days, block.patterns, working=False)[block.of]
        case Journey.VISITED:
            share = 100 if family.counted and family.counted.measure is Measure.PERCENT else 1
            working = days_used(days, block.patterns, working=True)
            driven = km * 2 * _times(now, block) * working[block.of] * block.sizes[block.of] / share
    kilograms: Kilograms = driven * block.table.g_per_km[block.rows] / 1000
    return kilograms


def _times(now: int, block: CandidateBlock) -> Kilograms | int:
    """How often it is used: on the dates of a series that are free, or on all dates where each is served apart."""
    if block.patterns.shape.series:
        return block.free_counts.astype(np.float64)
    if not block.patterns.shape.by_date:
        return 1
    return np.maximum(1, block.patterns.counts(block.patterns.starts >= now))[block.of].astype(np.float64)


def days_used(days: LocalDays, patterns: Patterns, *, working: bool) -> Minutes:
    """Return on how many days each is used at a time, all its times being as long as each other; 0 for no times.

    `working` counts Mondays to Fridays only, and at least one.
    """
    used = np.zeros(len(patterns.each), np.int64)
    some = np.diff(patterns.first) > 0
    at = patterns.first[:-1][some]
    first, last = days.number(patterns.starts[at]), days.number(patterns.ends[at] - 1)
    used[some] = np.maximum(1, _working_days(days.weekday(first), last - first + 1)) if working else last - first + 1
    return used


def _working_days(weekday: Minutes, days: Minutes) -> Minutes:
    """Mondays to Fridays among so many days from a weekday on."""
    weeks, rest = np.divmod(days, 7)
    working: Minutes = 5 * weeks + ((weekday[:, None] + np.arange(6)) % 7 < 5).cumsum(axis=1)[
        np.arange(len(days)), rest - 1
    ] * (rest > 0)
    return working
