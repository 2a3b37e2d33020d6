"""Prices of rows and parts by subgradients: dearer where more is wanted than there is, cheaper where less is.

The steps are those of Adam (Kingma and Ba, 2015): each price follows its own average of what was wanted, by its own
usual size, with steps that shrink geometrically. They count in what a whole row is usually worth, which for a store of
two hundred chairs is many needs and for a room one.
"""

from collections.abc import Iterator

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Floats, Ints
from matching.dual.lagrangian import Market, Response
from matching.model.formulation import Formulation
from matching.params import SEARCH_DEFAULTS, SubgradientParams


def improving(
    market: Market, price: Floats, params: SubgradientParams = SEARCH_DEFAULTS.subgradient
) -> Iterator[tuple[Floats, Response[np.float64]]]:
    """Prices from the given ones on, with the response to each: a pass for every one asked for."""
    capacity = np.maximum(market.capacity, 1).astype(np.float64)
    usual = _usual(market.formulation, len(market.capacity), params.most_differences)
    passes, memory, shrinking = params.passes, params.memory, params.last_step / params.first_step
    paid = price * capacity
    mean, square = np.zeros(len(paid)), np.zeros(len(paid))
    for turn in range(passes):
        response = market.respond(paid / capacity)
        yield paid / capacity, response
        spare = 1 - market.demand(response) / capacity
        spare[(paid <= 0) & (spare > 0)] = 0
        mean += (1 - memory) * (spare - mean)
        square += (1 - memory) * (spare * spare - square)
        fresh = 1 - memory ** (turn + 1)
        step = usual * params.first_step * shrinking ** (turn / passes)
        paid = (paid - step * (mean / fresh) / (np.sqrt(square / fresh) + 1e-8)).clip(0)


def _usual(f: Formulation, prices: int, most_differences: float) -> Floats:
    """What all that there is at each price is worth to those who could take it, on the average; else to anybody."""
    column = np.repeat(np.arange(len(f.option)), np.diff(f.cell_from))
    matters = _matters(f, most_differences)
    brings = (matters / f.missing)[f.owner[column]] / np.maximum(f.load, 1)
    rows = len(f.capacity)
    worth, claims = (
        np.cumsum(np.bincount(f.low, each, rows + 1) - np.bincount(f.high, each, rows + 1))[:-1]
        for each in (brings, np.ones(len(brings)))
    )
    usual = np.full(prices, matters.mean() if len(matters) else 0.0)
    usual[rows:] = matters[~f.single]
    claimed = claims > 0.5
    usual[:rows][claimed] = (worth * f.capacity)[claimed] / claims[claimed]
    return usual


def _matters(f: Formulation, most_differences: float) -> Floats:
    """What prices decide about for each need: whether it is served, but no more than some times where."""
    score = f.score.astype(np.float64)
    best, worst = segments.maxima(score, f.column_from, 0), -segments.maxima(-score, f.column_from, 0)
    served = np.abs(f.value + best * f.missing)
    where = (best - worst) * f.missing
    return np.where(where > 0, np.minimum(served, most_differences * where), served)


def whole(price: Floats, scale: int) -> Ints:
    """The prices as whole numbers of 1 / scale points."""
    return np.rint(price * scale).astype(np.int64)
