"""A family's criteria asked of one thing at a time."""

from typing import Any

import numpy as np

from resources.families.criteria import FactColumns
from resources.families.family import Family

FIRST = np.zeros(1, np.int64)


def missed(family: Family, asked: Any, facts: Any) -> list[str]:
    """Return the must-haves that one thing does not meet, by the fields that ask for them."""
    columns = FactColumns([facts])
    return [
        each.asked
        for each in family.musts
        if not all(bool(mask[0]) for mask in each.masks(getattr(asked, each.asked), columns, FIRST))
    ]


def is_large_enough(family: Family, asked: Any, facts: Any) -> bool:
    """Tell whether one thing has the size that is asked."""
    return bool(family.large_enough([asked], FactColumns([facts]), FIRST, FIRST)[0])


def suits(family: Family, asked: Any, facts: Any) -> bool:
    """Tell whether one thing meets all other must-haves."""
    return bool(family.suits([asked], FactColumns([facts]), FIRST, FIRST)[0])


def fit(family: Family, asked: Any, facts: Any) -> tuple[float, float]:
    """Return the share of should-haves that one thing meets, and the share of it that nobody asked for."""
    columns = FactColumns([facts])
    return float(family.should_share([asked], columns, FIRST, FIRST)[0]), float(
        family.oversize([asked], columns, FIRST, FIRST)[0]
    )
