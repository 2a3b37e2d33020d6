"""What an option does to the climate, roughly: kilograms of CO2e from the journeys and transports that it asks for.

A yardstick to compare options by, not a forecast: nobody knows yet who will travel how. So everybody is counted as
going alone in an average car, furniture as fetched in a van, and a vehicle as driven as far each day as the average
car is. What the loan saves, furniture or a room that need not be bought, is won by serving the need at all, whichever
option does, so that it is no reason to prefer one.
"""

from datetime import date
from math import inf

import numpy as np
from numpy.typing import NDArray

from core.settings import settings
from core.time.clock import STOCKHOLM
from marketplace.planning.candidates import eligibility
from marketplace.planning.candidates.filters import Candidates
from marketplace.planning.candidates.possible_times import Pattern
from marketplace.planning.snapshot.calendar import Calendar
from resources.families import family_of
from resources.families.family import Journey, Measure

Kilograms = NDArray[np.float64]

DAILY_KM = 31
"""What an average Swedish car goes a day: 11,260 km in 2022 (Trafikanalys, Körsträckor 2022)."""


def co2e_kg(calendar: Calendar, now: int, candidates: Candidates) -> Kilograms:
    """Return what each offer found would emit for all that the need asks for, in kilograms of CO2e."""
    need, pattern = candidates.need, candidates.pattern
    metres = np.where(candidates.distances_m == inf, 0.0, candidates.distances_m)  # infinite: nobody has to go there
    km = metres / 1000 * settings().detour_factor
    times = _times(now, candidates)
    family = family_of(need.family)
    match family.journey:
        case Journey.FETCHED:  # there and back to fetch it, and once more to return it
            driven = km * 2 * (1 if pattern.for_good else 2)
        case Journey.DRIVEN:
            driven = km * 2 + DAILY_KM * times * _days(calendar, pattern, working=False)
        case Journey.VISITED:
            share = 100 if family.counted and family.counted.measure is Measure.PERCENT else 1
            driven = km * 2 * times * _days(calendar, pattern, working=True) * eligibility.size_of(need) / share
    kilograms: Kilograms = driven * candidates.table.g_per_km[candidates.rows] / 1000
    return kilograms


def _times(now: int, candidates: Candidates) -> Kilograms | int:
    """How often it is used: on the dates of a series that are free, or on all dates where each is served apart."""
    if candidates.pattern.series:
        dates: Kilograms = candidates.free.sum(axis=1).astype(np.float64)
        return dates
    return max(1, candidates.pattern.ahead(now)) if candidates.pattern.by_date else 1


def _days(calendar: Calendar, pattern: Pattern, *, working: bool) -> int:
    """On how many days it is used each time, all times being as long as each other; `working`: Monday to Friday."""
    if not len(pattern.starts):
        return 0
    start, end = pattern.at(0)
    first, last = (calendar.instant(at).astimezone(STOCKHOLM).date() for at in (start, end - 1))
    return max(1, _working_days(first, last)) if working else (last - first).days + 1


def _working_days(first: date, last: date) -> int:
    """Mondays to Fridays from one date through another."""
    weeks, rest = divmod((last - first).days + 1, 7)
    return 5 * weeks + sum((first.weekday() + n) % 7 < 5 for n in range(rest))
