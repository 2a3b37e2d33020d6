"""Which bundles the plan gives least of what prices promise them: where to look for something better next.

At the prices of a bound, the bound is above a plan by what each bundle's best is above what it has (its regret), and
by the price of what is left over. So the regrets say where the distance between the two can come from.
"""

import numpy as np

from matching.arrays import segments
from matching.arrays.arrays import Ints
from matching.dual.lagrangian import Response
from matching.model.incumbent import Standing


class Regrets:
    """The regrets of bundles, and how often each was looked around: every time it promises half as much."""

    def __init__(self, bundles: int) -> None:
        self.looks = np.zeros(bundles, dtype=np.int64)

    def worst(self, bundles: Ints, standing: Standing, response: Response[np.int64], scale: int, most: int) -> Ints:
        """At most so many of the bundles that promise a point, most first; they count as looked around."""
        promise = np.ldexp(_regrets(standing, response, scale)[bundles] / scale, -self.looks[bundles])
        order = np.argsort(-promise, kind="stable")[:most]
        found = bundles[order[promise[order] >= 1]]
        self.looks[found] += 1
        return found


def _regrets(standing: Standing, response: Response[np.int64], scale: int) -> Ints:
    """What each bundle's best is above what it has, in points × scale, after prices."""
    f = standing.formulation
    kept = standing.amounts * (f.single & (f.stable == 1))[f.owner] * f.wanted
    taken = segments.sums(response.net * standing.amounts + kept * f.stability * scale, f.column_from)
    has = segments.sums(response.value * standing.served + taken, f.bundle_from)
    regrets: Ints = response.gain.clip(0) - has
    return regrets
