"""The smallest change that would have served a need: found by making it, and so proven.

One thing is changed at a time, and the filters are run again over what the plan leaves free. What is suggested is
therefore a change after which at least one offer is free for the need, or several lots together where they may be; and
where the need goes together with others, all of them can be had beside each other then. `proof` holds that a run
would propose it: something that is free may be worth too little, or be too few dates of a series.

A change never gives up what the need is for: no must-have is dropped, another kind is one that does for it, and at
least half of the amount and of the time stays, unless no longer loan is allowed. Which must-have alone stands in the
way is told, but not as advice.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil
from uuid import UUID

import numpy as np
from msgspec.structs import replace as with_offer

from core.time.timing import Flexible, Period
from marketplace.planning.candidates import distances
from marketplace.planning.candidates.candidates import Filter
from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.encoding.decode import Taking
from marketplace.planning.reasons.other_times import other_times
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import OpenOffer
from marketplace.requests.rules import FARTHEST_KM
from marketplace.runs.changes import Farther, Fewer, KnownChange, MoreLots, OtherKind, Shorter, WithoutRequirement
from resources.families import family_of

MOST_PARTS = 6
MOST_DISTANCES = 10
LEAST_SHARE = 2
"""Of what is asked for at least one part in so many has to be left of a smaller need."""

Proof = Callable[[OpenNeed], Sequence[Taking] | None]
"""What a need, as it is after a change, would take with all that it goes together with; None if it gets nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing to change, with an offer that is free for the need as it is then.

    `effort` compares changes with each other: 1 is about as much as a day later.
    """

    told: KnownChange
    need: OpenNeed
    effort: float
    takings: Sequence[Taking] = ()


class ChangeSearch:
    """The search for the smallest changes for one need, a step at a time: what is most likely to help comes first."""

    def __init__(self, filters: CandidateFilter, need: OpenNeed, proof: Proof) -> None:
        emptied_by = filters.apply(need).emptied_by
        first = _FIRST_TRY.get(emptied_by)
        tries = [tries for tries in _TRIES if emptied_by not in _HOPELESS.get(tries, ())]
        self.is_free = emptied_by is None and proof(need) is not None
        """Whether nothing has to be changed."""
        self._left = [] if self.is_free else sorted(tries, key=lambda tries: tries is not first)
        self._filters = filters
        self._need = need
        self._proof = proof
        self._found: list[Change] = []

    @property
    def is_over(self) -> bool:
        """Whether everything has been tried."""
        return not self._left

    @property
    def found(self) -> list[Change]:
        """The changes found so far, the least first."""
        advised = [change for change in self._found if not isinstance(change.told, WithoutRequirement)]
        return sorted(advised, key=lambda change: change.effort)

    @property
    def only_missing(self) -> tuple[str, ...]:
        """The must-haves found so far that alone stand in the way."""
        return tuple(change.told.subject for change in self._found if isinstance(change.told, WithoutRequirement))

    def step(self) -> None:
        """Try what is next, if anything is."""
        if self._left:
            for change in self._left.pop(0)(self._filters, self._need):
                takings = self._proof(change.need)
                if takings is not None:
                    self._found.append(replace(change, takings=takings))
                    if not isinstance(change.told, WithoutRequirement):  # of one kind the least is enough
                        break


def searches(
    filters: CandidateFilter, needs: Iterable[OpenNeed], out_of_time: Callable[[], bool], proof: Proof = lambda _: ()
) -> dict[UUID, ChangeSearch]:
    """Return what was found for each of some needs until the time was out, or there was nothing left to try.

    The first try for every need comes before the second for any. `proof` has to hold of what is suggested beside the
    filters, which look at the need alone.
    """
    begun: dict[UUID, ChangeSearch] = {}
    for need in needs:
        if out_of_time():
            break
        begun[need.need_id] = ChangeSearch(filters, need, proof)
        begun[need.need_id].step()
    going_on = list(begun.values())
    while going_on := [search for search in going_on if not search.is_over]:
        for search in going_on:
            if out_of_time():
                return begun
            search.step()
    return begun


def _free_for(filters: CandidateFilter, need: OpenNeed) -> OpenOffer | None:
    """An offer that is free for the need; none unless there is enough for it."""
    found = filters.apply(need)
    return found.table.offers[int(found.rows[0])] if len(found) else None


def _farther(filters: CandidateFilter, need: OpenNeed) -> Iterator[Change]:
    """The nearest offer is enough, unless several are needed: then as far as it takes to have them all."""
    if need.max_distance_km is None:
        return
    found = filters.apply(replace(need, max_distance_km=FARTHEST_KM))
    known = np.flatnonzero(np.isfinite(found.distances_m))
    for place in known[np.argsort(found.distances_m[known], kind="stable")][:MOST_DISTANCES].tolist():
        offer = found.table.offers[int(found.rows[place])]
        distance_km = (distances.exact_m(need, offer) or 0) / 1000
        extra_km = max(ceil(distance_km - need.max_distance_km), 1)
        farther = replace(need, max_distance_km=need.max_distance_km + extra_km)
        if _free_for(filters, farther):
            in_all = ceil(need.max_distance_km + extra_km)
            told = Farther(farther_km=extra_km, distance_km=in_all, offer_id=offer.offer_id)
            yield Change(told, farther, extra_km / max(need.max_distance_km, 10))


def _other_time(filters: CandidateFilter, need: OpenNeed) -> Iterator[Change]:
    if filters.apply(need).emptied_by is Filter.LOAN_RULES:
        yield from shortened(filters, need)
    for change, effort, timing in other_times(filters, need):
        moved = replace(need, timing=timing)
        if offer := _free_for(filters, moved):
            yield Change(with_offer(change, offer_id=offer.offer_id), moved, effort)


def shortened(filters: CandidateFilter, need: OpenNeed) -> Iterator[Change]:
    """Yield the longest period, with the same first day, for which somebody is free and may be lent: by halving."""
    timing = need.timing
    if not isinstance(timing, Period) or timing.last is None:
        return
    asked = (timing.last - timing.first).days + 1
    longest, most, offer = 0, asked, None
    while most - longest > 1:
        middle = (longest + most) // 2
        if found := _free_for(filters, replace(need, timing=_lasting(timing, middle))):
            longest, offer = middle, found
        else:
            most = middle
    if offer:
        shorter = _lasting(timing, longest)
        told = Shorter(days=asked - longest, last=f"{shorter.last}", offer_id=offer.offer_id)
        yield Change(told, replace(need, timing=shorter), 2 * (asked - longest) / asked)


def _lasting(timing: Period, days: int) -> Period:
    return Period(timing.first, timing.first + timedelta(days=days - 1))


def _less(filters: CandidateFilter, need: OpenNeed) -> Iterator[Change]:
    """The largest amount for which something is free, found by halving; half of what is asked for at least."""
    asked, changed = smaller(need)
    least, most, offer = (asked - 1) // LEAST_SHARE, asked, None
    while most - least > 1:
        middle = (least + most) // 2
        if found := _free_for(filters, changed(middle)):
            least, offer = middle, found
        else:
            most = middle
    if offer:
        told = Fewer(fewer=asked - least, amount=least, offer_id=offer.offer_id)
        yield Change(told, changed(least), 2 * (asked - least) / asked)


def smaller(need: OpenNeed) -> tuple[int, Callable[[int], OpenNeed]]:
    """Return how much is asked for, and what makes the same need for less."""
    sized, asks = family_of(need.family).sized, need.requirements
    if sized is None:
        return need.amount, lambda n: replace(need, amount=n, parts=min(need.parts, n))
    size = max(need.amount, int(getattr(asks, sized.asked)))
    return size, lambda n: replace(need, amount=min(need.amount, n), requirements=replace(asks, **{sized.asked: n}))


def _without(filters: CandidateFilter, need: OpenNeed) -> Iterator[Change]:
    """Each must-have that alone stands in the way, but for what the need is for."""
    for subject, requirements in family_of(need.family).one_dropped(need.requirements):
        modest = replace(need, requirements=requirements)
        if offer := _free_for(filters, modest):
            yield Change(WithoutRequirement(subject=subject, offer_id=offer.offer_id), modest, 1.0)


def _more_lots(filters: CandidateFilter, need: OpenNeed) -> Iterator[Change]:
    if not family_of(need.family).several_lots or isinstance(need.timing, Flexible):
        return  # several lots have to start together, at a fixed time
    for parts in range(need.parts + 1, min(MOST_PARTS, need.amount) + 1):
        split = replace(need, parts=parts)
        if offer := _free_for(filters, split):
            yield Change(MoreLots(parts=parts, offer_id=offer.offer_id), split, (parts - need.parts) / 2)


def _other_kind(filters: CandidateFilter, need: OpenNeed) -> Iterator[Change]:
    if need.kind is None:
        return
    alike = family_of(need.family).kinds_like(need.kind)
    kinds = dict.fromkeys(offer.kind for offer in filters.apply(replace(need, kind=None)).offers)
    for kind in (kind for kind in kinds if kind in alike):
        other = replace(need, kind=kind)
        if offer := _free_for(filters, other):
            yield Change(OtherKind(kind=kind, offer_id=offer.offer_id), other, 1.5)


Try = Callable[[CandidateFilter, OpenNeed], Iterator[Change]]

_TRIES: tuple[Try, ...] = (
    _farther,
    _other_time,
    _less,
    _without,
    _more_lots,
    _other_kind,
)
_EARLY = frozenset({Filter.KIND, Filter.PLACE})
_HOPELESS: dict[Try, frozenset[Filter]] = {
    _farther: frozenset({Filter.KIND}),
    _other_time: _EARLY,
    _less: _EARLY,
    _without: _EARLY | {Filter.TIME},
    _more_lots: _EARLY,
}
"""What need not be tried: a change of something that is looked at only after the filter that left nothing."""
_FIRST_TRY: dict[Filter | None, Try] = {
    Filter.KIND: _other_kind,
    Filter.PLACE: _farther,
    Filter.TIME: _other_time,
    Filter.SIZE: _less,
    Filter.REQUIREMENTS: _without,
    Filter.LOAN_RULES: _other_time,
    None: _other_time,
}
"""What is tried first, by the filter that left nothing of what others did not take."""
