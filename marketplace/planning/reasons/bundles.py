"""Whether needs that belong together could be served beside each other, and whether a run would."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice
from uuid import UUID

from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.encoding.build import Built, Demand, consider
from marketplace.planning.encoding.decode import Taking, take_if_it_fits, takings_of
from marketplace.planning.options.options import Option
from marketplace.planning.options.policy import MOST_EARLY, Policy
from marketplace.planning.snapshot.calendar import levels
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import Snapshot, Taken
from matching.explain.what_if import Losses
from matching.mip.limits import Limits
from matching.problem.problem import Problem

MOST_TRIES = 300
"""Options that are tried in one another's place, to have all of a bundle."""


def would_take(
    filters: CandidateFilter, left: Snapshot, policy: Policy, needs: Sequence[OpenNeed]
) -> Sequence[Taking] | None:
    """Return what the next run would take for a need, or for all of a bundle, of what is left.

    None if it would propose nothing: what serves them has to be among the options that a run has, which knows what
    `filters` do and not what it will take for others itself; it has to be worth it; and a series needs half its dates.
    """
    found = consider(filters.asking(needs), policy)
    if len(found) < len(needs) or not all(each.demands and 2 * len(each.demands) >= each.dates for each in found):
        return None
    if needs[0].together:
        choices = any(need.alternative_group is not None for need in needs)
        return None if choices else _worth_taking(left, [demand for each in found for demand in each.demands])
    [asked] = found
    each_takes = [_worth_taking(left, [demand]) for demand in asked.demands]
    won = [takings for takings in each_takes if takings is not None]
    return [taking for takings in won for taking in takings] if won and 2 * len(won) >= asked.dates else None


def _worth_taking(left: Snapshot, demands: Sequence[Demand]) -> Sequence[Taking] | None:
    """What demands that belong together would take; None if serving them all gains nothing, or can't be done."""
    placed = _placed(left.capacities, left.taken, demands, count())
    if placed is None:
        return None
    least = sum(demand.value - MOST_EARLY for demand in demands)  # however late it was asked for
    gain = least + sum(demand.score(option) * times for demand, option, times in placed)
    return (
        [each for _, option, times in placed for each in takings_of(option, option.amount * times)]
        if gain > 0
        else None
    )


def _placed(
    capacities: Mapping[UUID, int],
    taken: Mapping[UUID, Sequence[Taken]],
    demands: Sequence[Demand],
    tries: Iterator[int],
) -> list[tuple[Demand, Option, int]] | None:
    """Give each its best beside what the others have, trying the next best where that leaves one with nothing."""
    if not demands:
        return []
    demand, rest = demands[0], demands[1:]
    starts = range(len(demand.options)) if demand.parts == 1 and rest else (0,)
    for skipped in starts:
        if next(tries) >= MOST_TRIES:
            return None
        beside = dict(taken)
        own = _take(capacities, beside, demand, skipped)
        if own is None:
            return None
        found = _placed(capacities, beside, rest, tries)
        if found is not None:
            return [*((demand, option, times) for option, times in own), *found]
    return None


def could_be_served(built: Built, demands: Sequence[Demand]) -> bool:
    """Tell whether the demands of a bundle, or those of one need, could be served beside each other.

    Mostly each can simply be given its best; only else has it to be solved.
    """
    choices = any(demand.need.alternative_group is not None for demand in demands)
    return (not choices and _fit_in_order(built.snapshot, demands)) or not _is_impossible(built, demands)


def _fit_in_order(snapshot: Snapshot, demands: Sequence[Demand]) -> bool:
    taken = dict(snapshot.taken)
    return all(_take(snapshot.capacities, taken, demand) is not None for demand in demands)


def _take(
    capacities: Mapping[UUID, int], taken: dict[UUID, Sequence[Taken]], demand: Demand, skipped: int = 0
) -> list[tuple[Option, int]] | None:
    """Take the best options that fit, or the largest lots, each so many times; None if that is not enough."""
    missing, parts, found = demand.amount, demand.parts, []
    options = demand.options if parts == 1 else demand.options.largest_first()
    for option in islice(options, skipped, None):
        amount = min(option.most, missing, _times_left(capacities, taken, option) if demand.parts > 1 else 1)
        if amount and take_if_it_fits(capacities, taken, takings_of(option, option.amount * amount)):
            missing, parts = missing - amount, parts - 1
            found.append((option, amount))
        if not missing or not parts:
            break
    return None if missing else found


def _times_left(capacities: Mapping[UUID, int], taken: Mapping[UUID, Sequence[Taken]], option: Option) -> int:
    """How often there is enough left for an option."""
    return min(
        levels(capacities.get(each.unit, 0), taken.get(each.unit, ())).least(each.start, each.end) // each.amount
        for each in takings_of(option, option.amount)
    )


def _is_impossible(built: Built, demands: Sequence[Demand]) -> bool:
    """Solve what belongs together by itself, as if there were nobody else."""
    keys = tuple(demand.key for demand in demands)
    needs = tuple(built.problem.need_of[key] for key in keys)
    units = dict.fromkeys(claim.unit for need in needs for option in need.options for claim in option.claims)
    known = frozenset(keys)
    alone = Problem(
        name=keys[0],
        units=tuple(built.problem.unit_of[unit] for unit in units),
        needs=needs,
        together=(keys,) if demands[0].need.together else (),
        alternatives=tuple(group for group in built.problem.alternatives if known.issuperset(group)),
    )
    return Losses(alone, (), Limits(None), 0, len(keys)).why_unserved(keys[0]) == "no_option"
