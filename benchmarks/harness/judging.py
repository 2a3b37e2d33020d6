"""Is what was taken allowed, and what is it worth? Independent of the product's own checker, and quick."""

import numpy as np
from numpy.typing import NDArray

from matching.arrays.arrays import Arrays, Ints

Bools = NDArray[np.bool_]


def judged(arrays: Arrays, taken: Ints) -> tuple[int, int]:
    """The worth of rows [option, amount], and the number of needs served.

    Raises
    ------
    ValueError
        They may not be taken.
    """
    owner = np.searchsorted(arrays.option_from, taken[:, 0], side="right") - 1
    needs = len(arrays.value)
    amount = np.bincount(owner, taken[:, 1], needs).astype(np.int64)
    served = amount == arrays.amount
    _check_amounts(arrays, taken, owner, amount)
    _check_agreements(arrays, taken, served)
    _check_capacity(arrays, taken)
    worth = arrays.value[served].sum() + (arrays.score[taken[:, 0]] * taken[:, 1]).sum()
    return int(worth) + arrays.stability * _kept(arrays, taken, served), int(served.sum())


def _check_amounts(arrays: Arrays, taken: Ints, owner: Ints, amount: Ints) -> None:
    fixed_owner = np.searchsorted(arrays.option_from, arrays.fixed[:, 0], side="right") - 1
    as_fixed = np.bincount(fixed_owner, arrays.fixed[:, 1], len(amount))
    _refuse("amounts", bool(((amount != arrays.amount) & (amount != as_fixed)).any()))
    _refuse("options taken twice", len(np.unique(taken[:, 0])) < len(taken))
    _refuse("parts", bool((np.bincount(owner, minlength=len(amount)) > arrays.parts).any()))
    _refuse("most", bool(((taken[:, 1] > arrays.most[taken[:, 0]]) | (taken[:, 1] < 1)).any()))


def _check_agreements(arrays: Arrays, taken: Ints, served: Bools) -> None:
    pairs = set(map(tuple, taken.tolist()))
    _refuse("fixed", not pairs.issuperset(map(tuple, arrays.fixed.tolist())))
    _refuse("forbidden", bool(np.isin(taken[:, 0], arrays.forbidden).any()))
    fixed_owner = set((np.searchsorted(arrays.option_from, arrays.fixed[:, 0], side="right") - 1).tolist())
    for group in arrays.together:
        free = [need for need in group if need not in fixed_owner]
        _refuse("together", len(set(served[free].tolist())) > 1)
    for group in arrays.alternatives:
        _refuse("alternatives", int(served[list(group)].sum()) > 1)


def _check_capacity(arrays: Arrays, taken: Ints) -> None:
    """Sweep over every change of load and capacity of each unit; at one moment all of them count together."""
    amount = np.zeros(len(arrays.score), dtype=np.int64)
    amount[taken[:, 0]] = taken[:, 1]
    load = arrays.claim_load * amount[arrays.claim_option]
    used = load > 0
    unit, start, end, load = (
        column[used] for column in (arrays.claim_unit, arrays.claim_start, arrays.claim_end, load)
    )
    piece = arrays.pieces
    units = np.concatenate([unit, unit, piece[:, 0], piece[:, 0]])
    moments = np.concatenate([start, end, piece[:, 1], piece[:, 2]])
    changes = np.concatenate([-load, load, piece[:, 3], -piece[:, 3]])
    order = np.lexsort((moments, units))
    units, moments, changes = units[order], moments[order], changes[order]
    total = np.cumsum(changes)
    last = np.append((units[1:] != units[:-1]) | (moments[1:] != moments[:-1]), True) if len(units) else units == 0
    # Each unit's changes add up to 0, so the running total starts afresh with each unit.
    _refuse("capacity", bool((total[last] + arrays.capacity[units[last]] < 0).any()))


def _kept(arrays: Arrays, taken: Ints, served: Bools) -> int:
    """How many served needs have just the options they had."""
    before, now = (_options_by_need(arrays, options) for options in (arrays.previous[:, 0], taken[:, 0]))
    return sum(bool(served[need]) and now.get(need) == options for need, options in before.items())


def _options_by_need(arrays: Arrays, options: Ints) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    owners = np.searchsorted(arrays.option_from, options, side="right") - 1
    for need, option in zip(owners.tolist(), options.tolist(), strict=True):
        found.setdefault(need, set()).add(option)
    return found


def _refuse(what: str, wrong: bool) -> None:
    if wrong:
        raise ValueError(f"the plan breaks the rule of {what}")
