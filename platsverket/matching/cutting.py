"""Cutting the country into blocks: bundles that lie close to each other, a different cut every time."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from platsverket.matching import segments
from platsverket.matching.arrays import Floats, Ints
from platsverket.matching.formulation import Formulation

SMOOTHING = 12
"""Times that places drawn by lot are averaged over who could share a unit; then neighbours lie close."""


@dataclass(frozen=True, slots=True)
class Places:
    """A point in a plane for every unit, and for every bundle the mean of those of the units it could take."""

    units: Floats
    bundles: Floats


def places(formulation: Formulation, random: Generator) -> Places:
    """Where units and bundles are, in degrees scaled to be even.

    Units without a position are placed by the company they keep: close to those that the same bundles could take.
    """
    f = formulation
    units, owner = _claimed(f)
    bundles = len(f.bundle_from) - 1
    position = f.arrays.position * [1.0, 0.5]  # a degree of longitude is half as long as one of latitude, at 60° north
    unknown = np.isnan(position[:, 0])
    position[unknown] = random.normal(size=(int(unknown.sum()), 2))
    for _ in range(SMOOTHING if unknown.any() else 0):
        spread = _means(_means(position, units, owner, bundles), owner, units, len(position))
        position[unknown] = _standardised(spread[unknown])
    return Places(position, _means(position, units, owner, bundles))


def _claimed(f: Formulation) -> tuple[Ints, Ints]:
    """Pairs of a unit and a bundle that could take it."""
    arrays = f.arrays
    claims = segments.starts(arrays.claim_option, len(arrays.score))[f.option]
    has = np.diff(f.cell_from) > 0
    bundle = np.repeat(np.arange(len(f.bundle_from) - 1), np.diff(f.bundle_from))[f.owner]
    pairs = np.unique(bundle[has] * len(arrays.capacity) + arrays.claim_unit[claims[has]])
    return pairs % len(arrays.capacity), pairs // len(arrays.capacity)


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


def cut(points: Floats, weight: Ints, largest: int, random: Generator) -> list[Ints]:
    """The points in blocks of a weight of at most about `largest`, halved again and again along a turned plane."""
    angle = random.uniform(0, np.pi)
    turned = points @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    blocks, waiting = [], [np.arange(len(points))]
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
