"""What the skills of a capacity card count as."""

from collections.abc import Mapping
from dataclasses import replace

from resources.families.staff import LEAST_LEVEL, StaffFacts


def counted_with(facts: StaffFacts, near: Mapping[str, Mapping[str, int]]) -> StaffFacts:
    """Return a card with the skills that its own count as, each at the best level that one of them gives.

    ``near`` tells what skills count as, and how many levels less: `competence.queries.counting`.
    """
    levels = dict(facts.skills)
    for code, level in facts.skills.items():
        for other, less in near.get(code, {}).items():
            if level - less >= LEAST_LEVEL:
                levels[other] = max(levels.get(other, 0), level - less)
    return facts if levels == facts.skills else replace(facts, skills=levels)
