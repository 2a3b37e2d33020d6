"""The families of what can be lent: one specification each, and all of them by name.

Everything that a family is follows from its `family.Family`; docs/families.md says what adding one takes.
"""

from resources.families.equipment import EQUIPMENT
from resources.families.family import Family
from resources.families.furniture import FURNITURE
from resources.families.space import SPACE
from resources.families.staff import STAFF
from resources.families.vehicle import VEHICLE

FAMILIES: dict[str, Family] = {each.name: each for each in (SPACE, FURNITURE, VEHICLE, EQUIPMENT, STAFF)}
"""All families by their names, in the order in which they are shown."""


def family_of(name: str) -> Family:
    """Return a family by its name, as rows and JSON have it; KeyError if there is none."""
    return FAMILIES[name]
