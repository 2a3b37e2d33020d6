"""What a need asks beside the criteria of its family: for how many it is, and how far away an offer may be."""

from math import inf

from marketplace.planning.snapshot.open_needs import OpenNeed
from resources.families import family_of


def size_of(need: OpenNeed) -> int:
    """Return for how many people, pieces or percent a need is."""
    return family_of(need.family).size(need.amount, need.requirements)


def reach_m(need: OpenNeed) -> float:
    """Return how far away an offer may be, in metres; people on site have no reach unless the need gives it one."""
    if need.max_distance_km is not None:
        return need.max_distance_km * 1000
    return 0 if family_of(need.family).workplace is not None and not may_be_remote(need) else inf


def may_be_remote(need: OpenNeed) -> bool:
    """Tell whether the work may be done remotely."""
    workplace = family_of(need.family).workplace
    return workplace is not None and bool(getattr(need.requirements, workplace.remote_asked))
