"""Whether what belongs together could be served at all, if everybody else gave way."""

from collections.abc import Sequence
from uuid import UUID

from marketplace.planning.encoding.build import Built, Demand
from marketplace.planning.encoding.decode import takings_of
from marketplace.planning.snapshot.calendar import levels
from marketplace.planning.snapshot.market import Market, Taken
from matching.explain.what_if import Losses
from matching.mip.limits import Limits
from matching.problem.problem import Problem


def could_be_served(built: Built, demands: Sequence[Demand]) -> bool:
    """Tell whether the demands of a bundle, or those of one need, could be served beside each other.

    Mostly each can simply be given its best; only else has it to be solved.
    """
    choices = any(demand.need.alternative_group is not None for demand in demands)
    return (not choices and _fit_in_order(built.market, demands)) or not _is_impossible(built, demands)


def _fit_in_order(market: Market, demands: Sequence[Demand]) -> bool:
    taken: dict[UUID, list[Taken]] = {}
    return all(_take(market, taken, demand) for demand in demands)


def _take(market: Market, taken: dict[UUID, list[Taken]], demand: Demand) -> bool:
    """Take the best options that fit, or the largest lots; tell whether that is enough."""
    missing, parts = demand.amount, demand.parts
    options = demand.options if parts == 1 else sorted(demand.options, key=lambda option: -option.most)
    for option in options:
        amount = min(option.most, missing)
        takings = takings_of(option, option.amount * amount)
        if all(
            levels(market.capacities[each.unit], [*market.taken.get(each.unit, ()), *taken.get(each.unit, ())]).least(
                each.start, each.end
            )
            >= each.amount
            for each in takings
        ):
            for each in takings:
                taken.setdefault(each.unit, []).append((each.start, each.end, each.amount))
            missing, parts = missing - amount, parts - 1
        if not missing or not parts:
            break
    return not missing


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
