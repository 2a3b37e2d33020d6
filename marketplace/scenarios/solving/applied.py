"""A run's problem with the changes of a scenario."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import numpy as np

from core.errors import BadInput, InvalidParameter
from marketplace.planning.options.policy import MEANINGS, Policy
from marketplace.scenarios.solving.base import Base
from marketplace.scenarios.solving.changes import Add, Change, Close, Forbid, Lock, Weigh
from marketplace.scenarios.solving.locks import fitting
from marketplace.scenarios.solving.weighing import promising, rescored
from matching import repair
from matching.arrays.arrays import Arrays, Ints

LARGEST_WEIGHT = 40_000
MOST_ADDED = 1000
OF_OFFERS = tuple(name for name in MEANINGS if name not in {"amount", "stability"})
"""Criteria that score offers, which can be weighed anew by what a run has stored of them."""
WEIGHABLE = (*OF_OFFERS, "stability")


@dataclass(frozen=True, eq=False)
class Applied:
    """The problem as it is then, what that touches, and the positions of the changes that do not fit beside others."""

    arrays: Arrays
    policy: Policy
    touched: repair.Change
    unfitting: tuple[int, ...]


def apply(base: Base, changes: Sequence[Change]) -> Applied:
    """Return the problem with the changes.

    Raises
    ------
    BadInput
        Some are about what the run did not look at, or go too far; each is named.
    """
    _check(base, changes)
    arrays, policy = base.arrays, _policy(base.policy, changes)
    if policy is not base.policy:
        score = rescored(base, policy)
        arrays = replace(arrays, score=score, stability=policy.weights.stability)
    units = [np.empty(0, np.int64)]
    for each in changes:
        if isinstance(each, Add):
            units.append(_units_of(base, each.offer_id))
            arrays = _with_more(arrays, base.options_of(each.offer_id), units[-1], each.amount)
    arrays = replace(arrays, forbidden=np.union1d(arrays.forbidden, _forbidden(base, changes)))
    locks = {n: each for n, each in enumerate(changes) if isinstance(each, Lock)}
    fixed, unfitting = fitting(base, arrays, locks)
    arrays = replace(arrays, fixed=fixed)
    needs = promising(base, arrays) if policy is not base.policy else np.empty(0, np.int64)
    return Applied(arrays, policy, repair.Change(needs, np.concatenate(units)), unfitting)


def _check(base: Base, changes: Sequence[Change]) -> None:
    wrong = [fault.under(f"changes[{n}]") for n, each in enumerate(changes) for fault in _faults(base, each)]
    if wrong:
        raise BadInput.of(wrong)
    _policy(base.policy, changes)


def _faults(base: Base, change: Change) -> Iterator[InvalidParameter]:
    match change:
        case Lock() | Forbid():
            yield from _faults_of_need(base, change)
        case Close() | Add():
            yield from _faults_of_offer(base, change)
        case Weigh(criterion=criterion, points=points):
            if criterion not in weighable(base.policy):
                known = ", ".join(weighable(base.policy))
                yield InvalidParameter("criterion", criterion, f"it has to be one of {known}")
            if not 0 <= points < LARGEST_WEIGHT:
                yield InvalidParameter("points", points, f"it has to be from 0 through {LARGEST_WEIGHT - 1}")


def _faults_of_need(base: Base, change: Lock | Forbid) -> Iterator[InvalidParameter]:
    need = base.need(change.need_id)
    if need is None:
        yield InvalidParameter("needId", change.need_id, "the run did not look at this need")
    elif change.offer_id is not None and str(change.offer_id) not in need.offers:
        yield InvalidParameter("offerId", change.offer_id, "the offer could not serve the need in the run")
    elif change.offer_id is None and not len(base.taken_by(change.need_id)):
        yield InvalidParameter("needId", change.need_id, "the run gave the need nothing that it could keep")


def _faults_of_offer(base: Base, change: Close | Add) -> Iterator[InvalidParameter]:
    if not len(base.options_of(change.offer_id)):
        yield InvalidParameter("offerId", change.offer_id, "the offer could serve no need in the run")
    if isinstance(change, Add) and not 1 <= change.amount <= MOST_ADDED:
        yield InvalidParameter("amount", change.amount, f"it has to be from 1 through {MOST_ADDED}")


def weighable(policy: Policy) -> list[str]:
    """Return the criteria that can be weighed anew: of one that weighed nothing, nothing is stored to weigh."""
    return [name for name in WEIGHABLE if name == "stability" or getattr(policy.weights, name)]


def _policy(policy: Policy, changes: Iterable[Change]) -> Policy:
    new = {each.criterion: each.points for each in changes if isinstance(each, Weigh)}
    if not new:
        return policy
    try:
        return replace(policy, weights=replace(policy.weights, **new))
    except ValueError as error:
        total = sum(new.get(name, getattr(policy.weights, name)) for name in OF_OFFERS)
        reason = f"what offers can lose may add up to {LARGEST_WEIGHT - 1} points at most: lower another weight too"
        raise BadInput("points", total, reason) from error


def _units_of(base: Base, offer_id: UUID) -> Ints:
    return np.unique(base.arrays.claim_unit[np.isin(base.arrays.claim_option, base.options_of(offer_id))])


def _with_more(arrays: Arrays, options: Ints, units: Ints, amount: int) -> Arrays:
    """So much more of some units, wherever there may be any; of lots that are put together more can be taken too."""
    capacity, pieces, most = arrays.capacity.copy(), arrays.pieces.copy(), arrays.most.copy()
    whole = units[capacity[units] > 0]
    capacity[whole] += amount
    pieces[np.isin(pieces[:, 0], units), 3] += amount
    need = np.searchsorted(arrays.option_from, options, side="right") - 1
    several = arrays.parts[need] > 1
    most[options[several]] = np.minimum(most[options] + amount, arrays.amount[need])[several]
    return replace(arrays, capacity=capacity, pieces=pieces, most=most)


def _forbidden(base: Base, changes: Iterable[Change]) -> Ints:
    found = [np.empty(0, np.int64)]
    for each in changes:
        match each:
            case Close(offer_id=offer_id):
                found.append(base.options_of(offer_id))
            case Forbid(need_id=need_id, offer_id=offer_id):
                found.append(base.options_of(offer_id, need_id))
    return np.concatenate(found)
