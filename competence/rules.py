"""What the skills of a capacity card count as."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from resources.families.staff import EXPERIENCED, LEAST_LEVEL, StaffFacts, network_place


@dataclass(frozen=True, slots=True)
class NetworkFacts(StaffFacts):
    """A card in a network, with what its skills count as: its place there is by its own level in the skill.

    The skill's network is that of what is the same by another name, too, as of what a vocabulary has replaced it by.
    """

    network_places: frozenset[str] = frozenset()

    __hash__ = StaffFacts.__hash__


def counted_with(facts: StaffFacts, near: Mapping[str, Mapping[str, int]]) -> StaffFacts:
    """Return a card with the skills that its own count as, each at the best level that one of them gives.

    ``near`` tells what skills count as, and how many levels less: `competence.queries.counting`.
    """
    levels = dict(facts.skills)
    for code, level in facts.skills.items():
        for other, less in near.get(code, {}).items():
            if level - less >= LEAST_LEVEL:
                levels[other] = max(levels.get(other, 0), level - less)
    if facts.network:
        learns = facts.skills[facts.network] < EXPERIENCED
        names = (other for other, less in near.get(facts.network, {}).items() if not less)
        places = facts.network_places.union(*(network_place(each, learns=learns) for each in names))
        told = {each.name: getattr(facts, each.name) for each in fields(facts)}
        return NetworkFacts(**told | {"skills": levels}, network_places=places)
    return facts if levels == facts.skills else replace(facts, skills=levels)
