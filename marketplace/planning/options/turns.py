"""What whose turn it is weighs in points: networks ask those first who have been asked least in a year."""

from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from marketplace.planning.snapshot.snapshot import Snapshot

CRITERION = "rotation"
LOAN_HOURS, UNEVEN_HOURS = 3, 8
"""A loan of so many hours loses all points to whoever has so many hours more than who has least."""
Points = NDArray[np.float64]


def losses(weight: int, hours: float, loads: Points) -> Points:
    """Return what a loan of some hours loses by each of those who have a load, in points from 0 down."""
    each = weight * hours * (loads - loads.min(initial=np.inf)) / (LOAN_HOURS * UNEVEN_HOURS)
    lost: Points = -np.minimum(np.rint(each), weight)
    return lost


def loads_of(snapshot: Snapshot) -> dict[UUID, float]:
    """Return how many hours networks have lent each unit, and will."""
    return {
        unit: sum((each.limit - each.start).total_seconds() for each in during) / 3600
        for unit, during in snapshot.lent.items()
    }
