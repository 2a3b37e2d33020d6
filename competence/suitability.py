"""Whether a capacity card meets what is asked of staff, and how well it fits. Pure."""

from collections.abc import Iterator

from competence.facts import StaffFacts
from competence.requirements import StaffRequirements
from core.suitability import Fit, Step, Unmet, share


def unmet(requirements: StaffRequirements, facts: StaffFacts) -> tuple[Unmet, ...]:
    """Return the must-haves that are not met, in the order of `Step`; none if the card suits."""
    return tuple(_unmet(requirements, facts))


def fit(requirements: StaffRequirements, facts: StaffFacts) -> Fit:
    """Return how well a card fits that meets the must-haves."""
    should = requirements.skills_should
    return Fit(share(should, lambda code: facts.skills.get(code, 0) >= should[code]))


def _unmet(asked: StaffRequirements, facts: StaffFacts) -> Iterator[Unmet]:
    for code, level in sorted(asked.skills_must.items()):
        found = facts.skills.get(code)
        if found is None or found < level:
            yield Unmet(Step.SKILL, code, level, found)
    for language in sorted(asked.languages - facts.languages):
        yield Unmet(Step.LANGUAGE, language, True, None)
