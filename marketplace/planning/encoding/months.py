"""Adding to a problem that networks ask nobody for more hours of a month than agreed."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np

from marketplace.planning.candidates.network_hours import NetworkHours
from marketplace.planning.encoding.encode import Decided
from marketplace.planning.snapshot.snapshot import Snapshot
from matching.arrays.arrays import Arrays, Names

ONE_MINUTE = (0, 1)


def with_months(arrays: Arrays, snapshot: Snapshot, demands: Sequence[Decided], asking: Sequence[int]) -> Arrays:
    """Return a problem in which options of some demands, by their places, take of what is left of cards' months too."""
    if not asking:
        return arrays
    hours, units = NetworkHours(snapshot), dict[UUID, tuple[int, int]]()
    claims: list[tuple[int, int, int]] = []
    for place in asking:
        for number, option in enumerate(demands[place].options, int(arrays.option_from[place])):
            for unit, left, minutes in hours.claims(option.offer, option.during):
                at, _ = units.setdefault(unit, (len(arrays.unit_ids) + len(units), left))
                claims.append((number, at, minutes))
    options, taken, loads = np.array(claims, np.int64).reshape(-1, 3).T
    claim_option = np.concatenate((arrays.claim_option, options))
    order = np.argsort(claim_option, kind="stable")
    start, end = (np.full(len(options), moment) for moment in ONE_MINUTE)
    return replace(
        arrays,
        unit_ids=Names([*arrays.unit_ids, *map(str, units)]),
        capacity=np.concatenate((arrays.capacity, [left for _, left in units.values()])).astype(np.int64),
        position=np.concatenate((arrays.position, np.full((len(units), 2), np.nan))),
        claim_option=claim_option[order],
        claim_unit=np.concatenate((arrays.claim_unit, taken))[order],
        claim_load=np.concatenate((arrays.claim_load, loads))[order],
        claim_start=np.concatenate((arrays.claim_start, start))[order],
        claim_end=np.concatenate((arrays.claim_end, end))[order],
    )
