"""Whether needs that belong together could be served beside each other."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from marketplace.planning.candidates.filters import CandidateFilter
from marketplace.planning.encoding.build import Built, Demand, build_from
from marketplace.planning.encoding.decode import take_if_it_fits, takings_of
from marketplace.planning.options.policy import Policy
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import Snapshot, Taken
from matching.explain.what_if import Losses
from matching.mip.limits import Limits
from matching.problem.problem import Problem


def fit_together(filters: CandidateFilter, policy: Policy, needs: Sequence[OpenNeed]) -> bool:
    """Tell whether all of a bundle's needs could be served beside each other by what the filters leave."""
    built = build_from(filters.asking(needs), policy, name="bundle", seed=1)
    found = [each.demands for each in built.considered]
    is_whole = len(found) == len(needs) and all(found)
    return is_whole and could_be_served(built, [demand for demands in found for demand in demands])


def could_be_served(built: Built, demands: Sequence[Demand]) -> bool:
    """Tell whether the demands of a bundle, or those of one need, could be served beside each other.

    Mostly each can simply be given its best; only else has it to be solved.
    """
    choices = any(demand.need.alternative_group is not None for demand in demands)
    return (not choices and _fit_in_order(built.snapshot, demands)) or not _is_impossible(built, demands)


def _fit_in_order(snapshot: Snapshot, demands: Sequence[Demand]) -> bool:
    taken = dict(snapshot.taken)
    return all(_take(snapshot.capacities, taken, demand) for demand in demands)


def _take(capacities: Mapping[UUID, int], taken: dict[UUID, Sequence[Taken]], demand: Demand) -> bool:
    """Take the best options that fit, or the largest lots; tell whether that is enough."""
    missing, parts = demand.amount, demand.parts
    options = demand.options if parts == 1 else demand.options.largest_first()
    for option in options:
        amount = min(option.most, missing)
        if take_if_it_fits(capacities, taken, takings_of(option, option.amount * amount)):
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
