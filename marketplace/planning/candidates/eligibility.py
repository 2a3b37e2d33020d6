"""What a need asks of an offer beside kind, place and time: the families' own rules, behind one door."""

from collections.abc import Mapping
from math import inf
from uuid import UUID

from competence import suitability as staff_suitability
from competence.facts import StaffFacts
from competence.requirements import StaffRequirements
from core.suitability import Fit, Unmet
from marketplace.planning.snapshot.open_needs import OpenNeed
from marketplace.planning.snapshot.snapshot import OpenOffer
from resources import suitability
from resources.models import Family
from resources.requirements import SpaceRequirements
from resources.vocabulary import SpaceKind


def amount_of(need: OpenNeed, offer: OpenOffer) -> int:
    """Return how many of the offer's units the need takes: desks, things, percent, else 1."""
    match need.family:
        case Family.SPACE if offer.kind == SpaceKind.DESK_POOL:
            people = need.requirements.people if isinstance(need.requirements, SpaceRequirements) else 1
            return max(need.amount, people)
        case Family.FURNITURE | Family.STAFF:
            return need.amount
    return 1


def capacity_of(offer: OpenOffer, capacities: Mapping[UUID, int]) -> int:
    """Return how much of the offer could be taken if nothing else were."""
    return min(capacities[unit] // amount for unit, amount in offer.units)


def size_of(need: OpenNeed) -> int:
    """Return for how many people, pieces or percent a need is."""
    if isinstance(need.requirements, SpaceRequirements):
        return max(need.amount, need.requirements.people)
    return need.amount


def reach_m(need: OpenNeed) -> float:
    """Return how far away an offer may be, in metres; staff on site has no reach unless the need gives it one."""
    if need.max_distance_km is not None:
        return need.max_distance_km * 1000
    return 0 if need.family is Family.STAFF and not may_be_remote(need) else inf


def may_be_remote(need: OpenNeed) -> bool:
    """Tell whether the work may be done remotely."""
    return isinstance(need.requirements, StaffRequirements) and need.requirements.remote_ok


def works_remotely(need: OpenNeed, offer: OpenOffer) -> bool:
    """Tell whether the distance does not matter: the work may be done remotely, and the person can."""
    return may_be_remote(need) and isinstance(offer.facts, StaffFacts) and offer.facts.remote


def works_there(need: OpenNeed, offer: OpenOffer) -> bool:
    """Tell whether the person has said that work on site is possible in the municipality of the need."""
    return isinstance(offer.facts, StaffFacts) and need.municipality_code in offer.facts.municipality_codes


def unmet(need: OpenNeed, offer: OpenOffer) -> tuple[Unmet, ...]:
    """Return the must-haves that the offer does not meet."""
    asked, facts = need.requirements, offer.facts
    if isinstance(asked, StaffRequirements) and isinstance(facts, StaffFacts):
        return staff_suitability.unmet(asked, facts)
    if isinstance(asked, StaffRequirements) or isinstance(facts, StaffFacts):
        raise TypeError(f"{type(asked).__name__} are not asked of {type(facts).__name__}")
    return suitability.unmet(asked, facts)


def fit(need: OpenNeed, offer: OpenOffer) -> Fit:
    """Return how well an offer fits that meets the must-haves."""
    asked, facts = need.requirements, offer.facts
    if isinstance(asked, StaffRequirements) and isinstance(facts, StaffFacts):
        return staff_suitability.fit(asked, facts)
    if isinstance(asked, StaffRequirements) or isinstance(facts, StaffFacts):
        raise TypeError(f"{type(asked).__name__} are not asked of {type(facts).__name__}")
    return suitability.fit(asked, facts, by_the_seat=offer.kind == SpaceKind.DESK_POOL)
