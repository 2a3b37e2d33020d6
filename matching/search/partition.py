"""Partition of the needs, or units, into blocks that lie close to each other, a different one every time.

Who could never share a unit, rooms and vehicles for instance, hinder each other at most through a bundle: they are
markets apart, and a block is of one market where that is large enough. So it reaches as far as it can.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from matching.arrays.arrays import Floats, Ints
from matching.arrays.graphs import components
from matching.model.formulation import Formulation
from matching.params.search import SEARCH_DEFAULTS

LITTLE = 0.1
"""What being apart by a standard deviation in place counts for beside one in time."""


@dataclass(frozen=True, slots=True)
class Positions:
    """A point in a plane for every unit, and for every bundle the mean of those of the units it could take; (…, 2).

    `moments` has the mean time of what each bundle could take instead, and a little of where that is. With the number
    of the market of each, (units,) and (bundles,); a bundle counts to that of its first need.
    """

    units: Floats
    bundles: Floats
    moments: Floats
    market_of_unit: Ints
    market_of_bundle: Ints


def positions(
    formulation: Formulation, random: Generator, smoothing: int = SEARCH_DEFAULTS.spatial.smoothing
) -> Positions:
    """Where units and bundles are, in degrees scaled to be even.

    Units without a position are placed close to those that the same bundles could take: random positions are averaged
    so many times over who could share a unit.
    """
    f = formulation
    units, need = _claimed(f)
    market_of_unit, market_of_need = _markets(f, units, need)
    bundles, owner = f.needs.bundles, f.needs.bundle[need]
    position = f.arrays.position * [1.0, 0.5]  # a degree of longitude is half as long as one of latitude, at 60° north
    unknown = np.isnan(position[:, 0])
    position[unknown] = random.normal(size=(int(unknown.sum()), 2))
    for _ in range(smoothing if unknown.any() else 0):
        spread = _means(_means(position, units, owner, bundles), owner, units, len(position))
        position[unknown] = _standardised(spread[unknown])
    market_of_bundle = market_of_need[f.needs.bundle_from[:-1]]
    of_bundle = _means(position, units, owner, bundles)
    moments = _standardised(np.column_stack((_moments(f), of_bundle[:, 0]))) * [1.0, LITTLE]
    return Positions(position, of_bundle, moments, market_of_unit, market_of_bundle)


def _moments(f: Formulation) -> Floats:
    """The middle of what the columns of each bundle claim, on the average, in minutes, (bundles,)."""
    a, options = f.arrays, len(f.arrays.score)
    middle = np.bincount(a.claim_option, (a.claim_start + a.claim_end) / 2, options)[f.columns.option]
    claims = np.bincount(a.claim_option, minlength=options)[f.columns.option]
    bundle = f.needs.bundle[f.columns.owner]
    moments: Floats = np.bincount(bundle, middle, f.needs.bundles) / np.maximum(
        1, np.bincount(bundle, claims, f.needs.bundles)
    )
    return moments


def _claimed(f: Formulation) -> tuple[Ints, Ints]:
    """Pairs of a unit and a need that could take it."""
    m, units = f.matrix, len(f.arrays.capacity)
    loads = m.high > m.low
    pairs = np.unique(f.columns.owner[m.column[loads]] * units + m.unit[m.low[loads]])
    return pairs % units, pairs // units


def _markets(f: Formulation, unit: Ints, need: Ints) -> tuple[Ints, Ints]:
    """Numbers for the sets of units and needs that no pair connects: those of the units, those of the needs."""
    units = len(f.arrays.capacity)
    market = components(unit, need + units, units + len(f.needs))
    return market[:units], market[units:]


def _means(points: Floats, which: Ints, owner: Ints, owners: int) -> Floats:
    """The mean of the points that each owner has; the middle of all for who has none."""
    count = np.bincount(owner, minlength=owners)
    sums = [np.bincount(owner, points[which, axis], minlength=owners) for axis in (0, 1)]
    means = np.column_stack(sums) / np.maximum(count, 1)[:, None]
    means[count == 0] = points.mean(axis=0) if len(points) else 0.0
    return means


def _standardised(points: Floats) -> Floats:
    """The points with mean 0, spread 1 and no correlation, lest the averaging draw all of them together."""
    centred = points - points.mean(axis=0)
    centred[:, 1] -= centred[:, 0] * (centred[:, 0] @ centred[:, 1]) / max(1e-12, centred[:, 0] @ centred[:, 0])
    even: Floats = centred / np.maximum(centred.std(axis=0), 1e-12)
    return even


def partition(points: Floats, weight: Ints, market: Ints, largest: float, random: Generator) -> list[Ints]:
    """Part points into blocks of a weight of at most about `largest`.

    Each market is halved again and again along a turned plane; small ones make a block together.

    Parameters
    ----------
    points
        (points, 2).
    weight, market
        Of each point, (points,).

    Returns
    -------
    list
        The points of each block by position, ascending.
    """
    angle = random.uniform(0, np.pi)
    turned = points @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    blocks, waiting = [], _markets_of_size(weight, market, largest, random)
    while waiting:
        block = waiting.pop()
        total = int(weight[block].sum())
        if total <= largest or len(block) == 1:
            blocks.append(np.sort(block))
            continue
        spread = turned[block].max(axis=0) - turned[block].min(axis=0)
        order = block[np.argsort(turned[block, int(spread[1] > spread[0])], kind="stable")]
        share = random.uniform(0.4, 0.6) if total > 2 * largest else 0.5
        middle = int(np.searchsorted(np.cumsum(weight[order]), total * share)) + 1
        middle = min(middle, len(order) - 1)
        waiting += [order[:middle], order[middle:]]
    return blocks


def _markets_of_size(weight: Ints, market: Ints, largest: float, random: Generator) -> list[Ints]:
    """Each large market by itself, small ones together up to the largest weight; in no order."""
    markets, number = np.unique(market, return_inverse=True)
    order = random.permutation(len(markets))
    place = np.argsort(order)
    by_market = np.argsort(place[number], kind="stable")
    heavy = np.bincount(place[number], weight, len(markets))
    parts: list[Ints] = []
    begin, end, held = 0, 0, 0.0
    for members, load in zip(np.bincount(place[number], minlength=len(markets)).tolist(), heavy.tolist(), strict=True):
        if held and held + load > largest:
            parts.append(by_market[begin:end])
            begin, held = end, 0.0
        end, held = end + members, held + load
    return [*parts, by_market[begin:end]] if end else parts
