"""The smallest change that would have served a need: found by trying, and so proven.

One thing is changed at a time, and the filters are run again over what the plan leaves free. What is suggested is
therefore a change after which at least one offer is free for the need.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import time, timedelta
from math import ceil
from typing import Any

from platsverket.competence.requirements import StaffRequirements
from platsverket.core.opening import WEEKDAYS
from platsverket.core.timing import Fixed, Flexible, Period, Timing, Weekly
from platsverket.marketplace.planning import places
from platsverket.marketplace.planning.sieve import Filter, Found, Sieve
from platsverket.marketplace.planning.times import Calendar
from platsverket.marketplace.requests.queries import PooledNeed
from platsverket.marketplace.requests.rules import FARTHEST_KM
from platsverket.resources.models import Family
from platsverket.resources.requirements import FurnitureRequirements, SpaceRequirements, VehicleRequirements

MOST_CHANGES = 3
MOST_PARTS = 6
MOST_DISTANCES = 10
SHIFT_STEP_MIN = 30
MINUTES_PER_DAY = 24 * 60
SHIFT_DAYS = 14
SHIFT_WEEKS = 8


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to change, as a code with facts, and an offer that is free then.

    `effort` compares changes with each other: 1 is about as much as a day later.
    """

    code: str
    facts: dict[str, Any]
    offer_id: str
    effort: float

    def to_json(self) -> dict[str, Any]:
        """Return the change as it is stored among the reasons."""
        return {"code": self.code, **self.facts, "offerId": self.offer_id}


def smallest_changes(sieve: Sieve, need: PooledNeed, out_of_time: Callable[[], bool]) -> list[Change]:
    """Return the smallest changes that would serve the need, the least first; fewer when time runs out."""
    emptied_by, found = sieve.sift(need).emptied_by, list[Change]()
    for tries in _TRIES:
        if out_of_time():
            break
        if emptied_by not in _HOPELESS.get(tries, ()):
            found += tries(sieve, need)
    return sorted(found, key=lambda change: change.effort)[:MOST_CHANGES]


def _found(sieve: Sieve, need: PooledNeed) -> Sequence[Found]:
    """The offers that are free for the need; none unless they suffice for it."""
    return sieve.sift(need).found


def _farther(sieve: Sieve, need: PooledNeed) -> Iterator[Change]:
    """The nearest offer is enough, unless several are needed: then as far as it takes to have them all."""
    if need.max_distance_km is None:
        return
    found = _found(sieve, replace(need, max_distance_km=FARTHEST_KM))
    for each in sorted(found, key=lambda each: each.distance_m or 0)[:MOST_DISTANCES]:
        distance_km = (places.exact_m(need, each.offer) or 0) / 1000
        extra_km = max(ceil(distance_km - need.max_distance_km), 1)
        if _found(sieve, replace(need, max_distance_km=need.max_distance_km + extra_km)):
            facts = {"fartherKm": extra_km, "distanceKm": ceil(distance_km)}
            yield Change("distance", facts, str(each.offer.offer_id), extra_km / max(need.max_distance_km, 10))
            return


def _other_time(sieve: Sieve, need: PooledNeed) -> Iterator[Change]:
    match need.timing:
        case Fixed() | Flexible():
            yield from _shifted(sieve, need, need.timing)
        case Weekly():
            yield from _first(sieve, need, _other_weeks(need.timing))
        case Period():
            yield from _first(sieve, need, _other_periods(need.timing))


Variant = tuple[str, dict[str, Any], float, Timing]


def _first(sieve: Sieve, need: PooledNeed, variants: Iterator[Variant]) -> Iterator[Change]:
    """The first of some timings, least effort first, that is free."""
    for code, facts, effort, timing in sorted(variants, key=lambda variant: variant[2]):
        if found := _found(sieve, replace(need, timing=timing)):
            yield Change(code, facts, str(found[0].offer.offer_id), effort)
            return


def _shifted(sieve: Sieve, need: PooledNeed, timing: Fixed | Flexible) -> Iterator[Change]:
    """All starts within two weeks at once; the one with the least shift from what was asked."""
    first, last, duration_min = _asked_starts(sieve.market.calendar, timing)
    reach = timedelta(days=SHIFT_DAYS)
    calendar = sieve.market.calendar
    window = Flexible(
        calendar.instant(first) - reach, calendar.instant(last + duration_min) + reach, duration_min, SHIFT_STEP_MIN
    )
    ways = [
        (start - min(max(start, first), last), each)
        for each in _found(sieve, replace(need, timing=window))
        for start, _ in each.ways.spans
    ]
    if ways:
        shift_min, each = min(ways, key=lambda way: (_shift_effort(way[0]), way[0] < 0))
        start = calendar.instant(shift_min + (first if shift_min < 0 else last))
        facts = {"shiftMin": shift_min, "start": start.isoformat()}
        yield Change("time", facts, str(each.offer.offer_id), _shift_effort(shift_min))


def _asked_starts(calendar: Calendar, timing: Fixed | Flexible) -> tuple[int, int, int]:
    """The first and last start asked for, and the length, in minutes."""
    if isinstance(timing, Fixed):
        start = calendar.floor(timing.start)
        return start, start, calendar.ceil(timing.end) - start
    first = calendar.floor(timing.earliest)
    return first, first + (timing.starts - 1) * timing.step_min, timing.duration_min


def _shift_effort(shift_min: int) -> float:
    """Whole days at the same hour are less trouble than as many hours."""
    days = round(abs(shift_min) / MINUTES_PER_DAY)
    return days + abs(abs(shift_min) - days * MINUTES_PER_DAY) / (MINUTES_PER_DAY / 2)


def _other_weeks(timing: Weekly) -> Iterator[Variant]:
    yield "several_places", {}, 0.6, replace(timing, same_resource=False)
    for old in timing.weekdays:
        for new in range(5):
            if new not in timing.weekdays:
                weekdays = tuple(new if day == old else day for day in timing.weekdays)
                facts = {"from": WEEKDAYS[old], "to": WEEKDAYS[new]}
                yield from _weekly("weekday", facts, 0.8 + abs(new - old) / 10, timing, weekdays=weekdays)
    for hours in (-3, -2, -1, 1, 2, 3):
        start, end = (_moved(at, hours) for at in (timing.from_time, timing.until_time))
        if start is not None and end is not None and start < end:
            moved: dict[str, Any] = {"shiftMin": hours * 60, "fromTime": f"{start:%H:%M}"}
            yield from _weekly("time", moved, abs(hours) / 4, timing, from_time=start, until_time=end)


def _weekly(code: str, facts: dict[str, Any], effort: float, timing: Weekly, **changed: Any) -> Iterator[Variant]:
    changed_timing = replace(timing, **changed)
    yield code, facts, effort, changed_timing


def _moved(at: time, hours: int) -> time | None:
    moved = at.hour + hours
    return at.replace(hour=moved) if 0 <= moved <= 23 and at != time.min else None


def _other_periods(timing: Period) -> Iterator[Variant]:
    for weeks in (*range(-SHIFT_WEEKS, 0), *range(1, SHIFT_WEEKS + 1)):
        shift = timedelta(weeks=weeks)
        moved = Period(timing.first + shift, timing.last + shift if timing.last else None)
        yield "period", {"shiftDays": shift.days, "first": moved.first.isoformat()}, abs(weeks) / 2, moved
    for weeks in range(1, SHIFT_WEEKS + 1):
        later = timing.first + timedelta(weeks=weeks)
        if timing.last and later <= timing.last:
            shorter = replace(timing, first=later)
            yield "shorter", {"days": 7 * weeks, "first": later.isoformat()}, weeks / 2 + 0.1, shorter
            earlier = timing.last - timedelta(weeks=weeks)
            shorter = replace(timing, last=earlier)
            yield "shorter", {"days": 7 * weeks, "last": earlier.isoformat()}, weeks / 2 + 0.1, shorter


def _less(sieve: Sieve, need: PooledNeed) -> Iterator[Change]:
    """The largest amount for which something is free, found by halving."""
    asked, changed = _size(need)
    least, most = 0, asked
    offer_id = ""
    while most - least > 1:
        middle = (least + most) // 2
        if found := _found(sieve, changed(middle)):
            least, offer_id = middle, str(found[0].offer.offer_id)
        else:
            most = middle
    if least:
        facts = {"fewer": asked - least, "amount": least}
        yield Change("amount", facts, offer_id, 2 * (asked - least) / asked)


def _size(need: PooledNeed) -> tuple[int, Callable[[int], PooledNeed]]:
    """How much is asked for, and the same need for less."""
    asks = need.requirements
    if isinstance(asks, SpaceRequirements):
        people = max(need.amount, asks.people)
        return people, lambda n: replace(need, amount=min(need.amount, n), requirements=replace(asks, people=n))
    if isinstance(asks, VehicleRequirements):
        return asks.seats, lambda n: replace(need, requirements=replace(asks, seats=n))
    return need.amount, lambda n: replace(need, amount=n, parts=min(need.parts, n))


def _without(sieve: Sieve, need: PooledNeed) -> Iterator[Change]:
    """Each must-have that alone stands in the way."""
    for subject, requirements in _one_dropped(need.requirements):
        if found := _found(sieve, replace(need, requirements=requirements)):
            yield Change("requirement", {"subject": subject}, str(found[0].offer.offer_id), 1.0)


def _one_dropped(asks: Any) -> Iterator[tuple[str, Any]]:
    """The requirements with one must-have less, and what that was."""
    for name in _MUSTS.get(type(asks), ()):
        value = getattr(asks, name)
        default = next(field for field in fields(asks) if field.name == name)
        if isinstance(value, frozenset):
            for each in sorted(value):
                yield f"{name}.{each}", replace(asks, **{name: value - {each}})
        elif isinstance(value, dict):
            for each in sorted(value):
                yield f"{name}.{each}", replace(asks, **{name: {key: n for key, n in value.items() if key != each}})
        elif value != default.default:
            yield name, replace(asks, **{name: default.default})


_MUSTS: dict[type, tuple[str, ...]] = {
    SpaceRequirements: ("equipment_must", "access_must"),
    FurnitureRequirements: ("min_condition", "max_width_cm", "max_depth_cm", "max_height_cm"),
    VehicleRequirements: ("min_range_km", "towing_kg"),
    StaffRequirements: ("skills_must", "languages"),
}


def _more_lots(sieve: Sieve, need: PooledNeed) -> Iterator[Change]:
    if need.family is not Family.FURNITURE or isinstance(need.timing, Flexible):
        return  # several lots have to start together, at a fixed time
    for parts in range(need.parts + 1, min(MOST_PARTS, need.amount) + 1):
        if found := _found(sieve, replace(need, parts=parts)):
            yield Change("parts", {"parts": parts}, str(found[0].offer.offer_id), (parts - need.parts) / 2)
            return


def _other_kind(sieve: Sieve, need: PooledNeed) -> Iterator[Change]:
    if need.kind is not None and (found := _found(sieve, replace(need, kind=None))):
        yield Change("kind", {"kind": found[0].offer.kind}, str(found[0].offer.offer_id), 1.5)


_TRIES: tuple[Callable[[Sieve, PooledNeed], Iterator[Change]], ...] = (
    _farther,
    _other_time,
    _less,
    _without,
    _more_lots,
    _other_kind,
)
_EARLY = frozenset({Filter.KIND, Filter.PLACE})
_HOPELESS: dict[Callable[[Sieve, PooledNeed], Iterator[Change]], frozenset[Filter]] = {
    _farther: frozenset({Filter.KIND}),
    _other_time: _EARLY,
    _less: _EARLY,
    _without: _EARLY | {Filter.TIME, Filter.SIZE},
    _more_lots: _EARLY,
}
"""What need not be tried: a change of something that is looked at only after the filter that left nothing."""
