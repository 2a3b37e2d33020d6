"""Prices of the rows by subgradients: dearer where more is wanted than there is, cheaper where less is.

The steps are those of Adam (Kingma and Ba, 2015): each price follows its own average of what was wanted, by its own
usual size, with steps that shrink geometrically. On these problems a hundred passes come within a tenth of a percent
of the linear program's value.
"""

from collections.abc import Iterator

import numpy as np

from platsverket.matching.arrays import Floats, Ints
from platsverket.matching.response import Market, Response

PASSES = 150
FIRST_STEP, LAST_STEP = 0.4, 0.001
"""Of the mean value of a need, for a whole row's capacity."""
MEMORY = 0.9


def improving(market: Market, price: Floats, passes: int = PASSES) -> Iterator[tuple[Floats, Response[np.float64]]]:
    """Prices from the given ones on, with the response to each: a pass for every one asked for."""
    f = market.formulation
    capacity = np.maximum(f.capacity, 1).astype(np.float64)
    typical = float(np.abs(f.value).mean()) if len(f.value) else 0.0
    paid = price * capacity
    mean, square = np.zeros(len(paid)), np.zeros(len(paid))
    for turn in range(passes):
        response = market.respond(paid / capacity)
        yield paid / capacity, response
        spare = 1 - market.demand(response) / capacity
        spare[(paid <= 0) & (spare > 0)] = 0
        mean += (1 - MEMORY) * (spare - mean)
        square += (1 - MEMORY) * (spare * spare - square)
        fresh = 1 - MEMORY ** (turn + 1)
        step = typical * FIRST_STEP * (LAST_STEP / FIRST_STEP) ** (turn / passes)
        paid = (paid - step * (mean / fresh) / (np.sqrt(square / fresh) + 1e-8)).clip(0)


def whole(price: Floats, scale: int) -> Ints:
    """The prices as whole numbers of 1 / scale points."""
    return np.rint(price * scale).astype(np.int64)
