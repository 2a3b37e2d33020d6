"""The families of what can be lent: one specification each, and all of them by name.

Everything that a family is follows from its `family.Family`; docs/families.md says what adding one takes.
"""

from resources.families.equipment import EQUIPMENT
from resources.families.family import Family, unknown_family
from resources.families.furniture import FURNITURE
from resources.families.space import SPACE
from resources.families.staff import STAFF
from resources.families.vehicle import VEHICLE

FAMILIES: dict[str, Family] = {each.name: each for each in (SPACE, FURNITURE, VEHICLE, EQUIPMENT, STAFF)}
"""All families by their names, in the order in which they are shown."""


def family_of(name: str) -> Family:
    """Return a family by its name, as rows and JSON have it; a stand-in of which nothing can be read if there is none.

    What comes in is held against `FAMILIES`; a row may be of a family that only a newer version knows.
    """
    return FAMILIES.get(name) or unknown_family(name)
